"""What zones and buffers of a tiny instance forbid, for the enumeration."""

from __future__ import annotations

from math import asin, cos, hypot, inf, radians, sin, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiny_case import Case

Row = dict[str, Any]
DEGREE_KM = 6371.0088 * radians(1.0)


def land_permits(case: Case, site: Row, level: Row) -> bool:
    """Return whether zones and buffers permit a level at a site."""
    for zone in case.rows["zones"]:
        km = _km(case, site, zone)
        own = [
            row["zone"]
            for row in case.of("site_zones", site["service"])
            if row["site"] == site["site"]
        ]
        lies = zone["zone"] in own if own else km == 0.0
        if lies and not _permits(case, zone["kind"], level):
            return False
        for rule in case.rows["buffers"]:
            is_around = zone["zone"] == rule["zone"] or zone["kind"] == rule["kind"]
            is_near = lies or km <= rule["distance_km"]
            holds = rule["service"] in ("", site["service"])
            if is_around and is_near and holds and level["level"] >= rule["from_level"]:
                return False
    return True


def _permits(case: Case, kind: str, level: Row) -> bool:
    flags = {
        (row["service"] != "", row["from_level"]): row["is_permitted"]
        for row in case.rows["zone_permits"]
        if row["kind"] == kind
        and row["service"] in ("", level["service"])
        and row["from_level"] <= level["level"]
    }
    return bool(flags[max(flags)]) if flags else True


def _km(case: Case, site: Row, zone: Row) -> float:
    """Return km from a site at its settlement to a zone; squares stand upright."""
    place = next(
        row for row in case.rows["settlements"]
        if row["settlement"] == site["settlement"]
    )  # fmt: skip
    lat, lon = place["lat"], place["lon"]
    if zone["outline"]:
        (west, south), (east, north) = _corners(zone["outline"])
        y = max(south - lat, lat - north, 0.0) * DEGREE_KM
        x = max(west - lon, lon - east, 0.0) * DEGREE_KM * cos(radians(lat))
        return hypot(x, y)
    if zone["radius_km"] != zone["radius_km"]:
        return inf
    a, b = radians(lat), radians(zone["lat"])
    turn = radians(zone["lon"] - lon) / 2
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(turn) ** 2
    return max(2 * 6371.0088 * asin(sqrt(half)) - zone["radius_km"], 0.0)


def _corners(outline: str) -> tuple[Any, Any]:
    """Return (west, south) and (east, north) of the outer ring of an outline."""
    outer = outline.split("((")[1].split("), (")[0].strip("()")
    points = [tuple(map(float, p.split())) for p in outer.split(", ")]
    return min(points), max(points)


def work_is_forbidden(case: Case, of: str, network: str, what: str, node: str) -> bool:
    """Return whether a zone forbids a road upgrade, a link, or local supply at a node.

    What is built of roads and links lies on one parallel or on one meridian.
    """
    return any(
        _lies(zone, pair)
        for rule in case.rows["zone_works"]
        if rule["of"] == of
        and rule["network"] in ("", network)
        and rule["option"] in ("", what)
        for zone in case.rows["zones"]
        if zone["kind"] == rule["kind"]
        for pair in _parts(case, rule, of, network, what, node)
    )


def _parts(case: Case, rule: Row, of: str, network: str, what: str, node: str) -> Any:
    """Yield the ends of what would be built."""
    if of == "roads":
        at = {row["node"]: row for row in case.rows["road_nodes"]}
        stands = [_ends(row) for row in case.rows["road_links"]]
        parts = [r for r in case.rows["road_upgrade_links"] if r["upgrade"] == what]
        is_old = [_ends(row) in stands for row in parts]
    else:
        nodes = case.rows["network_nodes"]
        at = {row["node"]: row for row in nodes if row["network"] == network}
        links = case.rows["network_links"]
        parts = [r for r in links if (r["network"], r["link"]) == (network, what)]
        is_old = [row["capacity"] > 0 or row["station"] != "" for row in parts]
    if node:
        yield at[node], at[node]
        return
    for row, stands_today in zip(parts, is_old, strict=True):
        if not (rule["is_only_new"] and stands_today):
            yield at[row["from_node"]], at[row["to_node"]]


def _ends(row: Row) -> set[str]:
    return {row["from_node"], row["to_node"]}


def _lies(zone: Row, pair: tuple[Row, Row]) -> bool:
    """Return whether a line meets a square around its outer ring, or a circle."""
    low, high = (
        [pick(end[name] for end in pair) for name in ("lon", "lat")]
        for pick in (min, max)
    )
    if zone["outline"]:
        corners = _corners(zone["outline"])
        return all(
            a <= d and c <= b for a, b, c, d in zip(low, high, *corners, strict=True)
        )
    if zone["radius_km"] != zone["radius_km"]:
        return False
    lon = min(max(zone["lon"], low[0]), high[0])
    lat = min(max(zone["lat"], low[1]), high[1])
    east = (lon - zone["lon"]) * cos(radians(zone["lat"]))
    return hypot(east, lat - zone["lat"]) * DEGREE_KM <= zone["radius_km"]
