"""Blocks have a plan to join as soon as the whole has one."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from growth_instances import growth_instances
from hypothesis import assume, given
from hypothesis import strategies as st
from road_instances import road_instances
from scipy.sparse import csc_array
from tiny_instances import tiny_instances

import aumaq
from aumaq.instances import Instance, NoPlanError
from aumaq.solvers.blocks.method import parts_of
from aumaq.solvers.blocks.networks import joined
from aumaq.solvers.blocks.on_roads import OnRoads
from aumaq.solvers.blocks.run import BlockRun
from aumaq.solvers.blocks.split import (
    Split,
    block_matrices,
    constant,
    coupling_families,
    prices,
    split,
)
from aumaq.solvers.compiled import compiled
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given, Status
from aumaq.solvers.structure import Structure


@pytest.mark.slow
@examples(20)
@given(coupled_instances(kind="power"))
def test_blocks_without_a_plan_take_that_of_the_whole(instance: Instance) -> None:
    """Each keeps its own rows; joined they are the plan of the whole again."""
    c = compiled(instance, SolveOptions(gap=0.0), Silent(), Given())
    m = c.matrices
    plan = Solver(m, c.options).run(60.0, Silent(), c.started)
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    relaxed = Solver(lp, c.options).run(60.0, Silent(), c.started)
    assume(plan.values is not None and relaxed.values is not None)
    assert plan.values is not None
    run = BlockRun(c, split(m, coupling_families()))
    assume(run.split.blocks)
    run.prepare(relaxed, 60.0)
    run.search.offer(plan.objective, plan.values)
    run.fill()
    for part in run.parts:
        assert part.values is not None
        activity = part.matrices.sparse @ part.values
        assert (activity >= part.matrices.row_lower - 1e-6).all()
        assert (activity <= part.matrices.row_upper + 1e-6).all()
        assert part.objective >= part.bound - 1e-6 * (1.0 + abs(part.bound))
    plans = [part.values for part in run.parts if part.values is not None]
    whole = joined(m, run.parts, plans)
    blocks = np.concatenate([block.columns for block in run.split.blocks])
    assert np.allclose(whole[blocks], plan.values[blocks], atol=1e-6)


@examples(40)
@given(st.sampled_from(["power", "water"]).flatmap(coupled_instances))
def test_an_exchange_makes_nothing_dearer(instance: Instance) -> None:
    """Crossing blocks' best plans with a whole one gives a plan; none is dearer."""
    c = compiled(instance, SolveOptions(gap=0.0), Silent(), Given())
    m, seconds = c.matrices, 60.0
    rough = Solver(m, replace(c.options, gap=0.5)).run(seconds, Silent(), c.started)
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    relaxed = Solver(lp, c.options).run(seconds, Silent(), c.started)
    assume(rough.values is not None and relaxed.values is not None)
    assert rough.values is not None
    run = BlockRun(c, split(m, coupling_families()))
    assume(run.split.blocks and not len(run.split.copied))
    run.prepare(relaxed, seconds)
    run.search.offer(rough.objective, rough.values)
    for part in run.parts:
        found = Solver(part.matrices, c.options).run(seconds, Silent(), c.started)
        assume(found.values is not None)
        assert found.values is not None
        part.offer(found.values)
    before = [part.objective for part in run.parts]
    run.joining.exchange(run.completer())
    best = run.search.values
    assert best is not None
    assert run.search.objective <= rough.objective + 1e-6
    assert run.search.objective == pytest.approx(run.search.cost(best))
    activity, room = m.sparse @ best, 1e-5 * (1.0 + np.abs(m.sparse) @ np.abs(best))
    assert (activity >= m.row_lower - room).all()
    assert (activity <= m.row_upper + room).all()
    for part, objective in zip(run.parts, before, strict=True):
        assert part.objective <= objective + 1e-9
        assert part.values is not None
        assert (
            part.matrices.sparse @ part.values >= part.matrices.row_lower - 1e-5
        ).all()


