"""Files in and out: round trips keep the content, other software reads what it should.

Folder, workbook, GeoPackage and Parquet of an instance have the same hash, whatever is
written in its cells; what people break in a workbook is told by sheet, row and column.
"""

from __future__ import annotations

import datetime
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pyogrio
import pytest
import shapely
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from nasty_cells import INJECTIONS, NASTY, with_cells
from shared_plans import shipped

import aumaq
from aumaq.instances import ExportError, InstanceError
from aumaq.instances.formats.raw import needed
from aumaq.instances.formats.skeleton import write_skeleton
from aumaq.instances.formats.workbook.cells import escaped, unescaped
from aumaq.instances.schema.column import LARGEST
from aumaq.instances.schema.tables import TABLES
from aumaq.instances.schema.titles import english_title

SUFFIXES = ("", ".xlsx", ".gpkg", ".parquet")

texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
    ),
).map(str.strip)
numbers = st.floats(0.0, LARGEST["persons"]) | st.sampled_from(
    [0.1 + 0.2, 1e-300, 5e-324, 9999999999.999998, 123456789.12345679, -0.0]
)


@pytest.mark.slow
@examples(6)
@given(
    st.lists(texts, min_size=9, max_size=9),
    st.lists(numbers, min_size=3, max_size=3),
    st.lists(st.floats(-90.0, 90.0), min_size=6, max_size=6),
)
def test_every_format_keeps_the_content(
    names: list[str], people: list[float], places: list[float]
) -> None:
    """Folder = workbook = GeoPackage = Parquet: the same hash and outlines."""
    instance = with_cells(names, people, places)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            path = aumaq.write(instance, Path(folder) / f"copy{suffix}")
            again = aumaq.read(path)
            assert again == instance, suffix
            own = again.table("settlements")["x_own"].tolist()
            assert own == instance.table("settlements")["x_own"].tolist(), suffix


@pytest.mark.slow
def test_kazakhstan_from_format_to_format(tmp_path: Path) -> None:
    """A real instance keeps its hash on a way through all formats."""
    instance = found = aumaq.read("kazakhstan")
    for suffix in (".xlsx", ".gpkg", ".parquet", ""):
        found = aumaq.read(aumaq.write(found, tmp_path / f"kz{suffix}"))
        assert found == instance, suffix


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escapes_are_undone(text: str) -> None:
    """What XML cannot hold is escaped without loss."""
    assert unescaped(escaped(text)) == text
    assert not re.search("[\x00-\x08\x0b-\x1f]", escaped(text))


def test_nothing_is_overwritten_and_no_draft_stays(tmp_path: Path) -> None:
    """An existing file stays as it is; a write that fails leaves nothing."""
    (tmp_path / "copy.xlsx").write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        aumaq.write(shipped(), tmp_path / "copy.xlsx")
    long = with_cells(["a" * 40_000, "b", "c"] * 3, [1.0] * 3, [1.0] * 6)
    with pytest.raises(ExportError, match="32,767"):
        aumaq.write(long, tmp_path / "long.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["copy.xlsx"]
    assert (tmp_path / "copy.xlsx").read_text() == "mine"


@pytest.mark.slow
def test_workbook_of_an_instance_in_openpyxl(tmp_path: Path) -> None:
    """Values, units, comments, filters, frozen rows, drop-downs are there."""
    names = [INJECTIONS[0], INJECTIONS[2], "plain"]
    instance = with_cells(names * 3, [0.1 + 0.2, 2.0, 3.0], [1.0] * 6)
    book = openpyxl.load_workbook(aumaq.write(instance, tmp_path / "a.xlsx"))
    assert {english_title(table.name) for table in TABLES} <= set(book.sheetnames)
    sheet = book["settlements"]
    heads = {str(cell.value): cell.column_letter for cell in sheet[1]}
    assert sheet[f"{heads['population [persons]']}2"].value == 0.1 + 0.2
    name = sheet[f"{heads['name']}2"]
    assert (name.value, name.data_type, name.quotePrefix) == (names[0], "s", True)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    comment = sheet[f"{heads['latitude [degrees]']}1"].comment.text
    assert "latitude" in comment
    assert "from -90 to 90" in comment
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in
             sheet.data_validations.dataValidation}  # fmt: skip
    assert rules[heads["kind"]].formula1 == '"city,town,village"'
    assert rules[heads["is remote"]].formula1 == '"TRUE,FALSE"'
    assert "regions!$A$2" in rules[heads["region"]].formula1
    latitude = rules[heads["latitude [degrees]"]]
    assert (latitude.formula1, latitude.formula2) == ("-90", "90")
    formulas = book["indicators"].data_validations.dataValidation
    assert any(rule.formula1.startswith("lists!") for rule in formulas)
    assert book["lists"].sheet_state == "hidden"


