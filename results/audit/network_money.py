"""Money of a network: what is built, run, supplied and shed; mln."""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.results.audit.book import Rows, by_region, once, yearly
from aumaq.results.audit.network import NetworkPlan, Row


def network_money(n: NetworkPlan) -> list[Rows]:
    """Return money of the network by period, region and item."""
    times, life = n.facts.times, float(n.row["lifetime_years"])
    sites, paid, running = _built(n)
    places, fuel = _fuel(n)
    nodes = [n.region_of(node["node"]) for node in n.nodes]
    shed = np.array([row["shed"] for row in n.rows["loads"]]).reshape(n.size)
    price = float(n.row["shed_mln_per_unit_year"])
    worth = -paid * n.facts.residual(life)
    left = worth * times.growth_to_end
    return [
        once(times, n.name, sites, "building", paid),
        by_region(times, n.name, "residual", sites, left, worth),
        yearly(times, n.name, sites, "operation", running),
        yearly(times, n.name, places, "supply", fuel),
        yearly(times, n.name, nodes, "shedding", shed * price),
    ]


def _built(n: NetworkPlan) -> tuple[list[str], Floats, Floats]:
    """Return region, mln paid and mln a year of each thing that is built, (B, T)."""
    t, factor = np.arange(n.size[1]), n.facts.scenario
    capex, opex = float(factor["capex_factor"]), float(factor["opex_factor"])
    regions, paid, running = [], [], []
    for (code, step), since in n.built.items():
        rule = n.upgrades[code, step]
        regions.append(n.region_of_link(code))
        paid.append((t == since) * (float(rule["capex_mln"]) * capex))
        running.append((t >= since) * (float(rule["opex_mln_per_year"]) * opex))
    for (node, option), size in _by_place(n, "local_supply", "capacity").items():
        rule = n.local_rule(node, option) or {}
        regions.append(n.region_of(node))
        growth = np.diff(size, prepend=0.0)
        paid.append(growth * (float(rule["capex_mln_per_unit"]) * capex))
        running.append(size * (float(rule["opex_mln_per_unit_year"]) * opex))
    return regions, _grid(n, paid), _grid(n, running)


def _fuel(n: NetworkPlan) -> tuple[list[str], Floats]:
    """Return region and mln a year of each thing that supplies or pumps, (B, T)."""
    opex = float(n.facts.scenario["opex_factor"])
    regions, fuel = [], []
    for (code, _), amount in _by_place(n, "flows", "forward", "backward").items():
        regions.append(n.region_of_link(code))
        fuel.append(amount * (float(n.links[code]["flow_mln_per_unit_year"]) * opex))
    for (node, option), amount in _by_place(n, "local_supply", "supply").items():
        rule = n.local_rule(node, option) or {}
        regions.append(n.region_of(node))
        fuel.append(amount * (float(rule["supply_mln_per_unit_year"]) * opex))
    by_site: dict[tuple[str, str, str], Floats] = {}
    for row in n.rows["sources"]:
        levels = n.facts.services[row["service"]].levels
        year = row["supply"] * float(levels["supply_mln_per_unit_year"][row["level"]])
        key = row["service"], row["site"], row["node"]
        by_site.setdefault(key, np.zeros(n.size[1]))[n.period(row)] += year
    regions += [n.region_of(node) for _, _, node in by_site]
    return regions, _grid(n, [*fuel, *by_site.values()])


PLACES = {"flows": ("link", "step"), "local_supply": ("node", "option")}


def _by_place(n: NetworkPlan, table: str, *columns: str) -> dict[Any, Floats]:
    """Return sums of columns by period of each place, in the order of the rows."""
    found: dict[Any, Floats] = {}
    for row in n.rows[table]:
        key = tuple(row[name] for name in PLACES[table])
        amount = found.setdefault(key, np.zeros(n.size[1]))
        amount[n.period(row)] += _sum(row, columns)
    return found


def _sum(row: Row, columns: tuple[str, ...]) -> float:
    return float(sum(row[column] for column in columns))


def _grid(n: NetworkPlan, rows: list[Any]) -> Floats:
    return np.array(rows, dtype=float).reshape(len(rows), n.size[1])