@pytest.mark.slow
@examples(20)
@given(road_instances("free"), st.sampled_from(["strong", "weak"]))
def test_roads_in_the_blocks_that_pay_bound_no_less(
    instance: Instance, formulation: str
) -> None:
    """Blocks with their roads lose nothing against the LP, and stay below the optimum.

    Without them some are proven less: a road is built in part there.
    """
    options = SolveOptions(gap=0.0, formulation=formulation)
    c = compiled(instance, options, Silent(), Given())
    m = c.matrices
    best = Solver(m, options).run(60.0, Silent(), c.started)
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    relaxed = Solver(lp, options).run(60.0, Silent(), c.started)
    assume(best.values is not None and relaxed.values is not None)
    assert relaxed.duals is not None
    apart = split(m, coupling_families())
    run = BlockRun(c, apart)
    run.prepare(relaxed, 60.0)
    assume(len(run.split.blocks) < len(apart.blocks))
    assert set(run.split.priced) < set(apart.priced)
    columns = np.concatenate([one.columns for one in run.split.blocks])
    assert np.array_equal(
        np.sort(columns), np.sort(np.concatenate([one.columns for one in apart.blocks]))
    )
    price = prices(m, apart, relaxed.duals)
    lower, whole = constant(m, apart, price), run.constant
    for part in block_matrices(m, apart, price, relaxed.duals):
        lower += Solver(part, options).run(60.0, Silent(), c.started).bound
    for one in run.parts:
        whole += Solver(one.matrices, options).run(60.0, Silent(), c.started).bound
    dust = 1e-6 * (1.0 + abs(best.objective))
    assert relaxed.objective - dust <= run.bound
    assert lower - dust <= whole <= best.objective + dust


def test_rounding_costs_no_price() -> None:
    """What costs nothing and has no end may cancel out: prices stay, and are valid."""
    duals = np.array([0.1, 0.2, -0.3])
    assert duals.sum() > 0.0
    rows, upper = csc_array(np.ones((3, 1))), np.full(1, np.inf)
    sides = np.array([0.0, 0.0, -np.inf]), np.array([np.inf, np.inf, 0.0])
    m = Matrices.of(
        rows, np.zeros(1), sides, (np.zeros(1), upper), np.zeros(1, dtype=bool)
    )
    none = np.zeros(0, dtype=np.int64)
    price = prices(m, Split([], np.arange(3), np.arange(1), none), duals)
    assert price == pytest.approx(duals, rel=1e-9)
    assert (m.cost - m.sparse.T @ price >= 0.0).all()


@pytest.mark.slow
@examples(60)
@given(
    data=st.data(),
    formulation=st.sampled_from(["strong", "weak"]),
    kind=st.sampled_from(["free", "whole", "nearest", "power", "water"]),
)
def test_copies_of_candidates_bound(
    data: st.DataObject, formulation: str, kind: str
) -> None:
    """Blocks with copies of the choice lose nothing against the LP, and stay below."""
    is_alone = kind in ("free", "whole", "nearest")
    usual = tiny_instances(kind) if is_alone else coupled_instances(kind=kind)
    instance = data.draw(growth_instances(usual))
    options = SolveOptions(gap=0.0, formulation=formulation)
    c = compiled(instance, options, Silent(), Given())
    best = Solver(c.matrices, options).run(60.0, Silent(), c.started)
    lp = replace(c.matrices, is_integer=np.zeros_like(c.matrices.is_integer))
    relaxed = Solver(lp, options).run(60.0, Silent(), c.started)
    assume(best.values is not None and relaxed.values is not None)
    run = BlockRun(c, parts_of(c))
    assume(len(run.split.copied) and len(run.split.blocks) > 1)
    run.prepare(relaxed, 60.0)
    dust = 1e-6 * (1.0 + abs(best.objective))
    assert run.bound >= relaxed.objective - dust
    of_best, whole = 0.0, run.constant
    for part in run.parts:
        proven = Solver(part.matrices, options).run(60.0, Silent(), c.started)
        whole += proven.bound
        of_best += float(part.matrices.cost @ best.values[part.columns])
    assert run.bound - dust <= whole <= best.objective + dust
    loose = run.split.loose
    if not len(loose) and not len(run.split.priced):
        assert abs(run.constant + of_best - best.objective) <= dust


