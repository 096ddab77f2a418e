"""Strong against weak: a better LP bound, the same optimum; and all methods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from growing_case import growing

import aumaq
from aumaq.instances import Instance
from aumaq.instances.generators import clustered
from aumaq.solvers import METHODS
from aumaq.solvers.compiled import compiled
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given


@pytest.fixture(scope="module")
def instance() -> Instance:
    """Return a generated instance of 25 settlements."""
    return clustered(25, 3)


def lp_bound(instance: Instance, formulation: str) -> float:
    """Return the optimum of the LP relaxation."""
    options = SolveOptions(formulation=formulation)
    c = compiled(instance, options, Silent(), Given())
    lp = replace(c.matrices, is_integer=np.zeros_like(c.matrices.is_integer))
    return Solver(lp, options).run(60.0, Silent(), c.started).objective


@pytest.mark.slow
def test_bounds_and_optimum(instance: Instance) -> None:
    """Weak LP < strong LP <= every plan; all methods within their bounds."""
    weak, strong = lp_bound(instance, "weak"), lp_bound(instance, "strong")
    plans = [
        aumaq.solve(instance, method=method, gap=0.01, time_limit=15.0)
        for method in METHODS
    ]
    best = min(plan.objective_mln for plan in plans)
    assert weak < strong - 1e-4 * abs(strong)
    for plan in plans:
        assert plan.is_verified
        assert strong * (1 - 1e-6) <= plan.objective_mln
        assert plan.bound_mln <= best * (1 + 1e-9)
        assert plan.objective_mln <= best * 1.02


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_every_method_plans_for_futures(method: str) -> None:
    """What solves an instance solves several futures of it."""
    found = aumaq.solve_futures(growing(), method=method, gap=0.0, time_limit=20.0)
    assert found.is_verified
    assert found.status == "optimal"
    assert found.objective_mln == pytest.approx(14.0)
