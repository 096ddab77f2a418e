"""Values for strict JSON: what every document, page and store that we write holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def strict(value: Any) -> Any:
    """Return the value for strict JSON: what is not a finite number becomes null."""
    kind = type(value)
    if kind is str or kind is int:  # most of all: pages and documents hold a million
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [strict(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table for strict JSON; blank cells become null."""
    rows = table.astype("object").where(table.notna(), None)
    return [strict(row) for row in rows.to_dict("records")]
