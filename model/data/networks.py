"""Numbers of the power and water networks, gathered once from the instance.

Shapes: N nodes, E links, G upgrade steps, O local options, S supplying sites,
T periods. Flows, loads and capacities are in the units of the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.land.works import LINKS, LOCAL, of_sort
from aumaq.instances.people.loads import industrial_load
from aumaq.instances.rows import rows_with

LOAD_COLUMN = {"power": "load_kw", "water": "load_m3_per_day"}
"""Column of ``levels`` that holds the load of a facility on a network."""


@dataclass(frozen=True)
class NetworkData:
    """One network. Money is in mln, with the scenario's factors applied."""

    name: str
    has_angles: bool
    may_shed: bool
    shed_mln_per_unit_year: float
    residual_factor: Floats  # (T,) credit for a mln built, discounted
    nodes: tuple[str, ...]
    node_region: tuple[str, ...]
    base_load: Floats  # (N, T) of people and industry, no growth point chosen
    links: tuple[str, ...]
    link_from: Ints  # (E,)
    link_to: Ints  # (E,)
    link_capacity: Floats  # (E,) today
    link_susceptance: Floats  # (E,) today
    link_loss: Floats  # (E,) share of what enters that does not arrive
    link_is_one_way: Flags  # (E,)
    link_flow_mln_per_year: Floats  # (E,) a unit of flow, either way
    link_station: tuple[tuple[str, int] | None, ...]  # (service, site) that limits it
    step_link: Ints  # (G,) sorted by link and number
    step_number: Ints  # (G,)
    step_capacity: Floats  # (G,) added
    step_susceptance: Floats  # (G,) added
    step_capex_mln: Floats  # (G,)
    step_opex_mln_per_year: Floats  # (G,)
    step_first: Ints  # (G,) first period
    local_option: tuple[str, ...]  # (O,)
    local_node: Ints  # (O,)
    local_max: Floats  # (O,) inf: any
    local_first: Ints  # (O,)
    local_capex_mln: Floats  # (O,) a unit of capacity
    local_opex_mln_per_year: Floats  # (O,) a unit of capacity
    local_supply_mln_per_year: Floats  # (O,) a unit supplied
    source: tuple[tuple[str, int], ...]  # (S,) service and site
    source_node: Ints  # (S,)
    source_max: Floats  # (S,) sustainable yield, inf: any
    source_supply_mln_per_year: tuple[Floats, ...]  # (S,) by level, a unit supplied
    fed_site_node: dict[str, Ints]  # by service, (J,): node of its load, -1: none


def network_data(
    instance: Instance, name: str, sites: dict[str, tuple[str, ...]]
) -> NetworkData:
    """Gather one network under the active scenario; *sites* are codes by service."""
    rows = instance.tables["networks"].set_index("network").loc[name]
    nodes = _own(instance, "network_nodes", name)
    codes = pd.Index(nodes["node"])
    home = pd.Index(instance.settlement_ids).get_indexer(nodes["settlement"])
    regions = instance.tables["settlements"]["region"].to_numpy(dtype=object)
    base = industrial_load(instance.tables, name, codes)
    base[home >= 0] += instance.people_load(name)[home[home >= 0]]
    factor = instance.active_scenario
    return NetworkData(
        name=name,
        has_angles=rows["flow_model"] == "dc",
        may_shed=bool(rows["may_shed"]),
        shed_mln_per_unit_year=float(rows["shed_mln_per_unit_year"]),
        residual_factor=residual_factor(instance, float(rows["lifetime_years"])),
        nodes=tuple(codes),
        node_region=tuple(str(regions[i]) if i >= 0 else "" for i in home),
        base_load=base,
        **_links(instance, name, codes, sites),
        **_steps(instance, name, factor.capex_factor, factor.opex_factor),
        **_local(instance, name, nodes, factor.capex_factor, factor.opex_factor),
        **_sources(instance, name, nodes, sites, factor.opex_factor),
        fed_site_node={
            service: _site_node(instance.service_sites(service), nodes)
            for service in instance.service_names
        },
    )


def link_steps(instance: Instance, name: str) -> tuple[pd.DataFrame, Ints]:
    """Return the upgrade steps of a network, by link and number, and their links."""
    steps = _own(instance, "link_upgrades", name)
    links = pd.Index(_own(instance, "network_links", name)["link"])
    link = links.get_indexer(steps["link"]).astype(np.int64)
    order = np.lexsort((steps["step"].to_numpy(), link))
    return steps.iloc[order], link[order]


def residual_factor(instance: Instance, lifetime_years: float) -> Floats:
    """Return the discounted credit for a mln built in each period, (T,)."""
    starts = np.array(instance.first_years, dtype=float)
    end = starts[-1] + instance.period_years[-1]
    left = np.maximum(0.0, 1.0 - (end - starts) / lifetime_years)
    if not instance.policies.count_residual_value:
        left = np.zeros_like(left)
    rate = instance.policies.discount_rate
    return np.asarray(left * (1.0 + rate) ** -(end - instance.base_year))


def link_regions(n: NetworkData) -> list[str]:
    """Return the region that pays for each link: that of its first end that has one."""
    ends = zip(n.link_from.tolist(), n.link_to.tolist(), strict=True)
    return [n.node_region[a] or n.node_region[b] for a, b in ends]


def _own(instance: Instance, table: str, network: str) -> pd.DataFrame:
    return rows_with(instance.tables[table], "network", network)


def _periods(instance: Instance, names: pd.Series[str]) -> Ints:
    found = pd.Index(instance.period_names).get_indexer(names)
    return np.maximum(found, 0).astype(np.int64)


