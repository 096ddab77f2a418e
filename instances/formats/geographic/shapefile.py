"""Records of a Shapefile, whose text may be in any encoding and seldom says in which.

The encoding stands in a file ``.cpg`` or in a byte of the ``.dbf`` (ESRI: Shapefile
Technical Description, 1998; dBASE: language driver ID, byte 29). Without either, text
that is UTF-8 is taken as that, and other text is refused: nobody can know it.
"""

from __future__ import annotations

import codecs
import re
import struct
import warnings
from pathlib import Path

import pandas as pd

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import (
    MAX_FILE_BYTES,
    bytes_of,
    check_count,
    check_file,
    parsing,
    text_of,
)
from aumaq.instances.formats.geographic.places import Layer, shape_of_wkb
from aumaq.instances.formats.geographic.reference_systems import described
from aumaq.instances.formats.raw import needed
from aumaq.instances.language.texts import say

MAGIC = struct.pack(">i", 9994)
MAX_SMALL_BYTES = 100_000
"""Bytes of a file of a reference system or an encoding."""
LANGUAGE_BYTES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x26: "cp866",
                  0x64: "cp852", 0x65: "cp866", 0x66: "cp865", 0xC8: "cp1250",
                  0xC9: "cp1251", 0xCA: "cp1254", 0xCC: "cp1257"}  # fmt: skip
"""Language driver of a ``.dbf`` -> encoding; 0 and 0x57 say nothing."""
_FIELD = struct.Struct("<11sc4xBB14x")


def check_shapefile(path: Path) -> str:
    """Return the encoding of its text (UnreadableError if it is no Shapefile)."""
    parts = _parts(path)
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise UnreadableError(say("is no Shapefile"))
    if ".dbf" not in parts:
        raise UnreadableError(say("has no file .dbf, which holds the cells, beside it"))
    return _encoding(path, parts)


def read_shapefile(path: Path) -> Layer:
    """Return the records of a Shapefile (UnreadableError if it is none)."""
    encoding, parts = check_shapefile(path), _parts(path)
    prj = parts.get(".prj")
    pyogrio = needed("pyogrio", "gis")
    needed("pyogrio.raw", "gis")
    with parsing(say("is no Shapefile")), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields of types that no table has
        info = pyogrio.read_info(path, encoding=encoding)
        if info["driver"] != "ESRI Shapefile":
            raise UnreadableError(say("is no Shapefile"))
        check_count(max(info["features"], 0), len(info["fields"]))
        meta, _, shapes, cells = pyogrio.raw.read(path, encoding=encoding)
    names = [str(name) for name in meta["fields"]]
    count = len(cells[0]) if cells else len(shapes or ())
    frame = pd.DataFrame(dict(zip(names, cells, strict=True)), index=range(count))
    places = None if shapes is None else [shape_of_wkb(shape) for shape in shapes]
    numbers = list(range(1, count + 1))
    if prj is None:
        return Layer(numbers, frame, places)
    return Layer(
        numbers, frame, places, lambda: described(text_of(prj, MAX_SMALL_BYTES))
    )


def _parts(path: Path) -> dict[str, Path]:
    """Return the files of a Shapefile by suffix; all of them must be files."""
    found = {}
    for part in sorted(path.parent.glob("*")):
        if part.stem == path.stem and part.suffix.lower() in _SUFFIXES:
            check_file(part, MAX_FILE_BYTES)
            found[part.suffix.lower()] = part
    return found


_SUFFIXES = (".shp", ".dbf", ".shx", ".prj", ".cpg", ".cst", ".qix", ".sbn", ".sbx")


def _encoding(path: Path, parts: dict[str, Path]) -> str:
    """Return the encoding of a Shapefile's text."""
    for suffix in (".cpg", ".cst"):
        if suffix in parts and (name := _text(parts[suffix])):
            return _codec(name, parts[suffix].name)
    content = bytes_of(parts[".dbf"], MAX_FILE_BYTES)
    if len(content) < 32:
        raise UnreadableError(say("has a file .dbf that is cut off"))
    if content[29] in LANGUAGE_BYTES:
        return LANGUAGE_BYTES[content[29]]
    if content.isascii() or all(map(_is_utf8, _texts(content))):
        return "utf-8"
    raise UnreadableError(
        say(
            "does not say in what encoding its text is; put its name, CP1251 or UTF-8,"
            " say, into a file {file}",
            file=path.with_suffix(".cpg").name,
        )
    )


def _text(path: Path) -> str:
    content = bytes_of(path, MAX_SMALL_BYTES)
    return content.decode("ascii", "replace").strip(" \t\r\n\0\ufeff")


def _codec(name: str, file: str) -> str:
    """Return Python's name of an encoding, as ``1251``, ``ANSI 1251``, ``UTF-8``."""
    plain = re.sub(
        r"^(ansi|oem|ldid|cp|windows)?[\s_-]*(?=\d{3,5}$)", "cp", name.lower()
    )
    plain = {"cp65001": "utf-8", "cp88591": "latin-1"}.get(plain, plain)
    try:
        return codecs.lookup(plain).name
    except LookupError:
        raise UnreadableError(
            say(
                "{file} names an encoding that is not known, {name!r}; expected UTF-8"
                " or CP1251, say",
                file=file,
                name=name,
            )
        ) from None


def _texts(dbf: bytes) -> list[bytes]:
    """Return the names of fields and the cells of text of a ``.dbf``."""
    count, head, width = struct.unpack_from("<IHH", dbf, 4)
    texts, slices, start = [], [], 1
    for at in range(32, head - 31, 32):
        if dbf[at : at + 1] in (b"\r", b""):
            break
        name, kind, length, decimals = _FIELD.unpack_from(dbf, at)
        texts.append(name.split(b"\0")[0])
        if kind == b"C":
            length += 256 * decimals  # how long fields are written by some programs
            slices.append(slice(start, start + length))
        start += length
    for k in range(min(count, len(dbf) // max(width, 1))):
        record = dbf[head + k * width : head + (k + 1) * width]
        texts += [record[part] for part in slices]
    return texts


def _is_utf8(cell: bytes) -> bool:
    """Whether a cell is UTF-8, but for a last character that the width cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(cell.rstrip(b" \0"), final=False)
    except UnicodeDecodeError:
        return False
    return True
