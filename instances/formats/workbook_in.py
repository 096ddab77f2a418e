"""Read an instance from an Excel workbook, as people fill it in.

Numbers stored as text, dates, TRUE and FALSE, blank rows and columns, units behind the
names of columns are understood; of formulas the values count that the spreadsheet
program stored. What cannot be understood is a problem with sheet, row and column.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable
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

UNIT = re.compile(r"\s*\[[^\[\]]*\]\s*$")
NOT_CALCULATED = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"([^>]*)>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*'
    rb"(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
"""A cell with a formula and no value, in the XML of a sheet."""

Grid = list[tuple[int, list[str]]]
"""Rows that are not blank: their number, their cells as text."""


def read_workbook(path: Path) -> Instance:
    """Read a workbook (InstanceError with every problem found)."""
    openpyxl = needed("openpyxl", "excel")
    raw = Raw(label=f"{path.name}, sheet {{}}")
    try:
        with warnings.catch_warnings():
            # Of decorations that the library drops.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                _read_sheets(path, book, raw)
            finally:
                book.close()
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, SyntaxError) as error:
        text = " ".join(str(error).split())
        problem = Problem(path.name, f"is not a readable Excel workbook: {text}")
        raise InstanceError([problem]) from None
    return build(raw)


def _read_sheets(path: Path, book: Any, raw: Raw) -> None:
    for sheet in book.worksheets:
        name = sheet.title.strip()
        if name.startswith(OWN_COLUMN_PREFIX) or name in NOT_TABLES:
            if name == OUTLINES:
                cells = [text_of(row[0]) for row in sheet.values if row]
                raw.outlines = joined(cells[1:], raw.where(name), raw.problems)
            continue
        grid = _grid(sheet, _not_calculated(path, sheet), raw)
        if not grid and name not in BY_NAME:
            continue  # the empty "Sheet1" of new workbooks
        _take_table(name, grid, raw)


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


def _grid(sheet: Any, not_calculated: set[str], raw: Raw) -> Grid:
    """Return the rows that are not blank; cells without a value are problems."""
    from openpyxl.utils import get_column_letter

    sheet.reset_dimensions()
    place, grid = raw.where(sheet.title.strip()), []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [text_of(cell.value).strip() for cell in row]
        for k, cell in enumerate(row):
            if cell.data_type == "e":
                message = "the cell holds an error; expected a value"
                letter = get_column_letter(k + 1)
                raw.problems.append(Problem(place, message, number, letter, texts[k]))
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            grid.append((number, texts))
    for cell in sorted(not_calculated):
        letter, row_number = re.findall(r"[A-Z]+|[0-9]+", cell)
        message = (
            "the formula has no value yet; open and save the workbook in a spreadsheet"
            " program, or write the value"
        )
        raw.problems.append(Problem(place, message, int(row_number), letter))
    return grid


def _take_table(name: str, grid: Grid, raw: Raw) -> None:
    place = raw.where(name)
    if not grid:
        return
    line, names = grid[0]
    names = [_column(name, text) for text in names]
    twice = sorted({text for text in names if text and names.count(text) > 1})
    if twice:
        message = f"column occurs twice: {', '.join(twice)}"
        raw.refuse(name, Problem(place, message, row=line))
        return
    width = max(len(cells) for _, cells in grid)
    names += [""] * (width - len(names))
    rows = [cells + [""] * (width - len(cells)) for _, cells in grid[1:]]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    _check_unnamed(place, names, grid, raw)
    raw.rows[name] = [number for number, _ in grid[1:]]
    raw.tables[name] = pd.DataFrame(
        {text: columns.get(text, ()) for text in names if text}, dtype=object
    )


def _column(table: str, text: str) -> str:
    """Return the name of a column, without the unit where it is one of the schema."""
    bare = UNIT.sub("", text)
    known: Iterable[str] = (
        [column.name for column in BY_NAME[table].columns] if table in BY_NAME else ()
    )
    return bare if bare in known else text


def _check_unnamed(place: str, names: list[str], grid: Grid, raw: Raw) -> None:
    """Report cells under no name."""
    from openpyxl.utils import get_column_letter

    for k, text in enumerate(names):
        if text:
            continue
        for number, cells in grid[1:]:
            if k < len(cells) and cells[k]:
                message = f"the column has no name in row {grid[0][0]}"
                letter = get_column_letter(k + 1)
                raw.problems.append(Problem(place, message, number, letter, cells[k]))
                break
