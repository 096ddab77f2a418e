"""The value of coordination, where it can be worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from brute_force import best_plan_cost
from examples import examples
from hypothesis import given
from road_instances import road_instances
from shared_plans import shipped
from tiny_instances import Rows
from two_villages import two_villages

import aumaq
from aumaq.instances import Instance, NoPlanError
from aumaq.results.studies.offices import networks_alone, services_alone

MONEY = ("period", "item", "service", "region", "amount_mln")
OF_POWER = 'sum(money.amount_mln, service="power")'
OF_SCHOOLS = 'sum(money.amount_mln, service="s")'


@pytest.mark.slow
def test_what_names_the_other_office_goes_with_it() -> None:
    """Indicators of power, targets of them, expressions that name it: with power."""
    indicators = {
        "of_power": {"formula": "share_of_load_from_network", "network": "power"},
        "of_plants": {"formula": "places_per_1000", "service": "plant"},
        "of_schools": {"formula": "share_served", "service": "s"},
        "own": {"formula": "expression", "expression": OF_POWER},
        "own_too": {"formula": "expression", "expression": OF_SCHOOLS},
    }
    rows: Rows = [{"indicator": name, **row} for name, row in indicators.items()]
    targets: Rows = [{"indicator": name, "target": 0.5} for name in indicators]
    instance = two_villages(0.0, 7.0, indicators=rows, indicator_targets=targets)
    joint = aumaq.solve(instance, gap=0.0)
    alone = services_alone(instance, joint)
    assert list(alone.tables["indicators"]["indicator"]) == ["of_schools", "own_too"]
    left = alone.tables["indicator_targets"]["indicator"]
    assert list(left) == ["of_schools", "own_too"]
    assert networks_alone(instance, joint).tables["indicators"]["indicator"].size == 5
    ways = aumaq.coordination(instance, gap=0.0, time_limit=60).record()["ways"]
    assert ways["services_first"]["objective_mln"] == pytest.approx(24.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["west-kazakhstan", pytest.param("kazakhstan", marks=pytest.mark.slow)]
)
def test_offices_of_shipped_instances(name: str) -> None:
    """Both parts are valid instances, whatever tables name each other."""
    instance = shipped(name)
    nothing = SimpleNamespace(money=pd.DataFrame(columns=list(MONEY)))
    for office in (services_alone, networks_alone):
        assert office(instance, nothing).scenario == instance.scenario


@pytest.mark.slow
@pytest.mark.parametrize(
    ("price", "load_kw", "joint", "services_first", "networks_first"),
    [
        # One school and the road; or two schools; nobody asks for the road alone.
        (0.0, 0.0, 13.0, 20.0, 20.0),
        # The road pays for itself: only who builds schools first does not count on it.
        pytest.param(5.0, 0.0, 13.0, 23.0, 13.0, marks=pytest.mark.slow),
        # Two schools need a line as well.
        (0.0, 7.0, 13.0, 24.0, None),
    ],
)
def test_by_hand(
    price: float,
    load_kw: float,
    joint: float,
    services_first: float,
    networks_first: float | None,
) -> None:
    """Objectives of all ways, and what is certain of the difference."""
    found = aumaq.coordination(two_villages(price, load_kw), gap=0.0, time_limit=60)
    ways = found.record()["ways"]
    assert ways["joint"]["objective_mln"] == pytest.approx(joint)
    for name, mln in (
        ("services_first", services_first),
        ("networks_first", networks_first),
    ):
        if mln is None:  # a school in b has no power: its people stay unserved
            assert ways[name]["objective_mln"] == pytest.approx(110.0)
            continue
        assert ways[name]["objective_mln"] == pytest.approx(mln)
        assert ways[name]["difference_at_least_mln"] == pytest.approx(mln - joint)
        assert ways[name]["difference_at_most_mln"] == pytest.approx(mln - joint)
        assert ways[name]["verified"]


@pytest.mark.slow
def test_an_office_that_cannot_keep_a_rule_alone() -> None:
    """A school in b, and the road to it: neither office by itself gets a there."""
    instance = two_villages(
        0.0,
        sites=[{"site": "b", "service": "s", "settlement": "b"}],
        standards=[{"standard": "near", "service": "s", "minutes": 30.0,
                    "share": 1.0, "is_hard": True}],
    )  # fmt: skip
    found = aumaq.coordination(instance, gap=0.0, time_limit=60)
    assert found.joint.objective_mln == pytest.approx(13.0)
    first = found.ways["services_first"]
    assert first.plan is None
    assert "is hard, but settlement 'a' (A) has no site within 30" in str(first.message)
    assert found.ways["networks_first"].plan is None


@pytest.mark.slow
@examples(10)
@given(instance=road_instances("free"))
def test_joint_is_best(instance: Instance) -> None:
    """The joint plan is the optimum of enumeration; no other way is better."""
    best = best_plan_cost(instance)
    if best is None:
        with pytest.raises(NoPlanError):
            aumaq.coordination(instance, gap=0.0, time_limit=60)
        return
    found = aumaq.coordination(instance, gap=0.0, time_limit=60)
    room = 2e-6 * max(1.0, abs(best))
    assert found.joint.objective_mln == pytest.approx(best, abs=room)
    for way in found.ways.values():
        if way.plan is not None:
            assert way.plan.objective_mln >= best - room
            assert way.plan.is_verified
