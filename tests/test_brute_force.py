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

LONG_WEAK = pytest.param("weak", marks=pytest.mark.slow)
"""The weak formulation, only in the long suite; ``test_free`` always tries it."""


def differences(instance: Instance, formulation: str) -> list[str]:
    """Return how the model differs from the optimum of enumeration, in words."""
    return differences_from(best_plan_cost(instance), instance, formulation)


def differences_from(
    best: float | None, instance: Instance, formulation: str
) -> list[str]:
    """Return how the model differs from an optimum, None: no plan, in words."""
    try:
        plan = aumaq.solve(instance, gap=0.0, formulation=formulation)
    except NoPlanError as error:
        is_right = best is None and "infeasible" in str(error)
        return [] if is_right else [f"optimum {best}, the model says: {error}"]
    if best is None:
        return [f"there is no plan, the model finds {plan.objective_mln}"]
    size, found = max(1.0, abs(best)), list(plan.record["problems"])
    if abs(plan.objective_mln - best) > 2e-6 * size:
        found.append(f"optimum {best}, the model finds {plan.objective_mln}")
    if plan.bound_mln > plan.objective_mln + 1e-6 * size:
        found.append(f"bound {plan.bound_mln} above plan {plan.objective_mln}")
    return found


def differences_by_blocks(instance: Instance) -> list[str]:
    """Return how blocks differ from the optimum of enumeration: they end by work."""
    best = best_plan_cost(instance)
    try:
        plan = aumaq.solve(instance, method="blocks", gap=0.0, time_limit=60.0)
    except NoPlanError as error:
        return [] if best is None else [f"optimum {best}, the model says: {error}"]
    if best is None:
        return [f"there is no plan, the model finds {plan.objective_mln}"]
    room, found = 2e-6 * max(1.0, abs(best)), list(plan.record["problems"])
    if plan.bound_mln > best + room:
        found.append(f"bound {plan.bound_mln} above the optimum {best}")
    if abs(plan.objective_mln - best) > room or plan.status != "optimal":
        found.append(f"{plan.status} {plan.objective_mln}, the optimum is {best}")
    return found


@pytest.mark.parametrize("formulation", ["strong", "weak"])
@examples(45)
@given(instance=tiny_instances(allocation="free"))
def test_free(formulation: str, instance: Instance) -> None:
    """Splitting settlements among sites."""
    assert differences(instance, formulation) == []


@pytest.mark.parametrize("formulation", ["strong", LONG_WEAK])
@examples(45)
@given(instance=tiny_instances(allocation="whole"))
def test_whole(formulation: str, instance: Instance) -> None:
    """Whole catchments."""
    assert differences(instance, formulation) == []


@pytest.mark.parametrize("formulation", ["strong", LONG_WEAK])
@examples(45)
@given(instance=tiny_instances(allocation="nearest"))
def test_nearest(formulation: str, instance: Instance) -> None:
    """The nearest open site."""
    assert differences(instance, formulation) == []


@pytest.mark.parametrize(
    "allocation",
    ["free", *(pytest.param(a, marks=pytest.mark.slow) for a in ("whole", "nearest"))],
)
@given(data=st.data())
@examples(30)
def test_roads(allocation: str, data: st.DataObject) -> None:
    """Facilities and road upgrades together, in both formulations by turns."""
    instance = data.draw(road_instances(allocation))
    assert differences(instance, data.draw(st.sampled_from(["strong", "weak"]))) == []


@examples(20)
@given(instance=tiny_instances(allocation="free"))
def test_blocks(instance: Instance) -> None:
    """The blocks method: a bound below the optimum, a plan not better than it."""
    assert differences_by_blocks(instance) == []


@pytest.mark.parametrize("formulation", ["strong", LONG_WEAK])
@examples(20)
@given(data=st.data())
def test_a_capacity_without_limit(formulation: str, data: st.DataObject) -> None:
    """The largest level holds "everybody", a budget never ends: the same optimum."""
    kind = data.draw(st.sampled_from(["free", "whole", "nearest"]))
    instance = data.draw(tiny_instances(allocation=kind))
    endless = data.draw(st.sampled_from([1e6, 1e9, 1e12]))
    levels, budgets = instance.table("levels"), instance.table("budgets")
    levels.loc[~levels.duplicated("service", keep="last"), "capacity"] = endless
    budgets.loc[budgets.index % 2 == 0, "amount_mln"] = endless
    instance = instance.replace(levels=levels, budgets=budgets)
    assert differences(instance, formulation) == []
