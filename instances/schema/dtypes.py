"""How pandas keeps the columns of a table, by what a column holds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

TEXT = pd.StringDtype(na_value=np.nan)
"""Texts: what pandas calls ``str``."""

DTYPES: dict[str, Any] = {
    "text": TEXT,
    "int": "int64",
    "number": "float64",
    "flag": "bool",
}
"""Kind of a column -> how its values are kept."""


@cache
def no_cells(dtype: Any) -> Any:
    """Return a column without cells, the same for all: there is nothing to change."""
    return pd.array([], dtype=TEXT) if dtype == TEXT else np.empty(0, dtype)
