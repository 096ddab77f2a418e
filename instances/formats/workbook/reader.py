"""Read an instance from an Excel workbook, as people fill it in.

Sheets and headers are titles in any language, or names. Numbers stored as text, dates,
TRUE and FALSE, blank rows and columns, units behind titles are understood; of formulas
the values count that the spreadsheet program stored. What cannot be understood is a
problem with sheet, row and column, as they stand in the workbook.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import InstanceError, Problem, UnreadableError
from aumaq.instances.formats.files import check_count, parsing
from aumaq.instances.formats.geographic.outline_text import joined
from aumaq.instances.formats.header import misplaced
from aumaq.instances.formats.raw import Raw, build, check_any, needed
from aumaq.instances.formats.workbook.cells import text_of
from aumaq.instances.formats.workbook.package import plain_workbook
from aumaq.instances.formats.workbook.unread import (
    ERROR,
    MERGED,
    NO_VALUE,
    merged,
    no_numbers,
    not_calculated,
)
from aumaq.instances.formats.workbook.writer import NOT_TABLES, OUTLINES
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import Text, say
from aumaq.instances.language.words import LANGUAGES, worded
from aumaq.instances.schema.choices import has_words, meant_choice
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX
from aumaq.instances.schema.titles import by_title, folded, title_of

UNIT = re.compile(r"\s*\[[^\[\]]*\]\s*$")
_ROW = re.compile(rb"<(?:\w+:)?row\b")

Grid = list[tuple[int, list[str]]]
"""Rows that are not blank: their number, their cells as text."""
Faults = dict[tuple[int, int], tuple[Text, str]]
"""Row and column of a cell -> what is wrong with it, and its value."""


def read_workbook(path: Path) -> Instance:
    """Read a workbook (InstanceError with every problem found)."""
    openpyxl = needed("openpyxl", "excel")
    label = say("{file}, sheet {table}").given(file=path.name)
    raw = Raw(label=label)
    try:
        packed = plain_workbook(path)
        with (
            parsing(say("is not a readable Excel workbook")),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")  # of decorations that are not there
            book = openpyxl.load_workbook(packed, read_only=True, data_only=True)
        _read_sheets(book, zipfile.ZipFile(packed), raw, label)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    check_any(raw, path.name)
    return build(raw)


def _read_sheets(book: Any, archive: zipfile.ZipFile, raw: Raw, label: Text) -> None:
    languages = list[str]()
    beside = {folded(worded(n, code)): n for n in NOT_TABLES for code in LANGUAGES}
    for sheet in book.worksheets:
        title = sheet.title.strip()
        name, lang = by_title(tuple(BY_NAME)).get(folded(title), (title, "en"))
        if title.startswith(OWN_COLUMN_PREFIX) or folded(title) in beside:
            if beside.get(folded(title)) == OUTLINES:
                raw.outlines = _outlines(sheet, raw.where(title), raw)
            continue
        if name in raw.labels:
            message = say(
                "holds the same table as {place}; expected one sheet",
                place=raw.where(name),
            )
            raw.refuse(name, Problem(label.given(table=title), message))
            continue
        raw.labels[name] = label.given(table=title)
        if name in BY_NAME:
            languages.append(lang)
            names = [column.name for column in BY_NAME[name].columns]
            raw.columns[name] = {n: title_of(n, lang) for n in names}
        xml = archive.read(sheet._worksheet_path.lstrip("/"))
        sheet.reset_dimensions()  # what a sheet says of its size may be untrue
        try:
            check_count(sum(1 for _ in _ROW.finditer(xml)), 1)
            _take_sheet(name, sheet, xml, raw)
        except UnreadableError as error:
            raw.refuse(name, Problem(raw.where(name), error.text))
    _name_missing_sheets(raw, label, languages)


def _name_missing_sheets(raw: Raw, label: Text, languages: list[str]) -> None:
    """Call sheets that are not there as most of those that are: in their language."""
    lang = max(LANGUAGES, key=languages.count)
    for name in BY_NAME.keys() - raw.labels.keys():
        title = title_of(name, lang)
        raw.labels[name] = label.given(table=title)
        names = [column.name for column in BY_NAME[name].columns]
        raw.columns[name] = {n: title_of(n, lang) for n in names}


def _outlines(sheet: Any, place: str, raw: Raw) -> dict[str, Any] | None:
    try:
        with parsing(say("is not a readable sheet")):
            cells = [text_of(row[0]) for row in sheet.values if row]
    except UnreadableError as error:
        raw.problems.append(Problem(place, error.text))
        return None
    return joined(cells[1:], place, raw.problems)


def _take_sheet(name: str, sheet: Any, xml: bytes, raw: Raw) -> None:
    """Read a sheet as a table; cells without a value are problems."""
    faults: Faults = {}
    grid: Grid = []
    try:
        _fill(grid, sheet, faults)
    except UnreadableError:
        # The library reads no further than to a cell of numbers that holds none.
        if not (wrong := no_numbers(xml)):
            raise
        faults |= wrong
        raw.broken.add(name)
    faults |= dict.fromkeys(not_calculated(xml), (NO_VALUE, ""))
    if not grid and name not in BY_NAME:
        return  # the empty "Sheet1" of new workbooks
    if name in BY_NAME and grid and (problem := _misplaced(name, grid, raw)):
        raw.refuse(name, problem)
        return
    names = _names(name, grid, raw)
    if b"mergeCell" in xml:
        width = max((len(cells) for _, cells in grid), default=0)
        parts = merged(xml, (number for number, _ in grid[1:]), width)
        faults |= dict.fromkeys(parts, (MERGED, ""))
    for (number, k), (message, value) in sorted(faults.items()):
        column = names[k - 1] if k <= len(names) and names[k - 1] else _letter(k)
        column = raw.shown(name, column)
        raw.problems.append(Problem(raw.where(name), message, number, column, value))
    if grid and name not in raw.broken:
        _take_table(name, names, grid, raw)


def _fill(grid: Grid, sheet: Any, faults: Faults) -> None:
    """Add the rows that are not blank; cells that hold an error are *faults*."""
    rows = sheet.iter_rows()
    number = count = 0
    while True:
        number += 1
        with parsing(say("is not a readable sheet, row {row}", row=number)):
            row = next(rows, None)
        if row is None:
            return
        count += len(row)
        check_count(number, -(-count // number))
        texts = [text_of(cell.value).strip() for cell in row]
        for k, cell in enumerate(row, start=1):
            if cell.data_type == "e":
                faults[number, k] = (ERROR, "")
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            grid.append((number, texts))


def _misplaced(name: str, grid: Grid, raw: Raw) -> Problem | None:
    """Return the problem of a sheet whose first row names no column."""
    known = {column.name for column in BY_NAME[name].columns}

    def is_name(text: str) -> bool:
        return _column(name, text) in known

    return misplaced(raw.where(name), grid, BY_NAME[name], is_name)


def _names(name: str, grid: Grid, raw: Raw) -> list[str]:
    """Return the names of columns, in the first row that is not blank."""
    if not grid:
        return []
    line, texts = grid[0]
    names = [_column(name, text) for text in texts]
    for column, text in zip(names, texts, strict=True):
        if column in raw.columns.get(name, {}):
            raw.columns[name][column] = UNIT.sub("", text)
    twice = sorted({text for text in names if text and names.count(text) > 1})
    if twice:
        shown = ", ".join(raw.shown(name, column) for column in twice)
        message = say("column occurs twice: {twice}", twice=shown)
        raw.refuse(name, Problem(raw.where(name), message, row=line))
    return names


def _take_table(name: str, names: list[str], grid: Grid, raw: Raw) -> None:
    width = max(len(cells) for _, cells in grid)
    names = names + [""] * (width - len(names))
    rows = [cells + [""] * (width - len(cells)) for _, cells in grid[1:]]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    for column in BY_NAME[name].columns if name in BY_NAME else ():
        if has_words(column) and column.name in columns:
            cells = columns[column.name]
            columns[column.name] = tuple(meant_choice(column, cell) for cell in cells)
    _check_unnamed(names, name, grid, raw)
    raw.rows[name] = [number for number, _ in grid[1:]]
    raw.tables[name] = pd.DataFrame(
        {text: columns.get(text, ()) for text in names if text}, dtype=object
    )


def _letter(k: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(k))


def _column(table: str, text: str) -> str:
    """Return the name of a column of the schema, whose title it is; else the text."""
    if table not in BY_NAME:
        return text
    names = tuple(column.name for column in BY_NAME[table].columns)
    name, _ = by_title(names).get(folded(UNIT.sub("", text)), (text, ""))
    return name


def _check_unnamed(names: list[str], name: str, grid: Grid, raw: Raw) -> None:
    """Report the first cell of each column without a name."""
    for k, text in enumerate(names):
        filled = [(n, cells[k]) for n, cells in grid[1:] if k < len(cells) and cells[k]]
        if filled and not text:
            message = say("the column has no name in row {row}", row=grid[0][0])
            number, value = filled[0]
            raw.problems.append(
                Problem(raw.where(name), message, number, _letter(k + 1), value)
            )
