"""Cells of workbooks: text and numbers that come back as they were written.

Text that a spreadsheet would run as a formula is stored as text, marked so that it
stays text when it is edited. Characters that XML cannot hold are written as ``_xHHHH_``
(ECMA-376 part 1, 22.9.2.19, ST_Xstring), and an underscore that would read as one of
these is written so, too.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import pandas as pd

from aumaq.instances.errors import ExportError
from aumaq.instances.language.texts import say

MAX_TEXT = 32_767
"""Characters that a cell holds."""
MAX_ROWS = 1_048_576
"""Rows that a sheet holds."""

_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
RISKY = ("=", "+", "-", "@", "\t", "\r", "#")
"""Text that begins so may be taken for a formula or an error value."""


def escaped(text: str) -> str:
    """Return text that XML can hold."""
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """Return the text that :func:`escaped` was given."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def check_fits(name: str, table: pd.DataFrame) -> None:
    """Raise ExportError if a table has too many rows, or a text that is too long.

    Asked before a workbook is begun: half a sheet cannot be taken back.
    """
    if len(table) >= MAX_ROWS:
        raise ExportError(
            say(
                "table {name} has {count:,} rows, a sheet holds {most:,};"
                " write a GeoPackage or Parquet",
                name=name,
                count=len(table),
                most=MAX_ROWS - 1,
            )
        )
    for column in table.select_dtypes("str"):
        for text in table[column][table[column].str.len() > MAX_TEXT // 7]:
            if len(escaped(text)) > MAX_TEXT:
                raise ExportError(
                    say(
                        "table {name}, column {column}: a cell of a workbook holds"
                        " {most:,} characters, {text!r}... has {count:,}; nothing was"
                        " written",
                        name=name,
                        column=column,
                        most=MAX_TEXT,
                        text=text[:40],
                        count=len(escaped(text)),
                    )
                )


def cell_of(sheet: Any, value: object) -> Any:
    """Return what to append to a write-only sheet for a value (None if it is empty)."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, str):
        if not value:
            return None
        text = escaped(value)
        if not text.startswith(RISKY):
            return text
        cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if float(f"{value:.16g}") == value:
            return value
        # The library prints 16 digits; some numbers need 17.
        cell = WriteOnlyCell(sheet, value=repr(float(value)))
        cell.data_type = "n"
        return cell
    return value


def text_of(value: object) -> str:
    """Return a cell as the text that a CSV file would hold: dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)
