"""Tables of clients and distances from files: CSV (commas, semicolons, tabs), Excel."""

from __future__ import annotations

import warnings
from io import StringIO
from pathlib import Path

import pandas as pd

from aumaq.instances import InstanceError
from aumaq.instances.errors import Problem, UnreadableError
from aumaq.instances.formats.files import check_count, parsing, text_of
from aumaq.instances.imports.sources import BOOKS, OTHER_BOOKS, read_source
from aumaq.instances.language.texts import say
from aumaq.results.location.of_tables import TableFile

SEPARATORS = (",", ";", "\t")


def read_tables(*paths: Path | None) -> list[TableFile | None]:
    """Return the tables of files as texts (InstanceError: all that cannot be read)."""
    found: list[TableFile | None] = []
    problems = list[Problem]()
    for path in paths:
        try:
            found.append(
                None if path is None else TableFile(_frame(path, problems), path.name)
            )
        except UnreadableError as error:
            problems.append(Problem(str(path), error.text))
    if problems:
        raise InstanceError(problems)
    return found


def _frame(path: Path, problems: list[Problem]) -> pd.DataFrame:
    if path.suffix.lower() in (*BOOKS, *OTHER_BOOKS):
        source = read_source(path)
        frame = source.cells
        unread = source.without_value([*map(str, frame)], [])
        problems += [problem for _, problem in unread]
    else:
        text = text_of(path)
        head = text.partition("\n")[0]
        separator = max(SEPARATORS, key=head.count)
        with parsing(say("is not a readable CSV table")):
            frame = _table(text, separator)
    if frame.empty:
        raise UnreadableError(say("has no rows"))
    check_count(*frame.shape)
    return frame.rename(columns=str)


def _table(text: str, separator: str) -> pd.DataFrame:
    """Return rows as texts; pandas would cut rows that are longer than the header."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            return pd.read_csv(
                StringIO(text),
                sep=separator,
                dtype=str,
                keep_default_na=False,
                index_col=False,
            )
        except pd.errors.ParserWarning:
            raise UnreadableError(
                say(
                    "has more cells in a row than in the header; a comma in a cell"
                    " needs quotes around it, or semicolons between cells"
                )
            ) from None
