"""How the columns of a model hang together: what shares rows, what a plan breaks."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.scipy_parts import connected_components
from aumaq.solvers.highs.matrices import Matrices, restricted

DENSE_ROW = 2_000
"""Rows with more columns (budgets, totals) do not make columns neighbours."""
TOLERANCE = 1e-6
"""By so much, and by that share, a row may be broken."""


class Structure:
    """The rows and columns of a model, read both ways."""

    def __init__(self, matrices: Matrices) -> None:
        """Prepare both ways of reading them."""
        self.matrices = matrices
        self._by_column = matrices.sparse
        self._by_row: csr_array = matrices.by_row
        self.is_sparse: Flags = np.diff(self._by_row.indptr) <= DENSE_ROW
        """Which rows make columns neighbours."""

    def cost(self, values: Floats) -> float:
        """Return the objective, mln."""
        return float(self.matrices.cost @ values) + self.matrices.offset

    def activity(self, values: Floats) -> Floats:
        """Return the value of each row."""
        return np.asarray(self._by_row @ values)

    def columns(self, columns: Ints) -> csc_array:
        """Return the coefficients of some columns."""
        return csc_array(self._by_column[:, columns])

    def rows(self, rows: Ints) -> csr_array:
        """Return the coefficients of some rows."""
        return csr_array(self._by_row[rows])

    def rows_of(self, columns: Ints) -> Ints:
        """Return the rows in which any of some columns stands."""
        return np.unique(self._by_column[:, columns].indices)

    def columns_of(self, rows: Ints) -> Ints:
        """Return the columns that stand in some rows, some of them more than once."""
        return np.asarray(self._by_row[rows].indices)

    def broken(self, values: Floats) -> Flags:
        """Return which rows *values* break by more than a tolerance."""
        m = self.matrices
        return _is_beyond(self.activity(values), m.row_lower, m.row_upper)

    def breaks(self, values: Floats, rows: Ints) -> bool:
        """Return whether *values* break any of some rows by more than a tolerance."""
        m, activity = self.matrices, self._by_row[rows] @ values
        return bool(_is_beyond(activity, m.row_lower[rows], m.row_upper[rows]).any())

    def neighbours(self, columns: Ints) -> Ints:
        """Return *columns* and those that share a sparse row with any of them."""
        rows = self.rows_of(columns)
        return np.union1d(columns, self.columns_of(rows[self.is_sparse[rows]]))

    def near(self, columns: Ints) -> Ints:
        """Return *columns* with whole numbers near them, and the rest near those.

        Whole numbers farther off stay as they are.
        """
        first = self.neighbours(columns)
        second = self.neighbours(first)
        return np.union1d(first, second[~self.matrices.is_integer[second]])

    def restricted(self, free: Ints, values: Floats) -> tuple[Matrices, Floats]:
        """Return the MIP of the free columns with all others as they are."""
        return self.part(free, values)[0], values[free]

    def part(self, free: Ints, values: Floats) -> tuple[Matrices, Ints]:
        """Return the MIP of the free columns with all others as they are; its rows."""
        return restricted(self.matrices, self._by_row, free, values)


def _is_beyond(activity: Floats, lower: Floats, upper: Floats) -> Flags:
    slack = TOLERANCE * (1.0 + np.abs(activity))
    return np.asarray((activity < lower - slack) | (activity > upper + slack))


def components(
    by_row: csr_array, keep: Flags | None = None, ties: Flags | None = None
) -> tuple[Ints, Ints]:
    """Return component labels of rows and columns.

    Rows that are not kept touch nothing, nor do columns that do not tie.
    """
    num_rows, num_columns = by_row.shape
    entries = by_row.tocoo()
    used = np.ones(entries.nnz, dtype=bool)
    if keep is not None:
        used &= keep[entries.row]
    if ties is not None:
        used &= ties[entries.col]
    ends = (entries.row[used], num_rows + entries.col[used])
    size = num_rows + num_columns
    graph = coo_array((np.ones(int(used.sum())), ends), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[:num_rows].astype(np.int64), label[num_rows:].astype(np.int64)
