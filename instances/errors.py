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


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (or odd) with an instance.

    ``row`` is the line in the file as an editor counts it (the header is line 1);
    0 where the problem is not about one row.
    """

    file: str
    message: str
    row: int = 0
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        shown = f" (value: {self.value!r})" if self.value != "" else ""
        return f"{place}: {self.message}{shown}"


class AumaqError(Exception):
    """Base of all errors that aumaq raises on purpose."""


class InstanceError(AumaqError):
    """The instance cannot be used; ``problems`` lists everything that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the instance:"
        super().__init__("\n".join([head, *(f"  - {p}" for p in self.problems)]))


class UnknownNameError(AumaqError):
    """A name is not known; the message offers the nearest one."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        super().__init__(
            f"unknown {kind} {name!r}{did_you_mean(name, known)}; "
            f"known: {', '.join(known) or 'none'}"
        )


class OptionError(AumaqError):
    """An option has a value that makes no sense."""


class NoPlanError(AumaqError):
    """Solving ended without a plan; the message says why and what to try."""


class ExportError(AumaqError):
    """A result could not be written; nothing that existed before was changed."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``", did you mean 'x'?"`` for the nearest known name, or ``""``."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f", did you mean {near[0]!r}?" if near else ""
