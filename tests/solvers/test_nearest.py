"""Where it costs nothing, who lives near a site comes before who comes from afar."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from road_instances import road_instances
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from tiny_instances import Row, tiny, tiny_instances

import aumaq
from aumaq.instances import Instance
from aumaq.instances.arrays import Floats
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.highs.matrices import with_whole_fixed
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.polish.nearest import roots_of_minutes
from aumaq.solvers.polish.polished import around, nearest
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given

ALONG = {"a": 0.0, "b": 20.0, "c": 30.0}
"""Minutes from the beginning of one road to three villages; only b and c have sites."""


def one_road(order: tuple[str, ...], hour: float) -> Instance:
    """Return the villages, in some order, of 100 each, with one facility at b and c."""
    settlements: list[Row] = [{"settlement": place} for place in order]
    sites: list[Row] = [
        {"site": place, "service": "s", "settlement": place, "status": "existing"}
        for place in order
        if place != "a"
    ]
    return tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": hour}],
        services=[{"service": "s", "unserved_mln_per_unit_year": 1.0,
                   "nearest_sites": 0, "cutoff_minutes": 60.0}],
        levels=[{"service": "s", "level": level, "capacity": 100.0 * level,
                 "capex_mln": 1000.0} for level in (1, 2)],
        settlements=settlements,
        sites=sites,
        facilities=[{"service": "s", "site": "b", "level": 1},
                    {"service": "s", "site": "c", "level": 2}],
        travel=[
            {"settlement": place, "site": site, "minutes": abs(ALONG[place] - minutes)}
            for place in order
            for site, minutes in ALONG.items() if site != "a"
        ],
    )  # fmt: skip


@pytest.mark.few(6)
@pytest.mark.parametrize("order", [pytest.param(o, id="".join(o))
                                   for o in permutations("abc")])  # fmt: skip
@pytest.mark.parametrize("hour", [0.0, 600.0])
def test_nobody_leaves_home_for_who_passes_by(
    order: tuple[str, ...], hour: float
) -> None:
    """A through to c, or a to b and b on to c: 30 minutes both, and b stays at home."""
    plan = aumaq.solve(one_road(order, hour), gap=0.0)
    rows = plan.table("allocation").set_index("settlement")
    assert plan.is_verified
    assert rows["site"].to_dict() == {"a": "c", "b": "b", "c": "c"}


def _weighed(c: Compiled) -> Floats:
    return roots_of_minutes(c.models, len(c.matrices.cost))


def _least(c: Compiled, values: Floats, price: Floats) -> float:
    """Return the least sum that any plan of the same decisions and cost has."""
    lp = with_whole_fixed(c.matrices, values)
    is_free = ~np.isnan(price)
    low = np.where(is_free, lp.column_lower, values)
    high = np.where(is_free, lp.column_upper, values)
    a = vstack([lp.sparse, csr_array(lp.cost[None, :])]).tocsr()
    upper = np.append(lp.row_upper, lp.cost @ values) + 1e-7
    lower = np.append(lp.row_lower, -np.inf) - 1e-7
    above, below = np.isfinite(upper), np.isfinite(lower)
    best = linprog(
        np.where(is_free, price, 0.0),
        A_ub=vstack([a[above], -a[below]]).tocsr(),
        b_ub=np.append(upper[above], -lower[below]),
        bounds=np.column_stack([low, np.maximum(low, high)]),
    )
    assert best.status == 0
    return float(best.fun)


def _check(instance: Instance) -> None:
    c = compiled(instance, SolveOptions(gap=0.0), Silent(), Given())
    found = Solver(c.matrices, c.options).run(60.0, Silent(), c.started)
    if found.values is None:
        return
    before = around(c, found.values)
    assert before is not None
    after = nearest(c, before)
    assert after.values is not None
    price = _weighed(c)
    known = ~np.isnan(price)
    total = float(price[known] @ after.values[known])
    least = _least(c, after.values, price)
    assert np.isclose(after.objective, before.objective, rtol=1e-9, atol=1e-7)
    assert total <= least + 1e-4 * (1.0 + abs(least))


@pytest.mark.slow
@examples(60)
@given(tiny_instances())
def test_of_plans_that_cost_the_same(instance: Instance) -> None:
    """Another solver, with a row for the cost, finds no smaller sum."""
    _check(instance)


@pytest.mark.slow
@examples(20)
@given(road_instances(allocation="free"))
def test_along_roads(instance: Instance) -> None:
    """So where ways need roads that are built or not."""
    _check(instance)
