"""Cells and headings of a comparison as readers see them, on screen and page."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.titles import title_of
from aumaq.results.bounds import rounded_down
from aumaq.results.language import ENGLISH, Language

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

NUMBERS = ("int64", "float64")
SHARES = ("gap", "within_before", "within_after")
"""Columns of shares, whatever the unit of their row."""
UNCHANGED = 1e-9
"""Differences up to this (of the larger value, or of 1) are none."""
DIFFERENCES = (
    "people", "people_by_region", "figures", "indicators", "indicators_by_region",
    "actions", "money", "money_by_service", "money_by_region",
)  # fmt: skip
"""Tables of which only rows that differ are shown."""


HEADINGS = {
    "method": say("Method"), "objective_mln": say("Objective, discounted mln"),
    "bound_mln": say("Lower bound, discounted mln"), "gap": say("Gap"),
    "verified": say("Verified"), "setting": say("Setting"),
    "added": say("added"), "removed": say("removed"), "changed": say("changed"),
    "change": say("Change"), "key": say("Row"), "before": say("In A"),
    "after": say("In the other plan"), "code": say("Code"), "figure": say("Figure"),
    "by": say("By"), "group": say("Group"), "demand": say("Demand"),
    "gain": say("Gain"), "lose": say("Lose"),
    "minutes_before": say("Minutes in A"), "minutes_after": say("Minutes then"),
    "within_before": say("Within the norm in A"), "within_after": say("Then"),
    "of": say("Of"), "indicator": say("Code"), "title": say("Indicator"),
}  # fmt: skip
"""Columns of the tables as readers see them, unless the schema has their title."""
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
        return f"{letter}: {lang.word(rest)}"
    if "-" in column:
        return column.replace("-", " − ")
    if column in HEADINGS:
        return lang.tell(HEADINGS[column])
    title = title_of(column, lang.code)
    return title[:1].upper() + title[1:]


def texts(
    rows: pd.DataFrame, named: pd.DataFrame, lang: Language = ENGLISH
) -> list[list[str]]:
    """Return the cells of rows as text; *named* are they with names for codes."""
    columns = list(map(str, rows.columns))
    units = rows["unit"] if "unit" in rows else [""] * len(rows)
    return [
        [
            cell(value, column, lang, is_share=unit == "share")
            for value, column in zip(row, columns, strict=True)
        ]
        for row, unit in zip(
            named.itertuples(index=False, name=None), units, strict=True
        )
    ]


def cell(
    value: Any, column: str, lang: Language = ENGLISH, *, is_share: bool = False
) -> str:
    """Return a cell as text; a difference has a sign, a share is in per cent.

    A difference of shares is in points.
    Codes stay as they are: they were named before, or are the user's.
    """
    if isinstance(value, bool):
        return lang.tell(say("yes")) if value else lang.tell(say("NO"))
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, Text):
        return lang.tell(value)
    if not isinstance(value, int | float):
        text = str(value)
        return lang.word(text) if column.endswith(" met") else text
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    plus = "+" if "-" in column and value > 0 else ""
    if is_share and "-" in column:
        return plus + lang.points(value, 2)
    if is_share or column in SHARES:
        return lang.share(value, 2)
    size = abs(value)
    digits = (
        0 if float(value).is_integer() or size >= 1_000
        else 1 if size >= 100
        else max(0, 3 - floor(log10(size)))
    )  # fmt: skip
    if column == "bound_mln":
        return lang.number(rounded_down(value, min(digits, 12)), min(digits, 12))
    digits = min(digits, 12)
    while digits and round(size, digits - 1) == round(size, digits):
        digits -= 1  # "7.5", no "7.500"
    text = lang.number(size, digits)
    return ("−" if value < 0 else plus) + text


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


def in_words(
    comparison: Comparison, name: str, lang: Language = ENGLISH
) -> pd.DataFrame:
    """Return a table as readers see it: headings, names for codes, cells as text."""
    from aumaq.results.comparison.names import named

    rows = shown_rows(comparison, name)
    heads = [heading(comparison, name, str(column), lang) for column in rows]
    return pd.DataFrame(texts(rows, named(rows, comparison, lang), lang), columns=heads)
