"""Input files as other programs write them, or as somebody made them to do harm.

One cause is one problem, with what would be right; nothing is read that the file does
not hold itself; nothing is taken for another value.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from broken_instances import TINY
from shared_plans import shipped

import aumaq
from aumaq.instances import InstanceError
from aumaq.instances.formats import files
from aumaq.instances.formats.workbook import package as workbook_package

Bytes = Callable[[bytes], bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of ``tiny`` to break."""
    return Path(shutil.copytree(TINY, tmp_path / "mine"))


def problems(path: Path) -> list[str]:
    """Return the lines that reading gives, without the head."""
    with pytest.raises(InstanceError) as caught:
        aumaq.read(path)
    return [line.removeprefix("  - ") for line in str(caught.value).splitlines()[1:]]


def replaced(old: str, new: str) -> Bytes:
    """Return a change of a text."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode())

    return change


def grown(factor: str) -> Bytes:
    """Return a change of the population of every settlement."""
    return lambda b: re.sub(rb",(\d+),([abc],true)", rf",{factor},\2".encode(), b)


PLACES, SITES, LEVELS = "settlements.csv", "sites.csv", "levels.csv"
HEAD = "settlement,name,kind,region,lat,lon,population"
CSV: dict[str, tuple[str, Bytes, str]] = {
    "semicolons": (LEVELS, replaced(",", ";"), "levels.csv: semicolons separate"),
    "decimal commas": (
        LEVELS,
        lambda b: b.replace(b",", b";").replace(b"100", b"100,5"),
        "levels.csv: semicolons separate the cells; expected commas, and points",
    ),
    "tabs": (LEVELS, replaced(",", "\t"), "levels.csv: tabs separate"),
    "title": (
        PLACES,
        lambda b: b"Settlements of 2026,,,\n,,,\n" + b,
        "settlements.csv, row 1: the names of the columns stand in row 3",
    ),
    "no header": (
        PLACES,
        lambda b: b.split(b"\n", 1)[1],
        "settlements.csv, row 1: names no column of table settlements",
    ),
    "header again": (
        PLACES,
        lambda b: b + b.split(b"\n", 1)[0] + b"\n",
        "settlements.csv, row 5: the row repeats the header",
    ),
    "capitals": (SITES, replaced("site,service", "Site,service "), "site, service"),
    "blank rows": (
        SITES,
        lambda b: b + b",,,\n" * 3,
        "sites.csv, rows 5-7: the row is blank",
    ),
    "cut off": (PLACES, lambda b: b[:-12], "settlements.csv, row 4: 6 cells; expected"),
    "page": (PLACES, lambda _: b"<!DOCTYPE html><p>404", "settlements.csv: is HTML"),
    "NUL": (PLACES, replaced("Beta", "Be\0ta"), "NUL, first in row 3"),
    "stray quote": (PLACES, replaced("Beta", '"Be"ta'), "CSV table, row 3"),
    "9 000": (
        PLACES,
        grown("9 000"),
        "settlements.csv, rows 2-4, column population: expected a finite number: digits"
        " are set apart; write 9000, not 9 000 (row 2: '9 000'; row 3:",
    ),
    "percent": (PLACES, grown("45%"), "rows 2-4, column population"),
    "decimal comma": (PLACES, grown('"9,5"'), "a comma in a number"),
    "date": (PLACES, grown("05.янв"), "rows 2-4, column population"),
    "unit": (PLACES, grown("300 чел"), "write the number alone"),
    "metres": (
        PLACES,
        lambda b: re.sub(rb",50.0,70\..", b",5600000.5,430000.5", b),
        "settlements.csv, rows 2-4, column lat, lon: expected degrees; metres of a",
    ),
    "misspelt key": (PLACES, replaced("settlement,", "setlement,"), "'settlement'"),
    "empty": (SITES, lambda _: b"", "sites.csv: is empty"),
    "encoding": (
        PLACES,
        lambda b: b.decode().replace("Alpha", "Алматы").encode("cp1251"),
        "settlements.csv: is in Windows-1251, it seems; save it as UTF-8",
    ),
}


@pytest.mark.few(14)
@pytest.mark.parametrize("kind", CSV)
def test_a_csv_file_of_another_program(kind: str, folder: Path) -> None:
    """The cause is told once; nothing that follows from it is told beside it."""
    file, change, told = CSV[kind]
    path = folder / file
    path.write_bytes(change(path.read_bytes()))
    (line,) = problems(folder)
    assert told in line


@pytest.mark.parametrize("files", [(PLACES,), (PLACES, "facilities.csv", LEVELS)])
def test_what_would_be_made_of_a_refused_file_is_not_missed(
    files: tuple[str, ...], folder: Path
) -> None:
    """Sites and roads come of a list of places: without it they are no second cause."""
    head = folder / "instance.toml"
    head.write_text(
        head.read_text().replace("[instance]", "[instance]\nfill_missing=true")
    )
    for file in (
        SITES,
        *(f"road_{name}.csv" for name in ("links", "nodes", "classes")),
    ):
        (folder / file).unlink()
    for file in files:
        (folder / file).write_text((folder / file).read_text().replace(",", ";"))
    told = problems(folder)
    assert [line.split(":")[0] for line in told] == sorted(files)
    assert all("semicolons separate the cells" in line for line in told)


def test_habits_of_csv_are_read(folder: Path) -> None:
    """Byte order marks, line ends, empty lines and columns at the end, own tables."""
    plain = aumaq.read(folder)
    text = (folder / SITES).read_text()
    rows = "\r\n".join(f"{row},," for row in text.splitlines())
    (folder / SITES).write_bytes(b"\xef\xbb\xbf" + rows.encode() + b"\r\n\r\n")
    (folder / LEVELS).rename(folder / "levels.CSV")
    (folder / "x_notes.csv").write_text("a;b\n")
    assert aumaq.read(folder) == plain


OUTLINES: dict[str, Any] = {
    "list": [1, 2],
    "number": 5,
    "null": None,
    "text": "x",
    "missing features": {"type": "FeatureCollection"},
    "features that are numbers": {"type": "FeatureCollection", "features": [1]},
    "geometry": {"type": "Polygon", "coordinates": 5},
    "coordinates of text": {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]},
    "metres": {"type": "Polygon", "coordinates": [[[5e6, 6e6]] * 4]},
    "another system": {
        "type": "FeatureCollection", "features": [],
        "crs": {"type": "name", "properties": {"name": "EPSG:4284"}},
    },
    "odd type": {"type": ["Polygon"], "coordinates": []},
}  # fmt: skip


def test_long_codes_of_parquet_stay_whole_beside_blanks(folder: Path) -> None:
    """Whole numbers beyond 2**53 are no floats; the third code would be the second."""
    packed = folder.parent / "mine.parquet"
    aumaq.write(aumaq.read(folder), packed)
    path = packed / "settlements.parquet"
    table = pyarrow.parquet.read_table(path)
    codes = [2**53 + k for k in range(1, table.num_rows)]
    where = table.schema.names.index("district")
    column = pyarrow.array([None, *codes], pyarrow.int64())
    pyarrow.parquet.write_table(table.set_column(where, "district", column), path)
    read = aumaq.read(packed).table("settlements")["district"].tolist()
    assert read == ["", *map(str, codes)]


@pytest.mark.parametrize("kind", OUTLINES)
def test_outlines_are_told_or_drawn(kind: str, folder: Path) -> None:
    """What is no collection of features is one problem; no geometry is fine."""
    document = OUTLINES[kind]
    if isinstance(document, dict) and "coordinates" in document:
        feature = {"type": "Feature", "geometry": document, "properties": None}
        document = {"type": "FeatureCollection", "features": [feature]}
    (folder / "outlines.geojson").write_text(json.dumps(document))
    if kind == "odd type":
        aumaq.read(folder)
        return
    (line,) = problems(folder)
    assert line.startswith("outlines.geojson: ")


@pytest.mark.slow
def test_a_feature_without_geometry_is_no_outline(folder: Path) -> None:
    """A plan of it has its page and its figures."""
    features = [{"type": "Feature", "properties": None, "geometry": None}]
    document = {"type": "FeatureCollection", "features": features}
    (folder / "outlines.geojson").write_text(json.dumps(document))
    plan = aumaq.solve(aumaq.read(folder))
    plan.to_html(folder.parent / "page.html")
    assert (folder.parent / "page.html").stat().st_size > 1_000


VRT = """<OGRVRTDataSource><OGRVRTLayer name="settlements"><SrcDataSource>{secret}
</SrcDataSource><GeometryType>wkbPoint</GeometryType><LayerSRS>EPSG:4326</LayerSRS>
</OGRVRTLayer></OGRVRTDataSource>"""


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_a_virtual_file_is_not_followed(suffix: str, folder: Path) -> None:
    """A file that names others to be read is none of the three formats."""
    secret = folder.parent / "secret.csv"
    secret.write_text("settlement,name\nx,SECRET\n")
    (folder / PLACES).unlink()
    (folder / f"settlements{suffix}").write_text(VRT.format(secret=secret))
    (line,) = problems(folder)
    assert "is not a readable layer" in line
    assert "SECRET" not in line


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return ``tiny`` as a GeoPackage."""
    return aumaq.write(shipped(), tmp_path_factory.mktemp("g") / "tiny.gpkg")


