"""Who goes on where: against enumeration, by hand, without time, what cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from corruptions import FED
from differences import differences, differences_by_blocks
from examples import examples
from feeder_optima import feeder_instances
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import some, tiny

import aumaq
from aumaq.instances import Instance
from aumaq.results import Plan

NO_TIME = 1e-6


@pytest.mark.slow
@examples(40)
@given(data=st.data())
def test_enumeration(data: st.DataObject) -> None:
    """Follow-ons that are given, chosen, or none, beside all other rules."""
    instance = data.draw(feeder_instances())
    assert differences(instance, data.draw(some("strong", "weak"))) == []


@pytest.mark.slow
@examples(20)
@given(instance=feeder_instances())
def test_blocks_price_feeders(instance: Instance) -> None:
    """They tie two services together: their rows are priced."""
    assert differences_by_blocks(instance) == []


@pytest.mark.slow
@examples(15)
@given(instance=feeder_instances())
def test_decomposed_prices_feeders(instance: Instance) -> None:
    """Its bound is none above the optimum, and its plan keeps the rules."""
    try:
        best = aumaq.solve(instance, gap=0.0)
        plan = aumaq.solve(instance, method="decomposed", gap=0.0, time_limit=20.0)
    except aumaq.NoPlanError:
        assume(False)
        raise
    room = 2e-6 * max(1.0, abs(best.objective_mln))
    assert plan.is_verified
    assert plan.bound_mln <= best.objective_mln + room


ROWS = FED
ON = {"feeder": "on", "service": "s", "to_service": "h"}


def fed(*given: dict[str, Any], **columns: Any) -> Instance:
    """Return the two villages with a pattern."""
    sites = [{"feeder": "on", **row} for row in given]
    return tiny(**ROWS, feeders=[{**ON, **columns}], feeder_sites=sites)


def _ends(plan: Plan) -> list[str]:
    rows = plan.table("follow_ons")
    return rows["to_site"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("time_limit", [NO_TIME, 60.0])
def test_all_of_a_school_go_on_together(time_limit: float) -> None:
    """Without the rule half of them go on to each; with it the second half cannot."""
    assert aumaq.solve(tiny(**ROWS), gap=0.0).objective_mln == pytest.approx(0.0)
    plan = aumaq.solve(fed(), gap=0.0, time_limit=time_limit)
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(100.0)
    assert len(_ends(plan)) == 1
    assert plan.table("follow_ons")["demand"].tolist() == [200.0]


@pytest.mark.slow
def test_a_follow_on_that_is_given() -> None:
    """It may be the farther one; a site without one leaves its people free."""
    plan = aumaq.solve(fed({"site": "a", "to_site": "b"}), gap=0.0)
    assert _ends(plan) == ["b"]
    assert set(plan.allocation.query("service == 'h'")["site"]) == {"b"}
    sites = [*ROWS["sites"], {"site": "b", "service": "s", "settlement": "b"}]
    rows = {**ROWS, "sites": sites, "feeders": [{**ON, "is_chosen": False}]}
    given = [{"feeder": "on", "site": "b", "to_site": "b"}]
    assert aumaq.solve(tiny(**rows, feeder_sites=given), gap=0.0).objective_mln == 0.0


@pytest.mark.parametrize(
    ("rule", "given", "told"),
    [
        ({"to_service": "s"}, [], "to_service: expected another service"),
        ({"is_chosen": False}, [], "is_chosen: asks for nothing"),
        ({"to_service": "x"}, [], "column to_service: no such"),
        ({}, [{"site": "b", "to_site": "a"}], "column site: no such site of s"),
        ({}, [{"site": "a", "to_site": "c"}], "column to_site: no such site"),
    ],
)
def test_what_cannot_be(
    rule: dict[str, Any], given: list[dict[str, Any]], told: str
) -> None:
    """Each mistake is told by row and column."""
    with pytest.raises(aumaq.InstanceError, match=told):
        fed(*given, **rule)
