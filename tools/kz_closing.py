"""Rules on closing of the Kazakhstan instances, each in a variant of its own.

The base instances close what does not pay; `schools_stay` shows what it costs that they
may not, or only near another, `schools_merge` that the two nearest schools of villages
become one, `near_may_merge` whether near facilities should, `classes_together` that
the pupils of a village are not split, `referred_together` that the patients of a
medical point go on to one hospital.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

STAY, MERGE, TOGETHER = "schools_stay", "schools_merge", "classes_together"
MAY_MERGE = "near_may_merge"
MERGED = {
    "school": "Two near schools may become one",
    "primary_care": "Two near medical points may become one",
    "hospital": "Two near hospitals may become one",
}
PAIRS = 3
"""So many pairs of each service may merge."""
NEAR_KM, EARTH_KM = 15.0, 6371.0088
"""They are as near as that, as the crow flies."""
MERGING_SHARE, SAVED_SHARE = 0.05, 0.15
"""Of what the smallest costs to build, and to run in a year: the move is paid once, one
administration less is saved."""
GO_ON = "referred_together"
ONLY_PEOPLE = 5_000
"""In villages of up to so many the only school, or medical point, stays."""
CLASS_PEOPLE = 2_000
"""Pupils of villages of up to so many are not split over schools."""
EXTRA_MINUTES = 15.0
SOURCE = (
    "assumption: in practice the only school of a village is not closed; extra minutes:"
    " half of the planning value of 30 minutes (norms.csv)"
)

VARIANTS = [
    {"variant": name, "axis": axis, "title": title, "overrides": name}
    for name, axis, title in (
        (STAY, "closing", "the only school of a village stays"),
        (MERGE, "merging", "the two nearest schools of villages become one"),
        (MAY_MERGE, "merging", "near facilities may become one"),
        (TOGETHER, "classes", "pupils of a small village are not split"),
        (GO_ON, "feeders", "patients of a medical point go on to one hospital"),
    )
]

RULES = (
    {
        "closing": "school:only",
        "service": "school",
        "applies_to": "rural",
        "population_most": ONLY_PEOPLE,
        "title": f"The only school of a village of up to {ONLY_PEOPLE:,} stays",
    },
    {
        "closing": "primary_care:only",
        "service": "primary_care",
        "applies_to": "rural",
        "population_most": ONLY_PEOPLE,
        "title": f"The only medical point of a village of up to {ONLY_PEOPLE:,} stays",
    },
    {
        "closing": "school:near",
        "service": "school",
        "keep_only": "false",
        "extra_minutes_most": EXTRA_MINUTES,
        "title": f"Who loses a school goes at most {EXTRA_MINUTES:g} minutes more",
    },
)


CLASSES = {
    "together": "school:village",
    "service": "school",
    "applies_to": "rural",
    "population_most": CLASS_PEOPLE,
    "title": f"All pupils of a village of up to {CLASS_PEOPLE:,} go to one school",
}


FEEDER = {
    "feeder": "primary_care:hospital",
    "service": "primary_care",
    "to_service": "hospital",
    "title": "Patients of a medical point go on to one hospital",
}


def overrides(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of ``overrides`` that add the rules."""
    return pd.DataFrame(
        [
            *added(STAY, "closing_rules", RULES, SOURCE),
            *added(MERGE, "mergers", [merger(tables)], "assumption: the nearest pair"),
            *added(
                MAY_MERGE,
                "possible_mergers",
                possible_mergers(tables),
                "assumption: the nearest pairs; what is saved is an administration",
            ),
            *added(GO_ON, "feeders", [FEEDER], "assumption: usual practice"),
            *added(TOGETHER, "together_rules", [CLASSES], "assumption: usual practice"),
        ]
    )


def added(
    name: str, table: str, rows: Iterable[Mapping[str, object]], source: str
) -> list[dict[str, str]]:
    """Return the rows of ``overrides`` called *name* that add rows to a table."""
    return [
        {
            "override": name,
            "table": table,
            "where": "; ".join(
                f"{key}={value}"
                for key, value in {**row, "source": "assumption"}.items()
            ),
            "action": "add",
            "source": source,
        }
        for row in rows
    ]


def merger(tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    """Return the merger of the two nearest villages with one school each."""
    places = tables["settlements"]
    small = (places["kind"] == "village") & (places["population"] <= ONLY_PEOPLE)
    ((first, second),) = pairs(tables, "school", 1, is_small=small)
    return {
        "merger": "school:nearest",
        "service": "school",
        "site": first,
        "other_site": second,
        "first_period": "2031-35",
        "title": "The two nearest schools of villages become one",
    }


def possible_mergers(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Return near pairs with few people of each service, each of which may merge."""
    levels, found = tables["levels"], []
    for service, title in MERGED.items():
        least = levels[levels["service"] == service].sort_values("level").iloc[0]
        found += [
            {
                "possible_merger": f"{service}:{k}",
                "service": service,
                "site": first,
                "other_site": second,
                "cost_mln": round(MERGING_SHARE * least["capex_mln"], 1),
                "saving_mln_per_year": round(
                    SAVED_SHARE * least["opex_mln_per_year"], 1
                ),
                "title": f"{title} ({k})",
            }
            for k, (first, second) in enumerate(pairs(tables, service, PAIRS), start=1)
        ]
    return found


def pairs(
    tables: Mapping[str, pd.DataFrame],
    service: str,
    most: int,
    *,
    is_small: pd.Series[bool] | None = None,
) -> list[tuple[str, str]]:
    """Return pairs of places with one facility each, each place once.

    Of places that are *is_small* the nearest ones; else those within NEAR_KM with the
    fewest people together.
    """
    places, stock = tables["settlements"], tables["facilities"]
    units = stock[stock["service"] == service].groupby("site")["units"].sum()
    has_one = places["settlement"].map(units) == 1
    places = places[has_one if is_small is None else has_one & is_small]
    places = places.reset_index(drop=True)
    north = np.radians(places["lat"].to_numpy())
    east = np.radians(places["lon"].to_numpy()) * np.cos(north)
    away = np.hypot(north[:, None] - north, east[:, None] - east)
    if is_small is None:
        people = places["population"].to_numpy(dtype=float)
        both = people[:, None] + people[None, :]
        away = np.where(away * EARTH_KM <= NEAR_KM, both, np.inf)
    np.fill_diagonal(away, np.inf)
    found = []
    while len(found) < most and np.isfinite(away).any():
        pair = list(np.unravel_index(away.argmin(), away.shape))
        first, second = sorted(places["settlement"].iloc[pair])
        found.append((first, second))
        away[pair], away[:, pair] = np.inf, np.inf
    return found
