"""Connectivity of today: minutes by road to the centres and to the nearest city."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.results.analysis import ways
from aumaq.results.analysis.units import Floats, Ints

CITY_PERSONS = 50_000.0
"""A settlement of so many people is a city to go to."""
SEATS = {
    "minutes_to_district_centre": (
        ["region", "district"],
        {"district": 0, "region": 1, "nation": 2},
    ),
    "minutes_to_region_centre": (["region"], {"region": 0, "nation": 1}),
}
"""For each measure the unit, and which seats make its centre, the best first."""


def minutes_to_centres(instance: Instance) -> dict[str, Floats]:
    """Return minutes of each settlement to centres and to a city, (settlements,).

    A settlement that is one itself has 0; NaN where there is no way or no city.
    """
    settlements = instance.tables["settlements"]
    found = {
        name: ways.to_own(instance, centre_rows(settlements, columns, seats))
        for name, (columns, seats) in SEATS.items()
    }
    cities = np.flatnonzero(settlements["population"] >= CITY_PERSONS)
    found["minutes_to_city"] = ways.to_nearest(instance, cities)
    return {
        name: np.where(np.isfinite(minutes), minutes, np.nan)
        for name, minutes in found.items()
    }


def centre_rows(
    settlements: pd.DataFrame, columns: list[str], seats: dict[str, int]
) -> Ints:
    """Return the row of the centre of each settlement's unit.

    The settlement that says so in ``centre_of``; without one the largest.
    """
    rank = settlements["centre_of"].map(seats).fillna(len(seats))
    order = pd.DataFrame({"rank": rank, "size": -settlements["population"]})
    order = order.sort_values(["rank", "size"], kind="stable").index
    rows = settlements.loc[order, columns].drop_duplicates()
    first = pd.Series(rows.index, pd.MultiIndex.from_frame(rows))
    return first.loc[pd.MultiIndex.from_frame(settlements[columns])].to_numpy(
        dtype=np.int64
    )
