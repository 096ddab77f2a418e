"""Features of a GeoJSON file (RFC 7946): properties and points.

Read as JSON, by no driver of a geographic library: what is no collection of features
is told. The member ``id`` of a feature is no property.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import (
    MAX_FILE_BYTES,
    bytes_of,
    check_count,
    parsing,
    read_json,
)
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
from aumaq.instances.formats.targets import shown
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
    return Layer(numbers, frame.infer_objects(), shapes, lambda: system_of(document))


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


def system_of(document: dict[str, Any]) -> ReferenceSystem | None:
    """Return the reference system: degrees, unless an older file names another.

    None if what it names is not understood.
    """
    if "crs" not in document:
        return DEGREES
    name = _name_of(document["crs"])
    return named(name) if isinstance(name, str) else None


def _name_of(crs: Any) -> Any:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return properties.get("name") if isinstance(properties, dict) else crs


def check_degrees(document: dict[str, Any]) -> None:
    """Raise UnreadableError if a collection names another system than degrees."""
    if system_of(document) != DEGREES:
        raise UnreadableError(
            say(
                "is in another coordinate reference system, {system}; expected degrees"
                " of WGS 84 (EPSG:4326)",
                system=_told(document),
            )
        )


def system_named(path: Path) -> ReferenceSystem | None:
    """Return the system that a GeoJSON file names, None if it names none.

    Geographic libraries take one that they do not know for degrees: it is an
    UnreadableError here.
    """
    content = bytes_of(path, MAX_FILE_BYTES)
    if b'"crs"' not in content:
        return None
    with parsing(say("is not valid JSON")):
        document = json.loads(content)
    if not isinstance(document, dict) or "crs" not in document:
        return None
    found = system_of(document)
    if found is None:
        raise UnreadableError(
            say(
                "names a coordinate reference system that is not understood, {system};"
                " name it with --crs EPSG:32642, say",
                system=_told(document),
            )
        )
    return found


def _told(document: dict[str, Any]) -> str:
    """Return what a collection says of its system, as it is shown."""
    crs = document["crs"]
    return shown(json.dumps(_name_of(crs) or crs, ensure_ascii=False))
