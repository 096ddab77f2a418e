"""Files that are a row of numbers, with a word here and there."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.errors import UnreadableError
from aumaq.instances.language.texts import Text, say


def numbers_of(path: Path, words: dict[str, float] | None = None) -> Floats:
    """Return all numbers of a file; *words* stand for numbers.

    Raises UnreadableError that names row and word of what is no number.
    """
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    text = text.rstrip("\x1a\n\r\t ")  # DOS ends a file with a sign of its own
    for word, value in (words or {}).items():
        text = text.replace(word, repr(value))
    try:
        return np.array(text.split(), dtype=np.float64)
    except ValueError:
        raise UnreadableError(_first_wrong(path, text)) from None


def _first_wrong(path: Path, text: str) -> Text:
    for row, line in enumerate(text.splitlines(), start=1):
        for word in line.split():
            try:
                float(word)
            except ValueError:
                return say(
                    "{file}, row {row}: {word!r} is no number",
                    file=path.name,
                    row=row,
                    word=word[:40],
                )
    return say("{file}: not a row of numbers", file=path.name)


def whole(path: Path, name: str, value: float, least: int = 1) -> int:
    """Return a count of a file's head."""
    if value != int(value) or value < least:
        raise UnreadableError(
            say(
                "{file}: {name} must be a whole number from {least} on, not {value:g}",
                file=path.name,
                name=name,
                least=least,
                value=value,
            )
        )
    return int(value)


def check_count(path: Path, found: int, wanted: int) -> None:
    """Raise UnreadableError where a file has fewer numbers than its head says."""
    if found < wanted:
        raise UnreadableError(
            say(
                "{file}: its head asks for {wanted:,} numbers, it has {found:,}",
                file=path.name,
                wanted=wanted,
                found=found,
            )
        )
