"""Outlines of zones: what lies in them, and how far off what does not.

Outlines are straight in degrees. Distances to them are taken on a plane laid at each
place, the shorter way round the globe, right to a few parts in a thousand up to some
100 km where the latitude is not far north or south.
"""

from __future__ import annotations

import re
from itertools import chain, pairwise

import numpy as np

from aumaq.instances.access.options import (
    EARTH_RADIUS_KM,
    chord_to_km,
    to_unit_sphere,
)
from aumaq.instances.arrays import Flags, Floats

RING = re.compile(r"\(([^()]*)\)")
_PART = r"\(\s*\([^()]*\)(?:\s*,\s*\([^()]*\))*\s*\)"
PART = re.compile(_PART)
FORM = re.compile(
    rf"\s*(?:POLYGON\s*{_PART}|MULTIPOLYGON\s*\(\s*{_PART}(?:\s*,\s*{_PART})*\s*\))\s*",
    re.IGNORECASE,
)
FEWEST = 4
"""Points of a ring, the first again as the last."""
HALF_ROUND = 180.0
"""Degrees from a meridian to the one opposite."""
KM_A_DEGREE = EARTH_RADIUS_KM * np.pi / 180.0


Part = list[Floats]
"""Rings of one polygon, each (points, 2): lon, lat; of what they enclose, an odd number
of them encloses the polygon itself, an even number its holes."""


def parts(outline: str) -> list[Part]:
    """Return the polygons of an outline as text.

    Raises ValueError if it is no ``POLYGON`` or ``MULTIPOLYGON`` of closed rings of
    degrees.
    """
    if not FORM.fullmatch(outline):
        raise ValueError("no POLYGON ((lon lat, ...))")
    return [[_ring(text) for text in RING.findall(p)] for p in PART.findall(outline)]


def _ring(text: str) -> Floats:
    points = np.array([[float(x) for x in p.split()] for p in text.split(",")])
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError("points are no pairs of degrees")
    if len(points) < FEWEST or (points[0] != points[-1]).any():
        raise ValueError("a ring does not end where it begins")
    if (np.abs(points) > (180.0, 90.0)).any():
        raise ValueError("points lie outside the globe")
    return points


def inside(outline: list[Part], lat: Floats, lon: Floats) -> Flags:
    """Return which places lie within polygons: in any, whatever the others say.

    They may overlap; a hole is only one of its own polygon.
    """
    found = np.zeros(len(lat), dtype=bool)
    for part in outline:
        found |= _inside_part(part, lat, lon)
    return found


def _inside_part(part: Part, lat: Floats, lon: Floats) -> Flags:
    """Return which places are inside an odd number of rings."""
    within = np.zeros(len(lat), dtype=bool)
    for ring in part:
        for (x, y), (x_next, y_next) in pairwise(ring):
            crosses = (y > lat) != (y_next > lat)
            if crosses.any():
                at = x + (lat - y) / (y_next - y) * (x_next - x)
                within ^= crosses & (lon < at)
    return within


def km_to_outline(outline: list[Part], lat: Floats, lon: Floats) -> Floats:
    """Return km from places to the area of polygons, 0 inside."""
    least = _km_to_rings(outline, lat, lon)
    width = max(
        float(np.abs(ring[:, 0]).max()) for ring in chain.from_iterable(outline)
    )
    # Only then may the way over the 180th meridian be the shorter one.
    over = np.flatnonzero(np.abs(lon) + width > HALF_ROUND)
    for turn in (-2.0 * HALF_ROUND, 2.0 * HALF_ROUND) if len(over) else ():
        away = _km_to_rings(outline, lat[over], lon[over] + turn)
        least[over] = np.minimum(least[over], away)
    return np.where(inside(outline, lat, lon), 0.0, least)


def _km_to_rings(outline: list[Part], lat: Floats, lon: Floats) -> Floats:
    """Return km from places to the edges of polygons, as the degrees say."""
    scale = np.column_stack([np.cos(np.radians(lat)), np.ones(len(lat))]) * KM_A_DEGREE
    here = np.column_stack([lon, lat])
    least = np.full(len(lat), np.inf)
    for ring in chain.from_iterable(outline):
        for start, end in pairwise(ring):
            a, way = (start - here) * scale, (end - start) * scale
            length = (way**2).sum(axis=1)
            share = -(a * way).sum(axis=1) / np.where(length > 0.0, length, 1.0)
            foot = a + np.clip(share, 0.0, 1.0)[:, None] * way
            least = np.minimum(least, np.hypot(foot[:, 0], foot[:, 1]))
    return least


def km_to_circle(
    centre: tuple[float, float], radius_km: float, lat: Floats, lon: Floats
) -> Floats:
    """Return km from places to a circle around *centre* (lat, lon), 0 inside."""
    points = to_unit_sphere(lat, lon)
    middle = to_unit_sphere(np.array([centre[0]]), np.array([centre[1]]))
    away = chord_to_km(np.linalg.norm(points - middle, axis=1))
    return np.asarray(np.maximum(away - radius_km, 0.0))
