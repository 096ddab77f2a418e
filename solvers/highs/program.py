"""One solve by HiGHS on plain arrays, in this process or as a program of its own.

As a program (``python program.py``) it reads a pickled task from its input and
writes pickled messages to its output: ``("event", best, bound)``, ``("plan", values)``
and at the end ``("done", answer)`` or ``("refused", what)``. A byte on its input asks
it to stop; the end of its input means that nobody listens any more. Only highspy and
numpy are imported, so that the program starts in a moment.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

import highspy
import numpy as np

Task = dict[str, Any]
"""The fields of Matrices that HiGHS needs, ``settings``, ``start`` or None, and
``looks``: how often a MIP may look up whether to stop, None for no end."""
Tell = Callable[[float, float], None]
"""Takes incumbent and bound of a MIP, NaN where there is none."""
FAILURES = ("kLoadError", "kModelError", "kPresolveError", "kSolveError",
            "kPostsolveError", "kMemoryLimit", "kNotset")  # fmt: skip
"""What HiGHS says of a model that it could not solve."""
TELL_SECONDS = 0.2
"""What did not change is told again after so long."""


class RefusedError(Exception):
    """HiGHS refused what it was given: its first argument says what that was.

    Left unnoticed, it would go on with what it had before: another solver, no model.
    """


def accept(status: Any, what: str) -> None:
    """Raise RefusedError if HiGHS says *status* (an error) to *what* it was given.

    A warning is none: it is said of bounds at infinity and of a time limit.
    """
    if status == highspy.HighsStatus.kError:
        raise RefusedError(what)


def loaded(task: Task) -> highspy.Highs:
    """Return HiGHS with the model, the settings and the start of a task.

    Raises RefusedError.
    """
    highs = highspy.Highs()
    for name, value in {"output_flag": False, **task["settings"]}.items():
        accept(highs.setOptionValue(name, value), f"option {name} = {value!r}")
    lp = _lp(task)
    accept(highs.passModel(lp), f"a model of {lp.num_row_} rows, {lp.num_col_} columns")
    if task["start"] is not None:
        solution = highspy.HighsSolution()
        solution.col_value = task["start"].tolist()
        accept(highs.setSolution(solution), f"a start of {len(task['start'])} values")
    return highs


def answer(
    task: Task,
    tell: Tell,
    is_over: Callable[[], bool],
    take_plan: Callable[[Any], None] | None = None,
) -> dict[str, Any]:
    """Solve and return the answer: said, message, bound, nodes, values, duals, and the
    looks and simplex iterations that it took.

    *is_over* is asked often whether to stop; *take_plan* is given the values of each
    better plan of a MIP. Raises RefusedError.
    """
    highs, looks, most = loaded(task), 0, task["looks"]

    def on_interrupt(event: Any) -> None:
        if event.data_in is not None and is_over():
            event.data_in.user_interrupt = True

    def on_mip(event: Any) -> None:
        nonlocal looks
        looks += 1
        data = event.data_out
        tell(_finite(data.mip_primal_bound), _finite(data.mip_dual_bound))
        on_interrupt(event)
        if most is not None and looks >= most and event.data_in is not None:
            event.data_in.user_interrupt = True

    highs.cbMipInterrupt.subscribe(on_mip)
    highs.cbSimplexInterrupt.subscribe(on_interrupt)
    highs.cbIpmInterrupt.subscribe(on_interrupt)
    if take_plan is not None:
        highs.cbMipImprovingSolution.subscribe(
            lambda event: take_plan(np.array(event.data_out.mip_solution))
        )
    try:
        status = highs.run()
    finally:
        # HiGHS keeps a pool of workers for each thread that calls it; one that
        # outlives its thread aborts the process at exit.
        highspy.Highs.resetGlobalScheduler(True)
    found = _read(highs, is_mip=bool(task["is_integer"].any()))
    found["looks"] = looks
    if found["said"] == "kInterrupt" and not is_over():
        found["said"] = "kWorkLimit"
    if found["said"] == "kUnboundedOrInfeasible" and task["cost"].any():
        # Whether there is a plan at all is another question, without costs: what it
        # reports (a bound of 0) says nothing of this one.
        free = answer({**task, "cost": 0.0 * task["cost"]}, _untold, is_over)
        found["said"] = free["said"] if free["values"] is None else "kUnbounded"
    if status == highspy.HighsStatus.kError and found["said"] not in FAILURES:
        # What it says of the model is of before the run that failed.
        found |= {"message": f"{found['message']}, and the run failed", "values": None}
        found["said"] = "kSolveError"
    return found


def _untold(_best: float, _bound: float) -> None:
    """Tell nobody of a plan and a bound."""


def _read(highs: highspy.Highs, *, is_mip: bool) -> dict[str, Any]:
    info, said = highs.getInfo(), highs.getModelStatus()
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    solution = highs.getSolution()
    has_plan = info.primal_solution_status == feasible
    return {
        "said": said.name,
        "message": highs.modelStatusToString(said),
        "bound": float(info.mip_dual_bound),
        "nodes": int(info.mip_node_count),
        "iterations": int(info.simplex_iteration_count),
        "values": np.array(solution.col_value) if has_plan else None,
        "duals": None if is_mip else np.array(solution.row_dual),
    }


def _lp(task: Task) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(task["cost"]), len(task["row_lower"])
    lp.col_cost_, lp.offset_ = task["cost"], task["offset"]
    lp.col_lower_, lp.col_upper_ = task["column_lower"], task["column_upper"]
    lp.row_lower_, lp.row_upper_ = task["row_lower"], task["row_upper"]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = task["starts"], task["rows"]
    lp.a_matrix_.value_ = task["values"]
    kinds = np.where(task["is_integer"], 1, 0).tolist()
    types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [types[kind] for kind in kinds]
    return lp


def _finite(value: float) -> float:
    return float(value) if abs(value) < 1e29 else float("nan")


def main() -> None:
    """Serve one task from standard input to standard output."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a batch system asks all processes:
        signal.signal(number, signal.SIG_IGN)  # whoever started this one asks it, too
    # What a library may print must not get between the messages.
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    task = pickle.load(sys.stdin.buffer)
    is_stopped = threading.Event()
    threading.Thread(target=_listen, args=(is_stopped,), daemon=True).start()

    last: list[tuple[Any, ...]] = [(), (0.0,)]

    def tell(best: float, bound: float) -> None:
        event, now = ("event", best, bound), time.monotonic()
        if repr(event) != repr(last[0]) or now - last[1][0] > TELL_SECONDS:
            last[:] = [event, (now,)]
            _send(messages, event)

    def take_plan(values: Any) -> None:
        _send(messages, ("plan", values))

    last_message: tuple[str, Any]
    try:
        last_message = ("done", answer(task, tell, is_stopped.is_set, take_plan))
    except RefusedError as error:
        last_message = ("refused", error.args[0])
    _send(messages, last_message)
    os._exit(0)


def _listen(is_stopped: threading.Event) -> None:
    if not sys.stdin.buffer.read(1):
        os._exit(1)
    is_stopped.set()
    sys.stdin.buffer.read()
    os._exit(1)


def _send(messages: BinaryIO, message: tuple[Any, ...]) -> None:
    pickle.dump(message, messages, protocol=5)
    messages.flush()


if __name__ == "__main__":
    main()
