"""Files that are a row of numbers, with a word here and there."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import bytes_of, decoded
from aumaq.instances.language.texts import Text, say

HEAD = 4_000
"""Bytes that tell a format."""


def text_of(path: Path, *, has_names: bool = False) -> str:
    """Return the text of a file; in whatever encoding if all that matters are numbers.

    Raises UnreadableError that names the file where it is too large, or no file, where
    it has two bytes for a character, or *has_names* and is not in UTF-8.
    """
    try:
        content = bytes_of(path)
        if has_names or b"\0" in content[:HEAD]:
            return decoded(content)
        return content.decode("utf-8-sig", errors="replace")
    except UnreadableError as error:
        told = say("{file}: {told}", file=path.name, told=error.text)
        raise UnreadableError(told) from None


def numbers_of(
    path: Path,
    words: dict[str, float] | None = None,
    least: float = -math.inf,
    title: str = "",
) -> Floats:
    """Return all numbers of a file but for its *title*; *words* stand for numbers.

    They are given in small letters; a file may have them in others.
    Raises UnreadableError that names row and word of what is no finite number, or lies
    below *least*.
    """
    text = text_of(path).replace(title, "", 1)
    text = text.rstrip("\x1a\n\r\t ")  # DOS ends a file with its own sign
    plain = text
    for word, value in (words or {}).items():
        plain = re.sub(re.escape(word), repr(value), plain, flags=re.IGNORECASE)
    try:
        found = np.array(plain.split(), dtype=np.float64)
    except ValueError:
        found = np.array([np.nan])
    if not (np.isfinite(found) & (found >= least)).all():
        told = _first_wrong(path, text, words or {}, least)
        if told is not None:
            raise UnreadableError(told)
    return found


def _first_wrong(
    path: Path, text: str, words: dict[str, float], least: float
) -> Text | None:
    for row, line in enumerate(text.splitlines(), start=1):
        for word in line.split():
            if word.lower() in words:
                continue
            if not _is_finite(word):
                return say(
                    "{file}, row {row}: {word!r} is no number",
                    file=path.name,
                    row=row,
                    word=word[:40],
                )
            if float(word) < least:
                return say(
                    "{file}, row {row}: {word} is below {least:g}",
                    file=path.name,
                    row=row,
                    word=word[:40],
                    least=least,
                )
    return None


def _is_finite(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


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


def check_count(path: Path, found: int, wanted: int, *, is_all: bool = False) -> None:
    """Raise UnreadableError where a file has fewer numbers than its head says.

    *is_all*: more are wrong, too: its head, or a line, is not what it was.
    """
    if found < wanted or (is_all and found > wanted):
        raise UnreadableError(
            say(
                "{file}: its head asks for {wanted:,} numbers, it has {found:,}",
                file=path.name,
                wanted=wanted,
                found=found,
            )
        )
