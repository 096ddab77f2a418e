"""Cuts of nodes: no plan is cut off, and the LP of a far main is that of its MIP."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csc_array

from aumaq.model import build
from aumaq.solvers.highs.matrices import Matrices, compile_matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.node_cuts import with_node_cuts
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent

KINDS = {
    "power": coupled_instances("power"),
    "angles": coupled_instances("angles"),
    "water": coupled_instances("water"),
}
OPTIONS = SolveOptions(gap=0.0, threads=1)
SURE = 1e-6
NEED, MAIN_HOLDS, MAIN_MLN, WELL_MLN = 3.0, 100.0, 50.0, 20.0


def _solved(m: Matrices) -> Outcome:
    return Solver(m, OPTIONS).run(60.0, Silent(), 0.0)


def _relaxed(m: Matrices) -> Outcome:
    return _solved(replace(m, is_integer=np.zeros_like(m.is_integer)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@examples(60)
@given(st.data())
def test_every_plan_obeys_the_cuts(kind: str, data: st.DataObject) -> None:
    """Whatever plans cost: those that cost least at their own and at drawn costs."""
    m = compile_matrices(build(data.draw(KINDS[kind])).program)
    cut = with_node_cuts(m)
    own = len(m.row_lower)
    for seed in range(4):
        cost = m.cost
        if seed:
            rng = np.random.default_rng(seed)
            drawn = np.abs(m.cost) * rng.uniform(size=len(m.cost))
            drawn += rng.uniform(size=len(m.cost))
            # An angle has no least value: at a cost it would fall for ever.
            cost = np.where(np.isfinite(m.column_lower), drawn, 0.0)
        found = _solved(replace(m, cost=cost))
        if found.values is None:
            assert _solved(replace(cut, cost=cost)).status == found.status
            continue
        more = (cut.sparse @ found.values)[own:]
        assert (more >= cut.row_lower[own:] * (1.0 - SURE) - SURE).all()
        again = _relaxed(replace(cut, cost=cost)).objective
        room = SURE * (1.0 + abs(found.objective))
        assert _relaxed(replace(m, cost=cost)).objective - room <= again
        assert again <= found.objective + room


def _village(open_already: float = 0.0) -> Matrices:
    """Return a village that needs 3: of a main that holds 100, or of wells.

    Columns: flow, main, one well that gives 3, one that is there already.
    """
    rows = [[1.0, 0.0, NEED, 1.0], [1.0, -MAIN_HOLDS, 0.0, 0.0]]
    return Matrices.of(
        csc_array(np.array(rows)),
        np.array([0.0, MAIN_MLN, WELL_MLN, 30.0]),
        (np.array([NEED, -np.inf]), np.array([NEED, 0.0])),
        (np.zeros(4), np.array([np.inf, 1.0, 1.0, open_already])),
        np.array([False, True, True, False]),
        row_family=np.array(["balances", "networks"]),
    )


def test_an_lp_builds_no_hundredth_of_a_main() -> None:
    """3/100 of the main cost 1.5; whole, with a well at 20, the village pays 20."""
    m = _village()
    assert _relaxed(m).objective == pytest.approx(MAIN_MLN * NEED / MAIN_HOLDS)
    cut = with_node_cuts(m)
    assert len(cut.row_lower) == len(m.row_lower) + 1
    assert (cut.sparse.toarray()[-1] == [0.0, NEED, NEED, 1.0]).all()
    assert _relaxed(cut).objective == pytest.approx(WELL_MLN)
    assert _solved(cut).objective == pytest.approx(WELL_MLN)


@pytest.mark.parametrize("change", ["needs nothing", "may lose", "is wide", "is open"])
def test_where_no_cut_holds_there_is_none(change: str) -> None:
    """No need; what may be below 0; a main that holds no more than is needed; an
    inequality.
    """
    m = _village()
    if change == "needs nothing":
        m = replace(m, row_lower=np.array([0.0, -np.inf]), row_upper=np.zeros(2))
    elif change == "may lose":
        m = replace(m, column_lower=np.array([0.0, 0.0, 0.0, -1.0]))
    elif change == "is wide":
        values = np.where(m.values == -MAIN_HOLDS, -NEED, m.values)
        m = replace(m, values=values)
    else:
        m = replace(m, row_upper=np.array([np.inf, 0.0]))
    assert with_node_cuts(m) is m
