"""How much more than the relaxation says the blocks cost: their MIPs at the prices.

Of what belongs to no site the relaxation knows the LP alone, and of sites that share
people only what each does alone. A water works and its mains, say, or the schools of a
few villages are a MIP so small that it is solved in a moment, and by so much as its
bound is above the block's share in the relaxation, the bound of the whole is higher at
the same prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Budget, Most

GAP = 1e-3
"""The gap of each MIP, relative to what the block costs."""
MOST_INTEGERS = 2_000
"""Blocks with more are left: of them HiGHS proves little beyond the LP in minutes."""
NODES, SECONDS = 200, 5.0
"""What the MIP of a block takes at the most; seconds end what nodes do not."""
SAFE = 1e-9
"""What is added is less by this share of what a block costs: sums are rounded."""


class Lift:
    """The blocks whose MIPs raise the bound of a relaxation."""

    def __init__(
        self, options: SolveOptions, relaxation: Relaxation, blocks: PricedBlocks
    ) -> None:
        """Take a relaxation, and the model's blocks."""
        self._relaxation, self._blocks = relaxation, blocks
        self._options = replace(options, threads=1, gap=GAP)
        self._running: Solver | None = None
        self._is_stopped = False

    def _order(self, plan: Floats | None) -> Ints:
        """Return the blocks that are MIPs of a size to be solved, the best ones first.

        Those are where a *plan* costs most beyond the bound, for each whole number;
        without one, the largest.
        """
        number, least = self._blocks.integers, self._blocks.least
        is_some = (number > 0) & (number <= MOST_INTEGERS) & np.isfinite(least)
        some = np.flatnonzero(is_some)
        rank = -number[some].astype(float)
        if plan is not None:
            rank = self._blocks.excess(plan)[some] / rank
        return some[np.argsort(rank, kind="stable")]

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self._is_stopped = True
        if self._running is not None:
            self._running.stop()

    def raised(
        self,
        y: Floats,
        budget: Budget,
        tell: Callable[[float], None],
        take: Callable[[int, Floats], None] | None = None,
        plan: Floats | None = None,
    ) -> None:
        """Tell the bound at prices *y* as it rises, as long as *budget* lasts.

        *take* hears of the plan of each block at these prices; a *plan* of all is where
        they begin.
        """
        found = self._relaxation.at(y)
        if not np.isfinite(found):
            return
        self._blocks.look(y)
        known = self._blocks.least
        for k in self._order(plan).tolist():
            if self._is_stopped or budget.left <= 0.0:
                return
            outcome = self._solved(k, budget, plan)
            if take is not None and outcome.values is not None:
                take(k, outcome.values)
            is_known = outcome.status not in (Status.ERROR, Status.INFEASIBLE)
            proven = outcome.bound if is_known else float("-inf")
            gain = proven - known[k] - SAFE * (abs(proven) + abs(known[k]))
            if gain > 0.0:
                found += gain
                tell(found)

    def _solved(self, block: int, budget: Budget, plan: Floats | None) -> Outcome:
        """Solve the MIP of a block at the prices, from a plan if there is one."""
        solver = self._running = Solver(self._blocks.problem(block), self._options)
        if plan is not None:
            own = plan[self._blocks.all[block].columns]
            solver.start_from(np.arange(len(own)), own)
        most = budget.most()
        solver.limit(Most(most.seconds, NODES, most.work))
        if self._is_stopped:
            solver.stop()
        outcome = solver.run(min(most.seconds, SECONDS), Silent(), 0.0)
        self._running = None
        budget.spend(outcome.work)
        return outcome
