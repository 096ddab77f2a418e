"""Levels that are not built change no optimum: one site, all its histories."""

from __future__ import annotations

import pytest
from differences import differences
from examples import examples
from hypothesis import given
from step_instances import LAST_YEARS, levels_of, site_case, step_instances

import aumaq
from aumaq.instances import Instance


@pytest.mark.slow
def test_a_step_up_spreads_the_cost() -> None:
    """60 and 40 mln are there, not 100 for level 3 at once: level 2 comes between."""
    levels = levels_of((10.0, 5.0, 0.0), (60.0, 5.0, 0.0), (100.0, 1.0, 0.0))
    plan = aumaq.solve(site_case(levels, [60.0, 40.0, 0.0]), gap=0.0)
    cheapest = (60.0 + 5.0) + (40.0 + 1.0) + LAST_YEARS * 1.0
    assert plan.objective_mln == pytest.approx(cheapest)
    assert plan.bound_mln == pytest.approx(cheapest)


@pytest.mark.slow
@examples(60)
@given(instance=step_instances())
def test_no_dropped_level_is_missed(instance: Instance) -> None:
    """The optimum is that of all histories of the site over all its levels."""
    assert differences(instance, "strong") == []
