"""The commands that look back: ``aumaq runs`` and ``aumaq compare``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

import aumaq
from aumaq import documents
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import (
    AsJson,
    Changes,
    Lang,
    PlanNames,
    Where,
    opened,
    plan_names,
    read_plans,
    under_changes,
)
from aumaq.show import out
from aumaq.streams import line
from aumaq.words import figure, spoken, t

if TYPE_CHECKING:
    from aumaq.results.language import Language

MOST_ROWS = 40
"""Rows of a table on the screen."""
HEADS = (say("run id"), say("batch id"), say("stored utc"), say("role"))
"""Headings of the list of runs that are not said elsewhere."""
ONLY_JSON = ("method", "bound_mln", "aumaq_version", "instance_hash")
"""Columns of runs that the screen has no room for."""


@dataclass(frozen=True)
class Filter:
    """Which runs are listed."""

    instance: Annotated[str, typer.Option(help="only of this instance")] = ""
    scenario: Annotated[str, typer.Option(help="only of this scenario")] = ""
    status: Annotated[str, typer.Option(help="only with this status")] = ""
    since: Annotated[str, typer.Option(help="stored since, UTC: 2026-11-25")] = ""
    kind: Annotated[str, typer.Option(help="only of this kind: sweep, futures")] = ""
    batch: Annotated[str, typer.Option(help="only of this batch (its beginning)")] = ""


@grouped
def runs(
    store: Annotated[
        Path,
        typer.Argument(metavar="STORE", help="file of runs", envvar="AUMAQ_STORE"),
    ],
    *,
    of: Filter,
    sql: Annotated[str, typer.Option(help="answer a query instead")] = "",
    delete: Annotated[
        str, typer.Option(metavar="RUN", help="forget this run instead")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List the runs of a store, newest first; or query them with SQL."""
    from aumaq.results.comparison.text import texts

    kept = aumaq.Store(store)
    if delete:
        run_id = kept.delete(delete)
        if as_json:
            documents.tell({"deleted": run_id})
        else:
            line(t(say("deleted {run_id}", run_id=run_id)))
        return
    rows = kept.sql(sql) if sql else kept.runs(**vars(of))
    if as_json:
        plain = rows.astype("object").where(rows.notna(), None).to_dict("records")
        documents.tell(plain)
        return
    if not sql:
        for column in ("run_id", "batch_id"):
            rows[column] = rows[column].str[:8]
        rows["stored_utc"] = rows["stored_utc"].dt.strftime("%Y-%m-%d %H:%M:%S")
        rows = rows.drop(columns=list(ONLY_JSON))
    heads = [str(c).replace("_", " ") for c in rows.columns]
    heads = heads if sql else [spoken().word(head) for head in heads]
    _print(rows, "", heads, texts(rows, rows), len(rows))


def compare(
    plans: PlanNames,
    changes: Changes = None,
    instance: Where = "",
    html: Annotated[Path | None, typer.Option(help="write a page")] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Show what differs between plans: in inputs, decisions, indicators.

    With --set they are compared, as they are, where values are changed.
    """
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.exports import SUFFIXES
    from aumaq.results.language import Language

    words = Language(lang)
    if html is not None:
        probe_file(html, SUFFIXES["html"])  # before the work, not after it
    names = opened(plans)
    read = under_changes(read_plans(names, instance), changes, is_quiet=as_json)
    found = aumaq.compare(read, plan_names(names, read))
    if html is not None:
        found.to_html(html, words.code)
    if as_json:
        documents.tell(found.record())
        return
    _print_sentences(found, words)
    _print_tables(found, words)
    if html is not None:
        line(t(say("the page is {page}", page=html)))


def _print_sentences(found: aumaq.Comparison, words: Language) -> None:
    """Print what matters about each plan, in sentences."""
    from aumaq.results.comparison.sentences import sentences

    for letter, told in sentences(found, words).items():
        name = found.names[found.letters.index(letter)]
        out.print(f"{letter} · {name}", style="bold", markup=False, soft_wrap=True)
        for sentence in told:
            out.print(f"• {sentence}", markup=False, soft_wrap=True)
    out.print("")


def _print_tables(found: aumaq.Comparison, words: Language) -> None:
    """Print the plans, and table after table of what differs between them."""
    from aumaq.results.comparison.names import named
    from aumaq.results.comparison.page import SECTIONS
    from aumaq.results.comparison.text import heading, shown_rows, texts

    tables = {"plans": ""} | {
        name: f"{words.tell(section)}: {words.tell(title)}"
        for section, of in SECTIONS.items()
        for name, title in of.items()
    }
    for name, title in tables.items():
        rows = shown_rows(found, name)
        heads = [heading(found, name, str(c), words) for c in rows.columns]
        if len(rows):
            shown = rows.head(MOST_ROWS)
            told = texts(shown, named(shown, found, words), words)
            _print(shown, title, heads, told, len(rows))
        else:
            none = words.tell(say("no difference"))
            out.print(f"{title}: {none}\n", markup=False, soft_wrap=True)


def _print(
    rows: Any, title: str, heads: list[str], told: list[list[str]], total: int
) -> None:
    """Print rows as they are told, under a title; names in them are no markup."""
    from aumaq.results.comparison.text import is_number

    if title:
        out.print(title, style="bold", markup=False, soft_wrap=True)
    table = Table(show_edge=False, pad_edge=False)
    for head, column in zip(heads, rows.columns, strict=True):
        table.add_column(
            Text(head),
            justify="right" if is_number(rows[column]) else "left",
            overflow="fold",
        )
    for cells in told:
        table.add_row(*map(Text, cells))
    out.print(table)
    if total > len(rows):
        more = figure(total - len(rows))
        line(t(say("... {n} more: --json and --html tell more", n=more)))
    line("")
