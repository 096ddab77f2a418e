"""Lists and layers of others: what is recognised, refused, kept; true roads."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyproj
import pytest
import shapely
from command import run
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from typer.testing import CliRunner

import aumaq
from aumaq.cli import app
from aumaq.instances import InstanceError
from aumaq.instances.errors import OptionError, UnknownNameError, UnreadableError
from aumaq.instances.imports import mapping
from aumaq.instances.imports.assembly import Wishes, imported
from aumaq.instances.imports.headers import header_of
from aumaq.instances.imports.mapping import Mapped, read_mapping
from aumaq.instances.imports.recognition import (
    FACILITY_NAMES,
    ROAD_NAMES,
    numbers,
    plain,
    recognised,
)
from aumaq.instances.imports.roads import RoadOptions, roads_of
from aumaq.instances.imports.sources import Source, read_source
from aumaq.instances.imports.speeds import speed_of

HEAD = "№;Наименование НП;Население 2009;Население 2021;Широта;Долгота;Примечание\n"
ROWS = [
    "1;Акжар;900;1 250;50,10;70,20;паром",
    "2;Бесоба;800;640;50,25;70,45;",
    "3;Коктем;10;2 300;50°24'N;70,30;",
]


def listed(path: Path, rows: list[str], head: str = HEAD, code: str = "cp1251") -> Path:
    """Write a list of places as an office in Kazakhstan keeps it."""
    path.write_bytes((head + "\n".join(rows) + "\n").encode(code))
    return path


def read(path: Path, roads: Path | None = None, **wishes: object) -> aumaq.Instance:
    """Return the instance that an import makes."""
    return imported(path, roads, Wishes("mine", **wishes)).instance  # type: ignore[arg-type]


def refusals(path: Path, roads: Path | None = None, **wishes: object) -> list[str]:
    """Return what is wrong with an import, each as it is told."""
    with pytest.raises(InstanceError) as caught:
        read(path, roads, **wishes)
    return [str(problem.text) for problem in caught.value.problems]


def test_a_list_is_understood(tmp_path: Path) -> None:
    """Cyrillic in cp1251, semicolons, commas, blanks in thousands, degrees, a title."""
    path = listed(tmp_path / "p.csv", ROWS, "Сведения о населении;;;;;;\n\n" + HEAD)
    made = imported(path, None, Wishes("Моё место"))
    rows = made.instance.table("settlements")
    assert rows["population"].tolist() == [1250.0, 640.0, 2300.0]  # the later year
    assert rows["lat"].tolist() == [50.1, 50.25, 50.4]
    assert rows["kind"].tolist() == ["village"] * 3
    assert set(rows["region"]) == {"Моё место"}
    assert rows["x_Примечание"].tolist() == ["паром", "", ""]
    assert rows["x_Население_2009"].tolist() == ["900", "800", "10"]
    told = " ".join(map(str, made.notes))
    assert "Windows-1251" in told
    assert "the header is row 3" in told
    assert "straight lines times 1.3" in told


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ("name NAME_RU Название НАИМЕНОВАНИЕ атауы «Населённый_пункт»", "name"),
        ("pop POP_2021 Население Численность_населения халық_саны", "population"),
        ("Latitude широта ендік Y lat", "lat"),
        ("LON долгота бойлық x lng", "lon"),
    ],
)
def test_headers_in_three_languages(names: str, role: str) -> None:
    """Each is taken for what it is, whatever else there is."""
    for name in names.split():
        cell = "Акжар" if role == "name" else "50.5"
        cells = pd.DataFrame({"прочее": ["z", "z"], name: [cell, cell]}, dtype=object)
        found = {guess.role: guess.column for guess in recognised(cells, {})}
        assert found[role] == name, plain(name)


@given(st.floats(-180, 180), st.integers(0, 10**7))
def test_numbers_as_offices_write_them(value: float, count: int) -> None:
    """A comma for a point, blanks or commas between thousands."""
    cells = pd.Series([f"{value:.6f}".replace(".", ",")])
    assert numbers(cells)[0] == float(f"{value:.6f}")
    for mark in (" ", "\u00a0", ","):
        cells = pd.Series([f"{count:,}".replace(",", mark)])
        assert numbers(cells, are_counts=True)[0] == count


BAD = {
    "empty file": ("", "", ["is empty"]),
    "no coordinates": ("name,population\na,5", "", ["lat=COLUMN,lon=COLUMN"]),
    "header only": ("name,population,lat,lon", "", ["holds no rows"]),
    "wrong column": (
        "name,population,lat,lon\na,5,50,70",
        "population=POP",
        ["has no column 'POP'"],
    ),
    "wrong role": (
        "name,population,lat,lon\na,5,50,70",
        "popul=population",
        ["names 'popul'"],
    ),
    "rows": (
        "name,population,lat,lon\na,5,50,70\nb,many,50,70\nc,7,,70\nd,8,95,70\n,9,50,70",
        "population=population,lat=lat,lon=lon",
        ["row 3, column population", "row 4, column lat", "row 5, column lat",
         "row 6, column name"],
    ),
    "other numbers": (
        "name,population,lat,lon,within\na,5,50,70,\"12,5\"\nb,1e300,50,70,far\nc,1,50,70,",
        "internal_minutes=within",
        ["row 3, column within: expected a number", "row 3, column population"],
    ),
    "metres": ("name,population,x,y\na,5,500000,5600000", "", ["--crs"]),
    "same code": ("code,name,population,lat,lon\n1,a,5,50,70\n1,b,5,50,70",
                  "settlement=code", ["same code"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_told(tmp_path: Path, case: str) -> None:
    """Every problem at once: file, row and column; nothing is written."""
    text, mapping, wanted = BAD[case]
    path = tmp_path / "p.csv"
    path.write_text(text, "utf-8")
    words = ("--map", mapping) if mapping else ()
    done = run("import", path, "--out", tmp_path / "o", *words)
    assert done.returncode == 2, done.stdout
    for part in wanted:
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["p.csv"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[places.columns]\nname = 5", "places.columns.name"),
        ('[places.columns]\nname = ""', "places.columns.name"),
        ("[roads]\ntolerance_m = -5", "roads.tolerance_m"),
        ("[roads]\nreach_km = nan\ndetour = 0.1", "roads.reach_km, roads.detour"),
        ('[roads.speeds_kmh]\na = "fast"\nb = 0', "speeds_kmh.a, .*speeds_kmh.b"),
    ],
)
def test_a_mapping_has_values_that_can_be(
    tmp_path: Path, text: str, wanted: str
) -> None:
    """Each that cannot is named; no road of no length, none of endless speed."""
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(UnreadableError, match=wanted):
        read_mapping(path)


@pytest.mark.parametrize("option", ["--tolerance", "--reach", "--detour"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1"])
def test_lengths_are_numbers(tmp_path: Path, option: str, value: str) -> None:
    """Neither endless nor negative."""
    path = listed(tmp_path / "p.csv", ROWS)
    words = ["import", str(path), "--out", str(tmp_path / "o"), option, value]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, OptionError)
    assert option in str(done.exception)


def test_all_people_count_where_columns_part_them(tmp_path: Path) -> None:
    """Men and women apart are not everybody; equally good columns are told."""
    head = "Название;Широта;Долгота;Население (мужчины);Население (женщины)"
    parted = listed(tmp_path / "a.csv", ["А;50,5;70,1;30;40", "Б;50,6;70,2;5;6"],
                    head + "\n")  # fmt: skip
    whole = listed(tmp_path / "b.csv", ["А;50,5;70,1;30;40;70", "Б;50,6;70,2;5;6;11"],
                   head + ";Население всего\n")  # fmt: skip
    made = imported(whole, None, Wishes("m"))
    assert made.tables["settlements"]["population"].tolist() == [70, 11]
    made = imported(parted, None, Wishes("m"))
    assert "женщины" in str(made.guesses["a.csv"][-1].why)


def test_codes_that_are_there_are_kept(tmp_path: Path) -> None:
    """A place without one gets one of its name; the code of another is not taken."""
    path = tmp_path / "p.csv"
    path.write_text("kod,name,pop,lat,lon\nA1,a,5,50,70\n,A1,6,50,71\n")
    told = Mapped({"columns": {"settlement": "kod"}})
    made = imported(path, None, Wishes("m", mapped=told))
    assert made.tables["settlements"]["settlement"].tolist() == ["A1", "A1-2"]
    assert any("1 place has no code" in str(note) for note in made.notes)


def test_a_mapping_knows_the_columns_of_each_list(tmp_path: Path) -> None:
    """Two lists of facilities with names of their own, imported again."""
    path = listed(tmp_path / "p.csv", ROWS)
    (tmp_path / "s.csv").write_text("Село;Мощность\nАкжар;300\n")
    (tmp_path / "c.csv").write_text("НП;Число мест\nБесоба;40\n")
    files = {"school": tmp_path / "s.csv", "primary_care": tmp_path / "c.csv"}
    wishes = Wishes("m", country="kz", services=tuple(files), facilities=files)
    one = imported(path, None, wishes)
    two = imported(path, None, replace(wishes, mapped=one.mapping))
    pd.testing.assert_frame_equal(one.tables["facilities"], two.tables["facilities"])
    wrong = Mapped(facilities={"columns": {"shcool.capacity": "Мощность"}})
    with pytest.raises(UnknownNameError, match="shcool"):
        imported(path, None, replace(wishes, mapped=wrong))


def test_speeds_that_are_none_are_told(tmp_path: Path) -> None:
    """And two layers of one file are both told."""
    file = tmp_path / "all.gpkg"
    places = gpd.GeoDataFrame(
        {"name": ["a", "b"], "population": [5, 6]},
        geometry=gpd.points_from_xy([70.0, 70.2], [50.0, 50.0]), crs=4326,
    )  # fmt: skip
    places.to_file(file, layer="places")
    lines = [
        shapely.LineString([(70 + k / 10, 50), (70.1 + k / 10, 50)]) for k in (0, 1)
    ]
    roads = gpd.GeoDataFrame({"maxspeed": ["60", "RU:rural"]}, geometry=lines, crs=4326)
    roads = pd.concat([roads] * 3).set_crs(4326)
    roads.loc[roads.index == 1, "maxspeed"] = ["RU:rural", "70", "80"]
    roads.to_file(file, layer="roads")
    mapped = Mapped({"layer": "places"}, {"layer": "roads"})
    made = imported(file, file, Wishes("m", mapped=mapped))
    assert any("1 speed is no km/h" in str(note) for note in made.notes)
    assert list(made.guesses) == ["all.gpkg", "all.gpkg (roads)"]


def test_rows_are_left_out_only_when_asked(tmp_path: Path) -> None:
    """And are told by number then."""
    path = tmp_path / "p.csv"
    path.write_text("name,pop,lat,lon\na,5,50,70\nb,many,50,70\nc,7,50,70.1\nd,9,50,71")
    given_ = Mapped({"columns": {"population": "pop"}})
    assert len(refusals(path, mapped=given_)) == 1
    made = imported(path, None, Wishes("m", leave_out=True, mapped=given_))
    assert list(made.instance.settlement_ids) == ["a", "c", "d"]
    assert any("left out" in str(note) and ": 3" in str(note) for note in made.notes)


@pytest.mark.slow
def test_names_that_occur_again(tmp_path: Path) -> None:
    """Codes are made different; a second import by the mapping is the same."""
    path = tmp_path / "p.csv"
    path.write_text("name,pop,lat,lon\nAksu,5,50,70\nAksu,6,50,70.5\nAksu,7,50,71")
    first = run("import", path, "--out", tmp_path / "a")
    assert first.returncode == 0, first.stderr
    assert "Aksu-2, Aksu-3" in first.stdout
    kept = tmp_path / "a-mapping.toml"
    again = run(
        "import", path, "--out", tmp_path / "b.xlsx", "--mapping", kept, "--json"
    )
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["columns"]["p.csv"]["population"] == "pop"
    one, two = (aumaq.read(tmp_path / name) for name in ("a", "b.xlsx"))
    pd.testing.assert_frame_equal(one.table("settlements"), two.table("settlements"))
    kept.write_text("[places]\ncolour = 'red'\n")
    done = run("import", path, "--out", tmp_path / "c", "--mapping", kept)
    assert done.returncode == 2
    assert "places.colour" in done.stderr


def test_layers_in_any_system(tmp_path: Path) -> None:
    """The same places, Z and all, from four formats and two reference systems."""
    frame = gpd.GeoDataFrame(
        {"NAME_RU": ["Акжар", "Бесоба"], "POP": [500, 700], "TYPE": ["село", "город"]},
        geometry=gpd.points_from_xy([70.2, 70.6], [50.1, 50.3], [5.0, 6.0]),
        crs=4326,
    )
    areas = frame.to_crs(32642).buffer(800.0).to_crs(4326)
    frame.to_file(tmp_path / "a.gpkg")
    frame.to_crs(32642).to_file(tmp_path / "b.shp", encoding="cp1251")
    frame.to_file(tmp_path / "c.geojson")
    frame.set_geometry(areas).to_file(tmp_path / "d.gpkg")
    flat = frame.to_crs(32642).geometry
    table = pd.DataFrame(frame.drop(columns="geometry")).assign(X=flat.x, Y=flat.y)
    table.to_excel(tmp_path / "e.xlsx", index=False)
    for name in ("a.gpkg", "b.shp", "c.geojson", "d.gpkg", "e.xlsx"):
        mapped = Mapped({"crs": "EPSG:32642"} if name == "e.xlsx" else {})
        rows = read(tmp_path / name, mapped=mapped).table("settlements")
        np.testing.assert_allclose(rows["lat"], [50.1, 50.3], atol=2e-4)
        np.testing.assert_allclose(rows["lon"], [70.2, 70.6], atol=2e-4)
        assert rows["kind"].tolist() == ["village", "city"], name
    (tmp_path / "b.dbf").unlink()
    assert "no file .dbf" in refusals(tmp_path / "b.shp")[0]
    (tmp_path / "a.geojson").write_text("{}")
    assert refusals(tmp_path / "a.geojson")


def test_sheets_and_broken_books(tmp_path: Path) -> None:
    """The first sheet with a table counts; what is no workbook is told."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Список")
    for row in (["Название", "Население", "Широта", "Долгота"], ["Аксай", 5, 50, 70]):
        sheet.append(row)
    book.save(tmp_path / "p.xlsx")
    assert read(tmp_path / "p.xlsx").table("settlements")["name"].tolist() == ["Аксай"]
    (tmp_path / "q.xlsx").write_text("no workbook")
    assert refusals(tmp_path / "q.xlsx")


