"""Parts of scipy that small instances do without: each is loaded when it is called.

Each takes 0.15 s to load, as long as a small instance to be solved.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats, Ints

NOWHERE = -9999
"""What scipy calls the node before a start, or before one that is not reached."""
FEW_STEPS = 20_000
"""Links looked at one by one sooner than scipy's graphs are loaded."""
FEW_PAIRS = 200_000
"""So many distances are taken one by one sooner than a tree of points is loaded."""


def dijkstra(
    graph: Any,
    *,
    directed: bool = True,
    indices: Any = None,
    limit: float = np.inf,
    return_predecessors: bool = False,
    **options: Any,
) -> Any:
    """Return what ``scipy.sparse.csgraph.dijkstra`` returns.

    Of ways that are equally long a small graph may have another one.
    """
    is_plain = directed and not options and np.ndim(indices) == 1
    if is_plain and graph.format == "csr" and graph.nnz * len(indices) <= FEW_STEPS:
        found = [_ways_from(graph, int(start), limit) for start in indices]
        shape = (len(found), graph.shape[0])
        length = np.array([length for length, _ in found]).reshape(shape)
        before = np.array([before for _, before in found], np.int32).reshape(shape)
        return (length, before) if return_predecessors else length
    from scipy.sparse import csgraph

    return csgraph.dijkstra(
        graph, directed=directed, indices=indices, limit=limit,
        return_predecessors=return_predecessors, **options,
    )  # fmt: skip


def _ways_from(graph: Any, start: int, limit: float) -> tuple[list[float], list[int]]:
    """Return length and last node but one of the way to each node, as scipy does."""
    first, to, weight = (
        part.tolist() for part in (graph.indptr, graph.indices, graph.data)
    )
    length, before = [np.inf] * graph.shape[0], [NOWHERE] * graph.shape[0]
    length[start] = 0.0
    ahead = [(0.0, start)]
    while ahead:
        far, node = heappop(ahead)
        if far > length[node]:
            continue
        for k in range(first[node], first[node + 1]):
            other, farther = to[k], far + weight[k]
            if farther < length[other] and farther <= limit:
                length[other], before[other] = farther, node
                heappush(ahead, (farther, other))
    return length, before


def connected_components(graph: Any, *, directed: bool = True) -> tuple[int, Any]:
    """Return what ``scipy.sparse.csgraph.connected_components`` returns."""
    if directed or graph.nnz > FEW_STEPS:
        from scipy.sparse import csgraph

        return csgraph.connected_components(graph, directed=directed)
    links = graph.tocoo()
    label = list(range(graph.shape[0]))

    def root(node: int) -> int:
        while label[node] != node:
            label[node] = node = label[label[node]]
        return node

    for a, b in zip(links.row.tolist(), links.col.tolist(), strict=True):
        one, other = sorted((root(a), root(b)))
        label[other] = one
    roots = [root(node) for node in range(len(label))]
    known, labels = np.unique(np.array(roots, np.int32), return_inverse=True)
    return len(known), labels.astype(np.int32)


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
