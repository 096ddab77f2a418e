"""Formulas on power and water: who is on the network, whose load is met, how surely."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State

DUST = 1e-6
"""Shares of a load up to this are numerical dust."""
CONNECTED_SHARE = 0.5
"""More than this share of the load comes by the network: the settlement is on it."""
RESERVE_SHARE = 0.5
"""Local supply for this share of the load is a second way."""
SOURCES = ("sources",)
"""The node of the graph that stands for all sources; others are texts or links."""


def _loads(state: State, network: str) -> dict[str, Floats]:
    """Return load, from_network, shed and has_node of settlements, (S, T)."""
    rows = state.tables["loads"]
    rows = rows[rows["network"] == network]
    load = rows["base_load"] + rows["facility_load"]
    return {
        "load": state.grid(rows, load),
        "from_network": state.grid(rows, rows["from_network"]),
        "shed": state.grid(rows, rows["shed"]),
        "has_node": (state.grid(rows, np.ones(len(rows))) > 0).astype(float),
    }


@formula
def share_of_settlements_connected(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements that the network gives most of their load."""
    on = connected(state, indicator.network)
    return _share_with_node(state, indicator, np.isfinite(on), on == 1.0)


def connected(state: State, network: str) -> Floats:
    """Return 1.0 where the network gives a settlement most of its load, else 0.0.

    (S, T); NaN for settlements that the network does not plan (no node).
    """
    n = _loads(state, network)
    is_on = n["from_network"] > CONNECTED_SHARE * n["load"]
    return np.where(n["has_node"] > 0, is_on, np.nan)


@formula
def share_of_load_from_network(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements' load that the network meets."""
    n, who = _loads(state, indicator.network), state.counts(indicator.applies_to)
    return Measure(
        state.by_settlement(n["from_network"] * who),
        state.by_settlement(n["load"] * who),
    )


@formula
def share_of_settlements_without_shedding(
    state: State, indicator: Indicator
) -> Measure:
    """Return the share of settlements whose whole load is met."""
    n = _loads(state, indicator.network)
    return _share_with_node(state, indicator, n["has_node"], _is_met(n))


@formula
def share_of_settlements_fed_twice(state: State, indicator: Indicator) -> Measure:
    """Return the share of settlements that no single link leaves without supply."""
    n = _loads(state, indicator.network)
    rows = state.tables["local_supply"]
    rows = rows[rows["network"] == indicator.network]
    reserve = state.grid(rows, rows["capacity"])
    twice = _fed_twice(state, indicator.network)
    twice |= (reserve > 0) & (reserve >= RESERVE_SHARE * n["load"])
    return _share_with_node(state, indicator, n["has_node"], twice & _is_met(n))


def _is_met(n: dict[str, Floats]) -> Flags:
    return np.asarray(n["shed"] <= DUST * n["load"])


def _share_with_node(
    state: State, indicator: Indicator, has_node: Floats | Flags, holds: Flags
) -> Measure:
    counted = has_node * state.counts(indicator.applies_to)
    return Measure(state.by_settlement(counted * holds), state.by_settlement(counted))


def _fed_twice(state: State, network: str) -> Flags:
    """Return which settlements reach a source whichever one link fails, (S, T)."""
    nodes = state.world["network_nodes"]
    nodes = nodes[(nodes["network"] == network) & (nodes["settlement"] != "")]
    i = state.ids.get_indexer(nodes["settlement"])
    found = np.zeros((len(state.ids), len(state.periods)), dtype=bool)
    for t, period in enumerate(state.periods):
        flows, sources = (
            rows[(rows["network"] == network) & (rows["period"] == period)]
            for rows in (state.tables["flows"], state.tables["sources"])
        )
        safe = _safe_nodes(flows[flows["capacity"] > 0], sources)
        found[i, t] = nodes["node"].isin(safe)
    return found


def _safe_nodes(flows: pd.DataFrame, sources: pd.DataFrame) -> set[str]:
    """Return nodes that no bridge of the graph cuts off from all sources.

    Sources are joined by two edges each, as they do not fail here; a second link
    between the same nodes goes through a node of its own, so that it is no copy.
    """
    import networkx as nx  # slow to load, and most instances have no networks

    graph: nx.Graph[object] = nx.Graph()
    graph.add_node(SOURCES)
    feeding = sources.loc[sources["capacity"] > 0, "node"].unique()
    links = [(row.from_node, row.to_node, row.link) for row in
             flows.drop_duplicates("link").itertuples()]  # fmt: skip
    links += [(node, SOURCES, side) for node in feeding for side in (0, 1)]
    for a, b, code in links:
        middle = ("link", a, code)
        graph.add_edges_from([(a, middle), (middle, b)])
    graph.remove_edges_from(list(nx.bridges(graph)))
    return {
        node
        for node in nx.node_connected_component(graph, SOURCES)
        if isinstance(node, str)
    }
