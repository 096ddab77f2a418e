"""Works that the land forbids: roads, lines, mains and local supply in zones.

A road or link lies in a zone if the straight line in degrees between its ends crosses
it; local supply stands at the node that it feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.land.forbidden import zone_distances
from aumaq.instances.land.meridian import LON, pieces, turned
from aumaq.instances.land.shapes import KM_A_DEGREE, Part, inside, parts
from aumaq.instances.rows import rows_with

Tables = Mapping[str, pd.DataFrame]
ROADS, LINKS, LOCAL = "roads", "links", "local_supply"
"""What a row of ``zone_works`` may be on."""
ENDS = ("from_node", "to_node")


@dataclass(frozen=True)
class ForbiddenWork:
    """Something that may not be built: rule, zone, and what.

    ``what`` is the code of a road upgrade, a link or a local option; ``network`` is
    empty of roads, ``node`` of all but local supply.
    """

    rule: str
    zone: str
    of: str
    network: str
    what: str
    node: str = ""


def forbidden_works(tables: Tables) -> list[ForbiddenWork]:
    """Return what the rows of ``zone_works`` forbid, rule by rule and zone by zone."""
    return [
        ForbiddenWork(rule.zone_work, zone.zone, rule.of, *what)
        for rule in tables["zone_works"].itertuples()
        for in_zone in (IN_ZONE[rule.of](tables, rule),)
        for zone in tables["zones"].itertuples()
        if zone.kind == rule.kind
        for what in in_zone(zone)
    ]


def of_sort(
    works: Iterable[ForbiddenWork], of: str, network: str = ""
) -> set[tuple[str, str]]:
    """Return (what, node) of a sort of works that may not be built."""
    return {(w.what, w.node) for w in works if w.of == of and w.network == network}


def crosses(zone: Any, start: Floats, end: Floats) -> Flags:
    """Return which straight lines in degrees meet a zone; points are (N, 2): lat, lon.

    Lines go the shorter way round the globe. A circle is measured on the plane laid at
    its centre. A zone without a shape meets nothing.
    """
    if not zone.outline and zone.radius_km != zone.radius_km:
        return np.zeros(len(start), dtype=bool)
    if not zone.outline:
        return within(_km_to_lines(zone, start, end), zone.radius_km)
    line, start, end = pieces(start, end)
    met = _meets_outline(parts(zone.outline), start, end)
    return np.bincount(line, met, minlength=int(line.max(initial=-1)) + 1) > 0


def _meets_outline(outline: list[Part], start: Floats, end: Floats) -> Flags:
    """Return which straight lines, as the degrees say, meet an outline."""
    found = inside(outline, start[:, 0], start[:, 1])
    a, b = start[:, ::-1], end[:, ::-1]
    for ring in chain.from_iterable(outline):
        for c, d in pairwise(ring):
            apart = _side(c, d, a) * _side(c, d, b) > 0.0
            apart |= _side(a, b, c) * _side(a, b, d) > 0.0
            # What lies on one line meets where its boxes do.
            low, high = np.minimum(a, b), np.maximum(a, b)
            apart |= ((high < np.minimum(c, d)) | (low > np.maximum(c, d))).any(axis=1)
            found |= ~apart
    return found


def _side(a: Floats, b: Floats, p: Floats) -> Floats:
    """Return on which side of the lines a-b points lie: positive, negative, 0 on it."""
    way, to = b - a, p - a
    return np.asarray(way[..., 0] * to[..., 1] - way[..., 1] * to[..., 0])


def _km_to_lines(zone: Any, start: Floats, end: Floats) -> Floats:
    scale = np.array([1.0, np.cos(np.radians(zone.lat))]) * KM_A_DEGREE
    a, way = start - (zone.lat, zone.lon), end - start
    for degrees in (a, way):
        degrees[:, LON] = turned(degrees[:, LON])
    a, way = a * scale, way * scale
    length = (way**2).sum(axis=1)
    share = -(a * way).sum(axis=1) / np.where(length > 0.0, length, 1.0)
    return np.asarray(np.hypot(*(a + np.clip(share, 0.0, 1.0)[:, None] * way).T))


def _ends(rows: pd.DataFrame, nodes: pd.DataFrame) -> list[Floats]:
    place = nodes.set_index("node")[["lat", "lon"]]
    return [place.loc[rows[name]].to_numpy(dtype=float) for name in ENDS]


Found = Iterator[tuple[str, ...]]
"""network, what, and a node of local supply."""
InZone = Callable[[Any], Found]
"""Gives what lies in a zone."""


def _roads(tables: Tables, rule: Any) -> InZone:
    rows = tables["road_upgrade_links"]
    if rule.is_only_new:
        known = {frozenset(pair) for pair in tables["road_links"][[*ENDS]].to_numpy()}
        rows = rows[[frozenset(p) not in known for p in rows[[*ENDS]].to_numpy()]]
    ends, codes = _ends(rows, tables["road_nodes"]), rows["upgrade"]

    def within_zone(zone: Any) -> Found:
        for code in dict.fromkeys(codes[crosses(zone, *ends)]):
            yield "", code

    return within_zone


def _links(tables: Tables, rule: Any) -> InZone:
    own = {}
    for network in _networks(tables, rule):
        rows, nodes = (
            rows_with(tables[name], "network", network)
            for name in ("network_links", "network_nodes")
        )
        steps = rows_with(tables["link_upgrades"], "network", network)
        rows = rows[rows["link"].isin(steps["link"])]
        if rule.is_only_new:
            rows = rows[(rows["capacity"] == 0.0) & (rows["station"] == "")]
        own[network] = rows["link"].to_numpy(dtype=object), _ends(rows, nodes)

    def within_zone(zone: Any) -> Found:
        for network, (codes, ends) in own.items():
            yield from ((network, code) for code in codes[crosses(zone, *ends)])

    return within_zone


def _local(tables: Tables, rule: Any) -> InZone:
    own = {}
    for network in _networks(tables, rule):
        nodes = rows_with(tables["network_nodes"], "network", network)
        nodes = nodes[nodes["settlement"] != ""]
        options = rows_with(tables["local_supplies"], "network", network)["option"]
        meant = [o for o in dict.fromkeys(options) if rule.option in ("", o)]
        own[network] = meant, nodes

    def within_zone(zone: Any) -> Found:
        it = tables["zones"][tables["zones"]["zone"] == zone.zone]
        for network, (options, nodes) in own.items():
            lat, lon = (nodes[name].to_numpy(dtype=float) for name in ("lat", "lon"))
            here = nodes["node"][within(zone_distances(it, lat, lon)[0], 0.0)]
            yield from ((network, option, node) for option in options for node in here)

    return within_zone


def _networks(tables: Tables, rule: Any) -> list[str]:
    return [n for n in tables["networks"]["network"] if rule.network in ("", n)]


IN_ZONE = {ROADS: _roads, LINKS: _links, LOCAL: _local}
"""Sort of works -> what of it lies in a zone."""
