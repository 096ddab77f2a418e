"""A plan as an Excel workbook: a summary, then one sheet a table.

Text is never a formula, whatever it begins with (:mod:`aumaq.instances.formats.cells`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.formats.cells import cell_of, check_fits
from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.raw import needed
from aumaq.results.exports.units import look_of
from aumaq.results.summary import sentences

if TYPE_CHECKING:
    from aumaq.results.plan import Plan

HEAD_FILL = "FFDCE6F1"
SHOWN_ROWS = 200
"""Rows by which the width of a column is measured."""
FACTS = (
    "instance", "scenario", "currency", "status", "verified", "objective_mln",
    "bound_mln", "gap", "method", "formulation", "rows", "columns", "integers", "seed",
    "instance_hash",
)  # fmt: skip
"""What of the record the summary shows."""


def write_workbook(plan: Plan, path: Path) -> None:
    """Write the workbook; an earlier file is replaced.

    Raises ExportError if a table has more rows than a sheet (1,048,576).
    """
    openpyxl = needed("openpyxl", "excel")
    tables = dict(plan.tables)
    if len(plan.indicators):
        tables["indicators"] = plan.indicators
    for name, table in tables.items():
        check_fits(name, table)
    book = openpyxl.Workbook(write_only=True)
    shown = {name: table for name, table in tables.items() if len(table)}
    _summary(book, plan, shown)
    for name, table in shown.items():
        _table(book, name, table, plan.instance.currency)
    with draft_of(path, may_replace=True) as draft:
        book.save(draft)


def _summary(book: Any, plan: Plan, tables: dict[str, pd.DataFrame]) -> None:
    sheet = book.create_sheet("summary")
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 40
    title = plan.instance.title or plan.instance.name
    sheet.append([_bold(sheet, title)])
    for sentence in sentences(plan):
        sheet.append([cell_of(sheet, sentence)])
    sheet.append([])
    sheet.append([_bold(sheet, "The proof")])
    for key in FACTS:
        value = plan.record.get(key)
        unit = " [mln]" if key.endswith("_mln") else ""
        sheet.append(
            [key + unit, _shown(sheet, value, "0.00%" if key == "gap" else "")]
        )
    for problem in plan.record["problems"]:
        sheet.append(["problem", cell_of(sheet, str(problem))])
    sheet.append([])
    sheet.append([_bold(sheet, "Sheets"), _bold(sheet, "rows")])
    for name, table in tables.items():
        link = _cell(sheet, name)
        link.hyperlink = f"#{name}!A1"
        sheet.append([link, len(table)])


def _table(book: Any, name: str, table: pd.DataFrame, currency: str) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    looks = [look_of(name, str(column), currency) for column in table.columns]
    heads = [
        f"{column} [{look.unit}]" if look.unit else str(column)
        for column, look in zip(table.columns, looks, strict=True)
    ]
    for k, head in enumerate(heads):
        cells = table.iloc[:SHOWN_ROWS, k]
        longest = cells.str.len().max() if cells.dtype == "str" else 8
        width = min(40, max(len(head), int(longest)) + 3)
        sheet.column_dimensions[get_column_letter(k + 1)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table) + 1}"
    sheet.append([_bold(sheet, head) for head in heads])
    columns = [
        table[column].astype(object).where(table[column].notna(), None).tolist()
        for column in table.columns
    ]
    formats = [look.number_format for look in looks]
    for row in zip(*columns, strict=True):
        cells = zip(row, formats, strict=True)
        sheet.append([_shown(sheet, value, form) for value, form in cells])


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return WriteOnlyCell(sheet, value=value)


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font, PatternFill

    cell = cell_of(sheet, text)
    cell = _cell(sheet, text) if isinstance(cell, str) else cell
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=HEAD_FILL)
    return cell


def _shown(sheet: Any, value: object, number_format: str) -> Any:
    """Return a cell with its number format; text as text."""
    cell = cell_of(sheet, value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if cell is None or not is_number or number_format in ("", "General"):
        return cell
    cell = _cell(sheet, cell) if isinstance(cell, int | float) else cell
    cell.number_format = number_format
    return cell
