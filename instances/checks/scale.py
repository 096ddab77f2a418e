"""Checks of size: numbers so far apart that a solver cannot tell them from nothing.

What is cut to what can ever be used (docs/mathematics.md, "What is enough") is told as
well: whoever wrote it may have meant another unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.checks.check import Found, Warn, problem
from aumaq.instances.language.texts import Text, figure, say
from aumaq.instances.people.loads import industrial_load
from aumaq.instances.schema.column import Column
from aumaq.instances.schema.tables import TABLES

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
            "is over a million times all that there is to hold, {most}: taken as"
            " no limit; expected what it really holds, in the unit of the column",
            most=figure(most),
        )
        yield Warn(problem(name, text, i, column, figure(table[column][i])))


@dataclass(frozen=True)
class Numbers:
    """What is not zero in a column: rows of its table, and values."""

    table: str
    column: Column
    rows: Ints
    values: Floats


def numbers_of(instance: Instance, *units: str) -> list[Numbers]:
    """Return the columns of some units that hold anything but zeros and blanks."""
    found = []
    for name, column in _columns(units):
        rows = instance.tables[name]
        if len(rows):
            values = rows[column.name].to_numpy(dtype=float)
            own = np.flatnonzero(np.abs(values) > 0)
            if len(own):
                found.append(Numbers(name, column, own, values[own]))
    return found


@cache
def _columns(units: tuple[str, ...]) -> list[tuple[str, Column]]:
    """Return table and column of all numbers of some units."""
    return [
        (table.name, column)
        for table in TABLES
        for column in table.columns
        if column.kind == "number" and column.unit in units
    ]


def values_are_of_one_scale(instance: Instance) -> Found:
    """No value is many powers of ten away from the usual one of its unit."""
    for units in COMPARED:
        columns = numbers_of(instance, *units)
        if not columns:
            continue
        sizes = [np.log10(np.abs(numbers.values)) for numbers in columns]
        usual = float(np.median(np.concatenate(sizes)))
        for numbers, size in zip(columns, sizes, strict=True):
            column = numbers.column
            for k in np.flatnonzero(np.abs(size - usual) > DECADES):
                text = say(
                    "is so far from what {unit} usually are here, {usual:.0e}, that"
                    " figures lose their meaning: a slip in a unit, or an empty cell"
                    " for no limit?",
                    unit=Text(column.unit),
                    usual=10.0**usual,
                )
                row, value = numbers.rows[k], figure(numbers.values[k])
                yield Warn(problem(numbers.table, text, row, column.name, value))
