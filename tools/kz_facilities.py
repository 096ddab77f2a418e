"""Today's schools, clinics and hospitals, by rule, and where they may stand.

No list of facilities with places was to be had: numbers of schools by settlement were
calibrated to official counts; everything else follows norms and population.
"""

from __future__ import annotations

from pathlib import Path

import kz_services as kz
import numpy as np
import pandas as pd
from kz_population import AGES, START
from kz_roads import Map
from scipy.sparse.csgraph import dijkstra

SEED = 118
RENEWAL_SHARE = 0.12
HOSPITAL_PEOPLE = 10_000
"""Places from this size may get a hospital of their own: a rural one is full of them
(assumption; norms.csv: served people from 5,000)."""
TOWN_PEOPLE = 20_000
"""Places from this size have one today, others go to the district's largest."""
LEAST_PEOPLE = {"school": 50, "primary_care": 50, "hospital": HOSPITAL_PEOPLE}
HOSPITAL_MINUTES = 180.0
"""Farther than this from a hospital stands a rural one: norms.csv, for remote villages;
the time is an assumption."""
NEAR_MINUTES = 45.0
"""Smaller places may have a school or a medical point if others are farther: norms.csv,
a medical point also for less than 50 people; the time is an assumption."""
TIERS = {"mp": (1, 2), "fap": (2, 3), "ambulatory": (3,), "polyclinic": (4, 5)}
"""Levels of primary care that the norm of 2014 gives a place."""
ROOM = 1.15
"""A site holds so many times what its settlement may come to need."""


def pupils_per_person() -> float:
    """Return today's pupils a person: nine tenths of those aged 6 to 17."""
    aged = 4 / 5 * AGES[1] + AGES[2] + 3 / 5 * AGES[3]
    return float(0.9 * aged / sum(AGES))


def capacities(service: str) -> np.ndarray:
    """Return the capacity of each level, and 0 before the first."""
    return np.array([0, *(row[3] for row in kz.LEVELS if row[0] == service)])


def highest_level(service: str, people: np.ndarray) -> np.ndarray:
    """Return the highest level that may be built in places of so many people."""
    least = sorted(kz.LEAST_PEOPLE[service].values())
    return np.searchsorted(least, people, side="right")


def stock(source: Path, places: pd.DataFrame, roads: Map) -> pd.DataFrame:
    """Return today's facilities: service, site, level, units."""
    norm = pd.read_csv(source / "facilities_norm_synthetic.csv").set_index("id")
    norm = norm.reindex(places["settlement"])
    served = hospital_people(places)
    # The source counts pupils by the rates of 2017/18.
    pupils = pupils_per_person() * places["population"].sum()
    scale = pupils / norm["pupils"].sum()
    rows: list[tuple[str, str, int, int]] = [
        ("hospital", places["settlement"][k], 1, 1)
        for k in remote(places, roads, served > 0, HOSPITAL_MINUTES)
    ]
    top = {
        service: highest_level(service, places["population"].to_numpy())
        for service in ("primary_care", "hospital")
    }
    for k, place in enumerate(places.itertuples()):
        code, people, row = place.settlement, int(place.population), norm.iloc[k]
        if row["n_school"] > 0:
            wanted = max(row["school_places"], row["pupils"]) * scale
            found = schools(int(row["n_school"]), wanted)
            rows += [("school", code, *pair) for pair in found]
        tiers = TIERS.get(row["health_norm_2014"], ())
        tiers = tuple(
            level for level in tiers if level <= max(top["primary_care"][k], tiers[0])
        )
        found = mixed("primary_care", tiers, people) if tiers else []
        rows += [("primary_care", code, *pair) for pair in found]
        if served[k]:
            found = mixed(
                "hospital", tuple(range(1, int(top["hospital"][k]) + 1)), served[k]
            )
            rows += [("hospital", code, *pair) for pair in found]
    return pd.DataFrame(rows, columns=["service", "site", "level", "units"])


def hospital_people(places: pd.DataFrame) -> np.ndarray:
    """Return for how many people each place has hospitals today; 0: it has none.

    Towns for their own; the largest place of a district also for what is left of it.
    """
    people = places["population"].to_numpy()
    is_town = people >= TOWN_PEOPLE
    groups = places.assign(rest=np.where(is_town, 0, people)).groupby(
        ["region", "district"]
    )
    is_centre = (people == groups["population"].transform("max")).to_numpy()
    rest = groups["rest"].transform("sum").to_numpy()
    own = np.where(is_town, people, 0)
    return np.where(is_centre, own + rest, own)


def remote(
    places: pd.DataFrame, roads: Map, has_one: np.ndarray, minutes: float
) -> list[int]:
    """Return places that need one too, as those that have one are too far.

    The largest of those too far from any, until there are none.
    """
    at = roads.codes.get_indexer(places["node"])
    graph, found = roads.matrix(roads.minutes), []
    away = dijkstra(graph, indices=at[has_one], min_only=True)[at]
    people = places["population"].to_numpy()
    while (away > minutes).any():
        found.append(int(np.where(away > minutes, people, -1).argmax()))
        away = np.minimum(away, dijkstra(graph, indices=at[found[-1]])[at])
    return found


