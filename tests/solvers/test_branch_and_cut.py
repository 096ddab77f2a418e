"""Branch and cut of fixed-charge networks against enumeration and shortest ways."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csc_array
from scipy.sparse.csgraph import dijkstra

import aumaq
from aumaq.instances import Instance
from aumaq.instances.arrays import Floats, Ints
from aumaq.model import build
from aumaq.solvers.branch_and_cut.dicuts import Dicuts
from aumaq.solvers.branch_and_cut.flow_network import flow_network
from aumaq.solvers.branch_and_cut.strengthened import root_cuts, strengthened
from aumaq.solvers.branch_and_cut.tree import Tree
from aumaq.solvers.highs.matrices import Matrices, compile_matrices, with_fixed
from aumaq.solvers.highs.node_lp import NodeLP
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

KINDS = {"power": coupled_instances("power"), "water": coupled_instances("water")}
OPTIONS = SolveOptions(gap=0.0, threads=1)
SURE = 1e-6


def network_of(
    ends: Ints,
    fixed: Floats,
    by_flow: Floats,
    capacity: Floats,
    need: Floats,
    supply: Floats,
) -> Matrices:
    """Return the programme: flow of each arc, what opens it, supply of each node."""
    arcs, nodes = len(ends), len(need)
    a, n = np.arange(arcs), np.arange(nodes)
    row = np.concatenate([ends[:, 1], ends[:, 0], n, nodes + a, nodes + a])
    column = np.concatenate([a, a, 2 * arcs + n, a, arcs + a])
    one = np.ones(arcs)
    value = np.concatenate([one, -one, np.ones(nodes), one, -capacity])
    shape = (nodes + arcs, 2 * arcs + nodes)
    return Matrices.of(
        csc_array(coo_array((value, (row, column)), shape=shape)),
        np.concatenate([by_flow, fixed, np.zeros(nodes)]),
        (
            np.concatenate([need, np.full(arcs, -np.inf)]),
            np.concatenate([need, np.zeros(arcs)]),
        ),
        (
            np.zeros(shape[1]),
            np.concatenate([np.full(arcs, np.inf), np.ones(arcs), supply]),
        ),
        np.isin(np.arange(shape[1]), arcs + a),
    )


@st.composite
def networks(draw: st.DrawFn) -> tuple[Matrices, int]:
    """Draw a network of up to seven arcs; supply may be more than is needed."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    nodes, arcs = draw(st.integers(3, 5)), draw(st.integers(4, 7))
    tail = rng.integers(0, nodes, arcs)
    ends = np.stack([tail, (tail + rng.integers(1, nodes, arcs)) % nodes], axis=1)
    need = rng.integers(0, 5, nodes) * (rng.random(nodes) < 0.6)
    supply = np.where(need > 0, 0, rng.integers(0, 9, nodes))
    capacity = rng.integers(1, 7, arcs) if draw(st.booleans()) else np.full(arcs, 50)
    return network_of(
        ends, rng.integers(0, 20, arcs) * 1.0, rng.integers(0, 4, arcs) * 1.0,
        capacity * 1.0, need * 1.0, supply * 1.0,
    ), arcs  # fmt: skip


def by_enumeration(m: Matrices, arcs: int) -> float:
    """Return the least cost over all choices of open arcs; inf where none is enough."""
    best, matrix = np.inf, m.sparse.toarray()
    is_equal = m.row_lower == m.row_upper
    for chosen in product((0.0, 1.0), repeat=arcs):
        part = with_fixed(m, np.arange(arcs, 2 * arcs), np.array(chosen))
        found = linprog(
            m.cost, matrix[~is_equal], m.row_upper[~is_equal],
            matrix[is_equal], m.row_lower[is_equal],
            np.stack([part.column_lower, part.column_upper], axis=1),
        )  # fmt: skip
        if found.status == 0:
            best = min(best, found.fun)
    return float(best)


def proven(m: Matrices) -> tuple[float, float, float]:
    """Return the bound of the LP with cuts, that of the tree, and its best plan."""
    network = flow_network(m)
    assert network is not None
    dicuts = Dicuts(network, len(m.cost))
    cuts = root_cuts(m, dicuts, lambda: False)
    cut = strengthened(m, cuts)
    root = NodeLP(cut, lambda: False).solve()
    assert root is not None
    tree, plans = Tree(m, dicuts.separate, 0.0, cuts), [np.inf]
    tree.run(
        lambda: False, lambda: min(plans), lambda x: plans.append(float(m.cost @ x))
    )
    return root.bound, tree.bound, min(plans)


@pytest.mark.slow
@examples(60)
@given(networks())
def test_the_tree_ends_at_the_optimum(drawn: tuple[Matrices, int]) -> None:
    """As enumeration says, also where no plan is; the LP with cuts is not above it."""
    m, arcs = drawn
    best = by_enumeration(m, arcs)
    root, bound, found = proven(m)
    room = SURE * (1.0 + (abs(best) if np.isfinite(best) else 0.0))
    assert root <= best + room
    assert found == pytest.approx(best, abs=room)
    assert bound <= best + room
    assert bound >= best - room or best == np.inf


