"""Maps of an analysis: outlines of units where there are any, points of the rest."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.results.analysis.analysis import Analysis

Geometry = dict[str, Any]
Unit = tuple[str, str]
"""A region and a district of it (empty: the region itself)."""


def outlines(instance: Instance) -> dict[Unit, Geometry]:
    """Return the outline of each region and district that has one.

    They are the features of the instance's outlines with the properties ``region`` and,
    if it is of a district, ``district``; polygons or several.
    """
    found = {}
    for feature in (instance.outlines or {}).get("features", []):
        properties, geometry = feature.get("properties") or {}, feature.get("geometry")
        if geometry and geometry.get("type") in ("Polygon", "MultiPolygon"):
            unit = (properties.get("region"), properties.get("district") or "")
            found[str(unit[0] or ""), str(unit[1])] = geometry
    return found


def unit_of(row: dict[Hashable, Any]) -> Unit:
    """Return the unit that a row of ``regions`` or ``districts`` is about."""
    return str(row["region"]), str(row.get("district", ""))


def features(analysis: Analysis, name: str) -> dict[str, Any]:
    """Return a table of units as GeoJSON (RFC 7946), its columns as properties."""
    shapes = {} if name == "settlements" else outlines(analysis.instance)
    found = []
    for row in analysis.tables[name].to_dict("records"):
        where = [round(row.pop("lon"), 6), round(row.pop("lat"), 6)]
        point = {"type": "Point", "coordinates": where}
        # Settlements without a district are no area of their own.
        is_unit = row.get("district", "-") != ""
        geometry = shapes.get(unit_of(row), point) if is_unit else point
        found.append(
            {"type": "Feature", "geometry": geometry, "properties": strict(row)}
        )
    return {"type": "FeatureCollection", "features": found}
