"""The search of MCLP: what it knows step by step is what counting anew gives."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aumaq.classic.distances import plane
from aumaq.classic.methods.cover_search import (
    CoverSearch,
    improve,
    most,
    put,
    rounds,
    ruin,
)
from aumaq.classic.methods.covers import Rows, covered_rows
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.instances.arrays import Flags, Floats, Ints


def drawn(seed: int, num_clients: int, num_sites: int) -> tuple[Rows, Floats]:
    """Return cover sets of points in a square, and which site covers which."""
    rng = np.random.default_rng(seed)
    points = plane(rng.uniform(size=(num_clients, 2)), rng.uniform(size=(num_sites, 2)))
    weights = rng.integers(0, 20, num_clients).astype(float)
    rows = covered_rows(
        Problem("mclp", clients_of(num_clients, weights), sites_of(num_sites), points,
                p=1, radius=0.25)
    )  # fmt: skip
    return rows, rows.matrix.toarray()


def weight_of(rows: Rows, covers: Floats, sites: Ints) -> float:
    """Return the weight that some sites cover."""
    return float(rows.weight[covers[:, sites].any(axis=1)].sum())


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(0, 3))
def test_what_is_known_is_what_counting_gives(seed: int, p: int, num_stay: int) -> None:
    rows, covers = drawn(seed, 40, 15)
    if not rows.weight.any():
        return
    order = np.random.default_rng(seed).permutation(15)
    stays, usable = order[: min(num_stay, p)], np.ones(15, bool)
    usable[order[-5:]] = False
    search = CoverSearch(rows, p, stays, usable, seed)
    before = search.covered
    for _ in range(3):
        search.run(usable)
    sites, known = search.sites, search._cover
    assert len(set(sites.tolist())) == p
    assert set(stays.tolist()) <= set(sites.tolist())
    assert usable[np.setdiff1d(sites, stays)].all()
    assert search.covered == weight_of(rows, covers, sites) >= before
    assert np.flatnonzero(known.is_open).tolist() == sorted(known.sites.tolist())
    assert known.met_by.tolist() == covers[:, known.sites].sum(axis=1).tolist()
    assert known.value[0] == np.float64(weight_of(rows, covers, known.sites))
    alone = covers * (known.met_by == 0)[:, None]
    np.testing.assert_allclose(known.gain, rows.weight @ alone, atol=1e-9)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_the_best_sites_of_a_few_are_found(seed: int, p: int) -> None:
    rows, covers = drawn(seed, 30, 12)
    if not rows.weight.any():
        return
    usable: Flags = np.ones(12, bool)
    search = CoverSearch(rows, p, np.zeros(0, np.int64), usable, seed)
    for _ in range(4):
        search.run(usable)
    every = [weight_of(rows, covers, list(s)) for s in combinations(range(12), p)]
    assert search.covered == max(every)


def test_each_step_runs_as_it_is_written() -> None:
    """The loops as Python, which coverage and debuggers see."""
    rows, covers = drawn(7, 40, 15)
    usable = np.ones(15, bool)
    search = CoverSearch(rows, 4, np.array([2]), usable, 1)
    sets, cover, places = search._sets, search._cover, np.empty(6, np.int64)
    num = ruin.py_func(sets, cover, 1, places)
    assert 2 <= num <= 3
    assert cover.is_open.sum() == 4 - num
    assert cover.is_open[2]
    for k in places[:num]:
        put.py_func(sets, cover, k, most.py_func(cover, usable, 0.0))
    improve.py_func(sets, cover, usable, 1, 1e-9)
    best = cover.sites.copy()
    value = rounds.py_func(sets, cover, usable, 1, best, cover.value[0], 2)
    assert value == weight_of(rows, covers, best)
