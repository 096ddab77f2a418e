"""Indicators of the Kazakhstan instances: a set close to the general scheme's.

The scheme's own list of indicators was not obtained. Targets are given only where a
source says a number or a plain duty; the source says what is derived or assumed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

PERIODS = [("2026-30", 2028.5), ("2031-35", 2033.5), ("2036-40", 2038.5)]
"""Periods and their middle, to which targets between years are interpolated."""
OFFICIAL_YEAR = 2023
OFFICIAL = "Bureau of National Statistics (regions_population.csv, 2023)"
NORM_2025 = "Gov. Res. 710 of 02.09.2025, system of regional standards"
COLUMNS = (
    "indicator", "title", "unit", "formula", "expression", "service", "network",
    "minutes", "unpaved_km", "applies_to", "direction", "digits", "source",
)  # fmt: skip
CITIES = {"ALA": "target_population_Almaty", "AST": "target_population_Astana",
          "SHY": "target_population_Shymkent"}  # fmt: skip

SET: list[dict[str, object]] = [
    {"indicator": "population", "title": "Population", "formula": "population",
     "digits": 0},
    {"indicator": "urban_share", "title": "Urban share", "formula": "share_urban"},
    {"indicator": "growth_point_share", "title": "Share of people in growth points",
     "formula": "share_in_growth_points"},
    {"indicator": "school_places", "title": "School places per pupil",
     "unit": "places/pupil", "formula": "capacity_to_demand", "service": "school"},
    {"indicator": "pupils_without_school", "title": "Pupils without a place",
     "unit": "pupils", "formula": "expression", "direction": "lower", "digits": 0,
     "expression": 'sum(unserved.demand, service="school")'},
    {"indicator": "school_30_min", "title": "Rural pupils within 30 minutes of school",
     "formula": "share_within_minutes", "service": "school", "minutes": 30.0,
     "applies_to": "rural"},
    {"indicator": "clinic_settlements", "title": "Settlements with primary care",
     "formula": "share_of_settlements_with_facility", "service": "primary_care"},
    {"indicator": "clinic_30_min", "title": "People within 30 minutes of primary care",
     "formula": "share_within_minutes", "service": "primary_care", "minutes": 30.0},
    {"indicator": "hospital_minutes", "title": "Mean way to hospital",
     "formula": "mean_minutes", "service": "hospital", "direction": "lower",
     "digits": 1},
    {"indicator": "paved_access", "title": "Settlements with paved access",
     "formula": "share_of_settlements_paved", "unpaved_km": 5.0},
    {"indicator": "district_minutes", "title": "Mean way to the district centre",
     "formula": "minutes_to_district_centre", "direction": "lower", "digits": 1},
    {"indicator": "region_minutes", "title": "Mean way to the region centre",
     "formula": "minutes_to_region_centre", "direction": "lower", "digits": 1},
    {"indicator": "travel_km", "title": "Travel to services", "digits": 0,
     "formula": "travel_km_per_person", "direction": "lower"},
    {"indicator": "emissions", "title": "Emissions of facilities and local supply",
     "formula": "emissions_t_per_1000", "direction": "lower", "digits": 1},
    {"indicator": "investment", "title": "Investment in the period",
     "formula": "investment_mln_per_1000", "digits": 1},
    {"indicator": "budget_use", "title": "Use of the budget", "formula": "budget_use",
     "direction": "lower"},
]  # fmt: skip
ON_ROADS: list[dict[str, object]] = [
    {"indicator": "connections", "title": "Centres reached in time",
     "formula": "share_of_connections_met"},
]  # fmt: skip
ON_LAND: list[dict[str, object]] = [
    {"indicator": "co2_per_person", "title": "Greenhouse gases of services and supply",
     "unit": "t/year/person", "formula": "expression", "direction": "lower",
     "digits": 2, "expression": 'sum(impacts.amount, impact="co2")'
     " / sum(population.persons)"},
    {"indicator": "land_taken", "title": "Land taken by facilities", "unit": "ha",
     "formula": "expression", "direction": "lower", "digits": 0,
     "expression": 'sum(impacts.amount, impact="land")'},
    {"indicator": "water_of_yield", "title": "Abstraction of water above its yield",
     "unit": "m3/day", "formula": "expression", "direction": "lower", "digits": 0,
     "expression": 'sum(impact_limits.excess, impact="water")'},
]  # fmt: skip
ON_NETWORKS: list[dict[str, object]] = [
    {"indicator": "central_water", "title": "Settlements with central water",
     "formula": "share_of_settlements_connected", "network": "water"},
    {"indicator": "reliable_power", "title": "Settlements with uninterrupted power",
     "formula": "share_of_settlements_without_shedding", "network": "power"},
    {"indicator": "power_met", "title": "Load of settlements met by the grid",
     "formula": "share_of_load_from_network", "network": "power"},
    {"indicator": "power_two_ways", "title": "Settlements with two ways of power",
     "formula": "share_of_settlements_fed_twice", "network": "power"},
]  # fmt: skip


def indicators(
    source: Path, name: str, tables: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Return ``indicators``, ``indicator_targets``, ``indicator_baselines``."""
    rows = [*SET]
    if "connections" in tables:
        rows += ON_ROADS
    if "network_nodes" in tables:
        rows += ON_NETWORKS
    if "impacts" in tables:
        rows += ON_LAND
    chosen = {row["indicator"] for row in rows}
    regions = sorted(set(tables["settlements"]["region"]))
    targets = [
        *_duties(name, regions),
        *_growth(source, name, regions),
    ]
    columns = ["indicator", "region", "period", "target", "source"]
    kept = [row for row in targets if row[0] in chosen]
    frame = pd.DataFrame(rows).assign(
        source="general scheme of 2013, section IV: its list was not obtained; chosen"
        " by its subjects"
    )
    frame["digits"] = frame["digits"].astype("Int64")
    return {
        "indicators": frame[[c for c in COLUMNS if c in frame]],
        "indicator_targets": pd.DataFrame(kept, columns=columns),
        "indicator_baselines": _official(source, name, regions),
    }


