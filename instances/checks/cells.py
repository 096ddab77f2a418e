"""From raw cells to typed tables: every cell that cannot be read is a problem.

Nothing is dropped, clipped or guessed: defaults are those that the schema documents,
and a table that comes out with problems is never used for solving.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.checks.causes import (
    FARTHEST_DEGREES,
    FARTHEST_METRES,
    causes,
    is_blank,
    told_by_row,
)
from aumaq.instances.completion import completed
from aumaq.instances.errors import Hints, Problem, did_you_mean
from aumaq.instances.language.texts import Text, chained, say
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.dtypes import DTYPES, TEXT, no_cells
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX, TABLES

FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


LONGEST_SHOWN = 60
"""Characters that are shown of a list, say, in a cell."""

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
"""A number as programs write it; others are looked at more closely."""

WANTED = {
    "text": say("text"),
    "flag": say("true or false"),
    "int": say("a whole number"),
    "number": say("a finite number"),
}
"""Kind of a column -> what its cells should hold."""


LARGEST_EXACT = 2.0**53
"""Up to here every whole number has a float of its own."""


def row_number(table: Table, position: int) -> int:
    """Return the row as a reader counts it: file line for CSV, entry for TOML."""
    return position + 1 if table.in_toml else position + 2


def normalise(
    raw: Mapping[str, pd.DataFrame],
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return typed tables, one for each of the schema, and all problems found."""
    problems: list[Problem] = []
    raw = completed(raw)
    for name in raw:
        if name not in BY_NAME:
            hint = did_you_mean(name, BY_NAME)
            problems.append(
                Problem(
                    name,
                    say(
                        "unknown table{hint}; own tables start with {prefix!r}",
                        hint=hint,
                        prefix=OWN_COLUMN_PREFIX,
                    ),
                )
            )
    tables = {}
    for table in TABLES:
        frame = raw.get(table.name)
        if table.is_required and frame is None:
            problems.append(
                Problem(table.file, say("table {name} is missing", name=table.name))
            )
        elif table.is_required and frame is not None and frame.empty:
            problems.append(
                Problem(
                    table.file, say("rows of table {name} are missing", name=table.name)
                )
            )
        if table.is_single and not table.is_required and (frame is None or frame.empty):
            frame = pd.DataFrame([{}])
        if frame is None:
            tables[table.name] = _without_rows(table.name).copy(deep=False)
        else:
            tables[table.name] = table_of(table, frame, problems)
    return tables, problems


def table_of(
    table: Table, frame: pd.DataFrame, problems: list[Problem]
) -> pd.DataFrame:
    """Return the typed table; what cannot be read becomes blank and a problem."""
    frame, before = frame.reset_index(drop=True), len(problems)
    known = [column.name for column in table.columns]
    given = [str(name) for name in frame.columns]
    meant = _tell_unknown(table, given, problems)
    if not len(frame) and set(given) <= set(known):
        return _without_rows(table.name).copy(deep=False)
    columns: dict[str, pd.Series[object]] = {}
    for column in table.columns:
        if column.name in given:
            columns[column.name] = read_cells(
                table, column, frame[column.name], problems
            )
            continue
        if column.is_required and len(frame) and column.name not in meant:
            problems.append(_missing(table, column))
        columns[column.name] = _filled(column, frame.index)
    for name in given:
        if name not in known and name.startswith(OWN_COLUMN_PREFIX):
            own = Column(name, "text", "the user's own", default=None)
            columns[name] = read_cells(table, own, frame[name], problems)
    if len(problems) > before:
        needed = [c.name for c in table.columns if c.is_required and c.name in given]
        is_empty = pd.DataFrame({name: frame[name].map(is_blank) for name in needed})
        is_empty.index = [row_number(table, k) for k in range(len(frame))]
        problems[before:] = told_by_row(table.file, is_empty, problems[before:])
    arrays = {name: cells.array for name, cells in columns.items()}
    return pd.DataFrame(arrays, index=frame.index)


def _tell_unknown(
    table: Table, given: list[str], problems: list[Problem]
) -> set[object]:
    """Add a problem for each unknown column; return those that were meant, perhaps."""
    known = [column.name for column in table.columns]
    missing, hints = Hints(name for name in known if name not in given), Hints(known)
    meant = set[object]()
    for name in given:
        if name not in known and not name.startswith(OWN_COLUMN_PREFIX):
            hint = missing.near(name) or hints.near(name)
            meant.add(hint.values.get("near"))
            problems.append(
                Problem(
                    table.file,
                    say(
                        "unknown column{hint}; own columns start with {prefix!r}",
                        hint=hint,
                        prefix=OWN_COLUMN_PREFIX,
                    ),
                    column=_label(table, name),
                )
            )
    return meant


def _missing(table: Table, column: Column) -> Problem:
    """Return the problem of a required column that is not there."""
    # Meanings are English: documentation, as in docs/instance-format.md.
    told = [column.meaning, Text(column.unit or column.kind)]
    return Problem(
        table.file,
        say("required column is missing: {meaning}", meaning=chained(told, ", ")),
        column=_label(table, column.name),
    )


