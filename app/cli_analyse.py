"""The command that analyses a territory as it is today."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq.options import AsJson, Name, ScenarioName, read_instance
from aumaq.show import out

ClassesOf = Annotated[
    str, typer.Option("--classes", help="auto, regions, districts or none")
]
ClassCount = Annotated[
    int, typer.Option(help="so many classes (0: by the best silhouette)", min=0)
]
SHOWN = {
    "settlements": ("settlements", "{:,.0f}"),
    "persons": ("persons", "{:,.0f}"),
    "urban_share": ("urban", "{:.0%}"),
    "growth_percent_per_year": ("growth % a year", "{:+.2f}"),
    "density_per_km2": ("persons/km2", "{:,.1f}"),
    "minutes_to_region_centre": ("min to centre", "{:,.0f}"),
    "potential": ("potential", "{:+.2f}"),
    "class": ("class", "{:.0f}"),
}
"""Columns of the table on the screen: head, format."""
MOST_ROWS = 40


def analyse(
    name: Name,
    scenario: ScenarioName = "",
    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for tables and maps")
    ] = None,
    classes_of: ClassesOf = "auto",
    class_count: ClassCount = 0,
    as_json: AsJson = False,
) -> None:
    """Analyse the territory of today: people, provision, connectivity, classes."""
    from aumaq.results.analysis.folder import PAGE_FILE, check_target

    started = time.perf_counter()
    if folder is not None:
        check_target(folder)  # before the work, not after it
    found = aumaq.analyse(read_instance(name, scenario), classes_of, class_count)
    if folder is not None:
        found.to_folder(folder)
    seconds = time.perf_counter() - started
    if as_json:
        record = {**found.record(), "seconds": seconds}
        record["out"] = None if folder is None else str(folder)
        typer.echo(json.dumps(record, ensure_ascii=False, allow_nan=False))
        return
    _show(found)
    if folder is not None:
        typer.echo(f"written to {folder}, the page is {folder / PAGE_FILE}")
    typer.echo(f"{seconds:.1f} s")


def _show(found: aumaq.Analysis) -> None:
    """Print the units that were classified (else regions), and the classes."""
    out.print(
        f"{found.instance.title}: the territory today", style="bold", markup=False
    )
    rows = found.table("districts" if found.classes_of == "districts" else "regions")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("unit")
    columns = [c for c in SHOWN if c in rows and rows[c].notna().any()]
    for column in columns:
        table.add_column(SHOWN[column][0], justify="right")
    for row in rows.head(MOST_ROWS).to_dict("records"):
        table.add_row(row["name"], *(_cell(column, row[column]) for column in columns))
    out.print(table, markup=False)
    if len(rows) > MOST_ROWS:
        typer.echo(f"... {len(rows) - MOST_ROWS} more: --out writes all")
    out.print(found.note, markup=False, soft_wrap=True)
    for row in found.table("classes").to_dict("records"):
        text = f"  class {row['class']} ({row['members']}): {row['description']}"
        out.print(text, markup=False, soft_wrap=True)


def _cell(column: str, value: Any) -> str:
    return "-" if value != value else SHOWN[column][1].format(value)
