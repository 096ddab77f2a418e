"""Random instances that look like a territory: towns, villages around them, roads.

Towns lie anywhere; most villages lie around a town, the rest anywhere. Town sizes fall
as 1/rank (Zipf), village sizes are lognormal. Roads are the minimum spanning tree of
all places and every other edge of their Delaunay triangulation that is short; edges
between towns are trunk roads. Two services: school, with levels by places, and clinic.
Three periods in which towns grow and villages shrink. Everything is synthetic and
flagged so; the same seed gives the same instance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.errors import OptionError
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import chained, say

Row = dict[str, Any]

MOST_SETTLEMENTS = 30_000
"""Five times those of Kazakhstan: made and checked within minutes and 1 GB."""
MOST_SEED = 2**31 - 1
KM2_PER_SETTLEMENT = 150.0
SETTLEMENTS_PER_TOWN = 25
SETTLEMENTS_PER_REGION = 120
SHARE_NEAR_TOWNS = 0.75
SPREAD_KM = 22.0
SHORT = 1.3
"""An edge is a road if shorter than this x the mean edge of the tree."""
KM_PER_DEGREE = 111.2
CENTRE = (48.0, 68.0)
PEOPLE_OF_FIRST_TOWN = 250_000.0

LEVELS = [
    ("school", 1, "100 places", 100.0, 900.0, 110.0, 5.0),
    ("school", 2, "300 places", 300.0, 2490.0, 240.0, 10.0),
    ("school", 3, "600 places", 600.0, 4080.0, 420.0, 20.0),
    ("school", 4, "1200 places", 1200.0, 5760.0, 760.0, 30.0),
    ("clinic", 1, "post", 1500.0, 130.0, 25.0, 2.0),
    ("clinic", 2, "ambulatory", 5000.0, 260.0, 80.0, 4.0),
    ("clinic", 3, "polyclinic", 30000.0, 2500.0, 440.0, 15.0),
]
SERVICES = [
    {
        "service": "school", "title": "School", "group": "pupils", "unit": "pupil",
        "cutoff_minutes": 35.0, "nearest_sites": 2, "trips_per_year": 340.0,
        "unserved_mln_per_unit_year": 3.0,
    },
    {
        "service": "clinic", "title": "Clinic", "group": "all", "unit": "person",
        "cutoff_minutes": 45.0, "nearest_sites": 2, "trips_per_year": 10.0,
        "unserved_mln_per_unit_year": 0.15,
    },
]  # fmt: skip


@checked
def clustered(settlements: int, seed: int = 0) -> Instance:
    """Return a random instance of that many settlements.

    Raises OptionError below 2, above :data:`MOST_SETTLEMENTS`, and for a *seed* that is
    negative or above :data:`MOST_SEED`.
    """
    _check(settlements, seed)
    rng = np.random.default_rng(seed)
    num_towns = max(1, settlements // SETTLEMENTS_PER_TOWN)
    points_km = _points(rng, settlements, num_towns)
    people = _people(rng, settlements, num_towns)
    places = _settlements(rng, points_km, people, num_towns)
    sites = _sites(places)
    tables: dict[str, list[Row]] = {
        "instance": [
            {
                "name": f"random-{settlements}-{seed}",
                "title": f"Random territory of {settlements} settlements, seed {seed}",
                "description": "Synthetic throughout.",
                "base_year": 2026,
            }
        ],
        "policies": [{"discount_rate": 0.08, "value_of_time_per_hour": 900.0}],
        "periods": [
            {"period": f"{year}-{year - 1996}", "first_year": year, "years": 5}
            for year in (2026, 2031, 2036)
        ],
        "scenarios": [{"scenario": "inertial", "title": "Trends continue"}],
        "groups": [
            {"group": "pupils", "share_urban": 0.16, "share_rural": 0.18},
            {"group": "all", "share_urban": 1.0, "share_rural": 1.0},
        ],
        "services": SERVICES,
        "levels": _levels(),
        "regions": [{"region": r, "name": r} for r in places["region"].unique()],
        "settlements": places.to_dict("records"),
        "growth": _growth(rng, places["region"].unique()),
        "sites": sites,
        "facilities": _facilities(rng, places, sites),
        "standards": [
            {
                "standard": "school:rural", "service": "school", "applies_to": "rural",
                "minutes": 30.0, "share": 1.0, "shortfall_mln_per_unit_year": 0.3,
                "title": "Rural pupils reach school within 30 minutes",
            }
        ],
        "road_nodes": places[["node", "lat", "lon"]].to_dict("records"),
        "road_links": _roads(points_km, num_towns),
        "road_classes": [
            {"road_class": "trunk", "speed_kmh": 80.0},
            {"road_class": "local", "speed_kmh": 50.0},
        ],
    }  # fmt: skip
    return from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})


def _check(settlements: int, seed: int) -> None:
    """Raise OptionError for numbers that no instance is made of."""
    wrong = {}
    if not 2 <= settlements <= MOST_SETTLEMENTS:
        wrong["settlements"] = say(
            "a random instance has 2 to {most:,} settlements, not {settlements:,}",
            most=MOST_SETTLEMENTS,
            settlements=settlements,
        )
    if not 0 <= seed <= MOST_SEED:
        wrong["seed"] = say(
            "seed must be from 0 to {most}, not {seed}", most=MOST_SEED, seed=seed
        )
    if wrong:
        raise OptionError(chained(wrong.values()), wrong)


def _points(rng: np.random.Generator, count: int, num_towns: int) -> Floats:
    """Return places in km, (count, 2), towns first."""
    side = np.sqrt(count * KM2_PER_SETTLEMENT)
    points = rng.uniform(0.0, side, (count, 2))
    near = num_towns + np.flatnonzero(rng.random(count - num_towns) < SHARE_NEAR_TOWNS)
    town = rng.integers(num_towns, size=len(near))
    points[near] = points[town] + rng.normal(0.0, SPREAD_KM, (len(near), 2))
    return points


def _people(rng: np.random.Generator, count: int, num_towns: int) -> Floats:
    towns = PEOPLE_OF_FIRST_TOWN / np.arange(1, num_towns + 1)
    villages = np.exp(rng.normal(np.log(900.0), 0.9, count - num_towns))
    return np.round(np.concatenate([np.maximum(towns, 8_000.0), villages]))


def _settlements(
    rng: np.random.Generator, points_km: Floats, people: Floats, num_towns: int
) -> pd.DataFrame:
    count = len(people)
    lat = CENTRE[0] + points_km[:, 1] / KM_PER_DEGREE
    lon = CENTRE[1] + points_km[:, 0] / (KM_PER_DEGREE * np.cos(np.radians(lat)))
    num_regions = max(1, min(num_towns, count // SETTLEMENTS_PER_REGION))
    away = np.linalg.norm(points_km[:, None] - points_km[None, :num_regions], axis=2)
    kind = np.where(people > 50_000, "city", "town")
    is_town = np.arange(count) < num_towns
    codes = [f"p{k:05d}" for k in range(count)]
    return pd.DataFrame(
        {
            "settlement": codes,
            "name": [f"Town {k + 1}" if t else f"Village {k + 1 - num_towns}"
                     for k, t in enumerate(is_town)],
            "kind": np.where(is_town, kind, "village"),
            "region": [f"R{k + 1}" for k in away.argmin(axis=1)],
            "lat": lat.round(5),
            "lon": lon.round(5),
            "node": codes,
            "population": people,
            "internal_minutes": (2.0 + np.sqrt(people) / 45.0).round(1),
            "is_remote": rng.random(count) < 0.05,
            "is_synthetic": True,
        }
    )  # fmt: skip


def _levels() -> list[Row]:
    columns = (
        "service", "level", "title", "capacity", "capex_mln", "opex_mln_per_year",
        "closing_mln",
    )  # fmt: skip
    return [dict(zip(columns, row, strict=True)) for row in LEVELS]


def _largest(service: str) -> float:
    return max(row[3] for row in LEVELS if row[0] == service)


def _need(places: pd.DataFrame, service: str) -> Floats:
    """Return today's demand of each settlement."""
    share = np.where(places["kind"] == "village", 0.18, 0.16)
    factor = share if service == "school" else np.ones(len(places))
    return places["population"].to_numpy(dtype=float) * factor


