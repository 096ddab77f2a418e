"""Dives: whole, within every row, no better than the optimum; also when repeated."""

from __future__ import annotations

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from tiny_instances import tiny_instances

import aumaq
from aumaq import NoPlanError
from aumaq.instances import Instance
from aumaq.instances.arrays import Floats
from aumaq.solvers.blocks import networks
from aumaq.solvers.blocks.networks import built_columns
from aumaq.solvers.compiled import compiled
from aumaq.solvers.decomposed import feeding, pieces, replanning, run
from aumaq.solvers.highs.dive import Dive
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given, Status
from aumaq.solvers.work import Most

KINDS = {"power": coupled_instances("power"), "water": coupled_instances("water")}
SURE = 1e-6
OPTIONS = SolveOptions(gap=0.0, threads=1)


def _is_plan(m: Matrices, x: Floats) -> bool:
    rows, room = m.sparse @ x, SURE * (1.0 + np.abs(m.sparse) @ np.abs(x))
    is_within = (rows >= m.row_lower - room) & (rows <= m.row_upper + room)
    is_between = (x >= m.column_lower - SURE) & (x <= m.column_upper + SURE)
    is_whole = x[m.is_integer] == np.round(x[m.is_integer])
    return bool(is_within.all() and is_between.all() and is_whole.all())


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
@examples(20)
@given(st.data())
def test_a_dive_ends_in_a_plan(kind: str, data: st.DataObject) -> None:
    """Also from rows that were others before; whole numbers of an optimum give it."""
    c = compiled(data.draw(KINDS[kind]), OPTIONS, Silent(), Given())
    m = c.matrices
    best = Solver(m, OPTIONS).run(60.0, Silent(), c.started)
    assume(best.status is Status.OPTIMAL)
    assert best.values is not None
    built = np.zeros(len(m.cost), dtype=bool)
    built[built_columns(c)] = True
    dive, most = Dive(m, built), Most(60.0)
    optimum = float(m.cost @ best.values)
    room = SURE * (1.0 + abs(optimum))
    for _ in range(2):
        found = dive.run(most)
        if found is not None:
            assert _is_plan(m, found)
            assert m.cost @ found >= optimum - room
        again = dive.with_whole(best.values, most)
        assert again is not None
        assert _is_plan(m, again)
        assert m.cost @ again == pytest.approx(optimum, abs=room)
        wider = np.where(m.row_upper > m.row_lower, m.row_upper + 1.0, m.row_upper)
        dive.change(m.row_lower, wider)
        dive.run(most)
        dive.change(m.row_lower, m.row_upper)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, "free"])
@examples(6)
@given(st.data())
def test_what_is_for_the_largest_models_ends_in_plans(
    kind: str, data: st.DataObject
) -> None:
    """With networks that are kept, large or small, or none: verified, and never below
    the optimum.
    """
    kinds = KINDS | {"free": tiny_instances("free")}
    instance: Instance = data.draw(kinds[kind])
    try:
        best = aumaq.solve(instance, method="direct", gap=0.0, threads=1)
    except NoPlanError:
        assume(False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "WHOLE", 0)
        patch.setattr(networks, "ROUND_FIRST", 1)
        patch.setattr(replanning, "ROUND_FIRST", 1)
        most = data.draw(st.sampled_from([0, feeding.MOST_INTEGERS]))
        patch.setattr(feeding, "MOST_INTEGERS", most)
        patch.setattr(pieces, "MOST_INTEGERS", most)
        effort = data.draw(st.sampled_from([{"time_limit": 4.0}, {"work_limit": 2.0}]))
        plan = aumaq.solve(instance, method="decomposed", gap=0.0, threads=2, **effort)
    assert plan.is_verified
    room = SURE * (1.0 + abs(best.objective_mln))
    assert plan.bound_mln <= best.objective_mln + room
    assert plan.objective_mln >= best.objective_mln - room
