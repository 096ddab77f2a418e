"""Read the tables of a GeoPackage, an SQLite file, cell by cell as they are stored.

SQLite lets a cell hold what its column does not say: a text in a column of numbers.
Programs that ask for a number get 0; here the cell comes as it is, and the schema
tells. Nothing of the file is run: no views, virtual tables or computed columns, no
functions of the schema, no extensions.

GeoPackage Encoding Standard 1.4, OGC 12-128r19: geometries are WKB behind a header
(2.1.3), reference systems stand in ``gpkg_spatial_ref_sys`` (1.1.2).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import (
    MAX_FILE_BYTES,
    check_count,
    check_file,
    parsing,
)
from aumaq.instances.formats.geographic.places import (
    BROKEN,
    NO_SHAPE,
    Layer,
    Shape,
    shape_of_wkb,
)
from aumaq.instances.formats.geographic.reference_systems import coded, described
from aumaq.instances.language.texts import say

MAGIC = b"SQLite format 3\0"
BESIDE = ("-wal", "-shm", "-journal")
"""Files of changes that SQLite keeps beside a file."""
LONGEST_CELL = 100_000_000
"""Bytes of a cell."""
OF_THE_FORMAT = ("gpkg_", "rtree_", "sqlite_")
OF_PROGRAMS = ("layer_styles", "qgis_projects", "ogr_empty_table")
"""Tables that geographic programs keep beside the layers."""
UNDEFINED = (-1, 0)
"""Reference systems of which a GeoPackage knows nothing."""
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_HAS_NO_SHAPE = 0b10000
_VECTOR = ("features", "attributes", "aspatial")
_SYSTEMS = "gpkg_spatial_ref_sys"
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


class GeoPackage:
    """An open file. Use :func:`opened`; every method raises UnreadableError."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def names(self) -> list[str]:
        """Return the names of tables and views that hold layers, in order."""
        tiles: set[str] = set()
        if self._has("gpkg_contents"):
            kinds = self._rows("SELECT table_name, data_type FROM gpkg_contents")
            tiles = {name for name, kind in kinds if kind not in _VECTOR}
        rows = self._rows(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        )
        return [
            name
            for (name,) in rows
            if not name.lower().startswith(OF_THE_FORMAT)
            and name not in OF_PROGRAMS
            and name not in tiles
        ]

    def read(self, name: str) -> Layer:
        """Return a layer; cells are None, numbers, texts or bytes."""
        (kind, sql), *_ = self._rows(
            "SELECT type, sql FROM sqlite_master WHERE name = ?", name
        )
        if kind != "table" or str(sql).upper().split()[1:2] != ["TABLE"]:
            raise UnreadableError(
                say("is a view or a virtual table; expected a table of its own")
            )
        info = self._rows(f"PRAGMA table_xinfo({_quoted(name)})")
        if any(hidden for *_, hidden in info):
            raise UnreadableError(say("has computed columns; expected their values"))
        whole = [row[1] for row in info if row[5] and row[2].upper() == "INTEGER"]
        key = whole if sum(row[5] > 0 for row in info) == 1 else []
        shape, system = self._geometry(name)
        columns = [row[1] for row in info if row[1] not in (*key, shape)]
        (count,), *_ = self._rows(f"SELECT count(*) FROM {_quoted(name)}")
        check_count(count, len(columns) + 2)
        wanted = ", ".join(map(_quoted, [*columns, *([shape] if shape else [])]))
        select = f"SELECT rowid, {wanted}" if wanted else "SELECT rowid"
        rows = self._rows(f"{select} FROM {_quoted(name)}")
        by_column = list(zip(*rows, strict=True)) or [()] * (len(columns) + 2)
        cells = dict(zip(columns, by_column[1:], strict=False))
        frame = pd.DataFrame(cells, dtype=object, index=range(len(rows)))
        numbers = list(by_column[0])
        if not shape:
            return Layer(numbers, frame.infer_objects())
        shapes = [_shape(cell) for cell in by_column[-1]]
        return Layer(
            numbers, frame.infer_objects(), shapes, lambda: self._system(system)
        )

    def _geometry(self, name: str) -> tuple[str, int | None]:
        """Return the column of shapes and the number of its reference system."""
        if not self._has("gpkg_geometry_columns"):
            return "", None
        found = self._rows(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns"
            " WHERE table_name = ? COLLATE NOCASE",
            name,
        )
        return (str(found[0][0]), found[0][1]) if found else ("", None)

    def _system(self, number: int | None) -> Any:
        """Return a reference system by its number here (None: not known)."""
        if number is None or number in UNDEFINED or not self._has(_SYSTEMS):
            return None
        found = self._rows(
            "SELECT organization, organization_coordsys_id, definition"
            f" FROM {_SYSTEMS} WHERE srs_id = ?",
            number,
        )
        if not found:
            return None
        organization, code, definition = found[0]
        if str(organization).upper() == "EPSG" and isinstance(code, int):
            return coded(code)
        return described(str(definition))

    def _has(self, table: str) -> bool:
        return bool(
            self._rows(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table
            )
        )

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with parsing(say("is not a readable GeoPackage")):
            return self._connection.execute(sql, values).fetchall()


def check_magic(path: Path) -> None:
    """Raise UnreadableError unless a file is one of SQLite, by what it holds."""
    check_file(path)
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            return
    raise UnreadableError(say("is not a readable GeoPackage: it is no SQLite file"))


@contextmanager
def opened(path: Path) -> Iterator[GeoPackage]:
    """Open a file to read only (UnreadableError if it is no GeoPackage)."""
    check_magic(path)
    waits = False
    for suffix in BESIDE:
        beside = path.with_name(path.name + suffix)
        if beside.is_symlink() or beside.exists():
            check_file(beside, MAX_FILE_BYTES)
            waits = True
    # Without changes that wait beside it, nothing is locked and no file is made.
    how = "mode=ro" if waits else "mode=ro&immutable=1"
    with parsing(say("is not a readable GeoPackage")):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)
    try:
        with parsing(say("is not a readable GeoPackage")):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            connection.text_factory = _text
            connection.set_authorizer(_allowed)
        yield GeoPackage(connection)
    finally:
        connection.close()


def _allowed(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Let SQLite read cells, count records and describe tables; nothing else."""
    is_fine = (
        action in _ALLOWED
        or (action == sqlite3.SQLITE_FUNCTION and second == "count")
        or (action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo")
    )
    return sqlite3.SQLITE_OK if is_fine else sqlite3.SQLITE_DENY


def _text(content: bytes) -> str | bytes:
    """Return a text; its bytes where they are no UTF-8, which the schema tells."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def _shape(cell: object) -> Shape:
    """Return the shape behind the header of a geometry."""
    if cell is None:
        return NO_SHAPE
    if not isinstance(cell, bytes) or cell[:2] != b"GP" or len(cell) < 8:
        return BROKEN
    flags = cell[3]
    if flags & _HAS_NO_SHAPE:
        return NO_SHAPE
    kind = (flags >> 1) & 0b111
    if kind >= len(_ENVELOPE_BYTES):
        return BROKEN
    return shape_of_wkb(cell[8 + _ENVELOPE_BYTES[kind] :])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