def _duties(name: str, regions: list[str]) -> list[tuple[object, ...]]:
    """Return targets of norms and of the rules that the instance itself plans for."""
    last = PERIODS[-1][0]
    rows: list[tuple[object, ...]] = [
        ("school_30_min", "", "", 1.0,
         "assumption: planning value of standard school:rural; Kazakh text not"
         " obtained"),
        ("connections", "", last, 1.0, "assumption: all rules of table connections"),
        ("reliable_power", "", "", 1.0,
         f"{NORM_2025}: uninterrupted supply in every settlement (text)"),
        ("budget_use", "", "", 1.0, "by definition"),
        ("pupils_without_school", "", last, 0.0, "assumption: every pupil has a place"),
        ("water_of_yield", "", "", 0.0, "by definition"),
    ]  # fmt: skip
    rows += [
        ("clinic_30_min", region, "", 0.95, "assumption: standard primary_care:region")
        for region in ["", *(regions if len(regions) > 1 else [])]
    ]
    if name == "kazakhstan":  # towns and large places only
        rows += [
            ("central_water", "", last, 1.0,
             f"{NORM_2025}: okrug centres and support villages have central supply"
             " (text); year: assumption"),
            ("clinic_settlements", "", last, 1.0,
             f"{NORM_2025}: a medical point from 50 persons (text); year: assumption"),
        ]  # fmt: skip
    return rows


def _growth(source: Path, name: str, regions: list[str]) -> list[tuple[object, ...]]:
    """Return targets for people of cities and the urban share, on a line from 2023."""
    known = pd.read_csv(source / "indicators.csv").set_index("indicator")["value"]
    known = pd.to_numeric(known, errors="coerce")
    text = (
        "derived: on a line from 2023 to {} in 2050 (press: slides of the Ministry of"
    )
    text += " Regional Development 2014, citing the decree of 2011)"
    rows: list[tuple[object, ...]] = []
    people, urban = _people(source), _people(source, "urban")
    if name != "west-kazakhstan":
        for code in (code for code in CITIES if code in regions):
            goal = float(known[CITIES[code]])
            for period, value in _line(people[code], goal * 1e6):
                rows.append(("population", code, period, round(value),
                             text.format(f"{goal:g} mln")))  # fmt: skip
    if name == "kazakhstan-full":  # the others leave villages out, or are one region
        goal = float(known["target_urban_share"])
        for period, value in _line(urban["KZ"] / people["KZ"], goal / 100.0):
            said = text.format(f"{goal:g} %")
            rows.append(("urban_share", "", period, round(value, 4), said))
    return rows


def _line(start: float, goal: float) -> list[tuple[str, float]]:
    years = [OFFICIAL_YEAR, 2050]
    return [(name, float(np.interp(year, years, [start, goal])))
            for name, year in PERIODS]  # fmt: skip


def _people(source: Path, column: str = "total") -> pd.Series[float]:
    """Return official people by region (KZ: all) in the official year."""
    rows = pd.read_csv(source / "regions_population.csv")
    return rows[rows["year"] == OFFICIAL_YEAR].set_index("code")[column]


def _official(source: Path, name: str, regions: list[str]) -> pd.DataFrame:
    """Return official figures where the instance holds all places of a region."""
    people, urban = _people(source), _people(source, "urban")
    whole = {code: code for code in regions}
    if name == "kazakhstan":
        whole = {code: code for code in regions if code in CITIES}
    elif name == "kazakhstan-full":
        whole[""] = "KZ"
    else:
        whole[""] = regions[0]
    rows = []
    for region in sorted(whole):
        code = whole[region]
        share = round(float(urban[code] / people[code]), 4)
        rows.append(("population", region, OFFICIAL_YEAR, int(people[code]), OFFICIAL))
        rows.append(("urban_share", region, OFFICIAL_YEAR, share, OFFICIAL))
    columns = ["indicator", "region", "year", "value", "source"]
    return pd.DataFrame(rows, columns=columns)
