"""``aumaq new``: a commented skeleton of an instance, made from the schema."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.targets import probe_new
from aumaq.instances.formats.workbook.writer import write_workbook
from aumaq.instances.schema.column import Column, Table, Value
from aumaq.instances.schema.tables import TABLES

ROADS: dict[str, tuple[dict[str, Value], ...]] = {
    "road_nodes": (
        {"node": "n1", "lat": 50.0, "lon": 70.0},
        {"node": "n2", "lat": 50.1, "lon": 70.1},
    ),
    "road_links": (
        {"from_node": "n1", "to_node": "n2", "length_km": 14.0, "road_class": "local"},
    ),
    "road_classes": ({"road_class": "local", "speed_kmh": 60.0},),
}


def check_skeleton(path: Path) -> None:
    """Raise ExportError unless a skeleton may be written as the new *path*."""
    probe_new(path, (".xlsx",))


def write_skeleton(path: Path, lang: str = "en") -> None:
    """Write a small valid instance to change; ExportError if *path* exists.

    A path that ends in ``.xlsx`` becomes a workbook in the language of the code
    *lang*, one without an ending a folder.
    """
    check_skeleton(path)
    if path.suffix.lower() == ".xlsx":
        tables = {t.name: pd.DataFrame(_rows(t), dtype=object) for t in TABLES}
        with draft_of(path) as draft:
            write_workbook(tables, None, draft, lang)
        return
    with draft_of(path) as draft:
        draft.mkdir()
        text = "\n".join(_toml(table) for table in TABLES if table.in_toml)
        (draft / "instance.toml").write_text(text, encoding="utf-8")
        for table in TABLES:
            if not table.in_toml:
                _csv(table, draft / table.file)


def _rows(table: Table) -> tuple[dict[str, Value], ...]:
    return table.example or ROADS.get(table.name, ())


def _toml(table: Table) -> str:
    mark = f"[{table.name}]" if table.is_single else f"[[{table.name}]]"
    lines = [f"# {table.meaning}"]
    rows = _rows(table)
    for row in rows or ({},):
        lines.append(mark if rows or table.is_single else f"# {mark}")
        for column in table.columns:
            lines.append(_toml_line(column, row))
        lines.append("")
    return "\n".join(lines)


def _toml_line(column: Column, row: dict[str, Value]) -> str:
    unit = f" [{column.unit}]" if column.unit else ""
    note = f"  # {column.meaning}{unit}"
    if column.name in row:
        return f"{column.name} = {_toml_value(row[column.name])}{note}"
    if column.is_required or column.default is None:
        return f'# {column.name} = ""{note}'
    return f"# {column.name} = {_toml_value(column.default)}{note}"


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value)


def _csv(table: Table, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        names = [column.name for column in table.columns]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_rows(table))
