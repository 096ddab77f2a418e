"""The header of a table of others: below titles, in one row or two, above numbers.

Offices merge cells over groups of columns ("Population" over "2009" and "2021"), and
number the columns in a row of their own; neither is a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aumaq.instances.imports.recognition import is_known, year_of
from aumaq.instances.language.texts import Text, say

LOOKED_AT = 20
"""Rows by which the header is found."""
FILLED = 0.5
"""Share of records that fill a column whose head is merged over two rows."""
LEAST_NUMBERED = 3
"""Columns from which on numbers in order are no record."""
Rows = Sequence[tuple[int, list[str]]]
"""Rows as the user counts them, with their cells; none is empty."""


@dataclass(frozen=True)
class Header:
    """Names of the columns, the position of the first record, what was decided, and
    the rows of the names as the user counts them.
    """

    names: list[str]
    first: int
    notes: tuple[Text, ...]
    rows: tuple[int, ...]


def header_of(rows: Rows) -> Header:
    """Return the header: the first row with as many names as most have, or two."""
    filled = [sum(map(bool, row)) for _, row in rows[:LOOKED_AT]]
    start = next(k for k, count in enumerate(filled) if 2 * count >= max(filled))
    number, head = rows[start]
    first, notes, named = start + 1, list[Text](), [number]
    if start:
        notes.append(say("the header is row {row}", row=number))
    if first < len(rows) and _goes_on(head, rows[first][1], rows[first + 1 :]):
        head = _joined(head, rows[first][1])
        named.append(rows[first][0])
        notes = [say("the header is rows {row} and {next}", row=number,
                     next=rows[first][0])]  # fmt: skip
        first += 1
    if first < len(rows) and _numbers_columns(rows[first][1]):
        text = say("row {row} numbers the columns and is left out", row=rows[first][0])
        notes.append(text)
        first += 1
    while head and not head[-1]:
        head = head[:-1]
    names = [name or f"column {k + 1}" for k, name in enumerate(head)]
    return Header(names, first, tuple(notes), tuple(named))


def _goes_on(head: Sequence[str], below: Sequence[str], records: Rows) -> bool:
    """Whether a row has the names of columns below heads merged over several.

    It is blank below a head that is merged over both rows, where records are not, and
    holds no numbers but years.
    """
    width = max(len(head), len(below))
    head, below = _wide(head, width), _wide(below, width)
    if not any(part and not name for name, part in zip(head, below, strict=True)):
        return False
    if any(part and _is_number(part) and not year_of(part) for part in below):
        return False
    merged = [k for k in range(width) if head[k] and not below[k]]
    cells = [_wide(row, width) for _, row in records[:LOOKED_AT]]
    return any(sum(bool(row[k]) for row in cells) > FILLED * len(cells) for k in merged)


def _joined(head: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return names of two rows: the lower one, after the upper if that says more."""
    width = max(len(head), len(below))
    found, over = list[str](), ""
    for name, part in zip(_wide(head, width), _wide(below, width), strict=True):
        over = name or (over if part else "")
        is_alone = not over or is_known(part)
        found.append(part if part and is_alone else f"{over} {part}".strip())
    return found


def _numbers_columns(row: Sequence[str]) -> bool:
    """Whether a row numbers the columns from 1; the first may have letters."""
    cells = [cell.removesuffix(".0") for cell in row if cell]
    while cells and len(cells[0]) == 1 and cells[0].isalpha():
        cells = cells[1:]
    return len(cells) >= LEAST_NUMBERED and cells == [
        str(k) for k in range(1, len(cells) + 1)
    ]


def _is_number(cell: str) -> bool:
    return cell[:1].isdigit()


def _wide(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]
