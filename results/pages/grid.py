"""Tables of pages: columns with a kind, rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from aumaq.instances.language.texts import Text
from aumaq.results.language import Language

MOST_ROWS = 3000
"""Longer tables are cut on the page; the CSV files hold all rows."""
DIGITS = 9
"""Digits of a number that are kept: one rounded twice may differ from the sentences."""
TOLD_WHOLE = 1e6
"""From here on a number is whole on the page."""


@dataclass(frozen=True)
class Column:
    """A column: title, values, and how they are shown.

    A title that is no Text of the program, as the name of a period, stays as it is.
    ``kind`` is text, number or share; ``digits`` counts for the last two.
    """

    title: str
    values: Sequence[Any]
    kind: str = "text"
    digits: int = 0


def grid(
    name: str,
    title: str,
    columns: Sequence[Column],
    lang: Language,
    facility: Sequence[Any] = (),
    *,
    is_whole: bool = False,
) -> dict[str, Any]:
    """Return a table; ``facility`` gives (service, site) positions by row, or None.

    It has at most :data:`MOST_ROWS`, unless it must be whole.
    """
    most = None if is_whole else MOST_ROWS
    rows = [list(row) for row in zip(*(c.values for c in columns), strict=True)]
    return {
        "name": name,
        "title": lang.tell(title),
        "columns": [
            {"title": _title(c.title, lang), "kind": c.kind, "digits": c.digits}
            for c in columns
        ],
        "rows": [[_plain(cell) for cell in row] for row in rows[:most]],
        "total": len(rows),
        "facility": list(facility[:most]),
    }


def _title(title: str, lang: Language) -> str:
    return lang.tell(title) if isinstance(title, Text) else title


def _plain(cell: Any) -> Any:
    """Return a value that JSON knows; NaN is nothing."""
    if isinstance(cell, str) or cell is None:
        return cell
    number = float(cell)
    if number != number:
        return None
    if number.is_integer() or abs(number) >= TOLD_WHOLE:
        return round(number) if isfinite(number) else number
    return float(f"{number:.{DIGITS}g}")
