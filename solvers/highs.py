"""The only file that talks to HiGHS.

Sparse matrices (Pyomo's standard form) are passed to highspy in one call;
benchmarks/pass_routes.py compares this with Pyomo's own interfaces. HiGHS runs in a
thread of its own so that Ctrl-C reaches Python at once; the interrupt callback then
ends the solve and the best plan so far is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from aumaq.solvers.matrices import Floats, Matrices, with_fixed
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent
from aumaq.solvers.solution import Status

COMPLETION_GAP = 0.05
COMPLETION_SHARE = 0.2
"""Gap and share of the time with which a partial start is completed."""


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


class Solver:
    """One model in HiGHS."""

    def __init__(self, matrices: Matrices, options: SolveOptions) -> None:
        """Pass the matrices and the options."""
        self._matrices = matrices
        self._options = options
        self._highs = highspy.Highs()
        self._is_stopped = threading.Event()
        self._enough: Callable[[float], bool] = lambda _: False
        self._helper: Solver | None = None
        self._start: tuple[NDArray[np.int64], Floats] | None = None
        for name, value in {
            "output_flag": False,
            "threads": options.num_threads,
            "random_seed": options.seed,
            "mip_rel_gap": options.gap,
            "mip_abs_gap": 1e-7,
            "mip_feasibility_tolerance": 1e-7,
            "primal_feasibility_tolerance": 1e-8,
        }.items():
            self._highs.setOptionValue(name, value)
        self._highs.passModel(_lp(matrices))

    def set_option(self, name: str, value: Any) -> None:
        """Set an option of HiGHS under its own name."""
        self._highs.setOptionValue(name, value)

    def start_from(self, columns: NDArray[np.int64], values: Floats) -> None:
        """Offer values of some columns as a start; the rest is completed by a MIP."""
        self._start = (columns, values)

    def stop(self) -> None:
        """End the solve soon; may be called from any thread."""
        self._is_stopped.set()
        if self._helper is not None:
            self._helper.stop()

    def stop_when(self, enough: Callable[[float], bool]) -> None:
        """End the solve once *enough* says so of the bound."""
        self._enough = enough

    def run(self, time_limit: float, progress: Progress, started: float) -> Outcome:
        """Solve; *started* is the clock (time.monotonic) that progress counts from."""
        highs, is_stopped = self._highs, self._is_stopped
        is_enough = threading.Event()
        begun = time.monotonic()
        if self._start is not None:
            self._complete_start(time_limit, started)
        left = time_limit - (time.monotonic() - begun)
        highs.setOptionValue("time_limit", max(left, 0.1))
        trace: list[tuple[float, float, float]] = []

        def on_mip(event: Any) -> None:
            data = event.data_out
            now = time.monotonic() - started
            best, bound = _finite(data.mip_primal_bound), _finite(data.mip_dual_bound)
            if self._enough(bound):
                is_enough.set()
            if event.data_in is not None and (
                is_stopped.is_set() or is_enough.is_set()
            ):
                event.data_in.user_interrupt = True
            if not trace or (best, bound) != trace[-1][1:] or now - trace[-1][0] > 1.0:
                trace.append((now, best, bound))
                progress.update(ProgressEvent("solving", now, bound, best))

        def on_lp(event: Any) -> None:
            if event.data_in is not None and is_stopped.is_set():
                event.data_in.user_interrupt = True

        highs.cbMipInterrupt.subscribe(on_mip)
        highs.cbSimplexInterrupt.subscribe(on_lp)
        highs.cbIpmInterrupt.subscribe(on_lp)
        self._run_in_thread(is_stopped)
        outcome = self._outcome(is_stopped.is_set(), trace)
        if is_enough.is_set() and outcome.status is Status.INTERRUPTED:
            outcome.status = Status.GAP_REACHED
        return outcome

    def _complete_start(self, time_limit: float, started: float) -> None:
        """Complete the start in a model of its own, and offer the whole.

        Given a part, HiGHS would complete it in a MIP that reports its bound as if it
        were that of the whole model.
        """
        assert self._start is not None
        m, (columns, values) = self._matrices, self._start
        if len(columns) == len(m.cost):
            whole: Floats | None = np.zeros(len(m.cost))
            whole[columns] = values  # type: ignore[index]
        else:
            fixed = with_fixed(m, columns, values)
            helper = Solver(fixed, replace(self._options, gap=COMPLETION_GAP))
            self._helper = helper
            if self._is_stopped.is_set():
                return
            seconds = COMPLETION_SHARE * time_limit
            whole = helper.run(seconds, Silent(), started).values
            self._helper = None
            if helper._is_stopped.is_set():
                self._is_stopped.set()
        if whole is not None:
            solution = highspy.HighsSolution()
            solution.col_value = whole.tolist()
            self._highs.setSolution(solution)

    def _run_in_thread(self, is_stopped: threading.Event) -> None:
        failure: list[BaseException] = []
        is_done = threading.Event()

        def work() -> None:
            try:
                self._highs.run()
            except BaseException as error:  # handed over to the caller's thread
                failure.append(error)
            finally:
                # HiGHS keeps a pool of workers for each thread that calls it; one that
                # outlives its thread aborts the process at exit.
                highspy.Highs.resetGlobalScheduler(True)
                is_done.set()

        worker = threading.Thread(target=work, name="highs", daemon=True)
        worker.start()
        # Not worker.join(): interrupted by Ctrl-C it takes a living thread for ended.
        while not is_done.is_set():
            try:
                is_done.wait(timeout=0.2)
            except KeyboardInterrupt:
                if is_stopped.is_set():
                    raise
                is_stopped.set()
        worker.join()
        if failure:
            raise failure[0]

    def _outcome(
        self, is_interrupted: bool, trace: list[tuple[float, float, float]]
    ) -> Outcome:
        highs, info = self._highs, self._highs.getInfo()
        said = highs.getModelStatus()
        has_plan = (
            info.primal_solution_status
            == highspy.SolutionStatus.kSolutionStatusFeasible
        )
        is_mip = bool(self._matrices.is_integer.any())
        values = np.array(highs.getSolution().col_value) if has_plan else None
        # Computed from the values: releases were seen that named another plan's cost.
        objective = (
            float(self._matrices.cost @ values) + self._matrices.offset
            if values is not None
            else float("nan")
        )
        bound = float(info.mip_dual_bound) if is_mip else objective
        if is_mip and said == highspy.HighsModelStatus.kInterrupt:
            # Interrupted, HiGHS may have forgotten its bound; what it reported stays.
            bound = reported_bound(trace)
        kind = highspy.HighsModelStatus
        status = {
            kind.kOptimal: Status.OPTIMAL,
            kind.kTimeLimit: Status.TIME_LIMIT,
            kind.kInterrupt: Status.INTERRUPTED,
            kind.kInfeasible: Status.INFEASIBLE,
            kind.kUnboundedOrInfeasible: Status.INFEASIBLE,
            kind.kUnbounded: Status.UNBOUNDED,
        }.get(said, Status.ERROR)
        if is_interrupted and status is not Status.OPTIMAL:
            status = Status.INTERRUPTED
        if status is Status.OPTIMAL and objective - bound > 1e-6 * max(
            1.0, abs(objective)
        ):
            status = Status.GAP_REACHED
        return Outcome(
            status,
            objective,
            bound if np.isfinite(bound) else float("-inf"),
            values,
            highs.modelStatusToString(said),
            trace,
            int(info.mip_node_count),
            None if is_mip else np.array(highs.getSolution().row_dual),
        )


def reported_bound(trace: list[tuple[float, float, float]]) -> float:
    """Return the best bound reported since there was last none, or -inf.

    What is reported before the root node is solved may be that of a smaller MIP.
    """
    known = [bound for _, _, bound in trace]
    first = max((k + 1 for k, b in enumerate(known) if not np.isfinite(b)), default=0)
    return max(known[first:], default=float("-inf"))


def _finite(value: float) -> float:
    return float(value) if abs(value) < 1e29 else float("nan")


def _lp(m: Matrices) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(m.cost), len(m.row_lower)
    lp.col_cost_, lp.offset_ = m.cost, m.offset
    lp.col_lower_, lp.col_upper_ = m.column_lower, m.column_upper
    lp.row_lower_, lp.row_upper_ = m.row_lower, m.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = m.starts, m.rows
    lp.a_matrix_.value_ = m.values
    kinds = np.where(m.is_integer, 1, 0).tolist()
    types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [types[kind] for kind in kinds]
    return lp
