"""Write an instance as an Excel workbook: one sheet a table, a guide in front.

The empty sheets are the template of an instance: headers with units, meanings as
comments, drop-down lists, limits of numbers. :func:`write_workbook` fills them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.formats.cells import MAX_ROWS, cell_of, check_fits
from aumaq.instances.formats.outline_text import pieces
from aumaq.instances.formats.raw import needed
from aumaq.instances.schema import Column, Table
from aumaq.instances.tables import BY_NAME, TABLES

GUIDE, OUTLINES, LISTS = "README", "outlines", "lists"
"""Sheets beside those of the tables."""
NOT_TABLES = (GUIDE, OUTLINES, LISTS)
LONGEST_LIST = 255
"""Characters of a list that Excel takes inside a rule; longer ones go to a sheet."""
REQUIRED_FILL, OPTIONAL_FILL = "FFDCE6F1", "FFEFEFEF"
GUIDE_LINES = (
    "One sheet a table: row 1 names the columns with their units, a record a row.",
    "Point at a name to read what the column means. Blue columns must be filled, grey"
    " ones may stay empty.",
    "A sheet without rows is a table that is not there. Columns and sheets of your own"
    " start with x_.",
    "Money is in millions (mln) of the currency of the sheet `instance`.",
)


def write_workbook(
    tables: Mapping[str, pd.DataFrame], outlines: dict[str, Any] | None, path: Path
) -> None:
    """Write tables by name, typed or not, to a new file.

    Columns that a table lacks are written empty. Numbers are written with all their
    digits. Raises ExportError if a table has more rows, or a text more characters,
    than Excel takes.
    """
    openpyxl = needed("openpyxl", "excel")
    for name, frame in tables.items():
        check_fits(name, frame)
    book = openpyxl.Workbook(write_only=True)
    _write_guide(book, tables)
    for table in TABLES:
        _write_table(book, table, tables.get(table.name, pd.DataFrame()))
    if outlines is not None:
        sheet = book.create_sheet(OUTLINES)
        sheet.append(["GeoJSON, in pieces"])
        for piece in pieces(outlines):
            sheet.append([cell_of(sheet, piece)])
    _write_lists(book)
    book.save(path)


def header(column: Column) -> str:
    """Return the name of a column with its unit: ``length_km [km]``."""
    return f"{column.name} [{column.unit}]" if column.unit else column.name


def note(column: Column) -> str:
    """Return what a column means and takes, in a few lines."""
    kind = {"text": "text", "int": "a whole number", "number": "a number",
            "flag": "TRUE or FALSE"}[column.kind]  # fmt: skip
    lines = [column.meaning, f"{kind}, {column.unit}" if column.unit else kind]
    if column.low is not None or column.high is not None:
        low = f"from {column.low:g} " if column.low is not None else ""
        high = f"to {column.high:g}" if column.high is not None else ""
        lines.append(f"{low}{high}".strip())
    if column.choices:
        lines.append(f"one of {', '.join(column.choices)}")
    if column.references:
        sheet, name = column.references.split(".")
        lines.append(f"as in sheet {sheet}, column {name}")
    if column.is_required:
        lines.append("required")
    elif column.default is not None:
        lines.append(f"empty: {column.default}")
    return "\n".join(lines)


def _write_guide(book: Any, tables: Mapping[str, pd.DataFrame]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(GUIDE)
    for letter, width in zip("ABCD", (24, 10, 10, 110), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in GUIDE_LINES:
        sheet.append([line])
    sheet.append([])
    bold = []
    for text in ("sheet", "rows", "required", "what it holds"):
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for table in TABLES:
        link = WriteOnlyCell(sheet, value=table.name)
        link.hyperlink = f"#{table.name}!A1"
        link.font = Font(color="FF0563C1", underline="single")
        count = len(tables.get(table.name, ()))
        need = "yes" if table.is_required else ""
        sheet.append([link, count, need, table.meaning])


def _write_table(book: Any, table: Table, frame: pd.DataFrame) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(table.name)
    sheet.sheet_properties.tabColor = (
        REQUIRED_FILL if table.is_required else OPTIONAL_FILL
    )
    known = [column.name for column in table.columns]
    own = [name for name in frame.columns if name not in known]
    for k, name in enumerate([*map(header, table.columns), *own], start=1):
        sheet.column_dimensions[get_column_letter(k)].width = max(10, len(name) + 3)
    last = get_column_letter(len(known) + len(own))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{max(len(frame) + 1, 2)}"
    for k, column in enumerate(table.columns, start=1):
        _add_rule(sheet, column, get_column_letter(k))
    heads = [_head(sheet, header(c), c.is_required, note(c)) for c in table.columns]
    heads += [_head(sheet, name, False, "a column of your own") for name in own]
    sheet.append(heads)
    cells = [
        frame[name].tolist() if name in frame else [None] * len(frame)
        for name in [*known, *own]
    ]
    for row in zip(*cells, strict=True):
        sheet.append([cell_of(sheet, value) for value in row])


def _head(sheet: Any, text: str, is_required: bool, comment: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    fill = REQUIRED_FILL if is_required else OPTIONAL_FILL
    cell.fill = PatternFill("solid", fgColor=fill)
    lines = comment.count("\n") + 1 + len(comment) // 40
    cell.comment = Comment(comment, "aumaq", height=20 * lines + 10, width=300)
    return cell


def _add_rule(sheet: Any, column: Column, letter: str) -> None:
    """Add the drop-down list or the limits of a column."""
    from openpyxl.worksheet.datavalidation import DataValidation

    common = {"allow_blank": not column.is_required, "showErrorMessage": True,
              "errorTitle": column.name, "error": note(column)[:220]}  # fmt: skip
    if column.references:
        target, name = column.references.split(".")
        k = [c.name for c in BY_NAME[target].columns].index(name)
        # As many entries as there are: a whole column would list its blanks.
        place = f"{target}!${_letter(k)}"
        source = (
            f"OFFSET({place}$2,0,0,MAX(1,COUNTA({place}$2:${_letter(k)}${MAX_ROWS})),1)"
        )
        rule = DataValidation("list", source, **common, errorStyle="warning")
    elif column.choices:
        rule = DataValidation("list", _choices(column), **common)
    elif column.kind == "flag":
        rule = DataValidation("list", '"TRUE,FALSE"', **common)
    elif column.kind in ("int", "number"):
        kind = "whole" if column.kind == "int" else "decimal"
        low = -1e15 if column.low is None else column.low
        high = 1e15 if column.high is None else column.high
        rule = DataValidation(
            kind, f"{low:g}", f"{high:g}", operator="between", **common
        )
    else:
        return
    rule.add(f"{letter}2:{letter}{MAX_ROWS}")
    sheet.data_validations.append(rule)


def _letter(k: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(k + 1))


def _long_lists() -> dict[tuple[str, ...], int]:
    """Return lists too long for a rule, with their column on the sheet of lists."""
    found: dict[tuple[str, ...], int] = {}
    for table in TABLES:
        for column in table.columns:
            if len(",".join(column.choices)) > LONGEST_LIST:
                found.setdefault(column.choices, len(found))
    return found


def _choices(column: Column) -> str:
    k = _long_lists().get(column.choices)
    if k is None:
        return f'"{",".join(column.choices)}"'
    return f"{LISTS}!${_letter(k)}$1:${_letter(k)}${len(column.choices)}"


def _write_lists(book: Any) -> None:
    lists = list(_long_lists())
    if not lists:
        return
    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    for k in range(max(map(len, lists))):
        sheet.append([words[k] if k < len(words) else None for words in lists])
