"""The relaxation of a large model without its LP: prices first, then block by block.

An ascent (decomposed/ascent.py) finds prices of the rows that couple. At these prices
the LP of each block is small: ways that nobody took of late are left out of it. Their
solutions stand for one of the whole LP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats
from aumaq.solvers.blocks.split import Block, Split, block_matrices
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed.ascent import FIRST, Ascent
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.matrices import Matrices, restricted
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

STEPS = 300
"""Steps of prices between two looks at how much the bound still rises."""
WORTH = 1e-4
"""A bound that rises by less than this share in so many steps is high enough."""
AGAIN = 0.03
"""The first step of prices that are raised once more."""
PRICING_SHARE = 0.15
"""Share of the time for prices."""
LP_SHARE = 0.3
"""Share of the time that the LP of a block takes at most."""
TAKEN = 1e-3
"""Share that a way had on average of late, for it to be in the LP of a block."""


class PricedRelaxation:
    """Prices of the coupling rows, a bound of each block, and its LP."""

    def __init__(self, c: Compiled, split: Split, is_over: Callable[[], bool]) -> None:
        """Prepare for a split model; *is_over* is asked whether to give up."""
        self._c, self._split, self._is_over = c, split, is_over
        self.relaxation = Relaxation(c, is_over)
        self.ascent = Ascent(self.relaxation)
        self._blocks = PricedBlocks(self.relaxation, split)
        self._value = float("-inf")
        self._running: set[Solver] = set()

    def rise(self, tell: Callable[[float], None]) -> None:
        """Raise the prices as long as that pays; *tell* is told each bound."""
        ends = time.monotonic() + PRICING_SHARE * self._c.options.time_limit
        first, is_worth = FIRST, True
        while is_worth and time.monotonic() < ends and not self._is_over():
            before = self.ascent.bound
            self.ascent.rise(STEPS, ends, self._is_over, first)
            bound, first = self.ascent.bound, AGAIN
            is_worth = bound - before > WORTH * abs(bound)
            tell(bound)
        self._value = self.relaxation.at(self.ascent.best, self.ascent.beside)

    @property
    def price_of_split(self) -> Floats:
        """The prices of the rows that couple blocks, 0 elsewhere."""
        return self._blocks.price(self.ascent.best)

    def bounds(self) -> Floats:
        """Return what the relaxation says that each block costs at least, mln.

        -inf where that is not known, which is of every block without a bound.
        """
        found = self._blocks.bounds(self.ascent.best)
        return found if np.isfinite(self._value) else np.full_like(found, -np.inf)

    def shares(self) -> Floats:
        """Return the share of each block in the value of the relaxation, mln."""
        return self._blocks.shares(self.ascent.best)

    def solve(self, threads: int) -> Outcome | None:
        """Return the LP solutions of all blocks as one; None without one of each."""
        m, split, is_in = self._c.matrices, self._split, self._taken()
        price = self.price_of_split
        values, duals = np.zeros(len(m.cost)), price.copy()
        blocks = list(
            zip(split.blocks, block_matrices(m, split, price, price), strict=True)
        )
        blocks.sort(key=lambda item: -len(item[0].columns))

        def one(item: tuple[Block, Matrices]) -> bool:
            block, part = item
            found = self._lp(part, is_in[block.columns])
            if found is not None:
                values[block.columns], duals[block.rows] = found
            return found is not None

        with ThreadPoolExecutor(threads) as pool:
            is_done = list(pool.map(one, blocks))
        if not all(is_done):
            return None
        objective = float(m.cost @ values) + m.offset
        return Outcome(
            Status.OPTIMAL, objective, self.ascent.bound, values, "priced", duals=duals
        )

    def _taken(self) -> Flags:
        """Return the columns but for the shares of ways that nobody took of late."""
        c, mean = self._c, self.ascent.mean
        found = np.ones(len(mean), dtype=bool)
        for name, v in c.built.variables.items():
            column, count = (
                c.place[v.share],
                c.built.data.services[name].demand.shape[1],
            )
            column, way = column[column >= 0], (v.share_option * count + v.share_period)
            way = way[c.place[v.share] >= 0]
            most = np.zeros(way.max(initial=-1) + 1)
            np.maximum.at(most, way, mean[column])
            found[column] = most[way] > TAKEN
        return found

    def _lp(self, part: Matrices, is_in: Flags) -> tuple[Floats, Floats] | None:
        """Return values and duals of the LP of a block, with some columns if it can."""
        lp = replace(part, is_integer=np.zeros(len(part.cost), dtype=bool))
        nothing, free = np.zeros(len(part.cost)), np.flatnonzero(is_in)
        small, rows = restricted(lp, part.sparse.tocsr(), free, nothing)
        solver = Solver(small, replace(self._c.options, threads=1))
        self._running.add(solver)
        if self._is_over():
            return None
        seconds = LP_SHARE * self._c.options.time_limit
        found = solver.run(seconds, Silent(), self._c.started)
        self._running.discard(solver)
        if found.status is not Status.OPTIMAL or found.duals is None:
            return None if is_in.all() else self._lp(part, np.ones_like(is_in))
        values, duals = nothing, np.zeros(len(part.row_lower))
        values[free], duals[rows] = found.values, found.duals
        return values, duals

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        for solver in tuple(self._running):
            solver.stop()
