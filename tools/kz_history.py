"""What describes Kazakhstan today: past population, areas, seats."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

EARTH_KM = 6371.0088
SEATS = {
    "ABA": "K101010000", "AKM": "K111010000", "AKT": "K151010000",
    "ALM": "K191010000", "ATY": "K231010000", "ZKO": "K271010000",
    "ZHA": "K311010000", "ZHE": "K331010000", "KAR": "K351010000",
    "KUS": "K391010000", "KZY": "K431010000", "MAN": "K471010000",
    "PAV": "K551010000", "SKO": "K591010000", "TUR": "K611010000",
    "ULY": "K621010000", "VKO": "K631010000", "ALA": "K750000000",
    "SHY": "K790000000",
}  # fmt: skip
"""Seat of each region, by its code in the official classifier."""
CAPITAL = "K710000000"
CITIES = ("AST", "ALA", "SHY")
"""Cities that are regions: what the sources call their districts are quarters."""
OLDER = {"Zharasemey": "Semey"}
"""Districts split off after the list of settlements was made, and what they were."""


def seats(places: pd.DataFrame) -> pd.Series:
    """Return of what each settlement is the seat.

    Seats of regions by law; of a district its largest place (by rule).
    """
    by_district = places.groupby(["region", "district"])["population"]
    seat = pd.Series("", index=places.index)
    seat[by_district.idxmax()] = "district"
    seat[places["settlement"].isin(SEATS.values())] = "region"
    seat[places["settlement"] == CAPITAL] = "nation"
    return seat


def history(source: Path, codes: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    """Return population of the regions since 2000, and when their borders changed.

    Parts of regions became regions of their own: both start anew in the first year for
    which the statistics give the new one.
    """
    rows = pd.read_csv(source / "regions_population.csv")
    first = rows.groupby("code")["year"].min()
    split = codes.dropna(subset=["parent_before_split"])
    years = first[split["code"]].to_numpy()
    broken = {*zip(split["code"], years, strict=True)}
    broken |= {*zip(split["parent_before_split"], years, strict=True)}
    rows = rows[rows["code"].isin(used)].reset_index(drop=True)
    pairs = zip(rows["code"], rows["year"], strict=True)
    return pd.DataFrame(
        {
            "region": rows["code"],
            "year": rows["year"],
            "persons": rows["total"],
            "persons_urban": rows["urban"],
            "is_break": [pair in broken for pair in pairs],
            "source": "Bureau of National Statistics",
        }
    )


def listed(district: str) -> str:
    """Return the district under which the list of settlements knows an outline."""
    return OLDER.get(district, district)


def districts(source: Path, codes: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return the area of each district: of its outline, on the sphere.

    The sinusoidal projection keeps areas.
    """
    from shapely import transform
    from shapely.geometry import shape

    def flat(points: np.ndarray) -> np.ndarray:
        lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
        return EARTH_KM * np.column_stack([lon * np.cos(lat), lat])

    code = codes.set_index("name_en")["code"]
    raw = json.loads((source / "adm2_simplified.geojson").read_text("utf-8"))
    found = pd.DataFrame(
        {
            "region": [code[f["properties"]["ADM1_EN"]] for f in raw["features"]],
            "district": [listed(f["properties"]["ADM2_EN"]) for f in raw["features"]],
            "area_km2": [
                transform(shape(f["geometry"]), flat).area for f in raw["features"]
            ],
        }
    )
    area = found.groupby(["region", "district"])["area_km2"].sum()
    rows = places[["region", "district"]].drop_duplicates()
    rows = rows.sort_values(["region", "district"], ignore_index=True)
    own = area.reindex(pd.MultiIndex.from_frame(rows)).to_numpy()
    official = rows["region"].map(codes.set_index("code")["area_km2"]).to_numpy()
    is_city = rows["region"].isin(CITIES).to_numpy()
    assert not rows[is_city].duplicated("region").any()
    return rows.assign(
        area_km2=np.where(is_city, official, own).round(0),
        source=np.where(is_city, "official area of the city", "outline of geokz"),
    )