def schools(count: int, wanted: float) -> list[tuple[int, int]]:
    """Return (level, units) of so many schools with about so many places in all.

    Two levels next to each other share them; a single school has room for all.
    """
    sizes = capacities("school")[1:]
    if count == 1:
        fits = np.flatnonzero(sizes >= 0.95 * wanted)
        return [(int(fits[0]) + 1 if len(fits) else len(sizes), 1)]
    mean = float(np.clip(wanted / count, sizes[0], sizes[-1]))
    upper = max(1, int(np.searchsorted(sizes, mean)))
    low, high = sizes[upper - 1], sizes[upper]
    large = int(np.clip(round((wanted - count * low) / (high - low)), 0, count))
    found = [(upper, count - large), (upper + 1, large)]
    return [(level, units) for level, units in found if units]


def mixed(
    service: str, levels: tuple[int, ...], people: float
) -> list[tuple[int, int]]:
    """Return (level, units) of facilities that fit people with the usual reserve.

    Full ones, the largest first, until one that is at least half full is enough for
    the rest.
    """
    left, sizes = people / kz.MAX_USE[service], capacities(service)
    units = dict.fromkeys(levels, 0)
    for level in reversed(levels):
        units[level] += int(left // sizes[level])
        left %= sizes[level]
        enough = [k for k in levels if sizes[k] >= left]
        if enough and (sizes[enough[0]] <= 2 * left or level == levels[0]):
            units[enough[0]] += left > 0
            break
    return [(level, int(count)) for level, count in units.items() if count]


def with_renewals(today: pd.DataFrame) -> pd.DataFrame:
    """Split off a seeded share of schools that must be renewed in the horizon."""
    rng = np.random.default_rng(SEED)
    rows = []
    for row in today.itertuples(index=False):
        old = 0
        if row.service == "school":
            old = int(rng.binomial(row.units, RENEWAL_SHARE))
        year = int(rng.integers(2028, 2040))
        if row.units - old:
            rows.append((*row[:3], row.units - old, 0))
        if old:
            rows.append((*row[:3], old, year))
    columns = ["service", "site", "level", "units", "renew_by_year"]
    return pd.DataFrame(rows, columns=columns).assign(
        is_synthetic=True, source="synthesised by rule, see README.md; not a fact"
    )


def most_growth(places: pd.DataFrame, totals: pd.DataFrame, last: int) -> np.ndarray:
    """Return by how much the region of each place grows until a year, at least 1.2.

    Places may grow faster than their region, those of a shrinking one too.
    """
    totals = totals[totals["year"].between(START, last)]
    ends = totals.sort_values("year").groupby(["region", "projection"])["persons"]
    factor = (ends.max() / ends.first()).groupby("region").max()
    return np.maximum(places["region"].map(factor).to_numpy(), 1.2)


def sites(
    places: pd.DataFrame, today: pd.DataFrame, growth: np.ndarray, roads: Map
) -> pd.DataFrame:
    """Return where each service may stand, and how many facilities fit.

    What stands, and as many more of the largest level as growth may ask for. Each seat
    of a district keeps a hospital: norms.csv, resolutions 114/2014 and 710/2025.
    """
    people, parts = places["population"].to_numpy(), []
    is_seat = (places["centre_of"] != "").to_numpy()
    for service, least in LEAST_PEOPLE.items():
        sizes = capacities(service)
        own = today[today["service"] == service]
        own = own.assign(held=own["units"] * sizes[own["level"]])
        here = own.groupby("site")[["units", "held"]].sum()
        here = here.reindex(places["settlement"]).fillna(0)
        now, top = here["units"].to_numpy(dtype=int), highest_level(service, people)
        share = pupils_per_person() if service == "school" else 1.0
        served = np.maximum(people, hospital_people(places) * (service == "hospital"))
        need = served * share * growth * ROOM / kz.MAX_USE[service]
        # Not of the largest level alone: new schools may be smaller.
        size = sizes[np.maximum(top - (top == len(sizes) - 1), 1)]
        more = np.ceil(np.maximum(need - here["held"].to_numpy(), 0.0) / size)
        fit = np.maximum(now + more.astype(int), 1)
        frame = pd.DataFrame(
            {
                "site": places["settlement"],
                "service": service,
                "settlement": places["settlement"],
                "status": np.select(
                    [is_seat & (service == "hospital"), now > 0],
                    ["required", "existing"],
                    "candidate",
                ),
                "max_units": fit,
            }
        )
        keep = (people >= least) | (now > 0)
        if service != "hospital":
            keep[remote(places, roads, keep, NEAR_MINUTES)] = True
        parts.append(frame[keep])
    return pd.concat(parts, ignore_index=True)
