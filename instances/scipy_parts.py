"""Parts of scipy that small instances do without: each is loaded when it is called.

Each takes 0.15 s to load, as long as a small instance to be solved.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats, Ints

FEW_PAIRS = 200_000
"""So many distances are taken one by one sooner than a tree of points is loaded."""


def dijkstra(*arguments: Any, **options: Any) -> Any:
    """Return what ``scipy.sparse.csgraph.dijkstra`` returns."""
    from scipy.sparse import csgraph

    return csgraph.dijkstra(*arguments, **options)


def connected_components(*arguments: Any, **options: Any) -> Any:
    """Return what ``scipy.sparse.csgraph.connected_components`` returns."""
    from scipy.sparse import csgraph

    return csgraph.connected_components(*arguments, **options)


def nearest(points: Floats, others: Floats) -> tuple[Floats, Ints]:
    """Return the distance from each point to the nearest of *others*, and which it is.

    Of equally near ones it is any, always the same.
    """
    if not 0 < len(points) * len(others) <= FEW_PAIRS:
        from scipy import spatial

        return spatial.cKDTree(others).query(points)
    squares = ((points[:, None] - others[None]) ** 2).sum(axis=2)
    found = squares.argmin(axis=1)
    return np.sqrt(squares[np.arange(len(points)), found]), found
