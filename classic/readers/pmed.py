"""OR-Library p-median: a graph; distances are its shortest paths.

The first line has nodes, edges, p; each other line an edge with its length. An edge
that comes again replaces the one before it (Beasley 1985).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.classic.readers.numbers import check_count, numbers_of, whole
from aumaq.instances.errors import UnreadableError
from aumaq.instances.language.texts import say

MOST_NODES = 20_000
"""Of more nodes the matrix of distances would take over 3 GB."""


def matches(path: Path, head: str) -> bool:
    """Whether there are three whole numbers in a line, and edges below."""
    del path
    lines = [line.split() for line in head.splitlines()[:6] if line.strip()]
    if len(lines) < 2 or any(len(line) != 3 for line in lines[:-1]):
        return False
    try:
        n, edges, p = (int(word) for word in lines[0])
        ends = [(int(a), int(b)) for a, b, *_ in lines[1:-1] or lines[1:]]
    except ValueError:
        return False
    are_nodes = all(1 <= k <= n for e in ends for k in e)
    if p < 1 and (edges < 2 or len(lines[1]) != 3):  # UflLib's head ends in 0
        return False
    return n > 0 and edges > 0 and (are_nodes or 0 < p <= n)  # read tells the rest


def read(path: Path) -> Problem:
    """Read a graph and p."""
    numbers = numbers_of(path)
    check_count(path, len(numbers), 3)
    n, edges, p = (
        whole(path, name, value)
        for name, value in zip(("nodes", "edges", "p"), numbers[:3], strict=True)
    )
    check_count(path, len(numbers), 3 + 3 * edges, is_all=True)
    if p > n:
        told = say("p must be from {least} to {most}, not {p}", least=1, most=n, p=p)
        raise UnreadableError(say("{file}: {told}", file=path.name, told=told))
    if n > MOST_NODES:
        told = say("{file}: at most {most:,} nodes are read, it has {n:,}",
                   file=path.name, most=MOST_NODES, n=n)  # fmt: skip
        raise UnreadableError(told)
    rows = numbers[3 : 3 + 3 * edges].reshape(edges, 3)
    is_end = (rows[:, :2] >= 1) & (rows[:, :2] <= n) & (rows[:, :2] % 1 == 0)
    wrong = np.flatnonzero(~is_end.all(axis=1) | (rows[:, 2] < 0))
    if len(wrong):
        k = int(wrong[0])
        raise UnreadableError(
            say(
                "{file}, edge {row}: ends must be nodes from 1 to {n}, lengths not"
                " negative ({count} such edges)",
                file=path.name,
                row=k + 1,
                n=n,
                count=len(wrong),
            )
        )
    ends = rows[:, :2].astype(int) - 1
    low, high = ends.min(axis=1), ends.max(axis=1)
    last = {(a, b): k for k, (a, b) in enumerate(zip(low, high, strict=True))}
    kept = np.fromiter(last.values(), int)
    graph = csr_array((rows[kept, 2], (low[kept], high[kept])), shape=(n, n))
    matrix = shortest_path(graph, method="D", directed=False)
    return Problem(
        "p-median", clients_of(n), sites_of(n), Dense(matrix), p, None, path.stem
    )
