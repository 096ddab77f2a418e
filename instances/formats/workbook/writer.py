"""Write an instance as an Excel workbook: one sheet a table, a guide in front.

The empty sheets are the template of an instance: headers with units, meanings as
comments, drop-down lists, limits of numbers. :func:`write_workbook` fills them.
Sheets and headers are titles in the reader's language
(:mod:`aumaq.instances.schema.titles`); a comment begins with the name that a column
has in every other format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.formats.drafts import save_whole
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
from aumaq.instances.schema.choices import choice_words, flag_words, shown_choice
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.tables import BY_NAME, TABLES
from aumaq.instances.schema.titles import title_of, with_unit

GUIDE, OUTLINES, LISTS = "README", "outlines", "lists"
"""Sheets beside those of the tables."""
NOT_TABLES = (GUIDE, OUTLINES, LISTS)
LONGEST_LIST = 255
"""Characters of a list that Excel takes inside a rule; longer ones go to a sheet."""
Shown = Mapping[str, Sequence[Column]]
"""Table -> the columns that its sheet has."""
STANDS_FOR = {"sites.site": "settlements.settlement"}
"""What a column names where the sheet of what it should name is not there: sites that
are made are called as their settlements."""
REQUIRED_FILL, OPTIONAL_FILL = "FFDCE6F1", "FFEFEFEF"


def write_workbook(
    tables: Mapping[str, pd.DataFrame],
    outlines: dict[str, Any] | None,
    path: Path,
    lang: str = "en",
    shown: Shown | None = None,
) -> None:
    """Write tables by name, typed or not, to a new file, in a language by its code.

    *shown*: the sheets and their columns (default: all of the schema). Columns that a
    table lacks are written empty. Numbers are written with all their
    digits. Raises ExportError if a table has more rows, or a text more characters,
    than Excel takes, UnknownNameError if the language has no catalogue.
    """
    check_language(lang)
    openpyxl = needed("openpyxl", "excel")
    for name, frame in tables.items():
        check_fits(name, frame)
    shown = {table.name: table.columns for table in TABLES} if shown is None else shown
    book = openpyxl.Workbook(write_only=True)
    _write_guide(book, tables, lang, shown)
    for name in shown:
        frame = tables.get(name, pd.DataFrame())
        _write_table(book, BY_NAME[name], frame, lang, shown)
    if outlines is not None:
        sheet = book.create_sheet(worded(OUTLINES, lang))
        sheet.append(["GeoJSON, in pieces"])
        for piece in pieces(outlines):
            sheet.append([cell_of(sheet, piece)])
    _write_lists(book, shown, lang)
    save_whole(book.save, path)


def header(column: Column, lang: str) -> str:
    """Return the title of a column with its unit: ``length [km]``."""
    return with_unit(title_of(column.name, lang), column.unit, lang)


def note(
    column: Column, lang: str, shown: Shown | None = None, words_of: str = ""
) -> str:
    """Return name and meaning of a column, and what it takes, in a few lines.

    *words_of*: the language of the words that it takes (default: *lang*).
    """
    words_of = words_of or lang
    yes, no = flag_words(words_of)
    kind = {
        "text": worded(say("text"), lang),
        "int": worded(say("a whole number"), lang),
        "number": worded(say("a number"), lang),
        "flag": worded(say("{yes} or {no}"), lang, yes=yes, no=no),
    }["int" if column.is_whole else column.kind]
    unit = f", {worded(column.unit, lang)}" if column.unit else ""
    lines = [column.name, worded(column.meaning, lang), kind + unit]
    if column.low is not None and column.high is not None:
        low, high = f"{column.low:g}", f"{column.high:g}"
        lines.append(worded(say("from {low} to {high}"), lang, low=low, high=high))
    if column.choices:
        words = choice_words(column.choices, words_of)
        lines.append(worded(say("one of {choices}"), lang, choices=", ".join(words)))
    if reference := _reference(column, shown):
        sheet, name = (title_of(part, lang) for part in reference)
        text = worded(
            say("as in sheet {sheet}, column {column}"), lang, sheet=sheet, column=name
        )
        lines.append(text)
    if column.is_required:
        lines.append(worded(say("required"), lang))
    elif column.default is not None:
        default = shown_choice(column, column.default, words_of)
        if isinstance(default, bool):  # in English: Excel's own words
            default = yes if default else no
        lines.append(worded(say("empty: {value}"), lang, value=default))
    return "\n".join(lines)


def _reference(column: Column, shown: Shown | None) -> tuple[str, ...]:
    """Return table and column that a column names, if there is a sheet of it."""
    place = column.references
    if not place or shown is None:
        return tuple(place.split(".")) if place else ()
    for one in (place, STANDS_FOR.get(place, "")):
        table, _, name = one.partition(".")
        if name in (known.name for known in shown.get(table, ())):
            return table, name
    return ()


def sheet_reference(title: str) -> str:
    """Return the title of a sheet as formulas and links name it."""
    if title.isascii() and title.isidentifier():
        return title
    return "'" + title.replace("'", "''") + "'"


def _guide_lines(lang: str, shown: Shown) -> list[str]:
    is_short = set(shown) < set(BY_NAME)
    short = say(
        "This is a short template: put your places into `{sheet}` in place of the"
        " examples. What is not here is made: a site of each service in each place,"
        " straight roads times 1.3 at 50 km/h, two periods of five years. More sheets:"
        " aumaq new --with ..."
    )
    first = [worded(short, lang, sheet=title_of("settlements", lang))]
    return [
        *(first if is_short else []),
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


def _write_guide(
    book: Any, tables: Mapping[str, pd.DataFrame], lang: str, shown: Shown
) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(worded(GUIDE, lang))
    for letter, width in zip("ABCD", (24, 10, 10, 110), strict=True):
        sheet.column_dimensions[letter].width = width
    for line in _guide_lines(lang, shown):
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
    for table in map(BY_NAME.__getitem__, shown):
        title = title_of(table.name, lang)
        link = WriteOnlyCell(sheet, value=title)
        link.hyperlink = f"#{sheet_reference(title)}!A1"
        link.font = Font(color="FF0563C1", underline="single")
        count = len(tables.get(table.name, ()))
        need = worded(say("required"), lang) if table.is_required else ""
        sheet.append([link, count, need, worded(table.meaning, lang)])


def _write_table(
    book: Any, table: Table, frame: pd.DataFrame, lang: str, shown: Shown
) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title_of(table.name, lang))
    sheet.sheet_properties.tabColor = (
        REQUIRED_FILL if table.is_required else OPTIONAL_FILL
    )
    columns = shown[table.name]
    known = [column.name for column in columns]
    of_schema = {column.name for column in table.columns}
    own = [name for name in frame.columns if name not in of_schema]
    titles = [header(column, lang) for column in columns]
    for k, name in enumerate([*titles, *own], start=1):
        sheet.column_dimensions[get_column_letter(k)].width = max(10, len(name) + 3)
    last = get_column_letter(len(known) + len(own))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{max(len(frame) + 1, 2)}"
    for k, column in enumerate(columns, start=1):
        _add_rule(sheet, column, get_column_letter(k), lang, shown)
    heads = [
        _head(sheet, title, column.is_required, note(column, lang, shown))
        for title, column in zip(titles, columns, strict=True)
    ]
    mine = worded(say("a column of your own"), lang)
    heads += [_head(sheet, name, False, mine) for name in own]
    sheet.append(heads)
    none = [None] * len(frame)
    cells = [
        _worded_cells(frame, column, lang) if column.name in frame else none
        for column in columns
    ] + [frame[name].tolist() for name in own]
    for row in zip(*cells, strict=True):
        sheet.append([cell_of(sheet, value) for value in row])


def _worded_cells(frame: pd.DataFrame, column: Column, lang: str) -> list[Any]:
    cells = frame[column.name].tolist()
    if lang == "en" or not (column.choices or column.kind == "flag"):
        return cells
    return [shown_choice(column, cell, lang) for cell in cells]


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


def _add_rule(sheet: Any, column: Column, letter: str, lang: str, shown: Shown) -> None:
    """Add the drop-down list or the limits of a column."""
    from openpyxl.worksheet.datavalidation import DataValidation

    common = {"allow_blank": not column.is_required, "showErrorMessage": True,
              "errorTitle": title_of(column.name, lang)[:32],
              "error": note(column, lang)[:220]}  # fmt: skip
    if reference := _reference(column, shown):
        target, name = reference
        k = [c.name for c in shown[target]].index(name)
        # As many entries as there are: a whole column would list its blanks.
        place = f"{sheet_reference(title_of(target, lang))}!${_letter(k)}"
        source = (
            f"OFFSET({place}$2,0,0,MAX(1,COUNTA({place}$2:${_letter(k)}${MAX_ROWS})),1)"
        )
        rule = DataValidation("list", source, **common, errorStyle="warning")
    elif column.choices:
        rule = DataValidation("list", _choices(column, shown, lang), **common)
    elif column.kind == "flag":
        rule = DataValidation("list", f'"{",".join(flag_words(lang))}"', **common)
    elif column.low is not None and column.high is not None:
        kind = "whole" if column.is_whole else "decimal"
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


def _long_lists(shown: Shown, lang: str) -> dict[tuple[str, ...], int]:
    """Return lists too long for a rule, with their column on the sheet of lists."""
    found: dict[tuple[str, ...], int] = {}
    for columns in shown.values():
        for column in columns:
            words = choice_words(column.choices, lang)
            if len(",".join(words)) > LONGEST_LIST:
                found.setdefault(words, len(found))
    return found


def _choices(column: Column, shown: Shown, lang: str) -> str:
    words = choice_words(column.choices, lang)
    k = _long_lists(shown, lang).get(words)
    if k is None:
        return f'"{",".join(words)}"'
    return f"{LISTS}!${_letter(k)}$1:${_letter(k)}${len(words)}"


def _write_lists(book: Any, shown: Shown, lang: str) -> None:
    lists = list(_long_lists(shown, lang))
    if not lists:
        return
    sheet = book.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    for k in range(max(map(len, lists))):
        sheet.append([words[k] if k < len(words) else None for words in lists])
