"""Rules on closing: against enumeration, without time, and what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from corruptions import TWO_SCHOOLS, VILLAGES, with_all
from differences import differences
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import (
    closing_rule,
    merger,
    possible_merger,
    some,
    tiny,
    tiny_instances,
    together_rule,
)

import aumaq
from aumaq.instances import Instance
from aumaq.model.data.gathered import gather
from aumaq.solvers.solution.decisions import Given
from aumaq.solvers.start.closing_rules import needed
from aumaq.solvers.start.whole_plan import todays_stock, whole_plan
from aumaq.solvers.work import Budget

NO_TIME = 1e-6
USED = ("levels", "sites", "periods")


def ruled(**columns: Any) -> Instance:
    """Return two villages with a school each, one of which is dear enough."""
    rule = {"closing": "c", "service": "s", **columns}
    return tiny(**TWO_SCHOOLS, closing_rules=[rule])


@pytest.mark.slow
@pytest.mark.parametrize("allocation", ["free", "whole", "nearest"])
@examples(15)
@given(data=st.data())
def test_enumeration(allocation: str, data: st.DataObject) -> None:
    """Where running is dear facilities close: which may not, and who is not split."""
    instance = data.draw(tiny_instances(allocation=allocation))
    rule = data.draw(closing_rule(some("s")))
    kind = data.draw(some("closing_rules", "together_rules", "mergers"))
    if kind == "mergers":
        rows = {name: instance.table(name).to_dict("records") for name in USED}
        rule = data.draw(merger("s", rows))
    elif kind == "together_rules":
        rule = data.draw(together_rule(some("s")))
    levels = instance.table("levels")
    levels["opex_mln_per_year"] *= 10.0
    more = {kind: pd.DataFrame([rule])}
    try:
        instance = instance.replace(levels=levels, **more)
    except aumaq.InstanceError:  # of a region that there is not, say
        assume(False)
    assert differences(instance, data.draw(some("strong", "weak"))) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ({}, "ab"),
        ({"settlement": "b"}, "b"),
        ({"population_most": 40.0}, "b"),
        ({"population_least": 41.0}, "a"),
        ({"keep_only": False, "extra_minutes_most": 29.0}, "ab"),
        ({"keep_only": False, "extra_minutes_most": 30.0}, "a b"),
    ],
)
def test_what_stays(rule: dict[str, Any], left: str) -> None:
    """The village that is kept keeps its school, and the plan tells who goes where."""
    plan = aumaq.solve(ruled(**rule), gap=0.0)
    assert plan.is_verified
    assert "".join(plan.facilities["site"]) in left.split()
    moved = plan.table("reassigned")
    assert len(moved) == 2 - len(plan.facilities)
    assert (moved["minutes_after"] - moved["minutes_before"] == 30.0).all()
    first = aumaq.solve(ruled(**rule), time_limit=NO_TIME)
    assert first.is_verified


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"keep_only": False}, "keep_only: asks for nothing"),
        ({"region": "S"}, "column region: no settlement has this"),
        (
            {"population_least": 9.0, "population_most": 5.0},
            "population_most: expected",
        ),
        ({"settlement": "z"}, "column settlement: no such"),
    ],
)
def test_what_cannot_be(rule: dict[str, Any], told: str) -> None:
    """Each mistake is told by row and column."""
    with pytest.raises(aumaq.InstanceError, match=told):
        ruled(**rule)


def test_the_only_one_on_a_forbidden_site() -> None:
    """It must close and must not: told before anything is solved."""
    sites = [
        {**TWO_SCHOOLS["sites"][0], "status": "forbidden"},
        TWO_SCHOOLS["sites"][1],
    ]
    with pytest.raises(aumaq.InstanceError, match="is the only facility"):
        tiny(**{**TWO_SCHOOLS, "sites": sites},
             closing_rules=[{"closing": "c", "service": "s"}])  # fmt: skip


def test_what_was_never_within_the_limits_is_not_lost() -> None:
    """Village b has no school within them: closing the far one takes nothing away."""
    service = {"service": "s", "unserved_mln_per_unit_year": 1.0,
               "served_within_minutes": 20.0}  # fmt: skip
    sites = [TWO_SCHOOLS["sites"][0], VILLAGES["sites"][1]]
    rows = {**TWO_SCHOOLS, "services": [service], "sites": sites,
            "facilities": TWO_SCHOOLS["facilities"][:1],
            **with_all(TWO_SCHOOLS, "levels", opex_mln_per_year=500.0)}  # fmt: skip
    rule = {"closing": "c", "service": "s", "settlement": "b", "keep_only": False,
            "extra_minutes_most": 5.0}  # fmt: skip
    plan = aumaq.solve(tiny(**rows, closing_rules=[rule]), gap=0.0)
    assert plan.is_verified
    assert plan.facilities.empty
    assert plan.table("reassigned")["settlement"].tolist() == ["a"]


def test_a_first_plan_keeps_what_may_not_close() -> None:
    """Too many run by another rule: the larger village, which counts, keeps its own."""
    rows = {**TWO_SCHOOLS, "counts": [{"count": "one", "service": "s", "most": 1}]}
    rules = [{"closing": "c", "service": "s", "settlement": "b"}]
    plan = aumaq.solve(tiny(**rows, closing_rules=rules), gap=0.0)
    assert plan.facilities["site"].tolist() == ["b"]
    instance = tiny(**TWO_SCHOOLS, closing_rules=rules)
    data = gather(instance)
    built = todays_stock(data)
    own = built.services["s"]
    units = own.units.copy()
    units[:, 0], units[:, 1] = 1, 0
    shut = replace(built, services={"s": replace(own, units=units)})
    found = whole_plan(data, shut, Given(), Budget(10.0))
    assert found is not None
    assert found.services["s"].units[:, 1, 0].tolist() == [0, 1]


STAFF: dict[str, Any] = {
    "professions": [{"profession": "t"}],
    "staff_needs": [{"profession": "t", "service": "s", "level": 1, "posts": 1.0}],
    "staff_supply": [{"profession": "t", "region": "R", "period": "p1",
                      "available": 1.0, "most_hired": 0.0}],
}  # fmt: skip


@pytest.mark.parametrize(
    "scarce", [{"counts": [{"count": "one", "service": "s", "most": 1}]}, STAFF]
)
def test_without_time_what_may_not_close_goes_last(scarce: dict[str, Any]) -> None:
    """Of two schools the larger one goes, for the small one may not."""
    places = [{**row, "region": "R"} for row in TWO_SCHOOLS["settlements"]]
    rules = [{"closing": "c", "service": "s", "settlement": "b"}]
    rows = {**TWO_SCHOOLS, **scarce, "settlements": places, "closing_rules": rules}
    plan = aumaq.solve(tiny(**rows), time_limit=NO_TIME)
    assert plan.record["problems"] == []
    assert plan.facilities["site"].tolist() == ["b"]


@pytest.mark.parametrize(("minutes", "kept"), [(20.0, [1, 1]), (30.0, [0, 1])])
def test_the_search_for_a_first_plan_keeps_enough(
    minutes: float, kept: list[int]
) -> None:
    """A school is free to close if another that is kept is near enough."""
    rule = {"keep_only": False, "extra_minutes_most": minutes}
    data = gather(ruled(**rule))
    assert needed(data, data.services["s"]).tolist() == [bool(k) for k in kept]


@pytest.mark.slow
def test_a_class_that_is_not_split() -> None:
    """The second village would fill what the first leaves; now it goes or stays."""
    rule = {"together": "k", "service": "s"}
    plan = aumaq.solve(tiny(**VILLAGES, together_rules=[rule]), gap=0.0)
    assert plan.is_verified
    assert set(plan.allocation["share"]) == {1.0}
    split = aumaq.solve(tiny(**VILLAGES), gap=0.0)
    assert split.allocation["share"].min() == pytest.approx(0.5)
    assert plan.objective_mln == pytest.approx(split.objective_mln + 50.0)
    first = aumaq.solve(tiny(**VILLAGES, together_rules=[rule]), time_limit=NO_TIME)
    assert first.is_verified


@pytest.mark.slow
@examples(30)
@given(data=st.data())
def test_a_pair_that_may_merge(data: st.DataObject) -> None:
    """Whether and when, at what cost and saving: as enumeration says."""
    instance = data.draw(tiny_instances(data.draw(some("free", "free", "whole"))))
    rows = {name: instance.table(name).to_dict("records") for name in USED}
    rule = data.draw(possible_merger("s", rows))
    policies = instance.table("policies").assign(allow_closing=True)
    more = {"possible_mergers": pd.DataFrame([rule]), "policies": policies}
    try:
        instance = instance.replace(**more)
    except aumaq.InstanceError:
        assume(False)
    assert differences(instance, data.draw(some("strong", "weak"))) == []


MAY = {"possible_merger": "m", "service": "s", "site": "a", "other_site": "b"}
SMALL: dict[str, Any] = {
    "policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 600.0,
                  "count_residual_value": False}],
    "periods": [{"period": "p1", "first_year": 2026, "years": 10}],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "trips_per_year": 100.0}],
    "settlements": [{"settlement": "a", "population": 50.0},
                    {"settlement": "b", "population": 40.0}],
    "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 900.0,
                "opex_mln_per_year": 1.0}],
    "sites": [{"site": x, "service": "s", "settlement": x, "status": "existing"}
              for x in "ab"],
    "facilities": [{"service": "s", "site": x, "level": 1} for x in "ab"],
}  # fmt: skip
"""Two schools cost 20 in ten years; one costs 10, and ways of 12."""


@pytest.mark.parametrize(("saving", "cost"), [(1.0, 4.0 + 12.0), (0.5, 20.0)])
def test_a_pair_merges_if_that_pays(saving: float, cost: float) -> None:
    """All of what one costs to run is saved, or half of it, which is not enough."""
    may = {**MAY, "saving_mln_per_year": saving, "cost_mln": 4.0}
    plan = aumaq.solve(tiny(**SMALL, possible_mergers=[may]), gap=0.0)
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(cost)
    rows = plan.table("merged")
    assert rows["left"].tolist() == (["a"] if saving == 1.0 else [])
    assert plan.record["unavoidable_mln"] <= cost


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"other_site": "a"}, "other_site: expected another site"),
        ({"site": "z"}, "column site: no such site"),
        ({"least_level": 2}, "least_level: expected a level of s, up to 1"),
        ({"saving_mln_per_year": 2.0}, "saving_mln_per_year: expected 1 at most"),
    ],
)
def test_possible_mergers_that_cannot_be(rule: dict[str, Any], told: str) -> None:
    """Each mistake is told by row and column."""
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**SMALL, possible_mergers=[{**MAY, **rule}])


PAIR = {"merger": "m", "service": "s", "site": "a", "other_site": "b"}


@pytest.mark.parametrize("time_limit", [NO_TIME, 60.0])
def test_a_pair_becomes_one(time_limit: float) -> None:
    """One school is left for both villages, without any time as well."""
    rows = {**TWO_SCHOOLS, **with_all(TWO_SCHOOLS, "levels", opex_mln_per_year=0.0)}
    plan = aumaq.solve(tiny(**rows), gap=0.0)
    assert len(plan.facilities) == 2
    merged = tiny(**rows, mergers=[PAIR])
    plan = aumaq.solve(merged, gap=0.0, time_limit=time_limit)
    assert plan.is_verified
    assert len(plan.facilities) == 1
    assert plan.table("unserved").empty


@pytest.mark.parametrize(
    ("rule", "locked", "told"),
    [
        ({"other_site": "a"}, False, "other_site: expected another site"),
        ({}, True, "other_site: both must stay"),
        ({"site": "z"}, False, "column site: no such site"),
    ],
)
def test_mergers_that_cannot_be(rule: dict[str, Any], locked: bool, told: str) -> None:
    """A pair is two sites of which one may go."""
    rows = {**TWO_SCHOOLS, **with_all(TWO_SCHOOLS, "facilities", is_locked=locked)}
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**rows, mergers=[{**PAIR, **rule}])
