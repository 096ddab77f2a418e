"""How counted work spreads: ``python -m benchmarks workers INSTANCE WORK``.

One run on one thread and one on two processes are measured. For more workers the tasks
of the first run, each as long as it took, are put on so many workers round by round, as
an executor would: each worker takes the next task of the list once it is free. What is
not a task (the model, the first plan, joining, polishing) takes as long as it did; what
is done beside a round takes as long, beside it.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aumaq
from aumaq.solvers import tasks
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.tasks import SolveTask, Threads

WORKERS = (1, 2, 4, 8, 16)


@dataclass
class Round:
    """Seconds of what is done beside a round, and of each of its tasks in order."""

    beside: float = 0.0
    tasks: list[float] = field(default_factory=list)

    def on(self, workers: int) -> float:
        """Return the seconds that it takes so many workers."""
        free = [0.0] * workers
        if workers == 1:  # then what is beside comes first
            free[0] = self.beside
        for seconds in self.tasks:
            heapq.heappush(free, heapq.heappop(free) + seconds)
        return max(self.beside, *free)


class Measured(Threads):
    """One thread that notes how long everything takes."""

    rounds: list[Round]

    def __init__(self, _count: int) -> None:
        super().__init__(1)
        Measured.rounds = []

    def run(
        self,
        tasks: Sequence[SolveTask],
        beside: Callable[[], None],
        is_over: Callable[[], bool],
    ) -> list[Outcome | None]:
        """Return the answers; note the seconds."""
        begun = time.perf_counter()
        beside()
        self.rounds.append(Round(time.perf_counter() - begun))
        return super().run(tasks, lambda: None, is_over)

    def _solved(self, task: SolveTask) -> Outcome | None:
        begun = time.perf_counter()
        found = super()._solved(task)
        self.rounds[-1].tasks.append(time.perf_counter() - begun)
        return found


def run(name: str = "west-kazakhstan", work: str = "60") -> None:
    """Measure one and two workers, and put the tasks on more."""
    instance = aumaq.read(name)
    usual: dict[str, Any] = {"work_limit": float(work), "gap": 0.0}
    threads = tasks.Threads
    tasks.Threads = Measured  # type: ignore[misc]
    try:
        seconds, one = _timed(instance, threads=1, **usual)
    finally:
        tasks.Threads = threads  # type: ignore[misc]
    measured, two = _timed(instance, workers=2, **usual)
    same = (one.objective_mln, one.bound_mln) == (two.objective_mln, two.bound_mln)
    rounds = Measured.rounds
    rest = seconds - sum(one.on(1) for one in rounds)
    print(f"{name}, {work} units: {one.objective_mln:,.1f} mln, gap {one.gap:.2%}")
    print(f"two processes: {'the same' if same else 'ANOTHER'} plan and bound")
    print(
        f"{sum(len(r.tasks) for r in rounds)} tasks in {len(rounds)} rounds, ", end=""
    )
    print(f"{rest:.1f} s beside them\n")
    print("| workers | seconds | speed-up | of the rounds alone |\n|---|---|---|---|")
    print(f"| 1, measured | {seconds:.1f} | 1.00 | 1.00 |")
    print(f"| 2, measured | {measured:.1f} | {seconds / measured:.2f} | |")
    for workers in WORKERS:
        spent = sum(one.on(workers) for one in rounds)
        speed, alone = seconds / (rest + spent), (seconds - rest) / spent
        print(f"| {workers}, simulated | {rest + spent:.1f} | {speed:.2f} ", end="")
        print(f"| {alone:.2f} |")


def _timed(instance: aumaq.Instance, **options: Any) -> tuple[float, aumaq.Plan]:
    begun = time.perf_counter()
    plan = aumaq.solve(instance, **options)
    return time.perf_counter() - begun, plan
