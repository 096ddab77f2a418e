"""Places at home are looked at before a plan sends people away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny, tiny_instances

from aumaq.instances import Instance
from aumaq.model.built import exists
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.polish.homeward import sent_away
from aumaq.solvers.polish.polished import around, homeward
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given


def _compiled(instance: Instance) -> Compiled:
    return compiled(instance, SolveOptions(gap=0.0), Silent(), Given())


def _unproven(plan: Outcome) -> Outcome:
    return replace(plan, bound=-np.inf)


def test_a_city_gets_the_school_that_stands_in_a_village() -> None:
    """100 pupils go 30 minutes each way, which costs 50; a school costs 10 anywhere."""
    instance = tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 1e6,
                   "count_residual_value": False}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "trips_per_year": 1.0}],
        settlements=[{"settlement": "a"}, {"settlement": "b", "population": 0.0}],
    )  # fmt: skip
    c = _compiled(instance)
    values, units = np.zeros(len(c.matrices.cost)), c.built.variables["s"].units
    for j, level, t in np.argwhere(exists(units)).tolist():
        values[c.place[units[j, level, t]]] = float(level == j)
    plan = around(c, values)
    assert plan is not None
    assert plan.values is not None
    assert plan.objective == pytest.approx(60.0)
    (one,) = sent_away(c.built, c.place, plan.values)
    assert one.lost_mln == pytest.approx(50.0)
    assert homeward(c, plan, _unproven(plan)).objective == pytest.approx(10.0)


@pytest.mark.slow
@examples(60)
@given(st.one_of(tiny_instances(), coupled_instances(kind="power")))
def test_it_is_never_dearer_and_never_too_good(instance: Instance) -> None:
    """From today's stock: a plan of the same model, between that and the optimum."""
    c = _compiled(instance)
    best = Solver(c.matrices, c.options).run(60.0, Silent(), c.started)
    start = replace(c.options, gap=0.5)
    rough = Solver(c.matrices, start).run(60.0, Silent(), c.started)
    plan = None if rough.values is None else around(c, rough.values)
    if plan is None:
        return
    after = homeward(c, plan, _unproven(plan))
    size = 1e-6 * (1.0 + abs(plan.objective))
    assert best.objective - size <= after.objective <= plan.objective + size
    assert after.values is not None
    activity = c.matrices.sparse @ after.values
    slack = 1e-6 * (1.0 + np.abs(activity))
    assert (activity >= c.matrices.row_lower - slack).all()
    assert (activity <= c.matrices.row_upper + slack).all()
    whole = after.values[c.matrices.is_integer]
    assert np.allclose(whole, np.round(whole))
