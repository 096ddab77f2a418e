"""Today's stock as a start: only what rules forbid is left open."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.places import Site
from aumaq.solvers.start.hopeless import hopeless, without_hopeless


def matrices() -> Matrices:
    """Return two sites (columns 0-1, 2) with use shares (3, 4) of at most 0.4 and 1.

    Rows: a unit at site 0 must be used in full, a unit at site 1 by half; the two
    columns of site 0 stand for one place.
    """
    rows = csc_array(
        np.array(
            [
                [-1.0, 0.0, 0.0, 1.0, 0.0],
                [0.0, 0.0, -0.5, 0.0, 1.0],
                [1.0, 1.0, 0.0, 0.0, 0.0],
            ]
        )
    )
    return Matrices.of(
        rows,
        np.ones(5),
        (np.array([0.0, 0.0, 1.0]), np.array([np.inf, np.inf, 1.0])),
        (np.zeros(5), np.array([1.0, 1.0, 1.0, 0.4, 1.0])),
        np.array([True, True, True, False, False]),
    )


def test_sites_that_rules_forbid_are_left_open() -> None:
    """Site 0 cannot be used in full: all its columns are open, site 1 stays."""
    sites = [
        Site(np.array([0, 1]), np.zeros(3)),
        Site(np.array([2]), np.ones(3)),
    ]
    stock = np.array([0, 1, 2]), np.array([1.0, 0.0, 1.0])
    columns, values = without_hopeless(matrices(), sites, *stock)
    assert columns.tolist() == [2]
    assert values.tolist() == [1.0]
    columns, _ = without_hopeless(
        matrices(), sites, stock[0], np.array([0.0, 1.0, 1.0])
    )
    assert columns.tolist() == [0, 1, 2]


def test_a_row_without_limits_is_never_hopeless() -> None:
    """Columns without bounds may do anything."""
    m = matrices()
    m.column_upper[3] = np.inf
    assert hopeless(m, m.sparse).size == 0
