"""Models given to HiGHS: small ones here, big ones in a process of their own.

Sparse matrices are passed to highspy in one call; benchmarks/pass_routes.py compares
this with the ways that lead through Pyomo. Only program.py calls HiGHS.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aumaq.instances import SolverError
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.apart import answer_apart
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.program import RefusedError, Task, Tell, answer
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent
from aumaq.solvers.proof import proven
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Most, iteration, look, times

COMPLETION_GAP = 0.05
COMPLETION_SHARE = 0.2
"""Gap and share of the time with which a partial start is completed."""
APART_FROM = 200_000
"""With so many nonzeros HiGHS gets a process of its own."""
STATUS = {
    "kOptimal": Status.OPTIMAL,
    "kTimeLimit": Status.TIME_LIMIT,
    "kSolutionLimit": Status.TIME_LIMIT,
    "kWorkLimit": Status.WORK_LIMIT,
    "kIterationLimit": Status.WORK_LIMIT,
    "kInterrupt": Status.INTERRUPTED,
    "kInfeasible": Status.INFEASIBLE,
    "kUnbounded": Status.UNBOUNDED,
}
"""What HiGHS says, in our words; all else is an error."""
STOPPED = ("kInterrupt", "kWorkLimit")
"""What it says where it was stopped from outside."""


@dataclass
class Outcome:
    """What HiGHS says, in our words. ``values`` is None without a plan."""

    status: Status
    objective: float
    bound: float
    values: Floats | None
    message: str
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    nodes: int = 0
    duals: Floats | None = None
    """Row duals of an LP."""
    work: float = 0.0
    """Units of work that it took (work.py)."""


class Solver:
    """One model in HiGHS."""

    def __init__(self, matrices: Matrices, options: SolveOptions) -> None:
        """Take the matrices and the options."""
        self._matrices = matrices
        self._options = options
        self._is_over = threading.Event()
        self._is_enough = threading.Event()
        self._enough: Callable[[float], bool] = lambda _: False
        self._helper: Solver | None = None
        self._take_plan: Callable[[Floats], None] | None = None
        self._start: tuple[Ints, Floats] | None = None
        self._work: float | None = None
        self._is_apart = len(matrices.values) >= APART_FROM
        self._done = 0.0
        self._settings: dict[str, Any] = {
            "threads": options.num_threads,
            "random_seed": options.seed,
            "mip_rel_gap": options.gap,
            "mip_abs_gap": 1e-7,
            "mip_feasibility_tolerance": 1e-7,
            "primal_feasibility_tolerance": 1e-8,
        }

    def set_option(self, name: str, value: Any) -> None:
        """Set an option of HiGHS under its own name."""
        self._settings[name] = value

    def be_apart(self) -> None:
        """Solve in a process of its own, which ends whatever HiGHS does then."""
        self._is_apart = True

    def limit(self, most: Most) -> None:
        """End the solve by the nodes or the work of *most*, where it has them."""
        self._work = most.work
        if most.nodes is not None:
            self.set_option("mip_max_nodes", most.nodes)

    def start_from(self, columns: Ints, values: Floats) -> None:
        """Offer values of some columns as a start; the rest is completed by a MIP."""
        self._start = (columns, values)

    def stop(self) -> None:
        """End the solve soon; may be called from any thread."""
        self._is_over.set()
        if self._helper is not None:
            self._helper.stop()

    def tell_plans(self, take_plan: Callable[[Floats], None]) -> None:
        """Give *take_plan* the values of each better plan of a MIP as it comes."""
        self._take_plan = take_plan

    def stop_when(self, enough: Callable[[float], bool]) -> None:
        """End the solve once *enough* says so of the bound."""
        self._enough = enough

    def run(self, time_limit: float, progress: Progress, started: float) -> Outcome:
        """Solve; *started* is the clock (time.monotonic) that progress counts from.

        Raises SolverError if HiGHS refuses an option, the model or the start.
        """
        begun = time.monotonic()
        start = self._complete_start(time_limit, started) if self._start else None
        left = max(time_limit - (time.monotonic() - begun), 0.1)
        is_over, trace = self._is_over, list[tuple[float, float, float]]()

        def tell(best: float, bound: float) -> None:
            now = time.monotonic() - started
            if self._enough(bound):
                self._is_enough.set()
                is_over.set()
            if not trace or (best, bound) != trace[-1][1:] or now - trace[-1][0] > 1.0:
                trace.append((now, best, bound))
                progress.update(ProgressEvent(say("solving"), now, bound, best))

        self.set_option("time_limit", left)
        task = self.task(start)
        try:
            if self._is_apart:
                answer = answer_apart(task, tell, is_over, left, self._take_plan)
            else:
                answer = _answer_in_thread(task, tell, is_over, self._take_plan)
        except RefusedError as error:
            raise SolverError(say("HiGHS refuses {what}", what=error.args[0])) from None
        outcome = self._outcome(answer, trace)
        if self._is_enough.is_set() and outcome.status is Status.INTERRUPTED:
            outcome.status = Status.GAP_REACHED
        return outcome

    def task(self, start: Floats | None = None) -> Task:
        """Return what HiGHS is given; *start* holds values of all columns."""
        m = self._matrices
        names = (
            "cost", "offset", "starts", "rows", "values", "row_lower", "row_upper",
            "column_lower", "column_upper", "is_integer",
        )  # fmt: skip
        arrays = {name: getattr(m, name) for name in names}
        looks, settings = None, self._settings
        if self._work is not None:
            left, size = self._work - self._done, len(m.values)
            if m.is_integer.any():
                looks = times(left, look(size))
            else:
                most = times(left, iteration(size))
                settings = {**settings, "simplex_iteration_limit": most}
        return {**arrays, "settings": settings, "start": start, "looks": looks}

    def _complete_start(self, time_limit: float, started: float) -> Floats | None:
        """Return the start completed in a model of its own, or None.

        Given a part, HiGHS would complete it in a MIP that reports its bound as if it
        were that of the whole model.
        """
        assert self._start is not None
        m, (columns, values) = self._matrices, self._start
        if len(columns) == len(m.cost):
            whole = np.zeros(len(m.cost))
            whole[columns] = values
            return whole
        fixed = with_fixed(m, columns, values)
        helper = Solver(fixed, replace(self._options, gap=COMPLETION_GAP))
        self._helper = helper
        if self._is_over.is_set():
            return None
        if self._work is not None:
            helper.limit(Most(time_limit, work=COMPLETION_SHARE * self._work))
        found = helper.run(COMPLETION_SHARE * time_limit, Silent(), started)
        self._done += found.work
        self._helper = None
        if helper._is_over.is_set():
            self._is_over.set()
        return found.values

    def _outcome(
        self, answer: dict[str, Any], trace: list[tuple[float, float, float]]
    ) -> Outcome:
        values, said = answer["values"], answer["said"]
        # Computed from the values: releases were seen that named another plan's cost.
        objective = (
            float(self._matrices.cost @ values) + self._matrices.offset
            if values is not None
            else float("nan")
        )
        bound = answer["bound"] if answer["duals"] is None else objective
        if answer["duals"] is None and (said in STOPPED or bound != bound):
            # Interrupted, HiGHS may have forgotten its bound; what it reported stays.
            bound = reported_bound(trace)
        status = STATUS.get(said, Status.ERROR)
        if self._is_over.is_set() and status is not Status.OPTIMAL:
            status = Status.INTERRUPTED
        status = proven(objective, bound, self._options.gap, status)
        return Outcome(
            status,
            objective,
            bound if np.isfinite(bound) else float("-inf"),
            values,
            answer["message"],
            trace,
            answer["nodes"],
            answer["duals"],
            self._done + self._work_of(answer),
        )

    def _work_of(self, answer: dict[str, Any]) -> float:
        size = len(self._matrices.values)
        if answer["duals"] is None:
            return float(answer["looks"] * look(size))
        return float(answer["iterations"] * iteration(size))


def _answer_in_thread(
    task: Task,
    tell: Tell,
    is_over: threading.Event,
    take_plan: Callable[[Floats], None] | None,
) -> dict[str, Any]:
    """Run HiGHS in a thread, so that Ctrl-C reaches Python at once."""
    found: list[dict[str, Any]] = []
    failure: list[BaseException] = []
    is_done = threading.Event()

    def work() -> None:
        try:
            found.append(answer(task, tell, is_over.is_set, take_plan))
        except BaseException as error:  # handed over to the caller's thread
            failure.append(error)
        finally:
            is_done.set()

    worker = threading.Thread(target=work, name="highs", daemon=True)
    worker.start()
    # Not worker.join(): interrupted by Ctrl-C it takes a living thread for ended.
    while not is_done.is_set():
        try:
            is_done.wait(timeout=0.2)
        except KeyboardInterrupt:
            if is_over.is_set():
                raise
            is_over.set()
        if is_asked():
            is_over.set()
    worker.join()
    if failure:
        raise failure[0]
    return found[0]


def reported_bound(trace: list[tuple[float, float, float]]) -> float:
    """Return the best bound reported since there was last none, or -inf.

    What is reported before the root node is solved may be that of a smaller MIP.
    """
    known = [bound for _, _, bound in trace]
    first = max((k + 1 for k, b in enumerate(known) if not np.isfinite(b)), default=0)
    return max(known[first:], default=float("-inf"))
