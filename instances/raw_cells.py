"""Cells as they were given, before they are checked: text, and numbers if they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats


def column(raw: Mapping[str, pd.DataFrame], table: str, name: str) -> pd.Series[str]:
    """Return cells as text, blank where the column or the table is not there."""
    frame = raw.get(table, pd.DataFrame())
    if name not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    cells = frame[name].astype(object)
    return cells.where(cells.notna(), "").astype(str).str.strip()


def numbers(
    raw: Mapping[str, pd.DataFrame], table: str, name: str, default: float = np.nan
) -> Floats:
    """Return cells as numbers, (rows,); *default* for those that are none."""
    cells = pd.to_numeric(column(raw, table, name), errors="coerce")
    found = cells.to_numpy(dtype=float)
    return np.where(np.isfinite(found), found, default)
