"""The exception tree.

AumaqError
├── InstanceError      the user's data is wrong; carries every problem found
├── UnreadableError    a file is not what it says, or cannot be read
├── UnknownNameError   a name (instance, method, format, ...) that does not exist
├── OptionError        an option outside its range
├── NoPlanError        solving ended without a plan (infeasible, limit too short)
├── SolverError        the solver refused what it was given, or contradicts itself
└── ExportError        a result could not be written
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aumaq.instances.texts import Text, chained, say, say_many


class Told(Protocol):
    """What has a text that any language can tell."""

    @property
    def text(self) -> str:
        """The text; a plain one is the same in all languages."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (or odd) with an instance.

    ``row`` is the line in the file as an editor counts it (the header is line 1);
    0 where the problem is not about one row.
    """

    file: str
    message: Text
    row: int = 0
    column: str = ""
    value: str = ""

    @property
    def text(self) -> Text:
        """The place, what is wrong, and the value that is."""
        place = self._place()
        if self.value == "":
            return say("{place}: {message}", place=place, message=self.message)
        return say(
            "{place}: {message} (value: {value!r})",
            place=place,
            message=self.message,
            value=self.value,
        )

    def _place(self) -> str:
        file, row, column = self.file, self.row, self.column
        if row and column:
            return say(
                "{file}, row {row}, column {column}", file=file, row=row, column=column
            )
        if row:
            return say("{file}, row {row}", file=file, row=row)
        if column:
            return say("{file}, column {column}", file=file, column=column)
        return file

    def __str__(self) -> str:
        return str(self.text)


SHOWN_VALUES = 3
"""Rows of a group of equal problems whose values are shown."""
SHOWN_RANGES = 8
"""Ranges of rows that are named of such a group."""


def grouped(problems: Iterable[Problem]) -> list[Text]:
    """Return the texts of problems; what is wrong in many rows alike is told once."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        key = (problem.file, problem.column, str(problem.message))
        groups.setdefault(key, []).append(problem)
    return [text for group in groups.values() for text in _texts_of(group)]


def _texts_of(group: list[Problem]) -> list[Text]:
    """Return the text of equal problems; those that are about no row stay apart."""
    if len(group) == 1 or not all(problem.row for problem in group):
        return [problem.text for problem in dict.fromkeys(group)]
    by_row = {problem.row: problem for problem in group}
    if len(by_row) == 1:
        return [problem.text for problem in dict.fromkeys(group)]
    first = group[0]
    place = say("{file}, rows {rows}", file=first.file, rows=row_ranges(by_row))
    if first.column:
        place = say("{place}, column {column}", place=place, column=first.column)
    values = [
        say("row {row}: {value!r}", row=row, value=by_row[row].value)
        for row in sorted(by_row)
        if by_row[row].value != ""
    ]
    if not values:
        shown = say("first in row {row}", row=min(by_row))
    else:
        shown = chained(values[:SHOWN_VALUES])
        if len(values) > SHOWN_VALUES:
            shown = chained([shown, say("...")])
    return [
        say("{place}: {message} ({shown})", place=place, message=first.message,
            shown=shown)
    ]  # fmt: skip


def row_ranges(rows: Iterable[int]) -> Text:
    """Return numbers of rows in short: ``2-14, 17 and 3 more``."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    shown = [say("{rows}", rows=f"{a}-{b}" if b > a else a) for a, b in ranges]
    rest = sum(b - a + 1 for a, b in ranges[SHOWN_RANGES:])
    text = chained(shown[:SHOWN_RANGES], ", ")
    return say("{rows} and {rest:,} more", rows=text, rest=rest) if rest else text


class AumaqError(Exception):
    """Base of all errors that aumaq raises on purpose."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)

    @property
    def text(self) -> Text:
        """What went wrong, to be told in any language."""
        found = self.args[0]
        return found if isinstance(found, Text) else say("{told}", told=found)


class InstanceError(AumaqError):
    """The instance cannot be used; ``problems`` lists everything that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        told = grouped(self.problems)
        head = say_many(
            "{n} problem in the instance:",
            "{n} problems in the instance:",
            n=len(told),
        )
        lines = (say("  - {problem}", problem=text) for text in told)
        super().__init__(chained([head, *lines], "\n"))


class UnreadableError(AumaqError):
    """A file is not what its name says, or cannot be read; the text says why."""


class UnknownNameError(AumaqError):
    """A name is not known; the message offers the nearest one."""

    def __init__(self, kind: Text, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        super().__init__(
            say(
                "unknown {kind} {name!r}{hint}; known: {known}",
                kind=kind,
                name=name,
                hint=did_you_mean(name, known),
                known=", ".join(known) or say("none"),
            )
        )


class OptionError(AumaqError):
    """An option has a value that makes no sense."""


class NoPlanError(AumaqError):
    """Solving ended without a plan; the message says why and what to try."""


class SolverError(AumaqError):
    """The solver refused what it was given: a fault of the program, not of the data."""


class ExportError(AumaqError):
    """A result could not be written; nothing that existed before was changed."""


def did_you_mean(name: str, known: Iterable[str]) -> Text:
    """Return ``", did you mean 'x'?"`` for the nearest known name, or ``""``."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return say(", did you mean {near!r}?", near=near[0]) if near else say("")
