"""Cuts of networks: no plan violates one, and they raise the bound of the LP."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from aumaq.instances.formats.fcnet import read_fcnet
from aumaq.model import build
from aumaq.solvers.dicuts import loop
from aumaq.solvers.dicuts.arcs import arcs_of
from aumaq.solvers.highs.matrices import Matrices, compile_matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status


def solved(m: Matrices, cost: np.ndarray | None = None, is_lp: bool = False):
    """Return the optimum of a model, of another cost or of its LP."""
    m = m if cost is None else replace(m, cost=cost)
    m = replace(m, is_integer=np.zeros_like(m.is_integer)) if is_lp else m
    options = SolveOptions(threads=1, gap=0.0)
    return Solver(m, options).run(60.0, Silent(), time.monotonic())


def strengthened(m: Matrices) -> Matrices:
    """Return a model with all rows that are found."""
    return loop.strengthened(m, time.monotonic() + 60.0)


def drawn_network(rng: np.random.Generator) -> str:
    """Return a file of a directed network with several sources and fixed costs."""
    n = int(rng.integers(4, 8))
    arcs = {(k, (k + 1) % n) for k in range(n)}
    arcs |= {tuple(rng.choice(n, 2, replace=False).tolist()) for _ in range(2 * n)}
    demand = rng.integers(-9, 10, n)
    demand[0] -= demand.sum()
    lines = [f"{i} {j} 1" for i, j in sorted(arcs)]
    fixed = "\n".join(f"{line} {rng.integers(5, 60)}" for line in lines)
    price = "\n".join(f"{line} {rng.integers(0, 4)}" for line in lines)
    needs = "\n".join(f"{k} {value}" for k, value in enumerate(demand))
    return (f"Parameter fcost(i,j,k) /\n{fixed}\n/;\nParameter vcost(i,j,k) /\n"
            f"{price}\n/;\nParameter demand(n) /\n{needs}\n/;\n")  # fmt: skip


def check(m: Matrices, rng: np.random.Generator) -> int:
    """Try plans that are best for some random costs; return how many rows there are."""
    stronger = strengthened(m)
    count = len(stronger.row_lower) - len(m.row_lower)
    rows = stronger.sparse.tocsr()[len(m.row_lower) :]
    least = stronger.row_lower[len(m.row_lower) :]
    for k in range(4):
        cost = m.cost if k == 0 else m.cost * rng.random(len(m.cost)) * 2.0
        found = solved(m, cost)
        if found.status is not Status.OPTIMAL:
            continue
        assert (rows @ found.values >= least - 1e-5).all()
        own = solved(stronger, cost)
        assert own.objective == pytest.approx(found.objective, rel=1e-6, abs=1e-6)
    return count


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(12))
def test_no_plan_of_a_fixed_charge_network_violates_a_cut(seed, tmp_path) -> None:
    """Networks of several sources: rows hold, and close most of the gap of the LP."""
    rng = np.random.default_rng(seed)
    path = tmp_path / "drawn.inc"
    path.write_text(drawn_network(rng))
    m = compile_matrices(build(read_fcnet(path)).program)
    assert check(m, rng) > 0
    best = solved(m).objective
    weak, strong = (solved(k, is_lp=True).objective for k in (m, strengthened(m)))
    assert strong <= best + 1e-6
    assert best - strong <= 0.5 * (best - weak) + 1e-6


@pytest.mark.slow
@examples(40)
@given(instance=st.sampled_from(["power", "water"]).flatmap(coupled_instances),
       seed=st.integers(0, 999))  # fmt: skip
def test_no_plan_of_services_with_networks_violates_a_cut(instance, seed) -> None:
    """Losses, steps, local supply, several periods, loads that facilities make."""
    m = compile_matrices(build(instance).program)
    check(m, np.random.default_rng(seed))


def test_nodes_that_other_columns_supply_are_in_no_cut(tmp_path) -> None:
    """A column that may be negative, or has three entries, keeps its nodes out."""
    path = tmp_path / "drawn.inc"
    path.write_text(drawn_network(np.random.default_rng(1)))
    m = compile_matrices(build(read_fcnet(path)).program)
    arcs = arcs_of(m)
    assert arcs.may.all()
    low = m.column_lower.copy()
    inner = int(np.flatnonzero((arcs.tail >= 0) & (arcs.head >= 0))[0])
    low[arcs.column[inner]] = -1.0
    found = arcs_of(replace(m, column_lower=low))
    kept_out = sorted((arcs.tail[inner], arcs.head[inner]))
    assert np.flatnonzero(~found.may).tolist() == kept_out
