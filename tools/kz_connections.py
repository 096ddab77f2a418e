"""Connections: district centres reach their region's, villages their district's.

A rule that no set of upgrades can meet would only add the same price to every plan, so
it is left out; how many are is said in README.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import kz_services as kz
import numpy as np
import pandas as pd
from kz_roads import CLASSES, Map, centres
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

MISSED_MLN_PER_PERSON = 0.25
"""Price of a year in which a person's centre is too far (assumption).

So high that some corridors pay for themselves and others do not.
"""


@dataclass(frozen=True)
class Limits:
    """How near centres should be; villages of fewer people have no rule."""

    centre_minutes: float
    village_minutes: float = 0.0
    village_people: int = 0


LIMITS = {
    "west-kazakhstan": Limits(200.0, 60.0, 1000),
    "kazakhstan": Limits(240.0),
    "kazakhstan-full": Limits(240.0, 60.0, 1000),
}


def rules(places: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Return all rules: settlement, name, target, limit, people."""
    places = centres(places)
    district = places.groupby(["region", "district"])["population"].transform("sum")
    is_centre = places["settlement"] == places["district_centre"]
    heads = places.assign(
        target=places["region_centre"], limit=limits.centre_minutes, people=district
    )[is_centre]
    is_large = ~is_centre & (places["population"] >= limits.village_people)
    villages = places.assign(
        target=places["district_centre"],
        limit=limits.village_minutes,
        people=places["population"],
    )[is_large & (limits.village_minutes > 0)]
    found = pd.concat([heads, villages])
    found = found[found["settlement"] != found["target"]]
    return found[["settlement", "name", "target", "limit", "people"]]


def minutes(
    tables: dict[str, pd.DataFrame], found: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes of rules: today, and with all upgrades."""
    roads = Map(tables["settlements"], tables["road_nodes"], tables["road_links"])
    later = tables["road_upgrade_links"]
    speed = later["road_class"].map({name: row[0] for name, row in CLASSES.items()})
    cost = (later["length_km"] / speed * 60.0).to_numpy()
    u, v = (roads.codes.get_indexer(later[c]) for c in ("from_node", "to_node"))
    built = _fastest(
        np.append(roads.u, u), np.append(roads.v, v), np.append(roads.minutes, cost)
    )
    start, end = (roads.codes.get_indexer(found[c]) for c in ("settlement", "target"))
    heads, row = np.unique(end, return_inverse=True)
    n = len(roads.codes)
    today = dijkstra(roads.matrix(roads.minutes), indices=heads)[row, start]
    best = dijkstra(
        csr_array((built["minutes"], (built["u"], built["v"])), shape=(n, n)),
        directed=False,
        indices=heads,
    )[row, start]
    return today, best


def _fastest(u: np.ndarray, v: np.ndarray, minutes: np.ndarray) -> pd.DataFrame:
    """Return each pair of nodes once, with the fastest link between them."""
    frame = pd.DataFrame(
        {"u": np.minimum(u, v), "v": np.maximum(u, v), "minutes": minutes}
    )
    return frame.groupby(["u", "v"], as_index=False)["minutes"].min()


def connections(
    name: str, tables: dict[str, pd.DataFrame]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return rules that hold today or could with upgrades; counts for the readme."""
    found = rules(tables["settlements"], LIMITS[name])
    today, best = minutes(tables, found)
    limit = found["limit"].to_numpy()
    counts = {
        "holds": int((today <= limit).sum()),
        "needs": int(((today > limit) & (best <= limit)).sum()),
        "never": int((best > limit).sum()),
    }
    found = found[best <= limit]
    names = tables["settlements"].set_index("settlement")["name"]
    targets = names[found["target"]]
    texts = zip(found["name"], targets, found["limit"], strict=True)
    rows = pd.DataFrame(
        {
            "connection": "way-" + found["settlement"],
            "title": [f"{a} reaches {b} within {m:.0f} minutes" for a, b, m in texts],
            "from_settlement": found["settlement"],
            "to_settlement": found["target"],
            "minutes": found["limit"],
            "first_period": kz.CONNECTED_FROM,
            "is_hard": False,
            "shortfall_mln_per_year": (found["people"] * MISSED_MLN_PER_PERSON).round(
                1
            ),
            "source": "assumption: time; price 0.25 mln a person of its area and year",
        }
    )
    return rows, counts
