"""The blocks of a model at the prices of a relaxation: what each costs, at least.

Between the rows of families that couple, a model falls apart (blocks/split.py). At the
prices of these rows a block is a MIP of its own, and the relaxation, in which each site
decides alone, says what it costs at least. Its MIP may prove more, and plan it better.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.split import Block, Split
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.matrices import Matrices


class PricedBlocks:
    """Blocks, with what they cost at the prices that were looked at last."""

    def __init__(self, relaxation: Relaxation, split: Split) -> None:
        """Prepare for a split model."""
        self._relaxation, self._split, self._m = relaxation, split, relaxation.m
        self._row, self.of_column = labels(split, relaxation.m)
        whole = self.of_column[relaxation.m.is_integer]
        count = len(split.blocks)
        self.integers: Ints = np.bincount(whole[whole >= 0], minlength=count)
        """How many whole numbers each has."""
        self.least: Floats = np.full(count, -np.inf)
        """What the relaxation says that each costs at least, mln."""
        self.cost: Floats = relaxation.m.cost
        """What each column costs at the prices."""

    @property
    def all(self) -> list[Block]:
        """The blocks."""
        return self._split.blocks

    def look(self, y: Floats) -> None:
        """Take the relaxation as it is now, at prices *y*."""
        self.least = np.where(self._is_known, self.shares(y), -np.inf)
        self.cost = self._m.cost - self._m.sparse.T @ self.price(y)

    def price(self, y: Floats) -> Floats:
        """Return the prices of the rows that couple blocks, 0 elsewhere."""
        known, split = self._relaxation.price_of_rows(y), self._split
        price = np.zeros(len(known))
        price[split.priced] = known[split.priced]
        return price

    def shares(self, y: Floats) -> Floats:
        """Return the share of each block in the value of the relaxation, mln.

        Together with what is in none they add up to it. Where a site decides in several
        blocks (what is due for renewal at it may be a block of its own), only the sum
        of these says what they cost.
        """
        return self._relaxation.by_label(
            y, self._row, self.of_column, len(self._split.blocks)
        )

    @cached_property
    def _is_known(self) -> Flags:
        """Whether all sites of a block decide in it alone."""
        found = np.ones(len(self._split.blocks), dtype=bool)
        for own in self._relaxation.columns:
            at = np.unique(self.of_column[own])
            if len(at) > 1:
                found[at[at >= 0]] = False
        return found

    def bounds(self, y: Floats) -> Floats:
        """Return what each block costs at least, -inf where that is not known."""
        return np.where(self._is_known, self.shares(y), -np.inf)

    def excess(self, values: Floats) -> Floats:
        """Return what a plan costs in each block beyond what it costs at least, mln."""
        inside = self.of_column >= 0
        cost = np.bincount(
            self.of_column[inside], (self.cost * values)[inside], len(self.least)
        )
        return np.where(np.isfinite(self.least), cost - self.least, 0.0)

    def problem(self, k: int) -> Matrices:
        """Return the MIP of a block at the prices."""
        m, block = self._m, self._split.blocks[k]
        rows, own = self._m.by_row[block.rows], block.columns
        # Its rows have no columns but its own: what couples is priced.
        shape = len(block.rows), len(own)
        at = self._place[rows.indices]
        part = csr_array((rows.data, at, rows.indptr), shape=shape).tocsc()
        part.sort_indices()
        return Matrices.of(
            part,
            self.cost[own],
            (m.row_lower[block.rows], m.row_upper[block.rows]),
            (m.column_lower[own], m.column_upper[own]),
            m.is_integer[own],
        )

    @cached_property
    def _place(self) -> Ints:
        """The place of each column in its block."""
        found = np.full(len(self._m.cost), -1)
        for block in self._split.blocks:
            found[block.columns] = np.arange(len(block.columns))
        return found


def labels(split: Split, m: Matrices) -> tuple[Ints, Ints]:
    """Return the block of each row and column, -1 for those of none."""
    rows = np.full(len(m.row_lower), -1)
    columns = np.full(len(m.cost), -1)
    for k, block in enumerate(split.blocks):
        rows[block.rows], columns[block.columns] = k, k
    return rows, columns
