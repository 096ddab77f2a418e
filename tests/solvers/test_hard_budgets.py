"""There is a plan without any time where budgets are hard, and it keeps them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute_force import best_plan_cost
from examples import examples
from grid_example import grid_rows
from hypothesis import assume, given
from tiny_instances import Row, tiny, tiny_instances
from two_schools import NO_TIME, two_schools

import aumaq
from aumaq.instances import Instance
from aumaq.solvers.start.site_units import _closed


def purse(amount_mln: float, period: str = "p1", **columns: Any) -> Row:
    """Return a row of a hard budget."""
    row = {"budget": "purse", "period": period, "amount_mln": amount_mln}
    return {**row, "is_hard": True, **columns}


@pytest.mark.parametrize(
    ("budget", "left"),
    [
        (purse(10.0), []),
        (purse(9.0), ["b"]),
        (purse(4.0), ["a", "b"]),
        (purse(4.0, region="R"), ["a"]),
        (purse(4.0, region="Q", service="s"), ["b"]),
        (purse(1.0, covers="operation"), ["b"]),
        (purse(6.0, covers="all"), ["b"]),
    ],
)
def test_what_closes(budget: Row, left: list[str]) -> None:
    """A school that is due and not paid for closes, the one that serves fewer first."""
    instance = two_schools(budget)
    years = instance.period_years[0]
    plan = aumaq.solve(instance, time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert sorted(plan.table("unserved")["settlement"]) == left
    people = sum({"a": 100.0, "b": 80.0}[place] for place in left)
    stand = 2 - len(left)
    expected = people * years + stand * (5.0 + 1.0 * years)
    assert plan.objective_mln == pytest.approx(expected)
    best = aumaq.solve(instance, gap=0.0)
    assert best.objective_mln == pytest.approx(expected)


def test_regions_without_a_table_of_them() -> None:
    """Regions that only settlements name pay as others do."""
    instance = two_schools(purse(4.0, region="R"))
    plan = aumaq.solve(instance.replace(regions=instance.table("regions")[:0]), gap=0.0)
    assert plan.record["problems"] == []
    assert plan.table("unserved")["settlement"].tolist() == ["a"]


def three_tiers(*budgets: Row) -> Instance:
    """Return a village with a school, which needs a clinic, which needs a plant.

    Each costs 1 mln a year. The school serves 100, who else cost 1 mln each a year.
    """
    names = ("school", "clinic", "plant")
    site = {"settlement": "a", "status": "existing"}
    level = {"level": 1, "capex_mln": 10.0, "opex_mln_per_year": 1.0}
    rule = {"from_level": 1, "to_level": 1, "minutes": 5.0}
    return tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                   "count_residual_value": False}],
        settlements=[{"settlement": "a", "population": 100.0, "region": "R"}],
        services=[
            {"service": "school", "unserved_mln_per_unit_year": 1.0},
            *({"service": name, "demand_per_person": 0.0} for name in names[1:]),
        ],
        levels=[{**level, "service": name, "capacity": 100.0} for name in names],
        sites=[{**site, "site": f"{name} a", "service": name} for name in names],
        facilities=[{"service": name, "site": f"{name} a", "level": 1}
                    for name in names],
        referrals=[{**rule, "referral": "r1", "service": "school",
                    "to_service": "clinic"},
                   {**rule, "referral": "r2", "service": "clinic",
                    "to_service": "plant"}],
        travel=[{"settlement": "a", "site": f"{name} a", "minutes": 1.0}
                for name in names],
        budgets=list(budgets),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "left"),
    [("school", ["clinic", "plant"]), ("clinic", ["plant"]), ("plant", [])],
)
def test_what_refers_to_what_closes(service: str, left: list[str]) -> None:
    """Where money closes a higher tier, what refers to it closes, and so on."""
    purse_of = purse(0.5, service=service, covers="operation")
    plan = aumaq.solve(three_tiers(purse_of), time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert plan.facilities["service"].tolist() == left
    whole = aumaq.solve(three_tiers(), time_limit=NO_TIME)
    assert len(whole.facilities) == 3


@pytest.mark.slow
def test_a_start_is_cut_to_what_is_paid_for() -> None:
    """Of a start that spends too much, what is new is left out, and the rest stays."""
    people = [{"settlement": "a", "scenario": "base", "period": "p1", "group": "all",
               "persons": 300.0}]  # fmt: skip
    rich = two_schools().replace(population=pd.DataFrame(people))
    sites = rich.table("sites").assign(max_units=4)
    rich = rich.replace(sites=sites)
    start = aumaq.solve(rich, gap=0.0)
    assert start.facilities.set_index("site").loc["a", "units"] == 3
    poor = rich.replace(budgets=pd.DataFrame([purse(10.0)]))
    plan = aumaq.solve(poor, time_limit=NO_TIME, start=start)
    assert plan.record["problems"] == []
    assert plan.facilities["units"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("budget", "built"),
    [
        (purse(0.5), 5.0),
        (purse(0.2), 2.0),
        (purse(0.2, service="s"), 5.0),
        (purse(0.0), 0.0),
    ],
)
def test_networks_build_what_is_paid_for(budget: Row, built: float) -> None:
    """A unit of solar power costs 0.1 mln; what is not supplied is shed."""
    rows = grid_rows()
    plan = aumaq.solve(tiny(**rows, budgets=[budget]), time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert plan.table("local_supply")["capacity"].sum() == pytest.approx(built)


@pytest.mark.slow
def test_steps_of_a_start_are_paid_first() -> None:
    """The line of the start (2 mln) stays, its school (10 mln) is not built."""
    start = aumaq.solve(tiny(**grid_rows()), gap=0.0)
    steps = start.table("network_steps")
    assert steps["capex_mln"].tolist() == [2.0]
    assert start.facilities["service"].tolist() == ["s", "plant"]
    poor = tiny(**grid_rows(), budgets=[purse(2.3)])
    plan = aumaq.solve(poor, time_limit=NO_TIME, start=start)
    assert plan.record["problems"] == []
    assert plan.table("network_steps").equals(steps)
    assert plan.facilities["service"].tolist() == ["plant"]
    assert plan.table("local_supply")["capacity"].sum() == pytest.approx(3.0)


@pytest.mark.slow
@examples(40)
@given(tiny_instances())
def test_hard_budgets_alone_never_forbid(drawn: Instance) -> None:
    """Where closing is free and nobody must be served, something can be paid.

    Unless other rules allow no plan at all, as enumeration finds.
    """
    tables = drawn.tables
    sites, stands = tables["sites"], tables["facilities"][["site", "service"]]
    is_old = pd.MultiIndex.from_frame(sites[["site", "service"]]).isin(
        pd.MultiIndex.from_frame(stands)
    )
    sites = sites.assign(status=np.where(is_old, "existing", "candidate"))
    instance = drawn.replace(
        policies=tables["policies"].assign(allow_closing=True),
        services=tables["services"].assign(may_be_unserved=True),
        levels=tables["levels"].assign(closing_mln=0.0, min_use=0.0),
        sites=sites,
        facilities=tables["facilities"].assign(is_locked=False),
        transitions=tables["transitions"].iloc[:0],
        budgets=tables["budgets"].assign(is_hard=True),
        standards=tables["standards"].assign(is_hard=False),
        referrals=tables["referrals"].iloc[:0],
    )
    best = best_plan_cost(instance)
    assume(best is not None)
    plan = aumaq.solve(instance, time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert plan.objective_mln >= best - 1e-6


def test_thousands_of_facilities_close_in_few_trials() -> None:
    """Fewer at each, none at last, and not one trial for each facility."""
    before = np.array([[0, 0], [10_000, 10_000]])
    trials = list(_closed(before[:, 0], before, 1))
    left = [10_000, *(int(units[1, 1]) for units in trials)]
    assert len(trials) < 100
    assert (np.diff(left) < 0).all()
    assert left[-1] == 0
    assert all(units[1, 0] == 10_000 for units in trials)
    assert all((units.sum(axis=0) == 10_000).all() for units in trials)
