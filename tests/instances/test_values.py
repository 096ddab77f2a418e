"""Values that no territory has are named cell by cell; what is odd is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from broken_instances import SITES, TINY, TOML, Change, both, more, put
from command import run
from projection_example import example
from shared_plans import shipped
from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances import Instance, InstanceError, OptionError, UnknownNameError
from aumaq.instances.checks.cells import read_cells
from aumaq.instances.errors import MOST_ALIKE, MOST_HINTS, Hints, Problem, grouped
from aumaq.instances.instance import from_tables
from aumaq.instances.language.texts import say
from aumaq.instances.schema.column import Column, Kind, Table
from aumaq.instances.schema.tables import TABLES

NUMBERS = [
    (table, column)
    for table in TABLES
    for column in table.columns
    if column.kind in ("int", "number")
]
TOO_LARGE = ("1e308", "1e18", "9223372036854775808", "-1e18", "1" + "0" * 400)
PLACES, LINKS = "settlements.csv", "road_links.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of ``tiny`` to change."""
    return Path(shutil.copytree(TINY, tmp_path / "case"))


def problems_of(folder: Path) -> str:
    """Return what is said against an instance: its problems, else its warnings."""
    try:
        return "\n".join(map(str, grouped(aumaq.read(folder).warnings)))
    except InstanceError as error:
        return str(error)


@pytest.mark.few(2)
@pytest.mark.parametrize("text", TOO_LARGE)
def test_no_column_takes_what_no_territory_has(text: str) -> None:
    """Each number column names the cell, and its blank fits into 64 bits."""
    for table, column in NUMBERS:
        problems: list[Problem] = []
        cells = pd.Series([text, "1"], dtype=object)
        read_cells(table, column, cells, problems)
        told = [(p.column.split("]")[-1], p.value) for p in problems]
        assert (column.name, text) in told, (table.name, column.name)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["float64", "int64", "object"])
def test_limits_hold_for_typed_cells_and_the_default_is_allowed(kind: str) -> None:
    """Limits are inclusive however a number comes; one more is one problem."""
    for table, column in NUMBERS:
        assert column.low is not None
        assert column.high is not None
        assert -(2**53) < column.low < column.high < 2**53
        sound = [column.low, column.high]
        if isinstance(column.default, int | float):
            sound.append(column.default)
        if column.kind == "int" or kind == "int64":
            sound = [int(value) for value in sound if value == round(value)]
        for value, count in [*((v, 0) for v in sound), (column.high * 1.5 + 1, 1)]:
            found: list[Problem] = []
            cells = pd.Series([value], dtype=kind if kind != "int64" else None)
            read_cells(table, column, cells, found)
            assert len(found) == count, (table.name, column.name, value)


COUNTED = ("facilities", "level", "sites", "year")
"""Units of what comes one by one."""


@pytest.mark.parametrize("kind", ["object", "float64"])
def test_what_is_counted_is_whole(kind: str) -> None:
    """So many facilities, levels, candidates, years: no half of one, nor fewer than
    none, nor a number that is none; whatever type the cell has.
    """
    counts = [
        (table, column)
        for table, column in NUMBERS
        if column.unit in COUNTED or column.name.endswith("_count")
    ]
    assert {"most_changes", "max_count", "least"} <= {c.name for _, c in counts}
    for table, column in counts:
        for value in (1.5, 2026.5, -2.0, float("inf")):
            found: list[Problem] = []
            cells = pd.Series([value], dtype="float64")
            cells = cells.astype(str) if kind == "object" else cells
            read_cells(table, column, cells, found)
            assert len(found) == 1, (table.name, column.name, value)


TABLE = Table("settlements", "", ())


@pytest.mark.parametrize("cell", [{"a": 1}, [1, 2], {}, [], b"x", "a\0b"])
def test_no_text_is_made_of_what_is_none(cell: object) -> None:
    """Tables, lists, bytes and NUL in a text are told, own columns included."""
    for column in (Column("name", "text", ""), Column("x", "text", "", default=None)):
        problems: list[Problem] = []
        cells = pd.Series([cell, "b"], dtype=object)
        assert list(read_cells(TABLE, column, cells, problems)) == ["", "b"]
        assert [p.row for p in problems] == [2]


