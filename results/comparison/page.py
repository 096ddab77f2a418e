"""A comparison of plans as one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.comparison.map import MARKS, difference_map
from aumaq.results.comparison.names import named
from aumaq.results.comparison.sentences import is_conclusive, sentences
from aumaq.results.comparison.text import heading, is_number, shown_rows, texts
from aumaq.results.language import Language
from aumaq.results.pages.marks import marks_of
from aumaq.results.pages.page import (
    LEAFLET,
    MAP_SCRIPTS,
    TABLE_SCRIPTS,
    page,
    write_page,
)

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
        "gains": say("Who gains and who loses against A"),
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
    plans = _table(comparison, "plans", words.tell(say("Plans")), words)
    sections = {
        words.tell(section): [
            _table(comparison, name, words.tell(title), words)
            for name, title in of.items()
        ]
        for section, of in SECTIONS.items()
    }
    tables = [plans, *(table for of in sections.values() for table in of)]
    found = difference_map(comparison, words)
    text = page(
        "compare.html",
        words,
        {
            "tables": [table for table in tables if table["rows"]],
            "map": found,
            "marks": marks_of(MARKS, words),
        },
        scripts=(*(MAP_SCRIPTS if found else TABLE_SCRIPTS), "compare.js"),
        libraries=(LEAFLET,) if found else (),
        styles=("compare.css",),
        sentences=[
            (letter, comparison.names[comparison.letters.index(letter)],
             is_conclusive(comparison, letter), told)
            for letter, told in sentences(comparison, words).items()
        ],
        first=comparison.names[0],
        map=found,
        plans=plans,
        open_rows=OPEN_ROWS,
        sections=sections,
    )  # fmt: skip
    write_page(text, path)


def _table(
    comparison: Comparison, name: str, title: str, lang: Language
) -> dict[str, Any]:
    """Return a table of the page: cells as text, with the number they sort by."""
    rows = shown_rows(comparison, name)
    shown = rows.head(SHOWN_ROWS)
    columns = list(map(str, rows.columns))
    numeric = [is_number(rows[column]) for column in rows.columns]
    told = texts(shown, named(shown, comparison, lang), lang)
    values = list(shown.itertuples(index=False, name=None))
    return {
        "name": name,
        "title": title,
        "columns": [
            {"title": heading(comparison, name, column, lang),
             "kind": "number" if is_numeric else "text"}
            for column, is_numeric in zip(columns, numeric, strict=True)
        ],
        "rows": [
            [value if is_numeric else text
             for value, text, is_numeric in zip(*row, numeric, strict=True)]
            for row in zip(values, told, strict=True)
        ],
        "texts": told,
        "ways": [list(map(_direction, row, columns)) for row in values],
        "total": len(rows),
    }  # fmt: skip


def _direction(value: Any, column: str) -> str:
    """Return how a difference is coloured: more, less, or not at all."""
    if "-" not in column or not isinstance(value, int | float) or value == 0:
        return ""
    return "more" if value > 0 else "less" if value < 0 else ""
