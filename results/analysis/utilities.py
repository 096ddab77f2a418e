"""Provision of today with power, water and paved roads: who is on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aumaq.instances import Instance
from aumaq.results.analysis.units import Floats, Ints


def is_on_network(instance: Instance, network: str) -> Floats:
    """Return 1.0 where lines or mains of today lead from a source to a settlement.

    0.0 where none do; NaN for settlements that the network does not plan (no node).
    """
    tables = instance.tables
    nodes = _of(tables["network_nodes"], network)
    codes = pd.Index(nodes["node"])
    links = _of(tables["network_links"], network)
    links = links[(links["capacity"] > 0) & _has_station(instance, links)]
    ends = [codes.get_indexer(links[c]) for c in ("from_node", "to_node")]
    n = len(codes)
    graph = coo_array((np.ones(len(links)), tuple(ends)), shape=(n, n))
    part = connected_components(graph, directed=False)[1] if n else np.zeros(0, int)
    sources = codes.get_indexer(_source_nodes(instance, network, nodes))
    is_fed = np.isin(part, part[sources[sources >= 0]])
    found: Floats = np.full(len(instance.settlement_ids), np.nan)
    home = pd.Index(instance.settlement_ids).get_indexer(nodes["settlement"])
    np.fmax.at(found, home[home >= 0], is_fed[home >= 0].astype(float))
    return found


def _of(rows: pd.DataFrame, network: str) -> pd.DataFrame:
    return rows[rows["network"] == network]


def _has_station(instance: Instance, links: pd.DataFrame) -> pd.Series[bool]:
    """Whether the station that a link needs stands today."""
    services, stock = instance.tables["services"], instance.tables["facilities"]
    carrying = services.loc[services["role"] == "carry", "service"]
    standing = stock.loc[stock["service"].isin(carrying), "site"]
    return (links["station"] == "") | links["station"].isin(standing)


def _source_nodes(
    instance: Instance, network: str, nodes: pd.DataFrame
) -> pd.Series[str]:
    """Return the nodes that a facility of today supplies."""
    services, stock = instance.tables["services"], instance.tables["facilities"]
    rows = services[(services["role"] == "supply") & (services["network"] == network)]
    standing = stock.loc[stock["service"].isin(rows["service"]), ["service", "site"]]
    sites = instance.tables["sites"].merge(standing.drop_duplicates())
    node_of = nodes[nodes["settlement"] != ""].drop_duplicates("settlement")
    home = sites["settlement"].map(node_of.set_index("settlement")["node"])
    return sites["network_node"].where(sites["network_node"] != "", home.fillna(""))


def has_paved_road(instance: Instance) -> Floats:
    """Return 1.0 where a paved road of today touches the settlement's road node.

    0.0 where only others do; NaN where a surface is not known and none is paved, or
    where there is no road graph.
    """
    count = len(instance.settlement_ids)
    if instance.uses_travel_table or not instance.road_graph.num_nodes:
        return np.full(count, np.nan)
    links, classes = instance.tables["road_links"], instance.tables["road_classes"]
    surface = links["road_class"].map(classes.set_index("road_class")["surface"])
    codes = instance.road_graph.codes

    def touched(kind: str) -> Ints:
        rows = links[surface == kind]
        ends = pd.concat([rows["from_node"], rows["to_node"]])
        return np.bincount(codes.get_indexer(ends), minlength=len(codes))

    here = instance.settlement_places.node
    paved, unknown = touched("paved")[here] > 0, touched("")[here] > 0
    return np.where(paved, 1.0, np.where(unknown, np.nan, 0.0))
