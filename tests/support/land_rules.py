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
        outer = zone["outline"].split("((")[1].split("), (")[0].strip("(")
        points = [tuple(map(float, p.split())) for p in outer.split(", ")]
        (west, south), (east, north) = min(points), max(points)
        y = max(south - lat, lat - north, 0.0) * DEGREE_KM
        x = max(west - lon, lon - east, 0.0) * DEGREE_KM * cos(radians(lat))
        return hypot(x, y)
    if zone["radius_km"] != zone["radius_km"]:
        return inf
    a, b = radians(lat), radians(zone["lat"])
    turn = radians(zone["lon"] - lon) / 2
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(turn) ** 2
    return max(2 * 6371.0088 * asin(sqrt(half)) - zone["radius_km"], 0.0)
