"""Cells as they were read, and where they stood: what every reader hands over.

The schema checks know tables as files of a folder. A reader of another format says here
where a table and its rows really are, so that messages name what the user has open.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from aumaq.instances.checks.cells import normalise, row_number
from aumaq.instances.checks.validation import table_of_problem, validate
from aumaq.instances.errors import AumaqError, InstanceError, Problem, did_you_mean
from aumaq.instances.extras import install_command
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX


@dataclass
class Raw:
    """Tables of raw cells, and problems of opening them.

    ``rows`` holds for each table the row of each record as the user counts it; tables
    that are not in it lie in the files that the schema names. ``label`` is a pattern
    such as "book.xlsx, sheet {table}" for tables that have no place of their own in
    ``labels``; without either a table keeps the name of its file. ``columns`` holds
    what the user calls columns, where that is not their name.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    outlines: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    rows: dict[str, Sequence[int]] = field(default_factory=dict)
    labels: dict[str, Text] = field(default_factory=dict)
    label: Text | None = None
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def where(self, table: str) -> str:
        """Return what the user calls the place of a table ("": its file's name)."""
        if table in self.labels or self.label is None:
            return self.labels.get(table, "")
        return self.label.given(table=table)

    def shown(self, table: str, column: str) -> str:
        """Return what the user calls a column."""
        return self.columns.get(table, {}).get(column, column)

    def refuse(self, table: str, problem: Problem) -> None:
        """Note a problem that leaves a table unread."""
        self.problems.append(problem)
        self.broken.add(table)


def build(raw: Raw) -> Instance:
    """Return the instance (InstanceError with every problem, where the user sees it).

    What cannot be opened is reported together with all that can.
    """
    _set_aside(raw)
    if raw.problems or raw.broken:
        _refuse(raw)
    try:
        instance = from_tables(raw.tables, outlines=raw.outlines)
    except InstanceError as error:
        raise InstanceError([_placed(p, raw) for p in error.problems]) from None
    warnings = tuple(_placed(problem, raw) for problem in instance.warnings)
    return replace(instance, warnings=warnings)


def check_any(raw: Raw, file: str) -> None:
    """Raise InstanceError if a file holds no table of an instance, or what is one."""
    if not raw.problems and not set(BY_NAME) & (raw.tables.keys() | raw.broken):
        raise InstanceError([Problem(file, say("holds no table of an instance"))])


def _set_aside(raw: Raw) -> None:
    """Take own tables away; a misspelt name leaves the table that is meant unread."""
    for name in [name for name in raw.tables if name not in BY_NAME]:
        if name.startswith(OWN_COLUMN_PREFIX):
            del raw.tables[name]
            continue
        near = did_you_mean(name, BY_NAME).values.get("near")
        if isinstance(near, str) and near not in raw.tables:
            raw.broken.add(near)


def _refuse(raw: Raw) -> None:
    """Raise all problems; what refers to a table that was not read is not held bad."""
    typed, found = normalise(raw.tables)
    found, _ = validate(typed, found, unread=raw.broken)
    found = [_placed(p, raw) for p in found if table_of_problem(p) not in raw.broken]
    # A cell that holds no value is told once, not again as empty.
    told = {(p.file, p.row, p.column) for p in raw.problems if p.row}
    found = [p for p in found if (p.file, p.row, p.column) not in told]
    raise InstanceError([*raw.problems, *found])


def _placed(problem: Problem, raw: Raw) -> Problem:
    """Return the problem with place and row as the user knows them."""
    name = table_of_problem(problem)
    place = raw.where(name)
    if not place:
        return problem
    column = raw.shown(name, problem.column.removeprefix(f"[{name}]"))
    rows, table = raw.rows.get(name), BY_NAME.get(name)
    if rows is None or table is None:
        return replace(problem, file=place, column=column)
    first = row_number(table, 0)

    def of_user(row: int) -> int:
        position = row - first
        return rows[position] if 0 <= position < len(rows) else row

    message = problem.message
    if isinstance(named := message.values.get("row"), int):
        message = message.given(row=of_user(named))
    row = of_user(problem.row) if problem.row else 0
    return replace(problem, file=place, message=message, row=row, column=column)


def needed(module: str, extra: str) -> Any:
    """Import a module; AumaqError that names the extra if it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise lacking(error, extra, module) from None


def lacking(error: ImportError, extra: str, module: str = "") -> AumaqError:
    """Return the error of a package that is missing: what installs its extra."""
    package = (module or error.name or extra).split(".")[0]
    return AumaqError(
        say(
            "this format needs {package} ({error}), extra {extra}: {command}",
            package=package,
            error=error,
            extra=extra,
            command=install_command(extra),
        )
    )
