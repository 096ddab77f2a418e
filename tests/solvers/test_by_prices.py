"""Blocks at the prices of an ascent: their bounds, and what they prove together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from road_instances import road_instances
from tiny_instances import tiny_instances

from aumaq.instances import Instance
from aumaq.solvers.blocks.by_prices import PricedRelaxation
from aumaq.solvers.blocks.run import BlockRun
from aumaq.solvers.blocks.split import block_matrices, coupling_families, split
from aumaq.solvers.compiled import Compiled, compiled
from aumaq.solvers.decomposed.blocks import labels
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given, Status

KINDS = {
    "free": tiny_instances("free"),
    "nearest": tiny_instances("nearest"),
    "power": coupled_instances("power"),
    "water": coupled_instances("water"),
    "angles": coupled_instances("angles"),
    "roads": road_instances("free"),
}
SURE = 1e-6
LOOKS = 400


def _compiled(instance: Instance, threads: int = 1) -> Compiled:
    options = SolveOptions(gap=0.0, threads=threads, time_limit=60.0)
    return compiled(instance, options, Silent(), Given())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@examples(30)
@given(st.data())
def test_the_bound_of_each_block_is_below_its_optimum(
    kind: str, data: st.DataObject
) -> None:
    """And all of them, with what is beside them, are below that of the whole."""
    _check_bounds_of_blocks(_compiled(data.draw(KINDS[kind])), is_split=False)


@pytest.mark.slow
@examples(30)
@given(road_instances("free"))
def test_sites_that_decide_in_several_blocks(instance: Instance) -> None:
    """What is due for renewal may be a block of its own; its site is in another."""
    _check_bounds_of_blocks(_compiled(instance), is_split=True)


def _check_bounds_of_blocks(c: Compiled, *, is_split: bool) -> None:
    parts = split(c.matrices, coupling_families())
    if is_split:
        _, columns = labels(parts, c.matrices)
        owned = PricedRelaxation(c, parts, lambda: False).relaxation.columns
        assume(any(len(np.unique(columns[own])) > 1 for own in owned))
    best = Solver(c.matrices, c.options).run(60.0, Silent(), c.started)
    assume(best.status is Status.OPTIMAL)
    looks = iter(range(LOOKS))  # any prices are as good here as the best
    priced = PricedRelaxation(c, parts, lambda: next(looks, None) is None)
    priced.rise(lambda _: None)
    _check_that_parts_add_up(priced, c.matrices.offset)
    bounds, price = priced.bounds(), priced.price_of_split
    total = priced.ascent.bound - priced.shares().sum()
    for bound, m in zip(
        bounds, block_matrices(c.matrices, parts, price, price), strict=True
    ):
        found = Solver(m, c.options).run(60.0, Silent(), c.started)
        assert found.status is Status.OPTIMAL
        assert bound <= found.objective + SURE * (1.0 + abs(found.objective))
        total += found.objective
    assert total <= best.objective + SURE * (1.0 + abs(best.objective))


def _check_that_parts_add_up(priced: PricedRelaxation, offset: float) -> None:
    """What is left is that of the best prices, also where an LP was given up last."""
    relaxation, ascent = priced.relaxation, priced.ascent
    if np.isfinite(ascent.bound):
        m = relaxation.m
        one = np.zeros(len(m.row_lower), int), np.zeros(len(m.cost), int)
        (whole,) = relaxation.by_label(ascent.best, *one, 1)
        assert whole + offset == pytest.approx(ascent.bound, rel=SURE, abs=SURE)


@pytest.mark.slow
@examples(15)
@given(st.sampled_from(["roads", "power", "angles"]), st.data())
def test_an_lp_that_is_given_up(kind: str, data: st.DataObject) -> None:
    """What is left when time is up in it is that of the best prices all the same."""
    c = _compiled(data.draw(KINDS[kind]))
    over: list[float] = []
    parts = split(c.matrices, coupling_families())
    priced = PricedRelaxation(c, parts, lambda: bool(over))
    pieces = priced.relaxation.pieces

    def tell(bound: float) -> None:
        over.append(bound)
        pieces.solve = lambda _: False  # type: ignore[method-assign]

    priced.rise(tell)
    _check_that_parts_add_up(priced, c.matrices.offset)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["free", "power", "roads"])
@examples(15)
@given(st.data(), st.integers(1, 2))
def test_blocks_at_such_prices_prove_the_optimum(
    kind: str, data: st.DataObject, threads: int
) -> None:
    """What prices leave open is closed by the whole model, as after an LP."""
    c = _compiled(data.draw(KINDS[kind]), threads)
    best = Solver(c.matrices, replace(c.options)).run(60.0, Silent(), c.started)
    parts = split(c.matrices, coupling_families())
    found = BlockRun(c, parts, by_prices=True).solve()
    if best.status is not Status.OPTIMAL:
        assert found.decisions is None
        return
    assert found.status is Status.OPTIMAL
    assert found.objective_mln == pytest.approx(best.objective, rel=SURE, abs=SURE)
    assert np.isfinite(found.bound_mln)
