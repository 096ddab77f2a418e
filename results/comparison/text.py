"""Cells and headings of a comparison as readers see them, on screen and page."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.language import ENGLISH, Language

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

NUMBERS = ("int64", "float64")
UNCHANGED = 1e-9
"""Differences up to this (of the larger value, or of 1) are none."""
DIFFERENCES = (
    "people", "people_by_region", "figures", "indicators", "indicators_by_region",
    "actions", "money", "money_by_service", "money_by_region",
)  # fmt: skip
"""Tables of which only rows that differ are shown."""


HEADINGS = {
    "plan": say("Plan"), "name": say("Name"), "instance": say("Instance"),
    "scenario": say("Scenario"), "method": say("Method"), "status": say("Status"),
    "objective_mln": say("Objective, discounted mln"),
    "bound_mln": say("Lower bound, discounted mln"), "gap": say("Gap"),
    "verified": say("Verified"), "setting": say("Setting"), "table": say("Table"),
    "added": say("added"), "removed": say("removed"), "changed": say("changed"),
    "change": say("Change"), "key": say("Row"), "column": say("Column"),
    "before": say("In A"), "after": say("In the other plan"), "period": say("Period"),
    "region": say("Region"), "kind": say("Kind"), "service": say("Service"),
    "code": say("Code"), "action": say("Action"), "item": say("Item"),
    "term": say("Term"), "figure": say("Figure"), "unit": say("Unit"), "of": say("Of"),
    "indicator": say("Code"), "title": say("Indicator"), "target": say("Target"),
}  # fmt: skip
"""Columns of the tables as readers see them."""
MET, OTHERWISE = say("met"), say("otherwise")
"""What stands after a plan's letter in a heading."""


def is_number(cells: pd.Series[Any]) -> bool:
    """Whether a column holds numbers only."""
    return str(cells.dtype) in NUMBERS


def heading(comparison: Comparison, table: str, column: str, lang: Language) -> str:
    """Return the heading of a column; the letter of a plan with the plan's name."""
    if table != "plans" and column in comparison.letters:
        return f"{column} · {comparison.names[comparison.letters.index(column)]}"
    letter, _, rest = column.partition(" ")
    if letter in comparison.letters and rest:
        return f"{letter}: {lang.cell(rest)}"
    return lang.cell(HEADINGS.get(column, column.replace("-", " − ")))


def cell(value: Any, column: str, lang: Language = ENGLISH) -> str:
    """Return a cell as text; a difference has a sign, a gap is in per cent."""
    if isinstance(value, bool):
        return lang.tell(say("yes")) if value else lang.tell(say("NO"))
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if not isinstance(value, int | float):
        text = str(value)
        return lang.cell(text) if column.endswith(" met") else text
    if column == "gap":
        return lang.share(value, 2)
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    digits = (
        0 if float(value).is_integer() or size >= 1_000
        else 1 if size >= 100
        else max(0, 3 - floor(log10(size)))
    )  # fmt: skip
    text = lang.number(size, min(digits, 12))
    minus, plus = "−" if value < 0 else "", "+" if "-" in column and value > 0 else ""
    return minus + plus + text


def shown_rows(comparison: Comparison, name: str) -> pd.DataFrame:
    """Return the rows of a table that readers need; some tables hold all plans' rows.

    Rows of figures that are the same in all plans are left out.
    """
    rows = comparison.table(name)
    if name not in DIFFERENCES:
        return rows
    letters = list(comparison.letters)
    values = rows[letters]
    size = values.abs().max(axis=1).clip(lower=1.0)
    spread = values.max(axis=1) - values.min(axis=1)
    lacks = values.isna().any(axis=1) & values.notna().any(axis=1)
    return rows[(spread > UNCHANGED * size) | lacks].reset_index(drop=True)
