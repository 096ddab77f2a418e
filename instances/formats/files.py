"""Files that somebody gave: whether each is what it says, and not too large.

Every reader opens its files here, and runs the parsers of other people inside
:func:`parsing`: they raise whatever they like on a broken file. What is wrong is an
UnreadableError with one sentence.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aumaq.instances.errors import AumaqError, UnreadableError
from aumaq.instances.formats.targets import reason
from aumaq.instances.language.texts import Text, chained, say

MAX_FILE_BYTES = 1_000_000_000
"""A larger file is not opened."""
MAX_TEXT_BYTES = 300_000_000
"""A larger CSV, JSON or GeoJSON file is not read: text takes about ten times its size
while it is read."""
MAX_ROWS = 1_500_000
"""Rows of a table; a sheet of a workbook holds 1,048,576."""
MAX_CELLS = 20_000_000
"""Cells of a table, blank ones included."""
LONGEST_CAUSE = 200
"""Characters that are shown of what a parser says."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins as that of UTF-16
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_CYRILLIC = {
    "Windows-1251": re.compile(rb"[\xc0-\xff]{3}"),
    "CP866": re.compile(rb"[\x80-\xaf\xe0-\xef]{3}"),
}
"""What words in an encoding of Cyrillic look like, more than other bytes do."""
_NAMES = (
    re.compile(rb"(?<![\xc0-\xff])[\xe0-\xff][\xc0-\xdf]"),
    re.compile(rb"(?<![\xc0-\xff])[\xc0-\xdf][\xe0-\xff]"),
)
"""How names begin, a capital letter and a small one, in KOI8-R and in Windows-1251:
each has its capitals where the other has its small letters."""

_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_TEXT = say("is no text; expected a text in UTF-8")


def check_file(path: Path, most: int = MAX_FILE_BYTES) -> None:
    """Raise UnreadableError unless *path* is a file of at most *most* bytes."""
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise UnreadableError(say("is a link that leads nowhere")) from None
        raise UnreadableError(say("there is no such file")) from None
    except (OSError, ValueError) as error:
        raise UnreadableError(_cannot_read(error)) from None
    if stat.S_ISDIR(found.st_mode):
        raise UnreadableError(say("is a folder; expected a file"))
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableError(say("is a pipe or a device; expected a file"))
    check_size(found.st_size, most)


def check_size(size: int, most: int) -> None:
    """Raise UnreadableError if there are more bytes than are read."""
    if size > most:
        raise UnreadableError(
            say(
                "has {size:,} MB; at most {most:,} MB are read",
                size=-(-size // 1_000_000),
                most=most // 1_000_000,
            )
        )


def check_count(rows: int, columns: int) -> None:
    """Raise UnreadableError if a table has more rows or cells than are read."""
    if rows > MAX_ROWS:
        raise UnreadableError(
            say("has more rows than are read, {most:,}", most=MAX_ROWS)
        )
    if rows * columns > MAX_CELLS:
        raise UnreadableError(
            say("has more cells than are read, {most:,}", most=MAX_CELLS)
        )


def bytes_of(path: Path, most: int = MAX_TEXT_BYTES) -> bytes:
    """Return the content of a file (UnreadableError if it cannot or may not be)."""
    check_file(path, most)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(size + 1)  # room is taken for as much as is asked for
            if len(content) > size:  # it grows meanwhile, or is none that has a size
                content += file.read(max(most + 1 - len(content), 0))
    except OSError as error:
        raise UnreadableError(_cannot_read(error)) from None
    check_size(len(content), most)
    return content


def text_of(path: Path, most: int = MAX_TEXT_BYTES) -> str:
    """Return the text of a file in UTF-8, with or without byte order mark."""
    return decoded(bytes_of(path, most))


def decoded(content: bytes) -> str:
    """Return text in UTF-8; UnreadableError names the encoding if it is another."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            raise UnreadableError(_encoded(name))
    if content.count(0) > len(content) // 10:
        raise UnreadableError(_NO_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if found := likely_encoding(content):
            raise UnreadableError(_encoded(found)) from None
        if _is_no_text(content):
            raise UnreadableError(_NO_TEXT) from None
        row = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(
            say(
                "is not in UTF-8 (row {row} is the first that cannot be read); save it"
                ' as UTF-8, in Excel as "CSV UTF-8"',
                row=row,
            )
        ) from None


def likely_encoding(content: bytes) -> str:
    """Return the encoding that bytes seem to have if they are no UTF-8; "": none."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return name
    if _is_no_text(content):
        return ""
    counts = {name: len(p.findall(content)) for name, p in _CYRILLIC.items()}
    likely = max(counts, key=lambda name: counts[name])
    if not counts[likely]:
        return ""
    koi8, other = (len(names.findall(content)) for names in _NAMES)
    return "KOI8-R" if likely == "Windows-1251" and koi8 > other else likely


def _is_no_text(content: bytes) -> bool:
    return len(_CONTROLS.findall(content)) > len(content) // 100


def _encoded(name: str) -> Text:
    return say(
        'is in {encoding}, it seems; save it as UTF-8, in Excel as "CSV UTF-8"',
        encoding=name,
    )


def read_json(path: Path, most: int = MAX_TEXT_BYTES) -> Any:
    """Return what a JSON file holds (UnreadableError if it is none)."""
    return json_of(text_of(path, most))


def json_of(text: str) -> Any:
    """Return what strict JSON says: no NaN, no name twice, no half of a character."""
    with parsing(say("is not valid JSON")):
        found = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
        if _SURROGATE.search(text):
            _check_whole(found)
        return found


def _check_whole(found: Any) -> None:
    """Refuse escapes of half a surrogate pair: no text that is written can hold it."""
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        code = f"\\u{ord(error.object[error.start]):x}"
        message = say("is not valid JSON: {code} is half of a character", code=code)
        raise UnreadableError(message) from None


def _no_number(name: str) -> Any:
    raise UnreadableError(say("is not valid JSON: {name} is no number", name=name))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        message = say("is not valid JSON: {name!r} occurs twice", name=twice)
        raise UnreadableError(message)
    return found


@contextmanager
def parsing(refusal: Text) -> Iterator[None]:
    """Turn whatever a parser raises on a broken file into an UnreadableError.

    *refusal* begins its sentence: "is not a readable workbook", say.
    """
    try:
        yield
    except AumaqError:
        raise
    except RecursionError:
        raise UnreadableError(
            chained([refusal, say("it is nested too deep")], ": ")
        ) from None
    except MemoryError:
        raise UnreadableError(
            chained([refusal, say("it does not fit into memory")], ": ")
        ) from None
    except Exception as error:
        told = " ".join(str(error).split()) or type(error).__name__
        if "integer string conversion" in told:
            told = say("a whole number has too many digits")
        elif len(told) > LONGEST_CAUSE:
            told = told[:LONGEST_CAUSE] + "..."
        raise UnreadableError(chained([refusal, say("{told}", told=told)], ": ")) from (
            error
        )


def _cannot_read(error: OSError | ValueError) -> Text:
    return say("cannot be read: {error}", error=reason(error))
