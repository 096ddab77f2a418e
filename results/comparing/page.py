"""A comparison as one HTML page; nothing is fetched, it opens offline."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from aumaq.results.comparing.text import (
    cell,
    heading,
    is_number,
    sentences,
    shown_rows,
)
from aumaq.results.exports.atomic import draft_file
from aumaq.results.language import N_

if TYPE_CHECKING:
    from aumaq.results.comparing.comparison import Comparison

SHOWN_ROWS = 500
"""Longer tables are cut on the page; the JSON holds all rows."""
SECTIONS = {
    N_("Inputs"): {
        "settings": N_("Settings that differ"),
        "input_counts": N_("Tables that differ: rows added and removed, cells changed"),
        "people": N_("People"),
        "people_by_region": N_("People by region"),
        "input_changes": N_("Rows and cells that differ"),
    },
    N_("Decisions"): {
        "decision_counts": N_("Decisions by kind and service"),
        "actions": N_("Facilities by action"),
        "money": N_("Money by service and item, discounted mln"),
        "decision_changes": N_("Decisions that differ"),
    },
    N_("Indicators"): {
        "objective": N_("Objective, discounted mln"),
        "figures": N_("Access, load not met, investment"),
        "indicators": N_("Indicators of the whole territory"),
        "indicators_by_region": N_("Indicators by region"),
    },
}
"""The page: section -> table -> title."""


def write_page(comparison: Comparison, path: Path) -> None:
    """Write the page; every name in it is escaped."""
    folder = files("aumaq.results.templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(folder.joinpath("compare.html").read_text())
    page = template.render(
        sentences=sentences(comparison),
        plans=_table(comparison, "plans", "Plans"),
        sections={
            section: [_table(comparison, name, title) for name, title in of.items()]
            for section, of in SECTIONS.items()
        },
        style=folder.joinpath("report.css").read_text()
        + folder.joinpath("compare.css").read_text(),
        script=folder.joinpath("compare.js").read_text(),
    )
    with draft_file(path) as draft:
        draft.write_text(page, encoding="utf-8")


def _table(comparison: Comparison, name: str, title: str) -> dict[str, Any]:
    """Return a table of the page: cells as text, with the number they sort by."""
    rows = shown_rows(comparison, name)
    shown = rows.head(SHOWN_ROWS)
    numeric = [is_number(rows[column]) for column in rows.columns]
    return {
        "name": name,
        "title": title,
        "columns": [heading(comparison, name, str(c)) for c in rows.columns],
        "numeric": numeric,
        "rows": [
            [
                (cell(value, column), _sort_key(value))
                for value, column in zip(row, rows.columns, strict=True)
            ]
            for row in shown.itertuples(index=False, name=None)
        ],
        "total": len(rows),
        "shown": len(shown),
    }


def _sort_key(value: Any) -> str:
    """Return the exact number of a cell for sorting; empty for text and no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return "" if pd.isna(value) else repr(value)
