"""How much more than their LP the pieces cost: their MIPs at the prices.

Of what belongs to no site the relaxation knows the LP alone. A water works and its
mains, say, are a MIP so small that it is solved in a moment, and by so much as its
bound is above the value of the LP there, the bound of the whole is higher at the same
prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Budget, Most

GAP = 1e-3
"""The gap of each MIP, relative to what the piece costs."""
MOST_INTEGERS = 2_000
"""Pieces with more are left: of them HiGHS proves little beyond the LP in minutes."""
NODES, SECONDS = 200, 5.0
"""What the MIP of a piece takes at the most; seconds end what nodes do not."""
SAFE = 1e-9
"""What is added is less by this share of what a piece costs: sums are rounded."""


class Lift:
    """The pieces of a relaxation whose MIPs raise its bound."""

    def __init__(self, c: Compiled, relaxation: Relaxation) -> None:
        """Take a relaxation."""
        self._relaxation = relaxation
        self._options = replace(c.options, threads=1, gap=GAP)
        self._running: Solver | None = None
        self._is_stopped = False

    @property
    def pieces(self) -> Ints:
        """The pieces that are MIPs of a size to be solved, the smallest first."""
        pieces = self._relaxation.pieces
        whole = pieces.of_column[pieces.matrices.is_integer]
        number = np.bincount(whole, minlength=pieces.count)
        some = np.flatnonzero((number > 0) & (number <= MOST_INTEGERS))
        return some[np.argsort(number[some], kind="stable")]

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self._is_stopped = True
        if self._running is not None:
            self._running.stop()

    def raised(self, y: Floats, budget: Budget, tell: Callable[[float], None]) -> None:
        """Tell the bound at prices *y* as it rises, as long as *budget* lasts."""
        relaxation = self._relaxation
        found = relaxation.at(y)
        if not np.isfinite(found):
            return
        cost, known = relaxation.cost_of_pieces(y), relaxation.of_pieces.copy()
        for k in self.pieces.tolist():
            if self._is_stopped or budget.left <= 0.0:
                return
            proven = self._proven(k, cost, budget)
            gain = proven - known[k] - SAFE * (abs(proven) + abs(known[k]))
            if gain > 0.0:
                found += gain
                tell(found)

    def _proven(self, piece: int, cost: Floats, budget: Budget) -> float:
        """Return what a piece costs at least, -inf if nothing is proven."""
        m, _ = self._relaxation.pieces.problem(piece, cost)
        solver = self._running = Solver(m, self._options)
        most = budget.most()
        solver.limit(Most(most.seconds, NODES, most.work))
        if self._is_stopped:
            solver.stop()
        outcome = solver.run(min(most.seconds, SECONDS), Silent(), 0.0)
        self._running = None
        budget.spend(outcome.work)
        is_known = outcome.status not in (Status.ERROR, Status.INFEASIBLE)
        return outcome.bound if is_known else float("-inf")
