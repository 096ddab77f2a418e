"""Access options: which sites a settlement can reach, in minutes and kilometres.

Fastest paths over the road graph with a cut-off (scipy's Dijkstra in chunks of
sources, never the whole matrix), plus the nearest few sites however far they are.
The rule is written out in docs/mathematics.md, section "Sets and data".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from aumaq.instances.access.limits import TOLERANCE, loosened, within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.scipy_parts import dijkstra, nearest

EARTH_RADIUS_KM = 6371.0088
DETOUR_FACTOR = 1.3
CONNECTOR_KMH = 30.0
KM_MINUTES = 1e-7
"""Of ways that take equally long the shortest counts: weight of a km beside minutes."""
SAME_WEIGHT = 1e-9
"""Ways whose weights differ by less are equal: the one that needs less counts."""
WEIGHT_ROOM = 1e-3
"""More than the kilometres of a way can weigh."""
DOUBLINGS = 3
"""Limits that are tried before the nearest sites are sought however far they are."""
CHUNK = 256
"""Sources a chunk of Dijkstra: bounds memory to CHUNK x nodes numbers."""


@dataclass(frozen=True)
class Places:
    """Points tied to the road graph: node index, connector minutes and km."""

    node: Ints
    connector_minutes: Floats
    connector_km: Floats
    is_snapped: Flags


@dataclass(frozen=True)
class RoadGraph:
    """A road graph by minutes; lengths and upgrades to look up along a path.

    ``weights`` are minutes + ``KM_MINUTES`` x km: ways are found by them.
    ``link_upgrade`` is -1 for what is there today.
    """

    codes: pd.Index[str]
    minutes: csr_array
    weights: csr_array
    link_keys: Ints
    link_km: Floats
    points: Floats
    link_upgrade: Ints

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.codes)


def to_unit_sphere(lat: Floats, lon: Floats) -> Floats:
    """Return 3-D unit vectors of points in degrees, (n, 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack(
        [np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]
    )


def chord_to_km(chord: Floats) -> Floats:
    """Return great-circle kilometres for chords of the unit sphere."""
    return 2.0 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))


def tie(graph: RoadGraph, nodes: pd.Series[str], lat: Floats, lon: Floats) -> Places:
    """Tie points to the graph: by their node where given, else to the nearest."""
    node = graph.codes.get_indexer(nodes).astype(np.int64)
    is_snapped = node < 0
    km = np.zeros(len(node))
    if is_snapped.any() and graph.num_nodes:
        points = to_unit_sphere(lat[is_snapped], lon[is_snapped])
        chord, node[is_snapped] = nearest(points, graph.points)
        km[is_snapped] = chord_to_km(chord) * DETOUR_FACTOR
    return Places(node, km / CONNECTOR_KMH * 60.0, km, is_snapped)


def shortest(
    graph: RoadGraph, sources: Ints, limit_minutes: float
) -> Iterator[tuple[Ints, Floats, Ints]]:
    """Yield (positions of sources, weights to all nodes, predecessors) by chunks.

    All nodes within the limit are reached, and a few beyond it.
    """
    for start in range(0, len(sources), CHUNK):
        part = np.arange(start, min(start + CHUNK, len(sources)))
        weights, before = dijkstra(
            graph.weights,
            directed=True,
            indices=sources[part],
            limit=limit_minutes + WEIGHT_ROOM,
            return_predecessors=True,
        )
        yield part, weights, before


def path_km(graph: RoadGraph, before: Ints) -> Floats:
    """Return km from each source to each node along the tree of predecessors.

    Pointer jumping over the nodes that are reached: every round doubles the part of
    the path that is summed up.
    """
    num, flat = before.shape[1], before.ravel()
    at = np.flatnonzero(flat >= 0)
    parent, end = flat[at].astype(np.int64), len(at)
    place = np.full(len(flat), end)
    place[at] = np.arange(end)
    # The last one stands for all sources: it is where every path ends.
    jump = np.append(place[at - at % num + parent], end)
    km = graph.link_km[np.searchsorted(graph.link_keys, parent * num + at % num)]
    km = np.append(km, 0.0)
    while (jump < end).any():
        km += km.take(jump)
        jump = jump.take(jump)
    found = np.zeros(len(flat))
    found[at] = km[:-1]
    return found.reshape(before.shape)


@dataclass(frozen=True)
class Reach:
    """One service's sites as targets: row, place, settlement row (-1: none)."""

    places: Places
    settlement: Ints
    is_allowed: Flags
    cutoff_minutes: float
    nearest_sites: int


def road_options(
    graph: RoadGraph, settlements: Places, internal_minutes: Floats, reach: Reach
) -> pd.DataFrame:
    """Return options (i, j, minutes, length_km) of one service over the roads."""
    num = len(internal_minutes)
    nearest = min(reach.nearest_sites, int(reach.is_allowed.sum()))
    near = all_pairs(
        graph,
        settlements,
        internal_minutes,
        reach,
        np.arange(num),
        loosened(reach.cutoff_minutes),
    )
    near = near[within(near["minutes"], reach.cutoff_minutes)]
    count = np.bincount(near["i"].to_numpy(dtype=np.int64), minlength=num)
    short = np.flatnonzero(count < nearest)
    if len(short):
        far = _nearest(graph, settlements, internal_minutes, reach, short, nearest)
        near = pd.concat([near, far]).drop_duplicates(["i", "j"])
    return near.sort_values(["i", "minutes", "j"]).reset_index(drop=True)


