"""Tasks of counted work: MIPs and LPs that are solved anywhere, with one answer.

The answer follows from the task alone, wherever and beside whatever it is solved. An
executor solves a list of them side by side; which of its workers takes which task, and
how long each takes, has no say in what comes back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.work import Most

WAIT_SECONDS = 0.05


@dataclass(frozen=True)
class SolveTask:
    """A MIP or LP to solve: how exactly, from where, with how much work."""

    matrices: Matrices
    most: Most
    gap: float = 0.0
    absolute_gap: float = 1e-7
    seed: int = 0
    start: tuple[Ints, Floats] | None = None

    def solver(self) -> Solver:
        """Return HiGHS with the task."""
        options = SolveOptions(threads=1, gap=self.gap, seed=self.seed)
        solver = Solver(self.matrices, options)
        solver.set_option("mip_abs_gap", self.absolute_gap)
        solver.limit(self.most)
        if self.start is not None:
            solver.start_from(*self.start)
        return solver


def solved(task: SolveTask, solver: Solver | None = None) -> Outcome:
    """Return the answer to a task; *solver* is its own, if somebody is to stop it."""
    solver = solver or task.solver()
    outcome = solver.run(task.most.seconds, Silent(), time.monotonic())
    return replace(outcome, trace=[])


class Executor(Protocol):
    """Whoever solves tasks side by side."""

    def run(
        self,
        tasks: Sequence[SolveTask],
        beside: Callable[[], None],
        is_over: Callable[[], bool],
    ) -> list[Outcome | None]:
        """Return the answers in the order of the tasks; do *beside* meanwhile.

        Once *is_over* says so, tasks are stopped; those that had not begun have None.
        """

    def close(self) -> None:
        """Let go of all workers."""


class Threads:
    """Solves tasks in threads of this process."""

    def __init__(self, count: int) -> None:
        """Start so many threads."""
        self.count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="task")
        self._stop = threading.Event()
        self._running: set[Solver] = set()

    def run(
        self,
        tasks: Sequence[SolveTask],
        beside: Callable[[], None],
        is_over: Callable[[], bool],
    ) -> list[Outcome | None]:
        """Return the answers in the order of the tasks; do *beside* meanwhile."""
        if self.count == 1:
            beside()
        futures = [self._pool.submit(self._solved, task) for task in tasks]
        if self.count > 1:
            beside()
        return gathered(futures, is_over, self._halt)

    def _solved(self, task: SolveTask) -> Outcome | None:
        if self._stop.is_set():
            return None
        solver = task.solver()
        self._running.add(solver)
        if self._stop.is_set():
            solver.stop()
        try:
            return solved(task, solver)
        finally:
            self._running.discard(solver)

    def _halt(self) -> None:
        self._stop.set()
        for solver in tuple(self._running):
            solver.stop()

    def close(self) -> None:
        """Let go of all workers."""
        self._halt()
        self._pool.shutdown(cancel_futures=True)


def executor_of(options: SolveOptions) -> Executor:
    """Return who solves tasks under such options."""
    if options.cluster:
        from aumaq.solvers.cluster import Cluster

        return Cluster(options.cluster, options.cluster_security)
    if options.workers is not None:
        from aumaq.solvers.processes import Processes

        return Processes(options.workers)
    return Threads(options.num_threads)


def gathered(
    futures: Sequence[Future[Outcome | None]],
    is_over: Callable[[], bool],
    halt: Callable[[], None],
) -> list[Outcome | None]:
    """Wait for all answers; *halt* is called once it is over."""
    is_halted = False
    while not all(future.done() for future in futures):
        try:
            time.sleep(WAIT_SECONDS)
        except KeyboardInterrupt:
            if is_halted:
                raise
            is_halted = True
            halt()
        if not is_halted and is_over():
            is_halted = True
            halt()
    return [None if future.cancelled() else future.result() for future in futures]
