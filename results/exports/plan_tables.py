"""Tables of a plan as they come from a file: every cell checked, all problems told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Problem
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.plan import BY_NAME, COLUMNS, PLAN_TABLES
from aumaq.results.audit.frames import without_rows
from aumaq.results.plan.missing_columns import dispensable, renamed

LARGEST = 2.0**53
FLAGS = {"true": True, "1": True, "false": False, "0": False}

Place = Callable[[str], str]
"""Table -> what the reader calls the file that it is in."""


def checked_tables(
    raw: Mapping[str, pd.DataFrame], place: Place, first_row: int
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the tables with the types that plans have, and what is wrong with them.

    *first_row* is the number of the first row as an editor counts. A table or column
    that is missing is a problem, one that no plan has as well; what a plan can do
    without (missing_columns.py) may be missing.
    """
    tables, problems = {}, []
    for name in PLAN_TABLES:
        if name not in raw and BY_NAME[name].is_later:
            continue  # it is computed
        if name not in raw:
            problems.append(Problem(place(name), say("table {name} is missing",
                                                     name=name)))  # fmt: skip
            continue
        tables[name], found = typed(name, raw[name], place(name), first_row)
        problems += found
    return tables, problems


def typed(
    name: str, raw: pd.DataFrame, file: str, first_row: int
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a table with the types that plans have, and what is wrong with it."""
    kinds, problems, raw = COLUMNS[name], [], renamed(name, raw)
    given = [str(column) for column in raw.columns]
    for column in [c for c in kinds if c not in {*given, *dispensable(name)}]:
        problems.append(Problem(file, say("column is missing"), column=column))
    for column in [c for c in given if c not in kinds]:
        text = say("no plan has such a column")
        problems.append(Problem(file, text, column=column))
    if problems:
        return raw, problems
    if raw.empty:
        return without_rows(name, given), []
    columns = {}
    for column in given:
        kind = kinds[column].kind
        cells = raw[column]
        if isinstance(cells.dtype, pd.StringDtype):  # slow to look at one by one
            cells = pd.Series(cells.to_numpy(dtype=object), index=cells.index)
        columns[column], bad, text = _OF_KIND[kind](cells)
        problems += [
            Problem(file, text, row=first_row + int(k), column=column,
                    value=str(raw[column].iloc[k]))
            for k in np.flatnonzero(bad)
        ]  # fmt: skip
    return pd.DataFrame(columns, index=raw.index), problems


def _blank(cells: pd.Series[Any]) -> Any:
    """Return which cells are empty: nothing, or a text without anything in it."""
    empty = [isinstance(value, str) and not value.strip() for value in cells]
    return cells.isna().to_numpy(dtype=bool) | np.array(empty, dtype=bool)


TEXT_WANTED = say("expected a text")


def _texts(cells: pd.Series[Any]) -> tuple[pd.Series[Any], Any, Text]:
    is_text = np.array([isinstance(value, str) for value in cells], dtype=bool)
    if not is_text.all():
        bad = ~is_text & ~cells.isna().to_numpy(dtype=bool)
        return cells.where(is_text, "").astype(TEXT), bad, TEXT_WANTED
    values = pd.Series(pd.array(cells.to_numpy(dtype=object), TEXT), cells.index)
    return values, ~is_text, TEXT_WANTED


def _numbers(cells: pd.Series[Any]) -> tuple[pd.Series[Any], Any, Text]:
    blank = _blank(cells)
    if pd.api.types.is_numeric_dtype(cells.dtype) and cells.dtype != bool:
        values = cells.astype("float64")
    else:
        cells = cells.mask(blank, "nan") if blank.any() else cells
        numbers = [_number(value) for value in cells]
        values = pd.Series(numbers, index=cells.index, dtype="float64")
    return values, np.isnan(values.to_numpy()) & ~blank, say("expected a number")


def _number(value: object) -> float:
    """Return the number that a cell holds, to the last bit; NaN if it is none."""
    if isinstance(value, bool | np.bool_):
        return float("nan")
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def _whole(cells: pd.Series[Any]) -> tuple[pd.Series[Any], Any, Text]:
    values, _, _ = _numbers(cells)
    given = values.to_numpy()
    good = np.isfinite(given) & (given == given.round()) & (np.abs(given) < LARGEST)
    whole = pd.Series(np.where(good, given, 0.0).astype("int64"), values.index)
    return whole, ~good, say("expected a whole number")


def _flags(cells: pd.Series[Any]) -> tuple[pd.Series[Any], Any, Text]:
    found = cells.astype(TEXT).str.strip().str.lower().map(FLAGS)
    bad = found.isna().to_numpy(dtype=bool)
    return found.where(~bad, False).astype("bool"), bad, say("expected true or false")


_OF_KIND: dict[str, Callable[[pd.Series[Any]], tuple[pd.Series[Any], Any, Text]]] = {
    "text": _texts,
    "number": _numbers,
    "int": _whole,
    "flag": _flags,
}
