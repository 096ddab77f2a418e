"""The exception tree.

AumaqError
├── InstanceError      the user's data is wrong; carries every problem found
├── UnreadableError    a file is not what it says, or cannot be read
├── UnknownNameError   a name (instance, method, format, ...) that does not exist
├── OptionError        an option outside its range
│   └── ArgumentError  an argument of a wrong type
├── NoPlanError        solving ended without a plan (infeasible, limit too short)
├── SolverError        the solver refused what it was given, or contradicts itself
└── ExportError        a result could not be written
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from unicodedata import normalize

from aumaq.instances.language.texts import Text, chained, say


class Told(Protocol):
    """What has a text that any language can tell."""

    @property
    def text(self) -> str:
        """The text; a plain one is the same in all languages."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (or odd) with an instance.

    ``row`` is the line in the file as an editor counts it (the header is line 1);
    0 where the problem is not about one row. ``scenario``: under which it shows, where
    it does not under the first one.
    """

    file: str
    message: Text
    row: int = 0
    column: str = ""
    value: str = ""
    scenario: str = ""

    @property
    def text(self) -> Text:
        """The place, what is wrong, and the value that is."""
        place = self._place()
        if self.value == "":
            return say("{place}: {message}", place=place, message=self.said)
        return say(
            "{place}: {message} (value: {value!r})",
            place=place,
            message=self.said,
            value=short(self.value),
        )

    @property
    def said(self) -> Text:
        """What is wrong, and under which scenario."""
        if not self.scenario:
            return self.message
        where = say("in scenario {name!r}", name=self.scenario)
        return chained([where, self.message], ": ")

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


MOST_ALIKE = 20
"""Lines on problems that differ in a word only, a name or a hint."""
MOST_LINES = 200
"""Lines of a whole list of problems."""
LONGEST_SHOWN = 200
"""Characters of a wrong value that are printed."""
MOST_LISTED = 50
"""Known names listed beside one that is not."""


def grouped(problems: Iterable[Problem]) -> list[Text]:
    """Return the texts of problems; what is wrong in many rows alike is told once.

    A list that is too long to be read ends with the number of those that are left out.
    """
    return _lines(_groups(problems))


def _groups(problems: Iterable[Problem]) -> list[list[Problem]]:
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        key = (problem.file, problem.column, str(problem.said))
        groups.setdefault(key, []).append(problem)
    return list(groups.values())


def _lines(groups: Iterable[list[Problem]]) -> list[Text]:
    alike: dict[tuple[str, ...], int] = {}
    lines: list[Text] = []
    left = 0
    for group in groups:
        kind = group[0].file, group[0].column, group[0].message.template
        alike[kind] = alike.get(kind, 0) + 1
        if alike[kind] > MOST_ALIKE or len(lines) >= MOST_LINES:
            left += len(group)
        else:
            lines += _texts_of(group)
    if left:
        lines.append(
            say(
                "and {count:,} more like these (`aumaq validate --json` lists all)",
                count=left,
            )
        )
    return lines


def short(value: str) -> str:
    """Return a value as it is printed: its beginning, if it is long."""
    return value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "..."


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
        say("row {row}: {value!r}", row=row, value=short(by_row[row].value))
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
        say("{place}: {message} ({shown})", place=place, message=first.said,
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
        groups = _groups(self.problems)
        head = say(
            "{n} problem in the instance:",
            "{n} problems in the instance:",
            n=len(groups),
        )
        lines = (say("  - {problem}", problem=text) for text in _lines(groups))
        super().__init__(chained([head, *lines], "\n"))


class UnreadableError(AumaqError):
    """A file is not what its name says, or cannot be read; the text says why."""


class UnknownNameError(AumaqError):
    """A name is not known; the message offers the nearest one."""

    def __init__(self, kind: Text, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        shown = ", ".join(known[:MOST_LISTED]) or say("none")
        if len(known) > MOST_LISTED:
            shown = say("{some}, ... ({count} in all)", some=shown, count=len(known))
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(
            say(
                "unknown {kind} {name!r}{hint}; known: {known}",
                kind=kind,
                name=short(name),
                hint=did_you_mean(name, known),
                known=shown,
            )
        )


class OptionError(AumaqError):
    """An option has a value that makes no sense; ``options`` are named so in Python."""

    def __init__(self, text: Text, options: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.options = tuple(options)


class ArgumentError(OptionError, TypeError):
    """An argument is of a type that the function cannot use."""


class NoPlanError(AumaqError):
    """Solving ended without a plan; the message says why and what to try.

    ``status`` is that of the solve: ``infeasible``, ``time_limit``, ...
    """

    def __init__(self, text: Text, status: str = "") -> None:
        super().__init__(text)
        self.status = status


class SolverError(AumaqError):
    """The solver refused what it was given: a fault of the program, not of the data."""


class ExportError(AumaqError):
    """A result could not be written; nothing that existed before was changed."""


def look_of(name: str) -> str:
    """Return a name as eyes see it: other characters that look alike are the same."""
    return name if name.isascii() else normalize("NFC", name).translate(LATIN)


def did_you_mean(name: str, known: Iterable[str]) -> Text:
    """Return ``", did you mean 'x'?"`` for the nearest known name, or ``""``.

    Letters that look alike in Cyrillic and Latin are told as such.
    """
    names = list(known)
    alike = look_of(name)
    twin = next((n for n in names if n != name and look_of(n) == alike), None)
    if twin is not None and len(name) <= LONGEST_COMPARED:
        return say(
            ", did you mean {near!r}? It looks the same, in other characters",
            near=twin,
        )
    near = difflib.get_close_matches(
        name[:LONGEST_COMPARED], _comparable(name, names), n=1, cutoff=0.6
    )
    return say(", did you mean {near!r}?", near=near[0]) if near else say("")


LATIN = str.maketrans("асеорхуіАВСЕНКМОРТХІ", "aceopxyiABCEHKMOPTXI")
"""Cyrillic letters, and the Latin ones that look like them."""
MOST_COMPARED = 2_000
"""Names that a wrong one is compared with; comparing takes time by the pair."""
LONGEST_COMPARED = 100
"""Characters of a name that are compared; time goes by their square."""
MOST_HINTS = 20
"""Problems of one kind that get a hint."""


def _comparable(name: str, known: Iterable[str]) -> list[str]:
    """Return names to compare with: those that begin or end alike if there are many."""
    names = [text for text in known if len(text) <= LONGEST_COMPARED]
    if len(names) > MOST_COMPARED:
        names = [n for n in names if n[:2] == name[:2] or n[-2:] == name[-2:]]
    return names[:MOST_COMPARED]


class Hints:
    """Hints at the nearest of some names, for the first questions only.

    One wrong column makes as many questions as a table has rows.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted(set(known))
        self._found: dict[str, Text] = {}

    def near(self, name: str) -> Text:
        """Return the hint on a name; ``""`` once MOST_HINTS names were looked up."""
        if name not in self._found and len(self._found) < MOST_HINTS:
            self._found[name] = did_you_mean(name, self._known)
        return self._found.get(name, say(""))
