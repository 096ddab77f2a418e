"""A plan as one strict JSON document: record, tables, and the instance that it is of.

Tables are columns and rows; those of the instance stand as they were given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from aumaq.instances import ExportError, Instance, InstanceError, from_tables
from aumaq.instances.texts import say
from aumaq.results.exports.atomic import draft_file

if TYPE_CHECKING:
    from aumaq.results.plan import Plan

FORMAT, VERSION = "aumaq-plan", 1
TEXTS = (
    "service", "site", "settlement", "name", "region", "period", "title", "action",
    "standard", "group", "budget", "item", "term", "network", "link", "from_node",
    "to_node", "node", "option", "upgrade", "connection", "from_settlement",
    "to_settlement", "tier", "concentration",
)  # fmt: skip
WHOLE = ("level", "step", "from_level", "to_level", "units")
FLAGS = ("is_synthetic", "is_met", "is_chosen")


class PlanFiles(NamedTuple):
    """What was read of a plan: record, tables, and how to read its own instance."""

    record: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    instance: Callable[[], Instance] | None


def document(plan: Plan) -> dict[str, Any]:
    """Return the document of a plan as plain values."""
    indicators = plan.indicators
    return {
        "format": FORMAT,
        "version": VERSION,
        "record": strict(dict(plan.record)),
        "tables": {name: _plain(table) for name, table in plan.tables.items()},
        **({"indicators": _plain(indicators)} if len(indicators) else {}),
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
    raw = {
        name: pd.DataFrame(table["rows"], columns=table["columns"], dtype=object)
        for name, table in document["tables"].items()
    }
    try:
        return from_tables(raw, outlines=document["outlines"])
    except InstanceError as error:
        raise InstanceError(
            [replace(p, file=f"{where}: {p.file}") for p in error.problems]
        ) from None


def _plain(table: pd.DataFrame) -> dict[str, Any]:
    return {
        "columns": [str(column) for column in table.columns],
        "rows": strict(table.to_numpy(dtype=object, na_value=None).tolist()),
    }


def strict(value: Any) -> Any:
    """Return the value for strict JSON: what is not a finite number becomes null."""
    if isinstance(value, dict):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [strict(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_json(plan: Plan, path: Path) -> None:
    """Write a plan as JSON."""
    with draft_file(path) as draft:
        text = json.dumps(document(plan), ensure_ascii=False, allow_nan=False)
        draft.write_text(text, encoding="utf-8")


def read_json(path: Path) -> PlanFiles:
    """Read a plan (ExportError if it is none)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExportError(say("{path}: there is no such plan", path=path)) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ExportError(
            say("{path}: is not JSON: {error}", path=path, error=error)
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ExportError(say("{path}: is not a plan of aumaq", path=path))
    tables = {
        name: typed(pd.DataFrame(table["rows"], columns=table["columns"]))
        for name, table in content["tables"].items()
    }
    carried = content.get("instance")
    reader = None if carried is None else partial(instance_of, carried, str(path))
    return PlanFiles(content["record"], tables, reader)


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the types that plans have."""
    kinds: dict[str, str] = {}
    for column in table.columns:
        if column in TEXTS:
            kinds[column] = "str"
            table[column] = table[column].fillna("")
        elif column in WHOLE:
            kinds[column] = "int64"
        elif column in FLAGS:
            kinds[column] = "bool"
            cells = table[column].astype("str").str.lower()
            table[column] = cells.isin(["true", "1"])
        else:
            kinds[column] = "float64"
    return table.astype(kinds)
