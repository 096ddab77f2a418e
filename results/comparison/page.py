"""A comparison of plans as one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.comparison.map import difference_map
from aumaq.results.comparison.names import named
from aumaq.results.comparison.sentences import is_conclusive, sentences
from aumaq.results.comparison.text import cell, heading, is_number, shown_rows
from aumaq.results.language import Language
from aumaq.results.pages import page, write_page

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

SHOWN_ROWS = 300
"""Longer tables are cut on the page; the JSON holds all rows."""
OPEN_ROWS = 30
"""Tables up to this are open at first."""
SECTIONS = {
    say("Inputs"): {
        "people": say("People"),
        "people_by_region": say("People by region"),
        "settings": say("Settings that differ"),
        "input_counts": say(
            "Tables that differ: rows added and removed, cells changed"
        ),
        "input_changes": say("Rows and cells that differ"),
    },
    say("Decisions"): {
        "money_by_service": say("Investment by service, mln"),
        "money_by_region": say("Investment by region, mln"),
        "actions": say("Facilities by action"),
        "decision_counts": say("Decisions by kind and service"),
        "money": say("Money by service and item, discounted mln"),
        "decision_changes": say("Decisions that differ"),
    },
    say("Indicators"): {
        "targets": say("Targets at the end"),
        "objective": say("Objective, discounted mln"),
        "figures": say("Access, load not met, investment"),
        "indicators": say("Indicators of the whole territory"),
        "indicators_by_region": say("Indicators by region"),
    },
}
"""The page: section -> table -> title."""


def write_comparison(comparison: Comparison, path: Path, lang: str = "en") -> None:
    """Write the page.

    *lang* is en, kk or ru (UnknownNameError if it is another).
    """
    words = Language(lang)
    text = page(
        "compare.html",
        words,
        {},
        scripts=("compare.js",),
        styles=("report.css", "compare.css"),
        sentences=[
            (letter, comparison.names[comparison.letters.index(letter)],
             is_conclusive(comparison, letter), told)
            for letter, told in sentences(comparison, words).items()
        ],
        first=comparison.names[0],
        map=difference_map(comparison, words),
        plans=_table(comparison, "plans", words.tell(say("Plans")), words),
        open_rows=OPEN_ROWS,
        sections={
            words.tell(section): [
                _table(comparison, name, words.tell(title), words)
                for name, title in of.items()
            ]
            for section, of in SECTIONS.items()
        },
    )  # fmt: skip
    write_page(text, path)


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
