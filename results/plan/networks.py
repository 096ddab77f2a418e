"""Tables of the networks: steps built, flows, sources, local supply, loads; money.

Flows, loads and capacities are in the units of the network (kW, m3/day).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.model.data.gathered import ModelData
from aumaq.model.data.networks import NetworkData
from aumaq.model.families.networks import WAYS, circuits, link_regions
from aumaq.results.plan.frames import typed
from aumaq.results.plan.money import Rows, by_region
from aumaq.solvers import Decisions
from aumaq.solvers.solution.decisions import NetworkDecisions

TEXTS = {
    "network_steps": ("network", "link", "from_node", "to_node", "period"),
    "flows": ("network", "link", "from_node", "to_node", "period"),
    "sources": ("network", "service", "site", "node", "period"),
    "local_supply": ("network", "node", "settlement", "option", "period"),
    "loads": ("network", "node", "settlement", "period"),
}
NUMBERS = {
    "network_steps": ("step", "capacity", "capex_mln"),
    "flows": ("step", "forward", "backward", "capacity", "use_share", "lost"),
    "sources": ("level", "supply", "capacity"),
    "local_supply": ("capacity", "supply"),
    "loads": (
        "base_load", "facility_load", "shed", "local_supply", "from_network", "angle",
    ),
}  # fmt: skip


def network_tables(data: ModelData, decisions: Decisions) -> dict[str, pd.DataFrame]:
    """Return the network tables of a plan, empty ones if there are no networks."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in TEXTS}
    for name, n in data.networks.items():
        plan = decisions.networks[name]
        found["network_steps"] += _steps(data, n, plan)
        found["flows"] += _flows(data, n, plan, decisions)
        found["sources"] += _sources(data, n, plan, decisions)
        found["local_supply"] += _local(data, n, plan)
        found["loads"] += _loads(data, n, plan, decisions)
    tables = {}
    for name, rows in found.items():
        kinds = dict.fromkeys(TEXTS[name], "str") | dict.fromkeys(
            NUMBERS[name], "float64"
        )
        for whole in {"step", "level"} & kinds.keys():
            kinds[whole] = "int64"
        tables[name] = typed(pd.DataFrame(rows, columns=list(kinds)), kinds)
    return tables


def _settlements(data: ModelData, n: NetworkData) -> list[str]:
    nodes = data.instance.tables["network_nodes"]
    return nodes.loc[nodes["network"] == n.name, "settlement"].tolist()


def _ends(n: NetworkData, e: int) -> dict[str, Any]:
    return {
        "network": n.name,
        "link": n.links[e],
        "from_node": n.nodes[n.link_from[e]],
        "to_node": n.nodes[n.link_to[e]],
    }


def _built(plan: NetworkDecisions) -> Any:
    """Return what is built at the start of each period, (G, T)."""
    return np.diff(plan.steps, axis=1, prepend=0)


def _steps(
    data: ModelData, n: NetworkData, plan: NetworkDecisions
) -> list[dict[str, Any]]:
    return [
        {
            **_ends(n, int(n.step_link[g])),
            "step": int(n.step_number[g]),
            "period": data.periods[t],
            "capacity": n.step_capacity[g],
            "capex_mln": n.step_capex_mln[g],
        }
        for g, t in np.argwhere(_built(plan) > 0).tolist()
    ]


def circuit_capacity(
    data: ModelData, n: NetworkData, decisions: Decisions
) -> tuple[Any, Any, Any]:
    """Return link and step of each circuit, and its capacity under the plan, (C, T)."""
    plan = decisions.networks[n.name]
    link, step = circuits(n)
    capacity = np.zeros((len(link), len(data.periods)))
    for k, (e, g) in enumerate(zip(link.tolist(), step.tolist(), strict=True)):
        if g >= 0:
            capacity[k] = n.step_capacity[g] * plan.steps[g]
            continue
        own = (n.step_link == e) & (not n.has_angles)
        capacity[k] = n.link_capacity[e] + n.step_capacity[own] @ plan.steps[own]
        station = n.link_station[e]
        if station is not None:
            service, j = station
            units = decisions.services[service].units[j]
            capacity[k] += data.services[service].capacity @ units
    return link, step, capacity


def _flows(
    data: ModelData, n: NetworkData, plan: NetworkDecisions, decisions: Decisions
) -> list[dict[str, Any]]:
    link, step, capacity = circuit_capacity(data, n, decisions)
    rows = []
    out, back = (WAYS.index(way) for way in ("out", "back"))
    used = (capacity > 0) | (plan.flow.sum(axis=1) > 0)
    for k, t in np.argwhere(used).tolist():
        e, g = int(link[k]), int(step[k])
        forward, backward = float(plan.flow[k, out, t]), float(plan.flow[k, back, t])
        room = float(capacity[k, t])
        rows.append(
            {
                **_ends(n, e),
                "step": 0 if g < 0 else int(n.step_number[g]),
                "period": data.periods[t],
                "forward": forward,
                "backward": backward,
                "capacity": room,
                "use_share": max(forward, backward) / room if room > 0 else 0.0,
                "lost": (forward + backward) * float(n.link_loss[e]),
            }
        )
    return rows


