"""Lists of what can still matter: sites not closed, and pairs near enough."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from aumaq.classic.distances import (
    CHUNK,
    Distances,
    Neighbours,
    Points,
    chord_of,
    lengths,
)
from aumaq.classic.methods.reach import LISTS, Reach, lists_of
from aumaq.instances.arrays import Floats, Ints


@dataclass(frozen=True)
class Trimmed:
    """Lists with sites in new numbers, and where those were before."""

    reach: Reach
    ids: Ints  # (A,) old number of each site


def trimmed(
    r: Reach, distances: Distances, ends: Floats, active: Ints, cap: Floats
) -> Trimmed:
    """Return lists of *active* sites that are at most *cap* away, (I,).

    *ends*: how far the lists of *r* are complete, (I,).
    """
    near = (
        _filtered(r, active, cap)
        if r.mode == LISTS and bool((ends >= cap).all())
        else _gathered(distances, active, cap)
    )
    sub = _SubShape((r.n, len(active)))
    return Trimmed(lists_of(near, sub, r.far), active)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _SubShape:
    """All that lists ask of distances once they are there."""

    shape: tuple[int, int]


def _filtered(r: Reach, active: Ints, cap: Floats) -> Neighbours:
    """Return what is left of lists."""
    number = np.full(r.m, -1, np.int32)
    number[active] = np.arange(len(active), dtype=np.int32)
    client = np.repeat(np.arange(r.n), np.diff(r.row_first))
    kept = (number[r.row_site] >= 0) & (r.row_length <= cap[client])
    counts = np.bincount(client[kept], minlength=r.n)
    first = np.concatenate([[0], np.cumsum(counts)])
    site, length = number[r.row_site[kept]], r.row_length[kept]
    return Neighbours(first, site, length, np.zeros(r.n, bool))


def _gathered(distances: Distances, active: Ints, cap: Floats) -> Neighbours:
    """Return lists made anew, a few clients at a time."""
    n = distances.shape[0]
    counts = np.zeros(n, np.int64)
    sites, found = [], []
    step = max(1, CHUNK // max(1, len(active)))
    for start in range(0, n, step):
        rows = slice(start, min(n, start + step))
        if isinstance(distances, Points):
            part = _ball(distances, active, rows, cap[rows])
        else:
            part = _masked(distances.block(rows, active), cap[rows])
        counts[rows] = part[0]
        sites.append(part[1])
        found.append(part[2])
    first = np.concatenate([[0], np.cumsum(counts)])
    none = np.zeros(n, bool)
    return Neighbours(first, np.concatenate(sites), np.concatenate(found), none)


def _masked(block: Floats, cap: Floats) -> tuple[Ints, Ints, Floats]:
    """Return number of near sites of each row, the sites, and how far they are."""
    order = np.argsort(block, axis=1, kind="stable")
    length = np.take_along_axis(block, order, axis=1)
    near = (length <= cap[:, None]) & np.isfinite(length)
    return near.sum(axis=1), order[near].astype(np.int32), length[near]


def _ball(
    points: Points, active: Ints, rows: slice, cap: Floats
) -> tuple[Ints, Ints, Floats]:
    part = replace(points, clients=points.clients[rows], sites=points.sites[active])
    if len(active) <= 400 or float(np.median(cap)) == np.inf:
        every = np.arange(len(active))
        return _masked(part.block(slice(0, len(part.clients)), every), cap)
    radius = np.array([chord_of(c, points.rule, points.scale) for c in cap])
    lists = cKDTree(part.sites).query_ball_point(part.clients, radius * (1 + 1e-9))
    counts = np.array([len(some) for some in lists])
    client = np.repeat(np.arange(len(counts)), counts)
    site = np.concatenate([np.asarray(some, np.int64) for some in lists])
    away = part.clients[client] - part.sites[site]
    length = lengths(np.sqrt((away**2).sum(axis=1)), points.rule, points.scale)
    order = np.lexsort((site, length, client))
    order = order[length[order] <= cap[client[order]]]
    kept = np.bincount(client[order], minlength=len(counts))
    return kept, site[order].astype(np.int32), length[order]
