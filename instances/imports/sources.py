"""Tables and layers as other people keep them: cells as text, shapes in degrees.

Any separator, any encoding of Cyrillic, titles above the header, any reference system:
what is found is said (:attr:`Source.notes`), not asked for.
"""

from __future__ import annotations

import csv
import warnings
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.errors import (
    InstanceError,
    Problem,
    UnknownNameError,
    UnreadableError,
    did_you_mean,
)
from aumaq.instances.formats.files import (
    bytes_of,
    check_count,
    check_file,
    likely_encoding,
    parsing,
)
from aumaq.instances.formats.geographic.reference_systems import (
    ReferenceSystem,
    to_wgs84,
)
from aumaq.instances.formats.geographic.shapefile import check_shapefile
from aumaq.instances.formats.raw import needed
from aumaq.instances.formats.workbook.cells import text_of as cell_text
from aumaq.instances.formats.workbook.unread import (
    ERROR,
    MERGED,
    NO_VALUE,
    Place,
    hidden_rows,
    merged,
    not_calculated,
)
from aumaq.instances.imports.headers import header_of
from aumaq.instances.imports.systems import asked_for, system_of
from aumaq.instances.language.texts import Text, say

TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm")
OTHER_BOOKS = (".xls", ".xlsb", ".ods")
"""Not read; it is told what to save them as."""
LAYERS = (".geojson", ".json", ".gpkg", ".shp")
SEPARATORS = (";", "\t", "|", ",")
"""Signs between cells; of equally good ones the first."""
OUTSIDE = say("has coordinates that its reference system does not know")
LOOKED_AT = 20
"""Rows by which the separator is found."""


@dataclass(frozen=True)
class Source:
    """A table: cells as text, the row of each as the user counts it, shapes if any.

    ``shapes`` are shapely's, in degrees of WGS 84; ``system`` is that of coordinates
    in cells, None for degrees. ``unread`` tells by row and column why a cell of a
    workbook has no value. ``head`` are the rows of the names of columns.
    """

    file: str
    cells: pd.DataFrame
    rows: list[int]
    shapes: Any = None
    encoding: str = ""
    layer: str = ""
    system: ReferenceSystem | None = None
    notes: tuple[Text, ...] = ()
    unread: Mapping[tuple[int, str], Text] = field(default_factory=dict)
    head: tuple[int, ...] = ()

    def problem(self, k: int, told: Text, column: str = "", cell: str = "") -> Problem:
        """Return what is wrong with a cell of the k-th record: its cause, if known."""
        cause = self.unread.get((self.rows[k], column))
        return Problem(
            self.file, cause or told, self.rows[k], column, "" if cause else cell
        )

    def without_value(
        self, columns: Collection[str], told: Faults
    ) -> Iterator[tuple[int, Problem]]:
        """Yield the cells of columns that have no value for a cause not *told* yet."""
        known = {(k, problem.column) for k, problem in told}
        for k, row in enumerate(self.rows):
            for column in columns:
                cause = self.unread.get((row, column))
                if cause is not None and (k, column) not in known:
                    yield k, Problem(self.file, cause, row, column)


Faults = list[tuple[int, Problem]]
"""Positions of records, and what is wrong with them."""


def read_source(
    path: Path, layer: str = "", crs: str = "", option: str = "--layer"
) -> Source:
    """Read a table or layer (UnreadableError, AumaqError if a package is missing).

    *layer*: of a GeoPackage, or the sheet of a workbook, where there are several.
    *crs*: the reference system of coordinates, ``EPSG:32642``, where the file names
    none that they can be in. *option*: that names the layer.
    """
    check_file(path)
    suffix, system = path.suffix.lower(), asked_for(crs)
    if suffix in TEXTS and layer:
        text = say("has no sheets or layers; leave out {name!r}", name=layer)
        raise UnreadableError(text)
    if suffix in TEXTS:
        source = _text(path)
    elif suffix in (*BOOKS, *OTHER_BOOKS):
        source = _book(path, layer, option)
    elif suffix in LAYERS:
        return _layer(path, layer, system, option)
    else:
        raise UnreadableError(
            say(
                "is no table that is read; expected a file that ends in {suffixes}",
                suffixes=", ".join((*TEXTS, *BOOKS, *LAYERS)),
            )
        )
    if source.cells.empty:
        raise UnreadableError(say("holds no rows; expected a header and records"))
    return Source(**{**vars(source), "system": system})


# -- tables --------------------------------------------------------------------------


