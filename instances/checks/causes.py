"""Why cells are no numbers, no degrees, or empty: each cause is named once.

Nothing is guessed: ``1,234`` may be a thousand or one and a bit. The sentence says what
is there and how to write it.
"""

from __future__ import annotations

import re

import pandas as pd

from aumaq.instances.errors import Problem
from aumaq.instances.language.texts import Text, say

MOSTLY = 3
"""A row with so many required cells empty, and most of them, is told once."""

_BLANK = "[ \u00a0\u2007\u2009\u202f]"
_MONTH = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    "|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[a-zа-я]*"
)
CAUSES: tuple[tuple[re.Pattern[str], Text], ...] = tuple(
    (re.compile(form, re.IGNORECASE), text)
    for form, text in (
        (
            rf"[+-]?\d{{1,3}}(?:[{_BLANK[1:-1]}'’]\d{{3}})+(?:[.,]\d+)?",
            say("digits are set apart; write 9000, not 9 000"),
        ),
        (
            r"[+-]?\d{1,3}(?:[.,]\d{3}){2,}|[+-]?\d{1,3}(?:\.\d{3})+,\d+"
            r"|[+-]?\d{1,3}(?:,\d{3})+\.\d+",
            say("thousands are set apart; write 1234567.8, not 1,234,567.8"),
        ),
        (
            r"[+-]?\d*,\d+",
            say("a comma in a number; write 60.5, not 60,5, and 1234, not 1,234"),
        ),
        (
            rf"[+-]?\d+(?:[.,]\d+)?{_BLANK}*%",
            say("a percent sign; write a share of 45 % as 0.45"),
        ),
        (
            r"\d{4}-\d\d?-\d\d?(?:[ t].*)?|\d\d?[./]\d\d?[./]\d{2,4}"
            rf"|\d\d?[. -]{_MONTH}\.?(?:[. -]\d+)?|{_MONTH}\.?[. -]\d+",
            say("a date; spreadsheet programs make one of 5.1, say"),
        ),
        (
            rf"[^\d\s.,+-]{{1,4}}{_BLANK}*\d[\d.,]*"
            rf"|[+-]?\d[\d.,]*{_BLANK}*[^\W\d_eE][^\W\d_]{{0,9}}\.?|[+-]?\d[\d.,]*\W",
            say("a sign or a unit beside the number; write the number alone"),
        ),
    )
)
"""Pattern of a whole cell -> what is wrong, and what would be right."""

FARTHEST_DEGREES = 1000.0
"""Beyond this a coordinate is no slip in a degree but metres of a projection."""
FARTHEST_METRES = 1e8
"""Beyond this it is neither: eastings that begin with the number of a zone are less."""


def causes(cells: pd.Series[object]) -> pd.Series[object]:
    """Return for each cell that is no number the cause as a Text (None: not known)."""
    return cells.map(_cause)


def _cause(cell: object) -> Text | None:
    text = str(cell)[:40]
    return next((told for found, told in CAUSES if found.fullmatch(text)), None)


def is_blank(cell: object) -> bool:
    """Return whether a cell is empty, or holds nothing but blanks."""
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)


def told_by_row(
    file: str, is_empty: pd.DataFrame, problems: list[Problem]
) -> list[Problem]:
    """Return the problems; a row that is empty but for a cell or two has one of them.

    *is_empty* says it of the required columns, by row as a reader counts.
    """
    count = is_empty.sum(axis=1)
    rows = is_empty[(count >= MOSTLY) & (2 * count > is_empty.shape[1])]
    told = {
        int(row): is_empty.columns[cells.to_numpy()].tolist()
        for row, cells in rows.iterrows()
    }
    text = say("empty: {columns}; a sum or a note belongs outside of the table")
    rest = [
        problem
        for problem in problems
        if problem.value
        or problem.column.rpartition("]")[2] not in told.get(problem.row, ())
    ]
    return rest + [
        Problem(file, text.given(columns=", ".join(names)), row=row)
        for row, names in told.items()
    ]
