"""A table of sites beside a file: what each is today, what it costs and holds.

A row is a site by its name, or by its number from 0 where the file names none. What a
row leaves empty, and sites that have no row, stay as the file has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.errors import InstanceError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.language.texts import Text, say

COLUMNS = ("site", "status", "fixed_cost", "opening_cost", "closing_cost", "capacity")
STATUSES = ("candidate", "existing", "required", "forbidden")


@dataclass
class _Table:
    """Cells as text, and what is wrong with them."""

    file: str
    cells: dict[str, list[str]]  # of known columns
    problems: list[Wrong]

    def refuse(self, told: Text, row: int, column: str) -> None:
        """Note what is wrong with a cell; the header is row 1."""
        value = self.cells[column][row]
        self.problems.append(Wrong(self.file, told, row + 2, column, value))


def with_sites(problem: Problem, frame: pd.DataFrame, file: str) -> Problem:
    """Return the problem with what a table of texts says of its sites.

    Columns: ``site``, and any of ``status`` (candidate, existing, required or
    forbidden), ``fixed_cost`` (or ``opening_cost``), ``closing_cost``, ``capacity``;
    others are left out, and noted. Raises InstanceError with all that is wrong.
    """
    named = {str(name).strip().lower(): name for name in frame.columns}
    known = {name: named[name] for name in COLUMNS if name in named}
    if "site" not in known:
        told = say("expected a column site; there are: {names}", names=", ".join(named))
        raise InstanceError([Wrong(file, told, 1)])
    cells = {name: _texts(frame[column]) for name, column in known.items()}
    table = _Table(file, cells, [])
    if {"fixed_cost", "opening_cost"} <= set(known):
        told = say("columns fixed_cost and opening_cost say the same; expected one")
        table.problems.append(Wrong(file, told, 1))
    sites, rows = problem.sites, _rows(table, problem)
    costs = _numbers(table, rows, "fixed_cost", sites.fixed_costs)
    costs = _numbers(table, rows, "opening_cost", costs)
    closing = sites.closing_costs
    if "closing_cost" in known:
        closing = np.zeros(len(costs)) if closing is None else closing
        closing = _numbers(table, rows, "closing_cost", closing)
    rooms = _numbers(table, rows, "capacity", sites.capacities)
    flags = {name: getattr(sites, name).copy() for name in STATUSES[1:]}
    for row, j in rows.items() if "status" in known else ():
        _set_status(table, row, j, flags)
    if table.problems:
        raise InstanceError(table.problems)
    left = [str(name) for name in named if name not in COLUMNS]
    notes = [f"{file}: left out {', '.join(left)}"] if left else []
    return replace(
        problem,
        sites=replace(
            sites, fixed_costs=costs, capacities=rooms, closing_costs=closing, **flags
        ),
        notes=(*problem.notes, *notes),
    )


def _texts(column: pd.Series[str]) -> list[str]:
    return ["" if pd.isna(cell) else str(cell).strip() for cell in column]


def _rows(table: _Table, problem: Problem) -> dict[int, int]:
    """Return the number of the site of each row that names one, each once."""
    count = problem.shape[1]
    names = problem.sites.names or tuple(map(str, range(count)))
    number = {name: j for j, name in enumerate(names)}
    rows: dict[int, int] = {}
    for row, name in enumerate(table.cells["site"]):
        j = number.get(name)
        if j is None:
            told = say("no such site; there are: {names}", names=_some(names))
            table.refuse(told, row, "site")
        elif j in rows.values():
            table.refuse(say("this site has a row already"), row, "site")
        else:
            rows[row] = j
    return rows


def _some(names: tuple[str, ...]) -> str:
    shown = names if len(names) < 7 else (*names[:3], "...", names[-1])
    return ", ".join(shown)


def _numbers(
    table: _Table, rows: dict[int, int], column: str, before: Floats
) -> Floats:
    """Return what a column says of sites, (J,), and what stood where it is empty."""
    found = before.copy()
    for row, j in rows.items() if column in table.cells else ():
        text = table.cells[column][row]
        if text:
            value = _number(text)
            if value is None or value < 0.0:
                told = say("expected a number, not negative")
                table.refuse(told, row, column)
            else:
                found[j] = value
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _set_status(table: _Table, row: int, j: int, flags: dict[str, Flags]) -> None:
    status = table.cells["status"][row].lower()
    if status and status not in STATUSES:
        told = say("expected one of: {known}", known=", ".join(STATUSES))
        table.refuse(told, row, "status")
    elif status:
        for name, flag in flags.items():
            flag[j] = name == status
