"""A plan as an Excel workbook: a summary, one sheet a table, a list of the columns.

Titles, headers and words of the program are in the reader's language; the last sheet
says for each header the table and column of the plan, for scripts. Text is never a
formula, whatever it begins with (:mod:`aumaq.instances.formats.workbook.cells`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from aumaq.instances.formats.drafts import draft_file, save_whole, told
from aumaq.instances.formats.raw import needed
from aumaq.instances.formats.workbook.cells import cell_of, check_fits
from aumaq.instances.formats.workbook.writer import sheet_reference
from aumaq.instances.language.texts import say
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.plan import MLN, MLN_A_YEAR
from aumaq.instances.schema.titles import with_unit
from aumaq.results.exports.sheet_words import sheet_title, with_told, with_words
from aumaq.results.exports.units import look_of
from aumaq.results.indicators.gains import gains_of
from aumaq.results.language import Language
from aumaq.results.plan.cautions import cautions
from aumaq.results.plan.summary import sentences

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

HEAD_FILL = "FFDCE6F1"
SHOWN_ROWS = 200
"""Rows by which the width of a column is measured."""
SUMMARY_WIDTHS = (36, 64)
"""Widths of the columns of the summary, in characters."""
LINE_POINTS = 15
"""Height of a line of text."""
ANCHOR_COLUMNS = (
    "anchor", "title", "kind", "settlement", "first_period", "jobs", "people_who_come",
    "power_kw", "water_m3_per_day", "is_synthetic", "source",
)  # fmt: skip
FACTS = {
    "instance": say("Instance"),
    "scenario": say("Scenario"),
    "currency": say("Currency"),
    "status": say("Status"),
    "verified": say("Verified"),
    "objective_mln": say("Objective, discounted mln"),
    "bound_mln": say("Lower bound, discounted mln"),
    "gap": say("Gap"),
    "method": say("Method"),
    "formulation": say("Formulation"),
    "rows": say("Rows of the model"),
    "columns": say("Columns of the model"),
    "integers": say("Integers of the model"),
    "seed": say("Seed"),
    "instance_hash": say("Instance hash"),
}
"""What of the record the summary shows, with its title."""


class Head(NamedTuple):
    """A column of a sheet: its name in the plan, its title, how numbers look."""

    column: str
    title: str
    number_format: str


def write_workbook(plan: Plan, path: Path, lang: str = "en") -> None:
    """Write the workbook in a language by its code; an earlier file is replaced.

    Raises ExportError if a table has more rows than a sheet (1,048,576),
    UnknownNameError if the language has no catalogue.
    """
    openpyxl, words = needed("openpyxl", "excel"), Language(lang)
    tables = dict(plan.tables)
    if len(plan.indicators):
        tables["indicators"] = plan.indicators
    tables["gains"] = gains_of(plan)
    tables["deployment"] = plan.deployment
    tables["anchors"] = _anchors(plan)
    for name, table in tables.items():
        check_fits(name, table)
    book = openpyxl.Workbook(write_only=True)
    shown = {name: table for name, table in tables.items() if len(table)}
    currency = plan.instance.currency
    shown = {
        name: with_words(
            name, _with_names(plan, table, words), words, plan.instance.service_names
        )
        for name, table in shown.items()
    }
    heads = {name: heads_of(name, shown[name], currency, words) for name in shown}
    with told(path):  # sheets go into files while they are filled
        _summary(book, plan, shown, words)
        for name, table in shown.items():
            _table(book, sheet_title(name, words), table, heads[name])
        _columns(book, heads, words)
    with draft_file(path) as draft:
        save_whole(book.save, draft)


def _anchors(plan: Plan) -> pd.DataFrame:
    """Return the sites of industry, farms, resorts that the plan reckons with."""
    rows = plan.instance.tables["anchors"]
    first = rows["first_period"].replace("", plan.instance.period_names[0])
    came = rows["jobs"] * rows["persons_per_job"]
    told = rows.assign(first_period=first, people_who_come=came)
    return told[[*ANCHOR_COLUMNS]]


def heads_of(
    name: str, table: pd.DataFrame, currency: str, lang: Language
) -> list[Head]:
    """Return the headers of a table, units and all."""
    found = []
    for column in map(str, table.columns):
        look = look_of(name, column)
        title = with_unit(sheet_title(column, lang), look.unit, lang.code)
        if look.unit in (MLN, MLN_A_YEAR):
            money = lang.word("mln")
            title = title.replace(f"[{money}", f"[{money} {currency}")
        found.append(Head(column, title, look.number_format))
    return found


def _with_names(plan: Plan, table: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """Return a table with names of settlements, and titles, in the language."""
    if "settlement" in table and "name" not in table:
        table = table.copy(deep=False)
        codes, places = table["settlement"], plan.instance.tables["settlements"]
        known = dict(zip(places["settlement"], places["name"], strict=True))
        names = codes.map(known).fillna("").astype(TEXT)
        table.insert(list(table.columns).index("settlement") + 1, "name", names)
    if {"settlement", "name"} <= set(table.columns):
        places = plan.instance.tables["settlements"]
        names = lang.site_names(places, table["settlement"], table["name"])
        table = table.assign(name=pd.Series(names, table.index, dtype=TEXT))
    if {"standard", "group"} <= set(table.columns):
        rules = plan.instance.tables["standards"]
        of_all = set(rules["standard"][rules["scope"] == "total"])
        is_all = table["standard"].isin(of_all)
        table = table.assign(group=table["group"].mask(is_all, lang.tell(say("all"))))
    return with_told(table, lang)


def _summary(
    book: Any, plan: Plan, tables: dict[str, pd.DataFrame], lang: Language
) -> None:
    sheet = book.create_sheet(lang.tell(say("Summary")))
    for letter, width in zip("AB", SUMMARY_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    _for_paper(sheet)
    title = lang.title(plan.instance.title, plan.instance.name)
    told = [_bold(sheet, title)]
    told += [_bold(sheet, caution) for caution in cautions(plan, lang)]
    told += [_styled(sheet, sentence) for sentence in sentences(plan, lang)]
    for row, cell in enumerate(told, start=1):
        _whole_line(sheet, row, cell)
    sheet.append([])
    sheet.append([_bold(sheet, lang.tell(say("The proof")))])
    for key, label in FACTS.items():
        value = plan.record.get(key)
        if key == "status":
            value = lang.word(str(value).replace("_", " "))
        elif key == "verified":
            value = lang.tell(say("yes")) if value else lang.tell(say("no"))
        form = "0.00%" if key == "gap" else ""
        sheet.append([lang.tell(label), _shown(sheet, value, form)])
    for problem in plan.record["problems"]:
        sheet.append([lang.tell(say("Problem")), cell_of(sheet, str(problem))])
    sheet.append([])
    sheet.append(
        [_bold(sheet, lang.tell(say("Sheets"))), _bold(sheet, lang.tell(say("Rows")))]
    )
    for name, table in tables.items():
        title = sheet_title(name, lang)
        link = _cell(sheet, title)
        link.hyperlink = f"#{sheet_reference(title)}!A1"
        sheet.append([link, len(table)])


def _whole_line(sheet: Any, row: int, cell: Any) -> None:
    """Append a text over both columns of the summary, in as many lines as it takes."""
    from openpyxl.styles import Alignment

    lines = -(-len(str(cell.value)) // sum(SUMMARY_WIDTHS))
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[row].height = LINE_POINTS * lines
    sheet.merged_cells.add(f"A{row}:B{row}")
    sheet.append([cell])


def _for_paper(sheet: Any) -> None:
    """Print a sheet as wide as the paper."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _table(book: Any, title: str, table: pd.DataFrame, heads: list[Head]) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    for k, head in enumerate(heads):
        cells = table.iloc[:SHOWN_ROWS, k]
        longest = cells.str.len().max() if cells.dtype == "str" else 8
        width = min(40, max(len(head.title), int(longest)) + 3)
        sheet.column_dimensions[get_column_letter(k + 1)].width = width
    _for_paper(sheet)
    sheet.print_title_rows = "1:1"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table) + 1}"
    sheet.append([_bold(sheet, head.title) for head in heads])
    columns = [
        table[column].astype(object).where(table[column].notna(), None).tolist()
        for column in table.columns
    ]
    formats = [head.number_format for head in heads]
    for row in zip(*columns, strict=True):
        cells = zip(row, formats, strict=True)
        sheet.append([_shown(sheet, value, form) for value, form in cells])


def _columns(book: Any, heads: dict[str, list[Head]], lang: Language) -> None:
    """Write for each header the table and column that scripts know."""
    sheet = book.create_sheet(lang.tell(say("Columns")))
    for letter, width in zip("ABCD", (32, 44, 20, 28), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    titles = (lang.tell(say("Sheet")), lang.tell(say("Header")), "table", "column")
    sheet.append([_bold(sheet, title) for title in titles])
    for name, of_table in heads.items():
        for head in of_table:
            row = (sheet_title(name, lang), head.title, name, head.column)
            sheet.append([cell_of(sheet, text) for text in row])


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return WriteOnlyCell(sheet, value=value)


def _styled(sheet: Any, text: str) -> Any:
    """Return a cell of a text that may be given a style."""
    cell = cell_of(sheet, text)
    return _cell(sheet, cell) if isinstance(cell, str) else cell


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font, PatternFill

    cell = _styled(sheet, text)
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
