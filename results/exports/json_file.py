"""A plan as one strict JSON document: record, tables, and the instance that it is of.

Tables are columns and rows; those of the instance stand as they were given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from aumaq.instances import ExportError, Instance, InstanceError, Problem, from_tables
from aumaq.instances.errors import short
from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.language.texts import say
from aumaq.instances.rules import rules_that_apply
from aumaq.results.exports.plan_tables import checked_tables
from aumaq.results.exports.record import (
    UNREADABLE,
    parsed,
    record_problems,
    unreadable,
    why,
)
from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

FORMAT, VERSION = "aumaq-plan", 1


class PlanFiles(NamedTuple):
    """What was read of a plan: record, tables, how to read its own instance, and the
    indicators that lie beside it, cells as they are.
    """

    record: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    instance: Callable[[], Instance] | None
    indicators: pd.DataFrame | None = None


def document(plan: Plan) -> dict[str, Any]:
    """Return the document of a plan as plain values."""
    indicators = plan.indicators
    return {
        "format": FORMAT,
        "version": VERSION,
        "record": strict(dict(plan.record)),
        "tables": {name: _plain(table) for name, table in plan.tables.items()},
        **({"indicators": _plain(indicators)} if len(indicators) else {}),
        "rules": [asdict(rule) for rule in rules_that_apply(plan.instance)],
        "instance": instance_document(plan.instance),
    }


def instance_document(instance: Instance) -> dict[str, Any]:
    """Return the tables of an instance as given, and its outlines, as plain values."""
    given = {name: table for name, table in instance.base.items() if len(table)}
    return {
        "tables": {name: _plain(table) for name, table in given.items()},
        "outlines": strict(instance.outlines),
    }


def instance_of(document: Mapping[str, Any], where: str) -> Instance:
    """Return the instance of a document (InstanceError if it cannot be used)."""
    try:
        raw = {
            name: _frame(table["columns"], table["rows"])
            for name, table in document["tables"].items()
        }
        return from_tables(raw, outlines=document["outlines"])
    except UNREADABLE as error:
        raise unreadable(where, [Problem("instance", why(error))]) from None
    except InstanceError as error:
        raise InstanceError(
            [replace(p, file=f"{where}: {p.file}") for p in error.problems]
        ) from None


def _plain(table: pd.DataFrame) -> dict[str, Any]:
    return {
        "columns": [str(column) for column in table.columns],
        "rows": strict(table.to_numpy(dtype=object, na_value=None).tolist()),
    }


def write_json(plan: Plan, path: Path) -> None:
    """Write a plan as JSON."""
    with draft_file(path) as draft:
        text = json.dumps(document(plan), ensure_ascii=False, allow_nan=False)
        draft.write_text(text, encoding="utf-8")


def read_json(path: Path) -> PlanFiles:
    """Read a plan (ExportError with everything that is wrong if it is none)."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise ExportError(say("{path}: there is no such plan", path=path)) from None
    except OSError as error:
        raise unreadable(path, [Problem(path.name, why(error))]) from None
    content, problems = parsed(text, path.name)
    if problems:
        raise unreadable(path, problems)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ExportError(say("{path}: is not a plan of aumaq", path=path))
    version = content.get("version")
    if type(version) is not int or version != VERSION:
        raise ExportError(
            say(
                "{path}: is a plan of version {given}; this aumaq reads {version}",
                path=path,
                given=short(str(version)),
                version=VERSION,
            )
        )
    problems = record_problems(content.get("record"), f"{path.name}, record")

    def place(table: str) -> str:
        return say("{file}, table {table}", file=path.name, table=table)

    raw, broken = _frames(content.get("tables"), path.name, place)
    tables, found = checked_tables(raw, place, first_row=1)
    beside: Any = {k: content[k] for k in ("indicators",) if k in content}
    indicators, odd = _frames(beside, path.name, place)
    problems += [*(broken or found), *odd]
    if problems:
        raise unreadable(path, problems)
    carried = content.get("instance")
    reader = None if carried is None else partial(instance_of, carried, str(path))
    return PlanFiles(content["record"], tables, reader, indicators.get("indicators"))


def _frame(columns: Any, rows: Any) -> pd.DataFrame:
    """Return a table; pandas would take anything for the name of a column."""
    for name in columns:
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no name of a column")
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _frames(
    tables: Any, file: str, place: Callable[[str], str]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return tables of columns and rows as frames, and what is none."""
    if not isinstance(tables, dict):
        return {}, [Problem(file, say("tables: expected an object of tables"))]
    frames, problems = {}, []
    for name, table in tables.items():
        try:
            columns, rows = table["columns"], table["rows"]
            uneven = [k for k, row in enumerate(rows) if len(row) != len(columns)]
            for k in uneven:
                text = say(
                    "{count} cells; expected {width}",
                    count=len(rows[k]),
                    width=len(columns),
                )
                problems.append(Problem(place(name), text, row=k + 1))
            if not uneven:
                frames[name] = _frame(columns, rows)
        except UNREADABLE as error:
            problems.append(Problem(place(name), say("is no table: {error}",
                                                     error=why(error))))  # fmt: skip
    return frames, problems
