"""Works that the land forbids: that none is built, measured by the audit itself.

Lines are cut into the parts between the edges that they cross; of each part the middle
is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import Text, say
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.zones import RADIUS_KM, Row, kilometres, outline_parts

Point = tuple[float, float]
"""Latitude, longitude."""


def works(ledger: Ledger) -> pd.DataFrame:
    """Check that nothing is built in a zone that forbids it; return what that is."""
    rows = []
    tables = ledger.facts.tables
    for rule in records(tables["zone_works"]):
        for zone in records(tables["zones"]):
            if zone["kind"] != rule["kind"]:
                continue
            for row, is_built, place in _FOUND[rule["of"]](ledger, rule, zone):
                ledger.notes.checks += 1
                if is_built:
                    text = say("{zone} forbids it", zone=zone["title"] or zone["zone"])
                    code = f"zone_work:{rule['zone_work']}"
                    ledger.notes.note(code, place, text)
                same = {"zone_work": rule["zone_work"], "of": rule["of"]}
                of_zone = {"zone": zone["zone"], "zone_title": zone["title"]}
                rows.append({**same, **of_zone, "kind": zone["kind"], **row})
    return table_of_rows("forbidden_works", rows)


Found = Iterator[tuple[Row, bool, Text]]


def _roads(ledger: Ledger, rule: Row, zone: Row) -> Found:
    tables, known = ledger.facts.tables, set[frozenset[str]]()
    at = {r["node"]: (r["lat"], r["lon"]) for r in records(tables["road_nodes"])}
    if rule["is_only_new"]:
        known = {frozenset(_pair(row)) for row in records(tables["road_links"])}
    told = set()
    for row in records(tables["road_upgrade_links"]):
        code, (a, b) = row["upgrade"], _pair(row)
        is_there = frozenset((a, b)) in known
        if code in told or is_there or not _meets(zone, at[a], at[b]):
            continue
        told.add(code)
        yield (
            {"network": "", "what": code, "node": ""},
            code in ledger.upgrades.first,
            say("upgrade {code}", code=code),
        )


def _pair(row: Row) -> tuple[str, str]:
    return row["from_node"], row["to_node"]


def _links(ledger: Ledger, rule: Row, zone: Row) -> Found:
    for name, n in ledger.networks.items():
        if rule["network"] not in ("", name):
            continue
        at = {row["node"]: (row["lat"], row["lon"]) for row in n.nodes}
        for code in dict.fromkeys(link for link, _ in n.upgrades):
            link = n.links[code]
            is_there = link["capacity"] > 0.0 or link["station"] != ""
            if rule["is_only_new"] and is_there:
                continue
            if _meets(zone, *(at[node] for node in _pair(link))):
                yield (
                    {"network": name, "what": code, "node": ""},
                    any(own == code for own, _ in n.built),
                    say("link {code} of {network}", code=code, network=name),
                )


def _local(ledger: Ledger, rule: Row, zone: Row) -> Found:
    rows = records(ledger.facts.tables["local_supplies"])
    for name, n in ledger.networks.items():
        options = dict.fromkeys(r["option"] for r in rows if r["network"] == name)
        if rule["network"] not in ("", name):
            continue
        built = {
            (row["option"], row["node"])
            for row in n.rows["local_supply"]
            if row["capacity"] > 0.0
        }
        for node in n.nodes:
            place = np.array([node["lat"]]), np.array([node["lon"]])
            if not node["settlement"] or kilometres(zone, *place)[0] > 0.0:
                continue
            for option in options:
                if rule["option"] in ("", option):
                    yield (
                        {"network": name, "what": option, "node": node["node"]},
                        (option, node["node"]) in built,
                        say("node {node}, {option}", node=node["node"], option=option),
                    )


_FOUND = {"roads": _roads, "links": _links, "local_supply": _local}
"""Sort of works -> (row of the table, whether it is built, where)."""


def _meets(zone: Row, start: Point, end: Point) -> bool:
    """Return whether the straight line in degrees between two points meets a zone.

    It goes the shorter way round the globe; what it meets a turn further it meets.
    """
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    if abs(b[1] - a[1]) > 180.0:
        b[1] += np.copysign(360.0, a[1])
    meets = _meets_outline if zone["outline"] else _meets_circle
    turns = (np.array([0.0, degrees]) for degrees in (0.0, -360.0, 360.0))
    return any(meets(zone, a + turn, b + turn) for turn in turns)


def _meets_outline(zone: Row, a: Any, b: Any) -> bool:
    """Return whether a line meets an outline, both as the degrees say."""
    cuts = [0.0, 1.0]
    for ring in chain.from_iterable(outline_parts(zone["outline"])):
        corners = ring[:, ::-1]
        way, edges = b - a, np.diff(corners, axis=0)
        turn = way[0] * edges[:, 1] - way[1] * edges[:, 0]
        crossing = turn != 0.0
        to = (corners[:-1] - a)[crossing]
        edge, turn = edges[crossing], turn[crossing]
        along = (to[:, 0] * edge[:, 1] - to[:, 1] * edge[:, 0]) / turn
        on_edge = (to[:, 0] * way[1] - to[:, 1] * way[0]) / turn
        met = (along > 0.0) & (along < 1.0) & (on_edge >= 0.0) & (on_edge <= 1.0)
        cuts += along[met].tolist()
    cuts.sort()
    middle = (np.array(cuts[:-1]) + np.array(cuts[1:])) / 2.0
    lat, lon = (a[k] + middle * (b - a)[k] for k in (0, 1))
    return bool((kilometres(zone, lat, lon) == 0.0).any())


def _meets_circle(zone: Row, a: Any, b: Any) -> bool:
    """Return whether a line meets a circle on the plane at its centre."""
    if np.isnan(zone["radius_km"]):
        return False
    centre = np.array([zone["lat"], zone["lon"]])
    scale = RADIUS_KM * np.pi / 180.0
    plane = np.array([scale, scale * np.cos(np.radians(zone["lat"]))])
    start, way = (a - centre) * plane, (b - a) * plane
    # |start + x way| = radius is a quadratic equation in x.
    square, half = float(way @ way), float(start @ way)
    rest = float(start @ start) - zone["radius_km"] ** 2
    if rest <= 0.0 or square + 2.0 * half + rest <= 0.0:
        return True
    inner = half**2 - square * rest
    return square > 0.0 and inner > 0.0 and 0.0 < -half < square
