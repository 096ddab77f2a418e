"""Formulas on roads: paved access, ways to centres, connections.

The centre of a district or a region is its seat, without one its largest settlement of
the base year. Roads are those of the period, with the upgrades of the plan that stand.
Where travel times are given outright they are the minutes, and surfaces are not known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array

from aumaq.instances.access.limits import NO_TIME, within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.scipy_parts import connected_components, dijkstra
from aumaq.results.indicators import ways
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State

DISTRICT, REGION = ["region", "district"], ["region"]
"""The columns of ``settlements`` that name a unit."""
SEATS = {"district": {"district": 0, "region": 1, "nation": 2},
         "region": {"region": 0, "nation": 1}}  # fmt: skip
"""Which seats (``centre_of``) make the centre of a unit, the best first."""


def centre_rows(settlements: pd.DataFrame, columns: list[str]) -> Ints:
    """Return the row of each settlement's centre, (S,); -1 where a name is empty.

    It is the settlement that says so in ``centre_of``, for that is where its people
    are served by offices; without one the largest.
    """
    seats = SEATS[columns[-1]]
    rank = settlements["centre_of"].map(seats).fillna(len(seats))
    order = pd.DataFrame({"rank": rank, "size": -settlements["population"]})
    order = order.sort_values(["rank", "size"], kind="stable").index
    first = settlements.loc[order].groupby(columns, sort=False)["settlement"]
    row = pd.Index(settlements["settlement"]).get_indexer(
        first.transform("first").sort_index()
    )
    is_named = (settlements[columns] != "").all(axis=1).to_numpy()
    return np.where(is_named, row, -1).astype(np.int64)


@formula
def share_of_settlements_paved(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements from which paved roads lead to a centre."""
    paved = paved_access(state, indicator.unpaved_km)
    return _share_of_known(state, indicator, paved)


def _share_of_known(state: State, indicator: Indicator, holds: Floats) -> Measure:
    """Return for how many of those of which it is known (not NaN) something holds."""
    counted = np.isfinite(holds) * state.counts(indicator.applies_to)
    return Measure(
        state.by_settlement(counted * np.nan_to_num(holds)),
        state.by_settlement(counted),
    )


def paved_access(state: State, unpaved_km: float) -> Floats:
    """Return 1.0 where paved roads lead to a centre, else 0.0, (S, T).

    NaN where that hangs on roads of unknown surface, or without a road graph.
    """
    found = np.full((len(state.ids), len(state.periods)), np.nan)
    if state.instance.uses_travel_table or not state.instance.road_graph.num_nodes:
        return found
    classes = state.world["road_classes"]
    is_told = (classes["surface"] != "").all()
    for t in range(len(state.periods)):
        built = state.upgraded[:, t]
        sure = _is_paved(state, built, unpaved_km, ["paved"])
        maybe = sure if is_told else _is_paved(state, built, unpaved_km, ["paved", ""])
        found[:, t] = np.where(sure, 1.0, np.where(maybe, np.nan, 0.0))
    return found


def _is_paved(
    state: State, built: Flags, unpaved_km: float, surfaces: list[str]
) -> Flags:
    """Return which settlements have paved access by roads of some surfaces, (S,).

    The nearest node of a paved link counts, by road and with the settlement's own way
    to its node; its part of the paved roads must hold that of a centre, likewise found.
    """
    places = state.instance.settlement_places
    part, km = _paved_parts(state, built, surfaces)
    own, away = part[places.node], km[places.node] + places.connector_km
    own = np.where(within(away, unpaved_km), own, -1)
    centres = [centre_rows(state.settlements, c) for c in (REGION, DISTRICT)]
    is_centre = np.zeros(len(own), dtype=bool)
    for centre in centres:
        is_centre[centre[centre >= 0]] = True
    return (own >= 0) & np.isin(own, own[is_centre])


def _paved_parts(
    state: State, built: Flags, surfaces: list[str]
) -> tuple[Ints, Floats]:
    """Return the part of the paved roads that is nearest to each road node, and km."""
    classes, roads = state.world["road_classes"], state.instance.roads
    paved = set(classes.loc[classes["surface"].isin(surfaces), "road_class"])
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
    return _mean_minutes(state, indicator, DISTRICT)


@formula
def minutes_to_region_centre(state: State, indicator: Indicator) -> Measure:
    """Return mean minutes of inhabitants to the centre of their region."""
    return _mean_minutes(state, indicator, REGION)


@formula
def share_near_district_centre(state: State, indicator: Indicator) -> Measure:
    """Return the share of inhabitants near the centre of their district."""
    return _share_near(state, indicator, DISTRICT)


@formula
def share_near_region_centre(state: State, indicator: Indicator) -> Measure:
    """Return the share of inhabitants near the centre of their region."""
    return _share_near(state, indicator, REGION)


def _mean_minutes(state: State, indicator: Indicator, columns: list[str]) -> Measure:
    minutes = minutes_to_centre(state, columns)
    people = state.people * state.counts(indicator.applies_to) * np.isfinite(minutes)
    weighted = people * np.where(np.isfinite(minutes), minutes, 0.0)
    return Measure(state.by_settlement(weighted), state.by_settlement(people))


def _share_near(state: State, indicator: Indicator, columns: list[str]) -> Measure:
    minutes = minutes_to_centre(state, columns)
    people = state.people * state.counts(indicator.applies_to) * ~np.isnan(minutes)
    near = people * within(minutes, indicator.minutes)
    return Measure(state.by_settlement(near), state.by_settlement(people))


def minutes_to_centre(state: State, columns: list[str]) -> Floats:
    """Return minutes to the centre of one's unit, (S, T); inf: no way, NaN: none."""
    centre = centre_rows(state.settlements, columns)
    minutes = np.full((len(centre), len(state.periods)), np.nan)
    i = np.flatnonzero(centre >= 0)
    for t in range(len(state.periods)):
        before = state.upgraded[:, t - 1] if t else None
        if before is not None and np.array_equal(state.upgraded[:, t], before):
            minutes[:, t] = minutes[:, t - 1]
        else:
            minutes[i, t] = ways.to_own(
                state.instance, i, centre[i], state.upgraded[:, t]
            )
    return minutes


@formula
def share_of_connections_met(state: State, _: Indicator) -> Measure:
    """Return the share of connections that are in time."""
    rows = state.rows("connections")
    return Measure(
        state.by_rows(rows, rows["is_met"]), state.by_rows(rows, np.ones(len(rows)))
    )