@pytest.mark.parametrize("dtype", ["bool", "boolean", "object"])
@pytest.mark.parametrize("kind", ["int", "number"])
def test_true_is_no_number(kind: Kind, dtype: str) -> None:
    """A column of flags in Parquet or of a DataFrame is no column of ones."""
    problems: list[Problem] = []
    cells = pd.Series([True, False], dtype=dtype)
    column = Column("population", kind, "", low=0.0, high=9.0)
    read_cells(TABLE, column, cells, problems)
    assert [p.row for p in problems] == [2, 3]


def test_toml_tables_and_lists_in_titles_are_told(folder: Path) -> None:
    """With the column, in a name, a title and an own key."""
    put(TOML, 'name = "tiny"', "name = {a = 1}\nx_own = [1, 2]")(folder)
    put(TOML, 'title = "School"', "title = [1, 2]")(folder)
    said = problems_of(folder)
    for column in ("[instance]name", "[instance]x_own", "[services]title"):
        assert f"column {column}: expected text" in said


OVERRIDE = "override,table,where,column,action,value\no,"
IN_BASE = put(TOML, 'title = "Base"', 'title = "Base"\noverrides = "o"')
GROWN = "scenario,region,period,factor\nbase,,2026-30,{0}\nbase,,2031-35,{0}"
COMPUTED = put(
    TOML,
    "[[groups]]",
    '[[scenarios]]\nscenario = "computed"\nprojection = "p"\n\n[[groups]]',
)
GIVEN = (
    "settlement,scenario,period,group,persons\na,base,2026-30,all,390\n"
    "a,base,2031-35,all,380"
)


def overriding(row: str) -> Change:
    """Return a change that makes the first scenario override something."""
    return both(IN_BASE, more("overrides.csv", OVERRIDE + row))


def swapped(file: str, *rows: int) -> Change:
    """Return a change that swaps lat and lon, in some rows (none: all)."""

    def change(folder: Path) -> None:
        frame = pd.read_csv(folder / file, dtype=str)
        at = list(rows) or list(frame.index)
        frame.loc[at, ["lat", "lon"]] = frame.loc[at, ["lon", "lat"]].to_numpy()
        frame.to_csv(folder / file, index=False)

    return change