@examples(60)
@given(st.integers(0, 10**6))
def test_cuts_of_one_way_give_the_shortest(seed: int) -> None:
    """From one source to one place the LP with dicuts is the cheapest way."""
    rng = np.random.default_rng(seed)
    nodes, arcs = 8, 24
    pairs = rng.permutation(
        [(i, j) for i in range(nodes) for j in range(nodes) if i != j]
    )
    ends, fixed = pairs[:arcs], rng.integers(1, 20, arcs) * 1.0
    cost = np.full((nodes, nodes), np.inf)
    cost[ends[:, 0], ends[:, 1]] = fixed
    way = dijkstra(cost, indices=0)[nodes - 1]
    assume(np.isfinite(way))
    need, supply = np.zeros(nodes), np.zeros(nodes)
    need[-1], supply[0] = 3.0, 10.0
    plenty = np.full(arcs, 30.0)
    m = network_of(ends, fixed, np.zeros(arcs), plenty, need, supply)
    root, bound, found = proven(m)
    assert root == pytest.approx(way, rel=0.02)
    assert bound == pytest.approx(way) == found


def as_file(ends: Ints, fixed: Floats, by_flow: Floats, demand: Floats) -> str:
    """Return a network as FCNetLib writes it; demand is negative where supply is."""
    arcs = [f"n{i} n{j} 1" for i, j in ends]
    texts = {
        "fcost(i,j,k)": [f"{a} {x}" for a, x in zip(arcs, fixed, strict=True)],
        "vcost(i,j,k)": [f"{a} {x}" for a, x in zip(arcs, by_flow, strict=True)],
        "demand(n)": [f"n{k} {x}" for k, x in enumerate(demand)],
    }
    return "\n".join(
        f"Parameter {name} /\n" + "\n".join(rows) + "\n/;"
        for name, rows in texts.items()
    )


WAYS = ({}, {"threads": 1}, {"work_limit": 20.0, "threads": 1})
"""Options: with the tree, with its cuts alone, and by counted work."""


@pytest.mark.parametrize("options", WAYS, ids=str)
def test_files_with_many_lines_are_proven(
    options: dict[str, float], tmp_path: Path
) -> None:
    """Cuts and tree within a solve: as another formulation says."""
    rng = np.random.default_rng(7)
    nodes, arcs = 12, 60
    pairs = rng.permutation(np.argwhere(~np.eye(nodes, dtype=bool)))[:arcs]
    fixed, by_flow = rng.integers(20, 90, arcs) * 1.0, rng.integers(1, 4, arcs) * 1.0
    demand = np.zeros(nodes)
    demand[:8] = 5.0, 9.0, 4.0, 6.0, -8.0, -7.0, -3.0, -6.0
    plenty = np.full(arcs, 24.0)
    m = network_of(
        pairs, fixed, by_flow, plenty, np.maximum(demand, 0.0), np.maximum(-demand, 0.0)
    )
    rows = LinearConstraint(m.sparse, m.row_lower, m.row_upper)
    limits = Bounds(m.column_lower, m.column_upper)
    best = milp(m.cost, integrality=m.is_integer, bounds=limits, constraints=rows).fun
    path = tmp_path / "drawn.inc"
    path.write_text(as_file(pairs, fixed, by_flow, demand))
    plan = aumaq.solve(
        aumaq.read(path), method="direct", gap=0.0, time_limit=60.0, **options
    )
    assert plan.is_verified
    assert plan.status == Status.OPTIMAL
    assert plan.objective_mln == pytest.approx(best) == plan.bound_mln


def test_a_network_without_a_plan_is_called_so(tmp_path: Path) -> None:
    """A place that no line reaches: the tree ends, and HiGHS says why."""
    pairs = np.argwhere(~np.eye(8, dtype=bool))
    pairs = pairs[pairs[:, 1] != 7]
    ones, demand = np.ones(len(pairs)), np.array([-9.0, 2, 0, 0, 0, 0, 3, 4])
    path = tmp_path / "cut_off.inc"
    path.write_text(as_file(pairs, ones, ones, demand))
    with pytest.raises(aumaq.NoPlanError) as found:
        aumaq.solve(aumaq.read(path), method="direct", gap=0.0, time_limit=60.0)
    assert found.value.status == Status.INFEASIBLE


@pytest.mark.slow  # of fifty drawn networks one lacks a line enough for a cut
@pytest.mark.parametrize("kind", KINDS)
@examples(8)
@given(st.data())
def test_cuts_cut_no_plan_off(kind: str, data: st.DataObject) -> None:
    """Also where people decide what a network carries: a plan keeps all cuts.

    Without the cuts of single nodes, after which hardly one is left to be found.
    """
    instance: Instance = data.draw(KINDS[kind])
    m = compile_matrices(build(instance).program)
    network = flow_network(m)
    assume(network is not None)
    assert network is not None
    cuts = root_cuts(m, Dicuts(network, len(m.cost)), lambda: False)
    assume(len(cuts))
    plans: list[Floats] = []
    solver = Solver(m, replace(OPTIONS, gap=0.02))
    solver.tell_plans(plans.append)
    found = solver.run(5.0, Silent(), 0.0)
    for plan in (*plans, *([] if found.values is None else [found.values])):
        lacking = cuts.least - cuts.rows @ plan
        assert (lacking <= SURE * (1.0 + cuts.least)).all()