def roads_from(
    lines: list[object],
    places: list[tuple[float, float]],
    road_class: str = "primary",
    **options: float,
):
    """Return road tables from lines of degrees and places (lon, lat)."""
    cells = pd.DataFrame({"highway": [road_class] * len(lines)}, dtype=object)
    source = Source("r", cells, list(range(1, len(lines) + 1)), np.array(lines))
    rows = pd.DataFrame(places, columns=["lon", "lat"])
    rows["name"] = [f"place {k}" for k in range(len(rows))]
    return roads_of(source, rows, {}, RoadOptions(**options))


def test_roads_meet_where_they_cross_and_nearly_touch() -> None:
    """A cross, a spur that ends 10 m short of it, and a stray line without places."""
    cross = [
        shapely.LineString([(70.0, 50.0), (70.4, 50.0)]),
        shapely.LineString([(70.2, 49.9), (70.2, 50.1)]),
        shapely.MultiLineString([[(70.1, 50.0001), (70.1, 50.1)],
                                 [(75.0, 45.0), (75.1, 45.0)]]),
    ]  # fmt: skip
    made = roads_from(cross, [(70.0, 50.0), (70.2, 50.1), (70.1, 50.1)])
    links = made.tables["road_links"]
    nodes = made.tables["road_nodes"].set_index("node")
    assert not links["is_synthetic"].any()
    degree = pd.concat([links["from_node"], links["to_node"]]).value_counts()
    near = nodes[((nodes - [50.0, 70.2]).abs() < 1e-3).all(axis=1)].index
    assert degree[near].tolist() == [4]
    assert any("lead to no place" in str(note) for note in made.notes)
    assert links["length_km"].sum() == pytest.approx(28.67 + 22.24 + 11.1, rel=0.01)


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_ways_are_those_along_the_lines(seed: int) -> None:
    """Between places on a grid of lines: as long as the way by its corners."""
    rng = np.random.default_rng(seed)
    xs, ys = np.sort(rng.random(4)) + 70.0, np.sort(rng.random(4)) + 50.0
    if min(np.diff(xs).min(), np.diff(ys).min()) < 0.01:
        return
    lines = [shapely.LineString([(x, ys[0]), (x, ys[-1])]) for x in xs]
    lines += [shapely.LineString([(xs[0], y), (xs[-1], y)]) for y in ys]
    corners = [(x, y) for x in xs for y in ys]
    made = roads_from(lines, corners)
    nodes, links = made.tables["road_nodes"], made.tables["road_links"]
    assert len(nodes) == 16
    assert len(links) == 24
    at = pd.Index(nodes["node"])
    ends = at.get_indexer(links["from_node"]), at.get_indexer(links["to_node"])
    graph = coo_array((links["length_km"], ends), shape=(16, 16)).tocsr()
    found = dijkstra(graph, directed=False)
    lat, lon = np.radians(nodes["lat"].to_numpy()), np.radians(nodes["lon"].to_numpy())
    up = 6371.0088 * np.abs(lat[:, None] - lat)
    across = 6371.0088 * np.abs(lon[:, None] - lon)
    narrow = np.cos(np.maximum(lat[:, None], lat))  # along the northernmost way
    np.testing.assert_allclose(found, up + across * narrow, rtol=5e-3, atol=0.02)


