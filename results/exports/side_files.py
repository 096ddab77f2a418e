"""What is made of a plan beside its tables: files for readers and other software."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from aumaq.results.exports.geojson import write_geojson
from aumaq.results.exports.json_file import write_json
from aumaq.results.indicators.gains import gains_of

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

SideFile = Callable[["Plan", Path, str], None]
INDICATORS = "indicators"
INDICATORS_FILE = f"{INDICATORS}.csv"
"""Derived from the plan: written if the instance has indicators, read to compare."""


def write_indicators(plan: Plan, path: Path) -> None:
    """Write the table of indicators if the instance has any."""
    if len(plan.indicators):
        plan.indicators.to_csv(path, index=False, lineterminator="\n")


def write_gains(plan: Plan, path: Path) -> None:
    """Write who gains and who loses against today, if people come to any service."""
    rows = gains_of(plan)
    if len(rows):
        rows.to_csv(path, index=False, lineterminator="\n")


def write_html(plan: Plan, path: Path, lang: str) -> None:
    """Write the report; ``write_report`` takes several plans, too."""
    from aumaq.results.report import write_report

    write_report([plan], path, lang)


GAINS_FILE = "gains.csv"
SIDE: Mapping[str, SideFile] = {
    INDICATORS_FILE: lambda plan, path, _lang: write_indicators(plan, path),
    GAINS_FILE: lambda plan, path, _lang: write_gains(plan, path),
    "plan.json": lambda plan, path, _lang: write_json(plan, path),
    "plan.geojson": lambda plan, path, _lang: write_geojson(plan, path),
    "report.html": write_html,
}
"""Name -> function(plan, path, lang)."""
