"""One plan for several futures: against enumeration, by hand, and as a process."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute_force import best_plan_cost
from coupled_instances import coupled_instances
from examples import examples
from future_instances import futures_differences, futures_instances
from futures_optima import best_common
from growing_case import growing
from hypothesis import assume, given
from hypothesis import strategies as st
from store_case import two_futures
from tiny_instances import Row, Rows, some, tiny_instances

import aumaq
from aumaq.instances import Instance, NoPlanError
from aumaq.instances.scenarios.mean import mean_instance
from aumaq.results.audit.findings import explained
from aumaq.results.audit.first_period import first_period_differences
from aumaq.results.studies.futures_plan import planned_together
from aumaq.solvers.futures import method as futures_solver
from aumaq.solvers.highs.solver import Outcome

OBJECTIVES = ("expected", "worst", "regret")


@pytest.mark.parametrize(
    "kind",
    ["free", *(pytest.param(k, marks=pytest.mark.slow) for k in ("whole", "roads"))],
)
@given(data=st.data())
@examples(15)
def test_enumeration(kind: str, data: st.DataObject) -> None:
    """The best common first period, for each objective by turns, proven."""
    instance = data.draw(futures_instances(kind))
    assert futures_differences(instance, data.draw(st.sampled_from(OBJECTIVES))) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["free", "whole", "roads"])
@given(data=st.data())
@examples(6)
def test_enumeration_of_who_pays(kind: str, data: st.DataObject) -> None:
    """The same where funds and partners pay, each future with limits of its own."""
    instance = data.draw(futures_instances(kind, is_financed=True))
    assert futures_differences(instance, data.draw(st.sampled_from(OBJECTIVES))) == []


@pytest.mark.slow
@examples(6)
@given(instance=futures_instances("free"))
def test_values(instance: Instance) -> None:
    """RP, WS and EEV are as enumerated; EVPI and VSS are not negative."""
    best = best_common(instance.futures)
    assume(best is not None)
    assert best is not None
    found = aumaq.value_of_stochastic_solution(instance, gap=0.0)
    size = float(np.abs(found.futures.regret_table["cost_mln"]).max())
    room = 4e-6 * max(1.0, size)
    assert found.recourse == pytest.approx([best["expected"]] * 2, abs=room)
    assert found.wait_and_see == pytest.approx([best["alone"]] * 2, abs=room)
    low, high = found.perfect_information
    assert 0.0 <= low <= high <= best["expected"] - best["alone"] + 2 * room
    low, high = found.stochastic_solution
    assert 0.0 <= low <= high
    assert (found.policies["at_least_mln"] >= best["expected"] - room).all()


@pytest.mark.slow
def test_no_other_first_period(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there was no time to try another one, EEV has no end, and is no nothing."""
    from aumaq.results.studies import futures_value as stochastic

    def without(*given: object) -> aumaq.Futures:
        return replace(planned_together(*given), policies=())  # type: ignore[arg-type]

    monkeypatch.setattr(stochastic, "planned_together", without)
    found = aumaq.value_of_stochastic_solution(two_futures(), gap=0.0)
    assert found.reference == ""
    assert found.reference_cost == (found.futures.bound_mln, np.inf)
    assert found.stochastic_solution == (0.0, np.inf)
    assert found.record()["policies"] == []


@pytest.mark.slow
@given(data=st.data())
@examples(10)
def test_networks(data: st.DataObject) -> None:
    """Lines and sources: no better than futures apart, no worse than one's own plan."""
    base = data.draw(coupled_instances(data.draw(some("power", "water", "angles"))))
    assume(len(base.period_names) > 1)
    rows = base.base["scenarios"]
    dear = {"capex_factor": data.draw(some(0.5, 2.0, 4.0)), "opex_factor": 0.5}
    other = rows.assign(scenario="other", projection="base", **dear)
    instance = base.replace(scenarios=pd.concat([rows, other]))
    alone = [best_plan_cost(future) for future in instance.futures]
    try:
        found = aumaq.solve_futures(instance, gap=0.0)
    except NoPlanError as error:
        if None in alone or "no first period" in str(error):
            return
        raise
    assert found.is_verified, found.record()["problems"]
    assert found.status == "optimal"
    own = found.regret_table["best_objective_mln"].tolist()
    room = 4e-6 * max(1.0, *map(abs, own))
    assert own == pytest.approx(alone, abs=room)
    assert found.objective_mln >= sum(own) / 2 - room
    assert (found.policy_table["at_most_mln"] >= found.objective_mln - room).all()