def test_what_roads_do_not_reach_is_joined_straight() -> None:
    """A far place, and a road of its own: flagged, and as long as the detour says."""
    lines = [
        shapely.LineString([(70.0, 50.0), (71.0, 50.0)]),
        shapely.LineString([(70.3, 50.2), (70.4, 50.2)]),
    ]
    places = [(70.0, 50.0), (71.0, 50.0), (70.5, 50.5), (70.3, 50.2)]
    made = roads_from(lines, places, detour=1.5)
    links = made.tables["road_links"]
    straight = links[links["is_synthetic"]]
    degree_km = 6371.0088 * np.pi / 180
    wanted = sorted([0.5 * degree_km * 1.5, 0.2 * degree_km * 1.5])
    assert sorted(straight["length_km"]) == pytest.approx(wanted, rel=0.01)
    assert set(straight["road_class"]) == {"straight_line"}
    told = " ".join(map(str, made.notes))
    assert "1 place is far from every road (place 2): a straight" in told
    assert "1 part of the roads" in told
    again = roads_from(lines, places, "straight_line", detour=1.5)  # as we write it
    assert again.tables["road_classes"]["road_class"].tolist() == ["straight_line"]


def test_roads_of_elsewhere_are_refused() -> None:
    """As with x and y exchanged; where the count of degrees turns over is no edge."""
    line = shapely.LineString([(50.0, 70.0), (50.3, 71.0)])
    with pytest.raises(InstanceError, match="km from the nearest place"):
        roads_from([line], [(70.0, 50.0), (71.0, 50.3)])
    # over the meridian of 180 degrees, in two pieces as such layers are cut
    lines = [shapely.LineString([(179.8, 66.0), (180.0, 66.0)]),
             shapely.LineString([(-180.0, 66.0), (-179.8, 66.0)])]  # fmt: skip
    made = roads_from(lines, [(179.8, 66.0), (-179.8, 66.0)])
    degree_km = 6371.0088 * np.pi / 180 * np.cos(np.radians(66.0))
    km = made.tables["road_links"]["length_km"].sum()
    assert km == pytest.approx(0.4 * degree_km, rel=1e-3)