@pytest.mark.slow
@examples(40)
@given(st.data())
def test_twins_go_on_the_roads_of_the_best_plan(data: st.DataObject) -> None:
    """Side by side they break no road, and cost no more than that plan does there."""
    instance = data.draw(road_instances("free"))
    options = SolveOptions(gap=0.0)
    c = compiled(instance, options, Silent(), Given())
    lp = replace(c.matrices, is_integer=np.zeros_like(c.matrices.is_integer))
    relaxed = Solver(lp, options).run(60.0, Silent(), c.started)
    assume(relaxed.status is Status.OPTIMAL)
    run = BlockRun(c, parts_of(c))
    run.prepare(relaxed, 60.0)
    upgraded = run.joining.upgraded
    fixed = with_fixed(c.matrices, upgraded, np.zeros(len(upgraded)))
    best = Solver(fixed, options).run(60.0, Silent(), c.started).values
    assume(best is not None)
    assert best is not None
    rows = c.matrices.by_row[run.split.priced]
    is_way = c.matrices.row_family[run.split.priced] == "passable"
    gain = 1e3 * rows[is_way].maximum(0.0).sum(axis=0)  # all go these ways
    for part in run.parts:
        m = replace(part.matrices, cost=part.matrices.cost - gain[part.columns])
        part.values = Solver(m, options).run(60.0, Silent(), c.started).values
        assert part.values is not None
        part.objective = float(part.matrices.cost @ part.values)
    run.on_roads = OnRoads(c.matrices, run.split)
    run.on_roads.look(run.parts, best)
    assume(any(one.is_twin for one in run.planned))
    for one in run.planned:
        found = Solver(one.matrices, options).run(60.0, Silent(), c.started)
        assert found.values is not None
        one.offer(found.values)
    assert run.lost(c.matrices.cost @ best + c.matrices.offset) >= -1e-6
    (apart,) = run.joining.on_roads(best)
    broken = Structure(c.matrices).broken(apart)
    assert "passable" not in c.matrices.row_family[broken].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["free", "power", "roads"])
@examples(8)
@given(st.data())
def test_models_are_large_by_columns_too(kind: str, data: st.DataObject) -> None:
    """``auto`` solves them by blocks that are rounded first, and proves the same."""
    usual = {
        "free": tiny_instances("free"),
        "power": coupled_instances(kind="power"),
        "roads": road_instances("free"),
    }
    instance = data.draw(usual[kind])
    with pytest.MonkeyPatch.context() as patch:
        best = _proven(instance, "direct")
        patch.setattr("aumaq.solvers.blocks.part.SMALL_COLUMNS", 1)
        patch.setattr("aumaq.solvers.blocks.part.ROUND_FIRST", 1)
        patch.setattr("aumaq.solvers.blocks.method.ALMOST_ALL", 1.0)
        assert _proven(instance, "auto") == best


def _proven(instance: Instance, method: str) -> object:
    """Return the cost of the best plan, mln, or why there is none."""
    try:
        plan = aumaq.solve(instance, method=method, gap=0.0, time_limit=60.0)
    except NoPlanError as error:
        return error.status
    assert plan.status == "optimal"
    assert plan.record["problems"] == []
    return pytest.approx(plan.objective_mln, rel=1e-6)


@pytest.mark.slow
@examples(60)
@given(
    data=st.data(),
    formulation=st.sampled_from(["strong", "weak"]),
    kind=st.sampled_from(["free", "whole", "nearest", "power", "water"]),
)
def test_blocks_choose_as_direct(
    data: st.DataObject, formulation: str, kind: str
) -> None:
    """The choice that blocks join is one that the whole allows, and their plan true."""
    is_alone = kind in ("free", "whole", "nearest")
    usual = tiny_instances(kind) if is_alone else coupled_instances(kind=kind)
    instance = data.draw(growth_instances(usual))
    options = {"gap": 0.0, "formulation": formulation}
    try:
        best = aumaq.solve(instance, method="direct", **options)
    except NoPlanError:
        with pytest.raises(NoPlanError):
            aumaq.solve(instance, method="blocks", **options)
        return
    found = aumaq.solve(instance, method="blocks", **options)
    assert found.status == best.status == "optimal"
    assert found.record["problems"] == []
    assert found.objective_mln == pytest.approx(best.objective_mln, rel=1e-6)


def test_a_first_plan_is_joined_though_not_all_blocks_were_visited() -> None:
    """Blocks that have none take their part of the best plan, after a while."""
    blocks = [SimpleNamespace(values=np.ones(1)), SimpleNamespace(values=None)]

    def begins(**other: Any) -> bool:
        known = {
            "lock": threading.Lock(), "joins": 0, "joined_at": time.monotonic() - 20.0,
            "seconds": 100.0, "is_large": True, "_until_last": 50.0, "parts": blocks,
            "search": SimpleNamespace(objective=105.0), "is_joining": False,
            "bound": 100.0,
            "is_done": lambda: False, "fill": lambda: setattr(blocks[1], "values", 1),
        }  # fmt: skip
        run = SimpleNamespace(**known | other)
        wait = BlockRun._waits_long_for_blocks.fget  # type: ignore[attr-defined]
        run._waits_long_for_blocks = wait(run)
        return BlockRun._begin_joining(run)  # type: ignore[arg-type]

    bad, nothing = (SimpleNamespace(objective=mln) for mln in (200.0, np.inf))
    for other in ({"is_large": False}, {"joined_at": time.monotonic()},
                  {"search": nothing}, {"search": bad}, {"joins": 1}):  # fmt: skip
        assert not begins(**other)
    assert begins()
