"""``aumaq new``: a commented skeleton of an instance, made from the schema."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from aumaq.instances.formats.csv_table import COMMENT
from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.targets import probe_new
from aumaq.instances.formats.workbook.writer import Shown, note, write_workbook
from aumaq.instances.language.words import worded
from aumaq.instances.schema.column import Column, Table, Value
from aumaq.instances.schema.tables import BY_NAME, TABLES

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
        tables = {t.name: pd.DataFrame(_rows(t), dtype=object) for t in TABLES}
        write_texts(tables, {t.name: t.columns for t in TABLES}, draft, lang)


def write_texts(
    tables: Mapping[str, pd.DataFrame],
    shown: Shown,
    folder: Path,
    lang: str = "en",
) -> None:
    """Write tables by name as a new folder, with comments on the columns *shown*."""
    folder.mkdir()
    named = [(BY_NAME[name], frame) for name, frame in tables.items()]
    text = "\n".join(
        _toml(table, frame, shown[table.name], lang)
        for table, frame in named
        if table.in_toml
    )
    (folder / "instance.toml").write_text(text, encoding="utf-8")
    for table, frame in named:
        if not table.in_toml:
            _csv(table, frame, shown, folder / table.file, lang)


def _rows(table: Table) -> tuple[dict[str, Value], ...]:
    return table.example or ROADS.get(table.name, ())


def _toml(
    table: Table, frame: pd.DataFrame, columns: Sequence[Column], lang: str
) -> str:
    mark = f"[{table.name}]" if table.is_single else f"[[{table.name}]]"
    lines = [f"# {worded(table.meaning, lang)}"]
    rows = frame.to_dict("records")
    for row in rows or [{}]:
        lines.append(mark if rows or table.is_single else f"# {mark}")
        filled = {str(k): v for k, v in row.items() if v == v and v is not None}
        lines += [_toml_line(column, filled, lang) for column in columns]
        lines.append("")
    return "\n".join(lines)


def _toml_line(column: Column, row: Mapping[str, object], lang: str) -> str:
    unit = f" [{worded(column.unit, lang)}]" if column.unit else ""
    note = f"  # {worded(column.meaning, lang)}{unit}"
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


def _csv(
    table: Table,
    frame: pd.DataFrame,
    shown: Shown,
    path: Path,
    lang: str,
) -> None:
    """Write a table; what its columns mean stands in lines with # above the header."""
    of_schema = {column.name for column in table.columns}
    names = [column.name for column in shown[table.name]]
    names += [name for name in frame if name not in of_schema]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for line in _comments(table, shown, lang):
            writer.writerow([f"{COMMENT} {line}"])
        writer.writerow(names)
        rows = frame.reindex(columns=names).astype(object)
        writer.writerows(rows.where(rows.notna(), "").to_numpy().tolist())


def _comments(table: Table, shown: Shown, lang: str) -> Iterator[str]:
    yield worded(table.meaning, lang)
    for column in shown[table.name]:
        name, *rest = note(column, lang, shown, words_of="en").split("\n")
        yield f"{name}: {'; '.join(rest)}"
