"""Read and write instances: folders of ``instance.toml`` and CSV files, other formats.

A table with places may lie in the folder as a layer (GeoPackage, GeoJSON, Shapefile)
instead of a CSV file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from aumaq.instances.arguments import checked
from aumaq.instances.errors import (
    InstanceError,
    Problem,
    UnknownNameError,
    UnreadableError,
)
from aumaq.instances.formats import (
    BY_CONTENT,
    FOREIGN,
    FORMATS,
    WRITERS,
    corridors,
    is_parquet,
    read_parquet,
    read_workbook,
)
from aumaq.instances.formats.csv_table import read_csv
from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.files import check_file
from aumaq.instances.formats.geographic.layers import SUFFIXES, has_place, read_layer
from aumaq.instances.formats.geographic.outline_text import read_outlines
from aumaq.instances.formats.raw import Raw, build
from aumaq.instances.formats.targets import probe_new
from aumaq.instances.formats.toml_file import read_toml
from aumaq.instances.formats.workbook.writer import write_workbook
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import say
from aumaq.instances.language.words import check_language
from aumaq.instances.schema.tables import BY_NAME, TABLES

SHIPPED_FOLDER = Path(__file__).parent / "data"
TOML_FILE = "instance.toml"
OUTLINES_FILE = "outlines.geojson"
NOT_READ = (".gz", ".json", ".ods", ".parquet", ".tsv", ".txt", ".xls", ".xlsb",
            ".xlsm", ".xlsx", ".zip")  # fmt: skip
"""What people take for the file of a table in a folder."""


def shipped() -> tuple[str, ...]:
    """Return the names of the instances that come with the package."""
    return tuple(
        sorted(path.parent.name for path in SHIPPED_FOLDER.glob("*/" + TOML_FILE))
    )


def find(name_or_path: str | Path) -> Path:
    """Return the folder of a shipped instance or of a path (else UnknownNameError)."""
    path = Path(name_or_path)
    if path.name == TOML_FILE and _stands(path):
        return path.parent
    if _stands(path / TOML_FILE):
        return path
    if str(name_or_path) in shipped():
        return SHIPPED_FOLDER / str(name_or_path)
    if _stands(path) and path.is_dir():
        raise InstanceError(
            [
                Problem(
                    str(path / TOML_FILE), say("file is missing; `aumaq new` makes one")
                )
            ]
        )
    raise UnknownNameError(say("instance or folder"), str(name_or_path), shipped())


@checked
def read(name_or_path: str | Path) -> Instance:
    """Read a shipped instance by name; a folder, workbook, GeoPackage ... by path.

    Raises InstanceError with every problem found, UnknownNameError if there is no
    such instance, AumaqError if a package that the format needs is not installed.
    """
    file = Path(name_or_path)
    if _stands(file) and not file.is_dir() and file.name != TOML_FILE:
        return replace(_read_file(file), origin=str(file.resolve()))
    if _stands(file) and is_parquet(file):
        return replace(read_parquet(file), origin=str(file.resolve()))
    if _stands(file) and corridors.matches(file):
        return replace(corridors.read_tables(file), origin=str(file.resolve()))
    folder = find(name_or_path)
    raw = Raw()
    read_toml(folder / TOML_FILE, raw)
    for path in sorted(folder.iterdir()):
        _read_part(path, raw)
    is_shipped = folder.parent == SHIPPED_FOLDER
    origin = folder.name if is_shipped else str(folder.resolve())
    return replace(build(raw), origin=origin)


def _stands(path: Path) -> bool:
    """Whether there is something of that name, a broken link, say."""
    try:
        return path.is_symlink() or path.exists()
    except (OSError, ValueError):  # too long, or with the character NUL
        return False


def _read_file(path: Path) -> Instance:
    """Read an instance that is one file, in the format of its content or suffix."""
    suffix = path.suffix.lower()
    reader = read_workbook if suffix in FOREIGN else FORMATS.get(suffix)
    try:
        check_file(path)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    reader = next((read for matches, read in BY_CONTENT if matches(path)), reader)
    if reader is None:
        message = say(
            "is no instance; expected a folder, or a file that ends in {suffixes}",
            suffixes=", ".join(FORMATS),
        )
        raise InstanceError([Problem(path.name, message)])
    return reader(path)


def _read_part(path: Path, raw: Raw) -> None:
    """Read what lies in a folder for a table; other files are passed over."""
    name, suffix = path.stem, path.suffix.lower()
    table = BY_NAME.get(name)
    if path.name == OUTLINES_FILE:
        raw.outlines = read_outlines(path, raw.problems)
    elif suffix == ".csv" and table is not None and table.in_toml:
        message = say("belongs into {file}", file=TOML_FILE)
        raw.problems.append(Problem(path.name, message))
    elif suffix == ".csv":
        if not _is_there_twice(path, raw):
            read_csv(path, raw)
    elif table is None:
        return
    elif suffix in SUFFIXES and not has_place(name):
        message = say(
            "table {name} has no places; give it as {file}", name=name, file=table.file
        )
        raw.refuse(name, Problem(path.name, message))
    elif suffix in SUFFIXES:
        if not _is_there_twice(path, raw):
            read_layer(path, name, name, raw)
    elif suffix in NOT_READ and not (path.parent / table.file).exists():
        message = say("is not read; expected {file}", file=table.file)
        raw.refuse(name, Problem(path.name, message))


def _is_there_twice(path: Path, raw: Raw) -> bool:
    """Whether a table was read from another file already: a problem."""
    name = path.stem
    if name not in raw.tables and name not in raw.broken:
        return False
    message = say("table {name} is there twice; keep one of the files", name=name)
    raw.refuse(name, Problem(path.name, message))
    return True


@checked
def write(instance: Instance, path: str | Path, lang: str = "en") -> Path:
    """Write an instance so that :func:`read` reads back an equal one.

    The suffix says the format: ``.xlsx``, ``.gpkg``, ``.parquet`` (a folder); without
    one it is a folder of CSV files. What is written appears whole or not at all; an
    existing file or folder, or another suffix, is an ExportError. A workbook has its
    headers in the language of the code *lang* (UnknownNameError if there is none);
    every reader takes all of them. Other formats have one name for everything.
    """
    check_language(lang)
    path = Path(path)
    check_new(path)
    suffix = path.suffix.lower()
    with draft_of(path) as draft:
        if suffix == ".xlsx":
            write_workbook(instance.base, instance.outlines, draft, lang)
        else:
            writer = WRITERS.get(suffix, _write_folder)
            writer(instance.base, instance.outlines, draft)
    return path


def check_new(path: Path) -> None:
    """Raise ExportError unless an instance may be written as the new *path*."""
    probe_new(path, (".xlsx", *WRITERS))


def is_written_folder(path: Path) -> bool:
    """Whether a folder holds an instance as :func:`write` writes it, nothing else."""
    own = {TOML_FILE, OUTLINES_FILE, *(table.file for table in TABLES)}
    return (path / TOML_FILE).is_file() and all(
        item.name in own and item.is_file() for item in path.iterdir()
    )


def _write_folder(
    tables: Mapping[str, pd.DataFrame], outlines: dict[str, Any] | None, path: Path
) -> None:
    path.mkdir()
    document = tomli_w.dumps(_document(tables))
    (path / TOML_FILE).write_text(document, encoding="utf-8")
    for table in TABLES:
        frame = tables[table.name]
        if not table.in_toml and len(frame):
            # A lone carriage return ends a row unless it is quoted.
            texts = (frame[name] for name in frame.select_dtypes("str"))
            odd = any(cells.str.contains("\r", regex=False).any() for cells in texts)
            quoting = csv.QUOTE_NONNUMERIC if odd else csv.QUOTE_MINIMAL
            frame.to_csv(
                path / table.file, index=False, lineterminator="\n", quoting=quoting
            )
    if outlines is not None:
        text = json.dumps(outlines, ensure_ascii=False)
        (path / OUTLINES_FILE).write_text(text, encoding="utf-8")


def _document(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for table in TABLES:
        if not table.in_toml:
            continue
        rows = [
            {str(k): _plain(v) for k, v in row.items() if v == v and v != ""}
            for row in tables[table.name].to_dict("records")
        ]
        document[table.name] = rows[0] if table.is_single else rows
    return document


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
