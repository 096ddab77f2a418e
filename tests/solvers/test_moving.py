"""Facilities that move: against enumeration, without time, and what cannot be."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from corruptions import with_all
from differences import differences, differences_by_blocks
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import relocation, some, tiny, tiny_instances

import aumaq
from aumaq.instances import Instance, NoPlanError
from aumaq.results.comparison.decisions import changed_decisions

NO_TIME = 1e-6
USED = ("sites", "periods", "facilities")


def _drawn(data: st.DataObject) -> Instance:
    """Draw an instance with one or two relocations, and what makes them worth it."""
    instance = data.draw(tiny_instances(data.draw(some("free", "free", "whole"))))
    rows = {name: instance.table(name).to_dict("records") for name in USED}
    assume(rows["facilities"])
    codes = data.draw(some("x", "x", "xy"))
    rules = [data.draw(relocation("s", rows, code)) for code in codes]
    stock = instance.table("facilities")
    stock["is_locked"] = False
    more = {"relocations": pd.DataFrame(rules), "facilities": stock}
    policy = instance.table("policies")
    policy["allow_closing"] = True
    try:
        return instance.replace(policies=policy, **more)
    except aumaq.InstanceError:
        assume(False)
        raise


@pytest.mark.slow
@examples(40)
@given(data=st.data())
def test_enumeration(data: st.DataObject) -> None:
    """What moves, when, and what is closed and opened beside it."""
    instance = _drawn(data)
    assert differences(instance, data.draw(some("strong", "weak"))) == []


@pytest.mark.slow
@examples(15)
@given(data=st.data())
def test_blocks_price_relocations(data: st.DataObject) -> None:
    """They tie two sites together: their rows are priced."""
    assert differences_by_blocks(_drawn(data)) == []


@pytest.mark.slow
@examples(15)
@given(data=st.data())
def test_decomposed_prices_relocations(data: st.DataObject) -> None:
    """Its bound is none above the optimum, and its plan keeps the rules."""
    instance = _drawn(data)
    try:
        best = aumaq.solve(instance, gap=0.0)
        plan = aumaq.solve(instance, method="decomposed", gap=0.0, time_limit=20.0)
    except NoPlanError:
        assume(False)
        raise
    room = 2e-6 * max(1.0, abs(best.objective_mln))
    assert plan.is_verified
    assert plan.bound_mln <= best.objective_mln + room
    assert plan.objective_mln >= best.objective_mln - room


@pytest.mark.slow
def test_a_move_is_told_beside_another_plan() -> None:
    """A comparison says where the school moves."""
    moves = tiny(**ONE_SCHOOL, relocations=[{**MOVE, "is_forced": True}])
    plans = (aumaq.solve(one, gap=0.0) for one in (tiny(**ONE_SCHOOL), moves))
    rows = changed_decisions(*plans).set_index("kind")
    assert str(rows.loc["relocation", "after"]) == "from a to b"
    assert rows.loc["relocation", "code"] == "m"


MOVE = {"relocation": "m", "service": "s", "site": "a", "to_site": "b", "cost_mln": 2.0}
ONE_SCHOOL: dict[str, Any] = {
    "policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                  "allow_closing": True, "count_residual_value": True}],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "cutoff_minutes": 20.0, "lifetime_years": 10}],
    "settlements": [{"settlement": "a", "population": 20.0}, {"settlement": "b"}],
    "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 20.0,
                "closing_mln": 3.0}],
    "facilities": [{"service": "s", "site": "a", "level": 1, "is_locked": False}],
    "sites": [{"site": "a", "service": "s", "settlement": "a", "status": "existing"},
              {"site": "b", "service": "s", "settlement": "b"}],
}  # fmt: skip
"""The larger village has none: 20 units go without one if the school moves there."""


@pytest.mark.parametrize("time_limit", [NO_TIME, 60.0])
def test_a_school_moves(time_limit: float) -> None:
    """Its own cost is paid instead, and nine tenths are worth something at the end."""
    rule = {**MOVE, "is_forced": True}
    plan = aumaq.solve(
        tiny(**ONE_SCHOOL, relocations=[rule]), gap=0.0, time_limit=time_limit
    )
    assert plan.is_verified
    assert plan.table("relocations").to_dict("records") == [
        {"relocation": "m", "title": "m", "service": "s", "site": "a", "to_site": "b",
         "period": "p1", "level": 1, "cost_mln": 2.0, "instead_of_mln": 23.0}
    ]  # fmt: skip
    assert sorted(plan.actions["cost_mln"]) == [0.0, 2.0]
    money = plan.table("money").set_index("item")["discounted_mln"]
    assert "closing" not in money
    assert money["building"] == pytest.approx(2.0)
    assert money["residual"] == pytest.approx(-1.8)
    assert plan.objective_mln == pytest.approx(20.0 + 0.2)


def test_a_dear_move_must_be_forced() -> None:
    """A second school costs less; forced, it moves, and costs what it says."""
    far = {**MOVE, "cost_mln": 850.0}
    plan = aumaq.solve(tiny(**ONE_SCHOOL, relocations=[far]), gap=0.0)
    assert plan.table("relocations").empty
    forced = tiny(**ONE_SCHOOL, relocations=[{**far, "is_forced": True}])
    plan = aumaq.solve(forced, gap=0.0)
    assert plan.table("relocations")["cost_mln"].tolist() == [850.0]
    assert plan.objective_mln == pytest.approx(20.0 + 85.0)


@pytest.mark.slow
def test_a_move_of_a_service_with_fewer_levels_than_another() -> None:
    """A school must move, a hospital of one of two levels may: each in its own ones."""
    hospital = {**ONE_SCHOOL["services"][0], "service": "h"}
    sizes = [{"service": "h", "level": k, "capacity": 50.0 * k, "capex_mln": 9.0 * k}
             for k in (1, 2)]  # fmt: skip
    rows = {
        **ONE_SCHOOL,
        "services": [*ONE_SCHOOL["services"], hospital],
        "levels": [*ONE_SCHOOL["levels"], *sizes],
        "sites": [*ONE_SCHOOL["sites"],
                  *({**site, "service": "h"} for site in ONE_SCHOOL["sites"])],
        "facilities": [*ONE_SCHOOL["facilities"],
                       {"service": "h", "site": "a", "level": 1}],
    }  # fmt: skip
    may = {**MOVE, "relocation": "n", "service": "h", "cost_mln": 500.0}
    moves = [{**MOVE, "is_forced": True}, may]
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(tiny(**rows, relocations=moves), **options)
        assert plan.is_verified
        assert plan.table("relocations")["relocation"].tolist() == ["m"]


def test_what_cannot_be_avoided_knows_of_moves() -> None:
    """A school that is dear to run closes for 3 mln, or moves for nothing."""
    rows = {**ONE_SCHOOL, **with_all(ONE_SCHOOL, "levels", opex_mln_per_year=50.0)}
    plan = aumaq.solve(tiny(**rows, relocations=[{**MOVE, "cost_mln": 0.0}]), gap=0.0)
    assert plan.record["unavoidable_mln"] == 0.0
    assert plan.objective_mln == pytest.approx(20.0 + 50.0)
    assert aumaq.solve(tiny(**rows), gap=0.0).record["unavoidable_mln"] == 3.0


@pytest.mark.parametrize(
    ("rule", "locked", "told"),
    [
        ({"to_site": "a"}, False, "to_site: expected another site"),
        ({"to_site": "z"}, False, "column to_site: no such site"),
        ({}, True, "column site: what stands there must stay"),
        ({"cost_mln": -1.0}, False, "column cost_mln"),
        ({"first_period": "p9"}, False, "column first_period: no such"),
    ],
)
def test_moves_that_cannot_be(rule: dict[str, Any], locked: bool, told: str) -> None:
    """Each mistake is told by row and column."""
    rows = {**ONE_SCHOOL, **with_all(ONE_SCHOOL, "facilities", is_locked=locked)}
    with pytest.raises(aumaq.InstanceError, match=told):
        tiny(**rows, relocations=[{**MOVE, **rule}])


@pytest.mark.parametrize(("room", "stays"), [(2, True), (1, False)])
def test_what_must_move_without_time_from_where_one_stays(
    room: int, stays: bool
) -> None:
    """A school must move, and the village must keep one: it gets another before."""
    sites = [
        {"site": "a", "service": "s", "settlement": "a", "status": "existing",
         "max_units": room},
        {"site": "b", "service": "s", "settlement": "b"},
    ]  # fmt: skip
    instance = tiny(
        periods=[{"period": f"p{t}", "first_year": 2025 + t, "years": 1}
                 for t in (1, 2)],
        sites=sites,
        facilities=[{"service": "s", "site": "a", "level": 1}],
        closing_rules=[{"closing": "c", "service": "s", "settlement": "a"}],
        relocations=[{"relocation": "r", "service": "s", "site": "a", "to_site": "b",
                      "cost_mln": 1.0, "is_forced": True}],
    )  # fmt: skip
    if not stays:
        with pytest.raises(aumaq.NoPlanError):
            aumaq.solve(instance, time_limit=20.0)
        return
    plan = aumaq.solve(instance, time_limit=1e-6)
    assert plan.record["problems"] == []
    last = plan.facilities[plan.facilities["period"] == "p2"]
    assert last["site"].tolist() == ["a", "b"]
