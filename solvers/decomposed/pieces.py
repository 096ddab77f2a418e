"""What belongs to no site, under its own rows: networks, roads, growth points.

Rows without a column of a site tie such columns to each other alone. With the costs
that prices of all other rows leave, their LP gives these rows prices, too, and each
component of them, a piece, is a MIP of its own, which may prove more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csc_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.areas import MOST_INTEGERS, Areas, Stations
from aumaq.solvers.highs.by_parts import Part
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices, best_end, restricted
from aumaq.solvers.highs.repriced import RepricedLP
from aumaq.solvers.structure import components

DUST = 1e-8
"""Relative to its cost, a reduced cost by which an endless column gains is 0 if it is
no more than this."""
ROUNDS = 4
"""How often limits are drawn from rows, one after the other."""


class _Piece:
    """A piece, with its values and prices as last solved."""

    def __init__(self, rows: Ints, columns: Ints, lp: RepricedLP) -> None:
        self.rows, self.columns, self._lp = rows, columns, lp
        self.x, self.price = np.zeros(len(columns)), np.zeros(len(rows))
        self._cost: Floats | None = None

    def solve(self, cost: Floats) -> bool:
        """Solve at these costs; say whether there is an optimum."""
        if self._cost is not None and np.array_equal(cost, self._cost):
            return True
        found = self._lp.solve(cost)
        if found is None:
            self._cost = None
            return False
        self.x, self.price = found
        self._cost = cost
        return True

    def hold(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Hold columns between other limits from now on."""
        self._lp.confine(columns, low, high)
        self._cost = None


class Pieces:
    """The rows of what belongs to no site, with their prices as last solved."""

    def __init__(
        self,
        m: Matrices,
        rows: Ints,
        known: Stations,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take these rows of the model; *is_over*: whether to give an LP up.

        The LP of a large piece begins with its areas below stations.
        """
        self.rows, self._stations = rows, known
        by_row: csr_array = m.by_row[rows]
        self.columns = np.unique(by_row.indices)
        part = csc_array(by_row.tocsc()[:, self.columns])
        part.sort_indices()
        self.matrices = Matrices.of(
            part,
            m.cost[self.columns],
            (m.row_lower[rows], m.row_upper[rows]),
            (m.column_lower[self.columns], m.column_upper[self.columns]),
            m.is_integer[self.columns],
        )
        self.upper = implied_upper(self.matrices)
        self.of_row, self.of_column = components(part.tocsr())
        self._lps: list[_Piece] = []
        self._is_over = is_over
        self.x = np.zeros(len(self.columns))
        self.price = np.zeros(len(rows))

    def solve(self, cost: Floats) -> bool:
        """Find values and prices at the *cost* of columns; say whether there are."""
        if not self._lps:
            self._lps = self._of_pieces()
        price, is_solved = self.price.copy(), True
        for one in self._lps:
            is_solved = is_solved and one.solve(cost[one.columns])
            self.x[one.columns], price[one.rows] = one.x, one.price
        low, high = self.matrices.row_lower, self.matrices.row_upper
        price = np.where(low > -NO_LIMIT, price, np.minimum(price, 0.0))
        self.price = np.where(high < NO_LIMIT, price, np.maximum(price, 0.0))
        return is_solved

    def with_held(self, held: Flags, values: Floats) -> Floats | None:
        """Return what a unit more of each column *held* at a value costs, None if none.

        The LPs of the pieces begin from there the next time.
        """
        if not self._lps:
            self._lps = self._of_pieces()
        m = self.matrices
        self._hold(held, values, values)
        is_solved = self.solve(m.cost)
        self._hold(held, m.column_lower, m.column_upper)
        return m.cost - m.sparse.T @ self.price if is_solved else None

    def _hold(self, which: Flags, low: Floats, high: Floats) -> None:
        """Hold some columns between limits, in the LP of each piece."""
        for one in self._lps:
            at = np.flatnonzero(which[one.columns])
            own = one.columns[at]
            one.hold(at, low[own], high[own])

    def forget(self) -> None:
        """Solve from scratch next time: what comes of it follows from the costs."""
        self._lps = []

    def _of_pieces(self) -> list[_Piece]:
        """Return the LP of each piece: a step in one of all would cost far more."""
        by_row, nothing = self.matrices.by_row, np.zeros(len(self.columns))
        order = np.argsort(self.of_column, kind="stable")
        ends = np.flatnonzero(np.diff(self.of_column[order])) + 1
        found = []
        for own in np.split(order, ends):
            part, rows = restricted(self.matrices, by_row, own, nothing)
            parts = self._parts_of(part, rows, own)
            lp = RepricedLP(part, self._is_over, parts=parts)
            found.append(_Piece(rows, own, lp))
        return found

    def _parts_of(self, piece: Matrices, rows: Ints, columns: Ints) -> list[Part]:
        """Return the areas of a piece that is large."""
        if piece.is_integer.sum() <= MOST_INTEGERS:
            return []
        above = self._stations.above[self.rows[rows]]
        return Areas(piece, above, self._stations.through[self.columns[columns]]).all

    def reduced(self, cost: Floats) -> Floats:
        """Return what the prices of the rows leave of the *cost* of columns."""
        found = cost - self.matrices.sparse.T @ self.price
        is_dust = np.abs(found) < DUST * (1.0 + np.abs(cost))
        pays = (found < 0.0) & (self.upper >= NO_LIMIT)
        pays |= (found > 0.0) & (self.matrices.column_lower <= -NO_LIMIT)  # angles
        found[is_dust & pays] = 0.0
        return found

    def ends(self, reduced: Floats) -> Floats:
        """Return the limit of each column at which its reduced cost gains most."""
        return best_end(reduced, self.matrices.column_lower, self.upper)

    def sides(self) -> Floats:
        """Return what each row adds to the value: its price times its side."""
        low, high = self.matrices.row_lower, self.matrices.row_upper
        return self.price * best_end(self.price, low, high)


def implied_upper(m: Matrices) -> Floats:
    """Return upper limits of columns that follow from theirs and the rows."""
    table = m.sparse.tocoo()
    row, column, size = table.row, table.col, table.data
    low, high = m.column_lower, m.column_upper.copy()
    for _ in range(ROUNDS):
        before = high
        high = before.copy()
        for sign, limit in ((1.0, m.row_upper), (-1.0, -m.row_lower)):
            a = sign * size
            least = np.where(a > 0.0, a * low[column], a * before[column])
            endless = (a > 0.0) & (low[column] <= -NO_LIMIT)
            endless |= (a < 0.0) & (before[column] >= NO_LIMIT)
            number = np.bincount(row, endless, len(limit))
            total = np.bincount(row, np.where(endless, 0.0, least), len(limit))
            knows = (a > 0.0) & (number[row] == 0) & (limit[row] < NO_LIMIT)
            knows &= before[column] >= NO_LIMIT
            k = np.flatnonzero(knows)
            most = low[column[k]] + (limit[row[k]] - total[row[k]]) / a[k]
            np.minimum.at(high, column[k], most)
        if (high == before).all():
            break
    return np.maximum(high, low)


def rows_beside(by_row: csr_array, is_loose: Flags) -> Flags:
    """Return which rows have loose columns, and no column of a site."""
    has_owned = np.asarray(by_row.astype(bool) @ (~is_loose).astype(float)) > 0.0
    return np.asarray((np.diff(by_row.indptr) > 0) & ~has_owned)