def _sites(places: pd.DataFrame) -> list[Row]:
    """Return a site of each service at each settlement; towns hold several units."""
    rows = []
    for service in ("school", "clinic"):
        most = np.ceil(1.5 * _need(places, service) / _largest(service)).astype(int)
        rows += [
            {"site": code, "service": service, "settlement": code,
             "status": "candidate", "max_units": int(max(1, units))}
            for code, units in zip(places["settlement"], most, strict=True)
        ]  # fmt: skip
    return rows


def _facilities(
    rng: np.random.Generator, places: pd.DataFrame, sites: list[Row]
) -> list[Row]:
    """Return today's stock: most places have what they need, some less or none."""
    rows = []
    units = {(row["service"], row["site"]): row["max_units"] for row in sites}
    for service in ("school", "clinic"):
        sizes = [row for row in LEVELS if row[0] == service]
        need = _need(places, service) * rng.uniform(0.7, 1.1, len(places))
        has_none = (need < 0.4 * sizes[0][3]) | (rng.random(len(places)) < 0.1)
        for code, wanted, none in zip(
            places["settlement"], need, has_none, strict=True
        ):
            if none:
                continue
            level = next((row for row in sizes if row[3] >= wanted), sizes[-1])
            count = min(max(1, round(wanted / level[3])), units[service, code])
            rows.append(
                {"service": service, "site": code, "level": level[1],
                 "units": count, "is_synthetic": True}
            )  # fmt: skip
    standing = {(row["service"], row["site"]) for row in rows}
    for row in sites:
        if (row["service"], row["site"]) in standing:
            row["status"] = "existing"
    return rows


