"""Cells and headings of a comparison as readers see them, on screen and page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.results.language import ENGLISH, N_, Language

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

WORDS = ("status", "change", "kind", "action", "item", "term", "figure", "unit")
"""Columns whose cells are words of ours, not names in the data."""
OTHERWISE = " otherwise"
KNOWN = (
    N_("setting"), N_("table"), N_("added"), N_("removed"), N_("changed"),
    N_("change"), N_("key"), N_("column"), N_("before"), N_("after"), N_("period"),
    N_("region"), N_("kind"), N_("service"), N_("code"), N_("name"), N_("action"),
    N_("item"), N_("figure"), N_("unit"), N_("of"), N_("indicator"), N_("title"),
    N_("term"), N_("plan"), N_("instance"), N_("scenario"), N_("method"), N_("status"),
    N_("objective mln"), N_("bound mln"), N_("gap"), N_("verified"),
    N_("open"), N_("close"), N_("enlarge"), N_("reduce"), N_("renew"), N_("keep"),
    N_("demand served"), N_("minutes of those served"), N_("investment"), N_("number"),
    N_("facility"), N_("road upgrade"), N_("network step"), N_("local supply"),
    N_("growth point"), N_("residual"), N_("unserved"),
    N_("shedding"), N_("shortfall"), N_("overrun"),
)  # fmt: skip
"""Headings, and words in cells, that are not said elsewhere."""


def is_number(cells: pd.Series[Any]) -> bool:
    """Whether a column holds numbers only."""
    return str(cells.dtype) in NUMBERS


def heading(
    comparison: Comparison, table: str, column: str, lang: Language = ENGLISH
) -> str:
    """Return the heading of a column; the letter of a plan with the plan's name."""
    if table != "plans" and column in comparison.letters:
        return f"{column} · {comparison.names[comparison.letters.index(column)]}"
    if column.endswith(OTHERWISE):
        return lang.t("{plan} otherwise", plan=column.removesuffix(OTHERWISE))
    return lang.cell(column.replace("-", " − ").replace("_", " "))


def cell(value: Any, column: str, lang: Language = ENGLISH) -> str:
    """Return a cell as text; a difference has a sign, a gap is in per cent."""
    if isinstance(value, bool):
        return lang.t("yes") if value else lang.t("NO")
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if not isinstance(value, int | float):
        text = str(value)
        return lang.cell(text.replace("_", " ")) if column in WORDS else text
    if column == "gap":
        return lang.figure(value, ".2%")
    sign = "+" if "-" in column and value > 0 else ""
    if float(value).is_integer():
        return sign + lang.figure(int(value), ",")
    size = abs(value)
    form = ",.0f" if size >= 10_000 else ",.1f" if size >= 100 else ",.4g"
    return sign + lang.figure(value, form)


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


def sentences(comparison: Comparison, lang: Language = ENGLISH) -> list[str]:
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
        text = lang.t(
            "{letter} ({name}) differs from A ({first}) in {tables} and {decisions}.",
            letter=letter,
            name=name,
            first=comparison.names[0],
            tables=lang.many(
                "{n} table of inputs", "{n} tables of inputs", len(tables)
            ),
            decisions=lang.many("{n} decision", "{n} decisions", len(decided)),
        )
        if plan.instance.currency == first.instance.currency:
            text += f" {_cost(first, plan, lang)}"
        told.append(text)
    return told


def _cost(first: Plan, plan: Plan, lang: Language) -> str:
    more = plan.objective_mln - first.objective_mln
    low = plan.bound_mln - first.objective_mln
    high = plan.objective_mln - first.bound_mln
    text = (
        N_(
            "It costs {cost} mln less{share}; between the best possible plans the"
            " difference is {low} to {high} mln."
        )
        if more < 0
        else N_(
            "It costs {cost} mln more{share}; between the best possible plans the"
            " difference is {low} to {high} mln."
        )
    )
    cost = first.objective_mln
    return lang.t(
        text,
        cost=lang.figure(abs(more), ",.1f"),
        share=f" ({lang.figure(more / cost, '+.2%')})" if cost else "",
        low=lang.figure(low, "+,.1f"),
        high=lang.figure(high, "+,.1f"),
    )
