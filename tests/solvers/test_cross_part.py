"""A plan crossed with an LP: no dearer, whole, and between both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array

from aumaq.instances.arrays import Floats
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.structure import TOLERANCE
from aumaq.solvers.work import Most

OPTIONS = SolveOptions(gap=0.0, threads=1)
SITES, PLACES = 6, 14


def _facilities(rng: np.random.Generator) -> Matrices:
    """Return a drawn problem: facilities in whole units, and who goes to which."""
    size = rng.integers(1, 9, PLACES).astype(float)
    pairs = SITES * PLACES
    serve = np.kron(np.ones(SITES), np.eye(PLACES))
    hold = np.hstack([np.kron(np.eye(SITES), size), -20.0 * np.eye(SITES)])
    table = np.vstack([np.hstack([serve, np.zeros((PLACES, SITES))]), hold])
    cost = np.append(rng.uniform(0.0, 6.0, pairs), rng.uniform(5.0, 30.0, SITES))
    whole = np.append(np.zeros(pairs, dtype=bool), np.ones(SITES, dtype=bool))
    return Matrices.of(
        csc_array(table),
        cost,
        (
            np.append(np.ones(PLACES), np.full(SITES, -np.inf)),
            np.append(np.ones(PLACES), np.zeros(SITES)),
        ),
        (np.zeros(len(cost)), np.append(np.ones(pairs), np.full(SITES, 4.0))),
        whole,
    )


@pytest.mark.parametrize("seed", range(12))
def test_no_dearer_and_between(seed: int) -> None:
    """Whole numbers lie between the plan's and the LP's, what is not free stays."""
    rng = np.random.default_rng(seed)
    m = _facilities(rng)
    solver, free = RestrictedSolver(m, OPTIONS), np.arange(len(m.cost))
    poor = m.cost.copy()
    poor[m.is_integer] = rng.permutation(poor[m.is_integer]) * 0.2
    begun = Solver(_at(m, poor), OPTIONS).run(60.0, Silent(), 0.0).values
    best = Solver(m, OPTIONS).run(60.0, Silent(), 0.0)
    relaxed = Solver(_loose(m), OPTIONS).run(60.0, Silent(), 0.0).values
    assert begun is not None
    assert relaxed is not None
    plan, before = begun, begun.copy()
    for dear in (0.5, np.inf):
        found = solver.cross_part(plan, free, Most(60.0), dear)
        assert found is not None
        assert np.array_equal(plan, before)
        assert not solver.structure.broken(found).any()
        assert m.cost @ found <= m.cost @ plan + TOLERANCE
        assert m.cost @ found >= best.objective - TOLERANCE
        whole = found[m.is_integer]
        ends = np.array([relaxed, plan])[:, m.is_integer]
        assert (whole >= np.floor(ends.min(axis=0)) - TOLERANCE).all()
        assert (whole <= np.ceil(ends.max(axis=0)) + TOLERANCE).all()


def test_gains_what_the_lp_shows() -> None:
    """One facility for all instead of two, which no plan around the plan alone has."""
    table = csc_array([[1.0, 1.0, 1.0]])
    m = Matrices.of(
        table,
        np.array([9.0, 8.0, 3.0]),
        (np.array([2.0]), np.array([np.inf])),
        (np.zeros(3), np.full(3, 2.0)),
        np.ones(3, dtype=bool),
    )
    solver = RestrictedSolver(m, OPTIONS)
    plan = np.array([1.0, 1.0, 0.0])
    found = solver.cross_part(plan, np.arange(3), Most(60.0), np.inf)
    assert found == pytest.approx([0.0, 0.0, 2.0])
    some = solver.cross_part(plan, np.arange(1), Most(60.0), np.inf)
    assert some == pytest.approx([1.0])


def _at(m: Matrices, cost: Floats) -> Matrices:
    return replace(m, cost=cost)


def _loose(m: Matrices) -> Matrices:
    return replace(m, is_integer=np.zeros_like(m.is_integer))
