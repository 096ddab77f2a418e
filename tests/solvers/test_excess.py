"""What a plan costs beyond the relaxation adds up, by columns and rows and by place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny, tiny_instances

from aumaq.instances import Instance
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.excess import Excess
from aumaq.solvers.highs.matrices import with_fixed
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given


def _solved(instance: Instance) -> tuple[Compiled, Outcome, Outcome]:
    """Return the model, its LP relaxation solved, and a plan: any that is found."""
    c = compiled(instance, SolveOptions(gap=0.3), Silent(), Given())
    m = c.matrices
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    relaxed = Solver(lp, c.options).run(60.0, Silent(), c.started)
    return c, relaxed, Solver(m, c.options).run(60.0, Silent(), c.started)


@examples(60)
@given(st.one_of(tiny_instances(), coupled_instances(kind="power")))
def test_the_excess_is_plan_less_relaxation(instance: Instance) -> None:
    """Term by term never below 0; what is at places is no more than all."""
    c, relaxed, plan = _solved(instance)
    if plan.values is None or relaxed.duals is None or relaxed.values is None:
        return
    excess = Excess(c.matrices, relaxed.duals, [site.columns for site in c.sites])
    columns, rows = excess.by_column_and_row(plan.values)
    size = 1e-6 * (1.0 + abs(plan.objective))
    distance = plan.objective - relaxed.objective
    assert abs(columns.sum() + rows.sum() - distance) <= size
    assert min(columns.min(initial=0.0), rows.min(initial=0.0)) >= -size
    every = np.ones(len(c.matrices.row_lower), dtype=bool)
    at = excess.at_places(plan.values, every)
    assert (at >= 0.0).all()
    assert at.sum() <= distance + 2.0 * size


def test_it_is_where_the_plan_is_bad() -> None:
    """A school costs 10 and is worth 100 in a village, 1 in the other: 90 are lost."""
    instance = tiny(
        policies=[{"discount_rate": 0.0, "count_residual_value": False}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "cutoff_minutes": 10.0}],
        settlements=[{"settlement": "a"}, {"settlement": "b", "population": 1.0}],
    )  # fmt: skip
    c, relaxed, _ = _solved(instance)
    assert relaxed.duals is not None
    excess = Excess(c.matrices, relaxed.duals, [site.columns for site in c.sites])
    today = with_fixed(c.matrices, *c.start)
    nobody = Solver(today, c.options).run(60.0, Silent(), c.started).values
    assert nobody is not None
    every = np.ones(len(c.matrices.row_lower), dtype=bool)
    at = excess.at_places(nobody, every)
    assert np.isclose(at.max(), 90.0)
    assert np.isclose(at.sum(), 90.0)
