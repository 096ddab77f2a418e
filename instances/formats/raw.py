"""Cells as they were read, and where they stood: what every reader hands over.

A reader of another format than CSV says here where a table and its rows really are, so
that messages name what the user has open.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from aumaq.instances.checks.cells import normalise
from aumaq.instances.checks.validation import table_of_problem, validate
from aumaq.instances.completion import not_made
from aumaq.instances.errors import AumaqError, InstanceError, Problem, did_you_mean
from aumaq.instances.extras import install_command
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX
from aumaq.instances.whereabouts import Whereabouts


@dataclass(kw_only=True)
class Raw(Whereabouts):
    """Tables of raw cells, where they stood, and problems of opening them."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    outlines: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

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
        raise InstanceError([raw.placed(p) for p in error.problems]) from None
    return instance.placed_by(raw.without_rows(()))


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
    unread = raw.broken | not_made(raw.tables, raw.broken)
    found, _ = validate(typed, found, unread=unread)
    found = [raw.placed(p) for p in found if table_of_problem(p) not in unread]
    # A cell that holds no value is told once, not again as empty.
    told = {(p.file, p.row, p.column) for p in raw.problems if p.row}
    found = [p for p in found if (p.file, p.row, p.column) not in told]
    raise InstanceError([*raw.problems, *found])


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
