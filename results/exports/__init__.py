"""Exports: name -> function(plan, path). To add one: a file, and a line here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.results.exports.csv_folder import (
    check_target,
    read_csv_folder,
    write_csv_folder,
)
from aumaq.results.exports.geojson import write_geojson
from aumaq.results.exports.json_file import read_json, write_json

if TYPE_CHECKING:
    from aumaq.results.plan import Plan


def _html(plan: Plan, path: Path) -> None:
    """Write the report in English; ``write_report`` takes several plans, and others."""
    from aumaq.results.report import write_report  # it needs this package

    write_report([plan], path)


EXPORTS: dict[str, Callable[[Plan, Path], None]] = {
    "csv": write_csv_folder,
    "json": write_json,
    "geojson": write_geojson,
    "html": _html,
}

__all__ = ["EXPORTS", "check_target", "read_csv_folder", "read_json"]
