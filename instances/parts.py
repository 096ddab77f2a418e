"""A part of an instance: what is taken out, and all that names it.

What a row names is read off the schema (``references``), so that a table or a column
that is new goes along without a word here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags
from aumaq.instances.checks.indicators import names_in
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.money import MONEY_TABLES
from aumaq.instances.schema.tables import TABLES

Tables = Mapping[str, pd.DataFrame]

OF_NETWORKS = ("networks", "road_upgrades", "connections")
"""What is decided beside the services; the rest of it names these."""


@checked
def services_only(instance: Instance) -> Instance:
    """Return the instance without networks, road upgrades and connections.

    Roads stay as they are today. Budgets stay too, though they may be meant for more.
    """
    tables = of_services({name: instance.table(name) for name in instance.base})
    return from_tables(part(instance.base, tables), outlines=instance.outlines)


def of_services(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return tables without networks, road upgrades and connections.

    Rows that name these are still there: :func:`part` takes them out.
    """
    services = tables["services"]
    return {
        **tables,
        **{name: tables[name].iloc[:0] for name in OF_NETWORKS},
        "services": services[services["role"] == "serve"],
    }


def part(whole: Tables, kept: Tables) -> dict[str, pd.DataFrame]:
    """Return tables without what was taken out and without the rows that name it.

    *whole* are the tables of an instance, *kept* the same with rows taken out of some.
    A row that names a lost code goes too, and what names that row; where the column
    ``may_lose`` what it names, the row stays and its cell is emptied.
    """
    tables = dict(kept)
    while True:
        lost = lost_codes(whole, tables)
        before = {name: len(rows) for name, rows in tables.items()}
        for table in TABLES:
            tables[table.name] = _without(table, tables[table.name], lost)
        if before == {name: len(rows) for name, rows in tables.items()}:
            return {name: rows.reset_index(drop=True) for name, rows in tables.items()}


def lost_codes(whole: Tables, tables: Tables) -> dict[str, set[str]]:
    """Return codes that are gone, by ``table.column`` that some column refers to."""
    targets = {c.references for table in TABLES for c in table.columns if c.references}
    targets |= {"services.service", "networks.network"}
    lost = {}
    for target in targets:
        table, column = target.split(".")
        gone = set(whole[table][column]) - set(tables[table][column])
        if gone:
            lost[target] = gone
    return lost


def _without(
    table: Table, rows: pd.DataFrame, lost: Mapping[str, set[str]]
) -> pd.DataFrame:
    stays = np.ones(len(rows), dtype=bool)
    for column in table.columns:
        gone = rows[column.name].isin(lost.get(column.references, set())).to_numpy()
        if column.may_lose and gone.any():
            rows = rows.assign(**{column.name: rows[column.name].mask(gone, "")})
        else:
            stays &= ~gone
    if table in MONEY_TABLES and "service" in rows:  # which may be a network, too
        payees = lost.get("services.service", set()) | lost.get(
            "networks.network", set()
        )
        stays &= ~rows["service"].isin(payees).to_numpy()
    if table.name == "indicators":
        stays &= ~_expresses(rows, lost)
    return rows if stays.all() else rows[stays]


def _expresses(rows: pd.DataFrame, lost: Mapping[str, set[str]]) -> Flags:
    """Return which indicators name a lost code inside their expression."""
    return np.array(
        [
            any(code in lost.get(home, ()) for home, code in names_in(text))
            for text in rows["expression"]
        ],
        dtype=bool,
    )