def _links(
    instance: Instance,
    name: str,
    nodes: pd.Index[str],
    sites: dict[str, tuple[str, ...]],
) -> dict[str, Any]:
    links = _own(instance, "network_links", name)
    services = instance.tables["services"]
    carries = (services["role"] == "carry") & (services["network"] == name)
    station = {
        site: (service, j)
        for service in services.loc[carries, "service"]
        for j, site in enumerate(sites[service])
    }
    length, loss = links["length_km"].to_numpy(), links["loss_per_km"].to_numpy()
    return {
        "links": tuple(links["link"]),
        "link_from": nodes.get_indexer(links["from_node"]).astype(np.int64),
        "link_to": nodes.get_indexer(links["to_node"]).astype(np.int64),
        "link_capacity": links["capacity"].to_numpy(dtype=float),
        "link_susceptance": links["susceptance"].to_numpy(dtype=float),
        "link_loss": np.minimum(1.0, length * loss).astype(float),
        "link_is_one_way": links["is_one_way"].to_numpy(),
        "link_flow_mln_per_year": links["flow_mln_per_unit_year"].to_numpy(dtype=float)
        * instance.active_scenario.opex_factor,
        "link_station": tuple(station.get(code) for code in links["station"]),
    }


def _steps(
    instance: Instance, name: str, capex_factor: float, opex_factor: float
) -> dict[str, Any]:
    steps, link = link_steps(instance, name)
    barred = of_sort(instance.forbidden_works, LINKS, name)
    never = [(code, "") in barred for code in steps["link"]]
    first = _periods(instance, steps["first_period"])
    return {
        "step_link": link,
        "step_number": steps["step"].to_numpy(dtype=np.int64),
        "step_capacity": steps["capacity"].to_numpy(dtype=float),
        "step_susceptance": steps["susceptance"].to_numpy(dtype=float),
        "step_capex_mln": steps["capex_mln"].to_numpy(dtype=float) * capex_factor,
        "step_opex_mln_per_year": steps["opex_mln_per_year"].to_numpy(dtype=float)
        * opex_factor,
        "step_first": np.where(never, len(instance.period_names), first),
    }


def _local(
    instance: Instance,
    name: str,
    nodes: pd.DataFrame,
    capex_factor: float,
    opex_factor: float,
) -> dict[str, Any]:
    """Expand options of every settlement to their nodes; a named one goes first."""
    rows = _own(instance, "local_supplies", name)
    fed = nodes[nodes["settlement"] != ""]
    everywhere = rows[rows["settlement"] == ""].drop(columns="settlement")
    expanded = everywhere.merge(fed[["settlement"]], how="cross")
    pairs = pd.concat([rows[rows["settlement"] != ""], expanded], ignore_index=True)
    pairs = pairs.drop_duplicates(["option", "settlement"])
    at = _fed_by(nodes, pairs["settlement"])
    pairs, at = pairs[at >= 0], at[at >= 0]
    order = np.argsort(at, kind="stable")
    pairs, at = pairs.iloc[order], at[order]

    def numbers(column: str) -> Floats:
        return pairs[column].to_numpy(dtype=float)

    barred = of_sort(instance.forbidden_works, LOCAL, name)
    where = zip(pairs["option"], nodes["node"].to_numpy()[at].tolist(), strict=True)
    never = np.array([pair in barred for pair in where], dtype=bool)
    first = _periods(instance, pairs["first_period"])
    return {
        "local_option": tuple(pairs["option"]),
        "local_node": at,
        "local_max": np.nan_to_num(numbers("max_capacity"), nan=np.inf),
        "local_first": np.where(never, len(instance.period_names), first),
        "local_capex_mln": numbers("capex_mln_per_unit") * capex_factor,
        "local_opex_mln_per_year": numbers("opex_mln_per_unit_year") * opex_factor,
        "local_supply_mln_per_year": numbers("supply_mln_per_unit_year") * opex_factor,
    }


def _sources(
    instance: Instance,
    name: str,
    nodes: pd.DataFrame,
    sites: dict[str, tuple[str, ...]],
    opex_factor: float,
) -> dict[str, Any]:
    services = instance.tables["services"]
    is_source = (services["role"] == "supply") & (services["network"] == name)
    source, node, most, price = [], [], [], []
    for service in services.loc[is_source, "service"]:
        rows = instance.service_sites(service)
        named = pd.Index(nodes["node"]).get_indexer(rows["network_node"])
        at = np.where(named >= 0, named, _site_node(rows, nodes))
        yearly = instance.levels(service)["supply_mln_per_unit_year"].to_numpy()
        for j in range(len(sites[service])):
            source.append((service, j))
            node.append(int(at[j]))
            most.append(float(rows["max_supply"].iloc[j]))
            price.append(np.concatenate([[0.0], yearly]) * opex_factor)
    return {
        "source": tuple(source),
        "source_node": np.array(node, dtype=np.int64),
        "source_max": np.nan_to_num(np.array(most, dtype=float), nan=np.inf),
        "source_supply_mln_per_year": tuple(price),
    }


def _site_node(sites: pd.DataFrame, nodes: pd.DataFrame) -> Ints:
    """Return the node of each site's settlement, -1 where there is none."""
    return _fed_by(nodes, sites["settlement"])


def _fed_by(nodes: pd.DataFrame, settlements: pd.Series[str]) -> Ints:
    """Return the node that feeds each settlement, -1 where there is none."""
    node = {
        settlement: k for k, settlement in enumerate(nodes["settlement"]) if settlement
    }
    return np.array([node.get(name, -1) for name in settlements], dtype=np.int64)