GPKG: dict[str, tuple[tuple[str, ...], str]] = {
    "text for a number": (
        ("UPDATE settlements SET population = 'many' WHERE fid = 2",),
        "layer settlements, row 2, column population: expected a finite number (value",
    ),
    "blob": (("UPDATE settlements SET population = x'00ff' WHERE fid = 2",), "x00"),
    "infinity": (("UPDATE levels SET capacity = 9e999",), "column capacity"),
    "no UTF-8": (
        ("UPDATE settlements SET name = CAST(x'fffe' AS TEXT) WHERE fid = 3",),
        "layer settlements, row 3, column name: expected text",
    ),
    "view": (
        (
            "DROP TABLE levels",
            "CREATE VIEW levels AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
            " SELECT x FROM c) SELECT x AS service FROM c",
        ),
        "layer levels: is not a readable layer: is a view or a virtual table",
    ),
    "no shape": (
        ("UPDATE settlements SET geom = 'POINT(1 2)' WHERE fid = 1",),
        "row 1",
    ),
    "system": (
        (
            "UPDATE gpkg_spatial_ref_sys SET organization = 'x', definition ="
            ' \'PROJCS["a",EXTENSION["PROJ4","+nadgrids=/etc/passwd"]]\'',
        ),
        "names other files",
    ),
}