def _sources(
    data: ModelData, n: NetworkData, plan: NetworkDecisions, decisions: Decisions
) -> list[dict[str, Any]]:
    rows = []
    for s, (service, j) in enumerate(n.source):
        d, units = data.services[service], decisions.services[service].units[j]
        for level, t in np.argwhere(units > 0).tolist():
            if level == 0:
                continue
            rows.append(
                {
                    "network": n.name,
                    "service": service,
                    "site": d.sites[j],
                    "node": n.nodes[n.source_node[s]],
                    "period": data.periods[t],
                    "level": level,
                    "supply": plan.supply[s, level, t],
                    "capacity": d.capacity[level] * units[level, t],
                }
            )
    return rows


def _local(
    data: ModelData, n: NetworkData, plan: NetworkDecisions
) -> list[dict[str, Any]]:
    settlements = _settlements(data, n)
    return [
        {
            "network": n.name,
            "node": n.nodes[n.local_node[o]],
            "settlement": settlements[n.local_node[o]],
            "option": n.local_option[o],
            "period": data.periods[t],
            "capacity": plan.local_capacity[o, t],
            "supply": plan.local_supply[o, t],
        }
        for o, t in np.argwhere(plan.local_capacity > 0).tolist()
    ]


def facility_loads(data: ModelData, n: NetworkData, decisions: Decisions) -> Any:
    """Return the load of facilities at each node, (N, T)."""
    load = np.zeros((len(n.nodes), len(data.periods)))
    for service, d in data.services.items():
        node = n.fed_site_node[service]
        here = np.einsum("jlt,l->jt", decisions.services[service].units, d.load[n.name])
        np.add.at(load, node[node >= 0], here[node >= 0])
    return load


def _loads(
    data: ModelData, n: NetworkData, plan: NetworkDecisions, decisions: Decisions
) -> list[dict[str, Any]]:
    settlements, facility = _settlements(data, n), facility_loads(data, n, decisions)
    local = np.zeros_like(facility)
    np.add.at(local, n.local_node, plan.local_supply)
    met = n.base_load + facility - plan.shed - local
    rows = []
    for i, node in enumerate(n.nodes):
        for t, period in enumerate(data.periods):
            rows.append(
                {
                    "network": n.name,
                    "node": node,
                    "settlement": settlements[i],
                    "period": period,
                    "base_load": n.base_load[i, t],
                    "facility_load": facility[i, t],
                    "shed": plan.shed[i, t],
                    "local_supply": local[i, t],
                    "from_network": met[i, t],
                    "angle": plan.angle[i, t],
                }
            )
    return rows


def network_money(data: ModelData, decisions: Decisions) -> list[Rows]:
    """Return money of the networks by period, network, region and item."""
    end = data.instance.first_years[-1] + data.instance.period_years[-1]
    at_end = (1.0 + data.instance.policies.discount_rate) ** (
        end - data.instance.base_year
    )
    parts = []
    for name, n in data.networks.items():
        plan = decisions.networks[name]
        growth = np.diff(plan.local_capacity, axis=1, prepend=0.0)
        of_link = np.array(link_regions(n), dtype=object)
        of_node = np.array(n.node_region, dtype=object)
        regions = np.concatenate([of_link[n.step_link], of_node[n.local_node]])
        built = np.concatenate(
            [
                _built(plan) * n.step_capex_mln[:, None],
                growth * n.local_capex_mln[:, None],
            ]
        )
        running = np.concatenate(
            [
                plan.steps * n.step_opex_mln_per_year[:, None],
                plan.local_capacity * n.local_opex_mln_per_year[:, None],
            ]
        )
        link, _ = circuits(n)
        pumped = plan.flow.sum(axis=1) * n.link_flow_mln_per_year[link][:, None]
        local = plan.local_supply * n.local_supply_mln_per_year[:, None]
        fuel = np.concatenate([pumped, local, _fuel(n, plan)])
        at = np.concatenate(
            [of_link[link], of_node[n.local_node], of_node[n.source_node]]
        )
        shed = plan.shed * n.shed_mln_per_unit_year
        worth = n.residual_factor
        for item, where, paid, discounted in (
            ("building", regions, built, built * data.df),
            ("residual", regions, -built * worth * at_end, -built * worth),
            ("operation", regions, running * data.years, running * data.ann),
            ("supply", at, fuel * data.years, fuel * data.ann),
            ("shedding", of_node, shed * data.years, shed * data.ann),
        ):
            parts.append(by_region(data, name, item, where, paid, discounted))
    return parts


def _fuel(n: NetworkData, plan: NetworkDecisions) -> Any:
    """Return mln a year of each source, (S, T)."""
    if not n.source:
        return np.zeros((0, plan.shed.shape[1]))
    price = np.zeros(plan.supply.shape[:2])
    for s, by_level in enumerate(n.source_supply_mln_per_year):
        price[s, : len(by_level)] = by_level
    return np.einsum("slt,sl->st", plan.supply, price)
