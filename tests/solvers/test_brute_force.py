"""The model against enumeration: random tiny instances, every kind of allocation."""

from __future__ import annotations

import pytest
from differences import differences, differences_by_blocks
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_instances import tiny_instances

from aumaq.instances import Instance

LONG_WEAK = pytest.param("weak", marks=pytest.mark.slow)
"""The weak formulation, only in the long suite; ``test_free`` always tries it."""


@pytest.mark.parametrize("formulation", ["strong", "weak"])
@examples(45)
@given(instance=tiny_instances(allocation="free"))
def test_free(formulation: str, instance: Instance) -> None:
    """Splitting settlements among sites."""
    assert differences(instance, formulation) == []


@pytest.mark.slow
@pytest.mark.parametrize("formulation", ["strong", LONG_WEAK])
@examples(45)
@given(instance=tiny_instances(allocation="whole"))
def test_whole(formulation: str, instance: Instance) -> None:
    """Whole catchments."""
    assert differences(instance, formulation) == []


@pytest.mark.slow
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


@pytest.mark.slow
@examples(20)
@given(instance=tiny_instances(allocation="free"))
def test_blocks(instance: Instance) -> None:
    """The blocks method: a bound below the optimum, a plan not better than it."""
    assert differences_by_blocks(instance) == []


@pytest.mark.slow
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
