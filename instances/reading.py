"""Read and write instances: folders of ``instance.toml`` and CSV files, other formats.

A table with places may lie in the folder as a layer (GeoPackage, GeoJSON, Shapefile)
instead of a CSV file.
"""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from aumaq.instances.arguments import checked
from aumaq.instances.errors import InstanceError, Problem, UnknownNameError
from aumaq.instances.formats import FORMATS, WRITERS, is_parquet, read_parquet
from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.layers import SUFFIXES, has_place, read_layer
from aumaq.instances.formats.raw import Raw, broken_by_file, build
from aumaq.instances.formats.workbook_out import write_workbook
from aumaq.instances.instance import Instance
from aumaq.instances.tables import BY_NAME, TABLES
from aumaq.instances.targets import probe_new
from aumaq.instances.texts import say
from aumaq.instances.words import check_language

SHIPPED_FOLDER = Path(__file__).parent / "data"
TOML_FILE = "instance.toml"
OUTLINES_FILE = "outlines.geojson"


def shipped() -> tuple[str, ...]:
    """Return the names of the instances that come with the package."""
    return tuple(
        sorted(path.parent.name for path in SHIPPED_FOLDER.glob("*/" + TOML_FILE))
    )


def find(name_or_path: str | Path) -> Path:
    """Return the folder of a shipped instance or of a path (else UnknownNameError)."""
    path = Path(name_or_path)
    if path.name == TOML_FILE and path.is_file():
        return path.parent
    if (path / TOML_FILE).is_file():
        return path
    if str(name_or_path) in shipped():
        return SHIPPED_FOLDER / str(name_or_path)
    if path.is_dir():
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
    if file.suffix.lower() in FORMATS and file.is_file():
        found = FORMATS[file.suffix.lower()](file)
        return replace(found, origin=str(file.resolve()))
    if is_parquet(file):
        return replace(read_parquet(file), origin=str(file.resolve()))
    folder = find(name_or_path)
    raw = Raw()
    raw.tables = _read_toml(folder / TOML_FILE, raw.problems)
    for path in sorted(folder.glob("*.csv")):
        table = BY_NAME.get(path.stem)
        if table is not None and table.in_toml:
            raw.problems.append(
                Problem(path.name, say("belongs into {file}", file=TOML_FILE))
            )
        else:
            frame = _read_csv(path, raw.problems)
            if frame is not None:
                raw.tables[path.stem] = frame
    raw.outlines = _read_outlines(folder / OUTLINES_FILE, raw.problems)
    raw.broken = broken_by_file(raw.problems)
    _read_layers(folder, raw)
    is_shipped = folder.parent == SHIPPED_FOLDER
    origin = folder.name if is_shipped else str(folder.resolve())
    return replace(build(raw), origin=origin)


def _read_layers(folder: Path, raw: Raw) -> None:
    """Read the layers of a folder that stand for tables with places."""
    for path in sorted(folder.iterdir()):
        name = path.stem
        if path.suffix.lower() not in SUFFIXES or name not in BY_NAME:
            continue
        if not has_place(name):
            message = say(
                "table {name} has no places; give it as {file}",
                name=name,
                file=BY_NAME[name].file,
            )
            raw.refuse(name, Problem(path.name, message))
        elif name in raw.tables or name in raw.broken:
            message = say(
                "table {name} is there twice; keep one of the files", name=name
            )
            raw.refuse(name, Problem(path.name, message))
        else:
            read_layer(path, name, name, raw)


def _read_toml(path: Path, problems: list[Problem]) -> dict[str, pd.DataFrame]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(
            Problem(path.name, say("is not valid TOML: {error}", error=error))
        )
        return {}
    raw = {}
    for name, content in document.items():
        table = BY_NAME.get(name)
        rows = [content] if isinstance(content, dict) else content
        if table is not None and not table.in_toml:
            problems.append(
                Problem(path.name, say("[{name}] belongs into {name}.csv", name=name))
            )
        elif not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            wanted = "[" if table is not None and table.is_single else "[["
            problems.append(
                Problem(
                    path.name,
                    say("expected tables {wanted}{name}...", wanted=wanted, name=name),
                    column=name,
                )
            )
        elif table is not None and table.is_single and len(rows) != 1:
            problems.append(
                Problem(path.name, say("expected one table [{name}]", name=name))
            )
        else:
            raw[name] = pd.DataFrame(rows, dtype=object)
    return raw


def _read_csv(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    try:
        header = pd.read_csv(
            path, dtype=str, header=None, nrows=1, encoding="utf-8-sig", na_filter=False
        )
        names = [str(name) for name in header.iloc[0]]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            message = say("column occurs twice: {twice}", twice=", ".join(twice))
            problems.append(Problem(path.name, message, row=1))
            return None
        if long := _long_rows(path, len(names)):
            problems += long  # pandas would drop what is too much
            return None
        return pd.read_csv(
            path,
            dtype=str,
            encoding="utf-8-sig",
            keep_default_na=False,
            na_filter=False,
            index_col=False,
            on_bad_lines="error",
            skip_blank_lines=False,
        )
    except (
        csv.Error,
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        UnicodeDecodeError,
    ) as error:
        text = " ".join(str(error).split())
        problems.append(
            Problem(
                path.name, say("is not a readable UTF-8 CSV table: {text}", text=text)
            )
        )
        return None


def _long_rows(path: Path, width: int) -> list[Problem]:
    """Return a problem for each row with more cells than the header has names."""
    found = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for number, cells in enumerate(csv.reader(lines), start=1):
            if len(cells) > width:
                message = say(
                    "{count} cells; expected {width}, as in the header",
                    count=len(cells),
                    width=width,
                )
                extra = ", ".join(cells[width:])
                found.append(Problem(path.name, message, row=number, value=extra))
    return found


def _read_outlines(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        problems.append(
            Problem(path.name, say("is not valid GeoJSON: {error}", error=error))
        )
        return None
    return dict(content)


@checked
def write(instance: Instance, path: str | Path, lang: str = "en") -> Path:
    """Write an instance so that :func:`read` reads back an equal one.

    The suffix says the format: ``.xlsx``, ``.gpkg``, ``.parquet`` (a folder); anything
    else is a folder of CSV files. What is written appears whole or not at all; an
    existing file or folder is an ExportError. A workbook has its headers in the
    language of the code *lang* (UnknownNameError if there is none); every reader takes
    all of them. Other formats have one name for everything.
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
