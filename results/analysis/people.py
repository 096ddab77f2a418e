"""People of today: how many, how urban, how dense, how old, how fast they grow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.people.demand import is_urban
from aumaq.results.analysis.units import Tables, Units, ratio

GROWTH_YEARS = 10
"""Growth is that of so many last years of ``region_history``."""
WORKING_FROM, WORKING_BELOW = 16.0, 63.0
"""Ages at which people work: 16 to 62, before the pension at 63."""
OLDEST = 100.0
"""Age at which an open last cohort ends."""
AGES = {
    "children_share": (0.0, WORKING_FROM),
    "working_age_share": (WORKING_FROM, WORKING_BELOW),
    "older_share": (WORKING_BELOW, np.inf),
}


def people(tables: Tables, units: Units) -> pd.DataFrame:
    """Return what is known of the people of each unit, a row a unit.

    Urban share and density take the last year of ``region_history`` where it has one,
    since an instance need not hold every village; else the settlements.
    """
    settlements = tables["settlements"]
    persons = settlements["population"].to_numpy(dtype=float)
    urban = units.total(persons * is_urban(settlements))
    frame = pd.DataFrame(
        {
            "settlements": np.bincount(units.of, minlength=len(units)),
            "persons": units.total(persons),
            "persons_urban": urban,
        }
    )
    frame["urban_share"] = ratio(urban, frame["persons"].to_numpy())
    if units.level == "region":
        frame = frame.assign(**_recorded(tables, units, frame))
    frame["area_km2"] = areas(tables, units)
    people = frame.get("recorded_persons", frame["persons"]).fillna(frame["persons"])
    frame["density_per_km2"] = ratio(people.to_numpy(), frame["area_km2"].to_numpy())
    if units.level == "region":
        frame = frame.assign(**ages(tables, units, people.to_numpy()))
    return frame


def _recorded(tables: Tables, units: Units, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the last year of the history of each region, and growth before it."""
    history = tables["region_history"].sort_values(["region", "year"])
    last = history.groupby("region").tail(1).set_index("region")
    last = last.reindex(units.names["region"]).reset_index(drop=True)
    recorded = last["persons"].to_numpy(dtype=float)
    share = ratio(last["persons_urban"].to_numpy(dtype=float), recorded)
    found = growth(history).reindex(units.names["region"]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "urban_share": np.where(np.isnan(share), frame["urban_share"], share),
            "recorded_year": _whole(last["year"]),
            "recorded_persons": recorded,
            **{str(name): found[name] for name in found.columns},
        }
    )


def growth(history: pd.DataFrame) -> pd.DataFrame:
    """Return mean growth by region: growth_percent_per_year and its first year.

    ``(last / first) ** (1 / years) - 1`` over the last ten years, or since borders
    changed; a region with one year has none.
    """
    rows = history.sort_values(["region", "year"])
    broken = rows["year"].where(rows["is_break"], -np.inf)
    start = broken.groupby(rows["region"]).transform("max")
    until = rows.groupby("region")["year"].transform("max")
    rows = rows[(rows["year"] >= start) & (rows["year"] >= until - GROWTH_YEARS)]
    by_region = rows.groupby("region")
    first, last = by_region.first(), by_region.last()
    years = (last["year"] - first["year"]).to_numpy(dtype=float)
    times = ratio(last["persons"].to_numpy(), first["persons"].to_numpy())
    rate = times ** ratio(np.ones(len(years)), years) - 1.0
    return pd.DataFrame(
        {
            "growth_percent_per_year": rate * 100.0,
            "growth_from_year": _whole(first["year"].where(years > 0)),
        },
        index=first.index,
    )


def _whole(years: pd.Series[Any]) -> pd.Series[Any]:
    """Return years as whole numbers, unless some are not known."""
    return years if years.isna().any() else years.astype("int64")


def areas(tables: Tables, units: Units) -> Floats:
    """Return the area of each unit, km2; of the territory only if all are known."""
    if units.level == "district":
        rows = tables["districts"].set_index(["region", "district"])["area_km2"]
        wanted = pd.MultiIndex.from_frame(units.names[["region", "district"]])
        return rows.reindex(wanted).to_numpy(dtype=float)
    rows = tables["regions"].set_index("region")["area_km2"]
    if units.level == "region":
        return rows.reindex(units.names["region"]).to_numpy(dtype=float)
    used = rows.reindex(pd.unique(tables["settlements"]["region"]))
    return np.array([used.sum(min_count=len(used))])


def ages(tables: Tables, units: Units, persons: Floats) -> pd.DataFrame:
    """Return shares of ages and the labour force of regions; NaN without cohorts.

    A cohort that lies across a bound is split evenly by years of age.
    """
    none = np.full(len(units), np.nan)
    cohorts = tables.get("cohorts", pd.DataFrame())
    if cohorts.empty:
        return pd.DataFrame({**dict.fromkeys(AGES, none), "labour_force_persons": none})
    cohorts = _everywhere(cohorts, units.names["region"])
    cohorts = cohorts.assign(until=_ends(cohorts))
    width = cohorts["until"] - cohorts["from_age"]
    total = cohorts["persons"].groupby(cohorts["region"]).sum()
    total = total.reindex(units.names["region"]).to_numpy(dtype=float)
    found = {}
    for name, (low, high) in AGES.items():
        inside = cohorts["until"].clip(upper=high) - cohorts["from_age"].clip(lower=low)
        part = cohorts["persons"] * (inside.clip(lower=0.0) / width)
        sums = part.groupby(cohorts["region"]).sum().reindex(units.names["region"])
        found[name] = ratio(sums.to_numpy(dtype=float), total)
    labour = found["working_age_share"] * persons
    return pd.DataFrame({**found, "labour_force_persons": labour})


def _everywhere(cohorts: pd.DataFrame, regions: pd.Series[str]) -> pd.DataFrame:
    """Give rows with an empty region to every region that has none of its own."""
    common = cohorts[cohorts["region"] == ""]
    missing = sorted(set(regions) - set(cohorts["region"]))
    copies = [common.assign(region=region) for region in missing]
    own = cohorts[cohorts["region"] != ""]
    return pd.concat([own, *copies], ignore_index=True)


def _ends(cohorts: pd.DataFrame) -> pd.Series[float]:
    """Return the age at which each cohort ends: its own, the next one's, or open."""
    order = cohorts.sort_values(["region", "from_age"])
    starts = order.groupby("region")["from_age"]
    # Two sexes make two rows of an age: the next larger age counts, not the next row.
    following = {
        (region, age): after
        for region, ages in starts.unique().items()
        for age, after in zip(ages, [*ages[1:], np.nan], strict=True)
    }
    pairs = zip(cohorts["region"], cohorts["from_age"], strict=True)
    ends = pd.Series([following[pair] for pair in pairs], cohorts.index, dtype=float)
    if "to_age" in cohorts:
        ends = (cohorts["to_age"] + 1.0).fillna(ends)
    return ends.fillna(np.maximum(OLDEST, cohorts["from_age"] + 1.0))
