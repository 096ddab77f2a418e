"""Outlines of regions and districts, shortened for the maps of the pages."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from kz_history import CITIES, listed

Feature = dict[str, object]


def outlines(source: Path, codes: pd.DataFrame, places: pd.DataFrame) -> Feature:
    """Return outlines of the units that occur, coordinates to 0.001 degree."""
    used = places[["region", "district"]].drop_duplicates()
    regions = _regions(source, codes, set(used["region"]))
    features = [*regions, *_districts(source, codes, used, regions)]
    return {"type": "FeatureCollection", "features": features}


def _regions(source: Path, codes: pd.DataFrame, used: set[str]) -> list[Feature]:
    raw = json.loads((source / "adm1_simplified.geojson").read_text("utf-8"))
    code = codes.set_index("kato")["code"]
    features = []
    for feature in raw["features"]:
        region = code[feature["properties"]["KATO"]]
        if region in used:
            feature["properties"] = {"region": region}
            feature["geometry"]["coordinates"] = _short(
                feature["geometry"]["coordinates"]
            )
            features.append(feature)
    return features


def _districts(
    source: Path, codes: pd.DataFrame, used: pd.DataFrame, regions: list[Feature]
) -> list[Feature]:
    """Return districts; one that is a city which is a region has its outline."""
    raw = json.loads((source / "adm2_simplified.geojson").read_text("utf-8"))
    code = codes.set_index("name_en")["code"]
    shapes: dict[tuple[str, str], list[object]] = {}
    for feature in raw["features"]:
        names, shape = feature["properties"], feature["geometry"]
        unit = (code[names["ADM1_EN"]], listed(names["ADM2_EN"]))
        several = shape["type"] == "MultiPolygon"
        polygons = shape["coordinates"] if several else [shape["coordinates"]]
        shapes[unit] = [*shapes.get(unit, []), *polygons]
    own = {feature["properties"]["region"]: feature["geometry"] for feature in regions}  # type: ignore[index]
    found = []
    for region, district in used.sort_values(["region", "district"]).to_numpy():
        geometry = own[region] if region in CITIES else {
            "type": "MultiPolygon", "coordinates": _short(shapes[region, district])
        }  # fmt: skip
        properties = {"region": region, "district": district}
        found.append(
            {"type": "Feature", "properties": properties, "geometry": geometry}
        )
    return found


def _short(value: object) -> object:
    if isinstance(value, list):
        return [_short(item) for item in value]
    return round(float(value), 3)  # type: ignore[arg-type]
