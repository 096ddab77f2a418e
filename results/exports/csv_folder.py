"""A plan as a folder: one CSV file a table, the record as JSON, and its instance."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances import ExportError, Instance, Problem, read, write
from aumaq.instances.formats.drafts import check_folder, draft_folder
from aumaq.instances.language.texts import say
from aumaq.instances.reading import is_written_folder
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.exports.json_file import PlanFiles
from aumaq.results.exports.plan_tables import checked_tables
from aumaq.results.exports.record import (
    UNREADABLE,
    parsed,
    record_problems,
    unreadable,
    why,
)
from aumaq.results.exports.side_files import (
    INDICATORS,
    INDICATORS_FILE,
    SIDE,
    write_indicators,
)
from aumaq.results.strict_json import strict

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

RECORD_FILE = "record.json"
INSTANCE_FOLDER = "instance"


def check_target(
    path: Path,
    suffix: str = "csv",
    *,
    instance: Instance | None = None,
    scenario: str = "",
    overwrite: bool = False,
) -> None:
    """Raise ExportError unless a plan may be written to the folder *path*.

    An earlier plan of *instance* under *scenario* (default: its active one) is
    replaced, another one only to *overwrite*; a file, or a folder that holds anything
    else, never is.
    """
    check_folder(
        path, RECORD_FILE, lambda item: is_plan_file(item, suffix), say("a plan")
    )
    if not (path / RECORD_FILE).is_file():
        return
    record = plan_record(path)
    if record is None:
        raise ExportError(
            say(
                "{path} holds a {file} that is not of a plan; nothing was written",
                path=path,
                file=RECORD_FILE,
            )
        )
    if instance is not None and not overwrite:
        check_same(path, instance)
        if record["scenario"] != (scenario or instance.scenario):
            raise of_another_scenario(path, [record["scenario"]])


def of_another_scenario(folder: Path, scenarios: Sequence[str]) -> ExportError:
    """Return the error of a folder with plans that the new ones do not replace."""
    return ExportError(
        say(
            "{path} holds what is planned for another scenario: {names};"
            " --overwrite replaces it, nothing was written",
            path=folder,
            names=", ".join(scenarios),
        )
    )


def check_same(folder: Path, instance: Instance) -> None:
    """Raise ExportError if a folder holds a plan of another instance.

    An instance is the same as it is now, and as it was before it was edited.
    """
    record = plan_record(folder)
    if record is None or record["instance_hash"] == instance.content_hash:
        return
    origin = record.get("instance_origin")
    if (record["instance"], origin) != (instance.name, instance.origin):
        raise ExportError(
            say(
                "{path} holds a plan of another instance ({name}, {hash});"
                " --overwrite replaces it, nothing was written",
                path=folder,
                name=record["instance"],
                hash=record["instance_hash"][:12],
            )
        )


def is_plan_file(item: Path, suffix: str = "csv") -> bool:
    """Whether a file or folder is by name and kind one that a plan folder holds."""
    if item.name == INSTANCE_FOLDER:
        return is_written_folder(item)
    own = {RECORD_FILE, *SIDE, *(f"{table}.{suffix}" for table in PLAN_TABLES)}
    return item.name in own and item.is_file()


def plan_record(folder: Path) -> dict[str, Any] | None:
    """Return the record of a plan folder; None if it is not one that aumaq wrote."""
    try:
        record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    keys = ("instance", "instance_hash", "scenario", "status")
    is_own = isinstance(record, dict) and all(
        isinstance(record.get(key), str) for key in keys
    )
    return record if is_own else None


def is_plan_folder(folder: Path) -> bool:
    """Whether a folder holds a plan that aumaq wrote, and nothing else."""
    return (
        folder.is_dir()
        and all(map(is_plan_file, folder.iterdir()))
        and plan_record(folder) is not None
    )


def write_csv_folder(plan: Plan, path: Path, *, overwrite: bool = False) -> None:
    """Write all tables, the record, the instance; an earlier plan there is replaced."""
    check_target(path, instance=plan.instance, overwrite=overwrite)
    with draft_folder(path) as draft:
        write_files(plan, draft)
        write_indicators(plan, draft / INDICATORS_FILE)


def write_files(plan: Plan, folder: Path) -> None:
    """Write what makes the plan into an existing folder: enough to read it back."""
    for name, table in plan.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    write_record(plan, folder)


def write_record(plan: Plan, folder: Path) -> None:
    """Write what every plan folder holds beside its tables: record and instance."""
    text = json.dumps(strict(dict(plan.record)), ensure_ascii=False, indent=1)
    (folder / RECORD_FILE).write_text(text, encoding="utf-8")
    write(plan.instance, folder / INSTANCE_FOLDER)


def read_csv_folder(path: Path) -> PlanFiles:
    """Read a plan folder (ExportError if it is none)."""
    if not (path / RECORD_FILE).is_file():
        raise ExportError(
            say(
                "{path}: is no plan folder: {file} is missing",
                path=path,
                file=RECORD_FILE,
            )
        )
    return read_folder(path, "csv", _read_csv, first_row=2)


def read_folder(
    path: Path, suffix: str, read_table: Callable[[Path], pd.DataFrame], first_row: int
) -> PlanFiles:
    """Read a folder of record, tables with a *suffix*, and instance.

    Raises ExportError with everything that is wrong.
    """
    raw: dict[str, pd.DataFrame] = {}
    broken = []
    for name in (*PLAN_TABLES, INDICATORS):
        file = path / f"{name}.{suffix}"
        try:
            if file.is_file():
                raw[name] = read_table(file)
        except UNREADABLE as error:
            text = say("cannot be read: {error}", error=why(error))
            broken.append(Problem(file.name, text))
    indicators = raw.pop(INDICATORS, None)
    tables, found = checked_tables(raw, lambda name: f"{name}.{suffix}", first_row)
    told = {problem.file for problem in broken}
    problems = broken + [problem for problem in found if problem.file not in told]
    record, faults = _read_record(path / RECORD_FILE)
    if faults or problems:
        raise unreadable(path, [*faults, *problems])
    return PlanFiles(record, tables, instance_reader(path), indicators)


def _read_record(file: Path) -> tuple[Any, list[Problem]]:
    """Return the record of a plan folder, and what is wrong with it."""
    try:
        record, problems = parsed(file.read_bytes(), file.name)
    except OSError as error:
        return None, [Problem(file.name, why(error))]
    return record, problems or record_problems(record, file.name)


def _read_csv(file: Path) -> pd.DataFrame:
    """Read a table as text (ValueError if a row has more cells than the header)."""
    table = pd.read_csv(file, dtype=str, na_filter=False)
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError(f"rows of more cells than the {len(table.columns)} columns")
    return table


def instance_reader(path: Path) -> Callable[[], Instance] | None:
    """Return how to read the instance in a plan folder; None if it carries none."""
    folder = path / INSTANCE_FOLDER
    return partial(read, folder) if folder.is_dir() else None
