"""A plan as a folder: one CSV file a table, and the record as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances import ExportError
from aumaq.instances.texts import say
from aumaq.results.exports.atomic import check_folder, draft_folder
from aumaq.results.exports.json_file import strict, typed

if TYPE_CHECKING:
    from aumaq.results.plan import Plan

RECORD_FILE = "record.json"
INDICATORS_FILE = "indicators.csv"
"""Derived from the plan: written if the instance has indicators, never read."""
SIDE_FILES = ("plan.json", "plan.geojson", "report.html", INDICATORS_FILE)
"""What stands beside the tables."""
TABLES = (
    "facilities", "actions", "allocation", "unserved", "money", "shortfalls",
    "budgets", "objective", "network_steps", "flows", "sources", "local_supply",
    "loads", "road_upgrades", "connections", "growth_points", "concentrations",
)  # fmt: skip


def check_target(path: Path, suffix: str = "csv") -> None:
    """Raise ExportError unless a plan may be written to the folder *path*.

    An earlier plan is replaced; a file, or a folder that holds anything else, is not.
    """
    own = {RECORD_FILE, *SIDE_FILES, *(f"{table}.{suffix}" for table in TABLES)}
    check_folder(path, RECORD_FILE, lambda item: item.name in own, say("a plan"))


def write_csv_folder(plan: Plan, path: Path) -> None:
    """Write all tables and the record; an earlier plan folder there is replaced."""
    check_target(path)
    with draft_folder(path) as draft:
        write_files(plan, draft)


def write_files(plan: Plan, folder: Path) -> None:
    """Write the files of a plan into an existing folder."""
    for name, table in plan.tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    if len(plan.indicators):
        target = folder / INDICATORS_FILE
        plan.indicators.to_csv(target, index=False, lineterminator="\n")
    text = json.dumps(strict(dict(plan.record)), ensure_ascii=False, indent=1)
    (folder / RECORD_FILE).write_text(text, encoding="utf-8")


def read_csv_folder(path: Path) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Read record and tables of a plan folder (ExportError if it is none)."""
    if not (path / RECORD_FILE).is_file():
        raise ExportError(
            say(
                "{path}: is no plan folder: {file} is missing",
                path=path,
                file=RECORD_FILE,
            )
        )
    record = json.loads((path / RECORD_FILE).read_text(encoding="utf-8"))
    tables = {
        file.stem: typed(pd.read_csv(file, dtype=str, na_filter=False))
        for file in sorted(path.glob("*.csv"))
        if file.name != INDICATORS_FILE
    }
    return record, tables