Change = Callable[[openpyxl.Workbook], None]


def changed(path: Path, *changes: Change) -> Path:
    """Return a workbook of the skeleton after some changes."""
    write_skeleton(path)
    book = openpyxl.load_workbook(path)
    for change in changes:
        change(book)
    book.save(path)
    return path


def cell(book: openpyxl.Workbook, sheet: str, column: str, row: int) -> Any:
    """Return the cell of a column by the name of its table and its own."""
    sheet, column = english_title(sheet), english_title(column)
    heads = [str(c.value).split(" [")[0] for c in book[sheet][1]]
    return book[sheet].cell(row, heads.index(column) + 1)


@pytest.mark.slow
def test_habits_of_excel_are_understood(tmp_path: Path) -> None:
    """Numbers as text, blanks, yes and no, whole numbers as codes, own sheets."""
    plain = aumaq.read(changed(tmp_path / "plain.xlsx"))

    def used(book: openpyxl.Workbook) -> None:
        cell(book, "settlements", "population", 2).value = " 4000 "
        cell(book, "settlements", "is_remote", 2).value = "no"
        cell(book, "settlements", "is_border", 3).value = False
        book["settlements"].insert_rows(3)  # a blank line between the records
        book["settlements"]["A9"] = "  "
        book["settlements"].cell(1, 40).value = " "
        book["levels"]["D1"] = "capacity"
        book.create_sheet("x_notes")["A1"] = "own"
        book.create_sheet("Sheet1")

    assert aumaq.read(changed(tmp_path / "used.xlsx", used)) == plain

    def dated(book: openpyxl.Workbook) -> None:
        cell(book, "levels", "source", 2).value = datetime.date(2025, 1, 31)
        cell(book, "levels", "title", 2).value = 2030

    levels = aumaq.read(changed(tmp_path / "dated.xlsx", dated)).table("levels")
    assert levels["source"][0] == "2025-01-31"
    assert levels["title"][0] == "2030"


def broken(book: openpyxl.Workbook) -> None:
    """Break a skeleton in eight ways."""
    cell(book, "levels", "capacity", 2).value = "many"
    cell(book, "levels", "capex_mln", 2).value = "=1+1"
    cell(book, "services", "allocation", 2).value = "sometimes"
    cell(book, "groups", "group", 3).value = "pupils"  # as in row 2
    book["settlements"].insert_rows(3)  # what follows counts from row 4
    cell(book, "settlements", "kind", 4).value = "hamlet"
    cell(book, "settlements", "region", 2).value = "#REF!"
    book["settlements"]["AZ2"] = "stray"
    book.create_sheet("settlement")["A1"] = "service"


@pytest.mark.slow
def test_problems_name_sheet_row_and_column(tmp_path: Path) -> None:
    """All problems of a workbook are told at once, where the user sees them."""
    with pytest.raises(InstanceError) as caught:
        aumaq.read(changed(tmp_path / "b.xlsx", broken))
    problems = caught.value.problems
    found = {(p.file.removeprefix("b.xlsx, sheet "), p.row, p.column) for p in problems}
    assert {
        ("levels", 2, "capacity"), ("levels", 2, "capex"),
        ("services", 2, "allocation"), ("groups", 3, "group"),
        ("settlements", 4, "kind"), ("settlements", 2, "region"),
        ("settlements", 2, "AZ"), ("settlement", 0, ""),
    } == found  # fmt: skip
    assert all(p.file.startswith("b.xlsx, sheet ") for p in problems)
    assert len(problems) == len(found)
    text = str(caught.value)
    assert "first seen in row 2" in text
    assert "formula has no value yet" in text
    assert "did you mean 'settlements'?" in text


