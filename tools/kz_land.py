"""Land and environment of Kazakhstan: protected areas, impacts, and rules as variants.

The areas are official (Government resolution 593), each drawn as a circle of its area
around an approximate point. Rates and yields are assumptions, flagged row by row. Facts
stand in the tables; rules come in by variants, so that the base stays what it is.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

OWN = "assumption"
PERIODS = ("2026-30", "2031-35", "2036-40")
STRICT = "strict regime"
REGULATED = "regulated regime (sanctuary, reserved zone): taken for recreational land"
BUFFER_KM = 2.0
BUFFER_SOURCE = (
    "law on specially protected areas of 2006: a guard zone of 2 km at least (general"
    " knowledge, text not obtained)"
)
FUEL_PLANTS = ("coal_plant", "gas_plant")
CARBON_MLN = (0.0025, 0.005, 0.01)
"""Price of a tonne, mln KZT, by period (assumption: about 5, 10 and 20 USD)."""
YIELD = 1.1
"""Sustainable yield of a region: so much of what its water works hold (assumption)."""
YIELD_MLN = 0.05
"""Price of a m3/day above it, mln a year (assumption: water from afar)."""
LAND_MLN = 20.0
"""Price of a hectare above what there is room for, mln a year (assumption)."""
TOWN_KM, LEAST_KM = 3.0, 0.5
"""A strict area ends so far from a settlement, and has so much of a circle anyway."""
EARTH_KM = 6371.0088
WORKS = (
    "zone_work=strict-roads; kind=protected; of=roads",
    "zone_work=strict-links; kind=protected; of=links",
    "zone_work=strict-local; kind=protected; of=local_supply",
    "zone_work=regulated-lines; kind=recreational; of=links; network=power;"
    " is_only_new=true",
    "zone_work=regulated-diesel; kind=recreational; of=local_supply; network=power;"
    " option=diesel",
)
"""Works of networks and roads that land forbids: a strict regime lets nothing grow."""
WORKS_SOURCE = (
    "assumption: the law on specially protected areas of 2006 forbids building under a"
    " strict regime (general knowledge, text not obtained); circles, not borders"
)
ROOM = 1.05
"""Facilities may take so much of the land that they take in recreational zones."""

VARIANTS = [
    {"variant": "protected", "axis": "land", "overrides": "protected-land",
     "title": "nothing is built on protected land"},
    {"variant": "carbon", "axis": "environment", "overrides": "carbon-price",
     "title": "a price on carbon, water within its yield"},
]  # fmt: skip


def tables(source: Path, known: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return zones, impacts, their rates and yields, and the overrides of variants."""
    zones = _zones(source, known["settlements"])
    rules = [*_land_rules(zones, known), *_carbon_rules()]
    rows = [
        {"override": name, "table": table, "where": where, "column": column,
         "action": action, "value": value, "source": told}
        for name, table, action, where, column, value, told in rules
    ]  # fmt: skip
    return {
        "zones": zones,
        "impacts": pd.DataFrame(IMPACTS).assign(
            source="levels.csv, local_supplies.csv"
        ),
        "impact_rates": pd.DataFrame(RATES),
        "impact_limits": _yields(known),
        "overrides": pd.DataFrame(rows),
    }


IMPACTS = [
    {"impact": "co2", "title": "Emissions of greenhouse gases", "unit": "t/year",
     "includes": "emissions"},
    {"impact": "land", "title": "Land taken by facilities", "unit": "ha",
     "includes": "footprint"},
    {"impact": "water", "title": "Abstraction of water", "unit": "m3/day",
     "includes": ""},
]  # fmt: skip
RATES = [
    {"impact": "co2", "of": "travel", "service": "", "network": "", "option": "",
     "rate": 0.0001, "source": "assumption: 100 g a km of a person, car and coach"},
    {"impact": "water", "of": "supply", "service": "water_works", "network": "",
     "option": "", "rate": 1.0, "source": "by definition"},
    {"impact": "water", "of": "local_supply", "service": "", "network": "water",
     "option": "well", "rate": 1.0, "source": "by definition"},
    {"impact": "land", "of": "local_capacity", "service": "", "network": "power",
     "option": "solar", "rate": 0.002,
     "source": "assumption: 2 ha a MW of panels with storage"},
]  # fmt: skip


def _zones(source: Path, places: pd.DataFrame) -> pd.DataFrame:
    """Return the areas as circles; strict ones end short of the next settlement.

    Their true borders leave towns out, which a circle around an approximate point
    does not: nobody could build anything in Almaty.
    """
    areas = pd.read_csv(source / "protected_areas.csv")
    strict = areas["strict"] == 1
    town = _nearest_km(areas, places) - TOWN_KM
    radius_km = areas["equiv_radius_km"].where(
        ~strict, np.minimum(areas["equiv_radius_km"], np.maximum(town, LEAST_KM))
    )
    told = np.where(strict, STRICT, REGULATED)
    return pd.DataFrame(
        {
            "zone": [f"pa{k:02d}" for k in range(1, len(areas) + 1)],
            "title": areas["name"],
            "kind": np.where(strict, "protected", "recreational"),
            "lat": areas["lat"],
            "lon": areas["lon"],
            "radius_km": radius_km.round(1),
            "source": areas["source"] + "; " + areas["category"]
            + "; point approximate; " + told,
        }
    )  # fmt: skip


