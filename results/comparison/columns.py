"""Frames with a column for each plan, under the letters A, B, C, ..."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

import pandas as pd

LETTERS = tuple(ascii_uppercase)
FIRST = LETTERS[0]
"""The plan that all others are compared with."""


def side_by_side(
    values: Sequence[pd.Series[Any]], keys: Sequence[str], *, fill: float | None = None
) -> pd.DataFrame:
    """Return a row for each key that any plan has, a column for each plan, and how far
    each is from the first (``B-A``).

    *values* are series of numbers with the index *keys*, a plan each; rows come in the
    order in which the plans bring them. *fill* stands where a plan has no row.
    """
    index = values[0].index
    for series in values[1:]:
        index = index.append(series.index[~series.index.isin(index)])
    columns = {
        letter: series.reindex(index).astype("float64")
        for letter, series in zip(LETTERS, values, strict=False)
    }
    frame = pd.DataFrame(columns, index=index)
    if fill is not None:
        frame = frame.fillna(fill)
    for letter in list(frame.columns)[1:]:
        frame[f"{letter}-{FIRST}"] = frame[letter] - frame[FIRST]
    frame.index.names = list(keys)
    return frame.reset_index()
