"""Locks as they are written: ``site=s7,service=clinic,level=2``, or rows of a file.

A row names what it locks by the words of the instance's tables. The file is CSV with a
column ``action`` (lock, forbid, freeze) and any of the others; a blank cell names
nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from aumaq.instances.arguments import checked
from aumaq.instances.errors import InstanceError, Problem, UnreadableError, did_you_mean
from aumaq.instances.formats.files import text_of
from aumaq.instances.language.texts import chained, say

ACTIONS = ("lock", "forbid", "freeze")
"""It must be; it must not be; it stays as the earlier plan has it."""
KINDS = {
    "facility": ("service", "site", "level"),
    "link": ("network", "link", "step"),
    "upgrade": ("upgrade",),
    "growth": ("settlement", "tier"),
}
"""What can be locked -> the keys that name it."""
COMMON = ("region", "period")
KEYS = (*(key for keys in KINDS.values() for key in keys), *COMMON)
EVERYTHING = "all"


@dataclass(frozen=True)
class LockRow:
    """One lock: what is done, the keys that name what it is on, where it was given."""

    action: str
    keys: dict[str, str]
    file: str
    row: int = 0
    kinds: tuple[str, ...] = field(init=False)
    """The kinds of decisions that its keys name; all where they name none."""

    def __post_init__(self) -> None:
        """Find the kinds that the keys name."""
        named = [kind for kind, own in KINDS.items() if set(own) & set(self.keys)]
        object.__setattr__(self, "kinds", tuple(named or KINDS))

    @property
    def text(self) -> str:
        """The keys as one writes them in a line."""
        return ",".join(f"{k}={v}" for k, v in self.keys.items()) or EVERYTHING


@checked
def lock_rows(
    lock: Sequence[str] = (),
    forbid: Sequence[str] = (),
    freeze: Sequence[str] = (),
    file: str | Path | None = None,
) -> list[LockRow]:
    """Read locks from lines and from a CSV file.

    Raises InstanceError with every row that says nothing or for a file that cannot be
    read, UnreadableError for one that is no table.
    """
    problems: list[Problem] = []
    rows = list[LockRow]()
    for action, texts in zip(ACTIONS, (lock, forbid, freeze), strict=True):
        for text in texts:
            known = len(problems)
            keys = _keys(text, problems)
            if len(problems) == known:
                rows.append(LockRow(action, keys, f"--{action} {text}"))
    rows += [] if file is None else _of_file(Path(file), problems)
    kinds = chained([" + ".join(keys) for keys in KINDS.values()], say(" or "))
    for row in rows:
        is_wide = len(row.kinds) > 1 and row.action != "freeze"
        if is_wide or _is_mixed(row):
            message = say(
                "expected keys of one kind of thing, and region and period with any:"
                " {kinds}",
                kinds=kinds,
            )
            problems.append(Problem(row.file, message, row.row))
    if problems:
        raise InstanceError(list(dict.fromkeys(problems)))
    return rows


def _is_mixed(row: LockRow) -> bool:
    return 1 < len(row.kinds) < len(KINDS)


def _keys(text: str, problems: list[Problem]) -> dict[str, str]:
    """Return keys and values of a line; what is wrong becomes problems."""
    if text.strip() == EVERYTHING:
        return {}
    found: dict[str, str] = {}
    for part in text.replace(";", ",").split(","):
        key, sign, value = (word.strip() for word in part.partition("="))
        if key in KEYS and sign and value and key not in found:
            found[key] = value
            continue
        message = say(
            "expected key=value with commas between, each key once, of: {keys}{hint}",
            keys=", ".join(KEYS),
            hint=did_you_mean(key, KEYS) if key not in KEYS else "",
        )
        problems.append(Problem(text, message, value=part))
    return found


def _of_file(path: Path, problems: list[Problem]) -> list[LockRow]:
    """Return the rows of a CSV file; what is wrong becomes problems."""
    try:
        text = text_of(path)
    except UnreadableError as error:
        raise InstanceError([Problem(str(path), error.text)]) from None
    try:
        lines = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise UnreadableError(
            say("{path}: is no CSV table: {error}", path=path, error=str(error))
        ) from None
    head = [cell.strip() for cell in lines[0]] if lines else []
    known = ("action", *KEYS)
    for name in head:
        if name not in known:
            message = say(
                "there is no such column; expected {names}{hint}",
                names=", ".join(known),
                hint=did_you_mean(name, known),
            )
            problems.append(Problem(path.name, message, 1, name))
    if "action" not in head:
        message = say("expected a header with the column {name}", name="action")
        problems.append(Problem(path.name, message, 1))
        return []
    return list(_records(path.name, head, lines[1:], problems))


def _records(
    file: str, head: Sequence[str], lines: Iterable[list[str]], problems: list[Problem]
) -> Iterable[LockRow]:
    for number, cells in enumerate(lines, start=2):
        if not any(map(str.strip, cells)):
            continue
        if len(cells) != len(head):
            message = say(
                "expected {n} cells, as in the header, not {m}", n=len(head),
                m=len(cells),
            )  # fmt: skip
            problems.append(Problem(file, message, number))
            continue
        values = dict(zip(head, map(str.strip, cells), strict=True))
        action = values.pop("action")
        if action not in ACTIONS:
            message = say(
                "expected one of {names}{hint}",
                names=", ".join(ACTIONS),
                hint=did_you_mean(action, ACTIONS),
            )
            problems.append(Problem(file, message, number, "action", action))
            continue
        keys = {key: value for key, value in values.items() if value and key in KEYS}
        yield LockRow(action, keys, file, number)
