"""The blocks method by counted work: a plan that no clock decides.

The order of things is that of the threads (run.py): the LP, a first visit to each
block, further visits where most is to gain for a unit of work, joins in between, a last
join, and then the search over all. Each round of visits is done by any number of
workers (rounds.py); plans are joined beside a round, from what was known before it.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.solvers.blocks.end import WHOLE, outcome_of
from aumaq.solvers.blocks.gaps import look_at_gaps
from aumaq.solvers.blocks.joining import completer_of
from aumaq.solvers.blocks.kept import known_of, known_relaxed, restore, state_of
from aumaq.solvers.blocks.networks import Completer
from aumaq.solvers.blocks.part import SEARCH_SECONDS, SEARCH_STEPS, Part, Task
from aumaq.solvers.blocks.run import (
    AGAIN_SHARE,
    FIRST_SECONDS,
    NETWORK_SHARE,
)
from aumaq.solvers.blocks.state import FIRST_SHARE, BlockState
from aumaq.solvers.compiled import finish
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.solver import COMPLETION_GAP, COMPLETION_SHARE, Outcome
from aumaq.solvers.rounds import STEPS, Rounds, Visit
from aumaq.solvers.search import STEP_SECONDS
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.tasks import Executor, SolveTask, solved

ROUND_SHARE = 0.08
"""Share of the work for one round of visits."""
FIRST_WORK = 2 * FIRST_SECONDS
"""First visits take no more units than this together."""
LAST_SHARE = 0.4
"""Share of the work for the last join, and for the search over all."""
PROOF_SHARE = 0.3
"""Work on bounds beside that of the search over all, as a share of it."""
KNOWN = (Status.OPTIMAL, Status.INTERRUPTED, Status.TIME_LIMIT, Status.WORK_LIMIT)
"""What an LP relaxation may end with that says nothing against the model."""


@dataclass
class WorkRun(BlockState):
    """One solve by blocks that ends by work."""

    executor: Executor = field(kw_only=True)
    joined_at: float = 0.0
    """The work that was done when plans were joined."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rounds = Rounds(self.c, self.executor)
        self.work, self.budget = self.rounds.work, self.rounds.budget

    def solve(self) -> Solution:
        """Do rounds until the gap is reached or the work is done."""
        begun = time.monotonic()
        with closing(self.executor):
            relaxed = self._relax()
            if relaxed.status is Status.OPTIMAL:
                self.prepare(relaxed, min(FIRST_SHARE * self.work, FIRST_WORK))
                self._restore()
                self._visit_blocks()
                self._end()
        self.limit, self.is_interrupted = self.rounds.limit, self.rounds.is_interrupted
        if relaxed.status not in KNOWN:
            return finish(self.c, replace(relaxed, values=None), begun)
        return replace(finish(self.c, outcome_of(self), begun), relaxed=relaxed)

    def _restore(self) -> None:
        """Go on from what an earlier run knew, or keep what is known so far."""
        if (known := known_of(self.c)) is None:
            return self._told()
        restore(self, known)
        own = known.facts["by_work"]
        self.joins, self.joined_at = own["joins"], own["joined_at"]
        self.budget.spent = own["spent"]
        for k, (facts, names) in own["searches"].items():
            part = self.parts[int(k)]
            arrays = {name: known.arrays[f"{k}_{name}"] for name in names}
            self.search_of(part).restore(facts, arrays)
        if self.joins > 1 and not self._is_late():  # more work is allowed now
            self.joins = 1
        return None

    def _told(self) -> None:
        """Tell what is known after a round, and keep it."""
        self.tell(say("solving"))
        if self.c.keeper is None or self.rounds.is_stopped():
            return
        facts, arrays = state_of(self)
        searches = {}
        for k, part in enumerate(self.parts):
            if part.search is not None:
                own, its = part.search.state()
                searches[str(k)] = own, sorted(its)
                arrays |= {f"{k}_{name}": one for name, one in its.items()}
        facts["by_work"] = {
            "joins": self.joins,
            "joined_at": self.joined_at,
            "spent": self.budget.spent,
            "searches": searches,
        }
        self.c.keeper.write("blocks", facts, arrays)

    # -- the order of things -----------------------------------------------------

    def _relax(self) -> Outcome:
        """Solve the LP relaxation; complete the start plan beside it."""
        if (known := known_relaxed(self.c)) is not None:
            return known
        m, found = self.c.matrices, list[Outcome | None]()
        self.tell(say("relaxing"))
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        task = SolveTask(lp, self.budget.most(), seed=self.c.options.seed)
        self.rounds.do([Visit([task], found.extend)], self._carry_on)
        nothing = Outcome(Status.INTERRUPTED, np.nan, -np.inf, None, "not begun")
        return found[0] or nothing

    def _carry_on(self) -> None:
        """Complete the start plan and its networks."""
        columns, values = self.c.start
        if len(columns) < len(self.c.matrices.cost):
            fixed = with_fixed(self.c.matrices, columns, values)
            most = self.budget.most(COMPLETION_SHARE * self.work)
            seed = self.c.options.seed
            outcome = solved(SolveTask(fixed, most, COMPLETION_GAP, seed=seed))
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
        while not (self._is_over() or self._is_late()):
            visits = self._visits(ROUND_SHARE * self.work)
            is_due = self._is_join_due()
            if not (visits or is_due):
                return
            self.rounds.do(visits, self._join if is_due else None)
            self._told()

    def _end(self) -> None:
        """Join for the last time, then search on over all, or solve all as one."""
        if self._is_over():
            return
        if self.joins < 2:
            self.fill()
            self.joins = 2
            self.rounds.do(self._visits(NETWORK_SHARE * self.work), self._join_last)
            if self.is_large and self.search.values is not None:
                look_at_gaps(self)
            self._told()
        while not self._is_over():
            visits = self._visits_at_the_end()
            if not visits:
                return
            self.rounds.do(visits)
            self._told()

    def _visits_at_the_end(self) -> list[Visit]:
        is_small = int(self.c.matrices.is_integer.sum()) < WHOLE
        if is_small and (self.is_done() or self.search.values is None):
            return [self._whole()]
        if self.search.values is None:
            return []
        searched = self.rounds.searching(self.search, STEPS, STEP_SECONDS)
        effort = PROOF_SHARE * min(searched.effort, self.budget.left)
        return [*self._visits(effort), searched]

    def _is_late(self) -> bool:
        return self.budget.left <= LAST_SHARE * self.work or self.is_done()

    def _is_join_due(self) -> bool:
        if any(part.values is None for part in self.parts):
            return False
        away = self.budget.spent - self.joined_at
        return self.joins == 0 or (self.is_large and away > AGAIN_SHARE * self.work)

    def _is_over(self) -> bool:
        return self.is_infeasible or self.is_enough or self.rounds.is_over

    # -- visits --------------------------------------------------------------------

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
            return self._search(part)
        m, start, effort = part.mip(kind)
        most, seed = self.budget.most(effort), self.c.options.seed
        task = SolveTask(m, most, absolute_gap=self.allowed, seed=seed, start=start)

        def take(found: list[Outcome | None]) -> None:
            if found[0] is not None:
                self.visited(part, kind, found[0])

        return Visit([task], take)

    def _search(self, part: Part) -> Visit:
        search = self.search_of(part)
        visit = self.rounds.searching(search, SEARCH_STEPS, SEARCH_SECONDS / 2)

        def take(found: list[Outcome | None]) -> None:
            visit.take(found)
            best, values = search.objective, search.values
            outcome = Outcome(Status.WORK_LIMIT, best, -np.inf, values, "searched")
            self.visited(part, Task.SEARCH, outcome)

        return Visit(visit.tasks, take)

    def _whole(self) -> Visit:
        """Return all blocks as one MIP, from the best plan that there is."""
        m, options, known = self.c.matrices, self.c.options, self.search.values
        start = None if known is None else (np.arange(len(known)), known)
        most, gap = self.budget.most(), options.gap
        task = SolveTask(m, most, gap, seed=options.seed, start=start)

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
        return completer_of(self.c, self.split, patience, by_work=True)

    @property
    def effort_left(self) -> float:
        return self.budget.left

    @property
    def is_stopped(self) -> bool:
        return self._is_over()

    def solve_under(
        self, m: Matrices, start: tuple[Ints, Floats], effort: float, nodes: int | None
    ) -> Outcome:
        """Solve a block under a choice, by work."""
        del nodes
        most, seed = self.budget.most(effort), self.c.options.seed
        task = SolveTask(m, most, absolute_gap=self.allowed, seed=seed, start=start)
        outcome = solved(task)
        self.budget.spend(outcome.work)
        return outcome

    def _join(self) -> None:
        is_first = self.joins == 0 and self.is_large
        self._joined(NETWORK_SHARE * self.work if is_first else 0.0)
        self.joins = 1

    def _join_last(self) -> None:
        share = NETWORK_SHARE * self.work if self.is_large else self.budget.left / 2
        self._joined(min(share, self.budget.left))

    def _joined(self, effort: float) -> None:
        completer = self.completer()
        self.joining.offer(completer, effort)
        self.budget.spend(completer.work)
        self.joined_at = self.budget.spent
