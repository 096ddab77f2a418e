"""The blocks method by counted work: rounds of tasks, and a plan that no clock decides.

What is done in a round follows from what the rounds before it found: visits to the
blocks where most is to gain for a unit of work (part.py), each as tasks that may be
solved anywhere. Their answers are taken in the order of the list once all are there.
Plans are joined beside a round, from what was known before it. So the result is the
same for any number of workers, and however fast each of them is.

The order of things is that of the threads (run.py): the LP, a first visit to each
block, further visits, joins in between, a last join, and then the search over all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import say
from aumaq.solvers.blocks.end import WHOLE, outcome_of
from aumaq.solvers.blocks.networks import Completer
from aumaq.solvers.blocks.part import SEARCH_SECONDS, SEARCH_STEPS, Part, Task
from aumaq.solvers.blocks.run import (
    AGAIN_SHARE,
    FIRST_SECONDS,
    LAST_SHARE,
    NETWORK_SHARE,
)
from aumaq.solvers.blocks.state import FIRST_SHARE, BlockState
from aumaq.solvers.compiled import finish
from aumaq.solvers.highs.matrices import with_fixed
from aumaq.solvers.highs.solver import COMPLETION_GAP, COMPLETION_SHARE, Outcome
from aumaq.solvers.search import STEP_SECONDS, Improver, Step
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.tasks import Executor, SolveTask, solved
from aumaq.solvers.work import Budget

ROUND_SHARE = 0.08
"""Share of the work for one round of visits."""
FIRST_WORK = 2 * FIRST_SECONDS
"""First visits take no more units than this together."""
STEPS = 8
"""Steps of the search over all in a round."""

Take = Callable[[list[Outcome | None]], None]


@dataclass(frozen=True)
class Visit:
    """Tasks that belong together, and what takes their answers."""

    tasks: list[SolveTask]
    take: Take

    @property
    def effort(self) -> float:
        """The units of work that it takes at most."""
        return sum(task.most.work or 0.0 for task in self.tasks)


@dataclass
class Rounds(BlockState):
    """One solve by blocks that ends by work."""

    executor: Executor = field(kw_only=True)
    joined_at: float = 0.0
    limit: Status = Status.WORK_LIMIT

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.c.options.work_limit is not None
        self.work = self.c.options.work_limit
        self.budget = Budget(self.c.seconds_left, self.work)

    def solve(self) -> Solution:
        """Do rounds until the gap is reached or the work is done."""
        begun = time.monotonic()
        with closing(self.executor):
            relaxed = self._relax()
            if relaxed.status is Status.OPTIMAL:
                self.prepare(relaxed, min(FIRST_SHARE * self.work, FIRST_WORK))
                self._visit_blocks()
                self._end()
        if self.budget.seconds <= 0.0:
            self.limit = Status.TIME_LIMIT
        ended = {Status.OPTIMAL, *LIMITS}
        if relaxed.status not in ended:
            return finish(self.c, replace(relaxed, values=None), begun)
        return replace(finish(self.c, outcome_of(self), begun), relaxed=relaxed)

    # -- the order of things -----------------------------------------------------

    def _relax(self) -> Outcome:
        """Solve the LP relaxation; complete the start plan beside it."""
        if self.c.relaxed is not None:
            return self.c.relaxed
        m, found = self.c.matrices, list[Outcome | None]()
        self.tell(say("relaxing"))
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        task = SolveTask(lp, self.budget.most(), seed=self.c.options.seed)
        self._round([Visit([task], found.extend)], self._carry_on)
        nothing = Outcome(Status.INTERRUPTED, np.nan, -np.inf, None, "not begun")
        return found[0] or nothing

    def _carry_on(self) -> None:
        """Complete the start plan and its networks."""
        columns, values = self.c.start
        if len(columns) < len(self.c.matrices.cost):
            fixed = with_fixed(self.c.matrices, columns, values)
            most = self.budget.most(COMPLETION_SHARE * self.work)
            outcome = solved(
                SolveTask(fixed, most, COMPLETION_GAP, seed=self.c.options.seed)
            )
            self.budget.spend(outcome.work)
            if outcome.values is None:
                return
            values = outcome.values
        self.search.offer(self.search.cost(values), values)
        if self.is_large:
            completer = self.completer()
            values = completer.improve(values, NETWORK_SHARE * self.work)
            self.budget.spend(completer.work)
            self.search.offer(self.search.cost(values), values)

    def _visit_blocks(self) -> None:
        """Visit blocks, and join their plans, until it is time for the last join."""
        while not (self.is_over() or self._is_late()):
            visits = self._visits(ROUND_SHARE * self.work)
            is_due = self._is_join_due()
            if not (visits or is_due):
                return
            self._round(visits, self._join if is_due else _nothing)

    def _end(self) -> None:
        """Join for the last time, then search on over all, or solve all as one."""
        if self.is_over():
            return
        with self.lock:
            self.fill()
            self.joins = 2
        self._round(self._visits(NETWORK_SHARE * self.work), self._join_last)
        if self.is_large and self.search.values is not None:
            self.look_at_gaps()
        while not self.is_over():
            visits = self._visits_at_the_end()
            if not visits:
                return
            self._round(visits)

    def _visits_at_the_end(self) -> list[Visit]:
        is_small = int(self.c.matrices.is_integer.sum()) < WHOLE
        if is_small and (self.is_done() or self.search.values is None):
            return [self._whole()]
        searched = [] if self.search.values is None else [self._search_visit()]
        effort = min(sum(visit.effort for visit in searched), self.budget.left / 2)
        return [*self._visits(effort), *searched]

    def _is_late(self) -> bool:
        return self.budget.left <= LAST_SHARE * self.work or self.is_done()

    def _is_join_due(self) -> bool:
        if any(part.values is None for part in self.parts):
            return False
        away = self.budget.spent - self.joined_at
        return self.joins == 0 or (self.is_large and away > AGAIN_SHARE * self.work)

    def is_over(self) -> bool:
        """Whether the run is to end: asked to, or nothing is left to do it with."""
        self.is_interrupted |= is_asked()
        return (
            self.is_interrupted
            or self.is_infeasible
            or self.is_enough
            or self.budget.is_over
        )

    # -- one round ---------------------------------------------------------------

    def _round(
        self, visits: Sequence[Visit], beside: Callable[[], None] | None = None
    ) -> None:
        """Do the tasks of all visits, and take the answers in their order."""
        visits = sorted(visits, key=lambda visit: -visit.effort)
        tasks = [task for visit in visits for task in visit.tasks]
        found = self.executor.run(tasks, beside or _nothing, self._is_stopped)
        for visit in visits:
            own, found = found[: len(visit.tasks)], found[len(visit.tasks) :]
            self.budget.spend(sum(one.work for one in own if one is not None))
            visit.take(own)
        self.tell(say("solving"))

    def _is_stopped(self) -> bool:
        """Whether tasks are to stop that are under way: only for who asked, or time."""
        self.is_interrupted |= is_asked()
        return self.is_interrupted or self.budget.seconds <= 0.0

    def _visits(self, effort: float) -> list[Visit]:
        """Return the visits that gain most for so much work, new blocks anyway."""
        found: list[Visit] = []
        gone, most = 0.0, min(effort, self.budget.left)
        while gone < most or any(not part.is_begun for part in self.parts):
            choice = self.next_visit()
            if choice is None:
                break
            found.append(self._visit(*choice))
            gone += found[-1].effort
        return found

    def _visit(self, part: Part, kind: Task) -> Visit:
        if kind is Task.SEARCH:
            search = self.search_of(part)
            steps = search.steps(SEARCH_STEPS)
            tasks = [self._step(search, step, SEARCH_SECONDS / 2) for step in steps]

            def take_steps(found: list[Outcome | None]) -> None:
                _take(search, steps, tasks, found)
                best, values = search.objective, search.values
                outcome = Outcome(Status.WORK_LIMIT, best, -np.inf, values, "searched")
                self.visited(part, kind, outcome)

            return Visit(tasks, take_steps)
        m, start, effort = part.mip(kind)
        most, seed = self.budget.most(effort), self.c.options.seed
        task = SolveTask(m, most, absolute_gap=self.allowed, seed=seed, start=start)

        def take(found: list[Outcome | None]) -> None:
            if found[0] is not None:
                self.visited(part, kind, found[0])

        return Visit([task], take)

    def _search_visit(self) -> Visit:
        """Return steps of the search over all."""
        steps = self.search.steps(STEPS)
        tasks = [self._step(self.search, step, STEP_SECONDS) for step in steps]

        def take(found: list[Outcome | None]) -> None:
            _take(self.search, steps, tasks, found)

        return Visit(tasks, take)

    def _step(self, search: Improver, step: Step, effort: float) -> SolveTask:
        most, seed = self.budget.most(effort), self.c.options.seed
        return SolveTask(step.part, most, search.gap, seed=seed, start=step.start)

    def _whole(self) -> Visit:
        """Return all blocks as one MIP, from the best plan that there is."""
        m, options, known = self.c.matrices, self.c.options, self.search.values
        start = None if known is None else (np.arange(len(known)), known)
        task = SolveTask(m, self.budget.most(), options.gap, seed=options.seed,
                         start=start)  # fmt: skip

        def take(found: list[Outcome | None]) -> None:
            if (outcome := found[0]) is None:
                return
            if outcome.values is not None:
                self.search.offer(outcome.objective, outcome.values)
            self.whole_bound = max(self.whole_bound, outcome.bound)
            self.is_infeasible = outcome.status is Status.INFEASIBLE and known is None
            self.budget.spend(self.budget.left)  # there is nothing more to try

        return Visit([task], take)

    # -- joining -------------------------------------------------------------------

    def completer(self) -> Completer:
        """Return what completes joined plans, by work."""
        patience = max(self.budget.seconds, 0.05)
        return Completer(self.c, self.split, patience, by_work=True)

    def _join(self) -> None:
        is_first = self.joins == 0 and self.is_large
        self._joined(NETWORK_SHARE * self.work if is_first else 0.0)
        self.joins = 1

    def _join_last(self) -> None:
        share = NETWORK_SHARE * self.work if self.is_large else self.budget.left / 2
        self._joined(min(share, self.budget.left))

    def _joined(self, effort: float) -> None:
        completer = self.completer()
        self.offer_joined(completer, effort)
        self.budget.spend(completer.work)
        self.joined_at = self.budget.spent


LIMITS = (Status.INTERRUPTED, Status.TIME_LIMIT, Status.WORK_LIMIT)


def _nothing() -> None:
    pass


def _take(
    search: Improver,
    steps: Sequence[Step],
    tasks: Sequence[SolveTask],
    found: Sequence[Outcome | None],
) -> None:
    """Let a search take what was found in its steps."""
    for step, task, outcome in zip(steps, tasks, found, strict=True):
        if outcome is None:
            continue
        is_plan = outcome.status is not Status.ERROR
        search.take_with_luck(step, outcome.values if is_plan else None)
        search.adapt(step, outcome.work / (task.most.work or 1.0))
