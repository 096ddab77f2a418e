"""Sites of a start that rules forbid: they are left open, so that the rest is of use.

A single school with too few pupils would make all of the stock useless as a start.
Whether a row can be obeyed is judged from the bounds of its columns alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csc_array

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.places import Site

ROUNDS = 5
"""What is left open may leave other rows without a way; then it is done again."""
TOLERANCE = 1e-6
ENDLESS = 1e20
"""Stands for a bound that there is not."""


def without_hopeless(
    m: Matrices, sites: Sequence[Site], columns: Ints, values: Floats
) -> tuple[Ints, Floats]:
    """Return the columns and values of a start without sites in hopeless rows."""
    site_of = np.full(len(m.cost), -1, dtype=np.int64)
    for k, site in enumerate(sites):
        site_of[site.columns] = k
    matrix = m.sparse
    by_row = matrix.tocsr()
    for _ in range(ROUNDS):
        rows = hopeless(with_fixed(m, columns, values), matrix)
        near = np.unique(site_of[by_row[rows].indices]) if len(rows) else rows
        keep = ~np.isin(site_of[columns], near[near >= 0])
        if keep.all():
            break
        columns, values = columns[keep], values[keep]
    return columns, values


def hopeless(m: Matrices, matrix: csc_array) -> Ints:
    """Return the rows that no values within the bounds of their columns can obey."""
    low = np.maximum(m.column_lower, -ENDLESS)
    high = np.minimum(m.column_upper, ENDLESS)
    up, down = matrix.copy(), matrix.copy()
    up.data, down.data = np.maximum(up.data, 0.0), np.minimum(down.data, 0.0)
    least, most = up @ low + down @ high, up @ high + down @ low
    slack = TOLERANCE * (1.0 + np.maximum(np.abs(least), np.abs(most)))
    slack = np.minimum(slack, TOLERANCE * ENDLESS)
    is_over = least > m.row_upper + np.where(np.abs(least) < ENDLESS, slack, np.inf)
    is_under = most < m.row_lower - np.where(np.abs(most) < ENDLESS, slack, np.inf)
    return np.flatnonzero(is_over | is_under)
