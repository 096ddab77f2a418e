r"""Where the gap is: what a plan costs at each place beyond the LP relaxation.

With the prices :math:`y` of the rows and the reduced costs :math:`r = c - A^T y`,

.. math:: c x - \Big( \sum_i y_i\, side_i + \sum_k r_k\, end_k \Big) =
          \sum_k r_k (x_k - end_k) + \sum_i y_i (a_i x - side_i),

where :math:`side` and :math:`end` are the limits at which a price or a reduced cost
gains most. What is subtracted is the Lagrangian bound; no term on the right is below 0
for a plan, so that they tell column by column and row by row where it loses.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices, best_end


class Excess:
    """The cost beyond the relaxation that plans of one model have, by place, mln."""

    def __init__(self, m: Matrices, duals: Floats, places: list[Ints]) -> None:
        """Prepare; *duals* are row prices, *places* the columns decided together."""
        self._m = m
        self._side, self._price = _with_end(duals, m.row_lower, m.row_upper)
        reduced = m.cost - m.sparse.T @ self._price
        self._end, self._reduced = _with_end(reduced, m.column_lower, m.column_upper)
        self._places = places
        self._shares: tuple[csr_array, csr_array] | None = None

    def by_column_and_row(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the terms of the sum above for the columns, and for the rows, mln."""
        activity = self._m.sparse @ values
        columns = self._reduced * (values - self._end)
        return columns, self._price * (activity - self._side)

    def at_places(self, values: Floats, is_sparse: Flags) -> Floats:
        """Return the excess at each place, mln: its columns, its rows, who is there.

        *is_sparse* are the rows that make columns neighbours. What belongs to several
        places is divided evenly among them.
        """
        if self._shares is None:
            self._shares = self._divided(is_sparse)
        columns, rows = self.by_column_and_row(values)
        of_columns, of_rows = self._shares
        found = of_columns @ np.maximum(columns, 0.0) + of_rows @ np.maximum(rows, 0.0)
        return np.asarray(found)

    def _divided(self, is_sparse: Flags) -> tuple[csr_array, csr_array]:
        """Return the share of each place in each column and in each row."""
        a = self._m.sparse
        touches = csr_array((np.ones(len(a.data)), a.indices, a.indptr), a.shape[::-1])
        touches = csr_array(touches * is_sparse)  # columns by rows
        count = [len(columns) for columns in self._places]
        ends = (np.concatenate(self._places), np.repeat(np.arange(len(count)), count))
        shape = (a.shape[1], len(count))
        own = csr_array((np.ones(len(ends[0])), ends), shape)
        rows = csr_array(touches.T @ own)
        near = csr_array(touches @ rows)
        # Who goes nowhere, or elsewhere, is where the place is that he might go to.
        is_alone = np.diff(near.indptr) == 0
        far = csr_array(touches @ csr_array(touches.T @ near)) * is_alone[:, None]
        return evenly(csr_array(own + near + far)), evenly(rows)


def _with_end(price: Floats, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Return the best limits, and the prices of what has one."""
    end = best_end(price, lower, upper)
    has_end = np.abs(end) < NO_LIMIT
    return np.where(has_end, end, 0.0), np.where(has_end, price, 0.0)


def evenly(touches: csr_array) -> csr_array:
    """Return, transposed, shares that add to 1 for each row that has any."""
    number = np.diff(touches.indptr)
    share = 1.0 / np.repeat(number, number)
    even = csr_array((share, touches.indices, touches.indptr), shape=touches.shape)
    return csr_array(even.T)
