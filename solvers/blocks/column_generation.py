"""Plans of blocks at what scarce things are worth: columns for the master problem.

Where money, teachers or second shifts are short, plans at the prices of the LP use too
much of them: rounded up, all together break what the LP just keeps. The master problem
of :mod:`~aumaq.solvers.blocks.crossing`, as an LP over the plans that there are, says
what a unit more would save now. At a mean of these prices and those of before blocks
are planned again (column generation: Gilmore and Gomory 1961; means keep prices from
leaping: Wentges 1997), and all of these plans are crossed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.blocks.crossing import Crossing
from aumaq.solvers.blocks.part import FILTER_DEAR, ROOT_INTEGERS, Part
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.work import Budget

ROUNDS = 3
SMOOTH = 0.5
"""Share of the master's prices in the mean with those of before."""
LP_EFFORT, PART_EFFORT = 2.0, 0.3
"""Seconds, or units of work, for the master problem as an LP, and for a block."""
TOUCHED = 1e-6
"""A block whose plan costs by such a share of all less or more at the new prices is
planned anew."""
LEAST_SIZE = 20
"""Whole numbers of blocks that are all as quick."""
KEPT = 8
"""Plans that are kept to be crossed."""
Solve = Callable[[Matrices, tuple[Ints, Floats], float, int | None], Outcome]


@dataclass
class ColumnGeneration:
    """Plans of the blocks at the prices of what is short; the last ones are kept."""

    m: Matrices
    parts: list[Part]
    first: Floats
    """What a unit of each row is priced at in the blocks, mln."""
    is_over: Callable[[], bool]
    solve: Solve
    offers: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.price = self.first

    def plans(
        self,
        solver: RestrictedSolver,
        crossing: Crossing,
        known: Floats,
        apart: Floats,
        budget: Budget,
    ) -> list[Floats]:
        """Return plans of all blocks side by side: *apart*, others at other prices."""
        for left in range(ROUNDS, 0, -1):
            offers = [apart, *self.offers]
            most = budget.most(LP_EFFORT)
            found = crossing.prices(solver, offers, known, most)
            if found is None or self.is_over():
                break
            target = np.where(np.isnan(found), self.first, found)
            self.price = self.price + SMOOTH * (target - self.price)
            before = self.offers[0] if self.offers else apart
            own = budget.share(1.0 / left)
            self.offers = [self._at_prices(before, own), *self.offers][:KEPT]
            budget.spend(own.spent)
        return [apart, *self.offers]

    def _at_prices(self, before: Floats, budget: Budget) -> Floats:
        """Return the plan *before* with blocks planned anew at today's prices."""
        change = self.m.sparse.T @ (self.first - self.price)
        plan = before.copy()
        for part in self._touched(change):
            if budget.is_over or self.is_over():
                break
            is_small = part.integers < ROOT_INTEGERS
            m = part.matrices if is_small else part.without_dear(FILTER_DEAR)
            own = replace(m, cost=m.cost + change[part.columns])
            start = np.arange(len(part.columns)), before[part.columns]
            found = self.solve(own, start, min(budget.left, PART_EFFORT), None)
            budget.spend(found.work)
            if found.values is not None:
                plan[part.columns] = found.values
        return plan

    def _touched(self, change: Floats) -> Iterator[Part]:
        """Yield blocks whose plans cost otherwise, most for their size first."""
        weights = [
            float(np.abs(change[part.columns]) @ np.abs(part.values))
            for part in self.parts
            if part.values is not None
        ]
        if len(weights) < len(self.parts):
            return
        size = [max(part.integers, LEAST_SIZE) for part in self.parts]
        for k in np.argsort(-np.array(weights) / np.array(size)).tolist():
            if weights[k] > TOUCHED * sum(weights):
                yield self.parts[k]
