"""Minutes over roads: to the nearest of several targets, or to one each.

Where travel times are given outright, they are used instead; a settlement that cannot
get there has ``inf``, and NaN where nothing says how long it takes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack, vstack

from aumaq.instances import Instance
from aumaq.instances.access.limits import NO_TIME
from aumaq.instances.access.options import Places, RoadGraph
from aumaq.instances.access.paths import fastest_between
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.scipy_parts import dijkstra


def to_facilities(instance: Instance, service: str, sites: pd.DataFrame) -> Floats:
    """Return minutes to the nearest of *sites* of a service, (settlements,).

    As for access options: usual trip inside the settlement, connectors, path; inside
    the own settlement only the usual trip.
    """
    inside = instance.tables["settlements"]["internal_minutes"].to_numpy(dtype=float)
    own = pd.Index(instance.settlement_ids).get_indexer(sites["settlement"])
    if instance.uses_travel_table:
        travel = instance.tables["travel"]
        minutes = _given(instance, travel[travel["site"].isin(sites["site"])])
        # As for access options: a pair that is not given is no way, and the time given
        # is that between two settlements.
        minutes = np.where(np.isnan(minutes), np.inf, minutes)
    else:
        every = instance.site_places(service)
        codes = pd.Index(instance.service_sites(service)["site"])
        minutes = inside + nearest(
            instance.road_graph,
            instance.settlement_places,
            _some(every, codes.get_indexer(sites["site"])),
        )
    own = own[own >= 0]
    minutes[own] = np.minimum(minutes[own], inside[own])
    return minutes


def to_nearest(instance: Instance, targets: Ints) -> Floats:
    """Return minutes to the nearest of the settlements *targets* (their rows)."""
    if instance.uses_travel_table:
        minutes = _given(instance, _travel_to(instance, targets))
    else:
        places = instance.settlement_places
        minutes = nearest(instance.road_graph, places, _some(places, targets))
    minutes[targets] = 0.0
    return minutes


def to_own(instance: Instance, start: Ints, target: Ints, built: Flags) -> Floats:
    """Return minutes from settlements *start* to *target*, a row each.

    By the roads of today with the upgrades *built*, (G,). 0 where both are the same;
    inf where there is no way, NaN where given times do not say.
    """
    if instance.uses_travel_table:
        minutes = np.full(len(start), np.nan)
        for k in np.unique(target):
            own = target == k
            given = _given(instance, _travel_to(instance, np.array([k])))
            minutes[own] = given[start[own]]
    else:
        places, graph = instance.settlement_places, instance.roads.graph(built)
        path = np.full(len(start), np.inf)
        if graph.num_nodes:
            # Roads go both ways, and there are far fewer targets than settlements.
            path, _ = fastest_between(graph, places.node[target], places.node[start])
        ways = places.connector_minutes[start] + places.connector_minutes[target]
        minutes = path + ways
    return np.where(target == start, 0.0, minutes)


def nearest(graph: RoadGraph, settlements: Places, targets: Places) -> Floats:
    """Return minutes to the nearest target: one search from a node before them all."""
    n = graph.num_nodes
    if not n or not len(targets.node):
        return np.full(len(settlements.node), np.inf)
    first = np.full(n, np.inf)
    np.minimum.at(first, targets.node, np.maximum(targets.connector_minutes, NO_TIME))
    ends = np.flatnonzero(np.isfinite(first))
    start = csr_array((first[ends], (np.zeros(len(ends), int), ends)), shape=(1, n + 1))
    roads = hstack([graph.minutes, csr_array((n, 1))])
    minutes = dijkstra(vstack([roads, start]).tocsr(), directed=True, indices=n)
    return minutes[settlements.node] + settlements.connector_minutes


def _some(places: Places, rows: Ints) -> Places:
    return Places(
        places.node[rows],
        places.connector_minutes[rows],
        places.connector_km[rows],
        places.is_snapped[rows],
    )


def _travel_to(instance: Instance, targets: Ints) -> pd.DataFrame:
    """Return the given times to sites that stand in one of the *targets*."""
    ids = np.array(instance.settlement_ids, dtype=object)[targets]
    sites = instance.tables["sites"]
    there = sites.loc[sites["settlement"].isin(ids), "site"]
    travel = instance.tables["travel"]
    return travel[travel["site"].isin(there)]


def _given(instance: Instance, travel: pd.DataFrame) -> Floats:
    """Return the shortest given time of each settlement; NaN without one."""
    least = travel.groupby("settlement")["minutes"].min()
    return least.reindex(list(instance.settlement_ids)).to_numpy(dtype=float, copy=True)