def _text(path: Path) -> Source:
    content = bytes_of(path)
    try:
        text, encoding = content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        encoding = likely_encoding(content)
        if not encoding:
            raise UnreadableError(
                say("is in no encoding that is known; save it as UTF-8")
            ) from None
        with parsing(say("is not in the encoding {encoding}", encoding=encoding)):
            text = content.decode(encoding)
    if "\0" in text:
        raise UnreadableError(say("is no text; expected a table"))
    sign = _separator(text)
    with parsing(say("is not a readable table")):
        records = list(csv.reader(StringIO(text, newline=""), delimiter=sign))
    source = _table(path.name, list(enumerate(records, start=1)))
    notes = list(source.notes)
    if encoding != "utf-8":
        notes.insert(0, say("text is in {encoding}", encoding=encoding))
    return Source(**{**vars(source), "encoding": encoding, "notes": tuple(notes)})


def _separator(text: str) -> str:
    """Return the sign by which most of the first rows are equally wide."""
    head = "\n".join(text.splitlines()[:LOOKED_AT])

    def quality(sign: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(StringIO(head), delimiter=sign))
        except csv.Error:
            return 0, 0
        widths = [len(row) for row in rows if any(map(str.strip, row))]
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0), usual

    return max(SEPARATORS, key=quality)


def _book(path: Path, sheet: str, option: str) -> Source:
    from aumaq.instances.formats.workbook.package import plain_workbook

    openpyxl = needed("openpyxl", "excel")
    packed = plain_workbook(path)
    with parsing(say("is not a readable Excel workbook")), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(packed, read_only=True, data_only=True)
        archive = zipfile.ZipFile(packed)
        names = [one.title for one in book.worksheets]
        if sheet and sheet not in names:
            raise UnknownNameError(say("sheet"), sheet, names)
        for one in [book[sheet]] if sheet else _seen_first(book.worksheets):
            source = _sheet(path.name, one, archive)
            if source is None or source.cells.empty:
                continue  # the empty "Sheet1" of new workbooks
            notes = source.notes
            if len(names) > 1 and not sheet:
                notes = (_one_of(path.name, names, one.title, option), *notes)
            return Source(**{**vars(source), "layer": one.title, "notes": notes})
    raise UnreadableError(say("holds no rows; expected a header and records"))


def _seen_first(sheets: list[Any]) -> list[Any]:
    """Return sheets in their order, those that people do not see behind the others."""
    return sorted(sheets, key=lambda sheet: sheet.sheet_state != "visible")


def _sheet(file: str, sheet: Any, archive: zipfile.ZipFile) -> Source | None:
    """Return a sheet as a table, with why cells of it have no value; None if blank."""
    sheet.reset_dimensions()
    rows, errors = [], []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        rows.append([cell_text(cell.value).strip() for cell in row])
        errors += [(number, k) for k, cell in enumerate(row, start=1)
                   if cell.data_type == "e"]  # fmt: skip
    if not any(map(any, rows)):
        return None
    source = _table(file, list(enumerate(rows, start=1)))
    xml = archive.read(sheet._worksheet_path.lstrip("/"))
    names = [str(name) for name in source.cells]
    causes = dict.fromkeys(merged(xml, source.rows, len(names)), MERGED)
    causes |= dict.fromkeys(errors, ERROR)
    causes |= dict.fromkeys(waiting := not_calculated(xml), NO_VALUE)
    _check_names(source, {*errors}, waiting)
    unread = {
        (row, names[k - 1]): cause
        for (row, k), cause in causes.items()
        if k <= len(names)
    }
    notes = source.notes
    if hidden := len(hidden_rows(xml) & {*source.rows}):
        told = say(
            "{n} hidden row is read with the others",
            "{n} hidden rows are read with the others",
            n=hidden,
        )
        notes = (*notes, told)
    return Source(**{**vars(source), "unread": unread, "notes": notes})


def _check_names(source: Source, errors: set[Place], waiting: set[Place]) -> None:
    """Raise InstanceError for names of columns that hold no value.

    Where most of them are formulas that nothing has calculated their row looks blank,
    or like a title; a title is one cell.
    """
    from openpyxl.utils.cell import get_column_letter

    count = Counter(row for row, _ in waiting)
    above = {row for row, n in count.items() if n > 1 and row < min(source.head)}
    bad = dict.fromkeys(errors, ERROR) | dict.fromkeys(waiting, NO_VALUE)
    problems = [
        Problem(source.file, cause, row, str(get_column_letter(k)))
        for (row, k), cause in sorted(bad.items(), key=lambda item: item[0])
        if row in source.head or (row in above and cause is NO_VALUE)
    ]
    if problems:
        raise InstanceError(problems)


