"""The row that names the columns of a table, and what stands in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aumaq.instances.errors import Problem
from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.tables import OWN_COLUMN_PREFIX
from aumaq.instances.schema.titles import folded

SEARCHED = 20
"""Rows among which the header is looked for."""
MANY = 8
"""Names of columns that are listed."""

Row = tuple[int, Sequence[str]]
"""Number of a row as the user counts it, and its cells."""


def misplaced(
    place: str, rows: Sequence[Row], table: Table, is_name: Callable[[str], bool]
) -> Problem | None:
    """Return the problem of a first row that names no column of the table, or None.

    *is_name* says whether a cell is the name of a column, give or take case and blanks.
    A header further down is named: a title stands above it.
    """
    first, cells = rows[0]
    if any(is_name(cell) or _is_own(cell) for cell in cells):
        return None
    for number, below in rows[1:SEARCHED]:
        filled = [cell for cell in below if cell.strip()]
        named = sum(map(is_name, filled))
        if named and 2 * named >= len(filled):
            message = say(
                "the names of the columns stand in row {row}; expected them in the"
                " first row, with nothing above",
                row=number,
            )
            return Problem(place, message, row=first)
    message = say(
        "names no column of table {table}; expected a header: {names}",
        table=table.name,
        names=wanted(table, ()),
    )
    return Problem(place, message, row=first)


def _is_own(cell: str) -> bool:
    return folded(cell).startswith(OWN_COLUMN_PREFIX)


def wanted(table: Table, given: Sequence[str]) -> str:
    """Return columns of a table that are not *given*, required ones first."""
    missing = [column for column in table.columns if column.name not in given]
    missing.sort(key=lambda column: not column.is_required)
    names = [column.name for column in missing]
    return ", ".join(names[:MANY]) + (", ..." if len(names) > MANY else "")
