"""Instances from Python: made of frames, changed row by row, wrong in many ways."""

from __future__ import annotations

import geopandas
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aumaq

TINY = aumaq.read("tiny")
TABLES = {name: rows for name, rows in TINY.base.items() if len(rows)}


def places(epsg: int) -> geopandas.GeoDataFrame:
    """Return the settlements of tiny as points in a reference system."""
    rows = TINY.table("settlements")
    points = geopandas.points_from_xy(rows["lon"], rows["lat"], crs="EPSG:4326")
    return geopandas.GeoDataFrame(
        rows.drop(columns=["lat", "lon"]), geometry=points
    ).to_crs(epsg)


def test_points_of_any_system_are_places() -> None:
    """UTM or degrees: the same instance, to a centimetre; the shape is gone."""
    same = aumaq.Instance.from_tables({**TABLES, "settlements": places(4326)})
    assert same == TINY
    metres = aumaq.Instance.from_tables({**TABLES, "settlements": places(32642)})
    found, wanted = metres.table("settlements"), TINY.table("settlements")
    assert found[["lat", "lon"]].to_numpy() == pytest.approx(
        wanted[["lat", "lon"]].to_numpy(), abs=1e-7
    )
    assert found.columns.tolist() == wanted.columns.tolist()


def test_all_wrong_types_are_told_at_once() -> None:
    """A list, a missing column, a part of a level, shapes without a system, a name."""
    levels = TINY.table("levels")
    levels["level"] = levels["level"].astype(float) + 0.5
    wrong = {
        **TABLES,
        "facilities": [{"service": "school", "site": "a", "level": 1}],
        "sites": TINY.table("sites").drop(columns="status"),
        "levels": levels,
        "settlements": places(4326).set_crs(None, allow_override=True),
        "setlements": TINY.table("settlements"),
    }
    with pytest.raises(aumaq.InstanceError) as told:
        aumaq.Instance.from_tables(wrong)
    text = str(told.value)
    assert "5 problems" in text
    assert "facilities.csv: expected a data frame (pandas.DataFrame), not list" in text
    assert "sites.csv, column status: required column is missing" in text
    assert "levels.csv, rows 2-3, column level: expected a whole number" in text
    assert (
        "settlements.csv, column geometry: has no coordinate reference system" in text
    )
    assert "setlements: unknown table, did you mean 'settlements'?" in text


def test_edits_are_those_of_hand_made_tables() -> None:
    """Rows set, scaled, added and removed: the tables that one would write."""
    people = TINY.table("settlements")
    people["population"] = [400.0, 700.0, 300.0]
    levels = TINY.table("levels")
    levels["capex_mln"] *= 2.0
    sites = TINY.table("sites").query("site != 'c'")
    tags = pd.DataFrame({"settlement": ["b"], "tag": ["growing"]})
    by_hand = TINY.replace(
        settlements=people, levels=levels, sites=sites, settlement_tags=tags
    )
    with TINY.edit() as edit:
        edit.set("settlements", {"settlement": ["b", "c"]}, population=[700.0, 300.0])
        edit.set("levels", capex_mln=lambda rows: rows["capex_mln"] * 2.0)
        edit.remove("sites", site="c")
        edit.add("settlement_tags", settlement="b", tag="growing")
    assert edit.instance == by_hand
    assert edit.instance.origin == TINY.origin
    assert aumaq.read("tiny") == TINY  # it stayed as it was
    back = edit.instance.edit()
    back.replace("settlement_tags", None).replace("levels", TINY.table("levels"))
    back.set("settlements", None, population=TINY.table("settlements")["population"])
    back.replace("sites", TINY.table("sites"))
    assert back.instance == TINY


def test_edits_that_make_no_sense_are_told_together() -> None:
    """Unknown table, column, row; and what is wrong with the tables that result."""
    edit = TINY.edit()
    edit.set("settlement", {"settlement": "b"}, population=1)
    edit.set("settlements", {"settlement": "z"}, population=1)
    edit.set("settlements", {"settlement": "b"}, populaton=1)
    edit.set("settlements", {"settlement": "b"}, population=-1)
    edit.add("sites", [1, 2])
    edit.remove("facilities", lambda _: [True, False, True])
    with pytest.raises(aumaq.InstanceError) as told:
        _ = edit.instance
    text = str(told.value)
    assert "6 problems" in text
    for part in (
        "did you mean 'settlements'?",
        "no such row",
        "column populaton: unknown column, did you mean 'population'?",
        "row 3, column population: expected at least 0",
        "expected a data frame or rows, not list",
        "3 flags for 1 rows",
    ):
        assert part in text
    with pytest.raises(ZeroDivisionError), TINY.edit() as stopped:
        stopped.set("sites", lambda rows: 1 / 0 * rows["lat"])  # not hidden by ours


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=6))
def test_what_is_added_can_be_removed(names: list[str]) -> None:
    """In any order: the instance is the one before."""
    edit = TINY.edit()
    for number, name in enumerate(names):
        edit.add("settlement_tags", {"settlement": name}, tag=f"t{number}")
    for number in reversed(range(len(names))):
        edit.remove("settlement_tags", {"tag": f"t{number}"})
    assert edit.instance == TINY


def test_a_notebook_shows_what_it_is() -> None:
    """Instance and plan as HTML with a map that any parser of XML reads."""
    from xml.etree import ElementTree

    plan = aumaq.solve(TINY, scenario="base", gap=0.0)
    for shown in (TINY, plan):
        html = shown._repr_html_()
        root = ElementTree.fromstring(html)
        assert root.find(".//{http://www.w3.org/2000/svg}svg") is not None
        assert ElementTree.fromstring(shown.svg("school")) is not None
    assert "objective" in plan._repr_html_()
    odd = TINY.edit().set("settlements", {"settlement": "a"}, name="<b>&\"'").instance
    assert ElementTree.fromstring(odd._repr_html_()) is not None
    with pytest.raises(aumaq.UnknownNameError):
        TINY.svg("scool")


@pytest.mark.slow
def test_two_plans_compare_as_a_list_does() -> None:
    """``compare(a, b)`` is ``compare([a, b])``; names may follow either."""
    one = aumaq.solve(TINY, gap=0.0)
    two = aumaq.solve(TINY.edit().set("levels", capex_mln=900.0).instance, gap=0.0)
    names = ["one", "two"]
    listed, apart = (
        aumaq.compare([one, two], names),
        aumaq.compare(one, two, names=names),
    )
    assert listed.names == apart.names == ("one", "two")
    for name, rows in listed.tables.items():
        pd.testing.assert_frame_equal(rows, apart.table(name))
    shown = apart._repr_html_()
    assert "<table" in shown
    assert not [code for code in ("objective_mln", "B-A", ">school<") if code in shown]
    assert "Objective, discounted mln" in shown
    assert "<td>School</td>" in shown


@pytest.mark.parametrize("where", [5, [0, 1, 2], ["a", "b", "c"], [[True] * 3]])
def test_rows_are_chosen_by_flags(where: object) -> None:
    """Numbers of rows would be taken for flags: all but the first."""
    edit = TINY.edit().set("settlements", lambda _: where, population=5.0)
    with pytest.raises(aumaq.InstanceError, match="a flag for each row"):
        _ = edit.instance
    edit = TINY.edit().set("settlements", lambda r: r["kind"] == "village", name="v")
    assert edit.instance.table("settlements")["name"].tolist() == ["v"] * 3
