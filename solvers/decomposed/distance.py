"""How far a plan is from the bound of the relaxation, and at which sites.

With the reduced costs :math:`r` of prices :math:`y`, plan less bound is

.. math:: \\sum_j \\big( r_j x_j - \\min_{x'_j} r_j x'_j \\big)
          + \\sum_{k\\ loose} r_k (x_k - end_k) + \\sum_i y_i (a_i x - side_i),

and no term is below 0. What belongs to several sites is divided evenly among them.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats
from aumaq.solvers.decomposed.relaxation import Relaxation, side_of
from aumaq.solvers.highs.matrices import best_end
from aumaq.solvers.search import Site


class Distance:
    """The distance at prices *y*; the relaxation may go on to others."""

    def __init__(self, relaxation: Relaxation, y: Floats, sites: list[Site]) -> None:
        """Prepare; *sites* are those of the search: of all services at one place."""
        relaxation.at(y)
        self._y, self._rows = y, relaxation.priced.rows
        self._side = side_of(y, relaxation.priced.lower, relaxation.priced.upper)
        self.reduced = relaxation.reduced
        self._value = np.concatenate(relaxation.value)
        self._owner, m = relaxation.owner, relaxation.m
        self._loose = np.flatnonzero(self._owner < 0)
        loose = self._loose
        self._end = best_end(
            self.reduced[loose], m.column_lower[loose], m.column_upper[loose]
        )
        self._of_rows = relaxation.sites_of_rows
        self._rows_of_loose = relaxation.rows_of_loose
        self._at_site = _joined(relaxation, sites)

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


def _joined(relaxation: Relaxation, sites: list[Site]) -> csr_array:
    """Return which problems are those of each site of the search."""
    owner = [np.unique(relaxation.owner[site.columns]) for site in sites]
    owner = [own[own >= 0] for own in owner]
    number = np.repeat(np.arange(len(sites)), [len(own) for own in owner])
    problems = np.concatenate([*owner, np.zeros(0, dtype=np.int64)])
    shape = (len(sites), len(relaxation.columns))
    return csr_array((np.ones(len(problems)), (number, problems)), shape=shape)
