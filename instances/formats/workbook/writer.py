"""Write an instance as an Excel workbook: one sheet a table, a guide in front.

The empty sheets are the template of an instance: headers with units, meanings as
comments, drop-down lists, limits of numbers. :func:`write_workbook` fills them.
Sheets and headers are titles in the reader's language
(:mod:`aumaq.instances.schema.titles`); a comment begins with the name that a column
has in every other format.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.formats.geographic.outline_text import pieces
from aumaq.instances.formats.raw import needed
from aumaq.instances.formats.workbook.cells import (
    MAX_ROWS,
    cell_of,
    check_fits,
    escaped,
)
from aumaq.instances.language.texts import say
from aumaq.instances.language.words import check_language, worded
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.tables import BY_NAME, TABLES
from aumaq.instances.schema.titles import title_of, with_unit

GUIDE, OUTLINES, LISTS = "README", "outlines", "lists"
"""Sheets beside those of the tables."""
NOT_TABLES = (GUIDE, OUTLINES, LISTS)
LONGEST_LIST = 255
"""Characters of a list that Excel takes inside a rule; longer ones go to a sheet."""
REQUIRED_FILL, OPTIONAL_FILL = "FFDCE6F1", "FFEFEFEF"


def write_workbook(
    tables: Mapping[str, pd.DataFrame],
    outlines: dict[str, Any] | None,
    path: Path,
    lang: str = "en",
) -> None:
    """Write tables by name, typed or not, to a new file, in a language by its code.

    Columns that a table lacks are written empty. Numbers are written with all their
    digits. Raises ExportError if a table has more rows, or a text more characters,
    than Excel takes, UnknownNameError if the language has no catalogue.
    """
    check_language(lang)
    openpyxl = needed("openpyxl", "excel")
    for name, frame in tables.items():
        check_fits(name, frame)
    book = openpyxl.Workbook(write_only=True)
    _write_guide(book, tables, lang)
    for table in TABLES:
        _write_table(book, table, tables.get(table.name, pd.DataFrame()), lang)
    if outlines is not None:
        sheet = book.create_sheet(worded(OUTLINES, lang))
        sheet.append(["GeoJSON, in pieces"])
        for piece in pieces(outlines):
            sheet.append([cell_of(sheet, piece)])
    _write_lists(book)
    book.save(path)


def header(column: Column, lang: str) -> str:
    """Return the title of a column with its unit: ``length [km]``."""
    return with_unit(title_of(column.name, lang), column.unit, lang)


def note(column: Column, lang: str) -> str:
    """Return name and meaning of a column, and what it takes, in a few lines."""
    kind = {
        "text": worded(say("text"), lang),
        "int": worded(say("a whole number"), lang),
        "number": worded(say("a number"), lang),
        "flag": worded(say("TRUE or FALSE"), lang),
    }[column.kind]
    unit = f", {worded(column.unit, lang)}" if column.unit else ""
    lines = [column.name, worded(column.meaning, lang), kind + unit]
    if column.low is not None and column.high is not None:
        low, high = f"{column.low:g}", f"{column.high:g}"
        lines.append(worded(say("from {low} to {high}"), lang, low=low, high=high))
    if column.choices:
        lines.append(
            worded(say("one of {choices}"), lang, choices=", ".join(column.choices))
        )
    if column.references:
        sheet, name = (title_of(part, lang) for part in column.references.split("."))
        text = worded(
            say("as in sheet {sheet}, column {column}"), lang, sheet=sheet, column=name
        )
        lines.append(text)
    if column.is_required:
        lines.append(worded(say("required"), lang))
    elif column.default is not None:
        lines.append(worded(say("empty: {value}"), lang, value=column.default))
    return "\n".join(lines)


def sheet_reference(title: str) -> str:
    """Return the title of a sheet as formulas and links name it."""
    if title.isascii() and title.isidentifier():
        return title
    return "'" + title.replace("'", "''") + "'"


def _guide_lines(lang: str) -> list[str]:
    return [
        worded(
            say(
                "One sheet a table: row 1 names the columns with their units, a"
                " record a row."
            ),
            lang,
        ),
        worded(
            say(
                "Point at a name to read what the column means. Blue columns must be"
                " filled, grey ones may stay empty."
            ),
            lang,
        ),
        worded(
            say(
                "A sheet without rows is a table that is not there. Columns and"
                " sheets of your own start with x_."
            ),
            lang,
        ),
        worded(
            say("Money is in millions (mln) of the currency of the sheet `{sheet}`."),
            lang,
            sheet=title_of("instance", lang),
        ),
    ]


def _write_guide(book: Any, tables: Mapping[str, pd.DataFrame], lang: str) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(worded(GUIDE, lang))
    for letter, width in zip("ABCD", (24, 10, 10, 110), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in _guide_lines(lang):
        sheet.append([line])
    sheet.append([])
    bold = []
    heads = (
        worded(say("sheet"), lang),
        worded(say("rows"), lang),
        worded(say("required"), lang),
        worded(say("what it holds"), lang),
    )
    for text in heads:
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        bold.append(cell)
    sheet.append(bold)
    for table in TABLES:
        title = title_of(table.name, lang)
        link = WriteOnlyCell(sheet, value=title)
        link.hyperlink = f"#{sheet_reference(title)}!A1"
        link.font = Font(color="FF0563C1", underline="single")
        count = len(tables.get(table.name, ()))
        need = worded(say("required"), lang) if table.is_required else ""
        sheet.append([link, count, need, worded(table.meaning, lang)])


def _write_table(book: Any, table: Table, frame: pd.DataFrame, lang: str) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title_of(table.name, lang))
    sheet.sheet_properties.tabColor = (
        REQUIRED_FILL if table.is_required else OPTIONAL_FILL
    )
    known = [column.name for column in table.columns]
    own = [name for name in frame.columns if name not in known]
    titles = [header(column, lang) for column in table.columns]
    for k, name in enumerate([*titles, *own], start=1):
        sheet.column_dimensions[get_column_letter(k)].width = max(10, len(name) + 3)
    last = get_column_letter(len(known) + len(own))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{max(len(frame) + 1, 2)}"
    for k, column in enumerate(table.columns, start=1):
        _add_rule(sheet, column, get_column_letter(k), lang)
    heads = [
        _head(sheet, title, column.is_required, note(column, lang))
        for title, column in zip(titles, table.columns, strict=True)
    ]
    mine = worded(say("a column of your own"), lang)
    heads += [_head(sheet, name, False, mine) for name in own]
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

    cell = WriteOnlyCell(sheet, value=escaped(text))
    cell.font = Font(bold=True)
    fill = REQUIRED_FILL if is_required else OPTIONAL_FILL
    cell.fill = PatternFill("solid", fgColor=fill)
    lines = comment.count("\n") + 1 + len(comment) // 40
    cell.comment = Comment(comment, "aumaq", height=20 * lines + 10, width=300)
    return cell


def _add_rule(sheet: Any, column: Column, letter: str, lang: str) -> None:
    """Add the drop-down list or the limits of a column."""
    from openpyxl.worksheet.datavalidation import DataValidation

    common = {"allow_blank": not column.is_required, "showErrorMessage": True,
              "errorTitle": title_of(column.name, lang)[:32],
              "error": note(column, lang)[:220]}  # fmt: skip
    if column.references:
        target, name = column.references.split(".")
        k = [c.name for c in BY_NAME[target].columns].index(name)
        # As many entries as there are: a whole column would list its blanks.
        place = f"{sheet_reference(title_of(target, lang))}!${_letter(k)}"
        source = (
            f"OFFSET({place}$2,0,0,MAX(1,COUNTA({place}$2:${_letter(k)}${MAX_ROWS})),1)"
        )
        rule = DataValidation("list", source, **common, errorStyle="warning")
    elif column.choices:
        rule = DataValidation("list", _choices(column), **common)
    elif column.kind == "flag":
        rule = DataValidation("list", '"TRUE,FALSE"', **common)
    elif column.low is not None and column.high is not None:
        kind = "whole" if column.kind == "int" else "decimal"
        low = column.low  # a rule has one range: the default must be in it
        if isinstance(column.default, int | float):
            low = min(low, column.default)
        rule = DataValidation(
            kind, f"{low:g}", f"{column.high:g}", operator="between", **common
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