@pytest.mark.slow
@examples(6)
@given(instance=tiny_instances("free"))
def test_a_single_future(instance: Instance) -> None:
    """With one future the plan is that of solve(), and there is nothing to regret."""
    best = best_plan_cost(instance)
    assume(best is not None)
    for objective in OBJECTIVES:
        found = aumaq.solve_futures(instance, objective=objective, gap=0.0)
        plan = found.plans["base"]
        room = 4e-6 * max(1.0, abs(plan.objective_mln))
        assert plan.objective_mln == pytest.approx(best, abs=room)
        wanted = 0.0 if objective == "regret" else best
        assert found.objective_mln == pytest.approx(wanted, abs=room)
        assert found.is_verified


@pytest.mark.slow
def test_by_hand() -> None:
    """Small now costs 10 or 18, large now 14 or 14: every objective its own choice."""
    instance = growing()
    expected = aumaq.solve_futures(instance, gap=0.0)
    assert expected.objective_mln == pytest.approx(14.0)
    worst = aumaq.solve_futures(instance, objective="worst", gap=0.0)
    assert worst.regret_table["cost_mln"].tolist() == pytest.approx([14.0, 14.0])
    regret = aumaq.solve_futures(instance, objective="regret", gap=0.0)
    assert regret.objective_mln == pytest.approx(4.0)
    likely = growing(scenarios=[{"scenario": "few", "probability": 3.0},
                                {"scenario": "many", "probability": 1.0}])  # fmt: skip
    found = aumaq.value_of_stochastic_solution(likely, gap=0.0)
    assert found.futures.objective_mln == pytest.approx(0.75 * 10 + 0.25 * 18)
    # On average half the people stay: a small school, the same as with many futures.
    assert found.reference == "mean"
    assert found.stochastic_solution == pytest.approx((0.0, 0.0), abs=1e-6)
    assert found.perfect_information == pytest.approx((1.0, 1.0), abs=1e-6)
    table = found.policies.set_index("first_period_of")
    assert table.loc["many", "dearer_at_least_mln"] == pytest.approx(2.0)


@pytest.mark.slow
def test_a_level_that_one_future_has_no_use_for() -> None:
    """Where few come, the model alone drops the large school; together it is known."""
    growth = [
        {"scenario": name, "region": "", "period": period, "factor": factor}
        for name, factor in (("few", 0.5), ("many", 2.0))
        for period in ("p1", "p2")
    ]
    found = aumaq.solve_futures(growing(growth=growth), objective="worst", gap=0.0)
    assert found.objective_mln == pytest.approx(14.0)
    assert found.plans["few"].facilities["level"].iloc[0] == 2


@pytest.mark.slow
def test_local_supply_is_common() -> None:
    """Later there is no money: what many people will need is built in every future."""
    loads = [
        {"network": "power", "scenario": name, "period": "p2", "units_per_person": rate}
        for name, rate in (("few", 1.0), ("many", 3.0))
    ]
    more: dict[str, Rows] = {
        "growth": [],
        "budgets": [
            {"budget": "b", "period": "p2", "amount_mln": 0.0, "is_hard": True}
        ],
        "networks": [{"network": "power", "may_shed": False}],
        "network_nodes": [
            {"network": "power", "node": "v", "lat": 50.0, "lon": 70.0,
             "settlement": "a"}
        ],
        "network_links": [],
        "load_rates": [
            {"network": "power", "scenario": "", "period": "p1",
             "units_per_person": 1.0},
            *loads,
        ],
        "local_supplies": [
            {"network": "power", "option": "solar", "settlement": "",
             "capex_mln_per_unit": 0.01}
        ],
    }  # fmt: skip
    instance = growing(**more)
    found = aumaq.solve_futures(instance, gap=0.0)
    assert found.is_verified
    for plan in found.plans.values():
        rows = plan.table("local_supply")
        now = rows[rows["period"] == "p1"]
        assert now["capacity"].tolist() == pytest.approx([300.0])


