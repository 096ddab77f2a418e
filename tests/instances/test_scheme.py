"""Anchors, agglomerations and sectors: what they do to people and loads, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances import InstanceError
from aumaq.instances.people.agglomerations import within_limits
from aumaq.instances.people.loads import industrial_load, people_load
from aumaq.instances.sectors import sector_of

PERIODS: Rows = [
    {"period": "p1", "first_year": 2026, "years": 1},
    {"period": "p2", "first_year": 2027, "years": 1},
]
POWER: dict[str, Rows] = {
    "networks": [{"network": "power"}],
    "network_nodes": [{"network": "power", "node": "n", "settlement": "a",
                       "lat": 50.0, "lon": 70.0}],
    "load_rates": [{"network": "power", "units_per_person": 0.5}],
}  # fmt: skip
MILL = {"anchor": "mill", "kind": "industry", "settlement": "a", "first_period": "p2",
        "jobs": 10.0, "persons_per_job": 2.5, "power_kw": 30.0}  # fmt: skip


def test_an_anchor_brings_people_and_load_once_it_is_open() -> None:
    """25 people move in in p2, 30 kW are drawn beside what people draw."""
    groups = [{"group": "all", "share_urban": 1.0, "share_rural": 1.0},
              {"group": "pupils", "share_urban": 0.1, "share_rural": 0.2}]  # fmt: skip
    found = tiny(periods=PERIODS, groups=groups, anchors=[MILL], **POWER)
    assert found.persons("all").tolist() == [[100.0, 125.0], [100.0, 100.0]]
    assert found.persons("pupils")[0].tolist() == pytest.approx([20.0, 25.0])
    nodes = found.tables["network_nodes"].set_index("node").index
    load = industrial_load(found.tables, "power", nodes)
    assert load.tolist() == [[0.0, 30.0]]
    assert people_load(found.tables, "base", "power")[0].tolist() == [50.0, 62.5]


def test_urban_demand_inside_an_agglomeration() -> None:
    """Whoever lives there asks for more, of a service and of a network."""
    inside = [{"settlement": "a", "agglomeration": "A"}, {"settlement": "b"}]
    more = [{"agglomeration": "A", "service": name, "factor": 1.5}
            for name in ("s", "power")]  # fmt: skip
    found = tiny(settlements=inside, agglomeration_demand=more, **POWER)
    assert found.demand("s")[:, 0].tolist() == [150.0, 100.0]
    assert people_load(found.tables, "base", "power")[0, 0] == 75.0


def test_what_an_agglomeration_cannot_hold_goes_to_its_region() -> None:
    """Nobody is lost; a region all of whose places are full gives to all others."""
    places = [
        {"settlement": "a", "region": "R", "agglomeration": "A"},
        {"settlement": "b", "region": "R"},
        {"settlement": "c", "region": "Q", "agglomeration": "A"},
        {"settlement": "d", "region": "P"},
    ]
    limit = [{"agglomeration": "A", "max_persons": 200.0}]
    found = tiny(settlements=places, agglomerations=limit)
    people = np.array([[150.0], [50.0], [100.0], [50.0]])
    kept = within_limits(found.tables, people)
    # A holds 250: each gives a fifth, a's 30 to b, c's 20 to b and d alike.
    assert kept[:, 0].tolist() == pytest.approx([120.0, 90.0, 80.0, 60.0])
    assert kept.sum() == pytest.approx(people.sum())


def test_sectors_follow_from_what_things_are() -> None:
    """People come: social; a network's sector is that of its plants."""
    plant = {"service": "plant", "role": "supply", "network": "power", "group": "",
             "cutoff_minutes": None}  # fmt: skip
    found = sector_of(tiny(services=[{"service": "s", "sector": "tourism"}, plant],
                           levels=[{"service": name, "level": 1, "capacity": 9.0,
                                    "capex_mln": 1.0} for name in ("s", "plant")],
                           sites=[{"site": name, "service": name, "settlement": "a"}
                                  for name in ("s", "plant")],
                           travel=[{"settlement": "b", "site": "s", "minutes": 9.0}],
                           **POWER).tables)  # fmt: skip
    assert found["s"] == "tourism"
    assert found["plant"] == found["power"] == "energy"
    assert found["roads"] == "transport"


def test_a_sector_that_is_not_given_changes_no_hash() -> None:
    """Instances of before keep theirs; one that says a sector is another."""
    plain, told = (
        tiny(services=[{"service": "s", **more}]) for more in ({}, {"sector": "social"})
    )
    empty = plain.table("services").assign(sector="")
    assert plain.replace(services=empty).content_hash == plain.content_hash
    assert told.content_hash != plain.content_hash


def test_the_list_by_sector_adds_up() -> None:
    """Investment by sector is what the table of money has; jobs are those open."""
    plan = aumaq.solve(tiny(periods=PERIODS, anchors=[MILL]), gap=0.0)
    rows, money = plan.table("sectors"), plan.money
    built = money.loc[money["item"] == "building", "amount_mln"].sum()
    assert rows["investment_mln"].sum() == pytest.approx(built)
    assert built > 0
    jobs = rows.set_index(["sector", "period"])["jobs"]
    assert jobs["industry"].tolist() == [0.0, 10.0]
    reached = rows.query("sector == 'social'")["persons"].tolist()
    assert reached[0] > 0


@pytest.mark.parametrize(
    ("tables", "file", "column"),
    [
        ({"anchors": [{**MILL, "first_period": "", "jobs": 0.0}]}, "anchors.csv",
         "persons_per_job"),
        ({"anchors": [{**MILL, "first_period": "", "lat": 50.0}]}, "anchors.csv",
         "lon"),
        ({"agglomerations": [{"agglomeration": "Z", "max_persons": 9.0}]},
         "agglomerations.csv", "agglomeration"),
        ({"agglomerations": [{"agglomeration": "A", "max_persons": 9.0}],
          "settlements": [{"settlement": "a", "agglomeration": "A"},
                          {"settlement": "b"}]},
         "agglomerations.csv", "max_persons"),
        ({"agglomeration_demand": [{"agglomeration": "A", "service": "x",
                                    "factor": 2.0}],
          "settlements": [{"settlement": "a", "agglomeration": "A"},
                          {"settlement": "b"}]},
         "agglomeration_demand.csv", "service"),
    ],
)  # fmt: skip
def test_bad_rows_are_told(tables: dict[str, Any], file: str, column: str) -> None:
    """One cause, once, with its place."""
    with pytest.raises(InstanceError) as caught:
        tiny(**tables)
    assert [(p.file, p.column) for p in caught.value.problems] == [(file, column)]
