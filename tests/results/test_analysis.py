"""The analysis of today: figures by hand, sums that agree, a second way to count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pages import assert_fetches_nothing
from road_instances import road_instances
from tiny_instances import tiny, tiny_instances

import aumaq
from aumaq.instances import ExportError, Instance, InstanceError, UnknownNameError
from aumaq.results.analysis import people
from aumaq.results.analysis.page import page_data
from aumaq.results.analysis.provision import services_today
from aumaq.results.analysis.units import units_of
from aumaq.results.indicators import COMPUTED, ways
from aumaq.results.indicators.state import Indicator
from aumaq.results.indicators.today import networks_of_today
from aumaq.results.language import Language

Row = dict[str, Any]
MINUTES = {"a": 0.0, "b": 30.0, "c": 0.0, "d": 30.0}
"""To the nearest school by the roads of :func:`two_regions`."""


def two_regions(**tables: list[Row]) -> Instance:
    """Build four places on a road: a town and a village, and two villages beyond.

    a -30 min, paved- b -60 min, earth- c -30 min, earth- d; schools in a and c.
    """
    places = [("a", "R", "d1", 4000, 50.0), ("b", "R", "d1", 1000, 50.27),
              ("c", "Q", "d2", 2000, 50.8), ("d", "Q", "d2", 1000, 51.07)]  # fmt: skip
    rows: dict[str, list[Row]] = {
        "settlements": [
            {"settlement": code, "region": region, "district": district,
             "population": float(persons), "lat": lat, "node": code,
             "kind": "town" if code == "a" else "village",
             "centre_of": "region" if code == "a" else ""}
            for code, region, district, persons, lat in places
        ],
        "regions": [{"region": "R", "name": "Er", "area_km2": 100.0},
                    {"region": "Q", "name": "Ku", "area_km2": 300.0}],
        "groups": [{"group": "pupils", "share_urban": 0.1, "share_rural": 0.2}],
        "services": [{"service": "school", "group": "pupils", "norm_per_1000": 900.0}],
        "levels": [
            {"service": "school", "level": k, "capacity": c, "capex_mln": c}
            for k, c in ((1, 300.0), (2, 500.0))
        ],
        "sites": [
            {"site": code, "service": "school", "settlement": code,
             "status": "existing" if code in "ac" else "candidate"}
            for code in "abcd"
        ],
        "facilities": [{"service": "school", "site": "a", "level": 2},
                       {"service": "school", "site": "c", "level": 1}],
        "standards": [
            {"standard": "rural", "service": "school", "applies_to": "rural",
             "minutes": 20.0, "share": 1.0},
            {"standard": "all", "service": "school", "minutes": 45.0, "share": 1.0},
        ],
        "road_classes": [
            {"road_class": "asphalt", "speed_kmh": 60.0, "surface": "paved"},
            {"road_class": "track", "speed_kmh": 60.0, "surface": "earth"},
        ],
        "road_nodes": [{"node": code, "lat": lat, "lon": 70.0}
                       for code, _, _, _, lat in places],
        "road_links": [
            {"from_node": u, "to_node": v, "length_km": km, "road_class": name}
            for u, v, km, name in (("a", "b", 30.0, "asphalt"),
                                   ("b", "c", 60.0, "track"),
                                   ("c", "d", 30.0, "track"))
        ],
        "travel": [],
        **tables,
    }  # fmt: skip
    return tiny(**rows)


def by(analysis: aumaq.Analysis, table: str, key: str) -> pd.DataFrame:
    """Return a table by one of its columns."""
    return analysis.table(table).set_index(key)


def test_people_by_hand() -> None:
    """Urban share, density and growth follow the history; borders start it anew."""
    analysis = aumaq.analyse(
        two_regions(
            region_history=[
                {"region": "R", "year": 2013, "persons": 1.0},
                {"region": "R", "year": 2014, "persons": 4000.0},
                {"region": "R", "year": 2024, "persons": 5000.0,
                 "persons_urban": 3500.0},
                {"region": "Q", "year": 2014, "persons": 9000.0},
                {"region": "Q", "year": 2020, "persons": 2500.0, "is_break": True},
                {"region": "Q", "year": 2024, "persons": 6000.0},
            ]
        )
    )  # fmt: skip
    regions = by(analysis, "regions", "region")
    assert regions["persons"].to_dict() == {"R": 5000.0, "Q": 3000.0}
    assert regions["urban_share"].to_dict() == {"R": 0.7, "Q": 0.0}
    assert regions["density_per_km2"].to_dict() == {"R": 50.0, "Q": 20.0}
    growth = regions["growth_percent_per_year"]
    assert growth["R"] == pytest.approx(100 * (1.25 ** (1 / 10) - 1))
    assert growth["Q"] == pytest.approx(100 * (2.4 ** (1 / 4) - 1))
    assert regions["growth_from_year"].to_dict() == {"R": 2014.0, "Q": 2020.0}
    whole = analysis.table("territory").iloc[0]
    assert whole["urban_share"] == 0.5
    assert whole["density_per_km2"] == 20.0


@pytest.mark.parametrize("has_ends", [True, False])
def test_ages_by_hand(has_ends: bool) -> None:
    """Cohorts across a bound are split by years; two sexes are one age."""
    cohorts = pd.DataFrame(
        [("R", 0, 14, 150.0), ("R", 0, 14, 150.0), ("R", 15, 19, 100.0),
         ("R", 20, 59, 400.0), ("R", 60, np.nan, 200.0)],
        columns=["region", "from_age", "to_age", "persons"],
    )  # fmt: skip
    tables = dict(two_regions().tables)
    tables["cohorts"] = cohorts if has_ends else cohorts.drop(columns="to_age")
    found = people.people(tables, units_of(tables, "region")).set_index(
        units_of(tables, "region").names["region"]
    )
    r = found.loc["R"]
    assert r["children_share"] == pytest.approx((300 + 100 / 5) / 1000)
    assert r["older_share"] == pytest.approx(200 * 37 / 40 / 1000)
    assert r["working_age_share"] == pytest.approx((80 + 400 + 200 * 3 / 40) / 1000)
    assert r["labour_force_persons"] == pytest.approx(5000 * r["working_age_share"])
    assert np.isnan(found.loc["Q", "labour_force_persons"])


def test_a_name_of_an_indicator_is_the_indicator() -> None:
    """Provision is measured otherwise than by indicators: its columns say so."""
    columns = set(aumaq.analyse(two_regions()).tables["provision"].columns)
    assert columns & set(COMPUTED) == set()


def test_provision_by_hand() -> None:
    """Places, norm, deficit and standard of two regions and of both together."""
    analysis = aumaq.analyse(two_regions())
    rows = by(analysis, "provision", "level")
    r = rows.loc["region"].set_index("region").loc["R"]
    assert (r["members_persons"], r["places"], r["required_places"]) == (600, 500, 540)
    assert r["places_per_1000_members"] == pytest.approx(500 / 0.6)
    assert r["deficit_places"] == 40
    assert r["within_standard_share"] == pytest.approx(400 / 600)
    assert r["beyond_standard_persons"] == 200
    assert r["nearest_minutes"] == pytest.approx(10)
    assert rows.loc["region"].set_index("region")["deficit_places"]["Q"] == 240
    assert rows.loc["territory", "deficit_places"] == 280
    places = by(analysis, "settlements", "settlement")
    assert places["school_minutes"].to_dict() == pytest.approx(MINUTES)
    assert places["school_standard_minutes"].to_dict() == {
        "a": 45.0, "b": 20.0, "c": 20.0, "d": 20.0
    }  # fmt: skip


def test_without_a_norm_the_demand_is_required() -> None:
    """A service without a norm lacks what its demand is above its places."""
    services = [{"service": "school", "group": "pupils", "demand_per_person": 1.5}]
    analysis = aumaq.analyse(two_regions(services=services))
    assert by(analysis, "regions", "region")["school_deficit_places"]["R"] == 400


@pytest.mark.slow
def test_connectivity_by_hand() -> None:
    """Seats count before size; minutes are weighted by people."""
    rows = two_regions().table("settlements").to_dict("records")
    analysis = aumaq.analyse(two_regions())
    regions = by(analysis, "regions", "region")
    assert regions["minutes_to_region_centre"].to_dict() == pytest.approx(
        {"R": 1000 * 30 / 5000, "Q": 1000 * 30 / 3000}
    )
    assert regions["minutes_to_city"].isna().all()
    for row in rows:
        row["centre_of"] = {"b": "region", "d": "district"}.get(row["settlement"], "")
    rows[0]["population"] = 50_000.0
    moved = by(aumaq.analyse(two_regions(settlements=rows)), "settlements", "name")
    assert moved["minutes_to_region_centre"].tolist() == [30.0, 0.0, 0.0, 30.0]
    assert moved["minutes_to_district_centre"].tolist() == [30.0, 0.0, 30.0, 0.0]
    assert moved["minutes_to_city"].tolist() == pytest.approx([0, 30, 90, 120])


@pytest.mark.slow
def test_paved_access_by_hand() -> None:
    """Asphalt leads from b to a; beyond it nobody knows where surfaces are not told."""
    found = by(aumaq.analyse(two_regions()), "settlements", "settlement")
    assert found["has_paved_road"].to_dict() == {"a": 1.0, "b": 1.0, "c": 0.0, "d": 0.0}
    classes = two_regions().table("road_classes").assign(surface=["paved", ""])
    unknown = two_regions(road_classes=classes.to_dict("records"))
    regions = by(aumaq.analyse(unknown), "regions", "region")["paved_road_share"]
    assert regions["R"] == 1.0
    assert np.isnan(regions["Q"])


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["tiny", "west-kazakhstan"])
def test_the_analysis_reports_the_indicators(name: str) -> None:
    """What both tell of today is one figure, region by region and in the whole."""
    instance = aumaq.read(name)
    found, today = aumaq.analyse(instance, "none"), networks_of_today(instance)
    rows = pd.concat([found.table("territory"), found.table("regions")])
    settlements = found.table("settlements").groupby("region")

    def value(formula: str, network: str = "", unpaved_km: float = 2.0) -> Any:
        row = Indicator("", "", "", formula, "", "", network, 0, unpaved_km, "all",
                        "", 0)  # fmt: skip
        return COMPUTED[formula](today, row).value[:, 0]

    for formula in ("minutes_to_district_centre", "minutes_to_region_centre"):
        np.testing.assert_allclose(rows[formula], value(formula), rtol=1e-12)
    for network in instance.network_names:
        own = settlements[f"has_{network}"].mean()
        wanted = value("share_of_settlements_connected", network)
        np.testing.assert_allclose(own, wanted[1:], rtol=1e-12)
    own = settlements["has_paved_road"].mean()
    table = instance.table("indicators").set_index("formula")["unpaved_km"]
    name = "share_of_settlements_paved"
    wanted = value(name, unpaved_km=table.get(name, 2.0))
    np.testing.assert_allclose(own, wanted[1:], rtol=1e-12)


@pytest.mark.slow
def test_networks_by_hand() -> None:
    """Power comes where lines of today bring most of the load, through stations too."""
    base = two_regions()
    tables: dict[str, list[Row]] = {
        "networks": [{"network": "power"}],
        "load_rates": [{"network": "power", "units_per_person": 0.001}],
        "network_nodes": [
            {"network": "power", "node": code, "settlement": code, "lat": 50.0,
             "lon": 70.0} for code in "abc"
        ],
        "network_links": [
            {"network": "power", "link": "ab", "from_node": "a", "to_node": "b",
             "length_km": 30.0, "capacity": 10.0},
            {"network": "power", "link": "bc", "from_node": "b", "to_node": "c",
             "length_km": 60.0, "station": "b"},
        ],
        "services": [
            *base.table("services")[["service", "group"]].to_dict("records"),
            {"service": "plant", "role": "supply", "network": "power", "group": "",
             "cutoff_minutes": None},
            {"service": "station", "role": "carry", "network": "power", "group": "",
             "cutoff_minutes": None},
        ],
        "levels": [
            {"service": name, "level": 1, "capacity": 50.0, "capex_mln": 1.0}
            for name in ("school", "plant", "station")
        ],
        "sites": [
            {"site": "a", "service": "school", "settlement": "a"},
            {"site": "a", "service": "plant", "settlement": "a", "status": "existing"},
            {"site": "b", "service": "station", "settlement": "b"},
        ],
        "facilities": [{"service": "plant", "site": "a", "level": 1}],
    }  # fmt: skip
    shares = by(aumaq.analyse(two_regions(**tables)), "regions", "region")
    assert shares["power_share"].to_dict() == {"R": 1.0, "Q": 0.0}
    tables["facilities"].append({"service": "station", "site": "b", "level": 1})
    tables["sites"][2]["status"] = "existing"
    found = by(aumaq.analyse(two_regions(**tables)), "settlements", "settlement")
    assert found["has_power"][:3].tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(found["has_power"]["d"])


def test_location_quotients_by_hand(tmp_path: Path) -> None:
    """A sector weighs (1/4) / (2/5) where it has 100 of 400, and 200 of 500 jobs."""
    jobs = [
        {"region": "R", "sector": "farms", "jobs": 100.0, "district": "d1"},
        {"region": "R", "sector": "mines", "jobs": 300.0},
        {"region": "Q", "sector": "farms", "jobs": 100.0},
    ]
    analysis = aumaq.analyse(two_regions(jobs=jobs))
    rows = analysis.table("location_quotients")
    found = rows.set_index(["level", "region", "sector"])["location_quotient"]
    assert found.to_dict() == pytest.approx(
        {
            ("region", "R", "farms"): 0.625,
            ("region", "R", "mines"): 1.25,
            ("region", "Q", "farms"): 2.5,
            ("district", "R", "farms"): 2.5,
        }
    )
    analysis.to_folder(tmp_path / "today")
    sectors = page_data(analysis, Language())["tables"]["sectors"]["rows"]
    assert [sector for _, sector, _, _ in sectors] == ["farms", "mines", "farms"]
    page = (tmp_path / "today" / "analysis.html").read_text(encoding="utf-8")
    assert 'id="sectors"' in page
    per_1000 = by(analysis, "regions", "region")["jobs_per_1000"]
    assert per_1000.to_dict() == pytest.approx({"R": 80.0, "Q": 100 / 3})


@examples(25)
@given(instance=tiny_instances())
def test_sums_of_regions_and_districts_are_those_of_all(instance: Instance) -> None:
    """Nobody is lost or counted twice; units together lack no less than all of it."""
    tables = aumaq.analyse(instance, "none").tables
    sums = ["settlements", "persons", "persons_urban"]
    for service in instance.service_names:
        sums += [f"{service}_members_persons", f"{service}_demand_units",
                 f"{service}_places", f"{service}_beyond_standard_persons"]  # fmt: skip
    whole = tables["territory"].iloc[0]
    for level in ("regions", "districts"):
        for column in sums:
            assert tables[level][column].sum() == pytest.approx(whole[column])
        for service in instance.service_names:
            missing = tables[level][f"{service}_deficit_places"].sum()
            assert missing >= whole[f"{service}_deficit_places"] - 1e-9
    assert whole["persons"] == instance.table("settlements")["population"].sum()


@pytest.mark.slow
@examples(25)
@given(instance=st.one_of(road_instances("free"), tiny_instances()))
def test_minutes_are_those_of_access_options(instance: Instance) -> None:
    """One search before all facilities finds what options by pairs find.

    Farther than people may be served there is no option, though the minutes are known.
    """
    for today in services_today(instance):
        options = instance.access(today.service)
        stock = instance.table("facilities")
        there = stock.loc[stock["service"] == today.service, "site"]
        sites = instance.service_sites(today.service).set_index("site")
        if (sites.loc[there, "status"] == "forbidden").any():
            continue  # it stands today, but no plan may use it
        options = options[(options["needs"] == "") & options["site"].isin(there)]
        row = instance.service(today.service)
        cutoff = np.fmin(row["cutoff_minutes"], row["served_within_minutes"])
        least = options.groupby("i")["minutes"].min()
        for i, minutes in enumerate(today.minutes):
            if minutes <= cutoff - 1e-6:
                assert least[i] == pytest.approx(minutes, abs=1e-6)
            else:
                assert least.get(i, np.inf) >= cutoff - 1e-6
    for k in range(len(instance.settlement_ids)):
        everyone = np.arange(len(instance.settlement_ids))
        none = np.zeros(len(instance.upgrade_names), dtype=bool)
        own = ways.to_own(instance, everyone, np.full(len(everyone), k), none)
        near = ways.to_nearest(instance, np.array([k]))
        np.testing.assert_allclose(own, near, atol=1e-6)


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("settlements", {"centre_of": "nation"}, "a second seat of its nation"),
        ("settlements", {"centre_of": "town"}, "expected one of district, region"),
        ("settlements", {"centre_of": "district", "district": ""}, "names none"),
        ("region_history", {"persons_urban": 11.0}, "expected at most all persons, 10"),
        ("districts", {"district": "d22"}, "is in this district, did you mean 'd2'"),
        ("jobs", {"district": "d1"}, "no settlement of region 'Q' is in this district"),
    ],
)
def test_what_is_wrong_is_told(table: str, change: Row, message: str) -> None:
    """Seats, past years, districts and jobs that cannot be are told with their row."""
    rows: dict[str, list[Row]] = {
        "settlements": two_regions().table("settlements").to_dict("records"),
        "region_history": [{"region": "Q", "year": 2020, "persons": 10.0}],
        "districts": [{"region": "Q", "district": "d2", "area_km2": 9.0}],
        "jobs": [{"region": "Q", "sector": "farms", "jobs": 1.0}],
    }
    two_regions(**rows)
    for row in rows[table]:
        row |= change
    with pytest.raises(InstanceError, match=message) as found:
        two_regions(**rows)
    assert found.value.problems[0].row > 0


def test_names_are_escaped_and_nothing_is_fetched(tmp_path: Path) -> None:
    """A name that is markup stays text on the page; the page needs no network."""
    evil = "</script><script>alert(1)</script>"
    regions = [{"region": code, "name": evil} for code in "RQ"]
    heads = [{"name": "tiny", "title": evil, "base_year": 2026}]
    analysis = aumaq.analyse(two_regions(regions=regions, instance=heads))
    analysis.to_folder(tmp_path / "today")
    page = (tmp_path / "today" / "analysis.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert evil not in page
    assert_fetches_nothing(page)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "kk", "ru"])
@pytest.mark.parametrize("width", [1400, 400])
def test_page_works_in_a_browser(
    browser: Any, tmp_path: Path, lang: str, width: int
) -> None:
    """No error, nothing wider than the screen; each indicator can be seen, by district
    too, and a unit of the list tells its values.
    """
    aumaq.analyse(two_regions()).to_folder(tmp_path / "today", lang)
    page = browser.new_page(viewport={"width": width, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto((tmp_path / "today" / "analysis.html").as_uri())
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.select_option("#level", "1")
    values = page.locator("#measure option").evaluate_all(
        "options => options.map(option => option.value)"
    )
    assert len(values) > 5
    for value in values:
        page.select_option("#measure", value)
        assert page.locator("#legend li").count()
    unit = page.locator("#values button.link").first
    unit.click()
    assert page.text_content("#card h3") == unit.inner_text()
    page.close()
    assert errors == []


def test_a_folder_of_something_else_is_kept(tmp_path: Path) -> None:
    """An analysis replaces an analysis, and nothing else."""
    analysis, folder = aumaq.analyse(two_regions()), tmp_path / "today"
    analysis.to_folder(folder)
    analysis.to_folder(folder)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match=r"notes\.txt"):
        analysis.to_folder(folder)
    assert (folder / "notes.txt").read_text() == "mine"
    with pytest.raises(UnknownNameError, match="did you mean 'regions'"):
        analysis.table("region")


@pytest.mark.slow
def test_command_line(tmp_path: Path) -> None:
    """``analyse`` prints one JSON document and writes tables, maps and a page."""
    folder = tmp_path / "today"
    done = run("analyse", "kazakhstan", "--json", "--out", folder)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    regions = pd.DataFrame(record["tables"]["regions"])
    assert record["classes_of"] == "regions"
    assert len(regions) == 20
    assert (regions["class"] >= 1).all()
    members = pd.DataFrame(record["tables"]["classes"])["units"]
    assert members.sum() == 20
    for name, kinds in (("regions", {"Polygon", "MultiPolygon"}),
                        ("districts", {"Polygon", "MultiPolygon"}),
                        ("settlements", {"Point"})):  # fmt: skip
        shapes = json.loads((folder / f"{name}.geojson").read_text())["features"]
        assert len(shapes) == len(record["tables"][name])
        assert {shape["geometry"]["type"] for shape in shapes} <= kinds
    written = pd.read_csv(folder / "regions.csv")
    assert written["persons"].tolist() == regions["persons"].tolist()
    bad = run("analyse", "tiny", "--classes", "region")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "did you mean 'regions'" in bad.stderr
    shown = run("analyse", "tiny")
    assert "at least 4 regions are needed" in shown.stdout
