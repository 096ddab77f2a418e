"""Where the audit finds sites in zones: its own measure of the land.

Points in polygons by the angles under which the edges are seen, distances by turning
the globe; none of it is shared with what makes plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.results.audit.frames import find, records

RADIUS_KM = 6371.0088
ROUNDING_KM = 1e-6
"""By so much a distance may pass its limit: rounding, not a rule."""

Tables = Mapping[str, pd.DataFrame]
Row = dict[str, Any]
Cause = tuple[Row, Row, Flags]
"""A zone, the buffer around it (empty: the zone itself), what they forbid (j,l)."""


Places = tuple["pd.Series[Any]", Floats, Floats]
"""Codes of sites, latitudes, longitudes."""


def causes(tables: Tables, service: str, places: Places, levels: int) -> list[Cause]:
    """Return what forbids levels of a service, level 0 counted, at its sites."""
    if not len(tables["zone_permits"]) and not len(tables["buffers"]):
        return []
    codes, lat, lon = places
    told = records(tables["site_zones"])
    told = [row for row in told if row["service"] == service]
    has_own = codes.isin([row["site"] for row in told]).to_numpy()
    found: list[Cause] = []
    for zone in records(tables["zones"]):
        away = kilometres(zone, lat, lon)
        own = [row["site"] for row in told if row["zone"] == zone["zone"]]
        lies = np.where(has_own, codes.isin(own).to_numpy(), away <= ROUNDING_KM)
        refused = np.zeros(levels, dtype=bool)
        for level in range(1, levels):
            refused[level] = not _permits(tables, zone["kind"], service, level)
        found.append((zone, {}, lies[:, None] & refused))
        for rule in records(tables["buffers"]):
            is_around = rule["zone"] == zone["zone"] or rule["kind"] == zone["kind"]
            if is_around and rule["service"] in ("", service):
                near = (away <= rule["distance_km"] + ROUNDING_KM) | lies
                high = np.arange(levels) >= rule["from_level"]
                found.append((zone, rule, near[:, None] & high))
    return [cause for cause in found if cause[2].any()]


def places_of(sites: pd.DataFrame, home: Ints, settlements: pd.DataFrame) -> Places:
    """Return codes, lat and lon of sites: their own, or those of their settlement."""

    def degrees(name: str) -> Floats:
        own = sites[name].to_numpy(dtype=float)
        there = settlements[name].to_numpy(dtype=float)[home]
        return np.where(np.isnan(own) & (home >= 0), there, own)

    return sites["site"], degrees("lat"), degrees("lon")


def members(tables: Tables, service: str, places: Places) -> Flags:
    """Return which sites lie in which zones, (zones, j)."""
    codes, lat, lon = places
    zones = tables["zones"]
    found = np.zeros((len(zones), len(codes)), dtype=bool)
    for k, zone in enumerate(records(zones)):
        found[k] = kilometres(zone, lat, lon) <= ROUNDING_KM
    told = tables["site_zones"]
    told = told[told["service"] == service]
    j = find(pd.Index(codes), told["site"])
    found[:, j] = False
    found[find(pd.Index(zones["zone"]), told["zone"]), j] = True
    return found


def _permits(tables: Tables, kind: str, service: str, level: int) -> bool:
    """Whether land of a kind permits a level: the closest row counts."""
    rows = [
        row
        for row in records(tables["zone_permits"])
        if row["kind"] == kind
        and row["service"] in ("", service)
        and row["from_level"] <= level
    ]
    if not rows:
        return True
    best = max(rows, key=lambda row: (row["service"] != "", row["from_level"]))
    return bool(best["is_permitted"])


def kilometres(zone: Row, lat: Floats, lon: Floats) -> Floats:
    """Return km from places to a zone, 0 within; infinite without a shape."""
    found = np.full(len(lat), np.inf)
    known = np.isfinite(lat) & np.isfinite(lon)
    at = lat[known], lon[known]
    if zone["outline"]:
        found[known] = _to_parts(outline_parts(zone["outline"]), *at)
    elif not np.isnan(zone["radius_km"]):
        found[known] = np.maximum(
            _haversine(zone["lat"], zone["lon"], *at) - zone["radius_km"], 0.0
        )
    return found


def outline_parts(outline: str) -> list[list[Floats]]:
    """Return the rings of each polygon of an outline.

    What stands between innermost brackets is a ring; with the first ring of a polygon
    more than one bracket opens.
    """
    found = list[list[Floats]]()
    for text in outline.split(")"):
        opened = text.count("(")
        if opened > 1:
            found.append([])
        if opened:
            points = text.split("(")[-1].split(",")
            found[-1].append(np.array([p.split() for p in points], float))
    return found


def _haversine(lat: float, lon: float, to_lat: Floats, to_lon: Floats) -> Floats:
    a, b = np.radians(lat), np.radians(to_lat)
    turn = np.radians(to_lon - lon)
    half = np.sin((b - a) / 2.0) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2.0) ** 2
    return np.asarray(2.0 * RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def _to_parts(parts: list[list[Floats]], lat: Floats, lon: Floats) -> Floats:
    """Return km to an area of polygons, 0 within any: a hole is one of its own.

    East and west round the globe, whichever is shorter.
    """
    width = max(float(np.abs(ring[:, 0]).max()) for rings in parts for ring in rings)
    is_far = bool((np.abs(lon) + width > 180.0).any())  # else never the other way
    turns = (-360.0, 0.0, 360.0) if is_far else (0.0,)
    ways = [_to_rings(rings, lat, lon + turn) for rings in parts for turn in turns]
    return np.min(ways, axis=0)


def _to_rings(rings: list[Floats], lat: Floats, lon: Floats) -> Floats:
    """Return km to an area within rings, on a plane at each place."""
    found = np.zeros(len(lat))
    degree = RADIUS_KM * np.pi / 180.0
    for k, (y, x) in enumerate(zip(lat, lon, strict=True)):
        turns, least = 0, np.inf
        for ring in rings:
            plane = (ring - (x, y)) * (np.cos(np.radians(y)), 1.0)
            a, b = plane[:-1], plane[1:]
            cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
            angle = np.arctan2(cross, (a * b).sum(axis=1)).sum()
            turns += abs(round(angle / (2.0 * np.pi)))
            way = ((b - a) ** 2).sum(axis=1)
            along = -(a * (b - a)).sum(axis=1) / np.where(way > 0.0, way, 1.0)
            foot = a + np.clip(along, 0.0, 1.0)[:, None] * (b - a)
            least = min(least, float(np.hypot(*foot.T).min()) * degree)
        found[k] = 0.0 if turns % 2 else least
    return found
