"""Small readers of data frames with plain types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from aumaq.results.audit.findings import Bools, Floats, Ints


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


def numbers_in(cells: pd.Series[Any]) -> Floats:
    """Return the cells as numbers, NaN where there is none."""
    if cells.dtype.kind in "iuf":
        return cells.to_numpy(dtype=float)
    return pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)


def with_columns(frame: pd.DataFrame, cells: Mapping[str, Floats]) -> pd.DataFrame:
    """Return the frame with some columns given anew, rows numbered from 0."""
    frame = frame.reset_index(drop=True)
    columns = {name: cells.get(str(name), column) for name, column in frame.items()}
    return pd.DataFrame(columns, index=frame.index)


def repeated(frame: pd.DataFrame, keys: Sequence[str]) -> Bools:
    """Return which rows have the values of an earlier one in the columns *keys*."""
    values = list(zip(*(frame[key].tolist() for key in keys), strict=True))
    if len(set(values)) == len(values):
        return np.zeros(len(frame), dtype=bool)
    return frame.duplicated(list(keys)).to_numpy()


def find(index: pd.Index[Any], values: pd.Series[Any]) -> Ints:
    """Return the position of each value in the index, -1 where it is not there."""
    return index.get_indexer(pd.Index(values)).astype(np.int64)
