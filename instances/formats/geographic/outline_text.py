"""Outlines as text in pieces: what formats hold that have no place for GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aumaq.instances.errors import Problem, UnreadableError
from aumaq.instances.formats.files import json_of, read_json
from aumaq.instances.formats.geographic.geojson import check_degrees, features
from aumaq.instances.formats.geographic.places import are_polygons
from aumaq.instances.language.texts import say

PIECE = 15_000
"""Characters a piece: what a cell of a workbook holds, even if all are escaped."""


def pieces(outlines: dict[str, Any]) -> list[str]:
    """Return the GeoJSON as ASCII text in pieces that do not start with a formula."""
    text = json.dumps(outlines)
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def joined(
    parts: Iterable[object], place: str, problems: list[Problem]
) -> dict[str, Any] | None:
    """Return outlines from their pieces; None and a problem if it is no GeoJSON."""
    try:
        return checked(json_of("".join(map(str, parts))))
    except UnreadableError as error:
        problems.append(Problem(place, error.text))
        return None


def read_outlines(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """Return outlines from a file; None and a problem if it is no GeoJSON."""
    try:
        return checked(read_json(path))
    except UnreadableError as error:
        problems.append(Problem(path.name, error.text))
        return None


def checked(document: Any) -> dict[str, Any]:
    """Return a collection of features that can be drawn (else UnreadableError).

    A feature may have no geometry; a polygon has rings of points in degrees. The
    properties ``region`` and ``district`` are codes.
    """
    found = features(document)
    check_degrees(document)
    for number, feature in enumerate(found, start=1):
        properties = feature.get("properties") or {}
        codes = [properties.get(name) for name in ("region", "district")]
        if not all(code is None or isinstance(code, str) for code in codes):
            raise UnreadableError(
                say(
                    "region and district of feature {number}: expected text",
                    number=number,
                )
            )
        if not are_polygons(_polygons(feature)):
            raise UnreadableError(
                say(
                    "is no GeoJSON: the coordinates of feature {number} are no"
                    " {kind}; expected rings of [lon, lat] in degrees",
                    number=number,
                    kind=feature["geometry"]["type"],
                )
            )
    return dict(document)


def _polygons(feature: dict[str, Any]) -> Any:
    """Return the coordinates of the polygons of a feature; none of other shapes."""
    geometry = feature.get("geometry") or {}
    if geometry.get("type") == "Polygon":
        return [geometry.get("coordinates")]
    is_several = geometry.get("type") == "MultiPolygon"
    return geometry.get("coordinates") if is_several else []


def drawn(outlines: dict[str, Any] | None) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield properties and rings of each polygon; rings are [[lon, lat], ...]."""
    for feature in (outlines or {}).get("features", []):
        for rings in _polygons(feature):
            yield feature.get("properties") or {}, rings