TOLD: dict[str, tuple[Change, tuple[str, ...]]] = {
    "nan is no number": (
        put(TOML, "base_year = 2026", "base_year = nan"),
        ("expected a whole number", "(value: 'nan')"),
    ),
    "a price of nan": (
        put(TOML, 'service = "school"', 'service = "school"\ntrips_per_year = nan'),
        ("column [services]trips_per_year", "(value: 'nan')"),
    ),
    "a row of totals": (
        more(PLACES, "Total,,,,,,1000,,"),
        ("settlements.csv, row 5: empty: name, kind, region, lat, lon; a sum",),
    ),
    "only a header": (
        lambda f: (f / PLACES).write_text((f / PLACES).read_text().split("\n")[0]),
        ("settlements.csv: rows of table settlements are missing",),
    ),
    "one letter in two forms": (
        more(PLACES, "\u0439,A,village,R,50,70,9,a,true\n"
                     "\u0438\u0306,B,village,R,50,70,9,b,true"),
        ("settlements.csv, row 6", "looks the same as row 5, in other characters"),
    ),
    "a year before all years": (
        put(TOML, "base_year = 2026", "base_year = -5"),
        ("[instance]base_year", "at least 1800 year"),
    ),
    "a period of a million years": (
        put(TOML, "years = 5\n\n[[scen", "years = 1000000\n\n[[scen"),
        ("row 2, column [periods]years", "at most 100 years"),
    ),
    "a projection from the year 1": (
        both(COMPUTED, more("projections.csv", "projection,start_year\np,1")),
        ("projections.csv, row 2, column start_year", "at least 1800"),
    ),
    "people by growth": (
        both(put(PLACES, "400,a", "1e10,a"), more("growth.csv", GROWN.format(1e6))),
        ("settlements.csv, column population", "people at a time"),
    ),
    "demand": (
        both(
            put(PLACES, "400,a", "1e10,a"),
            put(TOML, "cutoff_minutes", "demand_per_person = 1e6\ncutoff_minutes"),
        ),
        ("row 1, column [services]demand_per_person", "demand is up to"),
    ),
    "costs by a factor": (
        both(
            put("levels.csv", "100,300,", "100,1e10,"),
            put("levels.csv", "200,500,", "200,2e10,"),
            put(TOML, 'title = "Base"', 'title = "Base"\ncapex_factor = 1e6'),
        ),
        ("row 1, column [scenarios]capex_factor", "makes costs of up to"),
    ),
    "an override beyond all numbers": (
        overriding("levels,,capacity,times,1e308"),
        ("overrides.csv, row 2, column value", "levels.capacity"),
    ),
    "an override that wraps": (
        overriding("sites,,max_units,times,9223372036854775807"),
        ("overrides.csv, row 2, column value", "at most 10000"),
    ),
    "an override without policies": (
        overriding("policies,,,remove,"),
        ("overrides.csv, row 2, column where", "policies needs a row"),
    ),
    "an override without services": (
        overriding("services,,,remove,"),
        ("overrides.csv, row 2, column where", "services needs a row"),
    ),
    "a second row of policies": (
        overriding("policies,discount_rate=0.1,,add,"),
        ("overrides.csv, row 2, column action", "has one row; expected `set`"),
    ),
    "settlements with lat and lon swapped": (
        swapped(PLACES),
        ("settlements.csv, column lat", "look swapped"),
    ),
    "road nodes with lat and lon swapped": (
        swapped("road_nodes.csv"),
        ("road_nodes.csv, column lat", "look swapped"),
    ),
    "everything swapped": (
        both(swapped(PLACES), swapped("road_nodes.csv")),
        ("road_nodes.csv, column lat", "look swapped"),
    ),
    "a settlement with lat and lon swapped": (
        swapped(PLACES, 1),
        ("settlements.csv, row 3, column lat", "look swapped", "70.2, 50"),
    ),
    "a road node with lat and lon swapped": (
        swapped("road_nodes.csv", 2),
        ("road_nodes.csv, row 4, column lat", "look swapped"),
    ),
    "lengths in metres": (
        both(put(LINKS, "b,15,", "b,15000,"), put(LINKS, "c,45,", "c,45000,")),
        ("road_links.csv, column length_km", "metres in place of km?"),
    ),
    "a length in metres": (
        put(LINKS, "c,45,", "c,45000,"),
        ("road_links.csv, row 3, column length_km", "metres in place of km?"),
    ),
    "lengths in thousands of km": (
        both(put(LINKS, "b,15,", "b,0.015,"), put(LINKS, "c,45,", "c,0.045,")),
        ("road_links.csv, column length_km", "0.001 of the straight line"),
    ),
    "a length far below the straight line": (
        put(LINKS, "c,45,", "c,4.5,"),
        ("road_links.csv, row 3, column length_km", "shorter than the straight"),
    ),
    "a settlement tied to a node far away": (
        both(
            more("road_nodes.csv", "z,40.0,90.0"),
            more(LINKS, "c,z,2200,local"),
            put(PLACES, "400,b,", "400,z,"),
        ),
        ("settlements.csv, row 3, column node", "km away", "'z'"),
    ),
    "a settlement far from every road": (
        both(put(PLACES, "200,c,", "200,,"), put(PLACES, "70.8", "77.8")),
        ("settlements.csv, row 4", "the nearest road node, c, is", "km away"),
    ),
    "two settlements of one name": (
        put(PLACES, "b,Beta", "b,Alpha"),
        ("settlements.csv, rows 2-3, column name", "has the name, too"),
    ),
    "two free sites at one place": (
        lambda f: (f / SITES).write_text(
            "site,service,settlement,lat,lon,status\na,school,a,,,existing\n"
            "y,school,,50.1,70.1,candidate\nz,school,,50.1,70.1,candidate\n"
        ),
        ("sites.csv, rows 3-4, column site", "at the same place"),
    ),
    "a capacity without limit": (
        put("levels.csv", "2,200,", "2,1e9,"),
        ("levels.csv, row 3, column capacity", "all that there is to hold"),
    ),
    "a price in another unit": (
        put("levels.csv", "200,500,18", "200,5e11,18"),
        ("levels.csv, row 3, column capex_mln", "figures lose their meaning"),
    ),
    "a scrap of road": (
        both(
            more("road_nodes.csv", "i1,50.0005,70.2\ni2,50.001,70.201"),
            more(LINKS, "i1,i2,0.1,local"),
            put(PLACES, "400,b,", "400,i1,"),
        ),
        ("settlements.csv, row 3", "tied to i1, on a piece of road with 2 nodes",
         "large piece of 3", "b, 0.00 km away"),
    ),
    "a site on a scrap of road": (
        both(
            more("road_nodes.csv", "i1,50.0005,70.2\ni2,50.001,70.201"),
            more(LINKS, "i1,i2,0.1,local"),
            lambda f: (f / SITES).write_text(
                "site,service,settlement,lat,lon,status\na,school,a,,,existing\n"
                "b,school,b,,,candidate\nc,school,c,,,candidate\n"
                "y,school,,50.0005,70.2,candidate\n"
            ),
        ),
        ("sites.csv, row 5", "tied to i1, on a piece of road with 2 nodes"),
    ),
}  # fmt: skip


