"""Outlines of the regions, shortened for the map of the report."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd


def outlines(source: Path, codes: pd.DataFrame, used: set[str]) -> dict[str, object]:
    """Return outlines of the regions that occur, coordinates to 0.001 degree."""
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
    return {"type": "FeatureCollection", "features": features}


def _short(value: object) -> object:
    if isinstance(value, list):
        return [_short(item) for item in value]
    return round(float(value), 3)  # type: ignore[arg-type]
