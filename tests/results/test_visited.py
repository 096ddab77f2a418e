"""Who is visited at home goes no minutes, wherever minutes are told or planned for."""

from __future__ import annotations

from typing import Any

import pytest
from visited_case import FAR, NEAR, visited_village

import aumaq
from aumaq.results import Plan
from aumaq.results.indicators.today import of_today
from aumaq.results.language import ENGLISH
from aumaq.results.plan.aims import aims_of
from aumaq.results.plots.curves import draw_access
from aumaq.results.report.reassigned import reassigned
from aumaq.results.report.services import service_data
from aumaq.results.studies.choosing.terms import value_of
from aumaq.results.studies.closed_loop import kept_services
from aumaq.results.studies.facility import served_at
from aumaq.results.studies.settlement import explain_settlement


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return the plan in which half of b is visited: 50 people."""
    found = aumaq.solve(visited_village(standards=[NEAR]), gap=0.0)
    assert found.table("visits")["demand"].tolist() == pytest.approx([50.0], abs=0.001)
    return found


@pytest.mark.parametrize(
    ("goal", "minutes", "best"),
    [
        ("mean_minutes", None, 50.0 * FAR / 200.0),
        ("worst_minutes", None, FAR / 2.0),  # of b on average
        ("cover", 30.0, 150.0),
        ("cover", FAR, 200.0),
    ],
)
def test_goals(goal: str, minutes: float | None, best: float) -> None:
    """The model sends the team, and the goal is that of the tables."""
    instance = visited_village()
    found = aumaq.solve(instance, goal=goal, minutes=minutes, gap=0.0)
    assert found.record["problems"] == []
    aim = aims_of(instance, ["cost", goal], minutes)[1]
    assert value_of(found, aim) == pytest.approx(best)


@pytest.mark.slow
def test_front() -> None:
    """Where minutes matter most the team goes, and nobody can go less."""
    front = aumaq.pareto(visited_village(), ["cost", "mean_minutes"], 3, jobs=1)
    least = front.rows["mean_minutes"].min()
    assert least == pytest.approx(50.0 * FAR / 200.0)
    assert front.payoff["bound"].tolist()[1] == pytest.approx(least)


@pytest.mark.parametrize(
    ("gap", "counts", "apart"),
    [
        ({"measure": "minutes", "minutes": 100.0, "most": FAR / 2.0}, True, FAR / 2.0),
        ({"measure": "minutes", "minutes": 100.0, "most": FAR / 2.0}, False, FAR / 2.0),
        ({"measure": "minutes", "minutes": 40.0, "most": 20.0}, True, 20.0),
        ({"measure": "share", "minutes": 30.0, "most": 0.5}, True, 0.5),
    ],
)
def test_gaps(gap: dict[str, Any], counts: bool, apart: float) -> None:
    """A gap is kept by visiting people: nobody stays away for it."""
    rule = {"gap": "even", "service": "s", "is_hard": True, **gap}
    found = aumaq.solve(visited_village(counts=counts, gaps=[rule]), gap=0.0)
    assert found.record["problems"] == []
    assert found.unserved["demand"].sum() == pytest.approx(0.0, abs=1e-6)
    assert found.table("gaps")["difference"].tolist() == pytest.approx([apart])


@pytest.mark.slow
@pytest.mark.parametrize(("counts", "share"), [(True, 0.5), (False, 0.0)])
def test_the_worst_region(counts: bool, share: float) -> None:
    """A share within minutes has visits where standards have: floors can be kept."""
    found = aumaq.fairest(visited_village(counts=counts), "s", 30.0, stages=2, gap=0.0)
    assert found.plan.record["problems"] == []
    told = dict(zip(found.shares["region"], found.shares["share"], strict=True))
    assert told == pytest.approx({"R": 1.0, "Q": share})


@pytest.mark.slow
def test_the_worst_region_rides() -> None:
    """A bus for b is near as in standards: no team, and no clinic of its own."""
    bus = {"service": "s", "within_minutes": FAR, "cost_mln_per_unit_year": 0.001}
    nobody = {"settlement": "c", "region": "P", "population": 0.0}
    places = [{"settlement": "a", "region": "R"}, {"settlement": "b", "region": "Q"}]
    instance = visited_village(buses=[bus], settlements=[*places, nobody])
    found = aumaq.fairest(instance, "s", 30.0, stages=2, gap=0.0)
    assert found.plan.record["problems"] == []
    told = dict(zip(found.shares["region"], found.shares["share"], strict=True))
    assert told == pytest.approx({"R": 1.0, "Q": 1.0})
    rides = found.plan.table("bused")["demand"].tolist()
    assert rides == pytest.approx([100.0], abs=0.001)


def test_curves_and_sentences(plan: Plan) -> None:
    """Three quarters are within no minutes; 50 people have a long way, not 100."""
    line = draw_access(plan).figure.axes[0].lines[0]
    steps = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    assert (steps[0.0], steps[FAR]) == pytest.approx((0.75, 1.0), abs=1e-5)
    told = [line for line in plan.record["warnings"] if "every day" in line]
    assert told == [
        "Clinic: 50 (person) travel more than 60 min one way every day in p1:"
        " B 50, 70 min."
    ]


def test_who_loses_a_facility() -> None:
    """The clinic of b closes; half go 70 minutes and half none: 35 more on average."""
    site = {"service": "s", "site": "a", "settlement": "a", "status": "required"}
    closes = {**site, "site": "b", "settlement": "b", "status": "forbidden"}
    instance = visited_village(
        sites=[site, closes],
        facilities=[{"service": "s", "site": "b", "level": 1}],
        standards=[NEAR],
    )
    plan = aumaq.solve(instance, gap=0.0)
    (row,) = reassigned(plan, ENGLISH)["rows"]
    assert row[-2:] == pytest.approx([FAR / 2.0, FAR / 2.0], abs=0.1)
    assert plan.table("reassigned")["minutes_after"].tolist() == [FAR]


def test_the_closed_loop(plan: Plan) -> None:
    """Half of b has its clinic near: who stays because of it is who is visited."""
    assert kept_services(plan) == pytest.approx({"a": 1.0, "b": 0.5}, abs=1e-5)


def test_what_a_reader_is_told(plan: Plan) -> None:
    """The page, and both commands that explain, know who stays at home."""
    page = service_data(plan, "s", of_today(plan.instance), ENGLISH)
    assert page["periods"][0]["links"] == [
        [0, 0, 1.0, 0.0, 100.0, -1, 0.0, 0.0], [1, 0, 1.0, FAR, 100.0, -1, 0.0, 0.5]
    ]  # fmt: skip
    told = explain_settlement(plan, "b").sentences()
    assert told[1] == "Clinic: 50.0% to A, 70 minutes; 50.0% visited at home from A"
    who = served_at(plan, "s", "a").farther.set_index("settlement")
    mean = who["minutes"].to_dict()
    assert mean == pytest.approx({"a": 0.0, "b": FAR / 2.0}, abs=0.001)