def test_layers_that_are_several_and_numbers_that_are_endless(tmp_path: Path) -> None:
    """Each option by its name; inf in a layer is no number of people."""
    file = tmp_path / "all.gpkg"
    places = gpd.GeoDataFrame(
        {"name": ["a", "b"], "population": [5.0, np.inf]},
        geometry=gpd.points_from_xy([70.0, 70.2], [50.0, 50.0]), crs=4326,
    )  # fmt: skip
    places.to_file(file, layer="one")
    assert "row 2, column population: expected a number" in refusals(file)[0]
    places.to_file(file, layer="two")
    path = listed(tmp_path / "p.csv", ROWS)
    assert "with --layer: one, two" in refusals(file)[0]
    assert "with --road-layer: one, two" in refusals(path, file)[0]
    lists = {"services": ["school"], "country": "kz", "facilities": {"school": file}}
    told = f"with --facilities school={file.name}#NAME: one, two"
    assert told in refusals(path, **lists)[0]


@pytest.mark.parametrize("at", [[nan, 50.0], [70.0, nan], [70.0, inf]])
def test_places_without_a_number_are_not_at_zero(
    at: list[float], tmp_path: Path
) -> None:
    """A coordinate that is no number: told by its row; GEOS would make it 0, 0."""
    rows = [{"type": "Feature", "properties": {"name": n, "population": 5},
             "geometry": {"type": "Point", "coordinates": c}}
            for n, c in (("A", [70.0, 50.0]), ("B", at))]  # fmt: skip
    path = tmp_path / "p.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    with pytest.raises(InstanceError) as caught:
        read(path)
    assert [problem.row for problem in caught.value.problems] == [2]


def test_lines_that_are_none_are_told_by_row(tmp_path: Path) -> None:
    """A line of one point, one without a shape; a layer of lines without length."""
    path = listed(tmp_path / "p.csv", ROWS)
    roads = tmp_path / "r.geojson"

    def put(*shapes: object) -> None:
        rows = [{"type": "Feature", "properties": {}, "geometry": s} for s in shapes]
        roads.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))

    sound = {"type": "LineString", "coordinates": [[70, 50], [71, 50.3]]}
    put(sound, {"type": "LineString", "coordinates": [[70, 50]]}, None)
    with pytest.raises(InstanceError) as caught:
        read(path, roads)
    assert [problem.row for problem in caught.value.problems] == [2, 3]
    cut = {"type": "LineString", "coordinates": [[70, 50], [nan, 50.1], [71, 50.3]]}
    put(sound, sound, cut)
    with pytest.raises(InstanceError) as caught:
        read(path, roads)
    assert [problem.row for problem in caught.value.problems] == [3]
    put({"type": "LineString", "coordinates": [[70, 50], [70, 50]]})
    assert "no line longer than the tolerance" in refusals(path, roads)[0]


@pytest.mark.parametrize(
    ("word", "speed"),
    [
        ("респ.", 80.0), ("обл", 65.0), ("Областного значения", 65.0), ("мест.", 50.0),
        ("респ. маңызы бар", 80.0), ("III кат.", 70.0), ("асф.", 70.0),
        ("primary_link", 75.0), ("unpaved", None), ("5 линия", None), ("г", None),
        ("р-н", 55.0), ("Р/н", 55.0), ("р-н. знач.", 55.0), ("м/з", 50.0),
        ("межд.", 85.0), ("обл.", 65.0),
    ],
)  # fmt: skip
def test_shortened_classes_of_roads_have_speeds(word: str, speed: float | None) -> None:
    """Offices write "респ", "обл. значения"; what is like nothing known has none."""
    assert speed_of(word) == speed