def _nearest_km(areas: pd.DataFrame, places: pd.DataFrame) -> np.ndarray:
    """Return how far the next settlement is from each point."""
    lat, lon = (np.radians(areas[d].to_numpy())[:, None] for d in ("lat", "lon"))
    to_lat, to_lon = (np.radians(places[d].to_numpy()) for d in ("lat", "lon"))
    half = np.sin((to_lat - lat) / 2) ** 2
    half += np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(half)).min(axis=1)


def _land_rules(
    zones: pd.DataFrame, known: dict[str, pd.DataFrame]
) -> list[tuple[str, ...]]:
    """Return rows of overrides: what land permits, buffers, works, hectares."""
    name, add = "protected-land", "add"
    rules: list[tuple[str, ...]] = [
        (name, "zone_permits", add, "kind=protected; is_permitted=false", "", "", OWN)
    ]
    for service in FUEL_PLANTS:
        where = f"kind=recreational; is_permitted=false; service={service}"
        rules.append((name, "zone_permits", add, where, "", "", OWN))
        rules.append((name, "buffers", add, f"buffer=guard-{service}; kind=protected;"
                      f" distance_km={BUFFER_KM:g}; service={service}", "", "",
                      BUFFER_SOURCE))  # fmt: skip
    rules += [(name, "zone_works", add, where, "", "", WORKS_SOURCE) for where in WORKS]
    most = round(ROOM * _hectares(zones, known, "recreational"), 1)
    told = f"assumption: {ROOM - 1:.0%} more than what stands there today takes"
    for period in PERIODS:
        where = (f"limit=recreational-land; impact=land; period={period};"
                 f" kind=recreational; most={most:g};"
                 f" excess_mln_per_unit_year={LAND_MLN:g}")  # fmt: skip
        rules.append((name, "impact_limits", add, where, "", "", told))
    return rules


def _carbon_rules() -> list[tuple[str, ...]]:
    name = "carbon-price"
    rules = [
        (name, "impact_limits", "add", f"limit=carbon; impact=co2; period={period};"
         f" most=0; excess_mln_per_unit_year={price:g}", "", "",
         "assumption: about 5, 10 and 20 USD a tonne")
        for period, price in zip(PERIODS, CARBON_MLN, strict=True)
    ]  # fmt: skip
    return [
        *rules,
        (name, "impact_limits", "set", "impact=water", "excess_mln_per_unit_year",
         f"{YIELD_MLN:g}", "assumption: water from afar"),
    ]  # fmt: skip


def _hectares(zones: pd.DataFrame, known: dict[str, pd.DataFrame], kind: str) -> float:
    """Return the hectares that today's facilities take in zones of a kind."""
    places = known["settlements"].set_index("settlement")[["lat", "lon"]]
    sites = known["sites"].set_index(["service", "site"])
    own = sites.join(places, on="settlement", rsuffix="_home")
    lat = own["lat"].fillna(own["lat_home"]).to_numpy(dtype=float)
    lon = own["lon"].fillna(own["lon_home"]).to_numpy(dtype=float)
    inside = np.zeros(len(own), dtype=bool)
    for zone in zones[zones["kind"] == kind].itertuples():
        a, b = np.radians(zone.lat), np.radians(lat)
        turn = np.radians(lon - zone.lon) / 2.0
        half = np.sin((b - a) / 2.0) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn) ** 2
        inside |= 2.0 * 6371.0088 * np.arcsin(np.sqrt(half)) <= zone.radius_km
    here = own.index[inside]
    stock = known["facilities"].set_index(["service", "site"])
    stock = stock[stock.index.isin(here)].reset_index()
    size = known["levels"].set_index(["service", "level"])["footprint_ha"]
    rate = size.reindex(
        pd.MultiIndex.from_frame(stock[["service", "level"]])
    ).to_numpy()
    return float((stock["units"].to_numpy() * rate).sum())


def _yields(known: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what may be abstracted in each region: without a price it is told only."""
    region = known["settlements"].set_index("settlement")["region"]
    sites, stock = known["sites"], known["facilities"]
    works = stock[stock["service"] == "water_works"].merge(
        sites, on=["service", "site"]
    )
    size = known["levels"].set_index(["service", "level"])["capacity"]
    keys = pd.MultiIndex.from_frame(works[["service", "level"]])
    held = size.reindex(keys).to_numpy() * works["units"].to_numpy()
    by = pd.Series(held).groupby(works["settlement"].map(region).to_numpy()).sum()
    return pd.DataFrame(
        [
            {"limit": f"water-{code.lower()}", "period": period, "impact": "water",
             "title": "Sustainable yield of water", "region": code,
             "most": float(round(YIELD * amount, -2)), "is_hard": False,
             "excess_mln_per_unit_year": 0.0,
             "source": f"assumption: {YIELD:g} times what today's works hold"}
            for code, amount in by.items()
            for period in PERIODS
        ]
    )  # fmt: skip
