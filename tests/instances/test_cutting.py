"""A region or a district as an instance of its own: the plan of its people alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from brute_force import best_plan_cost
from command import run
from examples import examples
from hypothesis import given
from shared_plans import shipped
from tiny_instances import tiny, tiny_instances
from two_regions import two_regions

import aumaq
from aumaq.instances import Instance, InstanceError


@pytest.mark.slow
def test_each_region_is_planned_alone() -> None:
    """Of R the school stands; in Q nobody is near, and a school costs 500 for 100."""
    whole = two_regions()
    costs = {
        region: aumaq.solve(aumaq.cut(whole, regions=[region]), gap=0.0).objective_mln
        for region in "RQ"
    }
    assert costs == pytest.approx({"R": 0.0, "Q": 100.0})
    both = aumaq.cut(whole, regions=["R", "Q"])
    assert both.base["sites"].equals(whole.base["sites"])


@examples(20)
@given(instance=tiny_instances())
def test_all_that_is_cut_is_the_same(instance: Instance) -> None:
    """All services of all regions have the optimum of the whole: nothing is lost."""
    found = aumaq.cut(instance, services=list(instance.service_names))
    assert best_plan_cost(found) == best_plan_cost(instance)


def test_outlines_of_others_are_cut_off() -> None:
    """Those of no region stay, and those of a region where nobody lives."""
    ring = [[70, 50], [71, 50], [71, 51], [70, 50]]
    area = {"type": "Polygon", "coordinates": [ring]}
    shapes = [
        {"type": "Feature", "properties": properties, "geometry": area}
        for properties in (
            {"region": "R"}, {"region": "R", "district": "D"}, {"region": "Q"},
            {"region": "Q", "district": "E"}, {"name": "lake"}, {},
        )
    ]  # fmt: skip
    outlines = {"type": "FeatureCollection", "features": shapes}
    whole = aumaq.instances.from_tables(with_scenarios().base, outlines=outlines)
    for options, left in (({"regions": ["R"]}, [0, 1, 4, 5]),
                          ({"districts": ["E"]}, [2, 3, 4, 5]),
                          ({"services": ["s"]}, [0, 1, 2, 3, 4, 5])):  # fmt: skip
        found = aumaq.cut(whole, **options).outlines
        assert found == {**outlines, "features": [shapes[k] for k in left]}


def with_scenarios() -> Instance:
    """Return two regions, two services, and variants about all, one, and others."""
    of_both = [{"override": "dear", "action": "times", "table": "levels",
                "where": f"service={s}", "column": "capex_mln", "value": "2"}
               for s in "st"]  # fmt: skip
    added = {"override": "help", "action": "add", "table": "counts",
             "where": "count=few; service=s; most=1; region=Q"}  # fmt: skip
    moved = {"override": "grow", "action": "set", "table": "settlements",
             "where": "settlement=b", "column": "population", "value": "7"}  # fmt: skip
    return tiny(
        services=[{"service": "s"}, {"service": "t"}],
        settlements=[{"settlement": "a", "region": "R", "district": "D"},
                     {"settlement": "b", "region": "Q", "district": "E"}],
        levels=[{"service": s, "level": 1, "capacity": 9.0, "capex_mln": 5.0}
                for s in "st"],
        sites=[{"site": s + v, "service": s, "settlement": v}
               for s in "st" for v in "ab"],
        travel=[{"settlement": v, "site": s + w, "minutes": 30.0}
                for s in "st" for v, w in ("ab", "ba")],
        scenarios=[{"scenario": "base", "overrides": "grow"}],
        variants=[{"variant": name, "axis": name, "overrides": name}
                  for name in ("dear", "help")],
        overrides=[*of_both, added, moved],
    )  # fmt: skip


@pytest.mark.slow
def test_scenarios_change_what_is_left() -> None:
    """Of twice the price of two services one stays; a rule about others goes."""
    found = aumaq.cut(with_scenarios(), districts=["D"], services=["t"], name="d")
    assert (found.name, found.title) == ("d", "D")
    assert found.settlement_ids == ("a",)
    assert found.base["variants"]["variant"].tolist() == ["dear"]
    assert found.base["scenarios"]["overrides"].tolist() == [""]
    dear = found.with_scenario("base+dear")
    assert dear.levels("t")["capex_mln"].tolist() == [10.0]
    kept = aumaq.cut(with_scenarios(), regions=["Q"])
    assert len(kept.base["overrides"]) == len(with_scenarios().base["overrides"])


@pytest.mark.slow
def test_a_region_of_the_country_has_its_scenarios() -> None:
    """What 27 variants say of others is gone, and the rest is an instance."""
    country = shipped("kazakhstan")
    found = aumaq.cut(country, regions=["ALM"])
    own = country.base["settlements"]["region"] == "ALM"
    assert len(found.settlement_ids) == own.sum() > 10
    left = found.base["variants"]["variant"].tolist()
    assert {"tight", "dear"} <= {*left} < {*country.base["variants"]["variant"]}
    for variant in left:
        found.with_scenario(f"managed+{variant}")


@pytest.mark.slow
def test_wrong_names_are_told_together(tmp_path: Path) -> None:
    """Exit code 2 with each of them and the nearest name; nothing is written."""
    words = ("convert", "west-kazakhstan", "burli", "--region", "ZKO")
    wrong = ("--district", "Burly", "--service", "scool")
    done = run(*words, *wrong, folder=tmp_path)
    assert done.returncode == 2
    assert "districts: there is no such name, did you mean 'Burli'?" in done.stderr
    assert "services: there is no such name, did you mean 'school'?" in done.stderr
    assert not (tmp_path / "burli").exists()
    done = run(*words, "--district", "Burli", "--service", "school", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = aumaq.read(tmp_path / "burli")
    assert (found.name, len(found.settlement_ids)) == ("burli", 29)
    with pytest.raises(InstanceError, match="no settlement lies in these districts"):
        aumaq.cut(with_scenarios(), regions=["R"], districts=["E"])
