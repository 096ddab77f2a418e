"""Blocks planned anew, each with all others as they are, the most promising first.

A step around a few sites sees little of what is wrong with a plan of a whole city. Of a
small block HiGHS finds the best plan; of a large one it hardly leaves the plan that it
begins with. There the LP of what the plan has, and of what is cheap at the prices of
the relaxation, says where whole numbers should go, each time of more (kernel search,
Angelelli, Mansini and Speranza 2010).
"""

from __future__ import annotations

import threading
import time

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.part import ROUND_FIRST
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.search import STEP_SECONDS, Improver
from aumaq.solvers.work import Budget, Most

EFFORT, NODES = 1.0, 50
"""What the MIP of a block takes at the most: seconds or units of work, and nodes."""
INTEGERS = 250
"""The MIP of a block with so many whole numbers may take so much longer."""
CROSSED_FROM = 100
"""In a block of so many whole numbers those between plan and LP come first: in schools
and works of 100 to 1,500 that gains as much as the whole MIP in a third of the time."""
FIRST_SHARE = 0.25
"""Share of what the whole MIP takes that this takes."""
MOST_EFFORT = 30.0
"""What a block takes at the most each time, seconds or units of work."""
WIDTHS = (1 / 200, 1 / 20, 1 / 2, np.inf)
"""In a large block first only what costs this share of what is dear beyond the bound is
free, then more."""
WIDTH_SHARES = (0.1, 0.3, 1.0, 1.0)
"""What that takes of what the block takes at the most."""
DEAR_LEFT = 1 / 200
"""What costs this share of what is dear beyond a block's own LP is left out there."""
AGAIN, LARGE_AGAIN, LEAST_LUCK = 0.1, 0.5, 1e-3
"""By so much less a block is hoped to gain after each time, and a large one, until it
is no more visited at these prices."""
ROUNDED = 1e-12
"""What a block gains is above this share of what it costs: sums are rounded."""
LEAST_RATE = 1e-6
"""A search around sites is taken to gain this share of the cost a second at first."""


