"""Small readers and makers of data frames with plain types.

Each column of a table of a plan gets its type on its own: ``DataFrame.astype`` takes
five to ten times as long for the small tables that most plans are made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.schema.dtypes import DTYPES, TEXT, no_cells
from aumaq.instances.schema.plan import COLUMNS


def plan_table(name: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table of a plan from its columns: those given, in the schema's order."""
    return pd.DataFrame(
        {
            column: _column(columns[column], DTYPES[look.kind])
            for column, look in COLUMNS[name].items()
            if column in columns
        }
    )


def without_rows(name: str, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Return a table of a plan without rows; most tables of small plans."""
    wanted = tuple(COLUMNS[name] if columns is None else columns)
    return _without_rows(name, wanted).copy(deep=False)


@cache
def _without_rows(name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    cells = {
        column: no_cells(DTYPES[look.kind])
        for column, look in COLUMNS[name].items()
        if column in columns
    }
    return pd.DataFrame(cells, index=pd.RangeIndex(0), copy=False)


def table_of_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a table of a plan from rows with all of its columns."""
    rows = list(rows)
    if not rows:
        return without_rows(name)
    return plan_table(name, {c: [row[c] for row in rows] for c in COLUMNS[name]})


def table_of_parts(name: str, parts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a table of a plan from parts (column -> array), one below the other."""
    if not parts:
        return without_rows(name)
    columns = {
        c: np.concatenate([np.asarray(part[c]) for part in parts])
        for c in COLUMNS[name]
        if c in parts[0]
    }
    return plan_table(name, columns)


def typed(frame: pd.DataFrame, kinds: Mapping[str, Any]) -> pd.DataFrame:
    """Return the frame with columns of the given types."""
    columns = {
        str(name): _column(cells.array, kinds[str(name)]) if name in kinds else cells
        for name, cells in frame.items()
    }
    return pd.DataFrame(columns, index=frame.index)


def _column(values: Any, kind: Any) -> Any:
    if kind not in ("str", TEXT):
        return np.asarray(values).astype(kind, copy=False)
    if getattr(values, "dtype", None) == TEXT:
        return values
    cells = np.asarray(values, dtype=object)
    if all(type(cell) is str for cell in cells.tolist()):
        return pd.array(cells, dtype=TEXT)
    return pd.Series(cells).astype(TEXT).array


def names_at(values: Any, positions: Any) -> Any:
    """Return the names at positions, as an array of texts."""
    return np.array(values, dtype=object)[np.asarray(positions, dtype=np.int64)]


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


def repeated(frame: pd.DataFrame, keys: Sequence[str]) -> Flags:
    """Return which rows have the values of an earlier one in the columns *keys*."""
    values = list(zip(*(frame[key].tolist() for key in keys), strict=True))
    if len(set(values)) == len(values):
        return np.zeros(len(frame), dtype=bool)
    return frame.duplicated(list(keys)).to_numpy()


def find(index: pd.Index[Any], values: pd.Series[Any]) -> Ints:
    """Return the position of each value in the index, -1 where it is not there."""
    return index.get_indexer(pd.Index(values)).astype(np.int64)
