"""Files of classic problems, told apart by what is in them.

A reader is a module with ``matches(path, head)``, whether the first characters look
like its format, and ``read(path)``. Formats that say what they are come first.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from aumaq.classic.problems import Problem
from aumaq.classic.readers import (
    cap,
    matrices,
    pmed,
    pmedcap,
    simple,
    single_source,
    tsplib,
)
from aumaq.classic.readers.numbers import HEAD
from aumaq.instances.errors import UnreadableError
from aumaq.instances.language.texts import say

WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How texts with two bytes for a character begin; reading says so."""


class Reader(Protocol):
    """A module that reads one format."""

    def matches(self, path: Path, head: str) -> bool:
        """Whether a file that begins so has this format."""

    def read(self, path: Path) -> Problem:
        """Read the file; raise UnreadableError with all that is wrong with it."""


READERS: Sequence[Reader] = (tsplib, pmed, simple, pmedcap, single_source, cap,
                             matrices)  # fmt: skip
"""In the order they are asked."""


def reader_of(path: Path) -> Reader | None:
    """Return the reader of a file, None if it is of no classic format."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        raw = file.read(HEAD)
    is_wide = raw.startswith(WIDE)
    if b"\0" in raw and not is_wide:
        return None
    head = raw.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")
    return next((reader for reader in READERS if reader.matches(path, head)), None)


def read(path: str | Path) -> Problem:
    """Read a file of any classic format."""
    reader = reader_of(Path(path))
    if reader is None:
        told = say("{path}: this is no file of a classic problem", path=str(path))
        raise UnreadableError(told)
    return reader.read(Path(path))
