"""Fastest paths over roads that may be upgraded, each with what it needs.

A path under a set of upgrades needs those whose links it uses. For a pair of nodes the
options worth knowing are the Pareto optimal ones: no other path is as fast with fewer
upgrades. They are found by branching (in the manner of Lawler 1972): take the fastest
path with all upgrades; then forbid, one at a time, each upgrade that it needs, and go
on. Whatever is built, the fastest path is then among the options: as long as a path
needs something that is not built, one of its branches forbids just that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from aumaq.instances.access.limits import NO_TIME
from aumaq.instances.access.options import (
    KM_MINUTES,
    RoadGraph,
    shortest,
    to_unit_sphere,
)
from aumaq.instances.arrays import Flags, Floats, Ints

Tables = Mapping[str, pd.DataFrame]
Needs = tuple[int, ...]

MOST_BRANCHES = 5_000
"""Sets of forbidden upgrades that are tried for a service; beyond, options are cut."""


@dataclass(frozen=True)
class Roads:
    """All links that may ever be there: today's, and those of each upgrade.

    Arrays are parallel, a link both ways, sorted by ``key`` (from x nodes + to), then
    weight (minutes, then kilometres), then ``upgrade`` (-1: there today).
    """

    codes: pd.Index[str]
    points: Floats
    upgrades: tuple[str, ...]
    key: Ints
    minutes: Floats
    km: Floats
    upgrade: Ints

    def graph(self, built: Flags) -> RoadGraph:
        """Return the graph once the upgrades *built* (G,) are there."""
        stands = (self.upgrade < 0) | np.append(built, True)[self.upgrade]
        rows = np.flatnonzero(stands)
        key = self.key[rows]
        rows = rows[np.append(True, key[1:] != key[:-1])[: len(key)]]
        key, n = self.key[rows], len(self.codes)
        # Rows are in order of their keys: what compressed rows look like.
        ends = (key % max(n, 1), np.searchsorted(key, np.arange(n + 1) * n))
        weights = self.minutes[rows] + KM_MINUTES * self.km[rows]
        return RoadGraph(
            self.codes,
            csr_array((self.minutes[rows], *ends), shape=(n, n)),
            csr_array((weights, *ends), shape=(n, n)),
            key,
            self.km[rows],
            self.points,
            self.upgrade[rows],
        )

    def today(self) -> RoadGraph:
        """Return the graph of today."""
        return self.graph(np.zeros(len(self.upgrades), dtype=bool))


def roads_of(tables: Tables) -> Roads:
    """Return the roads of an instance, at the speeds of the season of its policies."""
    nodes, upgrades = tables["road_nodes"], tables["road_upgrades"]["upgrade"]
    codes, n = pd.Index(nodes["node"]), len(nodes)
    later = tables["road_upgrade_links"]
    order = pd.Index(upgrades).get_indexer(later["upgrade"])
    links = pd.concat(
        [tables["road_links"].assign(upgrade=-1), later.assign(upgrade=order)],
        ignore_index=True,
    )
    u = codes.get_indexer(links["from_node"]).astype(np.int64)
    v = codes.get_indexer(links["to_node"]).astype(np.int64)
    km = links["length_km"].to_numpy(dtype=float)
    minutes = km / links["road_class"].map(speeds(tables)).to_numpy(dtype=float) * 60.0
    # A zero weight would mean "no link" to scipy; next to nothing stands for it.
    one_way = {"minutes": np.maximum(minutes, NO_TIME), "km": km,
               "upgrade": links["upgrade"].to_numpy(dtype=np.int64)}  # fmt: skip
    both = pd.concat(
        [
            pd.DataFrame({"key": u * n + v, **one_way}),
            pd.DataFrame({"key": v * n + u, **one_way}),
        ]
    )
    both = both.assign(weight=both["minutes"] + KM_MINUTES * both["km"])
    both = both.sort_values(["key", "weight", "upgrade"])
    return Roads(
        codes,
        to_unit_sphere(nodes["lat"].to_numpy(), nodes["lon"].to_numpy()),
        tuple(upgrades),
        both["key"].to_numpy(dtype=np.int64),
        both["minutes"].to_numpy(dtype=float),
        both["km"].to_numpy(dtype=float),
        both["upgrade"].to_numpy(dtype=np.int64),
    )


def speeds(tables: Tables) -> pd.Series[float]:
    """Return km/h by class of road, in the season that is planned for."""
    classes = tables["road_classes"].set_index("road_class")
    if tables["policies"]["season"].iloc[0] == "wet":
        return classes["wet_speed_kmh"].fillna(classes["speed_kmh"])
    return classes["speed_kmh"]


@dataclass(frozen=True)
class Paths:
    """Options of pairs: position of the pair, minutes, kilometres, upgrades needed."""

    pair: Ints
    minutes: Floats
    km: Floats
    needs: list[Needs]
    is_complete: bool


def upgraded_paths(roads: Roads, start: Ints, end: Ints, at_most: Floats) -> Paths:
    """Return Pareto optimal paths of pairs of nodes that need upgrades.

    *start*, *end*: nodes of each pair; *at_most*: the largest weight of a path (its
    minutes, and ``KM_MINUTES`` a km).
    """
    found: dict[int, list[tuple[float, float, Needs]]] = defaultdict(list)
    level: dict[frozenset[int], Ints] = {frozenset(): np.arange(len(start))}
    branches = 0
    while level and branches < MOST_BRANCHES:
        following: dict[frozenset[int], list[Ints]] = defaultdict(list)
        for forbidden, members in level.items():
            branches += 1
            built = np.ones(len(roads.upgrades), dtype=bool)
            built[list(forbidden)] = False
            pairs, weights, km, needs = _fastest(
                roads.graph(built), len(built), start, end, members, at_most
            )
            for pair, weight, length, mask in zip(
                pairs.tolist(), weights.tolist(), km.tolist(), needs, strict=True
            ):
                chosen = tuple(np.flatnonzero(mask).tolist())
                found[pair].append((weight, length, chosen))
            for g in np.flatnonzero(needs.any(axis=0)).tolist():
                following[forbidden | {g}].append(pairs[needs[:, g]])
        level = {key: np.unique(np.concatenate(m)) for key, m in following.items()}
    kept = [
        (pair, *option)
        for pair in sorted(found)
        for option in _undominated(found[pair])
    ]
    km = np.array([row[2] for row in kept], dtype=float)
    return Paths(
        np.array([row[0] for row in kept], dtype=np.int64),
        np.array([row[1] for row in kept], dtype=float) - KM_MINUTES * km,
        km,
        [row[3] for row in kept],
        not level,
    )


def _undominated(
    options: list[tuple[float, float, Needs]],
) -> list[tuple[float, float, Needs]]:
    """Return options, fastest first, that need something no faster one leaves out."""
    kept: list[tuple[float, float, Needs]] = []
    for option in sorted(options, key=lambda o: (o[0], len(o[2]), o[2])):
        if not any(set(other[2]) <= set(option[2]) for other in kept):
            kept.append(option)
    return kept


def _fastest(
    graph: RoadGraph, num_upgrades: int, start: Ints, end: Ints, members: Ints,
    at_most: Floats,
) -> tuple[Ints, Floats, Floats, Flags]:  # fmt: skip
    """Return pairs of *members* in time with upgrades: weight, km, needs."""
    sources, place = np.unique(start[members], return_inverse=True)
    limit = float(at_most[members].max(initial=0.0))
    parts = []
    for chunk, weights, before in shortest(graph, sources, limit):
        here = (place >= chunk[0]) & (place <= chunk[-1])
        own, row = members[here], place[here] - chunk[0]
        weight = weights[row, end[own]]
        is_in_time = weight <= at_most[own]
        own, row, weight = own[is_in_time], row[is_in_time], weight[is_in_time]
        km, needs = _along(graph, num_upgrades, before, row, end[own])
        helps = needs.any(axis=1)
        parts.append((own[helps], weight[helps], km[helps], needs[helps]))
    if not parts:
        nothing = np.zeros(0)
        return nothing.astype(np.int64), nothing, nothing, np.zeros((0, 0), dtype=bool)
    pairs, heavy, lengths, needed = zip(*parts, strict=True)
    return (
        np.concatenate(pairs),
        np.concatenate(heavy),
        np.concatenate(lengths),
        np.concatenate(needed),
    )


def _along(
    graph: RoadGraph, num_upgrades: int, before: Ints, row: Ints, end: Ints
) -> tuple[Floats, Flags]:
    """Walk back along trees of predecessors; return km and upgrades met."""
    km, needs = np.zeros(len(row)), np.zeros((len(row), num_upgrades), dtype=bool)
    walker, node = np.arange(len(row)), end.astype(np.int64)
    while len(walker):
        parent = before[row[walker], node].astype(np.int64)
        walks = parent >= 0
        walker, node, parent = walker[walks], node[walks], parent[walks]
        link = np.searchsorted(graph.link_keys, parent * graph.num_nodes + node)
        km[walker] += graph.link_km[link]
        upgrade = graph.link_upgrade[link]
        uses = (upgrade >= 0) & (num_upgrades > 0)
        needs[walker[uses], upgrade[uses]] = True
        node = parent
    return km, needs


def fastest_between(graph: RoadGraph, start: Ints, end: Ints) -> tuple[Floats, Floats]:
    """Return minutes and km of the fastest path of each pair of nodes; inf, 0: none."""
    sources, place = np.unique(start, return_inverse=True)
    minutes, km = np.full(len(start), np.inf), np.zeros(len(start))
    for chunk, weights, before in shortest(graph, sources, np.inf):
        own = np.flatnonzero((place >= chunk[0]) & (place <= chunk[-1]))
        row = place[own] - chunk[0]
        km[own], _ = _along(graph, 0, before, row, end[own])
        minutes[own] = weights[row, end[own]] - KM_MINUTES * km[own]
    return minutes, km
