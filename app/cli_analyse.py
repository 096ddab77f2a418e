"""The command that analyses a territory as it is today."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import documents
from aumaq.instances.language.texts import say
from aumaq.option_groups import Source, grouped
from aumaq.options import AsJson, Lang
from aumaq.show import out
from aumaq.streams import line
from aumaq.words import figure, spoken, t

ClassesOf = Annotated[
    str, typer.Option("--classes", help="auto, regions, districts or none")
]
ClassCount = Annotated[
    int, typer.Option(help="so many classes (0: by the best silhouette)", min=0)
]
SHOWN = {
    "settlements": (say("settlements"), ",.0f"),
    "persons": (say("persons"), ",.0f"),
    "urban_share": (say("urban"), ".0%"),
    "growth_percent_per_year": (say("growth % a year"), "+.2f"),
    "density_per_km2": (say("persons/km2"), ",.1f"),
    "minutes_to_region_centre": (say("min to centre"), ",.0f"),
    "potential": (say("potential"), "+.2f"),
    "class": (say("class"), ".0f"),
}
"""Columns of the table on the screen: head, format."""
MOST_ROWS = 40


@grouped
def analyse(
    *,
    source: Source,
    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for tables and maps")
    ] = None,
    classes_of: ClassesOf = "auto",
    class_count: ClassCount = 0,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Analyse the territory of today: people, provision, connectivity, classes."""
    from aumaq.results.analysis.folder import PAGE_FILE, check_target
    from aumaq.results.language import Language

    code = Language(lang).code  # before the work, not after it
    started = time.perf_counter()
    if folder is not None:
        check_target(folder)  # before the work, not after it
    found = aumaq.analyse(source.read(), classes_of, class_count)
    if folder is not None:
        found.to_folder(folder, code)
    seconds = time.perf_counter() - started
    if as_json:
        record = {**found.record(), "seconds": seconds}
        record["out"] = None if folder is None else str(folder)
        documents.tell(record)
        return
    _show(found)
    if folder is not None:
        page = folder / PAGE_FILE
        line(
            t(say("written to {target}, the page is {page}", target=folder, page=page))
        )
    line(t(say("{seconds} s", seconds=figure(seconds, ".1f"))))


def _show(found: aumaq.Analysis) -> None:
    """Print the units that were classified (else regions), and the classes."""
    from aumaq.results.analysis.classes import described

    title = spoken().title(found.instance.title)
    out.print(
        t(say("{title}: the territory today", title=title)), style="bold", markup=False
    )
    rows = found.table("districts" if found.classes_of == "districts" else "regions")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("unit of territory")))
    columns = [c for c in SHOWN if c in rows and rows[c].notna().any()]
    for column in columns:
        table.add_column(t(SHOWN[column][0]), justify="right")
    for row in rows.head(MOST_ROWS).to_dict("records"):
        table.add_row(row["name"], *(_cell(column, row[column]) for column in columns))
    out.print(table, markup=False)
    if len(rows) > MOST_ROWS:
        more = figure(len(rows) - MOST_ROWS)
        line(t(say("... {n} more: --out writes all", n=more)))
    out.print(t(found.note), markup=False, soft_wrap=True)
    rows = found.table("classes").to_dict("records")
    for row, traits in zip(rows, found.class_traits, strict=True):
        text = t(
            say(
                "class {number} ({members}): {description}",
                number=row["class"],
                members=row["members"],
                description=described(traits, spoken()),
            )
        )
        out.print(f"  {text}", markup=False, soft_wrap=True)


def _cell(column: str, value: Any) -> str:
    return "-" if value != value else figure(value, SHOWN[column][1])
