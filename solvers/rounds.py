"""Rounds of tasks by counted work: what all methods share that end by work.

What is done in a round follows from what the rounds before it found, never from the
clock, nor from how many workers there are: answers are taken in the order of the tasks
once all are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aumaq.instances.interruption import is_asked
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.search import Improver
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.tasks import Executor, SolveTask
from aumaq.solvers.work import Budget

STEPS = 8
"""Steps of a search over all sites in a round."""
LEAST_WORK = 1e-3
"""Units of work that a round takes at least: tasks of next to none, or no task at all,
would go on without end."""


@dataclass(frozen=True)
class Visit:
    """Tasks that belong together, and what takes their answers."""

    tasks: list[SolveTask]
    take: Callable[[list[Outcome | None]], None]

    @property
    def effort(self) -> float:
        """The units of work that it takes at most."""
        return sum(task.most.work or 0.0 for task in self.tasks)


class Rounds:
    """Does rounds of visits until the work is done, or somebody asks to stop."""

    def __init__(self, c: Compiled, executor: Executor) -> None:
        """Begin with all of the work limit."""
        assert c.options.work_limit is not None
        self.work = c.options.work_limit
        self.budget = Budget(c.seconds_left, self.work)
        self.is_interrupted = False
        self._seed, self._executor = c.options.seed, executor

    def do(
        self, visits: Sequence[Visit], beside: Callable[[], None] | None = None
    ) -> None:
        """Do the tasks of all visits; take the answers in an order of their own.

        *beside* is done meanwhile, from what is known before the answers are taken.
        """
        visits = sorted(visits, key=lambda visit: -visit.effort)
        tasks = [task for visit in visits for task in visit.tasks]
        found = self._executor.run(tasks, beside or _nothing, self.is_stopped)
        work = sum(one.work for one in found if one is not None)
        self.budget.spend(max(work, LEAST_WORK))
        for visit in visits:
            own, found = found[: len(visit.tasks)], found[len(visit.tasks) :]
            visit.take(own)

    def is_stopped(self) -> bool:
        """Whether tasks are to stop that are under way: only for who asked, or time."""
        self.is_interrupted |= is_asked()
        return self.is_interrupted or self.budget.seconds <= 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do anything with."""
        return self.is_stopped() or self.budget.is_over

    @property
    def limit(self) -> Status:
        """What ends the run if nothing else does: work, or the clock on guard."""
        if self.is_interrupted:
            return Status.INTERRUPTED
        if self.budget.seconds <= 0.0:
            return Status.TIME_LIMIT
        return Status.WORK_LIMIT

    def searching(self, search: Improver, count: int, effort: float) -> Visit:
        """Return a visit of so many steps of a search, with an *effort* each."""
        steps = search.steps(count)
        tasks = [
            SolveTask(
                step.part,
                self.budget.most(effort),
                search.solver.gap,
                seed=self._seed,
                start=step.start,
            )
            for step in steps
        ]

        def take(found: list[Outcome | None]) -> None:
            for step, task, outcome in zip(steps, tasks, found, strict=True):
                if outcome is not None:
                    is_plan = outcome.status is not Status.ERROR
                    search.take_with_luck(step, outcome.values if is_plan else None)
                    search.adapt(step, outcome.work / (task.most.work or 1.0))

        return Visit(tasks, take)


def _nothing() -> None:
    pass
