"""Blocks planned anew one by one: a plan still, and never dearer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from step_instances import step_instances
from tiny_instances import tiny_instances

from aumaq.instances.arrays import Floats
from aumaq.solvers.blocks.split import coupling_families, split
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.decomposed import replanning
from aumaq.solvers.decomposed.ascent import Ascent
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.decomposed.replanning import Replanning
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.search import DEAR
from aumaq.solvers.solution.decisions import Given
from aumaq.solvers.work import Budget

KINDS = {
    "free": tiny_instances("free"),
    "whole": tiny_instances("whole"),
    "steps": step_instances(),
    "water": coupled_instances("water"),
}
OPTIONS = SolveOptions(gap=0.0, threads=1)
SURE = 1e-6


def _poor_plan(c: Compiled) -> Floats | None:
    """Return a plan of the rows that minds no costs."""
    rng, m = np.random.default_rng(1), c.matrices
    odd = replace(m, cost=rng.uniform(0.0, 1.0, len(m.cost)))
    return Solver(odd, OPTIONS).run(60.0, Silent(), 0.0).values


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("large_from", [1, 10**9])
@examples(15)
@given(st.data())
def test_no_visit_makes_it_dearer(
    kind: str, large_from: int, data: st.DataObject
) -> None:
    """All rows hold, what is held stays, and it ends, with large blocks or small."""
    c = compiled(data.draw(KINDS[kind]), OPTIONS, Silent(), Given())
    plan, m = _poor_plan(c), c.matrices
    assume(plan is not None)
    assert plan is not None
    ascent = Ascent(Relaxation(c))
    ascent.rise(20, np.inf, lambda: False)
    value = ascent.relaxation.at(ascent.best)
    assume(np.isfinite(value))
    blocks = PricedBlocks(ascent.relaxation, split(m, coupling_families()))
    blocks.look(ascent.best)
    is_held = np.random.default_rng(0).random(len(m.cost)) < 0.2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replanning, "ROUND_FIRST", large_from)
        again = Replanning(blocks, is_held)
    none = np.zeros(len(m.cost), dtype=bool)
    again.look(ascent.relaxation.reduced, DEAR * abs(value), none)
    solver, budget = RestrictedSolver(m, OPTIONS, gap=0.0), Budget(60.0)
    begun = plan.copy()
    for _ in range(100 * len(blocks.all)):
        k = again.begin(plan)
        if k is None:
            break
        found = again.visit(k, solver, plan, budget)
        if found is not None:
            before = m.cost @ plan
            plan[found[0]] = found[1]
            assert m.cost @ plan < before
    assert again.begin(plan) is None
    assert not solver.structure.broken(plan).any()
    assert plan[is_held] == pytest.approx(begun[is_held])
    whole = plan[m.is_integer]
    assert np.allclose(whole, np.round(whole), atol=SURE)