def _label(table: Table, name: str) -> str:
    """Return a column as a reader finds it in the file of its table."""
    return f"[{table.name}]{name}" if table.in_toml else name


@cache
def _without_rows(name: str) -> pd.DataFrame:
    """Return a table of the schema without rows; most tables of most instances."""
    columns = {c.name: no_cells(DTYPES[c.kind]) for c in BY_NAME[name].columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(0), copy=False)


def _filled(column: Column, index: pd.Index[int]) -> pd.Series[object]:
    """Return a column of defaults (of blanks where the column is required)."""
    blank, dtype = _blank(column), DTYPES[column.kind]
    if dtype == TEXT:
        return pd.Series(pd.array([blank] * len(index), dtype=TEXT), index=index)
    return pd.Series(np.full(len(index), blank, dtype), index=index)


def _blank(column: Column) -> object:
    """Return what an empty cell holds: the default, or nothing where it is required."""
    if column.is_required or column.default is None:
        return {"text": "", "number": np.nan, "int": 0, "flag": False}[column.kind]
    return column.default


def _text(cells: pd.Series[object]) -> pd.Series[object]:
    if pd.api.types.is_float_dtype(cells.dtype):
        whole = (cells == cells.round()) & (cells.abs() < LARGEST_EXACT)
        if (whole | cells.isna()).all():
            cells = cells.astype("Int64").astype("object")
    return cells.astype("object").where(cells.notna(), "").astype(TEXT).str.strip()


def _no_texts(cells: pd.Series[object]) -> pd.Series[bool]:
    """Return which cells hold what no text stands for: lists, tables, bytes."""
    if cells.dtype != np.dtype(object):
        return pd.Series(False, index=cells.index)
    return cells.map(
        lambda cell: not pd.api.types.is_scalar(cell) or isinstance(cell, bytes)
    ).astype(bool)


def read_cells(
    table: Table, column: Column, cells: pd.Series[object], problems: list[Problem]
) -> pd.Series[object]:
    """Return the typed column; what cannot be read becomes blank and a problem."""
    sound = _as_given(column, cells)
    if sound is not None:
        return sound
    odd = _no_texts(cells)
    if odd.any():
        cells = cells.where(~odd, cells.map(lambda cell: repr(cell)[:LONGEST_SHOWN]))
    text = _text(cells)
    is_empty = text == ""
    if column.kind == "text":
        values = text
        bad = odd | text.str.contains("\0", regex=False)
    elif column.kind == "flag":
        values = text.str.lower().map(FLAGS)
        bad = values.isna() & ~is_empty
    else:
        types = pd.api.types  # true and false are no numbers, though pandas says so
        is_plain = types.is_numeric_dtype(cells.dtype)
        plain = cells if is_plain and not types.is_bool_dtype(cells.dtype) else text
        values = pd.to_numeric(plain, errors="coerce")
        if plain is text:  # Python's float is exact to the last bit
            valid = values.notna().to_numpy()
            exact = [float(cell) for cell in text.to_numpy(dtype=object)[valid]]
            values = values.astype("float64")
            values[valid] = exact
        bad = (values.isna() & ~is_empty) | ~np.isfinite(values.fillna(0.0))
        if column.is_whole:
            bad |= values.notna() & (values != values.round())
    bad |= odd
    wanted = _wanted(column)
    _report_causes(table, column, text, bad, problems)
    if column.is_required:
        unit = say(" ({unit})", unit=Text(column.unit)) if column.unit else ""
        empty = say("empty, expected {wanted}{unit}", wanted=wanted, unit=unit)
        _report(table, column, text, is_empty, empty, problems)
    blanks, given = _filled(column, text.index), ~(bad | is_empty)
    if column.kind == "text":
        return values.where(given, blanks).astype(TEXT)
    values = values.where(given, None)
    values = values.where(values.notna(), blanks)
    outside = _out_of_range(table, column, text, values.where(given), problems)
    return values.where(~outside, blanks).astype(blanks.dtype)


def _wanted(column: Column) -> Text:
    """Return what the cells of a column should hold."""
    return WANTED["int" if column.is_whole else column.kind]


def _report_causes(
    table: Table,
    column: Column,
    text: pd.Series[object],
    bad: pd.Series[bool],
    problems: list[Problem],
) -> None:
    """Report cells that cannot be read, those of one cause together."""
    why = say("expected {wanted}", wanted=_wanted(column))
    rest = bad
    if column.kind in ("int", "number") and bad.any():
        found = causes(text.where(bad, ""))
        for cause in found.dropna().unique():
            message = chained([why, cause], ": ")
            _report(table, column, text, bad & (found == cause), message, problems)
        rest = bad & found.isna()
    _report(table, column, text, rest, why, problems)


