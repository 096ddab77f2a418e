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

from aumaq.instances.errors import InstanceError, Problem
from aumaq.instances.formats.cells import text_of
from aumaq.instances.formats.outline_text import joined
from aumaq.instances.formats.raw import Raw, build, needed
from aumaq.instances.formats.workbook_out import NOT_TABLES, OUTLINES
from aumaq.instances.instance import Instance
from aumaq.instances.tables import BY_NAME, OWN_COLUMN_PREFIX
from aumaq.instances.texts import Pattern, pattern, say
from aumaq.instances.titles import by_title, folded, title_of
from aumaq.instances.words import LANGUAGES, worded

UNIT = re.compile(r"\s*\[[^\[\]]*\]\s*$")
NOT_CALCULATED = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"([^>]*)>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
"""A cell with a formula and no value, in the XML of a sheet."""

NO_VALUE = say(
    "the formula has no value yet; open and save the workbook in a spreadsheet program,"
    " or write the value"
)

Grid = list[tuple[int, list[str]]]
"""Rows that are not blank: their number, their cells as text."""


def read_workbook(path: Path) -> Instance:
    """Read a workbook (InstanceError with every problem found)."""
    openpyxl = needed("openpyxl", "excel")
    label = pattern("{file}, sheet {table}", file=path.name)
    raw = Raw(label=label)
    try:
        with warnings.catch_warnings():
            # Of decorations that the library drops.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                _read_sheets(path, book, raw, label)
            finally:
                book.close()
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, SyntaxError) as error:
        text = " ".join(str(error).split())
        problem = Problem(
            path.name, say("is not a readable Excel workbook: {text}", text=text)
        )
        raise InstanceError([problem]) from None
    return build(raw)


def _read_sheets(path: Path, book: Any, raw: Raw, label: Pattern) -> None:
    beside = {folded(worded(n, code)): n for n in NOT_TABLES for code in LANGUAGES}
    for sheet in book.worksheets:
        title = sheet.title.strip()
        name, lang = by_title(tuple(BY_NAME)).get(folded(title), (title, "en"))
        if title.startswith(OWN_COLUMN_PREFIX) or folded(title) in beside:
            if beside.get(folded(title)) == OUTLINES:
                cells = [text_of(row[0]) for row in sheet.values if row]
                raw.outlines = joined(cells[1:], raw.where(title), raw.problems)
            continue
        if name in raw.labels:
            message = say(
                "holds the same table as {place}; expected one sheet",
                place=raw.where(name),
            )
            raw.refuse(name, Problem(label.filled(table=title), message))
            continue
        raw.labels[name] = label.filled(table=title)
        if name in BY_NAME:
            names = [column.name for column in BY_NAME[name].columns]
            raw.columns[name] = {n: title_of(n, lang) for n in names}
        _take_sheet(name, sheet, _not_calculated(path, sheet), raw)


def _not_calculated(path: Path, sheet: Any) -> set[str]:
    """Return the cells ("B7") with a formula that nothing has calculated yet."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(sheet._worksheet_path.lstrip("/"))
    if b"<f" not in xml:
        return set()
    return {
        place.decode()
        for place, attributes in NOT_CALCULATED.findall(xml)
        if b't="str"' not in attributes  # a formula whose value is empty text
    }


def _take_sheet(name: str, sheet: Any, not_calculated: set[str], raw: Raw) -> None:
    """Read a sheet as a table; cells without a value are problems."""
    from openpyxl.utils.cell import coordinate_to_tuple

    sheet.reset_dimensions()
    grid: Grid = []
    faults = {coordinate_to_tuple(cell): NO_VALUE for cell in not_calculated}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [text_of(cell.value).strip() for cell in row]
        for k, cell in enumerate(row, start=1):
            if cell.data_type == "e":
                faults[number, k] = say("the cell holds an error; expected a value")
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            grid.append((number, texts))
    if not grid and name not in BY_NAME:
        return  # the empty "Sheet1" of new workbooks
    names = _names(name, grid, raw)
    for (number, k), message in sorted(faults.items()):
        column = names[k - 1] if k <= len(names) and names[k - 1] else _letter(k)
        column = raw.shown(name, column)
        raw.problems.append(Problem(raw.where(name), message, number, column))
    if grid and name not in raw.broken:
        _take_table(name, names, grid, raw)


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
