"""Input that is wrong, in every format: one clear error, exit code 2, nothing lost.

A file that is right is spoiled, in a cell or in its bytes. A cell that cannot be right
must be told; bytes at random may by chance mean something, and are read then.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pandas as pd
from children import Child, complaints, contents, done, lost
from given_words import CLASSIC, OPTIONS, PLACES, SETS
from programme import Kind, Trial, own_seed
from shared_plans import best_plan, shipped

import aumaq
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.schema.titles import english_title
from aumaq.results.exports import write_plan_folder
from aumaq.results.store import Store

Spoil = Callable[[Path, Random], bool]
"""A change of a file or folder: returns whether it must be told."""
FILLED = ("settlements", "sites", "levels", "facilities", "road_nodes", "road_links")
BAD_NUMBERS = ("many", "1,5,2", "nan", "inf", "-inf", "1e400", "0x1F", "--5", "1e300",
               "١٢x", "=1/0", "#REF!", "null")  # fmt: skip
BAD_NAMES = ("nosuch", "A", "a b", "—", "a" * 300)
FAILS, READS = (2,), (0, 1, 2)


@cache
def masters() -> Path:
    """Return a folder with a right file of each format, written once a process."""
    folder = Path(tempfile.mkdtemp(prefix="masters-"))
    for name in ("mine", "mine.xlsx", "mine.gpkg", "mine.parquet"):
        aumaq.write(shipped(), folder / name)
    write_plan_folder(best_plan(), folder / "plan")
    best_plan().to_gpkg(folder / "plan.gpkg")
    shutil.copy(folder / "plan" / "plan.json", folder)
    Store(folder / "runs.duckdb").add(best_plan())
    options: dict[str, Any] = {"work_limit": 1.0, "threads": 1}
    aumaq.solve(shipped(), **options, checkpoint=folder / "half.aumaq")
    for name, text in {**CLASSIC, **PLACES}.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def copied(name: str, folder: Path) -> Path:
    """Return a copy of a master in a folder."""
    source, target = masters() / name, folder / name
    return Path((shutil.copytree if source.is_dir() else shutil.copy)(source, target))


# What becomes of a cell: (table, row, column, value), the row None for a column's name.


def edit(rng: Random) -> tuple[str, int, str, str]:
    """Return a cell of ``tiny`` and what must not stand in it."""
    name = rng.choice(FILLED)
    table, rows = BY_NAME[name], shipped().tables[name]
    numbers = [c for c in table.columns if c.kind in ("number", "int") and _is_in(c)]
    names = [c for c in table.columns if c.references and _is_in(c)]
    names = [c for c in names if c.name != "region"]  # a new one is a new region
    if numbers and (not names or rng.random() < 0.6):
        return (
            name,
            rng.randrange(len(rows)),
            rng.choice(numbers).name,
            rng.choice(BAD_NUMBERS),
        )
    return name, rng.randrange(len(rows)), rng.choice(names).name, rng.choice(BAD_NAMES)


def _is_in(column: Column) -> bool:
    return column.is_required


def required(table: Table) -> list[str]:
    """Return the columns that a table must have."""
    return [column.name for column in table.columns if column.is_required]


def spoil_csv(folder: Path, rng: Random) -> bool:
    """Spoil a table of a folder."""
    way = rng.randrange(9)
    name, row, column, value = edit(rng)
    file = folder / f"{name}.csv"
    text = file.read_text("utf-8")
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    if way in (0, 1, 2):
        frame.loc[row, column] = value
    elif way == 3:
        frame = frame.drop(columns=rng.choice(required(BY_NAME[name])))
    elif way == 4:
        old = rng.choice(required(BY_NAME[name]))
        frame = frame.rename(columns={old: f"{old}x"})
    elif way == 5:
        frame = pd.concat([frame, frame.iloc[[row]]])
        if name == "road_links":  # parallel roads may be
            frame.iloc[-1, 0] = "nosuch"
    elif way == 6:
        file.write_text(text.split("\n", 1)[1], "utf-8")
        return True
    elif way == 7:
        lines = text.splitlines()
        at = rng.randrange(1, len(lines))
        lines[at] += ",one,two,three,four,five,six,seven"
        file.write_text("\n".join(lines), "utf-8")
        return True
    else:
        return spoil_bytes(file, rng)
    frame.to_csv(file, index=False)
    return True


def spoil_toml(folder: Path, rng: Random) -> bool:
    """Spoil the settings of a folder."""
    file = folder / "instance.toml"
    lines = file.read_text("utf-8").splitlines()
    at = rng.choice([k for k, line in enumerate(lines) if "=" in line])
    way = rng.randrange(4)
    head = lines[at].split("=")[0]
    if way == 0:
        lines[at] = f"{head}= nonsense here"
    elif way == 1:
        lines[at] = lines[at].replace("=", "", 1)
    elif way == 2:
        lines[at] = f"{head}= [[1, 2], {{a = 3}}]"
    else:
        lines.insert(at, f"nosuch_{head}= 1")
    file.write_text("\n".join(lines), "utf-8")
    return True


def spoil_bytes(file: Path, rng: Random) -> bool:
    """Cut a file short, or overwrite some of its bytes."""
    data = bytearray(file.read_bytes())
    way = rng.randrange(4)
    if way == 0:
        file.write_bytes(data[: rng.randrange(len(data))])
    elif way == 1:
        for _ in range(rng.choice([1, 20, 200])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        file.write_bytes(data)
    elif way == 2:
        at = rng.randrange(len(data))
        file.write_bytes(data[:at] + rng.randbytes(60) + data[at:])
    else:
        file.write_bytes(rng.choice([b"", b"\x00" * 4096, rng.randbytes(5000),
                                     b"hello", bytes(data[::-1])]))  # fmt: skip
        return True
    return False


def spoil_workbook(file: Path, rng: Random) -> bool:
    """Spoil a cell of a workbook, its sheets, its package or its bytes."""
    way = rng.randrange(6)
    if way == 5:
        return spoil_bytes(file, rng)
    if way == 4:
        with zipfile.ZipFile(file) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        name = rng.choice(sorted(parts))
        if rng.random() < 0.5:
            del parts[name]
        else:
            parts[name] = parts[name][: len(parts[name]) // 2]
        with zipfile.ZipFile(file, "w") as new:
            for part, data in parts.items():
                new.writestr(part, data)
        return False
    name, row, column, value = edit(rng)
    book = openpyxl.load_workbook(file)
    sheet = book[english_title(name)]
    titles = {str(cell.value).split(" [")[0]: cell.column for cell in sheet[1]}
    if way == 3:
        column = rng.choice(required(BY_NAME[name]))
        sheet.cell(1, titles[english_title(column)]).value = "nosuch"
    else:
        sheet.cell(row + 2, titles[english_title(column)]).value = value
    book.save(file)
    return True


def spoil_geopackage(file: Path, rng: Random) -> bool:
    """Spoil a cell of a database, a table, or the bytes of the file."""
    way = rng.randrange(5)
    if way == 4:
        return spoil_bytes(file, rng)
    name, row, column, value = edit(rng)
    with sqlite3.connect(file) as lite:
        if way == 3:
            table = rng.choice(
                ["gpkg_contents", "gpkg_geometry_columns", "settlements"]
            )
            lite.execute(f"DROP TABLE {table}")
            return table == "settlements"
        for trigger in lite.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():  # they call functions that only GIS have
            lite.execute(f"DROP TRIGGER {trigger[0]}")
        known = {line[1] for line in lite.execute(f"PRAGMA table_info({name})")}
        if column not in known:  # coordinates are the geometry
            column, value = "geom", b"no geometry"
        lite.execute(
            f"UPDATE {name} SET {column} = ? WHERE fid ="
            f" (SELECT fid FROM {name} LIMIT 1 OFFSET ?)", [value, row],
        )  # fmt: skip
    return True


def spoil_parquet(folder: Path, rng: Random) -> bool:
    """Spoil a table of a Parquet folder, or its bytes."""
    name, row, column, value = edit(rng)
    file = folder / f"{name}.parquet"
    way = rng.randrange(4)
    if way == 3:
        return spoil_bytes(file, rng)
    frame = pd.read_parquet(file)
    if way == 2:
        frame = frame.drop(columns=rng.choice(required(BY_NAME[name])))
    else:
        cells = frame[column].astype(str).tolist()
        cells[row] = value
        frame[column] = cells
    frame.to_parquet(file)
    return True


def spoil_json(file: Path, rng: Random) -> bool:
    """Spoil a value somewhere in a document, or its bytes."""
    if rng.random() < 0.4:
        return spoil_bytes(file, rng)
    content = json.loads(file.read_text("utf-8"))
    holder = content
    for _ in range(rng.randrange(6)):
        inner = [v for v in _values(holder) if isinstance(v, (dict, list)) and v]
        if not inner:
            break
        holder = rng.choice(inner)
    key: Any = rng.choice(sorted(holder) if isinstance(holder, dict)
                          else list(range(len(holder))))  # fmt: skip
    holder[key] = rng.choice([None, [], {}, "x", -1e300, [[[]]], True])
    file.write_text(json.dumps(content), "utf-8")
    return False


def _values(holder: Any) -> list[Any]:
    return list(holder.values()) if isinstance(holder, dict) else list(holder)


def spoil_words(file: Path, rng: Random) -> bool:
    """Spoil a file of numbers: a word, one too few, one that nobody has, bytes."""
    words = file.read_text("utf-8").split(" ")
    way = rng.randrange(4)
    at = rng.randrange(len(words))
    if way == 0:
        words[at] = "x?"
    elif way == 1:
        del words[at:]
    elif way == 2:
        words[at] = rng.choice(["-99999999999", "nan", "1e400", "0.5"])
    else:
        return spoil_bytes(file, rng)
    file.write_text(" ".join(words), "utf-8")
    return False


INSTANCE_COMMANDS = (
    ("validate", "{}", "--json"), ("describe", "{}"),
    ("solve", "{}", "--quiet", "--out", "kept"), ("convert", "{}", "made.xlsx"),
    ("analyse", "{}", "--json"), ("conflicts", "{}"), ("project", "{}"),
)  # fmt: skip
PLAN_COMMANDS = (
    ("verify", "{}", "--json"), ("export", "{}", "--to", "xlsx", "--out", "made.xlsx"),
    ("report", "{}", "--out", "made.html"), ("compare", "{}", "kept"),
    ("solve", "tiny", "--start", "{}", "--quiet"),
)  # fmt: skip
STORE_COMMANDS = (
    ("runs", "{}"), ("runs", "{}", "--json"), ("verify", "{}:1"),
    ("solve", "tiny", "--quiet", "--store", "{}"),
)  # fmt: skip
IMPORTS = (("import", "{}", "--out", "made"), ("import", "{}", "--out", "made.xlsx"),
           ("locate", "{}", "--json"))  # fmt: skip
CLASSICS = (("solve", "{}", "--quiet"), ("convert", "{}", "made"), ("validate", "{}"))
RESUME = (("solve", "tiny", "--work-limit", "1", "--threads", "1", "--quiet",
           "--resume", "{}"),)  # fmt: skip


def spoiled(
    names: tuple[str, ...], spoil: Spoil, commands: tuple[tuple[str, ...], ...]
) -> Trial:
    """Return a trial of commands on a spoiled copy of one of some masters."""

    def trial(seed: int, number: int, root: Path) -> list[str]:
        rng = Random(own_seed(seed, spoil.__name__ + names[0], number))
        folder = root / "here"
        folder.mkdir()
        file = copied(rng.choice(names), folder)
        must = spoil(file, rng)
        shutil.copytree(masters() / "plan", folder / "kept")
        words = [word.format(file.name) for word in rng.choice(commands)]
        faults = refused(words, folder, FAILS if must else READS)
        return [*faults, *spoiled_lines(file)] if faults else []

    return trial


def spoiled_lines(file: Path) -> list[str]:
    """Return in which lines a folder differs from what was right, for the record."""
    if not file.is_dir():
        return []
    told = []
    for part in sorted(file.glob("*.[ct][so][vm]*")):
        old = (masters() / file.name / part.name).read_bytes().splitlines()
        new = part.read_bytes().splitlines()
        told += [f"{part.name}: {line[:200]!r}" for line in new if line not in old]
    return told[:5]


def refused(words: list[str], folder: Path, codes: tuple[int, ...]) -> list[str]:
    """Run a command on what is wrong; return what is wrong with what it did."""
    before = contents(folder)
    child = done(*words, folder=folder)
    faults = complaints(child, codes)
    if child.wait() != 0:
        faults += lost(before, folder)
        more = set(contents(folder)) - set(before)
        faults += [f"{name} was left behind" for name in more if ".lock" not in name]
        faults += _unclear(child)
    return faults


def _unclear(child: Child) -> list[str]:
    """Return what makes an error unclear: too long, or one document that is none."""
    told = child.told.splitlines()
    if len(told) > 60:
        return [f"an error of {len(told)} lines"]
    if len(set(told)) < len(told) - told.count("") and len(told) > 3:
        return [f"told twice: {told[:6]}"]
    if "--json" in child.words:
        try:
            json.loads(child.shown)
        except ValueError as error:
            return [f"no document: {error}: {child.shown[:200]}"]
    return []


def wrong_words(lines: tuple[tuple[str, ...], ...]) -> Trial:
    """Return a trial of command lines that nobody can mean."""

    def trial(_: int, number: int, root: Path) -> list[str]:
        folder = root / "here"
        folder.mkdir()
        copied("mine", folder)
        shutil.copytree(masters() / "plan", folder / "kept")
        return refused(list(lines[number % len(lines)]), folder, FAILS)

    return trial


KINDS = [
    Kind(f"malformed: {name}", "malformed", count, trial)
    for name, count, trial in (
        ("folder of CSV files", 60, spoiled(("mine",), spoil_csv, INSTANCE_COMMANDS)),
        ("settings in TOML", 15, spoiled(("mine",), spoil_toml, INSTANCE_COMMANDS)),
        ("workbook", 40, spoiled(("mine.xlsx",), spoil_workbook, INSTANCE_COMMANDS)),
        ("GeoPackage", 30,
         spoiled(("mine.gpkg",), spoil_geopackage, INSTANCE_COMMANDS)),
        ("Parquet", 15, spoiled(("mine.parquet",), spoil_parquet, INSTANCE_COMMANDS)),
        ("plan as JSON", 25,
         spoiled(("plan.json",), spoil_json, PLAN_COMMANDS)),
        ("plan as GeoPackage", 10,
         spoiled(("plan.gpkg",), spoil_bytes, PLAN_COMMANDS)),
        ("store of runs", 20, spoiled(("runs.duckdb",), spoil_bytes, STORE_COMMANDS)),
        ("checkpoint", 10, spoiled(("half.aumaq",), spoil_bytes, RESUME)),
        ("list of places, GeoJSON", 20,
         spoiled(("places.geojson",), spoil_json, IMPORTS)),
        ("list of places, CSV", 10, spoiled(("places.csv",), spoil_bytes, IMPORTS)),
        ("classic file", 30, spoiled(tuple(CLASSIC), spoil_words, CLASSICS)),
        ("changes by --set", len(SETS), wrong_words(SETS)),
        ("options", len(OPTIONS), wrong_words(OPTIONS)),
    )
]  # fmt: skip
