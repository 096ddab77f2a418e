"""How wide the columns of a table of an office document are."""

from __future__ import annotations

from aumaq.results.office.content import Table

WIDEST = 36
"""Letters of a column beyond which its texts are broken into lines."""
NARROWEST = 5.0
"""Letters that a column has room for at least."""


def widths_of_columns(table: Table) -> tuple[float, ...]:
    """Return letters by column: no word is broken, and no column takes it all."""
    rows = [*([table.heads] if table.heads else []), *table.rows]
    return tuple(
        max(
            NARROWEST,
            max(max(map(len, text.split()), default=0) for text in column) + 2.0,
            float(min(WIDEST, max(map(len, column)))),
        )
        for column in zip(*rows, strict=True)
    )


def shares_of_columns(table: Table) -> list[float]:
    """Return the part of the width of the page for each column."""
    widths = widths_of_columns(table)
    return [width / sum(widths) for width in widths]