def _growth(rng: np.random.Generator, regions: Any) -> list[Row]:
    rows = []
    for region in regions:
        yearly = rng.normal(0.006, 0.012)
        for year in (2026, 2031, 2036):
            factor = round(float((1.0 + yearly) ** (year + 2 - 2026)), 4)
            name = f"{year}-{year - 1996}"
            rows.append(
                {"scenario": "inertial", "region": region, "period": name,
                 "factor": factor}
            )  # fmt: skip
    return rows


def _roads(points_km: Floats, num_towns: int) -> list[Row]:
    """Return links between neighbours; straight-line km x 1.2."""
    pairs = _neighbours(points_km)
    length = np.linalg.norm(points_km[pairs[:, 0]] - points_km[pairs[:, 1]], axis=1)
    length = np.maximum(length, 0.1)
    size = (len(points_km), len(points_km))
    tree = minimum_spanning_tree(coo_array((length, pairs.T), size).tocsr()).tocoo()
    in_tree = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    short = length <= SHORT * float(tree.data.mean())
    return [
        {"from_node": f"p{a:05d}", "to_node": f"p{b:05d}",
         "length_km": round(1.2 * float(km), 2),
         "road_class": "trunk" if max(a, b) < num_towns else "local",
         "is_synthetic": True}
        for (a, b), km, is_short in zip(pairs.tolist(), length, short, strict=True)
        if is_short or (a, b) in in_tree
    ]  # fmt: skip


def _neighbours(points: Floats) -> Ints:
    """Return pairs (a < b) that touch in the Delaunay triangulation."""
    if len(points) < 4:
        a, b = np.triu_indices(len(points), 1)
        return np.column_stack([a, b])
    corners = Delaunay(points).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    return np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)
