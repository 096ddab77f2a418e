"""The commands that look back: ``aumaq runs`` and ``aumaq compare``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

import aumaq
from aumaq.options import AsJson, Where
from aumaq.show import out
from aumaq.words import N_, figure, spoken, t

MOST_ROWS = 40
"""Rows of a table on the screen."""
HEADS = (N_("run id"), N_("stored utc"))
"""Headings of the list of runs that are not said elsewhere."""
PlanName = Annotated[
    list[str], typer.Argument(metavar="PLAN...", help="folder, plan.json or STORE:RUN")
]


def runs(
    store: Annotated[Path, typer.Argument(help="file of runs")],
    instance: Annotated[str, typer.Option(help="only of this instance")] = "",
    scenario: Annotated[str, typer.Option(help="only of this scenario")] = "",
    status: Annotated[str, typer.Option(help="only with this status")] = "",
    since: Annotated[str, typer.Option(help="stored since, UTC: 2026-11-25")] = "",
    sql: Annotated[str, typer.Option(help="answer a query instead")] = "",
    as_json: AsJson = False,
) -> None:
    """List the runs of a store, newest first; or query them with SQL."""
    from aumaq.results.exports.json_file import strict

    kept = aumaq.Store(store)
    if sql:
        rows = kept.sql(sql)
    else:
        rows = kept.runs(
            instance=instance, scenario=scenario, status=status, since=since
        )
    if as_json:
        plain = rows.astype("object").where(rows.notna(), None).to_dict("records")
        typer.echo(json.dumps(strict(plain), ensure_ascii=False, default=str))
        return
    if not sql:
        rows["run_id"] = rows["run_id"].str[:8]
        rows["stored_utc"] = rows["stored_utc"].dt.strftime("%Y-%m-%d %H:%M:%S")
        rows = rows.drop(columns=["aumaq_version", "instance_hash"])
    heads = [str(c).replace("_", " ") for c in rows.columns]
    _print(rows, "", heads if sql else spoken().cells(heads), len(rows))


def compare(
    plans: PlanName,
    instance: Where = "",
    html: Annotated[Path | None, typer.Option(help="write a page")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between plans: in inputs, decisions, indicators."""
    from aumaq.results.comparing.page import SECTIONS
    from aumaq.results.comparing.text import heading, sentences, shown_rows

    given = aumaq.read(instance) if instance else None
    read = [aumaq.find_plan(name, given) for name in plans]
    found = aumaq.compare(read, _names(plans, read))
    if html is not None:
        found.to_html(html)
    if as_json:
        typer.echo(json.dumps(found.record(), ensure_ascii=False, allow_nan=False))
        return
    for sentence in sentences(found, spoken()):
        out.print(f"• {sentence}", markup=False, soft_wrap=True)
    tables = {"plans": ""} | {
        name: f"{t(section)}: {t(title)}"
        for section, of in SECTIONS.items()
        for name, title in of.items()
    }
    for name, title in tables.items():
        rows = shown_rows(found, name)
        heads = [heading(found, name, str(c), spoken()) for c in rows.columns]
        if len(rows):
            _print(rows, title, heads, MOST_ROWS)
        else:
            same = t("{title}: no difference", title=title)
            out.print(f"{same}\n", markup=False, soft_wrap=True)
    if html is not None:
        typer.echo(t("the page is {page}", page=html))


def _names(words: list[str], plans: list[aumaq.Plan]) -> list[str]:
    """Return scenarios, with what tells them apart where they are the same."""
    names = [plan.instance.scenario for plan in plans]
    if len(set(names)) == len(names):
        return names
    files = [Path(word).name for word in words]
    return [f"{name} ({file})" for name, file in zip(names, files, strict=True)]


def _print(rows: Any, title: str, heads: list[str], most: int) -> None:
    """Print a table under its title; names in it are no markup."""
    from aumaq.results.comparing.text import cell, is_number

    if title:
        out.print(title, style="bold", markup=False, soft_wrap=True)
    table = Table(show_edge=False, pad_edge=False)
    for head, column in zip(heads, rows.columns, strict=True):
        table.add_column(
            Text(head),
            justify="right" if is_number(rows[column]) else "left",
            overflow="fold",
        )
    columns = [str(column) for column in rows.columns]
    for row in rows.head(most).itertuples(index=False, name=None):
        cells = [
            cell(v, column, spoken()) for v, column in zip(row, columns, strict=True)
        ]
        table.add_row(*map(Text, cells))
    out.print(table)
    if len(rows) > most:
        more = figure(len(rows) - most)
        typer.echo(t("... {n} more: --json and --html tell more", n=more))
    typer.echo("")
