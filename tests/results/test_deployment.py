"""The order of deployment: what works after any step, the best gain first."""

from __future__ import annotations

from itertools import permutations

import pandas as pd
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny

import aumaq
from aumaq.results.language import ENGLISH
from aumaq.results.plan.deployment import ordered
from aumaq.results.plan.deployment_steps import Key, Step
from aumaq.results.report.running import order


@st.composite
def some_steps(draw: st.DrawFn) -> dict[Key, Step]:
    """Draw steps, each relying on some of those before it in a hidden order."""
    keys: list[Key] = [("facility", "s", name, "grow") for name in "abcdef"]
    hidden = draw(st.permutations(keys[: draw(st.integers(1, 6))]))
    found: dict[Key, Step] = {}
    for k, key in enumerate(hidden):
        after = {one for one in hidden[:k] if draw(st.sampled_from([0, 0, 1]))}
        cost = draw(st.sampled_from([0.0, 1.0, 2.0, 5.0]))
        gain = draw(st.sampled_from([0.0, 0.0, 10.0, 40.0]))
        found[key] = Step(key, "open", "R", 1, cost, gain, after)
    return {key: found[key] for key in sorted(found)}


@examples(300)
@given(some_steps())
def test_what_a_step_relies_on_comes_before_it(steps: dict[Key, Step]) -> None:
    """Every step occurs once, after all that it relies on; no better one was left."""
    order = ordered(steps)
    assert sorted(order) == sorted(steps)
    for k, key in enumerate(order):
        assert steps[key].after <= set(order[:k])
    free = [key for key in steps if not steps[key].after]
    alone = [key for key in order if key in free]
    worth = {k: steps[k].gain / max(steps[k].cost_mln, 1e-6) for k in steps}
    lends = {one for step in steps.values() for one in step.after}
    plain = [worth[key] for key in alone if key not in lends]
    assert plain == sorted(plain, reverse=True)


@examples(60)
@given(some_steps())
def test_the_first_set_has_the_best_gain_of_all(steps: dict[Key, Step]) -> None:
    """No start of any allowed order gains more for its money than the first step with
    what it relies on (where such steps cost and gain anything).
    """
    order = ordered(steps)

    def best_ratio(sequence: tuple[Key, ...]) -> float:
        gain = cost = best = 0.0
        for key in sequence:
            gain, cost = gain + steps[key].gain, cost + steps[key].cost_mln
            best = max(best, gain / max(cost, 1e-6))
        return best

    single = {
        key: {one for one in steps if one == key or _relies(key, one, steps)}
        for key in steps
    }
    right = max(
        sum(steps[k].gain for k in own) / max(sum(steps[k].cost_mln for k in own), 1e-6)
        for own in single.values()
    )
    assert best_ratio(tuple(order)) >= right - 1e-9
    allowed = [
        one
        for one in permutations(steps)
        if all(steps[k].after <= set(one[:n]) for n, k in enumerate(one))
    ]
    assert tuple(order) in allowed


def _relies(key: Key, other: Key, steps: dict[Key, Step]) -> bool:
    return any(one == other or _relies(one, other, steps) for one in steps[key].after)


def test_a_school_closes_after_the_one_that_takes_its_pupils() -> None:
    """The new school of b takes over from a, which closes; the road is there first."""
    plan = aumaq.solve(
        tiny(
            policies=[{"discount_rate": 0.0, "count_residual_value": False,
                       "value_of_time_per_hour": 0.0}],
            levels=[
                {"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 5.0,
                 "opex_mln_per_year": 30.0},
                {"service": "s", "level": 2, "capacity": 250.0, "capex_mln": 9.0,
                 "opex_mln_per_year": 1.0},
            ],
            sites=[
                {"site": "a", "service": "s", "settlement": "a", "max_level": 1,
                 "status": "existing"},
                {"site": "b", "service": "s", "settlement": "b"},
            ],
            facilities=[{"service": "s", "site": "a", "level": 1}],
        ),
        gap=0.0,
    )  # fmt: skip
    rows = plan.deployment
    assert rows["action"].tolist() == ["open", "close"]
    assert rows["code"].tolist() == ["b", "a"]
    assert rows["gain_persons"].tolist() == [200.0, 0.0]
    assert rows["after"].tolist() == ["", "1"]
    assert rows["total_mln"].iloc[-1] == plan.actions["cost_mln"].sum()
    shown = [column["title"] for column in order(plan, ENGLISH)["columns"]]
    assert "Gain so far, people × services" in shown  # it adds over services


def test_one_at_a_site_is_renewed_at_once_and_another_closes_last() -> None:
    """Three schools at a for 90 of its 100 pupils, two of them old: one of these is
    renewed for the 30 whom it holds, the other closes once b has a place for 40.
    """
    instance = tiny(
        policies=[{"discount_rate": 0.0, "count_residual_value": False,
                   "value_of_time_per_hour": 0.0}],
        settlements=[{"settlement": "a"}, {"settlement": "b", "population": 20.0}],
        levels=[{"service": "s", "level": 1, "capacity": 30.0, "capex_mln": 20.0,
                 "closing_mln": 3.0},
                {"service": "s", "level": 2, "capacity": 60.0, "capex_mln": 30.0}],
        sites=[{"site": "a", "service": "s", "settlement": "a", "max_units": 3,
                "max_level": 1, "status": "existing"},
               {"site": "b", "service": "s", "settlement": "b"}],
        facilities=[{"service": "s", "site": "a", "level": 1, "units": 2,
                     "renew_by_year": 2026},
                    {"service": "s", "site": "a", "level": 1}],
        counts=[{"count": what, "service": "s", "what": what, "least": 1, "most": 1}
                for what in ("openings", "closures")],
    )  # fmt: skip
    rows = aumaq.solve(instance, gap=0.0).deployment
    told = rows[["code", "action", "units", "cost_mln", "gain_persons", "after"]]
    assert told.to_numpy().tolist() == [
        ["a", "renew", 1, 10.0, 30.0, ""],
        ["b", "open", 1, 30.0, 60.0, ""],
        ["a", "close", 1, 3.0, 0.0, "2"],
    ]


def test_a_road_stands_before_the_school_that_is_reached_on_it() -> None:
    """Every step of a plan on roads is told; sums are those of the plan's tables."""
    from two_villages import two_villages

    plan = aumaq.solve(two_villages(10.0, load_kw=5.0), gap=0.0)
    rows = plan.deployment
    paid = (
        plan.actions["cost_mln"].sum() + plan.table("road_upgrades")["capex_mln"].sum()
    )
    assert set(rows["kind"]) >= {"road upgrade"}
    assert rows.groupby("period")["total_mln"].last().sum() == paid
    at = rows.set_index(["period", "step"])
    for (period, step), row in at.iterrows():
        assert all(int(k) < step for k in str(row["after"]).split("; ") if k)
        assert isinstance(period, str)
    assert isinstance(rows, pd.DataFrame)
