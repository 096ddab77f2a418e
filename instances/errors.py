"""The exception tree.

AumaqError
├── InstanceError      the user's data is wrong; carries every problem found
├── UnknownNameError   a name (instance, method, format, ...) that does not exist
├── OptionError        an option outside its range
├── NoPlanError        solving ended without a plan (infeasible, limit too short)
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
        head = say_many(
            "{n} problem in the instance:",
            "{n} problems in the instance:",
            n=len(self.problems),
        )
        lines = (say("  - {problem}", problem=p.text) for p in self.problems)
        super().__init__(chained([head, *lines], "\n"))


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


class ExportError(AumaqError):
    """A result could not be written; nothing that existed before was changed."""


def did_you_mean(name: str, known: Iterable[str]) -> Text:
    """Return ``", did you mean 'x'?"`` for the nearest known name, or ``""``."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return say(", did you mean {near!r}?", near=near[0]) if near else say("")
