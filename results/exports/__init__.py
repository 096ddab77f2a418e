"""Exports: name -> function(plan, path, lang). To add one: a file, and a line here.

Files for programs have one name for everything, whatever the language.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.instances import ExportError, UnknownNameError
from aumaq.instances.formats.drafts import recover
from aumaq.instances.formats.targets import probe_file
from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.exports.csv_folder import (
    check_target,
    read_csv_folder,
    write_csv_folder,
)
from aumaq.results.exports.epanet import write_epanet
from aumaq.results.exports.geojson import write_geojson
from aumaq.results.exports.geopackage import read_geopackage, write_geopackage
from aumaq.results.exports.json_file import PlanFiles, read_json, write_json
from aumaq.results.exports.parquet import read_parquet, write_parquet
from aumaq.results.exports.plan_folder import Written, write_plan_folder
from aumaq.results.exports.side_files import write_html
from aumaq.results.exports.workbook import write_workbook

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


Write = Callable[["Plan", Path], None]
WriteIn = Callable[["Plan", Path, str], None]


def _for_programs(write: Write) -> WriteIn:
    return lambda plan, path, _lang: write(plan, path)


EXPORTS: dict[str, WriteIn] = {
    "csv": _for_programs(write_csv_folder),
    "json": _for_programs(write_json),
    "geojson": _for_programs(write_geojson),
    "xlsx": write_workbook,
    "gpkg": _for_programs(write_geopackage),
    "parquet": _for_programs(write_parquet),
    "html": write_html,
    "epanet": _for_programs(write_epanet),
}


SUFFIXES = {
    "json": (".json", ""),
    "geojson": (".geojson", ".json", ""),
    "xlsx": (".xlsx", ""),
    "gpkg": (".gpkg",),
    "html": (".html", ".htm", ""),
    "epanet": (".inp",),
}
"""Endings of files by export; the other exports are folders."""
NOT_READ = (".csv", ".geojson", ".htm", ".html", ".inp", ".parquet", ".xlsx")
"""Endings of files that are written, and never are a whole plan by themselves."""


def check_export(name: str, path: Path) -> None:
    """Raise ExportError unless an export may be written to *path*, UnknownNameError if
    there is no such export.
    """
    if name not in EXPORTS:
        raise UnknownNameError(say("export"), name, EXPORTS)
    if name in SUFFIXES:
        probe_file(path, SUFFIXES[name])
    else:
        check_target(path, name)


def read_files(path: Path) -> PlanFiles:
    """Read a plan from a folder, JSON or GeoPackage (ExportError: from another)."""
    recover(path)
    if path.is_dir():
        is_parquet = any((path / f"{name}.parquet").is_file() for name in PLAN_TABLES)
        return read_parquet(path) if is_parquet else read_csv_folder(path)
    if path.suffix.lower() == ".gpkg" and path.is_file():
        return read_geopackage(path)
    if path.suffix.lower() in NOT_READ and path.is_file():
        raise ExportError(
            say(
                "{path}: a plan is not read back from {suffix}; it is from its folder"
                " (CSV or Parquet), plan.json, a GeoPackage (.gpkg) or STORE:RUN",
                path=path,
                suffix=path.suffix,
            )
        )
    return read_json(path)


__all__ = [
    "EXPORTS",
    "SUFFIXES",
    "Written",
    "check_export",
    "check_target",
    "read_files",
    "write_plan_folder",
]