@pytest.mark.slow
def test_formulas_count_as_their_stored_values(tmp_path: Path) -> None:
    """Of a formula the value counts that the spreadsheet program stored."""
    path = changed(tmp_path / "a.xlsx")
    text = cell(openpyxl.load_workbook(path), "levels", "capacity", 2)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    number = [t.name for t in TABLES].index("levels") + 2
    sheet = f"xl/worksheets/sheet{number}.xml"
    old = f'<c r="{text.coordinate}"'.encode()
    before, rest = files[sheet].split(old)
    _, after = rest.split(b"</c>", 1)
    files[sheet] = before + old + b"><f>10*12</f><v>120</v></c>" + after
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert aumaq.read(path).table("levels")["capacity"][0] == 120.0


@pytest.mark.slow
def test_command_line(tmp_path: Path) -> None:
    """A template is valid and converts; broken files give exit code 2, no traceback."""
    book, base = tmp_path / "mine.xlsx", tmp_path / "mine.gpkg"
    assert run("new", book).returncode == 0
    done = run("convert", book, base)
    assert done.returncode == 0, done.stderr
    assert aumaq.read(book).content_hash[:12] in done.stdout
    assert run("convert", book, base).returncode == 2
    done = run("validate", changed(tmp_path / "b.xlsx", broken))
    assert done.returncode == 2
    assert "b.xlsx, sheet settlements, row 4, column kind" in done.stderr
    assert "Traceback" not in done.stderr
    (tmp_path / "no.xlsx").write_text("no workbook")
    (tmp_path / "no.gpkg").write_text("no GeoPackage")
    for name in ("no.xlsx", "no.gpkg"):
        done = run("validate", tmp_path / name)
        assert done.returncode == 2, done.stderr
        assert f"{name}: is not a readable" in done.stderr


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package of a format the message names the extra to install."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(aumaq.AumaqError, match=r"pip install 'lxml>=\d+' 'openpyxl>="):
        needed("openpyxl", "excel")


@pytest.mark.slow
def test_geopackage_of_an_instance_moves_with_its_points(tmp_path: Path) -> None:
    """Geopandas reads the layers; a point moved in any system moves the settlement."""
    instance = aumaq.read("west-kazakhstan")
    path = aumaq.write(instance, tmp_path / "wk.gpkg")
    kinds = dict(pyogrio.list_layers(path))
    assert kinds["road_links"] == kinds["network_links"] == "LineString"
    assert kinds["levels"] is None
    rows = geopandas.read_file(path, layer="settlements")
    assert rows.crs.to_epsg() == 4326
    assert len(rows) == len(instance.settlement_ids)
    links = geopandas.read_file(path, layer="network_links")
    assert len(links) == len(instance.table("network_links"))
    assert links.geometry.notna().all()
    rows.loc[0, "geometry"] = shapely.Point(50.0, 51.0)
    rows = rows.to_crs("EPSG:32639")
    pyogrio.write_dataframe(rows, path, layer="settlements")
    moved = aumaq.read(path).table("settlements")
    assert moved[["lon", "lat"]].iloc[0].tolist() == pytest.approx([50.0, 51.0])
    still = instance.table("settlements")
    assert moved["lat"][1:].to_numpy() == pytest.approx(still["lat"][1:].to_numpy())


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp"])
def test_layer_in_place_of_a_table(tmp_path: Path, suffix: str) -> None:
    """A folder takes settlements as a layer; cut-off names of shapefiles are known."""
    folder = aumaq.write(shipped(), tmp_path / "mine")
    rows = shipped().table("settlements")
    (folder / "settlements.csv").unlink()
    points = geopandas.points_from_xy(rows["lon"], rows["lat"], crs="EPSG:4326")
    layer = geopandas.GeoDataFrame(rows.drop(columns=["lat", "lon"]), geometry=points)
    layer = layer.drop(columns=["name_en", "name_kk", "name_ru"])
    if suffix == ".shp":
        layer = layer.rename(columns=lambda name: name[:10])
    layer.to_file(folder / f"settlements{suffix}")
    assert aumaq.read(folder).content_hash == shipped().content_hash
    layer["geometry"] = shapely.buffer(layer.geometry.to_numpy(), 0.1)
    layer["population"] = -1.0
    for file in folder.glob("settlements.*"):
        file.unlink()
    layer.to_file(folder / f"settlements{suffix}")
    with pytest.raises(InstanceError, match="expected a point") as caught:
        aumaq.read(folder)
    assert {p.column for p in caught.value.problems} == {"geometry"}
    assert caught.value.problems[0].file == f"settlements{suffix}, layer settlements"
    (folder / "settlements.csv").write_text("settlement\n")
    with pytest.raises(InstanceError, match="is there twice"):
        aumaq.read(folder)
