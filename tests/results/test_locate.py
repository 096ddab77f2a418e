"""Questions without money, of instances and of tables, against trying all choices."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from location_optima import SmallCase, fewest_new, least, most_within

import aumaq
from aumaq.instances.generators import clustered
from aumaq.instances.svg_map import WIDTH, Points, svg_map
from aumaq.results.location.answer import Location
from aumaq.results.location.reading import read_tables


def case_of(instance: aumaq.Instance, service: str, *, is_free: bool) -> SmallCase:
    """Return the question as plain numbers, with the access that plans have."""
    services = instance.table("services").assign(
        cutoff_minutes=1e6, served_within_minutes=np.nan
    )
    ways = instance.replace(services=services).access(service)
    ways = ways[ways["needs"] == ""]
    sites = instance.service_sites(service)
    stock = instance.table("facilities")
    stands = sites["site"].isin(stock["site"][stock["service"] == service])
    status = sites["status"]
    may = set(np.flatnonzero(status != "forbidden"))
    kept = set() if is_free else may & set(np.flatnonzero(stands))
    group = str(instance.service(service)["group"])
    return SmallCase(
        instance.persons(group)[:, -1].tolist(),
        {
            (i, j): minutes
            for i, j, minutes in zip(ways["i"], ways["j"], ways["minutes"], strict=True)
        },
        len(sites),
        kept,
        may - kept,
        (may - kept) & set(np.flatnonzero(status == "required")),
    )


@pytest.mark.slow
@pytest.mark.parametrize("is_free", [False, True], ids=["keep", "free"])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_instance_equals_enumeration(seed: int, is_free: bool) -> None:
    """Each goal, with its own roads, people of the last period, and what stands."""
    instance = clustered(9, seed)
    service = next(name for name in instance.service_names if instance.serves(name))
    case = case_of(instance, service, is_free=is_free)
    today = len(case_of(instance, service, is_free=False).kept) * is_free
    how = {"service": service, "existing": "free" if is_free else "keep"}
    minutes = 25.0

    def found(goal: str, new: int | None) -> Location:
        answer = aumaq.locate(instance, goal, new=new, minutes=minutes, **how)
        assert answer.is_verified
        assert answer.gap == 0.0
        return answer

    new = 1
    count = new + today
    assert found("cover", new).value == pytest.approx(most_within(case, count, minutes))
    assert found("cover_all", None).value == fewest_new(case, minutes)
    for goal in ("mean_minutes", "worst_minutes"):
        assert found(goal, new).value == pytest.approx(least(case, count, goal))


def sites_with(instance: aumaq.Instance, **values: dict[str, object]) -> pd.DataFrame:
    """Return the sites with values of some columns by site."""
    sites = instance.table("sites").set_index("site")
    for column, by_site in values.items():
        for site, value in by_site.items():
            sites.loc[site, column] = value
    return sites.reset_index()[instance.table("sites").columns]


@pytest.mark.slow
def test_statuses_are_respected() -> None:
    """Forbidden, required, too early, locked: in three villages on a road."""
    tiny = aumaq.read("tiny")  # a has a school; b is 15 minutes on, c another 45
    forbidden = tiny.replace(sites=sites_with(tiny, status={"c": "forbidden"}))
    assert aumaq.locate(forbidden, "mean_minutes", new=2).new_sites[
        "site"
    ].tolist() == ["b"]
    required = tiny.replace(sites=sites_with(tiny, status={"b": "required"}))
    best = aumaq.locate(required, "mean_minutes", new=1)
    assert best.new_sites["site"].tolist() == ["b"]  # c alone would be better
    with pytest.raises(aumaq.OptionError, match="1 site must open, and only 0 may"):
        aumaq.locate(required, "mean_minutes", new=0)
    late = tiny.replace(sites=sites_with(tiny, first_period={"c": "2031-35"}))
    first = aumaq.locate(late, "mean_minutes", new=1, period="2026-30")
    assert first.new_sites["site"].tolist() == ["b"]
    assert aumaq.locate(late, "mean_minutes", new=1).new_sites["site"].tolist() == ["c"]
    moved = aumaq.locate(tiny, "worst_minutes", new=0, existing="free")
    assert moved.sites["action"].tolist() == ["new", "closed"]
    locked = tiny.replace(facilities=tiny.table("facilities").assign(is_locked=True))
    stays = aumaq.locate(locked, "worst_minutes", new=0, existing="free")
    assert stays.sites["action"].tolist() == ["kept"]
    closes = tiny.replace(sites=sites_with(tiny, status={"a": "forbidden"}))
    answer = aumaq.locate(closes, "cover", new=1, minutes=10)
    assert answer.before["cover"] == 80.0
    assert answer.sites["action"].tolist() == ["new", "closed"]


def test_people_and_places_that_are_special() -> None:
    """Nobody lives there, nobody gets there, groups are added, sites to spare."""
    tiny = aumaq.read("tiny")
    places = tiny.table("settlements")
    empty = tiny.replace(settlements=places.assign(population=[400.0, 400.0, 0.0]))
    answer = aumaq.locate(empty, "cover_all", minutes=10)
    assert answer.new_sites["site"].tolist() == ["b"]  # nobody lives in c
    both = aumaq.locate(tiny, "cover", new=9, minutes=10, people=["all", "pupils"])
    assert both.value == 1200.0  # 1,000 inhabitants, 200 of them pupils
    assert len(both.new_sites) == 2
    assert "more sites would not help" in str(both)
    assert "people are those of 2 groups: all, pupils" in str(both)
    services = tiny.table("services").assign(served_within_minutes=20.0)
    links = tiny.replace(
        services=services, sites=sites_with(tiny, status={"c": "forbidden"})
    )
    cut = aumaq.locate(links, "mean_minutes", new=1)
    assert cut.unreachable["place"].tolist() == ["c"]
    assert cut.after["reached"] == 160.0
    assert "no site can be reached from 1 place, 40 people: Gamma (c)" in str(cut)


@pytest.mark.parametrize("goal", ["mean_minutes", "worst_minutes"])
def test_nobody_has_no_way(goal: str) -> None:
    """Said in words instead of by a gap that is no number."""
    empty = aumaq.read("tiny").with_changes(["settlements.population*0"])
    told = str(aumaq.locate(empty, goal, new=1))
    assert "there is nothing to choose" in told
    assert "gap" not in told


def test_clients_of_several_groups_and_pairs_that_are_missing() -> None:
    """Rows of one place add up; codes are the same with and without zeros in front."""
    clients = pd.DataFrame({"code": ["01", "01", "02", "03"], "people": [5, 2, 3, 1]})
    distances = pd.DataFrame(
        {"client": [1, 2, 2], "site": ["x", "x", "y"], "km": [4.0, 9.0, 2.0]}
    )
    best = aumaq.locate(
        clients, "cover", distances=distances, new=1, minutes=5, unit="km"
    )
    assert best.value == 7.0
    assert best.new_sites["site"].tolist() == ["x"]
    assert best.unreachable["place"].tolist() == ["03"]
    assert best.after["total"] == 7 * 4.0 + 3 * 9.0
    assert "within the limit (5 km)" in str(best)


def test_all_that_is_wrong_with_tables_is_told_at_once() -> None:
    """A negative distance, an unknown client, a second row, people without a number."""
    clients = pd.DataFrame({"code": ["a", "b", "c"], "people": ["5", "many", "1"]})
    distances = pd.DataFrame(
        {
            "client": ["a", "b", "d", "a"],
            "site": ["x", "x", "x", "x"],
            "minutes": ["4", "-1", "3", "5"],
        }
    )
    with pytest.raises(aumaq.InstanceError) as told:
        aumaq.locate(clients, "mean_minutes", distances=distances, new=1)
    found = {(p.file, p.row, p.column, p.value) for p in told.value.problems}
    assert found == {
        ("clients", 3, "people", "many"),
        ("distances", 3, "minutes", "-1"),
        ("distances", 4, "client", "d"),
        ("distances", 5, "", ""),
    }


def test_no_cell_of_a_long_row_is_lost(tmp_path: Path) -> None:
    """A decimal comma between commas is a cell too many, not a distance of 7."""
    path = tmp_path / "ways.csv"
    path.write_text("client,site,km\na,x,7,5\nb,x,3\n")
    with pytest.raises(aumaq.InstanceError, match="more cells in a row"):
        read_tables(path)
    path.write_text("client;site;km\na;x;7.5\n")
    (found,) = read_tables(path)
    assert found is not None
    assert found.frame["km"].tolist() == ["7.5"]


@pytest.mark.parametrize("goal", ["mean_minutes", "cover_all"])
def test_what_stands_is_kept_or_free(goal: str) -> None:
    """Tables refuse another word, as instances do."""
    clients = pd.DataFrame({"code": ["a"], "people": [5]})
    ways = pd.DataFrame({"client": ["a"], "site": ["x"], "minutes": [4]})
    for of, own in ((clients, {"distances": ways}), (clustered(9), {})):
        with pytest.raises(aumaq.UnknownNameError, match="free, keep"):
            aumaq.locate(of, goal, new=1, minutes=9.0, existing="nonsense", **own)


@pytest.mark.parametrize("role", ["name", "lat", "lon", "people"])
def test_columns_that_are_told_are_there(role: str) -> None:
    """Whatever they are for."""
    clients = pd.DataFrame({"code": ["a", "b"], "people": [5, 1]})
    ways = pd.DataFrame({"client": ["a", "b"], "site": ["x", "y"], "minutes": [4, 1]})
    with pytest.raises(aumaq.UnknownNameError, match="nope"):
        aumaq.locate(
            clients, "mean_minutes", distances=ways, new=1, columns={role: "nope"}
        )
    sites = pd.DataFrame({"site": ["x", "y", ""]})
    with pytest.raises(aumaq.InstanceError, match="row 4, column site: is empty"):
        aumaq.locate(clients, "mean_minutes", distances=ways, sites=sites, new=1)


def test_labels_stay_on_the_map() -> None:
    """Names at the right edge stand to the left of their points, none above the top."""
    at, names = np.array([70.0, 71.0]), ["West", "East"]
    points = Points("new", "#000", np.array([50.0, 51.0]), at, np.ones(2), names,
                    "star", names)  # fmt: skip
    picture = ElementTree.fromstring(svg_map([points], "map"))
    texts = [e for e in picture.iter() if e.tag.endswith("text")][:2]
    for text, anchor in zip(texts, ("start", "end"), strict=True):
        assert text.get("text-anchor") == anchor
        assert 0.0 < float(text.attrib["x"]) < WIDTH
        assert float(text.attrib["y"]) >= 10.0


def test_a_folder_is_read_back(tmp_path: Path) -> None:
    """CSV, JSON and GeoJSON agree with the answer; the page has its map."""
    import geopandas

    answer = aumaq.locate(aumaq.read("tiny"), "mean_minutes", new=1)
    folder = answer.write(tmp_path / "answer", "ru")
    record = json.loads((folder / "location.json").read_text())
    assert record["value"] == answer.value == 6.0
    sites = pd.read_csv(folder / "sites.csv")
    places = pd.read_csv(folder / "places.csv")
    assert sites["people"].sum() == places["people"].sum()
    mean = np.average(places["minutes_after"], weights=places["people"])
    assert mean == pytest.approx(answer.value)
    points = geopandas.read_file(folder / "location.geojson")
    assert points["kind"].value_counts().to_dict() == {"place": 3, "site": 2}
    new = points[points["action"] == "new"].geometry.iloc[0]
    assert (new.y, new.x) == tuple(answer.new_sites[["lat", "lon"]].iloc[0])
    page = (folder / "location.html").read_text()
    assert "<svg" in page
    assert 'lang="ru"' in page
    with pytest.raises(aumaq.ExportError, match="earlier answer"):
        answer.write(folder)
    assert math.isnan(answer.before["cover"])


@pytest.mark.parametrize("columns", [None, {"client": "client", "place": "client"}])
@pytest.mark.parametrize(("clients", "pairs"), [(1, 1), (1, 2), (4, 1)])
def test_one_client_or_one_site_is_a_question(
    clients: int, pairs: int, columns: dict[str, str] | None
) -> None:
    """Its column has one code only; the nearest of the sites has all 5 people."""
    who = pd.DataFrame({"client": [f"k{i}" for i in range(clients)], "population": 5})
    ways = pd.DataFrame({"client": "k0", "site": [f"s{j}" for j in range(pairs)],
                         "distance": np.arange(1.0, pairs + 1.0)})  # fmt: skip
    sites = pd.DataFrame({"site": [f"s{j}" for j in range(pairs)]})
    for given in (None, sites):
        found = aumaq.locate(
            who, "mean_minutes", distances=ways, sites=given, new=1, columns=columns
        )
        assert (found.value, found.new_sites["site"].tolist()) == (1.0, ["s0"])


@pytest.mark.parametrize("unit", [1.0, 2.0**-20, 1e-6, 1e-9])
def test_lengths_in_any_unit_have_one_answer(unit: float) -> None:
    """Three sites; worst 3 by the second, mean 1.5 by the third, 2 within 1."""
    away = np.array([[2.0, 3.0, 1.0], [2.0, 2.0, 0.0], [9.0, 3.0, 3.5]])
    i, j = (part.ravel() for part in np.indices(away.shape))
    who = pd.DataFrame({"client": [f"k{k}" for k in range(3)], "population": [1, 1, 1]})
    ways = pd.DataFrame({"client": [f"k{k}" for k in i], "site": [f"s{k}" for k in j],
                         "distance": away.ravel() * unit})  # fmt: skip

    def best(goal: str, **more: float) -> Location:
        found = aumaq.locate(who, goal, distances=ways, new=1, **more)
        assert found.is_verified
        assert found.bound == pytest.approx(found.value, rel=1e-9)
        assert found.gap == 0.0
        return found

    assert best("worst_minutes").value == pytest.approx(3.0 * unit, rel=1e-9)
    assert best("mean_minutes").value == pytest.approx(1.5 * unit, rel=1e-9)
    assert best("cover", minutes=1.0 * unit).value == 2.0
    assert best("cover", minutes=0.9 * unit).value == 1.0
