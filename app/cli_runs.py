"""The commands that look back: ``aumaq runs`` and ``aumaq compare``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

import aumaq
from aumaq.options import AsJson, PlanNames, Where, plan_names, read_plans
from aumaq.show import out

MOST_ROWS = 40
"""Rows of a table on the screen."""
ONLY_JSON = ("method", "bound_mln", "aumaq_version", "instance_hash")
"""Columns of runs that the screen has no room for."""


def runs(
    store: Annotated[Path, typer.Argument(help="file of runs", envvar="AUMAQ_STORE")],
    instance: Annotated[str, typer.Option(help="only of this instance")] = "",
    scenario: Annotated[str, typer.Option(help="only of this scenario")] = "",
    status: Annotated[str, typer.Option(help="only with this status")] = "",
    since: Annotated[str, typer.Option(help="stored since, UTC: 2026-11-25")] = "",
    kind: Annotated[str, typer.Option(help="only of this kind: sweep, futures")] = "",
    batch: Annotated[str, typer.Option(help="only of this batch (its beginning)")] = "",
    sql: Annotated[str, typer.Option(help="answer a query instead")] = "",
    delete: Annotated[
        str, typer.Option(metavar="RUN", help="forget this run instead")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List the runs of a store, newest first; or query them with SQL."""
    from aumaq.results.exports.json_file import strict

    kept = aumaq.Store(store)
    if delete:
        run_id = kept.delete(delete)
        told = json.dumps({"deleted": run_id}) if as_json else f"deleted {run_id}"
        typer.echo(told)
        return
    if sql:
        rows = kept.sql(sql)
    else:
        rows = kept.runs(
            instance=instance, scenario=scenario, status=status, since=since,
            kind=kind, batch=batch,
        )  # fmt: skip
    if as_json:
        plain = rows.astype("object").where(rows.notna(), None).to_dict("records")
        typer.echo(json.dumps(strict(plain), ensure_ascii=False, default=str))
        return
    if not sql:
        for column in ("run_id", "batch_id"):
            rows[column] = rows[column].str[:8]
        rows["stored_utc"] = rows["stored_utc"].dt.strftime("%Y-%m-%d %H:%M:%S")
        rows = rows.drop(columns=list(ONLY_JSON))
    _print(rows, "", [str(c).replace("_", " ") for c in rows.columns], len(rows))


def compare(
    plans: PlanNames,
    instance: Where = "",
    html: Annotated[Path | None, typer.Option(help="write a page")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what differs between plans: in inputs, decisions, indicators."""
    from aumaq.results.comparing.page import SECTIONS
    from aumaq.results.comparing.text import heading, sentences, shown_rows

    read = read_plans(plans, instance)
    found = aumaq.compare(read, plan_names(plans, read))
    if html is not None:
        found.to_html(html)
    if as_json:
        typer.echo(json.dumps(found.record(), ensure_ascii=False, allow_nan=False))
        return
    for sentence in sentences(found):
        out.print(f"• {sentence}", markup=False, soft_wrap=True)
    tables = {"plans": ""} | {
        name: f"{section}: {title}"
        for section, of in SECTIONS.items()
        for name, title in of.items()
    }
    for name, title in tables.items():
        rows = shown_rows(found, name)
        heads = [heading(found, name, str(c)) for c in rows.columns]
        if len(rows):
            _print(rows, title, heads, MOST_ROWS)
        else:
            out.print(f"{title}: no difference\n", markup=False, soft_wrap=True)
    if html is not None:
        typer.echo(f"the page is {html}")


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
        cells = [cell(v, column) for v, column in zip(row, columns, strict=True)]
        table.add_row(*map(Text, cells))
    out.print(table)
    if len(rows) > most:
        typer.echo(f"... {len(rows) - most:,} more: --json and --html tell more")
    typer.echo("")
