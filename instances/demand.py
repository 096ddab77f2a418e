"""How many people there are, and what they demand of a service.

A row of ``population`` for the projection, or the base population times the growth of
the region times the group's share of urban or rural inhabitants.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Tables = Mapping[str, pd.DataFrame]
Floats = NDArray[np.float64]

ALL = "all"
"""The name under which `population` gives all inhabitants."""

URBAN = ("city", "town")


def is_urban(settlements: pd.DataFrame) -> NDArray[np.bool_]:
    """Return whether each settlement counts as urban."""
    return settlements["kind"].isin(URBAN).to_numpy()


def growth_factors(tables: Tables, projection: str) -> Floats:
    """Return population relative to the base year, (settlements, periods).

    A region without rows takes the rows with an empty region; without those, 1.
    """
    settlements, periods = tables["settlements"], tables["periods"]["period"]
    growth = tables["growth"]
    growth = growth[growth["scenario"] == projection]
    factors = np.ones((len(settlements), len(periods)))
    regions = settlements["region"].to_numpy()
    for t, period in enumerate(periods):
        rows = growth[growth["period"] == period]
        by_region = dict(zip(rows["region"], rows["factor"], strict=True))
        default = by_region.get("", 1.0)
        factors[:, t] = [by_region.get(region, default) for region in regions]
    return factors


def members_today(tables: Tables, group: str) -> Floats:
    """Return the members of *group* in the base year, (settlements,), persons."""
    settlements = tables["settlements"]
    base = settlements["population"].to_numpy(dtype=float)
    if group == ALL and ALL not in set(tables["groups"]["group"]):
        return base
    row = tables["groups"].set_index("group").loc[group]
    return base * np.where(
        is_urban(settlements), row["share_urban"], row["share_rural"]
    )


def persons(tables: Tables, projection: str, group: str) -> Floats:
    """Return the members of *group*, (settlements, periods), persons."""
    settlements = tables["settlements"]
    base = settlements["population"].to_numpy(dtype=float)
    total = base[:, None] * growth_factors(tables, projection)
    total = _overwrite(tables, projection, ALL, total)
    if group == ALL and ALL not in set(tables["groups"]["group"]):
        return total
    row = tables["groups"].set_index("group").loc[group]
    share = np.where(is_urban(settlements), row["share_urban"], row["share_rural"])
    return _overwrite(tables, projection, group, total * share[:, None])


def _overwrite(tables: Tables, projection: str, group: str, values: Floats) -> Floats:
    """Put the given rows of `population` in place of computed values."""
    rows = tables["population"]
    rows = rows[(rows["scenario"] == projection) & (rows["group"] == group)]
    if rows.empty:
        return values
    i = pd.Index(tables["settlements"]["settlement"]).get_indexer(rows["settlement"])
    t = pd.Index(tables["periods"]["period"]).get_indexer(rows["period"])
    values = values.copy()
    values[i, t] = rows["persons"].to_numpy(dtype=float)
    return values
