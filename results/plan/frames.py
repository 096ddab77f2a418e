"""Tables of a plan from columns: each column gets its type on its own.

``DataFrame.astype`` does the same, and takes five to ten times as long for the small
tables that most plans are made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

TEXT = pd.StringDtype(na_value=np.nan)
"""How texts are kept: what pandas calls ``str``."""


def typed(frame: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with columns of the given types."""
    columns = {
        str(name): _column(cells.array, kinds[str(name)]) if name in kinds else cells
        for name, cells in frame.items()
    }
    return pd.DataFrame(columns, index=frame.index)


def with_texts(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table of *columns* (name -> array), those of objects as text."""
    return pd.DataFrame(
        {
            name: _column(values, "str") if values.dtype == object else values
            for name, values in columns.items()
        }
    )


def _column(values: Any, kind: str) -> Any:
    if kind != "str":
        return np.asarray(values).astype(kind, copy=False)
    if values.dtype == TEXT:
        return values
    cells = np.asarray(values, dtype=object)
    if all(type(cell) is str for cell in cells.tolist()):
        return pd.array(cells, dtype=TEXT)
    return pd.Series(cells).astype("str").array
