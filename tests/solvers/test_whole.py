"""The model against an independent formulation of the whole problem in plain HiGHS."""

from __future__ import annotations

import pytest
from brute_force import best_plan_cost
from coupled_instances import coupled_instances
from differences import differences_from
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from territory_instances import territories
from tiny_instances import tiny_instances
from whole_programme import best_cost

from aumaq.instances import Instance

KINDS = ("free", "whole", "nearest")


@examples(20)
@given(data=st.data())
def test_the_programme_is_right_itself(data: st.DataObject) -> None:
    """It finds the optimum of enumeration."""
    instance = data.draw(
        st.one_of(*(tiny_instances(allocation=kind) for kind in KINDS),
                  *(coupled_instances(kind) for kind in ("power", "angles", "water")))
    )  # fmt: skip
    best = best_plan_cost(instance)
    expected = None if best is None else pytest.approx(best, rel=2e-6, abs=2e-6)
    assert best_cost(instance) == expected


@pytest.mark.slow
@examples(4)
@given(instance=territories())
def test_territories(instance: Instance) -> None:
    """Roads, stock, several services and periods: the same optimum."""
    assert differences_from(best_cost(instance), instance, "strong") == []
