"""Cells and headings of a comparison as readers see them, on screen and page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from aumaq.results.comparing.comparison import Comparison
    from aumaq.results.plan import Plan

NUMBERS = ("int64", "float64")
UNCHANGED = 1e-9
"""Differences up to this (of the larger value, or of 1) are none."""
DIFFERENCES = (
    "people", "people_by_region", "figures", "indicators", "indicators_by_region",
    "actions", "money",
)  # fmt: skip
"""Tables of which only rows that differ are shown."""


def is_number(cells: pd.Series[Any]) -> bool:
    """Whether a column holds numbers only."""
    return str(cells.dtype) in NUMBERS


def heading(comparison: Comparison, table: str, column: str) -> str:
    """Return the heading of a column; the letter of a plan with the plan's name."""
    if table != "plans" and column in comparison.letters:
        return f"{column} · {comparison.names[comparison.letters.index(column)]}"
    return column.replace("-", " − ").replace("_", " ")


def cell(value: Any, column: str) -> str:
    """Return a cell as text; a difference has a sign, a gap is in per cent."""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if not isinstance(value, int | float):
        return str(value)
    if column == "gap":
        return f"{value:.2%}"
    sign = "+" if "-" in column and value > 0 else ""
    if float(value).is_integer():
        return f"{sign}{int(value):,}"
    size = abs(value)
    form = ",.0f" if size >= 10_000 else ",.1f" if size >= 100 else ",.4g"
    return f"{sign}{value:{form}}"


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


def sentences(comparison: Comparison) -> list[str]:
    """Say of each plan what differs from A, and how sure the difference in cost is.

    The difference between the best possible plans lies between B's bound minus A's cost
    and B's cost minus A's bound.
    """
    first, told = comparison.plans[0], []
    for letter, plan in list(zip(comparison.letters, comparison.plans, strict=True))[
        1:
    ]:
        tables = comparison.table("input_counts").query("plan == @letter")
        decided = comparison.table("decision_changes").query("plan == @letter")
        name = comparison.names[comparison.letters.index(letter)]
        text = (
            f"{letter} ({name}) differs from A ({comparison.names[0]}) in"
            f" {_many(len(tables), 'table')} of inputs and"
            f" {_many(len(decided), 'decision')}."
        )
        if plan.instance.currency == first.instance.currency:
            text += f" {_cost(first, plan)}"
        told.append(text)
    return told


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cost(first: Plan, plan: Plan) -> str:
    more = plan.objective_mln - first.objective_mln
    low = plan.bound_mln - first.objective_mln
    high = plan.objective_mln - first.bound_mln
    word = "less" if more < 0 else "more"
    share = f" ({more / first.objective_mln:+.2%})" if first.objective_mln else ""
    return (
        f"It costs {abs(more):,.1f} mln {word}{share}; between the best possible plans"
        f" the difference is {low:+,.1f} to {high:+,.1f} mln."
    )
