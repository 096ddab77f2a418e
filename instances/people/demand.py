"""How many people there are, and what they demand of a service.

A row of ``population`` for the projection, or the base population times the growth of
the region times the group's share of urban or rural inhabitants. Whom
anchors bring comes on top.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.errors import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.instances.people.anchors import arrivals
from aumaq.instances.rows import holds, rows_with

Tables = Mapping[str, pd.DataFrame]

ALL = "all"
"""The name under which `population` gives all inhabitants."""

URBAN = ("city", "town")


def is_urban(settlements: pd.DataFrame) -> Flags:
    """Return whether each settlement counts as urban."""
    return settlements["kind"].isin(URBAN).to_numpy()


def growth_factors(tables: Tables, projection: str) -> Floats:
    """Return population relative to the base year, (settlements, periods).

    A region without rows takes the rows with an empty region; without those, 1.
    """
    settlements, periods = tables["settlements"], tables["periods"]["period"]
    growth = rows_with(tables["growth"], "scenario", projection)
    factors = np.ones((len(settlements), len(periods)))
    if growth.empty:
        return factors
    regions = settlements["region"].to_numpy()
    for t, period in enumerate(periods):
        rows = rows_with(growth, "period", period)
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
    return base * _share(tables, group)


def persons(tables: Tables, projection: str, group: str) -> Floats:
    """Return the members of *group*, (settlements, periods), persons."""
    base = tables["settlements"]["population"].to_numpy(dtype=float)
    total = base[:, None] * growth_factors(tables, projection)
    total, come = _overwrite(tables, projection, ALL, total), arrivals(tables)
    if group == ALL and ALL not in set(tables["groups"]["group"]):
        return total + come
    share = _share(tables, group)[:, None]
    own = _overwrite(tables, projection, group, total * share)
    return own + come * share


def _share(tables: Tables, group: str) -> Floats:
    """Return which part of the inhabitants is of a group, (settlements,)."""
    groups = tables["groups"]
    names = groups["group"].tolist()
    if group not in names:
        raise UnknownNameError(say("group"), group, names)
    row = groups.iloc[names.index(group)]
    urban, rural = float(row["share_urban"]), float(row["share_rural"])
    return np.where(is_urban(tables["settlements"]), urban, rural)


def _overwrite(tables: Tables, projection: str, group: str, values: Floats) -> Floats:
    """Put the given rows of `population` in place of computed values."""
    rows = tables["population"]
    own = holds(rows, "scenario", projection) & holds(rows, "group", group)
    if not own.any():
        return values
    rows = rows[own]
    i = pd.Index(tables["settlements"]["settlement"]).get_indexer(rows["settlement"])
    t = pd.Index(tables["periods"]["period"]).get_indexer(rows["period"])
    values = values.copy()
    values[i, t] = rows["persons"].to_numpy(dtype=float)
    return values
