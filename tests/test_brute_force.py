"""The model against enumeration: random tiny instances, every kind of allocation."""

from __future__ import annotations

import pytest
from brute_force import best_plan_cost
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_instances import tiny_instances

import aumaq
from aumaq.instances import Instance, NoPlanError


def agree(instance: Instance, formulation: str) -> None:
    """Assert that the model finds the optimum of enumeration, or that there is none."""
    best = best_plan_cost(instance)
    if best is None:
        with pytest.raises(NoPlanError, match="infeasible"):
            aumaq.solve(instance, gap=0.0, formulation=formulation)
        return
    plan = aumaq.solve(instance, gap=0.0, formulation=formulation)
    size = max(1.0, abs(best))
    assert plan.objective_mln == pytest.approx(best, abs=2e-6 * size)
    assert plan.bound_mln <= plan.objective_mln + 1e-6 * size
    assert plan.record["problems"] == []


@pytest.mark.parametrize("formulation", ["strong", "weak"])
@examples(45)
@given(instance=tiny_instances(allocation="free"))
def test_free(formulation: str, instance: Instance) -> None:
    """Splitting settlements among sites."""
    agree(instance, formulation)


@pytest.mark.parametrize("formulation", ["strong", "weak"])
@examples(45)
@given(instance=tiny_instances(allocation="whole"))
def test_whole(formulation: str, instance: Instance) -> None:
    """Whole catchments."""
    agree(instance, formulation)


@pytest.mark.parametrize("formulation", ["strong", "weak"])
@examples(45)
@given(instance=tiny_instances(allocation="nearest"))
def test_nearest(formulation: str, instance: Instance) -> None:
    """The nearest open site."""
    agree(instance, formulation)


@pytest.mark.parametrize("allocation", ["free", "whole", "nearest"])
@given(data=st.data())
@examples(30)
def test_roads(allocation: str, data: st.DataObject) -> None:
    """Facilities and road upgrades together, in both formulations by turns."""
    instance = data.draw(road_instances(allocation))
    agree(instance, data.draw(st.sampled_from(["strong", "weak"])))


@examples(20)
@given(instance=tiny_instances(allocation="free"))
def test_blocks(instance: Instance) -> None:
    """The blocks method: a bound below the optimum, a plan not better than it."""
    agree_by_blocks(instance)


def agree_by_blocks(instance: Instance) -> None:
    """Assert that the bound is below the optimum and the plan not better than it."""
    best = best_plan_cost(instance)
    if best is None:
        with pytest.raises(NoPlanError):
            aumaq.solve(instance, method="blocks", gap=0.0, time_limit=1.0)
        return
    plan = aumaq.solve(instance, method="blocks", gap=0.0, time_limit=1.0)
    room = 2e-6 * max(1.0, abs(best))
    assert plan.bound_mln <= best + room
    assert plan.objective_mln >= best - room
    assert plan.record["problems"] == []
