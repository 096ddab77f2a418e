"""A plan crossed with others block by block: the best that can be put together."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.sparse import csc_array

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.blocks.column_generation import ColumnGeneration
from aumaq.solvers.blocks.crossing import Crossing
from aumaq.solvers.blocks.part import Part
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.work import Budget, Most

BLOCKS, SIZE, OFFERS, LIMITS = 5, 3, 2, 2
COUNT = BLOCKS * SIZE


def _tied(rng: np.random.Generator, known: Floats) -> Matrices:
    """Return a drawn model: a row in each block, hard limits over all, one to overrun.

    The *known* plan obeys all of them. The last column is what is overrun.
    """
    own = np.kron(np.eye(BLOCKS), rng.integers(1, 4, SIZE).astype(float))
    limits = rng.integers(0, 5, (LIMITS, COUNT)).astype(float)
    over = rng.integers(0, 5, (1, COUNT)).astype(float)
    table = np.vstack([own, limits, over])
    last = np.zeros((len(table), 1))
    last[-1] = -1.0
    used = table @ known[:COUNT]
    upper = np.concatenate(
        [np.full(BLOCKS, 20.0), used[BLOCKS:-1] + 2.0, used[-1:] - known[-1]]
    )
    return Matrices.of(
        csc_array(np.hstack([table, last])),
        np.append(rng.uniform(-5.0, 3.0, COUNT), 0.7),
        (np.full(len(table), -np.inf), upper),
        (np.zeros(COUNT + 1), np.append(np.full(COUNT, 9.0), np.inf)),
        np.append(np.ones(COUNT, dtype=bool), False),
    )


def _by_hand(m: Matrices, plans: list[Floats], cost: Floats) -> float:
    """Return the least cost of all ways to take each block from one of the plans."""
    best, table = np.inf, m.sparse.toarray()
    for taken in product(range(len(plans)), repeat=BLOCKS):
        values = np.zeros(COUNT + 1)
        for k, of in enumerate(taken):
            values[k * SIZE : (k + 1) * SIZE] = plans[of][k * SIZE : (k + 1) * SIZE]
        used = table[:, :COUNT] @ values[:COUNT]
        if (used[:-1] <= m.row_upper[:-1] + 1e-9).all():
            values[-1] = max(0.0, used[-1] - m.row_upper[-1])
            best = min(best, float(cost @ values))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_other_choice_of_blocks_is_cheaper(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, *offers = rng.integers(0, 3, (1 + OFFERS, COUNT + 1)).astype(float)
    m = _tied(rng, known)
    columns = np.arange(COUNT).reshape(BLOCKS, SIZE)
    offers[0][columns[seed % BLOCKS]] = 9.0  # breaks the row of its block
    cost = m.cost + np.append(rng.uniform(-1.0, 1.0, COUNT), 0.0)
    coupling, loose = np.arange(BLOCKS, BLOCKS + LIMITS + 1), np.array([COUNT])
    shared = columns[-1, :1] if seed % 2 else loose[:0]
    crossing = Crossing(list(columns), coupling, loose, shared, cost)
    solver = RestrictedSolver(m, SolveOptions(gap=0.0, threads=1), 0.0)
    found = crossing.crossed(solver, offers, known, Most(60.0))
    if len(shared):  # what several blocks have stays as it is known
        for offer in offers:
            if offer[shared] != known[shared]:
                offer[columns[-1]] = known[columns[-1]]
    best = _by_hand(m, [known, *offers], cost)
    values = found[0] if found else known
    assert not solver.structure.broken(values).any()
    assert float(cost @ values) == pytest.approx(min(best, float(cost @ known)))
    assert bool(found) == (best < float(cost @ known) - 1e-9)


def _levels(blocks: int, money: float) -> Matrices:
    """Return blocks that build nothing, a small or a large thing, and their money.

    A small one costs 3 and saves 5, a large one costs 5 and saves 7.
    """
    own = np.kron(np.eye(blocks), np.ones(2))
    table = np.vstack([own, np.tile([3.0, 5.0], blocks)])
    whole = np.ones(2 * blocks, dtype=bool)
    return Matrices.of(
        csc_array(table),
        np.tile([-5.0, -7.0], blocks),
        (np.full(len(table), -np.inf), np.append(np.ones(blocks), money)),
        (np.zeros(2 * blocks), np.ones(2 * blocks)),
        whole,
    )


@pytest.mark.parametrize("money", [12.0, 14.0, 20.0])
def test_blocks_find_what_no_plan_had_at_what_is_short(money: float) -> None:
    """All want the large thing: the small ones that money is for come of its price."""
    blocks, nothing = 4, np.zeros(0, dtype=np.int64)
    m = _levels(blocks, money)
    columns = list(np.arange(2 * blocks).reshape(blocks, 2))
    known, apart = np.zeros(2 * blocks), np.tile([0.0, 1.0], blocks)
    options, coupling = SolveOptions(gap=0.0, threads=1), np.array([blocks])
    crossing = Crossing(columns, coupling, nothing, nothing, m.cost)
    solver = RestrictedSolver(m, options, 0.0)
    parts = [_part(m, own, apart) for own in columns]
    generation = ColumnGeneration(
        m, parts, np.zeros(blocks + 1), lambda: False,
        lambda part, start, effort, _: solver.run(part, Most(effort), start),
    )  # fmt: skip
    offers = generation.plans(solver, crossing, known, apart, Budget(60.0))
    found = crossing.crossed(solver, offers, known, Most(60.0))
    best = min(
        float(m.cost @ np.ravel(plan))
        for plan in product(([0.0, 0.0], [1.0, 0.0], [0.0, 1.0]), repeat=blocks)
        if (m.sparse @ np.ravel(plan))[-1] <= money
    )
    assert float(m.cost @ found[0]) == pytest.approx(best)
    assert not solver.structure.broken(found[0]).any()


def _part(m: Matrices, columns: Ints, plan: Floats) -> Part:
    """Return a block of the levels with its part of a plan."""
    own = Matrices.of(
        csc_array(np.ones((1, 2))), m.cost[columns],
        (np.array([-np.inf]), np.ones(1)), (np.zeros(2), np.ones(2)),
        np.ones(2, dtype=bool),
    )  # fmt: skip
    return Part(
        matrices=own, columns=columns, relaxed=plan[columns], duals=np.zeros(1),
        copies=columns[:0], dear_mln=1.0, units=np.ones(2, dtype=bool), sites=[],
        start=(columns[:0], np.zeros(0)), bound=-np.inf, seconds=1.0,
        values=plan[columns],
    )  # fmt: skip


def test_there_is_nothing_to_choose_from_equal_plans() -> None:
    known = np.ones(COUNT + 1)
    m = _tied(np.random.default_rng(0), known)
    columns = np.arange(COUNT).reshape(BLOCKS, SIZE)
    nothing = np.zeros(0, dtype=np.int64)
    crossing = Crossing(list(columns), nothing, nothing, nothing, m.cost)
    solver = RestrictedSolver(m, SolveOptions(gap=0.0, threads=1), 0.0)
    assert crossing.crossed(solver, [known], known, Most(60.0)) == []