def test_the_check_sees_what_differs() -> None:
    """Plans of futures alone are told apart in the first period, row by row."""
    instance = growing()
    plans = {
        name: aumaq.solve(instance.with_scenario(name), gap=0.0).tables
        for name in instance.scenario_names
    }
    found = first_period_differences(plans, "p1")
    assert any("facilities: 1 in 'few', 0 in 'many'" in str(f) for f in found)
    assert any("actions" in str(f) for f in found)
    assert all(
        "(futures:first-period): " in told for told in explained(found, instance)
    )
    assert first_period_differences({"a": plans["few"], "b": plans["few"]}, "p1") == []


def two_villages() -> Instance:
    """Return two villages that grow or vanish together, and share no school."""
    service: Row = {"service": "s", "unserved_mln_per_unit_year": 0.12}
    return growing(
        services=[{**service, "cutoff_minutes": 5.0, "nearest_sites": 0}],
        settlements=[{"settlement": "a"}, {"settlement": "b"}],
        sites=[{"site": x, "service": "s", "settlement": x} for x in "ab"],
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "objective", "best"),
    # The least regret: a small school in one village and a large one in the other.
    [
        ("direct", "expected", 28.0),
        ("direct", "worst", 28.0),
        ("direct", "regret", 4.0),
        ("blocks", "expected", 28.0),
        ("blocks", "worst", 28.0),
        pytest.param("blocks", "regret", 4.0, marks=pytest.mark.slow),
    ],
)
def test_two_villages(method: str, objective: str, best: float) -> None:
    """Priced over all futures, the villages fall apart: the bound is as good."""
    found = aumaq.solve_futures(
        two_villages(), objective=objective, method=method, gap=0.0, time_limit=20
    )
    assert found.is_verified
    assert found.objective_mln == pytest.approx(best)
    assert found.bound_mln == pytest.approx(best, abs=1e-4)


@pytest.mark.slow
def test_prices_need_not_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the prices of the merged model, its bound is one."""
    right = futures_solver.merged_relaxation

    def wrong(*arguments: Any) -> Outcome:
        found = right(*arguments)
        assert found.duals is not None
        factors = np.random.default_rng(1).uniform(-0.5, 1.5, len(found.duals))
        asked.append(len(factors))
        return replace(found, duals=found.duals * factors)

    asked: list[int] = []
    monkeypatch.setattr(futures_solver, "merged_relaxation", wrong)
    found = aumaq.solve_futures(two_villages(), method="blocks", gap=0.0, time_limit=5)
    assert asked
    assert found.is_verified
    assert found.bound_mln <= 28.0 + 1e-5 <= found.objective_mln + 2e-5


@pytest.mark.slow
def test_the_mean() -> None:
    """People, factors and loads are averaged; what is not a number has no mean."""
    rates = [
        {"network": "power", "scenario": name, "period": "", "units_per_person": rate}
        for name, rate in (("few", 1.0), ("many", 3.0))
    ]
    more: dict[str, Rows] = {
        "networks": [{"network": "power"}],
        "network_nodes": [
            {"network": "power", "node": "v", "lat": 50.0, "lon": 70.0,
             "settlement": "a"}
        ],
        "load_rates": rates,
        "variants": [
            {"variant": "dear", "axis": "prices", "capex_factor": 2.0,
             "overrides": "larger"},
            {"variant": "other", "axis": "names", "overrides": "named"},
        ],
        "overrides": [
            {"override": "larger", "table": "levels", "column": "capacity",
             "action": "times", "value": "3"},
            {"override": "named", "table": "levels", "column": "title",
             "value": "Other"},
        ],
    }  # fmt: skip
    instance = growing(**more)
    futures = [instance.with_scenario(name) for name in ("few", "many+dear")]
    weights = np.array([0.75, 0.25])
    mean = mean_instance(futures, weights)
    assert mean is not None
    assert mean.demand("s").tolist() == [[100.0, 50.0]]
    assert mean.people_load("power").tolist() == [[150.0, 150.0]]
    assert mean.levels("s")["capacity"].tolist() == [150.0, 300.0]
    assert mean.active_scenario.capex_factor == pytest.approx(1.25)
    futures[1] = instance.with_scenario("many+other")
    assert mean_instance(futures, weights) is None
