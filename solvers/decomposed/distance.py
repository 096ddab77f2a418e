"""How far a plan is from the bound of the relaxation, and at which sites.

With the reduced costs :math:`r` of prices :math:`y`, plan less bound is

.. math:: \\sum_j \\big( r_j x_j - \\min_{x'_j} r_j x'_j \\big)
          + \\sum_{k\\ loose} r_k (x_k - end_k) + \\sum_i y_i (a_i x - side_i),

and no term is below 0. What belongs to several sites is divided evenly among them.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.decomposed.relaxation import Relaxation, side_of
from aumaq.solvers.excess import evenly
from aumaq.solvers.highs.matrices import best_end
from aumaq.solvers.places import Site
from aumaq.solvers.structure import DENSE_ROW


class Distance:
    """The distance at prices *y*; the relaxation may go on to others."""

    def __init__(self, relaxation: Relaxation, y: Floats, sites: list[Site]) -> None:
        """Prepare; *sites* are those of the search: of all services at one place."""
        relaxation.at(y)
        m, priced, pieces = relaxation.m, relaxation.priced, relaxation.pieces
        self.reduced = relaxation.reduced
        beside = pieces.matrices
        self._y = np.concatenate([y, pieces.price])
        self._rows = vstack([priced.rows, m.by_row[pieces.rows]]).tocsr()
        self._side = side_of(
            self._y,
            np.concatenate([priced.lower, beside.row_lower]),
            np.concatenate([priced.upper, beside.row_upper]),
        )
        upper = m.column_upper.copy()
        upper[pieces.columns] = pieces.upper
        end = best_end(self.reduced, m.column_lower, upper)
        self._owner, num_sites = relaxation.owner.copy(), len(relaxation.columns)
        for j, site in enumerate(sites):  # what is built of networks and roads
            own = site.columns[relaxation.owner[site.columns] < 0]
            self._owner[own] = num_sites + j
        count = num_sites + len(sites)
        is_beside = self._owner >= num_sites
        self._value = np.bincount(
            self._owner[is_beside], (self.reduced * end)[is_beside], count
        ).astype(float)  # of nothing, numpy counts whole numbers
        self._value[:num_sites] += np.concatenate([np.zeros(0), *relaxation.value])
        self._loose = np.flatnonzero(self._owner < 0)
        self._end = end[self._loose]
        self._of_rows = _owners_of_rows(self._rows, self._owner, count)
        self._rows_of_loose = evenly(self._rows.T.tocsr()[self._loose])
        self._at_site = _joined(self._owner, sites, count)

    def at_places(self, values: Floats, is_sparse: Flags) -> Floats:
        """Return the distance at each site, mln, never below 0."""
        del is_sparse  # dense rows are no matter of one place anyway
        owned = self._owner >= 0
        cost = np.bincount(
            self._owner[owned], (self.reduced * values)[owned], len(self._value)
        )
        loose = self._loose
        off = np.maximum(self.reduced[loose] * (values[loose] - self._end), 0.0)
        rows = self._y * (self._rows @ values - self._side)
        rows = np.maximum(rows, 0.0) + self._rows_of_loose @ off
        away = np.maximum(cost - self._value, 0.0) + self._of_rows @ rows
        return np.asarray(self._at_site @ away)


def _owners_of_rows(rows: csr_array, owner: Ints, count: int) -> csr_array:
    """Return the share of each owner in each row, (owners, rows), 0 in dense rows."""
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    of_entry = owner[rows.indices]
    counts = (of_entry >= 0) & (np.diff(rows.indptr) <= DENSE_ROW)[row]
    entries = np.unique(np.column_stack([row[counts], of_entry[counts]]), axis=0).T
    shape = (rows.shape[0], count)
    ones = np.ones(entries.shape[1])
    return evenly(csr_array((ones, (entries[0], entries[1])), shape=shape))


def _joined(owner: Ints, sites: list[Site], count: int) -> csr_array:
    """Return which owners are those of each site of the search."""
    owners = [np.unique(owner[site.columns]) for site in sites]
    number = np.repeat(np.arange(len(sites)), [len(own) for own in owners])
    all_of = np.concatenate([*owners, np.zeros(0, dtype=np.int64)])
    shape = (len(sites), count)
    return csr_array((np.ones(len(all_of)), (number, all_of)), shape=shape)
