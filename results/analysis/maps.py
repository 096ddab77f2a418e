"""Maps of an analysis: outlines of regions where there are any, points of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aumaq.results.exports.json_file import strict

if TYPE_CHECKING:
    from aumaq.instances import Instance
    from aumaq.results.analysis.analysing import Analysis

Geometry = dict[str, Any]


def outlines(instance: Instance) -> dict[str, Geometry]:
    """Return the outline of each region that has one, a polygon or several."""
    found = {}
    for feature in (instance.outlines or {}).get("features", []):
        region = (feature.get("properties") or {}).get("region")
        geometry = feature.get("geometry") or {}
        if region and geometry.get("type") in ("Polygon", "MultiPolygon"):
            found[str(region)] = geometry
    return found


def features(analysis: Analysis, name: str) -> dict[str, Any]:
    """Return a table of units as GeoJSON (RFC 7946), its columns as properties."""
    shapes = outlines(analysis.instance) if name == "regions" else {}
    found = []
    for row in analysis.tables[name].to_dict("records"):
        point = {"type": "Point", "coordinates": [row.pop("lon"), row.pop("lat")]}
        point["coordinates"] = [round(x, 6) for x in point["coordinates"]]
        geometry = shapes.get(str(row["region"]), point)
        found.append(
            {"type": "Feature", "geometry": geometry, "properties": strict(row)}
        )
    return {"type": "FeatureCollection", "features": found}
