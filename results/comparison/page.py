"""A comparison as one HTML page; nothing is fetched, it opens offline."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from aumaq.instances.formats.drafts import draft_file
from aumaq.results.comparison.map import difference_map
from aumaq.results.comparison.names import named
from aumaq.results.comparison.sentences import is_conclusive, sentences
from aumaq.results.comparison.text import cell, heading, is_number, shown_rows
from aumaq.results.language import N_, Language

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

SHOWN_ROWS = 300
"""Longer tables are cut on the page; the JSON holds all rows."""
OPEN_ROWS = 30
"""Tables up to this are open at first."""
SECTIONS = {
    N_("Inputs"): {
        "people": N_("People"),
        "people_by_region": N_("People by region"),
        "settings": N_("Settings that differ"),
        "input_counts": N_("Tables that differ: rows added and removed, cells changed"),
        "input_changes": N_("Rows and cells that differ"),
    },
    N_("Decisions"): {
        "money_by_service": N_("Investment by service, mln"),
        "money_by_region": N_("Investment by region, mln"),
        "actions": N_("Facilities by action"),
        "decision_counts": N_("Decisions by kind and service"),
        "money": N_("Money by service and item, discounted mln"),
        "decision_changes": N_("Decisions that differ"),
    },
    N_("Indicators"): {
        "targets": N_("Targets at the end"),
        "objective": N_("Objective, discounted mln"),
        "figures": N_("Access, load not met, investment"),
        "indicators": N_("Indicators of the whole territory"),
        "indicators_by_region": N_("Indicators by region"),
    },
}
"""The page: section -> table -> title."""


def write_page(comparison: Comparison, path: Path, lang: str = "en") -> None:
    """Write the page; every name in it is escaped.

    *lang* is en, kk or ru (UnknownNameError if it is another).
    """
    words = Language(lang)
    folder = files("aumaq.results.templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(folder.joinpath("compare.html").read_text())
    page = template.render(
        t=words.t,
        lang=words,
        many=words.many,
        sentences=[
            (letter, comparison.names[comparison.letters.index(letter)],
             is_conclusive(comparison, letter), told)
            for letter, told in sentences(comparison, words).items()
        ],
        first=comparison.names[0],
        map=difference_map(comparison, words),
        plans=_table(comparison, "plans", words.t("Plans"), words),
        open_rows=OPEN_ROWS,
        sections={
            words.t(section): [
                _table(comparison, name, words.t(title), words)
                for name, title in of.items()
            ]
            for section, of in SECTIONS.items()
        },
        style=folder.joinpath("report.css").read_text()
        + folder.joinpath("compare.css").read_text(),
        script=folder.joinpath("compare.js").read_text(),
    )  # fmt: skip
    with draft_file(path) as draft:
        draft.write_text(page, encoding="utf-8")


def _table(
    comparison: Comparison, name: str, title: str, lang: Language
) -> dict[str, Any]:
    """Return a table of the page: cells as text, with the number they sort by."""
    rows = shown_rows(comparison, name)
    shown = named(rows.head(SHOWN_ROWS), comparison, lang)
    numeric = [is_number(rows[column]) for column in rows.columns]
    return {
        "name": name,
        "title": title,
        "columns": [heading(comparison, name, str(c), lang) for c in rows.columns],
        "numeric": numeric,
        "rows": [
            [
                (cell(value, str(column), lang), _sort_key(value),
                 _direction(value, str(column)))
                for value, column in zip(row, rows.columns, strict=True)
            ]
            for row in shown.itertuples(index=False, name=None)
        ],
        "total": len(rows),
        "shown": len(shown),
    }  # fmt: skip


def _direction(value: Any, column: str) -> str:
    """Return how a difference is coloured: more, less, or not at all."""
    if "-" not in column or not isinstance(value, int | float) or value == 0:
        return ""
    return "more" if value > 0 else "less" if value < 0 else ""


def _sort_key(value: Any) -> str:
    """Return the exact number of a cell for sorting; empty for text and no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return "" if pd.isna(value) else repr(value)