@pytest.mark.few(15)
@pytest.mark.parametrize("kind", TOLD)
def test_told(kind: str, folder: Path) -> None:
    """Each is told with its place, and once."""
    change, words = TOLD[kind]
    change(folder)
    said = problems_of(folder)
    for word in words:
        assert word in said
    assert said.count(words[-1]) == 1


def test_given_and_computed_people_live_side_by_side(folder: Path) -> None:
    """Rows of `population` for one scenario, a projection for another."""
    both(COMPUTED, more("projections.csv", "projection\np"))(folder)
    more("population.csv", GIVEN)(folder)
    instance = aumaq.read(folder)
    assert list(instance.persons("all")[0]) == [390.0, 380.0]
    assert list(instance.with_scenario("computed").persons("all")[0]) == [400.0, 400.0]
    more("population.csv", "a,p,2026-30,all,5\na,p,2031-35,all,5")(folder)
    with pytest.raises(InstanceError, match=r"expected no rows of it here") as caught:
        aumaq.read(folder)
    assert len(caught.value.problems) == 1


ALIVE = example().base["survival"]
HOLES: dict[str, tuple[dict[str, pd.DataFrame], str]] = {
    "nothing": ({}, ""),
    "the oldest": (
        {"survival": ALIVE[ALIVE["from_age"] != 40]},
        "all regions, from_age 40+",
    ),
    "births": (
        {"survival": ALIVE[ALIVE["from_age"] != -1]},
        "all regions, from_age -1",
    ),
    "two groups": (
        {"survival": ALIVE[ALIVE["from_age"] < 20]},
        "all regions, from_age 20, 40+",
    ),
    "a region": ({"survival": ALIVE.assign(region="A")}, "region B, all ages"),
    "a sex": ({"survival": ALIVE.assign(sex="female")}, "all regions, all ages"),
    "early years": (
        {"survival": ALIVE.assign(first_year=2040)},
        "all regions, all ages, in the steps from 2020",
    ),
    "everything": ({"survival": ALIVE.iloc[:0]}, "all regions, all ages"),
    "births of a region": (
        {"fertility": example().base["fertility"].assign(region="A")},
        "region B, all ages",
    ),
    "births between two ages": (
        {
            "fertility": pd.DataFrame(
                {"from_age": [0, 40], "births_per_woman_year": [0.01, 0.02]}
            )
        },
        "all regions, from_age 20",
    ),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", HOLES)
def test_who_has_no_rate_is_named(kind: str) -> None:
    """Region, sex, ages and steps without survival or births; nobody else."""
    changed, who = HOLES[kind]
    instance = from_tables({**example().base, **changed})
    said = [str(warning.message) for warning in instance.warnings]
    assert [text.split(": ")[0] for text in said if "no row" in text] == (
        [f"projection 'trend', {who}"] if who else []
    )


def test_places_without_a_district_are_told_where_a_standard_needs_one() -> None:
    """Two of a region would be one district; one alone is its own."""
    rule = {"standard": "near", "service": "s", "scope": "district", "minutes": 20.0,
            "share": 0.5}  # fmt: skip
    regions, districts = ["R", "S", "R", "R"], ["", "", "", "d"]
    places = [
        {"settlement": code, "region": region, "district": district}
        for code, region, district in zip("abce", regions, districts, strict=True)
    ]

    def told(**tables: Rows) -> list[str]:
        found = tiny(settlements=places, **tables).warnings
        return list(map(str, grouped(p for p in found if p.column == "district")))

    (text,) = told(standards=[rule, {**rule, "standard": "same"}])
    assert text.startswith("settlements.csv, rows 2, 4, column district: is blank")
    assert "(near, same)" in text
    assert not told(standards=[{**rule, "scope": "region"}])


def test_pieces_of_the_graph_are_described(folder: Path) -> None:
    """Nodes of each piece, and who is not on the largest."""
    TOLD["a scrap of road"][0](folder)
    roads = aumaq.describe(aumaq.read(folder))["roads"]
    assert roads["nodes_by_piece"] == [3, 2]
    assert (roads["pieces"], roads["settlements_cut_off"]) == (2, 1)


def with_axes(count: int) -> Instance:
    """Return ``tiny`` with so many axes of two variants."""
    rows = [
        {"variant": f"v{k}{side}", "axis": f"x{k}"}
        for k in range(count)
        for side in "ab"
    ]
    return from_tables({**shipped().base, "variants": pd.DataFrame(rows)})


@pytest.mark.slow
def test_combinations_are_counted_before_they_are_made() -> None:
    """Few are all tried; 3^24 are not made, and each variant is tried by itself."""
    assert len(with_axes(3).all_scenario_names) == 27
    instance = with_axes(24)
    assert "282,429,536,481 scenarios" in str(instance.warnings[0])
    instance.check_scenarios()
    assert instance.with_scenario("base+v7a+v3b").scenario == "base+v3b+v7a"
    with pytest.raises(OptionError, match="name those that are meant"):
        aumaq.sweep(instance, "all", jobs=1)
    with pytest.raises(UnknownNameError, match=r"did you mean 'base\+v7a'"):
        instance.with_scenario("bas+v7a")


@pytest.mark.slow
def test_a_cause_in_all_scenarios_is_told_once(folder: Path) -> None:
    """Under the first scenario that shows it."""
    variants = "".join(
        f'\n[[variants]]\nvariant = "v{k}"\naxis = "x"\noverrides = "o"\n'
        for k in range(5)
    )
    put(TOML, "[[groups]]", variants + "\n[[groups]]")(folder)
    more("overrides.csv", OVERRIDE + "sites,,status,set,forbidden")(folder)
    with pytest.raises(InstanceError, match="in scenario 'base\\+v0'") as caught:
        aumaq.read(folder).check_scenarios()
    assert sum("no usable site" in p.message for p in caught.value.problems) == 1


@pytest.mark.slow
def test_long_lists_end_and_hints_too() -> None:
    """Hints stop, alike problems are counted; no pair of thousands is compared."""
    known = [f"s{k}" for k in range(20_000)]
    hints = Hints(known)
    problems = [
        Problem(
            "a.csv", say("no such{hint}", hint=hints.near(f"z{k}")), k + 2, "c", f"{k}"
        )
        for k in range(20_000)
    ]
    lines = grouped(problems)
    assert len(lines) <= MOST_ALIKE + 1
    assert max(map(len, lines)) < 1_000
    twins = [Problem("a.csv", say("first in row {row}", row=k), k) for k in range(500)]
    told = grouped(twins)
    assert len(told) == MOST_ALIKE + 1
    assert f"{500 - MOST_ALIKE} more" in told[-1]
    near = [hints.near(f"s{k}x") for k in range(100)]
    assert sum(map(bool, near)) <= MOST_HINTS


BAD_WORDS = {
    "convert to old xls": "convert tiny t.xls",
    "convert to csv": "convert tiny t.csv",
    "new as ods": "new t.ods",
    "new as gpkg": "new t.gpkg",
    "sweep without threads": "sweep tiny --threads 0",
}


@pytest.mark.parametrize("kind", BAD_WORDS)
def test_what_makes_no_sense_is_refused(kind: str, tmp_path: Path) -> None:
    """Formats that nothing writes, no threads: exit code 2, nothing written."""
    assert run(*BAD_WORDS[kind].split(), folder=tmp_path).returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["population", "share_served"])
def test_candidates_of_growth_points_are_no_growth_points_today(
    formula: str, folder: Path
) -> None:
    """A plan over several periods, its page and indicators, candidates or not."""
    more("growth_tiers.csv", "tier,max_count\nt,1")(folder)
    more("growth_candidates.csv", "settlement,tier,gain_share,first_period\n"
         "b,t,0.05,2031-35")(folder)  # fmt: skip
    service = "" if formula == "population" else "school"
    row = f"indicator,formula,service,applies_to\ni,{formula},{service},growth_point"
    more("indicators.csv", row)(folder)
    plan = aumaq.solve(aumaq.read(folder), gap=0.0)
    assert plan.is_verified
    plan.to_html(folder / "page.html")
    assert (folder / "page.html").stat().st_size > 10_000
