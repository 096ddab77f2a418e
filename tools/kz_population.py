"""Ages, rates, totals, trends and levers of the Kazakhstan instances.

Totals of regions are those of the source tables. No census by age or settlement is
among them: ages, fertility and survival are national, rounded, and assumptions.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq

START = 2023
STEP = 5
ASSUMED = "assumption, general knowledge: "
AGES = (2060, 1990, 1800, 1420, 1160, 1260, 1570, 1540, 1310, 1170, 1060, 1010, 930,
        720, 480, 210, 230)  # fmt: skip
"""Persons by age group of five years in 2023, thousand; the last one is 80+."""
MALE = (0.515,) * 4 + (0.505,) * 3 + (0.49,) * 3 + (0.465, 0.45, 0.43, 0.40, 0.36, 0.33,
                                                   0.27)  # fmt: skip
"""Share of males in each."""
BIRTHS = {15: 0.022, 20: 0.145, 25: 0.180, 30: 0.135, 35: 0.080, 40: 0.022, 45: 0.001}
"""Births a year per woman: 2.9 children."""
LATER = {2028: 0.94, 2033: 0.89, 2038: 0.86}
"""Fertility relative to today from a year on: 2.5 children from 2038."""
LIFE = {"female": (79.4, 0.095), "male": (70.9, 0.078)}
"""Life expectancy at birth in 2023, and the slope of mortality with age (Gompertz)."""
INFANT = 0.008
TREND_YEARS = (2011, 2017)
"""No border of a region changed in between."""
MOST_TREND = 0.015
NEAR_KM = 40.0
"""What is nearer to the core counts as its agglomeration; the lists of members were not
obtained."""
CORES = {"Almaty": "ALA", "Astana": "AST", "Shymkent": "SHY", "Aktobe": "AKT",
         "Aktau": "MAN"}  # fmt: skip


def tables(source: Path, places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return all tables from which the two projections are computed."""
    projections = [
        {"projection": "inertial", "title": "Trends continue"},
        {"projection": "managed", "title": "Growth is steered",
         "empty_below_persons": 0.0},
        {"projection": "cohorts", "title": "Cohorts alone, without official totals",
         "uses_totals": False},
    ]  # fmt: skip
    settings = {
        "start_year": START,
        "step_years": STEP,
        "migration": "gravity",
        "gravity_share_per_year": 0.01,
        "trend_half_life_years": 20.0,
        "source": ASSUMED + "1 % move between regions in a year",
    }
    return {
        "projections": pd.DataFrame([{**p, **settings} for p in projections]),
        "cohorts": cohorts(),
        "fertility": fertility(),
        "survival": survival(),
        "population_totals": totals(source, places),
        "settlement_trends": trends(source, places),
        "levers": levers(),
    }


def cohorts() -> pd.DataFrame:
    """Return the national age structure; regions take its proportions."""
    rows = [
        (sex, STEP * k, round(1000 * people * share))
        for k, people in enumerate(AGES)
        for sex, share in (("female", 1 - MALE[k]), ("male", MALE[k]))
    ]
    frame = pd.DataFrame(rows, columns=["sex", "from_age", "persons"])
    frame.insert(0, "region", "")
    return frame.assign(source=ASSUMED + "national age structure of 2023, rounded")


