"""Checks of size: numbers so far apart that a solver cannot tell them from nothing.

What is cut to what can ever be used (docs/mathematics.md, "What is enough") is told as
well: whoever wrote it may have meant another unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from aumaq.instances.checks import Found, Warn, problem
from aumaq.instances.loads import industrial_load
from aumaq.instances.texts import say

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

TOO_LARGE = 1e6
"""So many times all that there is to hold, a capacity is taken to be no limit."""
TOO_FAR = 1e9
"""A price so many times the least one of its kind drowns it in rounding."""
PRICES = (
    ("services", "unserved_mln_per_unit_year"),
    ("levels", "capex_mln"),
    ("levels", "opex_mln_per_year"),
    ("levels", "closing_mln"),
    ("standards", "shortfall_mln_per_unit_year"),
    ("connections", "shortfall_mln_per_year"),
    ("networks", "shed_mln_per_unit_year"),
    ("road_upgrades", "capex_mln"),
    ("link_upgrades", "capex_mln"),
    ("budgets", "overrun_price"),
)


def capacities_are_of_use(instance: Instance) -> Found:
    """No capacity is a million times all demand or load that there is."""
    tables = instance.tables
    for service in instance.service_names:
        if instance.serves(service):
            most = float(instance.demand(service).sum(axis=0).max())
            own = tables["levels"]["service"] == service
            yield from _larger(tables["levels"], "levels", "capacity", own, most)
    for network in instance.network_names:
        most = _largest_load(instance, network)
        for name, column in (
            ("network_links", "capacity"),
            ("link_upgrades", "capacity"),
            ("local_supplies", "max_capacity"),
        ):
            own = tables[name]["network"] == network
            yield from _larger(tables[name], name, column, own, most)
        services = tables["services"]
        supplies = services["role"].isin(["supply", "carry"])
        names = services.loc[supplies & (services["network"] == network), "service"]
        own = tables["levels"]["service"].isin(names)
        yield from _larger(tables["levels"], "levels", "capacity", own, most)
        own = tables["sites"]["service"].isin(names)
        yield from _larger(tables["sites"], "sites", "max_supply", own, most)


def _largest_load(instance: Instance, network: str) -> float:
    """Return all load of people and industry in the period that has most of it."""
    nodes = instance.tables["network_nodes"]
    codes = pd.Index(nodes.loc[nodes["network"] == network, "node"])
    industry = industrial_load(instance.tables, network, codes).sum(axis=0)
    return float((industry + instance.people_load(network).sum(axis=0)).max())


def _larger(
    table: pd.DataFrame, name: str, column: str, own: pd.Series[bool], most: float
) -> Iterator[Warn]:
    if most <= 0.0:
        return
    for i in table.index[own & (table[column] > TOO_LARGE * most)]:
        text = say(
            "is over a million times all that there is to hold, {most:.6g}: taken as"
            " no limit; expected what it really holds, in the unit of the column",
            most=most,
        )
        yield Warn(problem(name, text, i, column, f"{table[column][i]:g}"))


def prices_are_of_one_size(instance: Instance) -> Found:
    """No price is a thousand million times the least of its column."""
    for name, column in PRICES:
        table = instance.tables[name]
        paid = table.loc[table[column] > 0, column]
        if paid.empty:
            continue
        least = float(paid.min())
        for i in paid.index[paid > TOO_FAR * least]:
            text = say(
                "is over a thousand million times the least of its column, {least:g}:"
                " beside it smaller costs are lost in rounding; expected prices that"
                " can be compared",
                least=least,
            )
            yield Warn(problem(name, text, i, column, f"{paid[i]:g}"))