@pytest.mark.parametrize("file", ["p.csv", "p.xlsx"])
def test_totals_of_a_list_are_no_places(tmp_path: Path, file: str) -> None:
    """At the end or after a district, with a number of its own; a village may be so."""
    rows = [
        "1;Акжар;900;1250;50,10;70,20;",
        ";Итого по району:;900;1250;;;",
        "2;Всего;800;640;50,25;70,45;",
        "3;Барлығы;1700;1890;–;–;",
        "Total;;1700;1890;;;",
    ]
    if file.endswith("csv"):
        listed(tmp_path / file, rows, code="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in [HEAD.strip(), *rows]:
            book.active.append([cell or None for cell in row.split(";")])
        book.save(tmp_path / file)
    made = imported(tmp_path / file, None, Wishes("mine"))
    assert made.instance.table("settlements")["name"].tolist() == ["Акжар", "Всего"]
    assert "3 rows of totals are left out: 3, 5, 6" in " ".join(map(str, made.notes))


def test_totals_of_a_list_of_facilities_are_none(tmp_path: Path) -> None:
    """By name of the settlement, and by coordinates."""
    places = listed(tmp_path / "p.csv", ROWS)
    for head, cells in (
        ("Школа;Населенный пункт;Мощность", "N1;Акжар;90\nИтого;;90"),
        ("Школа;Широта;Долгота;Мощность", "N1;50,10;70,20;90\nВсего:;;;90"),
    ):
        (tmp_path / "s.csv").write_text(f"{head}\n{cells}\n", "utf-8")
        made = read(
            places, facilities={"school": tmp_path / "s.csv"}, country="kz",
            services=["school"],
        )  # fmt: skip
        assert len(made.table("facilities")) == 1


def test_a_list_without_coordinates_is_one_problem(tmp_path: Path) -> None:
    """Which says what can be done; one that lacks only longitudes names those."""
    rows = ["Акжол;1 200", "Кенес;340"]
    path = listed(tmp_path / "p.csv", rows, "Населенный пункт;Население\n")
    (told,) = refusals(path)
    assert "lat=COLUMN,lon=COLUMN" in told
    rows = ["Акжол;1 200;50,5", "Кенес;340;50,6"]
    path = listed(tmp_path / "q.csv", rows, "Населенный пункт;Население;Широта\n")
    (told,) = refusals(path)
    assert "--map lon=COLUMN" in told


def test_what_a_column_holds_may_stand_in_brackets() -> None:
    """A header that is a word of its own, or begins with it, goes before."""
    cells = pd.DataFrame({"Село": ["А"], "Школа (мест)": ["90"], "Больница": ["5"]})
    found = {g.role: g.column for g in recognised(cells, {}, FACILITY_NAMES)}
    assert found == {"settlement": "Село", "capacity": "Школа (мест)"}
    cells["Вместимость, всего"] = ["100"]
    found = {g.role: g.column for g in recognised(cells, {}, FACILITY_NAMES)}
    assert found["capacity"] == "Вместимость, всего"


def test_places_are_told_to_the_decimetre(tmp_path: Path) -> None:
    """Points moved from metres are no numbers of sixteen digits."""
    points = gpd.points_from_xy([500123.4, 512345.6], [5600000.7, 5612345.6])
    frame = gpd.GeoDataFrame({"name": ["A", "B"], "population": [300, 400]},
                             geometry=points, crs=32642)  # fmt: skip
    frame.to_file(tmp_path / "p.gpkg")
    rows = read(tmp_path / "p.gpkg").table("settlements")
    degrees = frame.to_crs(4326).geometry
    for name, exact in (("lon", degrees.x), ("lat", degrees.y)):
        assert rows[name].tolist() == pytest.approx(exact.tolist(), abs=1e-6)
        assert rows[name].round(6).tolist() == rows[name].tolist()


def test_without_room_for_the_mapping_there_is_no_instance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the import could not be tried again: its output would be there."""

    def full(_: object) -> str:
        raise OSError(28, "No space left on device")

    path = listed(tmp_path / "p.csv", ROWS)
    monkeypatch.setattr(mapping, "mapping_text", full)
    for out in ("o", "o.xlsx"):
        done = run("import", path, "--out", out, folder=tmp_path)
        assert done.returncode == 2
        told = "o-mapping.toml cannot be written: the disk is full"
        assert done.stderr.splitlines() == [told]
        assert [*tmp_path.iterdir()] == [path]


ZONE = {"zone": "z", "kind": "forest", "lat": 50.3, "lon": 70.3, "radius_km": 9.0}
SWAPPED: dict[str, tuple[list[int], dict[str, Any] | None, str]] = {
    "none": ([], ZONE, ""),
    "one": ([1], None, "of Бесоба: only"),
    "two": ([0, 3], None, "of Акжар, Аксу: only"),
    "all, beside a zone": ([0, 1, 2, 3, 4], ZONE, "are the places near the zones"),
    "all, and the currency says so": ([0, 1, 2, 3, 4], None, "country of the currency"),
    "all, and nothing says so": ([0, 1, 2, 3, 4], None, ""),
}


@pytest.mark.parametrize("case", SWAPPED)
def test_swapped_places_are_told_where_roads_are_made_of_them(
    tmp_path: Path, case: str
) -> None:
    """Nodes that lie where their places are do not tell that these are right."""
    which, zone, told = SWAPPED[case]
    names = ["Акжар", "Бесоба", "Коктем", "Аксу", "Тасты"]
    lat = [50.1, 50.2, 50.4, 50.0, 51.0]
    rows = pd.DataFrame({"name": names, "population": 500, "lat": lat, "lon": 70.3})
    rows.loc[which, ["lat", "lon"]] = rows.loc[which, ["lon", "lat"]].to_numpy()
    rows.to_csv(tmp_path / "p.csv", index=False)
    tables = dict(read(tmp_path / "p.csv").base)
    if zone:
        tables["zones"] = pd.DataFrame([zone])
    if case == "all, and nothing says so":
        tables["instance"] = tables["instance"].assign(currency="EUR")
    warnings = map(str, aumaq.from_tables(tables).warnings)
    found = [text for text in warnings if "look swapped" in text]
    assert len(found) == bool(told)
    assert told in "".join(found)


SYSTEMS: dict[str, tuple[str, int, int | None, str, str]] = {
    "its own holds": ("a.gpkg", 4326, 4326, "EPSG:32642", "is not used for it"),
    "of a .prj, too": ("a.shp", 32642, 32642, "EPSG:4326", "is not used for it"),
    "the same": ("a.shp", 32642, 32642, "EPSG:32642", ""),
    "the same by another name": ("a.gpkg", 4326, 4326, "EPSG:4979", ""),
    "none named": ("a.geojson", 32642, None, "EPSG:32642", ""),
    "metres that are called degrees": ("a.shp", 32642, 4326, "EPSG:32642",
                                       "EPSG:4326, in which its coordinates cannot be"),
    "degrees that are called metres": ("a.gpkg", 4326, 32642, "EPSG:4326",
                                       "EPSG:32642, in which its coordinates cannot"),
}  # fmt: skip


@pytest.mark.parametrize("case", SYSTEMS)
def test_an_option_and_a_file_name_a_system(tmp_path: Path, case: str) -> None:
    """That of the file holds where its coordinates can be in it; it is said."""
    name, true, called, asked, told = SYSTEMS[case]
    points = gpd.GeoSeries(gpd.points_from_xy([70.2, 70.6], [50.1, 50.3]), crs=4326)
    frame = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=points).to_crs(true)
    frame = frame.set_crs(called or 4326, allow_override=True)
    frame.to_file(tmp_path / name)
    if called is None:
        text = (tmp_path / name).read_text("utf-8")
        (tmp_path / name).write_text(re.sub(r'"crs": \{.*\}, *\n|"crs":.*\n', "", text))
    found = read_source(tmp_path / name, crs=asked)
    found_at = shapely.get_coordinates(found.shapes)
    assert found_at == pytest.approx(shapely.get_coordinates(points), abs=1e-6)
    assert len(found.notes) == bool(told)
    assert told in "".join(found.notes)


def test_degrees_are_no_metres(tmp_path: Path) -> None:
    """As metres all places would lie within a yard, in the Gulf of Guinea."""
    path = listed(tmp_path / "p.csv", ROWS)
    (told,) = refusals(path, mapped=Mapped({"crs": "EPSG:32642"}))
    assert "holds degrees, it seems: no coordinate is above 70.5" in told
    points = gpd.points_from_xy([70.2], [50.1])
    frame = gpd.GeoDataFrame({"name": ["A"], "population": [5]}, geometry=points)
    frame.set_crs(32642).to_file(tmp_path / "p.gpkg")
    (told,) = refusals(tmp_path / "p.gpkg")
    assert "and EPSG:32642 has metres; --crs EPSG:4326 says so" in told


CRS: dict[str, tuple[Any, int | None]] = {
    "no name": (None, 4326),
    "code": ({"type": "name", "properties": {"name": "EPSG:32642"}}, 32642),
    "address": ("http://www.opengis.net/def/crs/EPSG/0/32642", 32642),
    "plain text": ("EPSG:4326", 4326),
    "another register": ("ESRI:102012", 102012),
    "no such code": ("EPSG:999999", None),
    "a local name": ({"type": "name", "properties": {"name": "МСК-12"}}, None),
    "a link": ({"type": "link", "properties": {"href": "crs.txt"}}, None),
}


@pytest.mark.parametrize("case", CRS)
def test_the_system_that_geojson_names_is_used_or_told(
    tmp_path: Path, case: str
) -> None:
    """GDAL takes coordinates of a system that it does not know for degrees."""
    named, code = CRS[case]
    system = pyproj.CRS.from_user_input(
        f"ESRI:{code}" if code == 102012 else code or 4326
    )
    way = pyproj.Transformer.from_crs(4326, system, always_xy=True)
    feature = {
        "type": "Feature", "properties": {"name": "A", "population": 5},
        "geometry": {"type": "Point", "coordinates": way.transform(70.2, 50.1)},
    }  # fmt: skip
    document = {"type": "FeatureCollection", "features": [feature]}
    path = tmp_path / "p.geojson"
    path.write_text(json.dumps({**document, **({"crs": named} if named else {})}))
    if code is None:
        (told,) = refusals(path)
        assert "names a coordinate reference system that is not" in told
        with_own = read(path, mapped=Mapped({"crs": "EPSG:4326"}))
        assert with_own.table("settlements")["lat"].tolist() == [50.1]
        return
    row = read(path).table("settlements").iloc[0]
    assert (row["lat"], row["lon"]) == pytest.approx((50.1, 70.2), abs=1e-6)


def test_roads_of_a_layer(tmp_path: Path) -> None:
    """Speeds by class and by option; points among the lines are told or left out."""
    path = listed(tmp_path / "p.csv", ROWS)
    lines = [shapely.LineString([(70.2, 50.1), (70.45, 50.25)]),
             shapely.LineString([(70.45, 50.25), (70.3, 50.4)])]  # fmt: skip
    frame = gpd.GeoDataFrame({"КЛАСС": ["III", "особый"]}, geometry=lines, crs=4326)
    frame.to_crs(3857).to_file(tmp_path / "r.gpkg")
    done = run("import", path, "--roads", tmp_path / "r.gpkg", "--speeds", "III=72",
               "--out", tmp_path / "o")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "nothing is known of these classes of roads" in done.stdout
    classes = aumaq.read(tmp_path / "o").table("road_classes")
    speeds = classes.set_index("road_class")["speed_kmh"].to_dict()
    assert speeds == {"III": 72.0, "особый": 50.0}
    mixed = pd.concat([frame, gpd.GeoDataFrame({"КЛАСС": ["x"]},
                       geometry=[shapely.Point(70, 50)], crs=4326)])  # fmt: skip
    mixed.to_file(tmp_path / "m.geojson")
    assert "expected a line" in refusals(path, tmp_path / "m.geojson")[0]
    assert len(read(path, tmp_path / "m.geojson", leave_out=True).table("road_links"))


@pytest.mark.slow
def test_own_columns_live_on(tmp_path: Path) -> None:
    """Columns of the user's own go through a workbook, a folder, and back."""
    path = listed(tmp_path / "p.csv", ROWS)
    source = read_source(path)
    assert source.encoding == "Windows-1251"
    instance = read(path)
    for name in ("a.xlsx", "b", "c.gpkg"):
        again = aumaq.read(aumaq.write(instance, tmp_path / name))
        assert again.table("settlements")["x_Примечание"].tolist() == ["паром", "", ""]


def test_what_stands_today(tmp_path: Path) -> None:
    """Facilities by point and by name, levels by capacity; two in one place are two."""
    places = listed(tmp_path / "p.csv", ROWS)
    schools = tmp_path / "s.csv"
    schools.write_text(
        "Школа;Населенный пункт;Мощность\nN1;акжар;120\nN2;Акжар;90\nN3;Коктем;700\n",
        "utf-8",
    )
    points = gpd.GeoDataFrame(
        {"level": [2]}, geometry=gpd.points_from_xy([70.46], [50.26]), crs=4326
    )
    points.to_file(tmp_path / "q.gpkg")
    for file, wanted in (
        ("s.csv", {("Акжар", 1): 2, ("Коктем", 2): 1}),
        ("q.gpkg", {("Бесоба", 2): 1}),
    ):
        instance = read(places, facilities={"school": tmp_path / file})
        rows = instance.table("facilities")
        found = rows.set_index(["site", "level"])["units"].to_dict()
        assert found == wanted
        sites = instance.table("sites").set_index("site")["status"]
        assert set(sites[sites == "existing"].index) == {site for site, _ in wanted}
    schools.write_text("Школа;Село;Мощность\nN1;Акжарма;120\nN2;Акжар;нет\n", "utf-8")
    sized = Mapped(facilities={"columns": {"capacity": "Мощность"}})
    told = refusals(places, facilities={"school": schools}, mapped=sized)
    assert len(told) == 2
    assert "did you mean 'Акжар'" in told[0]
    assert "expected a capacity above 0" in told[1]
    assert "no service" in refusals(places, facilities={"zoo": schools})[0]


def test_a_column_is_known_by_its_name_though_cells_are_bad(tmp_path: Path) -> None:
    """The cells are told then, not that there is no such column."""
    rows = "NAME,POP,LAT,LON\nA,100,50.0,70.0\nB,12a,51.0,\nC,300,95,70\n"
    path = tmp_path / "p.csv"
    path.write_text(rows, encoding="utf-8")
    told = refusals(path)
    assert len(told) == 3
    assert all("column could" not in text for text in told)


def test_a_sheet_that_was_taken_among_several_is_said(tmp_path: Path) -> None:
    """Which it was, and how another is named: of places, and of what stands today."""
    book = tmp_path / "two.xlsx"
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame().to_excel(writer, sheet_name="Notes", index=False)
        for name, lat in (("First", 50.0), ("Second", 51.0)):
            rows = {"name": ["a"], "population": [9], "lat": [lat], "lon": [70.0]}
            pd.DataFrame(rows).to_excel(writer, sheet_name=name, index=False)
    made = imported(book, None, Wishes("m"))
    (told,) = [str(note) for note in made.notes if "sheets" in note]
    assert "'First' is read" in told
    assert told.endswith("with --layer: Notes, Second")
    asked = Wishes("m", mapped=Mapped(places={"layer": "Second"}))
    chosen = imported(book, None, asked)
    assert chosen.instance.table("settlements")["lat"].tolist() == [51.0]
    assert not [note for note in chosen.notes if "sheets" in note]
    plain_file = listed(tmp_path / "p.csv", ROWS)
    wanted = Mapped(places={"layer": "Second"})
    assert "no sheets or layers" in refusals(plain_file, mapped=wanted)[0]
    lists = {"school": Path(f"{book}#Second")}
    wishes = Wishes("m", ["services"], "kz", ["school"], facilities=lists,
                    mapped=asked.mapped)  # fmt: skip
    stock = imported(book, None, wishes).instance.table("facilities")
    assert stock["site"].tolist() == ["a"]


@pytest.mark.slow
@pytest.mark.parametrize("target", ["m.xlsx", "m"])
def test_warnings_name_what_was_written(tmp_path: Path, target: str) -> None:
    """The sheet of a workbook, the file of a folder; as a check tells them later."""
    path = tmp_path / "p.csv"
    path.write_text("name,lat,lon,population\nA,50.1,70.1,900\nB,50.2,70.2,90\n")
    out = tmp_path / target
    done = run("import", path, "--out", out)
    told = [line for line in done.stderr.splitlines() if line.startswith("warning")]
    assert told
    place = "warning: m.xlsx, sheet " if out.suffix else "warning: [a-z_]+.csv"
    assert all(re.match(place, line) for line in told)
    again = run("validate", out).stderr.splitlines()
    assert [line for line in again if line.startswith("warning")] == told
    other = tmp_path / f"o{out.suffix}"
    found = json.loads(run("import", path, "--out", other, "--json").stdout)
    assert all(("o.xlsx, sheet" in w) == bool(out.suffix) for w in found["warnings"])


def test_transliterated_columns_are_known() -> None:
    """Shapefiles often have Latin letters alone."""
    cells = pd.DataFrame(
        {"NAIMENOVAN": ["Аксай", "Достык"], "TIP": ["город", "село"],
         "OBLAST": ["ЗКО"] * 2, "RAION": ["Б"] * 2, "NASELENIE": ["10", "20"],
         "SHIROTA": ["51.1", "51.2"], "DOLGOTA": ["52.1", "52.2"]}
    )  # fmt: skip
    found = {guess.role: guess.column for guess in recognised(cells, {})}
    assert found == {
        "name": "NAIMENOVAN", "kind": "TIP", "region": "OBLAST", "district": "RAION",
        "lat": "SHIROTA", "lon": "DOLGOTA", "population": "NASELENIE",
    }  # fmt: skip
    roads = pd.DataFrame({"KATEGORIA": ["III"], "NOMER": ["A-1"], "SKOROST": ["60"]})
    told = {guess.role: guess.column for guess in recognised(roads, {}, ROAD_NAMES)}
    assert told == {"road_class": "KATEGORIA", "speed_kmh": "SKOROST", "road": "NOMER"}


def test_roads_without_a_class_are_told() -> None:
    """The speed that all have is told, and which columns there are to choose from."""
    source = Source(
        "r",
        pd.DataFrame({"X1": ["a"], "X2": ["b"]}),
        [1],
        np.array([shapely.LineString([(70.0, 50.0), (70.4, 50.0)])]),
    )
    places = pd.DataFrame({"name": ["A", "B"], "lon": [70.0, 70.4], "lat": 50.0})
    made = roads_of(source, places, {}, RoadOptions())
    (note,) = [str(note) for note in made.notes if "no column" in str(note)]
    assert "45 km/h" in note
    assert "one of X1, X2" in note


def test_a_header_of_two_rows_and_numbers_of_columns(tmp_path: Path) -> None:
    """Merged heads are joined with what stands below; "1, 2, 3" is no village."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Перечень населённых пунктов"],
        ["№", "Наименование", "Численность населения, чел.", None, "Координаты"],
        [None, None, "2009", "2021", "широта", "долгота"],
        ["А", 1, 2, 3, 4, 5],
        [1, "Акжар", 900, 1250, 50.1, 70.2],
        [2, "Бесоба", 800, 640, 50.25, 70.45],
    ):
        sheet.append(row)
    sheet.merge_cells("C2:D2")
    sheet.merge_cells("E2:F2")
    book.save(tmp_path / "p.xlsx")
    rows = read(tmp_path / "p.xlsx").table("settlements")
    assert rows["name"].tolist() == ["Акжар", "Бесоба"]
    assert rows["population"].tolist() == [1250.0, 640.0]
    assert rows[["lat", "lon"]].to_numpy().tolist() == [[50.1, 70.2], [50.25, 70.45]]


@pytest.mark.parametrize(
    "below", [["a", "Alpha", "", "50.1"], ["a", "", "Beta", "50.1"], ["", "x", "y", ""]]
)
def test_a_record_is_no_second_header(below: list[str]) -> None:
    """A record below a column without a name, or with a blank, stays a record."""
    rows = [(1, ["code", "name", "", "lat"]), (2, below), (3, ["", "z", "", ""])]
    assert header_of(rows).first == 1


def unread_book(path: Path) -> None:
    """Write a list of five places: of cells some look filled, and hold no value."""
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.title, hidden.sheet_state = "Secret", "hidden"
    hidden.append(["x", "population"])
    hidden.append([1, 2])
    sheet = book.create_sheet("Places")
    book.active = sheet
    sheet.append(["name", "population", "lat", "lon", "note"])
    for k in range(5):
        sheet.append([f"P{k}", 100, 50.0 + k / 10, 70.0, "=1+1"])
    sheet["B2"] = "=SUM(1,2)"
    sheet["A3"] = '=CONCATENATE("a","b")'
    sheet["C4"], sheet["C4"].data_type = "#REF!", "e"
    sheet.merge_cells("B5:B6")
    sheet.row_dimensions[6].hidden = True
    book.save(path)


def test_cells_without_a_value_are_told_by_their_cause(tmp_path: Path) -> None:
    """A formula that nothing computed, an error, merged cells; hidden sheets last."""
    unread_book(tmp_path / "p.xlsx")
    with pytest.raises(InstanceError) as caught:
        read(tmp_path / "p.xlsx")
    told = {(p.row, p.column): str(p) for p in caught.value.problems}
    assert len(told) == len(caught.value.problems) == 4
    assert "formula has no value yet" in told[2, "population"]
    assert "formula has no value yet" in told[3, "name"]
    assert "holds an error" in told[4, "lat"]
    assert "merged cells" in told[6, "population"]
    kept = imported(tmp_path / "p.xlsx", None, Wishes("mine", leave_out=True))
    notes = " ".join(map(str, kept.notes))
    assert "formulas have no value yet" in notes
    assert "1 hidden row is read" in notes


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        (["name", "population", "lat", '="l"&"on"'], ["D"]),
        (["name", '="pop"', '="lat"', '="lon"'], ["B", "C", "D"]),
        (['="n"', '="pop"', '="lat"', '="lon"'], ["A", "B", "C", "D"]),
        (["name", "population", "#REF!", "lon"], ["C"]),
    ],
)
def test_names_of_columns_without_a_value_are_told_by_their_cause(
    tmp_path: Path, head: list[str], columns: list[str]
) -> None:
    """Else a record would be taken for the header; a title may be a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (['="Places of "&2026'], head, ["A", 5, 50.1, 70.2], ["B", 7, 50.2, 70]):
        sheet.append(row)
    book.save(tmp_path / "p.xlsx")
    with pytest.raises(InstanceError) as caught:
        read(tmp_path / "p.xlsx")
    found = caught.value.problems
    assert [(p.row, p.column) for p in found] == [(2, column) for column in columns]
    told = "holds an error" if "#REF!" in head else "formula has no value yet"
    assert all(told in str(p) for p in found)
    for k, name in enumerate(["name", "population", "lat", "lon"], start=1):
        sheet.cell(2, k, name)
    book.save(tmp_path / "p.xlsx")
    assert len(read(tmp_path / "p.xlsx").table("settlements")) == 2


@pytest.mark.parametrize("suffix", [".xls", ".xlsb", ".ods"])
def test_workbooks_of_other_programs_are_told_what_to_save_as(
    suffix: str, tmp_path: Path
) -> None:
    """The same as where an instance is read, not a list of endings."""
    path = tmp_path / f"p{suffix}"
    if suffix == ".xls":
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    else:
        part = {".xlsb": "xl/workbook.bin", ".ods": "content.xml"}[suffix]
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, "x")
    (problem,) = refusals(path)
    assert "save it as .xlsx" in problem