class Replanning:
    """Which blocks are promising at the prices that were looked at last."""

    def __init__(self, blocks: PricedBlocks, is_held: Flags) -> None:
        """Prepare; columns that are *held* stay as they are."""
        self._blocks, self._is_held = blocks, is_held
        self._lock = threading.Lock()
        count = len(blocks.all)
        self._luck, self._is_busy = np.ones(count), np.zeros(count, dtype=bool)
        self._width = np.zeros(count, dtype=np.int64)
        self._most = np.minimum(EFFORT + blocks.integers / INTEGERS, MOST_EFFORT)
        self._is_large = blocks.integers >= ROUND_FIRST
        self._is_crossed = ~self._is_large & (blocks.integers >= CROSSED_FROM)
        self._is_first = self._is_crossed.copy()
        self._beyond, self._dear_mln = np.zeros(0), np.inf
        self._is_dear = np.zeros(len(is_held), dtype=bool)
        self._rate: float | None = None
        """What a search around sites gained of late, mln a second."""

    def look(self, beyond: Floats, dear_mln: float, is_dear: Flags) -> None:
        """Take new prices: what each column costs *beyond* the bound at them.

        What is dear stays out, unless the plan has it.
        """
        with self._lock:
            self._beyond, self._dear_mln, self._is_dear = beyond, dear_mln, is_dear
            self._luck[:] = 1.0
            self._is_first = self._is_crossed.copy()

    @property
    def _usual(self) -> Floats:
        """What the next visit of each block usually takes, seconds or units of work."""
        narrow = np.array(WIDTH_SHARES)[self._width]
        first = np.where(self._is_first, FIRST_SHARE, 1.0)
        return np.asarray(self._most * np.where(self._is_large, narrow, first))

    def of(self, columns: Flags) -> Flags:
        """Return which blocks have any of some columns."""
        label = self._blocks.of_column[columns]
        found = np.zeros(len(self._luck), dtype=bool)
        found[label[label >= 0]] = True
        return found

    def excess(self, plan: Floats) -> Floats:
        """Return what a plan costs in each block beyond the bound, mln."""
        return self._blocks.excess(plan)

    def begin(
        self, plan: Floats, which: Flags | None = None, least: float = 0.0
    ) -> int | None:
        """Return the most promising block for a *plan*, None where there is none.

        *which* are those to choose from, else any. One hoped to gain no more than
        *least* mln a second promises nothing. Nobody else visits it meanwhile.
        """
        with self._lock:
            hoped = self._blocks.excess(plan) * self._luck / self._usual
            hoped[self._is_busy | (self._luck < LEAST_LUCK)] = 0.0
            if which is not None:
                hoped[~which] = 0.0
            k = int(np.argmax(hoped)) if len(hoped) else 0
            if not len(hoped) or hoped[k] <= least:
                return None
            self._is_busy[k] = True
            is_again = self._is_large[k] or self._is_first[k]
            self._luck[k] *= LARGE_AGAIN if is_again else AGAIN
            return k

    def visit(
        self, k: int, solver: RestrictedSolver, plan: Floats, budget: Budget
    ) -> tuple[Ints, Floats] | None:
        """Return columns of a block with better values for a *plan*, if there are."""
        free, nodes = self._free(k, plan), None if self._is_large[k] else NODES
        found = self._solve(k, solver, plan, free, budget.most(self._most[k], nodes))
        with self._lock:
            self._is_busy[k] = False
            self._luck[k] *= AGAIN if found is None else 1.0
        cost = solver.structure.matrices.cost[free]
        if found is None:
            return None
        gain, rounded = (
            cost @ (plan[free] - found),
            ROUNDED * (np.abs(cost) @ np.abs(plan[free])),
        )
        if gain <= rounded:
            return None
        return free, found

    def _free(self, k: int, plan: Floats) -> Ints:
        free = self._blocks.all[k].columns
        free = free[~self._is_held[free]]
        is_dear = self._is_dear[free]
        if self._is_large[k]:
            width = WIDTHS[self._width[k]]
            is_dear |= self._beyond[free] > width * self._dear_mln
            self._width[k] = min(self._width[k] + 1, len(WIDTHS) - 1)
        return free[~is_dear | (plan[free] != 0.0)]

    def _solve(
        self, k: int, solver: RestrictedSolver, plan: Floats, free: Ints, most: Most
    ) -> Floats | None:
        if self._is_large[k]:
            dear_mln = DEAR_LEFT * self._dear_mln
            return solver.cross_part(plan, free, most, dear_mln)
        if self._is_first[k]:
            self._is_first[k] = False
            return solver.cross_part(plan, free, most, np.inf)
        return solver.solve_part(plan, free, most)

    def offer(self, search: Improver, k: int, values: Floats) -> None:
        """Take whole numbers of a block into the plan, if that is better with them."""
        known, columns = search.values, self._blocks.all[k].columns
        if known is None:
            return
        trial, free = known.copy(), columns[~self._is_held[columns]]
        is_whole = search.solver.structure.matrices.is_integer[columns]
        trial[columns[is_whole]] = np.round(values[is_whole])
        found = search.solver.solve_part(trial, free, Most(EFFORT), fix_whole=True)
        if found is not None:
            search.merge(known, free, found)

    def blocks(self, search: Improver, budget: Budget, which: Flags | None) -> None:
        """Plan blocks anew as long as one is promising and the *budget* lasts."""
        before = budget.spent - search.solver.work
        while not budget.is_over and self._block(search, budget, which, 0.0):
            budget.spent = before + search.solver.work

    def _block(
        self, search: Improver, budget: Budget, which: Flags | None, least: float
    ) -> bool:
        """Plan the most promising block anew; say whether there is one."""
        known = search.values
        assert known is not None
        k = self.begin(known, which, least)
        if k is None:
            return False
        found = self.visit(k, search.solver, known, budget)
        if found is not None:
            search.merge(known, *found)
        return True

    def search(
        self, search: Improver, budget: Budget, which: Flags | None = None
    ) -> None:
        """Plan a block anew, or search around sites: what gains more a second.

        *which* are the blocks to choose from, else any.
        """
        rate = self._rate
        if rate is None:
            rate = LEAST_RATE * abs(search.objective)
        if self._block(search, budget, which, rate):
            return
        before, begun = search.objective, time.monotonic()
        search.search(min(STEP_SECONDS, max(budget.seconds, 0.0)))
        gained = (before - search.objective) / max(time.monotonic() - begun, 1e-3)
        self._rate = (rate + gained) / 2.0
