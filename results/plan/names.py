"""Names in a plan that its instance does not have: such a plan is of something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from aumaq.instances import Instance, Problem
from aumaq.instances.errors import Hints
from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import BY_NAME


def unknown_names(
    instance: Instance, tables: Mapping[str, pd.DataFrame], first_row: int
) -> list[Problem]:
    """Return what tables of decisions name that the instance has not.

    Services, sites, settlements, periods and networks among their keys; each name is
    told at its first row, where *first_row* is the number of the first row as an editor
    counts. Cells may be blank.
    """
    known = {
        "service": instance.service_names,
        "site": instance.tables["sites"]["site"].tolist(),
        "settlement": instance.tables["settlements"]["settlement"].tolist(),
        "period": instance.period_names,
        "network": instance.network_names,
    }
    return [
        problem
        for name, table in tables.items()
        if name in BY_NAME and BY_NAME[name].decisions
        for column in BY_NAME[name].key
        if column in known and column in table
        for problem in _of_column(name, table[column], known[column], first_row)
    ]


def _of_column(
    table: str, cells: pd.Series[str], known: Sequence[str], first_row: int
) -> Iterator[Problem]:
    """Yield the names of a column that are not known, each at its first row."""
    first, hints = cells.reset_index(drop=True).drop_duplicates(), Hints(known)
    for row, name in first[~first.isin([*known, ""])].items():
        text = say("the instance has no such name{hint}", hint=hints.near(name))
        number = first_row + int(str(row))
        yield Problem(table, text, row=number, column=str(cells.name), value=name)