def _nearest(
    graph: RoadGraph,
    settlements: Places,
    internal_minutes: Floats,
    reach: Reach,
    who: Ints,
    number: int,
) -> pd.DataFrame:
    """Return the pairs of settlements *who* and the *number* sites nearest to each.

    Most have them not far beyond the cut-off: the limit doubles for whoever has not,
    and what lies beyond a limit is no nearer than that.
    """
    found, limit = [], 2.0 * max(reach.cutoff_minutes, 1.0)
    for _ in range(DOUBLINGS):
        if not (len(who) and np.isfinite(limit)):
            break
        far = all_pairs(graph, settlements, internal_minutes, reach, who, limit)
        own = internal_minutes + settlements.connector_minutes
        i = far["i"].to_numpy(dtype=np.int64)
        is_sure = far["minutes"].to_numpy() <= own[i] + limit - 2.0 * TOLERANCE
        is_done = np.bincount(i[is_sure], minlength=len(own))[who] >= number
        found.append(far[np.isin(far["i"], who[is_done])])
        who, limit = who[~is_done], 2.0 * limit
    if len(who):
        found.append(
            all_pairs(graph, settlements, internal_minutes, reach, who, np.inf)
        )
    far = pd.concat(found, ignore_index=True)
    return far[_rank(far) < number]


def all_pairs(
    graph: RoadGraph,
    settlements: Places,
    internal_minutes: Floats,
    reach: Reach,
    who: Ints,
    limit_minutes: float,
) -> pd.DataFrame:
    """Return all pairs of settlements *who* and sites within the path limit.

    A site at home is reached without a road, wherever its own node lies. A few pairs
    beyond the limit may be among them.
    """
    allowed = np.flatnonzero(reach.is_allowed)
    target = reach.places.node[allowed]
    sources, place = np.unique(settlements.node[who], return_inverse=True)
    parts = [_at_home(internal_minutes, reach, who)]
    for chunk, weights, before in shortest(graph, sources, limit_minutes):
        km = path_km(graph, before)
        members = np.flatnonzero((place >= chunk[0]) & (place <= chunk[-1]))
        row = place[members] - chunk[0]
        path = (weights - KM_MINUTES * km)[row][:, target]
        a, b = np.nonzero(np.isfinite(path))
        away = reach.settlement[allowed[b]] != who[members[a]]
        a, b = a[away], b[away]
        i, j = who[members[a]], allowed[b]
        connectors = (
            settlements.connector_minutes[i] + (reach.places.connector_minutes[j])
        )
        total_km = km[row[a], target[b]] + (
            settlements.connector_km[i] + reach.places.connector_km[j]
        )
        parts.append(
            pd.DataFrame(
                {
                    "i": i,
                    "j": j,
                    "minutes": internal_minutes[i] + (path[a, b] + connectors),
                    "length_km": total_km,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _at_home(internal_minutes: Floats, reach: Reach, who: Ints) -> pd.DataFrame:
    """Return the pairs of settlements *who* and the sites that stand in them."""
    j = np.flatnonzero(reach.is_allowed & np.isin(reach.settlement, who))
    i = reach.settlement[j]
    return pd.DataFrame(
        {"i": i, "j": j, "minutes": internal_minutes[i], "length_km": 0.0}
    )


def _rank(pairs: pd.DataFrame) -> Ints:
    """Return how many sites are nearer to the settlement of a pair, ties by row."""
    rounded = (pairs["minutes"].to_numpy() / TOLERANCE).round()
    i = pairs["i"].to_numpy(dtype=np.int64)
    order = np.lexsort((pairs["j"].to_numpy(), rounded, i))
    first = np.searchsorted(i[order], i[order])
    rank = np.empty(len(i), dtype=np.int64)
    rank[order] = np.arange(len(i)) - first
    return rank


def given_options(
    travel: pd.DataFrame, internal_minutes: Floats, reach: Reach
) -> pd.DataFrame:
    """Return options (i, j, minutes, length_km) from the rows of ``travel``.

    *travel* has columns i, j, minutes, length_km; own-settlement sites are added.
    """
    home = np.flatnonzero(reach.settlement >= 0)
    own = pd.DataFrame(
        {
            "i": reach.settlement[home],
            "j": home,
            "minutes": internal_minutes[reach.settlement[home]],
            "length_km": 0.0,
        }
    )
    pairs = pd.concat([travel, own]).drop_duplicates(["i", "j"])
    pairs = pairs[reach.is_allowed[pairs["j"].to_numpy(dtype=np.int64)]]
    pairs = pairs.sort_values(["i", "minutes", "j"]).reset_index(drop=True)
    is_near = within(pairs["minutes"], reach.cutoff_minutes)
    keep = is_near | (_rank(pairs) < reach.nearest_sites)
    return pairs[keep].reset_index(drop=True)


def site_pairs(
    graph: RoadGraph, lower: Places, upper: Places, limit_minutes: float
) -> pd.DataFrame:
    """Return pairs of sites (j of *lower*, k of *upper*, minutes) within a limit."""
    sources, place = np.unique(lower.node, return_inverse=True)
    parts = [pd.DataFrame({"j": [], "k": [], "minutes": []})]
    for chunk, weights, before in shortest(graph, sources, loosened(limit_minutes)):
        minutes = weights - KM_MINUTES * path_km(graph, before)
        members = np.flatnonzero((place >= chunk[0]) & (place <= chunk[-1]))
        path = minutes[place[members] - chunk[0]][:, upper.node]
        a, b = np.nonzero(np.isfinite(path))
        j = members[a]
        total = path[a, b] + lower.connector_minutes[j] + upper.connector_minutes[b]
        parts.append(pd.DataFrame({"j": j, "k": b, "minutes": total}))
    pairs = pd.concat(parts, ignore_index=True).astype({"j": "int64", "k": "int64"})
    return pairs[within(pairs["minutes"], limit_minutes)].reset_index(drop=True)
