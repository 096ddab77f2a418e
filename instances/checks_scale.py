"""Checks of size: numbers so far apart that a solver cannot tell them from nothing.

What is cut to what can ever be used (docs/mathematics.md, "What is enough") is told as
well: whoever wrote it may have meant another unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.checks import Found, Warn, problem
from aumaq.instances.loads import industrial_load
from aumaq.instances.schema import Column
from aumaq.instances.tables import TABLES
from aumaq.instances.texts import Text, say

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

TOO_LARGE = 1e6
"""So many times all that there is to hold, a capacity is taken to be no limit."""
DECADES = 8.0
"""Powers of ten between a value and the usual one of its unit that a plan still feels.
"""
COMPARED = (("mln", "mln/year"), ("mln/unit", "mln/unit/year"), ("persons",),
            ("units/person",), ("share/km",), ("t/year",))  # fmt: skip
"""Units whose values are compared, over all tables."""


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


def numbers_of(
    instance: Instance, *units: str
) -> list[tuple[str, Column, pd.Series[float]]]:
    """Return the columns of some units, what is not zero of them."""
    found = []
    for table in TABLES:
        for column in table.columns:
            if column.kind == "number" and column.unit in units:
                cells = instance.tables[table.name][column.name].astype("float64")
                found.append((table.name, column, cells[cells.abs() > 0]))
    return found


def values_are_of_one_scale(instance: Instance) -> Found:
    """No value is many powers of ten away from the usual one of its unit."""
    for units in COMPARED:
        columns = [row for row in numbers_of(instance, *units) if len(row[2])]
        if not columns:
            continue
        pool = np.log10(np.concatenate([cells.abs() for _, _, cells in columns]))
        usual = float(np.median(pool))
        for table, column, cells in columns:
            away = np.abs(np.log10(cells.abs()) - usual)
            for k in cells.index[away > DECADES]:
                text = say(
                    "is so far from what {unit} usually are here, {usual:.0e}, that"
                    " figures lose their meaning: a slip in a unit, or an empty cell"
                    " for no limit?",
                    unit=Text(column.unit),
                    usual=10.0**usual,
                )
                yield Warn(problem(table, text, k, column.name, f"{cells[k]:g}"))
