"""A content hash: the same problem gives the same hash in every file format."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.tables import OWN_COLUMN_PREFIX, TABLES

LATER = frozenset((t.name, c.name) for t in TABLES for c in t.columns if c.is_later)
"""Columns of text that earlier versions did not have: left out while they are empty."""


def content_hash(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the sha256 of all tables in schema order, without own columns.

    Numbers enter as their eight bytes, text as UTF-8: nothing depends on how a
    format prints a number.
    """
    digest = hashlib.sha256()
    for table in TABLES:
        frame = tables[table.name]
        if table.is_later and frame.empty:
            continue
        digest.update(f"{table.name}:{len(frame)}\n".encode())
        if frame.empty:
            digest.update(_names_of(table.name, tuple(frame.columns)))
            continue
        for name in frame.columns:
            if str(name).startswith(OWN_COLUMN_PREFIX):
                continue
            if (table.name, name) in LATER and (frame[name] == "").all():
                continue
            digest.update(f"{name}\n".encode())
            digest.update(_column_bytes(frame[name]))
    return digest.hexdigest()


@cache
def _names_of(table: str, columns: tuple[str, ...]) -> bytes:
    """Return what a table without rows enters as: most tables of most instances."""
    names = [
        n
        for n in columns
        if not (str(n).startswith(OWN_COLUMN_PREFIX) or (table, n) in LATER)
    ]
    return "".join(f"{name}\n" for name in names).encode()


def _column_bytes(column: pd.Series[object]) -> bytes:
    if pd.api.types.is_numeric_dtype(column.dtype):
        # Adding zero turns -0.0 into 0.0.
        numbers = column.to_numpy(dtype=np.float64) + 0.0
        return numbers.astype("<f8").tobytes()
    return "\x1f".join(column.astype(TEXT)).encode()
