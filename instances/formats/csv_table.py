"""Tables as CSV files: comma-separated, in UTF-8, one header, as wide in every row.

What other programs write is not guessed at: semicolons, tabs, another encoding, a title
above the header, rows that are cut off are told, each by its cause, once.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd

from aumaq.instances.errors import Problem, UnreadableError
from aumaq.instances.formats.files import check_count, parsing, text_of
from aumaq.instances.formats.header import Row, misplaced, wanted
from aumaq.instances.formats.raw import Raw
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.column import Table
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.schema.titles import folded

SEPARATORS = {";": say("semicolons"), "\t": say("tabs"), "|": say("bars")}
"""What other programs write between cells."""


COMMENT = "#"
"""What lines above the header begin with that only people read."""


def read_csv(path: Path, raw: Raw) -> None:
    """Read the file of a table; what is wrong with it becomes problems of *raw*."""
    name = path.stem
    try:
        rows = _rows(text_of(path))
    except UnreadableError as error:
        raw.refuse(name, Problem(path.name, error.text))
        return
    while rows and rows[0][1] and rows[0][1][0].lstrip().startswith(COMMENT):
        del rows[0]
    if not rows:
        raw.refuse(name, Problem(path.name, say("is empty; expected a header")))
        return
    table = BY_NAME.get(name)
    if table is not None and (problem := _foreign(path.name, rows, table)):
        raw.refuse(name, problem)
        return
    _take(path.name, name, rows, raw)


def _rows(text: str) -> list[Row]:
    """Return the records by number, without blank lines at the end."""
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableError(
            say("holds the character NUL, first in row {row}; expected text", row=row)
        )
    rows: list[Row] = []
    width = 1
    for number, cells in enumerate(_records(text), start=1):
        width = max(width, len(cells))
        check_count(number, width)
        rows.append((number, cells))
    while rows and not rows[-1][1]:
        rows.pop()
    return rows


def _records(text: str) -> Iterator[list[str]]:
    """Yield the cells of each record; UnreadableError where quotes are wrong."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield cells
    except Exception:
        row = number + 1
        with parsing(say("is not a readable CSV table, row {row}", row=row)):
            raise


def _foreign(place: str, rows: list[Row], table: Table) -> Problem | None:
    """Return the problem of a file that another program wrote in its own way."""
    known = {folded(column.name) for column in table.columns}

    def is_name(cell: str) -> bool:
        return folded(cell) in known

    if rows[0][1] and rows[0][1][0].lstrip().startswith("<"):
        return Problem(place, say("is HTML or XML; expected comma-separated values"))
    for _, cells in rows[:1] if any(map(is_name, rows[0][1])) else rows[:20]:
        for sign, called in SEPARATORS.items():
            parts = ",".join(cells).split(sign)
            if len(parts) > 1 and sum(map(is_name, parts)) * 2 >= len(parts):
                return Problem(place, _separated(called))
    if problem := misplaced(place, rows, table, is_name):
        return problem
    names = [cell for cell in rows[0][1] if is_name(cell)]
    odd = [folded(name) for name in names if name != folded(name)]
    if odd:
        message = say(
            "names of columns have capitals or blanks around them; expected {names}",
            names=", ".join(odd),
        )
        return Problem(place, message, row=rows[0][0])
    return None


def _separated(called: Text) -> Text:
    return say(
        "{signs} separate the cells; expected commas, and points in decimals (a"
        " workbook, .xlsx, is read whatever the settings of Excel are)",
        signs=called,
    )


def _take(place: str, name: str, rows: list[Row], raw: Raw) -> None:
    """Hand over the cells by column, unless header and rows do not fit together."""
    names, records = list(rows[0][1]), rows[1:]
    blank = [number for number, cells in records if not any(map(str.strip, cells))]
    message = say("the row is blank; expected a record, or no row")
    raw.problems += [Problem(place, message, row=number) for number in blank]
    again = [number for number, cells in records if cells == names]
    message = say("the row repeats the header; expected a record")
    raw.problems += [Problem(place, message, row=number) for number in again]
    passed = {*blank, *again}
    records = [row for row in records if row[0] not in passed]
    while names and not names[-1].strip() and not _is_used(records, len(names) - 1):
        names.pop()  # columns that only their commas show
    width = len(names)
    problems = _header_problems(place, name, names, rows[0][0])
    problems += [
        problem
        for number, cells in records
        if (problem := _width_problem(place, number, cells, width))
    ]
    for problem in problems:
        raw.refuse(name, problem)
    if problems:
        return
    columns = list(zip(*(cells[:width] for _, cells in records), strict=True))
    raw.labels[name] = say("{file}", file=place)
    raw.rows[name] = [number for number, _ in records]
    raw.tables[name] = pd.DataFrame(
        {text: columns[k] if columns else () for k, text in enumerate(names)},
        dtype=TEXT,
    )


def _is_used(records: list[Row], k: int) -> bool:
    return any(cells[k].strip() for _, cells in records if k < len(cells))


def _header_problems(
    place: str, name: str, names: list[str], row: int
) -> list[Problem]:
    """Return what is wrong with the names of columns."""
    found = []
    twice = sorted({text for text in names if names.count(text) > 1 and text.strip()})
    if twice:
        message = say("column occurs twice: {twice}", twice=", ".join(twice))
        found.append(Problem(place, message, row=row))
    if not all(map(str.strip, names)):
        message = say("a column has no name; expected one in the header")
        if name in BY_NAME:
            message = say(
                "a column has no name; not there yet are {names}",
                names=wanted(BY_NAME[name], names),
            )
        found.append(Problem(place, message, row=row))
    return found


def _width_problem(
    place: str, number: int, cells: Sequence[str], width: int
) -> Problem | None:
    """Return the problem of a row that is longer or shorter than the header."""
    if len(cells) < width:
        message = say(
            "{count} cells; expected {width}, as in the header",
            count=len(cells),
            width=width,
        )
        return Problem(place, message, row=number)
    extra = [cell for cell in cells[width:] if cell.strip()]
    if extra:
        message = say(
            "{count} cells; expected {width}: a cell with a comma needs quotes,"
            " decimals have points",
            count=len(cells),
            width=width,
        )
        return Problem(place, message, row=number, value=", ".join(extra))
    return None