def _as_given(column: Column, cells: pd.Series[object]) -> pd.Series[object] | None:
    """Return the column if every cell of it is typed and sound as it stands.

    A shortcut for most columns of instances that are made in Python; None: no verdict.
    """
    if column.kind == "text":
        given = cells.tolist()
        if not all(type(cell) is str for cell in given):
            return None
        words = [cell.strip() for cell in given]
        if any("\0" in word for word in words):
            return None
        if not all(words) and (column.is_required or column.default is not None):
            return None
        return pd.Series(words, index=cells.index, dtype=TEXT)
    if cells.dtype == np.dtype(object):
        cells = _of_one_type(column, cells)
    if column.kind == "flag":
        return cells if cells.dtype == np.bool_ else _words(column, cells)
    if cells.dtype not in (np.dtype("int64"), np.dtype("float64")):
        return _words(column, cells)
    numbers = cells.to_numpy()
    is_blank = np.isnan(numbers)
    if is_blank.any() and column.is_required:
        return None
    if not _is_sound(column, numbers[~is_blank]):
        return None
    if is_blank.any():
        numbers = numbers.copy()
        numbers[is_blank] = _blank(column)
    return pd.Series(numbers.astype(DTYPES[column.kind]), index=cells.index)


def _of_one_type(column: Column, cells: pd.Series[object]) -> pd.Series[object]:
    """Return Python's own flags or numbers, from TOML, as such; others as they are."""
    given = cells.tolist()
    types = {type(cell) for cell in given}
    if column.kind == "flag" and types <= {bool}:
        return pd.Series(given, index=cells.index, dtype=bool)
    if column.kind != "flag" and types <= {int, float}:
        with suppress(OverflowError):
            return pd.Series(given, index=cells.index, dtype="float64")
    return cells


def _words(column: Column, cells: pd.Series[object]) -> pd.Series[object] | None:
    """Return a column of flags or numbers written as sound text, or None.

    Blanks take the default where the schema has one.
    """
    words = cells.tolist()
    if not all(type(word) is str for word in words):
        return None
    words = [word.strip() for word in words]
    given = [word for word in words if word]
    if len(given) < len(words) and column.is_required:
        return None
    value: Mapping[str, bool | float | None]
    if column.kind == "flag":
        value = {word: FLAGS.get(word.lower()) for word in given}
        if None in value.values():
            return None
    else:
        if any(not PLAIN_NUMBER.fullmatch(word) for word in given):
            return None
        value = {word: float(word) for word in given}
        if not _is_sound(column, np.array([*value.values()], dtype=float)):
            return None
    blank = _blank(column)
    values = [value[word] if word else blank for word in words]
    return pd.Series(values, index=cells.index, dtype=DTYPES[column.kind])


def _is_sound(column: Column, numbers: np.ndarray[Any, Any]) -> bool:
    """Return whether all numbers are finite, of the kind, and within the limits.

    The default is always within them.
    """
    is_sound = np.isfinite(numbers)
    if column.is_whole:
        is_sound &= numbers == np.round(numbers)
    within = np.ones(len(numbers), dtype=bool)
    if column.low is not None:
        within &= numbers >= column.low
    if column.high is not None:
        within &= numbers <= column.high
    if isinstance(column.default, int | float):
        within |= numbers == column.default
    return bool((is_sound & within).all())


def _out_of_range(
    table: Table,
    column: Column,
    text: pd.Series[object],
    values: pd.Series[object],
    problems: list[Problem],
) -> pd.Series[bool]:
    """Return which cells are outside of the column's limits; each is a problem."""
    numbers = values.astype("float64")
    if column.low is None or column.high is None:
        return pd.Series(False, index=numbers.index)
    far = (numbers.abs() > FARTHEST_DEGREES) & (numbers.abs() < FARTHEST_METRES)
    if column.name in ("lat", "lon") and far.any():
        message = say(
            "expected degrees; metres of a projection, it seems: transform to WGS 84"
            " (EPSG:4326)"
        )
        both = replace(column, name="lat, lon")  # of both it is told once
        _report(table, both, text.mask(far, ""), far, message, problems)
        return far | _out_of_range(table, column, text, numbers.mask(far), problems)
    is_default = numbers == column.default
    below = (numbers < column.low) & ~is_default
    above = (numbers > column.high) & ~is_default
    unit = say(" {unit}", unit=Text(column.unit)) if column.unit else ""
    expected = say("expected at least {low:.15g}{unit}", low=column.low, unit=unit)
    _report(table, column, text, below, expected, problems)
    expected = say("expected at most {high:.15g}{unit}", high=column.high, unit=unit)
    _report(table, column, text, above, expected, problems)
    return below | above


def _report(
    table: Table,
    column: Column,
    text: pd.Series[object],
    rows: pd.Series[bool],
    message: Text,
    problems: list[Problem],
) -> None:
    problems.extend(
        Problem(
            table.file,
            message,
            row=row_number(table, int(position)),
            column=f"[{table.name}]{column.name}" if table.in_toml else column.name,
            value=str(text.iloc[position]),
        )
        for position in np.flatnonzero(rows.to_numpy())
    )
