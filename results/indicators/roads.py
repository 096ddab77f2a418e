"""Formulas on roads: paved access, ways to centres, connections.

The centre of a district or a region is its largest settlement of the base year. Roads
are those of the period: upgrades of the plan that stand are in them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from aumaq.instances.access.limits import NO_TIME, within
from aumaq.instances.access.paths import fastest_between
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import (
    Flags,
    Floats,
    Indicator,
    Ints,
    Measure,
    State,
)


def centre_of(settlements: pd.DataFrame, columns: list[str]) -> Ints:
    """Return the row of each settlement's centre, (S,); -1 where a name is empty."""
    order = settlements.sort_values("population", ascending=False, kind="stable")
    first = order.groupby(columns, sort=False)["settlement"].transform("first")
    row = pd.Index(settlements["settlement"]).get_indexer(first.sort_index())
    is_named = (settlements[columns] != "").all(axis=1).to_numpy()
    return np.where(is_named, row, -1).astype(np.int64)


@formula
def share_of_settlements_paved(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements from which paved roads lead to a centre."""
    who = state.counts(indicator.applies_to)
    if state.instance.uses_travel_table:
        return Measure(np.zeros(state.shape), np.zeros(state.shape))
    paved = np.column_stack(
        [
            _is_paved(state, state.upgraded[:, t], indicator.unpaved_km)
            for t in range(len(state.periods))
        ]
    )
    return Measure(state.by_settlement(paved * who), state.by_settlement(who))


def _is_paved(state: State, built: Flags, unpaved_km: float) -> Flags:
    """Return which settlements have paved access, (S,).

    The nearest node of a paved link counts, by road and with the settlement's own way
    to its node; its part of the paved roads must hold that of a centre, likewise found.
    """
    places = state.instance.settlement_places
    part, km = _paved_parts(state, built)
    own, away = part[places.node], km[places.node] + places.connector_km
    own = np.where(within(away, unpaved_km), own, -1)
    centres = [
        centre_of(state.settlements, c) for c in (["region"], ["region", "district"])
    ]
    is_centre = np.zeros(len(own), dtype=bool)
    for centre in centres:
        is_centre[centre[centre >= 0]] = True
    return (own >= 0) & np.isin(own, own[is_centre])


def _paved_parts(state: State, built: Flags) -> tuple[Ints, Floats]:
    """Return the part of the paved roads that is nearest to each road node, and km."""
    classes, roads = state.world["road_classes"], state.instance.roads
    paved = set(classes.loc[classes["surface"] == "paved", "road_class"])
    later = state.world["road_upgrade_links"]
    names = np.array(roads.upgrades, dtype=object)[built]
    links = pd.concat(
        [state.world["road_links"], later[later["upgrade"].isin(names)]],
        ignore_index=True,
    )
    ends = [roads.codes.get_indexer(links[c]) for c in ("from_node", "to_node")]
    size, is_paved = len(roads.codes), links["road_class"].isin(paved).to_numpy()
    number = np.full(size, -1)
    nodes = np.unique(np.concatenate([end[is_paved] for end in ends]))
    if not len(nodes):
        return number, np.full(size, np.inf)
    paved_ends = (ends[0][is_paved], ends[1][is_paved])
    graph = coo_array((np.ones(is_paved.sum()), paved_ends), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    km = _lengths(ends, links["length_km"].to_numpy(dtype=float), size)
    near, _, source = dijkstra(
        km, indices=nodes, min_only=True, return_predecessors=True
    )
    is_reached = np.isfinite(near)
    number[is_reached] = part[source[is_reached]]
    return number, near


def _lengths(ends: list[Ints], km: Floats, size: int) -> csr_array:
    """Return km of the shortest link between nodes, both ways."""
    rows = pd.DataFrame(
        {
            "u": np.concatenate(ends),
            "v": np.concatenate(ends[::-1]),
            # A zero weight would mean "no link" to scipy.
            "km": np.maximum(np.tile(km, 2), NO_TIME),
        }
    )
    rows = rows.groupby(["u", "v"], as_index=False)["km"].min()
    return csr_array((rows["km"], (rows["u"], rows["v"])), shape=(size, size))


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
    near = people * within(minutes, indicator.minutes)
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
