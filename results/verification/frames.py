"""Two small readers of data frames with plain types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.results.verification.findings import Ints


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries by column."""
    if frame.empty:  # most findings are none: pandas takes a millisecond for that
        return []
    names = [str(name) for name in frame.columns]
    columns = [column.tolist() for _, column in frame.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def chosen(frame: pd.DataFrame, mask: Any) -> list[dict[str, Any]]:
    """Return the rows where a mask holds; at once where it holds nowhere, as usual."""
    return records(frame[mask]) if np.any(mask) else []


def find(index: pd.Index[Any], values: pd.Series[Any]) -> Ints:
    """Return the position of each value in the index, -1 where it is not there."""
    return index.get_indexer(pd.Index(values)).astype(np.int64)
