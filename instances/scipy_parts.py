"""Parts of scipy that small instances do without: each is loaded when it is called.

Each takes 0.15 s to load, as long as a small instance to be solved.
"""

from __future__ import annotations

from typing import Any


def dijkstra(*arguments: Any, **options: Any) -> Any:
    """Return what ``scipy.sparse.csgraph.dijkstra`` returns."""
    from scipy.sparse import csgraph

    return csgraph.dijkstra(*arguments, **options)


def connected_components(*arguments: Any, **options: Any) -> Any:
    """Return what ``scipy.sparse.csgraph.connected_components`` returns."""
    from scipy.sparse import csgraph

    return csgraph.connected_components(*arguments, **options)


def kd_tree(points: Any) -> Any:
    """Return a ``scipy.spatial.cKDTree`` of some points."""
    from scipy import spatial

    return spatial.cKDTree(points)