@pytest.mark.few(3)
@pytest.mark.parametrize("kind", GPKG)
def test_a_geopackage_is_read_as_it_is_stored(
    kind: str, base: Path, tmp_path: Path
) -> None:
    """A cell of another type than its column is told, and nothing of it is run."""
    changes, told = GPKG[kind]
    path = Path(shutil.copy(base, tmp_path / "g.gpkg"))
    with sqlite3.connect(path) as database:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(names).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        for change in changes:
            database.execute(change)
    database.close()
    found = problems(path)
    assert told in found[0]
    assert len(found) == (3 if kind == "system" else 1)  # of three layers of points
    assert [item.name for item in tmp_path.iterdir()] == ["g.gpkg"]


def test_a_geopackage_of_something_else_is_one_problem(tmp_path: Path) -> None:
    """Tables that all are missing are not listed."""
    with sqlite3.connect(tmp_path / "g.gpkg") as database:
        database.execute("CREATE TABLE a(b)")
    database.close()
    (line,) = problems(tmp_path / "g.gpkg")
    assert line == "g.gpkg: holds no table of an instance"


@pytest.mark.parametrize(
    ("encoding", "cpg", "byte", "is_read"),
    [
        ("cp1251", "", 0, False),
        ("cp1251", "", 0x57, False),
        ("cp1251", "ANSI 1251", 0, True),
        ("cp1251", "", 0xC9, True),
        ("utf-8", "", 0, True),
        ("cp1251", "nonsense", 0, False),
    ],
)
def test_text_of_a_shapefile(
    encoding: str, cpg: str, byte: int, is_read: bool, folder: Path
) -> None:
    """Names are right, or it is told that nobody can know them."""
    rows = shipped().table("settlements").assign(name="Шахтинск")
    points = geopandas.points_from_xy(rows["lon"], rows["lat"], crs="EPSG:4326")
    kept = ["settlement", "name", "kind", "region", "population", "node"]
    layer = geopandas.GeoDataFrame(rows[kept], geometry=points)
    (folder / PLACES).unlink()
    layer.to_file(folder / "settlements.shp", encoding=encoding)
    (folder / "settlements.cpg").unlink()
    if cpg:
        (folder / "settlements.cpg").write_text(cpg)
    dbf = bytearray((folder / "settlements.dbf").read_bytes())
    dbf[29] = byte
    (folder / "settlements.dbf").write_bytes(dbf)
    if is_read:
        assert aumaq.read(folder).table("settlements")["name"][0] == "Шахтинск"
    else:
        (line,) = problems(folder)
        assert "settlements.cpg" in line


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return ``tiny`` as a workbook."""
    return aumaq.write(shipped(), tmp_path_factory.mktemp("x") / "tiny.xlsx")


def parts(book: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a workbook whose parts are changed."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


@pytest.mark.slow
def test_only_cells_of_a_workbook_are_read(book: Path, tmp_path: Path) -> None:
    """Broken styles and properties, Strict Open XML and its namespaces are read."""

    def odd(name: str, content: bytes) -> bytes:
        if name == "xl/styles.xml":
            return content.replace(b"<fill>", b"<fill/><fill>", 1)
        if name.startswith("docProps/"):
            return b"\0broken"
        for strict, usual in workbook_package.STRICT.items():
            content = content.replace(usual, strict)
        return content

    assert aumaq.read(parts(book, tmp_path / "a.xlsx", odd)) == shipped()

    def worse(name: str, content: bytes) -> bytes:
        return b"<styleSheet>" if name == "xl/styles.xml" else content

    assert aumaq.read(parts(book, tmp_path / "b.xlsx", worse)) == shipped()


def test_a_number_that_is_none_is_told_by_sheet_and_row(
    book: Path, tmp_path: Path
) -> None:
    """The library says neither."""

    def change(name: str, content: bytes) -> bytes:
        is_sheet = name.startswith("xl/worksheets/")
        return content.replace(b"<v>200</v>", b"<v>2OO</v>") if is_sheet else content

    found = problems(parts(book, tmp_path / "a.xlsx", change))
    assert (
        "a.xlsx, sheet settlements, row 4, column population: expected a finite number"
        " (value: '2OO')" in found
    )


Book = openpyxl.Workbook
SHEETS: dict[str, tuple[Callable[[Book], object], str]] = {
    "title": (
        lambda b: (
            b["settlements"].insert_rows(1, 2)
            or b["settlements"].cell(1, 1, "Settlements")
        ),
        "sheet settlements, row 1: the names of the columns stand in row 3",
    ),
    "merged": (
        lambda b: b["settlements"].merge_cells("A2:A4"),
        "sheet settlements, rows 3-4, column settlement: empty, a part of merged cells",
    ),
    "own sheet": (
        lambda b: b.create_sheet("Notes").append(["read me"]),
        "sheet Notes: unknown table",
    ),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_as_people_fill_it(kind: str, book: Path, tmp_path: Path) -> None:
    """The cause is told once."""
    change, told = SHEETS[kind]
    changed = openpyxl.load_workbook(book)
    change(changed)
    changed.save(tmp_path / "a.xlsx")
    (line,) = problems(tmp_path / "a.xlsx")
    assert told in line


OTHERS = {
    "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old one (.xls)"),
    "a.xlsx": (b"text", "not a readable Excel workbook"),
    "a.ods": ({"content.xml": b"<x/>"}, "OpenDocument spreadsheet (.ods)"),
    "b.xlsx": ({"xl/workbook.bin": b"x"}, "(.xlsb)"),
    "a.txt": (b"text", "is no instance; expected a folder"),
    "a.inc": (b"Parameter fcost(i,j,k) /\na b 1 inf\n/;", "a b 1 inf"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_kinds_are_named(name: str, tmp_path: Path) -> None:
    """Formats that are not read are told by name."""
    content, told = OTHERS[name]
    if isinstance(content, dict):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for part, text in content.items():
                archive.writestr(part, text)
    else:
        (tmp_path / name).write_bytes(content)
    (line,) = problems(tmp_path / name)
    assert told in line


def test_bombs_are_not_unfolded(
    book: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits on what is unpacked, rows, cells, and depth of keys, before it is done."""
    monkeypatch.setattr(workbook_package, "MAX_UNPACKED_BYTES", 10_000)
    with pytest.raises(InstanceError, match="MB are read"):
        aumaq.read(book)
    texts = pyarrow.array(["x" * 100_000]).dictionary_encode()
    column = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * 20_000), texts.dictionary
    )
    for table in ("instance", "levels"):
        path = folder / f"{table}.parquet"
        pyarrow.parquet.write_table(pyarrow.table({"title": column}), path)
        assert path.stat().st_size < 1_000_000
    with pytest.raises(InstanceError, match=r"has 2,000 MB; at most 1,000 MB"):
        aumaq.read(folder)
    (folder / "instance.parquet").unlink()
    (folder / "levels.parquet").unlink()
    toml = (folder / "instance.toml").read_text()
    for bomb in (".".join("a" * 20_000) + " = 1", "a = " + "{b=" * 9_000):
        (folder / "instance.toml").write_text(toml + bomb)
        (line,) = problems(folder)
        assert line.startswith("instance.toml: is not valid TOML: ")
    (folder / "instance.toml").write_text(toml)
    monkeypatch.setattr(files, "MAX_CELLS", 10)
    assert all("more cells than are read" in line for line in problems(folder))
