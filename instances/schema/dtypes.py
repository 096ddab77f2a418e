"""How pandas keeps a table: its columns by what they hold, and their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

TEXT = pd.StringDtype("python", na_value=np.nan)
"""Texts as pandas' ``str``, kept as Python's own: the many small tables of an instance
are chosen from and compared a third faster than where Arrow keeps them."""

DTYPES: dict[str, Any] = {
    "text": TEXT,
    "int": "int64",
    "number": "float64",
    "flag": "bool",
}
"""Kind of a column -> how its values are kept."""


def frame_of(columns: Mapping[str, Any], index: Any = None) -> pd.DataFrame:
    """Return a data frame whose columns are found fast by their names."""
    frame = pd.DataFrame(columns, index=index)
    frame.columns = _names(tuple(columns))
    return frame


@cache
def _names(columns: tuple[str, ...]) -> pd.Index[Any]:
    return pd.Index(columns, dtype=object)
