"""Records of geographic files with their shapes, of which only points say anything."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from aumaq.instances.errors import Problem
from aumaq.instances.formats.geographic.reference_systems import (
    ReferenceSystem,
    to_wgs84,
)
from aumaq.instances.formats.raw import Raw
from aumaq.instances.language.texts import say

KINDS = ("Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString",
         "MultiPolygon", "GeometryCollection")  # fmt: skip
"""Kinds of shapes by their number in WKB."""
LARGEST_DEGREES = 360.0
SHORTEST_RING = 4
"""Points of a ring, the first again as the last (RFC 7946, 3.1.6)."""


class Shape(NamedTuple):
    """A shape: its kind (``""``: none, or an empty one), and where a point is.

    ``polygons`` are rings of [x, y] for each polygon, of files that tell them.
    """

    kind: str = ""
    x: float = math.nan
    y: float = math.nan
    polygons: Any = None


NO_SHAPE = Shape()
BROKEN = Shape("?")
"""What is no geometry at all."""


def are_polygons(polygons: Any, most: float = LARGEST_DEGREES) -> bool:
    """Return whether lists are polygons: rings of points, no number above *most*."""
    return isinstance(polygons, list) and all(
        isinstance(rings, list) and all(_is_ring(ring, most) for ring in rings)
        for rings in polygons
    )


def _is_ring(ring: Any, most: float) -> bool:
    return (
        isinstance(ring, list)
        and len(ring) >= SHORTEST_RING
        and all(
            isinstance(place, list)
            and len(place) > 1
            and all(type(number) in (int, float) for number in place)
            and all(abs(number) <= most for number in place[:2])
            for place in ring
        )
    )


@dataclass(frozen=True)
class Layer:
    """Records: their numbers as the user counts them, cells, and shapes if any.

    ``system`` returns the reference system, None where the file names none; it is
    asked for where points count, and may raise UnreadableError.
    """

    numbers: list[int]
    cells: pd.DataFrame
    shapes: list[Shape] | None = None
    system: Callable[[], ReferenceSystem | None] = lambda: None


def point(coordinates: Any) -> Shape:
    """Return a point from a list of numbers, as in GeoJSON; none if it is empty."""
    if not isinstance(coordinates, list):
        return BROKEN
    if not coordinates:
        return NO_SHAPE
    numbers = coordinates[:2]
    if len(numbers) < 2 or not all(type(n) in (int, float) for n in coordinates):
        return BROKEN
    try:
        return Shape("Point", float(numbers[0]), float(numbers[1]))
    except OverflowError:
        return Shape("Point", math.inf, math.inf)


def shape_of_wkb(wkb: bytes | None) -> Shape:
    """Return a shape from Well-Known Binary (OGC 06-103r4, 8.2), old or with Z, M.

    A set of one point is that point.
    """
    if wkb is None:
        return NO_SHAPE
    try:
        order = "<" if wkb[0] else ">"
        (code,) = struct.unpack_from(f"{order}I", wkb, 1)
        kind = KINDS[(code & 0xFFFF) % 1000]
        if kind == "Point":
            x, y = struct.unpack_from(f"{order}dd", wkb, 5)
            return NO_SHAPE if math.isnan(x) and math.isnan(y) else Shape(kind, x, y)
        (count,) = struct.unpack_from(f"{order}I", wkb, 5)
    except (struct.error, IndexError):
        return BROKEN
    if count == 0:
        return NO_SHAPE
    if kind == "MultiPoint" and count == 1:
        return shape_of_wkb(wkb[9:])
    return Shape(kind)


def longitudes_and_latitudes(
    layer: Layer, place: str, table: str, raw: Raw
) -> tuple[Any, Any] | None:
    """Return the points in degrees, NaN where there is none.

    None, and problems, if the reference system is not known or there are other shapes.
    """
    shapes = layer.shapes or []
    crs = layer.system()
    if crs is None:
        message = say("has no coordinate reference system; give it one")
        raw.refuse(table, Problem(place, message))
        return None
    bad = [k for k, shape in enumerate(shapes) if shape.kind not in ("", "Point")]
    for k in bad:
        kind = shapes[k].kind
        message = say("expected a point")
        value = "" if shapes[k] is BROKEN else kind
        raw.refuse(table, Problem(place, message, layer.numbers[k], "geometry", value))
    if bad:
        return None
    x = np.array([shape.x for shape in shapes], dtype=float)
    y = np.array([shape.y for shape in shapes], dtype=float)
    return to_wgs84(x, y, crs)


def outlines(layer: Layer) -> list[str] | None:
    """Return polygons as ``MULTIPOLYGON`` of degrees, empty where there is none.

    None if the reference system is not known.
    """
    crs = layer.system()
    return None if crs is None else [_text(s, crs) for s in layer.shapes or []]


def _text(shape: Shape, crs: ReferenceSystem) -> str:
    polygons = (
        f"({', '.join(_ring(ring, crs) for ring in rings)})"
        for rings in shape.polygons or ()
    )
    text = ", ".join(polygons)
    return f"MULTIPOLYGON ({text})" if text else ""


def _ring(ring: Any, crs: ReferenceSystem) -> str:
    x, y = np.array([place[:2] for place in ring], dtype=float).T
    lon, lat = to_wgs84(x, y, crs)
    points = zip(lon.tolist(), lat.tolist(), strict=True)
    return f"({', '.join(f'{a:.8g} {b:.8g}' for a, b in points)})"
