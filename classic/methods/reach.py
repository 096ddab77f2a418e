"""Which sites come near a client, and the other way round, as kernels read it.

Lists where all pairs fit in memory, or enough of them; a matrix that is there anyway;
or coordinates, from which a column of distances is computed when it is asked for.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from aumaq.classic.distances import (
    RULES,
    WHOLE,
    Dense,
    Distances,
    Neighbours,
    Points,
    Sites32,
)
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.loops import loop

LISTS, MATRIX, POINTS = 0, 1, 2
MOST_PAIRS = 24_000_000
"""Pairs that lists may have, by client and by site: 24 bytes each."""
NEAREST_PER_SITE, FEWEST_PER_SITE = 8, 3
"""Lists reach so many times as many sites as share a client on average; fewer, if that
lets them fit, but not too few for prices.
"""
FEWEST = 40
"""Sites that a list has at least."""


class Reach(NamedTuple):
    """Distances for kernels. I clients, J sites, K pairs in lists."""

    mode: int
    n: int
    m: int
    row_first: Ints  # (I+1,)
    row_site: Sites32  # (K,)
    row_length: Floats  # (K,)
    column_first: Ints  # (J+1,)
    column_client: Sites32  # (K,)
    column_length: Floats  # (K,)
    matrix: Floats  # (I, J), or nothing
    clients: Floats  # (I, 3), or nothing
    sites: Floats  # (J, 3), or nothing
    rule: int
    scale: float
    far: float  # counts for a pair that is out of reach


def reach_of(distances: Distances, p: int, far: float) -> Reach:
    """Return distances for kernels, for plans of about *p* sites."""
    n, m = distances.shape
    if isinstance(distances, Points):
        share, fitting = m // max(p, 1), MOST_PAIRS // max(n, 1)
        count = min(m, max(FEWEST, min(NEAREST_PER_SITE * share, fitting)))
        if count < min(m, FEWEST_PER_SITE * share) or n * count > MOST_PAIRS:
            return _bare(POINTS, distances, far)
        return lists_of(distances.nearest(count), distances, far)
    if isinstance(distances, Dense) and n * m > MOST_PAIRS:
        return _bare(MATRIX, distances, far)
    return lists_of(distances.within(np.inf), distances, far)


def lists_of(near: Neighbours, distances: Distances, far: float) -> Reach:
    """Return lists by client and by site; what is in none of them is far."""
    m = distances.shape[1]
    rows = near.first.astype(np.int64)
    counts = np.bincount(near.site, minlength=m)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    client = np.empty(len(near.site), np.int32)
    length = np.empty(len(near.site))
    _turned(rows, near.site, near.length, first[:-1].copy(), client, length)
    return _bare(LISTS, distances, far)._replace(
        row_first=rows,
        row_site=near.site,
        row_length=near.length,
        column_first=first,
        column_client=client,
        column_length=length,
    )


@loop
def _turned(
    row_first: Ints, row_site: Sites32, row_length: Floats, end: Ints,
    client: Sites32, length: Floats,
) -> None:  # fmt: skip
    """Fill in lists by site; *end* is where each of them begins, then where it ends."""
    for i in range(len(row_first) - 1):
        for k in range(row_first[i], row_first[i + 1]):
            place = end[row_site[k]]
            client[place], length[place] = i, row_length[k]
            end[row_site[k]] += 1


def _bare(mode: int, distances: Distances, far: float) -> Reach:
    """Return distances without lists."""
    n, m = distances.shape
    flat, ids = np.empty((0, 3)), np.empty(0, np.int32)
    none, zero = np.empty(0), np.zeros(1, np.int64)
    points = distances if isinstance(distances, Points) else None
    matrix = distances.matrix if mode == MATRIX else np.empty((0, 0))  # type: ignore[attr-defined]
    return Reach(
        mode, n, m, zero, ids, none, zero, ids, none, np.ascontiguousarray(matrix),
        flat if points is None else np.ascontiguousarray(points.clients),
        flat if points is None else np.ascontiguousarray(points.sites),
        0 if points is None else RULES.index(points.rule),
        1.0 if points is None else points.scale, far,
    )  # fmt: skip


@loop
def distance(r: Reach, i: int, j: int) -> float:
    """Return the distance of a pair that lists need not have; far if unknown."""
    if r.mode == MATRIX:
        return min(r.matrix[i, j], r.far)
    if not len(r.clients):
        return r.far
    dx = r.clients[i, 0] - r.sites[j, 0]
    dy = r.clients[i, 1] - r.sites[j, 1]
    dz = r.clients[i, 2] - r.sites[j, 2]
    chord = math.sqrt(dx * dx + dy * dy + dz * dz)
    if r.rule >= 5:
        arc = r.scale * 2.0 * math.asin(min(chord / 2.0, 1.0))
        if r.rule != 5:
            return arc
        return math.floor(arc + 1.0) if chord > 0.0 else 0.0
    line = chord * r.scale
    if r.scale != 1.0 and r.rule != 0:
        whole = math.floor(line + 0.5)
        if abs(line - whole) <= WHOLE * line:
            line = whole
    if r.rule == 1:
        return math.floor(line)
    if r.rule == 2:
        return math.floor(line + 0.5)
    if r.rule >= 3:
        return math.ceil(line)
    return line


@loop
def column(r: Reach, j: int, client: Sites32, length: Floats) -> int:
    """Fill in who is near a site and how far; return how many that are."""
    if r.mode == LISTS:
        start, stop = r.column_first[j], r.column_first[j + 1]
        client[: stop - start] = r.column_client[start:stop]
        length[: stop - start] = r.column_length[start:stop]
        return stop - start
    for i in range(r.n):
        client[i] = i
        length[i] = distance(r, i, j)
    return r.n
