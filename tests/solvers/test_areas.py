"""What stations supply, planned area by area: a plan, and as good as it can be."""

from __future__ import annotations

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csc_array, kron, vstack

from aumaq.instances.arrays import Ints
from aumaq.solvers.blocks.areas import Areas, Stations, stations
from aumaq.solvers.blocks.large import LargeBlock
from aumaq.solvers.blocks.networks import built_columns, fed_columns
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.by_parts import Part, basis_by_parts
from aumaq.solvers.highs.lp_task import lp_task
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import loaded
from aumaq.solvers.highs.repriced import RepricedLP
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.solution.decisions import Given, Status
from aumaq.solvers.work import Most

KINDS = {"power": coupled_instances("power"), "water": coupled_instances("water")}
SURE = 1e-6
OPTIONS = SolveOptions(gap=0.0, threads=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@examples(20)
@given(st.data())
def test_areas_and_trunk_make_a_plan(kind: str, data: st.DataObject) -> None:
    """At whatever prices; never below the optimum, all else as it was."""
    c = compiled(data.draw(KINDS[kind]), OPTIONS, Silent(), Given())
    m, known = c.matrices, stations(c)
    assume(known.through.any())
    best = Solver(m, OPTIONS).run(60.0, Silent(), c.started)
    assume(best.status is Status.OPTIMAL)
    assert best.values is not None
    built = np.zeros(len(m.cost), dtype=bool)
    built[built_columns(c)] = True
    free = _free(c)
    solver = RestrictedSolver(m, OPTIONS, gap=0.0)
    block = LargeBlock(free, built, known)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        price = rng.normal(size=len(m.row_lower)) * seed
        found = block.by_areas(solver, best.values, price, Most(60.0))
        if found is None:
            continue
        values = best.values.copy()
        values[free] = found
        assert not solver.structure.broken(values).any()
        whole = values[m.is_integer]
        assert np.allclose(whole, np.round(whole), atol=SURE)
        room = SURE * (1.0 + abs(best.objective))
        assert m.cost @ values >= m.cost @ best.values - room


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@examples(20)
@given(st.data())
def test_an_lp_that_begins_with_its_parts_is_the_same(
    kind: str, data: st.DataObject
) -> None:
    """At whatever costs and limits: as large as without parts, or none as well."""
    c = compiled(data.draw(KINDS[kind]), OPTIONS, Silent(), Given())
    known, pieces = stations(c), Relaxation(c).pieces
    assume(known.through[pieces.columns].any())
    m = pieces.matrices
    above = known.above[pieces.rows]
    parts = Areas(m, above, known.through[pieces.columns]).all
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    cost = m.cost * rng.uniform(0.5, 2.0, len(m.cost))
    low = np.maximum(m.column_lower, 0.0)
    high = np.minimum(m.column_upper, rng.choice([0.0, 1.0, 1e9], len(low)) + low)
    found = []
    for own in ((), parts):
        lp = RepricedLP(m, lambda: False, parts=own)
        lp.confine(np.arange(len(low)), low, high)
        found += [lp.solve(cost), lp.solve(m.cost)]
    for one, other, at in zip(found[:2], found[2:], (cost, m.cost), strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert at @ other[0] == pytest.approx(at @ one[0], rel=1e-6, abs=1e-6)


def test_an_lp_ends_soon_after_its_parts() -> None:
    """Towns below a plant dearer than some of their own: few steps are left."""
    towns, ways, rng = 40, 12, np.random.default_rng(3)
    makes = rng.uniform(1.0, 9.0, (towns, ways))
    through = kron(np.eye(towns), np.ones((1, 1)))
    needs = np.hstack([through.toarray(), kron(np.eye(towns), np.ones(ways)).toarray()])
    above = np.hstack([-np.ones(towns), np.zeros(towns * ways), [1.0]])
    table = csc_array(np.vstack([np.hstack([needs, np.zeros((towns, 1))]), above]))
    count = table.shape[1]
    cost = np.concatenate([np.zeros(towns), makes.ravel(), [4.0]])
    most = np.concatenate([np.full(towns, 9.0), np.full(towns * ways, 1.0), [500.0]])
    need = np.concatenate([rng.uniform(3.0, 6.0, towns), [0.0]])
    m = Matrices.of(
        table, cost, (need, need), (np.zeros(count), most), np.zeros(count, bool)
    )
    parts = [
        Part(np.array([k]), np.append(k, towns + k * ways + np.arange(ways)))
        for k in range(towns)
    ]
    basis, _ = basis_by_parts(m, parts, lambda: False, SURE)
    assert basis is not None
    steps, value = [], []
    for begins in (False, True):
        highs = loaded(lp_task(m, SURE))
        highs.setOptionValue("presolve", "off")
        if begins:
            highs.setBasis(basis)
        highs.run()
        steps.append(highs.getInfo().simplex_iteration_count)
        value.append(highs.getInfo().objective_function_value)
    assert value[0] == pytest.approx(value[1])
    assert steps[1] < steps[0] / 4


def _free(c: Compiled) -> Ints:
    """Return the columns of networks whose load is known."""
    pieces, fed = Relaxation(c).pieces, fed_columns(c)
    own = np.unique(pieces.of_column[np.isin(pieces.columns, fed)])
    return np.setdiff1d(pieces.columns[np.isin(pieces.of_column, own)], fed)


def test_a_town_has_its_station() -> None:
    """Two towns below one plant: a third of a station each in the LP, and no plan of
    whole stations is cheaper than both.

    A flow of 1 through a station that lets 3 through, for 3 mln; made by a town itself
    it costs 2 mln for a unit.
    """
    # Flows, stations, what each town makes: y, then what the plant sends.
    cost = np.array([0.0, 0.0, 3.0, 3.0, 20.0, 20.0, 1.0])
    table = csc_array(
        [
            [-1.0, -1.0, 0, 0, 0, 0, 1.0],  # above the stations
            [1.0, 0, 0, 0, 1.0, 0, 0],  # each town needs 1
            [0, 1.0, 0, 0, 0, 1.0, 0],
            [-1.0, 0, 3.0, 0, 0, 0, 0],  # no more than the station lets through
            [0, -1.0, 0, 3.0, 0, 0, 0],
        ]
    )
    low = np.array([0.0, 1.0, 1.0, 0.0, 0.0])
    high = np.array([0.0, np.inf, np.inf, np.inf, np.inf])
    whole = np.array([False, False, True, True, False, False, False])
    most = np.array([np.inf, np.inf, 1.0, 1.0, np.inf, np.inf, np.inf])
    m = Matrices.of(table, cost, (low, high), (np.zeros(7), most), whole)
    above = np.array([True, False, False, False, False])
    through = np.array([True, True, False, False, False, False, False])
    areas = Areas(m, above, through)
    assert [sorted(one.columns) for one in areas.all] == [[0, 2, 4], [1, 3, 5]]
    solver = RestrictedSolver(m, OPTIONS, gap=0.0)
    nothing = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0])
    free = np.arange(len(cost))
    block = LargeBlock(free, np.zeros(7, dtype=bool), Stations(through, above))
    price = np.array([1.0, 0.0, 0.0, 0.0, 0.0])  # what the plant's power costs
    found = block.by_areas(solver, nothing, price, Most(60.0))
    assert found == pytest.approx([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 2.0])
    dived = block.planned(solver, nothing, Most(60.0))
    assert dived is not None
    assert cost @ dived > cost @ found


def test_an_lp_that_was_given_up_is_solved_the_next_time() -> None:
    """Whether to give up is asked anew in each solve."""
    size = 12  # presolve leaves something to be solved
    rng = np.random.default_rng(1)
    rows = kron(np.eye(size), np.ones(size)), kron(np.ones(size), np.eye(size))
    table = csc_array(vstack(rows))
    cost, count = rng.random(size * size), 2 * size
    limits, free = (np.ones(count), np.ones(count)), np.full(size * size, np.inf)
    whole = np.zeros(size * size, dtype=bool)
    m = Matrices.of(table, cost, limits, (np.zeros(size * size), free), whole)
    is_over = [True]
    lp = RepricedLP(m, lambda: is_over[0])
    assert lp.solve_again() is None
    is_over[0] = False
    found = lp.solve_again()
    assert found is not None
    best = linear_sum_assignment(cost.reshape(size, size))
    assert cost @ found[0] == pytest.approx(cost.reshape(size, size)[best].sum())
