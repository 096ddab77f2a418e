"""What an instance holds, as plain values: sizes, totals, access, what is estimated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from aumaq.instances.access.limits import beyond
from aumaq.instances.access.pieces import pieces_of, road_pieces
from aumaq.instances.access.upgrades import BETWEEN
from aumaq.instances.arguments import checked
from aumaq.instances.instance import Instance

MOST_NAMED = 20
"""Settlements listed by name where something is wrong with them."""


@checked
def describe(instance: Instance) -> dict[str, Any]:
    """Return the facts of an instance, ready for JSON.

    Demand and capacity are in units of the service, minutes one way.
    """
    snapped = instance.snapping["distance_km"]
    return {
        "name": instance.name,
        "title": instance.title,
        "scenario": instance.scenario,
        "scenarios": list(instance.scenario_names),
        "variants": list(instance.base["variants"]["variant"]),
        "periods": list(instance.period_names),
        "currency": instance.currency,
        "hash": instance.content_hash,
        "settlements": len(instance.settlement_ids),
        "people_by_period": _rounded(instance.persons("all").sum(axis=0)),
        "tables": {name: len(t) for name, t in instance.base.items() if len(t)},
        "warnings": len(instance.warnings),
        "synthetic_share": instance.synthetic_share,
        "snapped_to_roads": len(snapped),
        "farthest_snap_km": round(float(snapped.max()), 2) if len(snapped) else 0.0,
        "services": {name: _service(instance, name) for name in instance.service_names},
        "networks": {name: _network(instance, name) for name in instance.network_names},
        "roads": _roads(instance),
    }


def _roads(instance: Instance) -> dict[str, Any]:
    links, later = (
        instance.tables[name] for name in ("road_links", "road_upgrade_links")
    )
    ways = (
        instance.connection_options() if len(instance.tables["connections"]) else None
    )
    held = 0 if ways is None else ways.loc[ways["needs"] == "", "connection"].nunique()
    possible = 0 if ways is None else ways["connection"].nunique()
    sizes, off = _road_pieces(instance)
    return {
        "pieces": len(sizes),
        "nodes_by_piece": sizes[:MOST_NAMED],
        "settlements_cut_off": off,
        "season": instance.tables["policies"]["season"].iloc[0],
        "length_km": round(float(links["length_km"].sum()), 1),
        "upgrades": len(instance.upgrade_names),
        "upgraded_km": round(float(later["length_km"].sum()), 1),
        "connections": len(instance.tables["connections"]),
        "connections_held_today": int(held),
        "connections_possible": int(possible),
    }


def _road_pieces(instance: Instance) -> tuple[list[int], int]:
    """Return nodes of each piece of road, and settlements not tied to the largest."""
    if instance.uses_travel_table or not instance.road_graph.num_nodes:
        return [], 0
    pieces = road_pieces(instance)
    tied = pieces.of_node[instance.settlement_places.node]
    return pieces.sizes.tolist(), int((tied != 0).sum())


def _network_pieces(nodes: pd.DataFrame, links: pd.DataFrame) -> list[int]:
    """Return nodes of each piece of a network, links that may be built included."""
    if nodes.empty:
        return []
    codes = pd.Index(nodes["node"])
    ends = [codes.get_indexer(links[name]) for name in ("from_node", "to_node")]
    graph = csr_array((np.ones(len(links)), ends), shape=(len(codes),) * 2)
    return [int(size) for size in pieces_of(graph).sizes]


def _network(instance: Instance, name: str) -> dict[str, Any]:
    own = {
        table: rows[rows["network"] == name]
        for table, rows in instance.tables.items()
        if table in ("network_nodes", "network_links", "link_upgrades")
    }
    links = own["network_links"]
    fed = own["network_nodes"]["settlement"]
    is_fed = np.isin(np.array(instance.settlement_ids, dtype=object), fed)
    return {
        "nodes": len(own["network_nodes"]),
        "pieces": len(sizes := _network_pieces(own["network_nodes"], links)),
        "nodes_by_piece": sizes[:MOST_NAMED],
        "links": len(links),
        "links_today": int((links["capacity"] > 0).sum()),
        "upgrade_steps": len(own["link_upgrades"]),
        "length_km_today": round(
            float(links["length_km"][links["capacity"] > 0].sum()), 1
        ),
        "settlements_with_a_node": int(is_fed.sum()),
        "load_of_people_by_period": _rounded(instance.people_load(name).sum(axis=0)),
    }


def _service(instance: Instance, name: str) -> dict[str, Any]:
    row, demand = instance.service(name), instance.demand(name)
    sites, options = instance.service_sites(name), instance.access(name)
    capacity = dict(
        zip(
            instance.levels(name)["level"], instance.levels(name)["capacity"],
            strict=True,
        )
    )  # fmt: skip
    stock = instance.tables["facilities"]
    stock = stock[stock["service"] == name]
    today = float((stock["level"].map(capacity) * stock["units"]).sum())
    facts = {
        "title": row["title"] or name,
        "unit": row["unit"],
        "sites": len(sites),
        "facilities_today": int(stock["units"].sum()),
        "capacity_today": today,
    }
    if row["role"] != "serve":
        return facts
    now = options[options["needs"] == ""]
    nearest = now.groupby("i")["minutes"].min()
    minutes = np.full(len(demand), np.inf)
    minutes[nearest.index.to_numpy(dtype=int)] = nearest.to_numpy(dtype=float)
    cutoff = float(row["cutoff_minutes"])
    names = instance.tables["settlements"]["name"].to_numpy(dtype=object)
    unreachable = ~np.isfinite(minutes)
    far = ~unreachable & beyond(minutes, cutoff)
    return {
        **facts,
        "demand_by_period": _rounded(demand.sum(axis=0)),
        "access_options": len(options),
        "options_by_upgrades": len(options) - len(now),
        "most_upgrades_of_an_option": _most_needed(options),
        "options_beyond_cutoff": int(beyond(options["minutes"], cutoff).sum()),
        "settlements_beyond_cutoff": int(far.sum()),
        "beyond_cutoff": names[far][:MOST_NAMED].tolist(),
        "settlements_unreachable": int(unreachable.sum()),
        "unreachable": names[unreachable][:MOST_NAMED].tolist(),
    }


def _most_needed(options: pd.DataFrame) -> int:
    needs = options.loc[options["needs"] != "", "needs"]
    return int(needs.str.split(BETWEEN).str.len().max()) if len(needs) else 0


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 1) for value in values]
