"""Provision of today with power, water and paved roads: who is on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aumaq.instances import Instance
from aumaq.instances.access.limits import within
from aumaq.results.analysis.units import Floats

PAVED_KM = 2.0
"""A paved road is at hand within so many km as the crow flies (Rural Access Index)."""
KM_PER_DEGREE = 111.195
CHUNK = 64
"""Settlements at a time: bounds memory to CHUNK x links numbers."""


def is_on_network(instance: Instance, network: str) -> Floats:
    """Return 1.0 where lines or mains of today lead from a source to a settlement.

    0.0 where none do; NaN for settlements that the network does not plan (no node).
    """
    tables = instance.tables
    nodes = _of(tables["network_nodes"], network)
    codes = pd.Index(nodes["node"])
    links = _of(tables["network_links"], network)
    links = links[(links["capacity"] > 0) | _has_station(instance, links)]
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
    """Whether a link has a station today: its capacity adds to the link's own."""
    services, stock = instance.tables["services"], instance.tables["facilities"]
    carrying = services.loc[services["role"] == "carry", "service"]
    standing = stock.loc[stock["service"].isin(carrying), "site"]
    return links["station"].isin(standing)


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
    """Return 1.0 where a paved road of today is within 2 km of a settlement.

    The measure of the World Bank's Rural Access Index. 0.0 where only other roads are;
    NaN where one of unknown surface is, but no paved one, or without a road graph.
    """
    if instance.uses_travel_table or not instance.road_graph.num_nodes:
        return np.full(len(instance.settlement_ids), np.nan)
    links, classes = instance.tables["road_links"], instance.tables["road_classes"]
    surface = links["road_class"].map(classes.set_index("road_class")["surface"])
    paved, unknown = (
        within(km_to_links(instance, links[surface == kind]), PAVED_KM)
        for kind in ("paved", "")
    )
    return np.where(paved, 1.0, np.where(unknown, np.nan, 0.0))


def km_to_links(instance: Instance, links: pd.DataFrame) -> Floats:
    """Return km from each settlement to the nearest of *links*, drawn straight.

    On the plane that touches the globe at the settlement: exact enough for a few km.
    """
    nodes = instance.tables["road_nodes"].set_index("node")[["lat", "lon"]]
    start, end = (nodes.loc[links[c]].to_numpy() for c in ("from_node", "to_node"))
    places = instance.tables["settlements"][["lat", "lon"]].to_numpy()
    found = np.full(len(places), np.inf)
    for first in range(0, len(places) if len(links) else 0, CHUNK):
        here = places[first : first + CHUNK, None]
        scale = KM_PER_DEGREE * np.concatenate(
            [np.ones_like(here[..., :1]), np.cos(np.radians(here[..., :1]))], axis=2
        )
        a, b = (start - here) * scale, (end - here) * scale
        way = b - a
        length = np.maximum((way**2).sum(axis=2), 1e-12)
        along = np.clip(-(a * way).sum(axis=2) / length, 0.0, 1.0)
        away = np.hypot(*np.moveaxis(a + along[..., None] * way, 2, 0))
        found[first : first + CHUNK] = away.min(axis=1)
    return found