def fertility() -> pd.DataFrame:
    """Return births by age, falling slowly."""
    rows = [
        (year, age, round(rate * factor, 5))
        for year, factor in {0: 1.0, **LATER}.items()
        for age, rate in BIRTHS.items()
    ]
    columns = ["first_year", "from_age", "births_per_woman_year"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(source=ASSUMED + "2.9 children per woman, 2.5 from 2038")


def survival() -> pd.DataFrame:
    """Return shares alive five years later, by Gompertz's law from life expectancy."""
    rows = []
    for sex, (expectancy, slope) in LIFE.items():
        alive = _alive(expectancy, slope)
        # People of an age group, and births, are spread evenly over five years.
        lived = [float(alive[5 * k : 5 * k + 5].sum()) for k in range(23)]
        rows.append((sex, -1, lived[0] / 5.0))
        last = len(AGES) - 1
        rows += [(sex, 5 * k, lived[k + 1] / lived[k]) for k in range(last - 1)]
        rows.append((sex, 5 * (last - 1), lived[last] / lived[last - 1]))
        rows.append((sex, 5 * last, sum(lived[last + 1 :]) / sum(lived[last:])))
    frame = pd.DataFrame(rows, columns=["sex", "from_age", "share"]).round(5)
    years = ", ".join(f"{sex} {e}" for sex, (e, _) in LIFE.items())
    return frame.assign(source=ASSUMED + f"Gompertz, life expectancy {years}")


def _alive(expectancy: float, slope: float) -> np.ndarray:
    """Return the share of births alive in the middle of each year of age."""
    age = np.arange(115) + 0.5

    def lived(log_level: float) -> np.ndarray:
        level = np.exp(log_level)
        return (1 - INFANT) * np.exp(-level / slope * (np.exp(slope * age) - 1))

    level = brentq(lambda x: lived(x).sum() - expectancy, -16.0, -2.0)
    return lived(level)


def totals(source: Path, places: pd.DataFrame) -> pd.DataFrame:
    """Return official totals by region: 2023, then those of each scenario."""
    past = pd.read_csv(source / "regions_population.csv")
    past = past[(past["year"] == START) & (past["code"] != "KZ")]
    future = pd.read_csv(source / "projections.csv")
    future = future[(future["code"] != "KZ") & (future["year"] > START)]
    rows = []
    for name in ("inertial", "managed"):
        mine = future[future["scenario"] == name]
        for code in dict.fromkeys(places["region"]):
            start = past.loc[past["code"] == code, "total"].iloc[0]
            rows.append((name, code, START, int(start), "regions_population.csv"))
            part = mine[mine["code"] == code].sort_values("year")
            rows += [
                (name, code, int(year), int(people), "projections.csv (derived)")
                for year, people in zip(part["year"], part["population"], strict=True)
            ]
    columns = ["projection", "region", "year", "persons", "source"]
    return pd.DataFrame(rows, columns=columns)


def trends(source: Path, places: pd.DataFrame) -> pd.DataFrame:
    """Return trends of towns and villages, by region: urban and rural growth apart."""
    past = pd.read_csv(source / "regions_population.csv").set_index(["code", "year"])
    codes = pd.read_csv(source / "region_codes.csv").set_index("code")
    early, late = TREND_YEARS
    rates = {}
    for code in dict.fromkeys(places["region"]):
        parent = codes.loc[code, "parent_before_split"]
        old = code if (code, early) in past.index else parent
        for kind in ("urban", "rural"):
            before, after = past.loc[(old, early), kind], past.loc[(old, late), kind]
            rate = np.log(after / before) / (late - early) if before > 0 else 0.0
            rates[code, kind] = float(np.clip(rate, -MOST_TREND, MOST_TREND))
    kind = places["kind"].map({"village": "rural"}).fillna("urban")
    values = [rates[key] for key in zip(places["region"], kind, strict=True)]
    return pd.DataFrame(
        {
            "settlement": places["settlement"],
            "growth_per_year": np.round(values, 5),
            "source": f"regions_population.csv: towns or villages of the region (or the"
            f" one it was part of), {early} to {late}",
        }
    )


def levers() -> pd.DataFrame:
    """Return the policy of the managed projection; the shares are assumptions."""
    rows = [
        ("growth_points", 0.6, 0.03),
        ("agglomerations", 0.7, 0.03),
        ("border", 0.4, None),
        ("retention", 0.3, None),
    ]
    frame = pd.DataFrame(rows, columns=["lever", "share", "max_growth_per_year"])
    frame.insert(0, "projection", "managed")
    return frame.assign(source=ASSUMED + "the aims are those of the scheme of 2011")


def agglomerations(places: pd.DataFrame, points: np.ndarray) -> pd.Series:
    """Return the agglomeration that each settlement is near enough to, or nothing."""
    names = pd.Series("", index=places.index)
    for name, region in CORES.items():
        inside = places[places["region"] == region]
        if len(inside):
            core = points[inside["population"].idxmax()]
            names[np.linalg.norm(points - core, axis=1) <= NEAR_KM] = name
    return names


VARIANTS = [
    {"variant": "dear", "axis": "prices", "title": "building 30 % dearer",
     "capex_factor": 1.3},
    {"variant": "cheap", "axis": "prices", "title": "building 15 % cheaper",
     "capex_factor": 0.85},
    {"variant": "tight", "axis": "budgets", "title": "budgets 20 % smaller",
     "budget_factor": 0.8},
    {"variant": "ample", "axis": "budgets", "title": "budgets 25 % bigger",
     "budget_factor": 1.25},
]  # fmt: skip
PUPILS = {"group": "pupils", "title": "Pupils", "share_urban": 0.159,
          "share_rural": 0.183, "from_age": 6.0, "to_age": 18.0, "participation": 0.9,
          "source": "towns and villages: pupils per inhabitant 2017/18 (derived);"
          " participation: assumption, some go to college after grade 9"}  # fmt: skip
