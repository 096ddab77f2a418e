"""The published schema of plan.json, made from the code (JSON Schema 2020-12)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from aumaq.instances.rules import Rule
from aumaq.instances.schema.plan import PLAN, PlanColumn, PlanTable
from aumaq.results.exports.json_file import FORMAT, VERSION
from aumaq.results.exports.record import LATER, LATER_LISTS, LISTS, RECORD, Kinds

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES = {"text": "string", "int": "integer", "number": ["number", "null"],
         "flag": "boolean"}  # fmt: skip


def plan_schema() -> dict[str, Any]:
    """Return the schema: record, tables, indicators, instance."""
    texts = {"type": "array", "items": {"type": "string"}}
    tables = {table.name: _table(table) for table in PLAN}
    cell = {"type": ["string", "number", "boolean", "null"]}
    any_table = {
        "type": "object",
        "required": ["columns", "rows"],
        "properties": {
            "columns": texts,
            "rows": {"type": "array", "items": {"type": "array", "items": cell}},
        },
    }
    return {
        "$schema": DRAFT,
        "title": "A plan of aumaq",
        "description": "Record and tables; money in millions (mln) of the currency.",
        "type": "object",
        "required": ["format", "version", "record", "tables"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "record": _record(),
            "tables": {
                "type": "object",
                "required": list(tables),
                "additionalProperties": False,
                "properties": tables,
            },
            "indicators": any_table,
            "rules": {"type": "array", "items": _rule()},
            "instance": {
                "type": "object",
                "required": ["tables", "outlines"],
                "additionalProperties": False,
                "properties": {
                    "tables": {"type": "object", "additionalProperties": any_table},
                    "outlines": {"type": ["object", "null"]},
                },
            },
        },
    }


def _record() -> dict[str, Any]:
    """Return the schema of the record: what it may lack is not required."""
    kinds = RECORD | LATER
    needed = [*RECORD, *(key for key in LISTS if key not in LATER_LISTS)]
    lists = {key: {"type": "array", "items": _item(of)} for key, of in LISTS.items()}
    return {
        "type": "object",
        "required": needed,
        "properties": {key: {"type": kind} for key, kind in kinds.items()} | lists,
    }


def _item(kinds: Kinds | tuple[Kinds, ...]) -> dict[str, Any]:
    """Return the schema of an item of a list, which may be a list itself."""
    if not isinstance(kinds, tuple):
        return {"type": kinds}
    cells = [{"type": kind} for kind in kinds]
    return {"type": "array", "prefixItems": cells, "items": False,
            "minItems": len(cells)}  # fmt: skip


def _rule() -> dict[str, Any]:
    kinds = {field.name: "string" for field in fields(Rule)} | {"is_hard": "boolean"}
    return {
        "type": "object",
        "required": list(kinds),
        "properties": {name: {"type": kind} for name, kind in kinds.items()},
    }


def _table(table: PlanTable) -> dict[str, Any]:
    """Return the schema of a table: its columns, and what a row holds."""
    cells = [
        {"title": column.name, "description": _described(column),
         "type": TYPES[column.kind]}
        for column in table.columns
    ]  # fmt: skip
    row = {"type": "array", "prefixItems": cells, "items": False,
           "minItems": len(cells)}  # fmt: skip
    return {
        "type": "object",
        "description": table.meaning,
        "required": ["columns", "rows"],
        "additionalProperties": False,
        "properties": {
            "columns": {"const": [column.name for column in table.columns]},
            "rows": {"type": "array", "items": row},
        },
    }


def _described(column: PlanColumn) -> str:
    return f"{column.meaning} ({column.unit})" if column.unit else column.meaning
