"""The published schema of plan.json, made from the code (JSON Schema 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aumaq.instances.schema.plan import PLAN_TABLES, WHOLE
from aumaq.results.exports.json_file import FORMAT, VERSION
from aumaq.results.exports.record import RECORD

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES = {"text": "string", "number": ["number", "null"], "flag": "boolean"}


def plan_schema(columns: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the schema; *columns* of each table in order, as in any plan."""
    record: dict[str, Any] = {key: {"type": kind} for key, kind in RECORD.items()}
    texts = {"type": "array", "items": {"type": "string"}}
    record |= {"periods": texts, "problems": texts, "warnings": texts}
    tables = {name: _table(name, columns[name]) for name in PLAN_TABLES}
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
            "record": {
                "type": "object",
                "required": list(record),
                "properties": record,
            },
            "tables": {
                "type": "object",
                "required": list(tables),
                "additionalProperties": False,
                "properties": tables,
            },
            "indicators": any_table,
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


def _table(name: str, columns: Sequence[str]) -> dict[str, Any]:
    """Return the schema of a table: its columns, and what a row holds."""
    kinds = PLAN_TABLES[name]
    cells = [
        {"type": "integer" if column in WHOLE else TYPES[kinds[column]]}
        for column in columns
    ]
    row = {"type": "array", "prefixItems": cells, "items": False,
           "minItems": len(cells)}  # fmt: skip
    return {
        "type": "object",
        "required": ["columns", "rows"],
        "additionalProperties": False,
        "properties": {
            "columns": {"const": list(columns)},
            "rows": {"type": "array", "items": row},
        },
    }
