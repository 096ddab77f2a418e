"""Rows of a table by what a column holds, without the cost of comparing texts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags


def holds(rows: pd.DataFrame, column: str, value: str) -> Flags:
    """Return which rows hold the *value* in a column of text.

    Several times as fast on short tables as comparing the column itself, whose texts
    are kept as Arrow arrays.
    """
    found: Flags = rows[column].to_numpy(dtype=object) == value
    return found


def rows_with(rows: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    """Return the rows that hold the *value* in a column of text, numbered anew."""
    return rows.iloc[np.flatnonzero(holds(rows, column, value))].reset_index(drop=True)
