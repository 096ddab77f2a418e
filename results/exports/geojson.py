"""A plan as GeoJSON points: facilities by period, and settlements."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.formats.drafts import draft_file
from aumaq.results.plan.figures import unserved_share
from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def write_geojson(plan: Plan, path: Path) -> None:
    """Write a FeatureCollection; WGS 84, longitude first (RFC 7946)."""
    features = [*_facilities(plan), *_settlements(plan)]
    content = {"type": "FeatureCollection", "features": features}
    with draft_file(path) as draft:
        text = json.dumps(strict(content), ensure_ascii=False, allow_nan=False)
        draft.write_text(text, encoding="utf-8")


def _point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _facilities(plan: Plan) -> list[dict[str, Any]]:
    found = []
    for service in plan.instance.service_names:
        sites = plan.instance.service_sites(service)
        rows = plan.facilities
        rows = rows[rows["service"] == service]
        at = sites.iloc[pd.Index(sites["site"]).get_indexer(rows["site"])]
        places = zip(at["lon"].tolist(), at["lat"].tolist(), strict=True)
        for (lon, lat), row in zip(places, rows.to_dict("records"), strict=True):
            found.append(_point(lon, lat, {"kind": "facility", **row}))
    return found


def _settlements(plan: Plan) -> list[dict[str, Any]]:
    lost = unserved_share(plan)
    return [
        _point(
            row["lon"],
            row["lat"],
            {
                "kind": "settlement",
                "settlement": row["settlement"],
                "name": row["name"],
                "region": row["region"],
                "population": row["population"],
                "unserved_share": float(lost[row["settlement"]]),
                "is_synthetic": row["is_synthetic"],
            },
        )
        for row in plan.instance.table("settlements").to_dict("records")
    ]
