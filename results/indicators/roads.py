"""Formulas on roads: paved access, ways to centres, connections.

The centre of a district or a region is its largest settlement of the base year. Roads
are those of the period: upgrades of the plan that stand are in them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aumaq.instances.paths import fastest_between
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import (
    Flags,
    Floats,
    Indicator,
    Ints,
    Measure,
    State,
)

PAVED_TIE_KM = 1.0
"""A settlement that has no node of its own may be so far from the nearest one."""


def centre_of(settlements: pd.DataFrame, columns: list[str]) -> Ints:
    """Return the row of each settlement's centre, (S,); -1 where a name is empty."""
    order = settlements.sort_values("population", ascending=False, kind="stable")
    first = order.groupby(columns, sort=False)["settlement"].transform("first")
    row = pd.Index(settlements["settlement"]).get_indexer(first.sort_index())
    is_named = (settlements[columns] != "").all(axis=1).to_numpy()
    return np.where(is_named, row, -1).astype(np.int64)


@formula
def share_of_settlements_paved(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements that paved roads join to the region's centre."""
    who = state.counts(indicator.applies_to)
    if state.instance.uses_travel_table:
        return Measure(np.zeros(state.shape), np.zeros(state.shape))
    paved = np.column_stack(
        [_is_paved(state, state.upgraded[:, t]) for t in range(len(state.periods))]
    )
    return Measure(state.by_settlement(paved * who), state.by_settlement(who))


def _is_paved(state: State, built: Flags) -> Flags:
    """Return which settlements have a paved way to their region's centre, (S,)."""
    roads, places = state.instance.roads, state.instance.settlement_places
    classes = state.world["road_classes"]
    paved = classes.loc[classes["is_paved"], "road_class"]
    later = state.world["road_upgrade_links"]
    names = np.array(roads.upgrades, dtype=object)[built]
    links = pd.concat(
        [state.world["road_links"], later[later["upgrade"].isin(names)]],
        ignore_index=True,
    )
    links = links[links["road_class"].isin(paved)]
    ends = [roads.codes.get_indexer(links[c]) for c in ("from_node", "to_node")]
    size = len(roads.codes)
    graph = coo_array((np.ones(len(links)), (ends[0], ends[1])), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    centre = centre_of(state.settlements, ["region"])
    is_near = places.connector_km <= PAVED_TIE_KM
    at = part[places.node]
    joined = (at == at[centre]) & is_near & is_near[centre]
    return joined | (centre == np.arange(len(centre)))


@formula
def minutes_to_district_centre(state: State, indicator: Indicator) -> Measure:
    """Return mean minutes of inhabitants to the centre of their district."""
    return _mean_minutes(state, indicator, ["region", "district"])


@formula
def minutes_to_region_centre(state: State, indicator: Indicator) -> Measure:
    """Return mean minutes of inhabitants to the centre of their region."""
    return _mean_minutes(state, indicator, ["region"])


@formula
def share_near_district_centre(state: State, indicator: Indicator) -> Measure:
    """Return the share of inhabitants near the centre of their district."""
    return _share_near(state, indicator, ["region", "district"])


@formula
def share_near_region_centre(state: State, indicator: Indicator) -> Measure:
    """Return the share of inhabitants near the centre of their region."""
    return _share_near(state, indicator, ["region"])


def _mean_minutes(state: State, indicator: Indicator, columns: list[str]) -> Measure:
    minutes = _minutes_to(state, columns)
    people = state.people * state.counts(indicator.applies_to) * np.isfinite(minutes)
    weighted = people * np.where(np.isfinite(minutes), minutes, 0.0)
    return Measure(state.by_settlement(weighted), state.by_settlement(people))


def _share_near(state: State, indicator: Indicator, columns: list[str]) -> Measure:
    minutes = _minutes_to(state, columns)
    people = state.people * state.counts(indicator.applies_to) * ~np.isnan(minutes)
    near = people * (minutes <= indicator.minutes)
    return Measure(state.by_settlement(near), state.by_settlement(people))


def _minutes_to(state: State, columns: list[str]) -> Floats:
    """Return minutes by road to the centre, (S, T); inf: no way, NaN: no centre."""
    centre = centre_of(state.settlements, columns)
    minutes = np.full((len(centre), len(state.periods)), np.nan)
    if state.instance.uses_travel_table:
        return minutes
    places, i = state.instance.settlement_places, np.flatnonzero(centre >= 0)
    k = centre[i]
    ways = places.connector_minutes[i] + places.connector_minutes[k]
    for t in range(len(state.periods)):
        is_same = t and np.array_equal(state.upgraded[:, t], state.upgraded[:, t - 1])
        if is_same:
            minutes[:, t] = minutes[:, t - 1]
            continue
        graph = state.instance.roads.graph(state.upgraded[:, t])
        path, _ = fastest_between(graph, places.node[k], places.node[i])
        minutes[i, t] = np.where(k == i, 0.0, path + ways)
    return minutes


@formula
def share_of_connections_met(state: State, _: Indicator) -> Measure:
    """Return the share of connections that are in time."""
    rows = state.rows("connections")
    return Measure(
        state.by_rows(rows, rows["is_met"]), state.by_rows(rows, np.ones(len(rows)))
    )
