"""Read and write an instance as a folder: ``instance.toml`` and CSV files."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from aumaq.instances.errors import ExportError, InstanceError, Problem, UnknownNameError
from aumaq.instances.formats import FORMATS
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.normalising import normalise
from aumaq.instances.tables import BY_NAME, TABLES
from aumaq.instances.validation import validate

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
            [Problem(str(path / TOML_FILE), "file is missing; `aumaq new` makes one")]
        )
    raise UnknownNameError("instance or folder", str(name_or_path), shipped())


def read(name_or_path: str | Path) -> Instance:
    """Read a shipped instance by name, a folder or a benchmark file by path.

    Raises InstanceError with every problem found, UnknownNameError if there is no
    such instance.
    """
    file = Path(name_or_path)
    if file.suffix in FORMATS and file.is_file():
        return replace(FORMATS[file.suffix](file), origin=str(file.resolve()))
    folder = find(name_or_path)
    problems: list[Problem] = []
    raw = _read_toml(folder / TOML_FILE, problems)
    for path in sorted(folder.glob("*.csv")):
        table = BY_NAME.get(path.stem)
        if table is not None and table.in_toml:
            problems.append(Problem(path.name, f"belongs into {TOML_FILE}"))
        else:
            frame = _read_csv(path, problems)
            if frame is not None:
                raw[path.stem] = frame
    outlines = _read_outlines(folder / OUTLINES_FILE, problems)
    if problems:
        # What cannot be opened is reported together with all that can.
        broken = {problem.file for problem in problems}
        typed, found = normalise(raw)
        found, _ = validate(typed, found, unreadable=broken)
        raise InstanceError(problems + [p for p in found if p.file not in broken])
    is_shipped = folder.parent == SHIPPED_FOLDER
    origin = folder.name if is_shipped else str(folder.resolve())
    return replace(from_tables(raw, outlines=outlines), origin=origin)


def _read_toml(path: Path, problems: list[Problem]) -> dict[str, pd.DataFrame]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, f"is not valid TOML: {error}"))
        return {}
    raw = {}
    for name, content in document.items():
        table = BY_NAME.get(name)
        rows = [content] if isinstance(content, dict) else content
        if table is not None and not table.in_toml:
            problems.append(Problem(path.name, f"[{name}] belongs into {name}.csv"))
        elif not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            wanted = "[" if table is not None and table.is_single else "[["
            problems.append(
                Problem(path.name, f"expected tables {wanted}{name}...", column=name)
            )
        elif table is not None and table.is_single and len(rows) != 1:
            problems.append(Problem(path.name, f"expected one table [{name}]"))
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
            message = f"column occurs twice: {', '.join(twice)}"
            problems.append(Problem(path.name, message, row=1))
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
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        UnicodeDecodeError,
    ) as error:
        text = " ".join(str(error).split())
        problems.append(
            Problem(path.name, f"is not a readable UTF-8 CSV table: {text}")
        )
        return None


def _read_outlines(path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, f"is not valid GeoJSON: {error}"))
        return None
    return dict(content)


def write(instance: Instance, folder: str | Path) -> Path:
    """Write an instance as a folder that :func:`read` reads back to an equal one.

    The folder appears whole or not at all; an existing one is an ExportError.
    """
    folder = Path(folder)
    if folder.exists():
        raise ExportError(f"{folder} exists already; nothing was written")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (draft / TOML_FILE).write_text(
            tomli_w.dumps(_document(instance)), encoding="utf-8"
        )
        for table in TABLES:
            frame = instance.base[table.name]
            if not table.in_toml and len(frame):
                frame.to_csv(draft / table.file, index=False, lineterminator="\n")
        if instance.outlines is not None:
            text = json.dumps(instance.outlines, ensure_ascii=False)
            (draft / OUTLINES_FILE).write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return folder


def _document(instance: Instance) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for table in TABLES:
        if not table.in_toml:
            continue
        rows = [
            {str(k): _plain(v) for k, v in row.items() if v == v and v != ""}
            for row in instance.base[table.name].to_dict("records")
        ]
        document[table.name] = rows[0] if table.is_single else rows
    return document


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