def _table(file: str, rows: list[tuple[int, list[str]]]) -> Source:
    """Return cells below the header."""
    rows = [(k, [cell.strip() for cell in row]) for k, row in rows]
    rows = [(k, row) for k, row in rows if any(row)]
    if not rows:
        raise UnreadableError(say("is empty; expected a header and records"))
    check_count(len(rows), max(len(row) for _, row in rows))
    header = header_of(rows)
    names, width = header.names, len(header.names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnreadableError(
            say("column occurs twice: {twice}", twice=", ".join(twice))
        )
    records = [(k, (row + [""] * width)[:width]) for k, row in rows[header.first :]]
    cells = pd.DataFrame([row for _, row in records], columns=names, dtype=object)
    numbers = [k for k, _ in records]
    return Source(file, cells, numbers, notes=header.notes, head=header.rows)


# -- layers --------------------------------------------------------------------------


def _layer(
    path: Path, layer: str, asked: ReferenceSystem | None, option: str
) -> Source:
    pyogrio = needed("pyogrio", "gis")
    needed("pyogrio.raw", "gis")
    shapely = needed("shapely", "gis")
    encoding = check_shapefile(path) if path.suffix.lower() == ".shp" else None
    with parsing(say("is not a readable layer")), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if layer and layer not in names:
            raise UnknownNameError(say("layer"), layer, names)
        if len(names) > 1 and not layer:
            raise UnreadableError(_several(names, option))
        meta, _, wkb, columns = pyogrio.raw.read(
            path, layer=layer or names[0], encoding=encoding, force_2d=True
        )
        # A line of one point, say, is None: its row is told with the others.
        shapes = None if wkb is None else shapely.from_wkb(wkb, on_invalid="ignore")
    if shapes is None or not len(shapes):
        raise UnreadableError(say("holds no shapes; expected points or lines"))
    check_count(len(shapes), len(columns) + 1)
    cells = pd.DataFrame(
        {
            str(name): [_said(cell) for cell in values]
            for name, values in zip(meta["fields"], columns, strict=True)
        },
        dtype=object,
        index=range(len(shapes)),
    )
    x, y = shapely.get_coordinates(shapes).T
    with parsing(OUTSIDE):
        system, notes = system_of(path, meta["crs"], asked, x, y)
    shapes = _in_degrees(shapes, system)
    rows = list(range(1, len(shapes) + 1))
    return Source(path.name, cells, rows, shapes, encoding or "", layer, notes=notes)


def _several(names: list[str], option: str) -> Text:
    return say(
        "holds {count} layers; name one with {option}: {names}",
        count=len(names),
        option=option,
        names=", ".join(names),
    )


def _one_of(file: str, names: list[str], taken: str, option: str) -> Text:
    """Return what is said of a sheet that was taken because nobody named one."""
    return say(
        "{file}: of {count} sheets {taken!r} is read, the first with rows; name"
        " another with {option}: {names}",
        file=file,
        count=len(names),
        taken=taken,
        option=option,
        names=", ".join(name for name in names if name != taken),
    )


def _said(cell: Any) -> str:
    """Return a cell of a layer as text; whole numbers without a point."""
    if cell is None or cell != cell:
        return ""
    is_number = isinstance(cell, float | np.floating)
    if is_number and np.isfinite(cell) and cell == round(cell):
        return str(int(cell))
    return str(cell).strip()


def _in_degrees(shapes: Any, system: ReferenceSystem) -> Any:
    shapely = needed("shapely", "gis")

    def turned(points: Any) -> Any:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], system))

    with parsing(OUTSIDE):
        return shapely.transform(shapes, turned)


def unknown(
    source: Source, given: Mapping[str, str], option: str, known: Collection[str]
) -> Iterator[Problem]:
    """Yield problems of a mapping of an *option*: roles, and columns of the source."""
    for role, column in given.items():
        if role not in known:
            told = say(
                "{option} names {role!r}, which is not one of its columns{hint}; they"
                " are {known}",
                option=option,
                role=role,
                hint=did_you_mean(role, known),
                known=", ".join(known),
            )
            yield Problem(source.file, told)
        if column not in source.cells:
            told = say(
                "has no column {column!r}{hint}; its columns are {known}",
                column=column,
                hint=did_you_mean(column, source.cells),
                known=", ".join(map(str, source.cells)),
            )
            yield Problem(source.file, told)


def are_odd(shapes: Any) -> Any:
    """Whether shapes have a coordinate that is no number.

    JSON of some programs has them; GEOS would put a point at 0, 0, and cut a line.
    """
    points, owner = needed("shapely", "gis").get_coordinates(shapes, return_index=True)
    odd = owner[~np.isfinite(points).all(axis=1)]
    return np.isin(np.arange(len(shapes)), odd)
