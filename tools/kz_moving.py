"""Facilities that move, in a variant of the Kazakhstan instances.

In `schools_move` schools of villages may move to the nearest larger place that has room
for one more: the building is modular and goes along. The nearest pair must move.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from kz_closing import added

MOVE = "schools_move"
COST_MLN = 455.0
"""Half of what a school of 100 places costs, and its closing."""
SOURCE = "assumption: half of the building is paid for again; the nearest pairs"
COUNT = 5
SMALL_PEOPLE = 5_000
"""Schools of villages of up to so many may move."""

VARIANTS = [
    {"variant": MOVE, "axis": "moving", "overrides": MOVE,
     "title": "schools of villages may move to a larger place"},
]  # fmt: skip


def overrides(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of ``overrides`` that add the relocations."""
    return pd.DataFrame(added(MOVE, "relocations", relocations(tables), SOURCE))


def relocations(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Return the relocations: from a village with one school to a larger place."""
    places, stock = tables["settlements"], tables["facilities"]
    sites = tables["sites"].query("service == 'school'").set_index("site")
    own = stock[stock["service"] == "school"].groupby("site")["units"].sum()
    codes = places["settlement"]
    units = codes.map(own).fillna(0.0).to_numpy(dtype=float)
    people = places["population"].to_numpy(dtype=float)
    has_room = codes.map(sites["max_units"]).fillna(0.0).to_numpy(dtype=float) > units
    may_go = (units == 1) & (people <= SMALL_PEOPLE)
    north = np.radians(places["lat"].to_numpy())
    east = np.radians(places["lon"].to_numpy()) * np.cos(north)
    away = np.hypot(north[:, None] - north, east[:, None] - east)
    away[~may_go] = np.inf
    away[:, ~has_room] = np.inf
    away[people[:, None] >= people[None, :]] = np.inf
    order = np.argsort(away.min(axis=1), kind="stable")[:COUNT]
    order = order[np.isfinite(away[order].min(axis=1))]
    return [
        {
            "relocation": f"school:{k + 1}",
            "service": "school",
            "site": codes.iloc[i],
            "to_site": codes.iloc[int(away[i].argmin())],
            "cost_mln": COST_MLN,
            **({"is_forced": "true", "last_period": "2031-35"} if k == 0 else {}),
            "title": "The school of a village moves to the nearest larger place"
            f" ({k + 1})",
        }
        for k, i in enumerate(order.tolist())
    ]
