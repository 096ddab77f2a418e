"""Features of a GeoJSON file (RFC 7946): properties and points.

Read as JSON, by no driver of a geographic library: what is no collection of features
is told. The member ``id`` of a feature is no property.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import check_count, read_json
from aumaq.instances.formats.geographic.places import (
    BROKEN,
    KINDS,
    NO_SHAPE,
    Layer,
    Shape,
    are_polygons,
    point,
)
from aumaq.instances.formats.geographic.reference_systems import (
    DEGREES,
    ReferenceSystem,
    named,
)
from aumaq.instances.language.texts import say


def read_geojson(path: Path) -> Layer:
    """Return the features (UnreadableError if the file is no collection of them)."""
    document = read_json(path)
    found = features(document)
    rows = [feature.get("properties") or {} for feature in found]
    columns = dict.fromkeys(name for row in rows for name in row)
    check_count(len(rows), len(columns))
    cells = {name: [row.get(name) for row in rows] for name in columns}
    frame = pd.DataFrame(cells, dtype=object, index=range(len(rows)))
    shapes = [_shape(feature.get("geometry")) for feature in found]
    numbers = list(range(1, len(rows) + 1))
    return Layer(numbers, frame.infer_objects(), shapes, lambda: _system(document))


def features(document: Any) -> list[dict[str, Any]]:
    """Return the features of a collection (UnreadableError if it is none)."""
    if not isinstance(document, dict):
        raise UnreadableError(
            say("is no GeoJSON: expected an object of type FeatureCollection")
        )
    found = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(found, list):
        raise UnreadableError(
            say("is no GeoJSON: expected an object of type FeatureCollection")
        )
    for number, feature in enumerate(found, start=1):
        if (
            not isinstance(feature, dict)
            or feature.get("type") != "Feature"
            or not isinstance(feature.get("properties") or {}, dict)
            or not isinstance(feature.get("geometry") or {}, dict)
        ):
            raise UnreadableError(
                say("is no GeoJSON: feature {number} is no feature", number=number)
            )
    return found


def _shape(geometry: Any) -> Shape:
    if not geometry:
        return NO_SHAPE
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        return point(coordinates)
    if kind not in KINDS:
        return BROKEN
    if coordinates == []:
        return NO_SHAPE
    if kind in ("Polygon", "MultiPolygon"):
        polygons = [coordinates] if kind == "Polygon" else coordinates
        is_whole = are_polygons(polygons, math.inf)
        return Shape(kind, polygons=polygons) if is_whole else BROKEN
    if kind == "MultiPoint" and isinstance(coordinates, list) and len(coordinates) == 1:
        return point(coordinates[0])
    return Shape(kind)


def _system(document: dict[str, Any]) -> ReferenceSystem | None:
    """Return the reference system: degrees, unless an older file names another."""
    if "crs" not in document:
        return DEGREES
    crs = document["crs"]
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return named(name) if isinstance(name, str) else None
