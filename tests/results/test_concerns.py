"""What a mayor would ask of a plan, and what is likely wrong with data: in figures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from service_case import SERVICE, tiny
from shared_plans import shipped

import aumaq
from aumaq.instances import Instance
from aumaq.results import Plan
from aumaq.results.language import Language
from aumaq.results.plan.summary import chapters

LEVEL = {"service": "s", "level": 1, "capacity": 400.0, "capex_mln": 5000.0}


def town(**columns: Any) -> Instance:
    """Return a town of 300 people with three empty places, and a village 45 min away.

    What stands, for 400, stands in the village of 20.
    """
    minutes = columns.pop("minutes", 45.0)
    return tiny(
        services=[{**SERVICE, "title": "School", **columns}],
        settlements=[{"settlement": "a", "name": "Bigtown", "population": 300.0},
                     {"settlement": "b", "name": "Small", "population": 20.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "max_units": 3},
               {"site": "b", "service": "s", "settlement": "b", "status": "existing"}],
        levels=[{**LEVEL, "capacity": 40.0}, {**LEVEL, "level": 2}],
        facilities=[{"service": "s", "site": "b", "level": 2}],
        travel=[{"settlement": "a", "site": "b", "minutes": minutes}],
    )  # fmt: skip


def solved(instance: Instance) -> Plan:
    """Return the optimal plan."""
    return aumaq.solve(instance, gap=0.0)


def test_the_smallest_example_is_above_suspicion() -> None:
    """The shipped example gives no false alarm, neither its data nor its plan."""
    instance = shipped()
    assert list(instance.warnings) == []
    assert solved(instance).record["warnings"] == []


def test_a_town_sent_to_a_village() -> None:
    """Who is sent where, how far, and what stays empty at home; everywhere told."""
    plan = solved(town())
    told = plan.record["warnings"]
    assert told == [
        "School: 300 of 300 (person) of Bigtown are sent to smaller places in p1,"
        " 45 min away on average, while 3 of 3 places for facilities in Bigtown stay"
        " empty."
    ]
    assert chapters(plan)["What to look at twice"] == told
    russian = chapters(plan, Language("ru"))["На что взглянуть дважды"]
    assert "300 направляются в меньшие" in russian[0]
    kazakh = chapters(plan, Language("kk"))["Екі рет қарауға тұрарлық"]
    assert "Bigtown бойынша 300 ішінен 300" in kazakh[0]


def test_one_place_stays_empty() -> None:
    """One of several is told in the singular; one place is room for the smallest."""
    sites = town().table("sites").assign(max_units=1)
    (told,) = solved(town().replace(sites=sites)).record["warnings"]
    assert told.endswith("while 1 of 1 places for facilities in Bigtown stays empty.")


def test_a_way_that_rounds_to_the_limit_is_told_as_beyond_it() -> None:
    """10.3 minutes are beyond 10: nobody who goes “farther than 10” goes 10."""
    far = tiny(
        services=[{**SERVICE, "title": "School", "cutoff_minutes": 10.0}],
        settlements=[{"settlement": "a", "population": 400.0},
                     {"settlement": "b", "name": "Near", "population": 50.0},
                     {"settlement": "c", "name": "Farther", "population": 40.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "max_units": 2}],
        levels=[{**LEVEL, "capex_mln": 1.0}],
        travel=[{"settlement": "b", "site": "a", "minutes": 10.3},
                {"settlement": "c", "site": "a", "minutes": 10.6}],
    )  # fmt: skip
    (told,) = (t for t in solved(far).record["warnings"] if "longest trip" in t)
    assert "90 (person) go farther than the longest trip of 10 min" in told
    assert "Near 50, >10 min; Farther 40, 11 min" in told


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"cutoff_minutes": 40.0, "nearest_sites": 2},
         "School: 300 (person) go farther than the longest trip of 40 min and count as"
         " served in p1: Bigtown 300, 45 min."),
        ({"minutes": 70.0, "trips_per_year": 340.0, "cutoff_minutes": 90.0},
         "School: 300 (person) travel more than 60 min one way every day in p1:"
         " Bigtown 300, 70 min."),
        ({"minutes": 130.0, "trips_per_year": 4.0, "cutoff_minutes": 150.0},
         "School: 300 (person) travel more than 120 min one way in p1:"
         " Bigtown 300, 130 min."),
        ({"minutes": 70.0, "trips_per_year": 340.0, "cutoff_minutes": 40.0,
          "nearest_sites": 2, "served_within_minutes": 80.0}, "more than 60 min"),
    ],
)  # fmt: skip
def test_long_ways(columns: dict[str, Any], text: str) -> None:
    """Beyond the cut-off, over an hour every day, over two hours now and then."""
    told = solved(town(**columns)).record["warnings"]
    assert any(text in line for line in told), told


@pytest.mark.slow
def test_ways_that_are_bearable() -> None:
    """An hour every day, two now and then, to the minute, are not told."""
    for columns in ({"minutes": 60.0, "trips_per_year": 340.0},
                    {"minutes": 120.0, "trips_per_year": 4.0, "cutoff_minutes": 150.0},
                    {"cutoff_minutes": 45.0}):  # fmt: skip
        told = solved(town(**columns)).record["warnings"]
        assert len(told) == 1
        assert "stay empty" in told[0]


def full(share: float, facilities: int = 3) -> Instance:
    """Return a town of 99 people a place for 100, that many places."""
    return tiny(
        services=[{**SERVICE, "max_use_share": share}],
        settlements=[{"settlement": "a", "population": 99.0 * facilities}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "status": "existing",
                "max_units": facilities}],
        levels=[{**LEVEL, "capacity": 100.0}],
        facilities=[{"service": "s", "site": "a", "level": 1, "units": facilities}],
        travel=[],
        road_nodes=[{"node": "n", "lat": 50.0, "lon": 70.0}],
    )  # fmt: skip


@pytest.mark.slow
def test_too_little_room_is_left() -> None:
    """99 % of all places, today and in the plan; with a reserve only today."""
    crowded = full(1.0)
    assert ["297" in w.message and "99 %" in w.message for w in crowded.warnings] == [
        True
    ]
    told = solved(crowded).record["warnings"]
    assert len(told) == 1
    assert "99.0% of all places are taken in p1" in told[0]
    (told,) = solved(full(0.9)).record["warnings"]
    assert "have no place in p1, 9.1% of all" in told
    assert list(full(1.0, facilities=1).warnings) == []


def test_a_second_shift_takes_no_place_of_the_first() -> None:
    """Who learns in the afternoon is served, and no more than all places are taken."""
    crowded = full(1.0)
    more = crowded.table("settlements").assign(population=330.0)
    shift = {"service": "s", "extra_share": 0.35, "cost_mln_per_unit_year": 0.001}
    plan = solved(crowded.replace(settlements=more, shifts=pd.DataFrame([shift])))
    assert plan.table("second_shift")["demand"].sum() == pytest.approx(30.0)
    assert plan.table("unserved").empty
    (told,) = plan.record["warnings"]
    assert "100.0% of all places are taken in p1" in told


@pytest.mark.slow
def test_a_palace_in_a_village() -> None:
    """A level for 400 may be built, and is, where 20 live; unless sizes are said."""

    def village(**level: Any) -> Instance:
        return tiny(
            services=[SERVICE],
            settlements=[{"settlement": "a", "name": "Small", "population": 20.0},
                         {"settlement": "b", "population": 300.0}],
            sites=[{"site": "a", "service": "s", "settlement": "a"}],
            levels=[{**LEVEL, "capacity": 40.0, "capex_mln": 1.0},
                    {**LEVEL, "level": 2, "capex_mln": 2.0, **level}],
            travel=[{"settlement": "b", "site": "a", "minutes": 5.0}],
        )  # fmt: skip

    assert ["Small, 20;" in w.message for w in village().warnings] == [True]
    told = solved(village()).record["warnings"]
    assert any("Small (20 people) for 400" in line for line in told), told
    sized = village(min_population=100.0)
    assert not any("min_population" in w.message for w in sized.warnings)
    assert not any("people) for" in t for t in solved(sized).record["warnings"])


def test_data_beyond_the_cutoff() -> None:
    """Who is served by rule of the nearest sites is named with minutes."""
    instance = town(cutoff_minutes=5.0, nearest_sites=1, minutes=45.0)
    # An own place is within the cut-off, whatever stands there today.
    assert not any("nearest" in w.message for w in instance.warnings)
    far = tiny(
        services=[{**SERVICE, "cutoff_minutes": 10.0}],
        settlements=[{"settlement": "a"}, {"settlement": "b", "name": "Farville"}],
        sites=[{"site": "a", "service": "s", "settlement": "a"}],
        travel=[{"settlement": "b", "site": "a", "minutes": 30.0}],
    )
    assert any("Farville 30 min" in w.message for w in far.warnings)
