"""Capacitated problems: plans, bounds and proofs against enumeration."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from capacitated_optima import drawn, optimum

import aumaq.classic
from aumaq.classic.capacitated.knapsack import choose
from aumaq.classic.capacitated.method import data_of, solve
from aumaq.classic.capacitated.relaxation import evaluate, rises
from aumaq.classic.capacitated.restricted import capacities as programme_capacities
from aumaq.classic.distances import Dense
from aumaq.classic.problems import CAPACITATED, Problem, clients_of, sites_of
from aumaq.classic.readers import read
from aumaq.classic.solution import check
from aumaq.instances.errors import NoPlanError

BENCH = os.environ.get("AUMAQ_BENCH", "")


@pytest.mark.slow
def test_a_knapsack_takes_the_best_whole_items() -> None:
    """Against all subsets; with too few nodes never less than the best."""
    rng = np.random.default_rng(5)
    for _ in range(300):
        k = int(rng.integers(1, 9))
        gain, size = rng.integers(1, 30, k) * 1.0, rng.integers(1, 12, k) * 1.0
        order = np.argsort(-gain / size)
        gain, size, capacity = gain[order], size[order], float(rng.integers(1, 40))
        subsets = (np.arange(2**k)[:, None] >> np.arange(k)) & 1
        best = float(((subsets @ gain) * (subsets @ size <= capacity)).max())
        taken = np.zeros(k)
        assert choose(gain, size, capacity, taken, 10_000) == pytest.approx(
            best, abs=1e-6
        )
        assert taken @ size <= capacity
        assert choose(gain, size, capacity, taken, 2) >= best - 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("kind", CAPACITATED)
def test_prices_never_claim_more_than_the_optimum(kind: str) -> None:
    """Any prices give a lower bound, also of what a site or a pair would cost."""
    rng, known = np.random.default_rng(11), 0
    for _ in range(120):
        problem = drawn(rng, kind)
        best = optimum(problem)
        if np.isinf(best):
            continue
        known += 1
        data = data_of(problem)
        for _ in range(4):
            prices = rng.random(problem.shape[0]) * rng.choice([5.0, 40.0, 90.0])
            bound = evaluate(data, prices, int(rng.choice([1, 10_000])))
            assert bound.value <= best + 1e-6
            j = int(rng.integers(problem.shape[1]))
            _check_site(problem, j, bound)
            if kind != "cflp":
                _check_pair(problem, j, bound, rises(data, prices, bound, j), rng)
    assert known > 60


def _check_site(problem, j, bound) -> None:
    """Standing or not, a site costs no less than the bound says."""
    flag = np.arange(problem.shape[1]) == j
    if not problem.sites.forbidden[j]:
        sites = replace(problem.sites, required=problem.sites.required | flag)
        with_it = optimum(replace(problem, sites=sites))
        assert bound.value + bound.into[j] <= with_it + 1e-6
    if not problem.sites.required[j]:
        sites = replace(problem.sites, forbidden=problem.sites.forbidden | flag)
        without = optimum(replace(problem, sites=sites))
        assert bound.value + bound.out[j] <= without + 1e-6


def _check_pair(problem, j, bound, rise, rng) -> None:
    """A client that goes to a site costs no less than the bound says."""
    if problem.sites.forbidden[j]:
        return
    i = int(rng.integers(problem.shape[0]))
    matrix = problem.distances.matrix.copy()
    matrix[i, np.arange(matrix.shape[1]) != j] = np.inf
    flag = np.arange(problem.shape[1]) == j
    sites = replace(problem.sites, required=problem.sites.required | flag)
    distances = replace(problem.distances, matrix=matrix)
    forced = optimum(replace(problem, distances=distances, sites=sites))
    assert bound.value + rise[i] <= forced + 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("unit", [2.0**-40, 2.0**34])
@pytest.mark.parametrize("kind", CAPACITATED)
def test_the_unit_of_costs_changes_no_plan(kind: str, unit: float) -> None:
    """Fractions of a millionth and hundreds of billions are as good as any others."""
    rng = np.random.default_rng(11)
    for _ in range(8):
        problem = drawn(rng, kind)
        best = optimum(problem)
        if np.isinf(best):
            continue
        clients = replace(problem.clients, weights=problem.clients.weights * unit)
        sites = replace(problem.sites, fixed_costs=problem.sites.fixed_costs * unit)
        found = solve(replace(problem, clients=clients, sites=sites), 200.0)
        assert found.objective == pytest.approx(best * unit, rel=1e-9, abs=0.0)
        assert found.proven


def test_an_optimum_of_hundreds_of_billions() -> None:
    """HiGHS has proved 334,131,714,263 here, with costs as they are."""
    costs = [
        [14.839, 13.463, 16.705, 19.659, 24.222],
        [30.929, 35.012, 14.437, 45.091, 10.435],
        [43.729, 16.743, 44.507, 14.115, 40.939],
        [28.771, 6.71, 32.186, 4.273, 33.943],
    ]
    clients = clients_of(4, np.array([5.0, 5, 6, 8]), np.array([2.0, 3, 7, 6]))
    fixed = np.array([80.0, 56, 5, 8, 8]) * 1e9
    sites = sites_of(5, fixed, np.array([8.0, 9, 10, 10, 18]))
    problem = Problem("cflp", clients, sites, Dense(np.array(costs) * 1e9))
    found = solve(problem)
    assert found.objective == pytest.approx(optimum(problem)) == found.bound
    assert found.sites.tolist() == [1, 3, 4]


@pytest.mark.slow
@pytest.mark.parametrize("kind", CAPACITATED)
def test_tiny_problems_are_solved_to_their_optimum(kind: str) -> None:
    """Hundreds of drawn problems: the optimum, proven, or that there is no plan."""
    rng = np.random.default_rng(3)
    for k in range(150):
        problem = drawn(rng, kind)
        best = optimum(problem)
        if np.isinf(best):
            with pytest.raises(NoPlanError):
                solve(problem, 200.0)
            continue
        found = solve(problem, 200.0, seed=k)
        assert check(problem, found).problems == ()
        assert found.objective == pytest.approx(best), k
        assert found.bound <= best + 1e-6 * max(1.0, abs(best))
        assert found.proven


@pytest.mark.parametrize("kind", CAPACITATED)
def test_who_cannot_reach_a_site_goes_to_another(kind: str) -> None:
    """A pair without a way is no mistake of the data, as depots that are forbidden."""
    rng, known = np.random.default_rng(13), 0
    while known < 12:
        problem = drawn(rng, kind)
        best = optimum(problem)
        if np.isfinite(problem.distances.matrix).all() or np.isinf(best):
            continue
        known += 1
        found = aumaq.classic.solve(problem)
        assert found.objective == pytest.approx(best)
        assert found.proven


@pytest.mark.slow
@pytest.mark.parametrize("kind", CAPACITATED)
def test_demands_may_fill_a_capacity_exactly(kind: str) -> None:
    """Of decimals, whose sum depends on the order: 2.19 + 8.35 + 7.7 fit in 18.24."""
    rng = np.random.default_rng(7)
    for _ in range(25):
        problem = drawn(rng, kind)
        demands = np.round(rng.random(problem.shape[0]) * 9, 2) + 0.01
        inside = rng.random((problem.shape[1], len(demands))) < 0.7
        capacities = np.round(np.maximum(inside @ demands, 0.01), 2)
        problem = replace(
            problem,
            clients=replace(problem.clients, demands=demands),
            sites=replace(problem.sites, capacities=capacities),
        )
        best = optimum(problem)
        if np.isfinite(best):
            assert solve(problem, 200.0).objective == pytest.approx(best)


@pytest.mark.parametrize("kind", CAPACITATED)
def test_programmes_have_capacities_as_they_are_given(kind: str) -> None:
    """Room beyond them of 8.7 to 10 times its tolerance, and HiGHS loses plans: of
    Delmaire's p39 it proved 41,010 where 41,007 is the optimum.
    """
    rng = np.random.default_rng(23)
    for _ in range(6):
        problem = drawn(rng, kind)
        demands = rng.integers(1, 10, problem.shape[0]).astype(float)
        inside = rng.random((problem.shape[1], len(demands))) < 0.7
        capacities = np.maximum(inside @ demands, 1.0)
        unit = max(1.0, np.floor(100.0 / capacities.max()))
        problem = replace(
            problem,
            clients=replace(problem.clients, demands=demands * unit),
            sites=replace(problem.sites, capacities=capacities * unit),
        )
        data, sites = data_of(problem), np.arange(problem.shape[1])
        most = np.minimum(capacities, demands.sum()) * unit
        assert programme_capacities(data, sites).tolist() == most.tolist()
        best = optimum(problem)
        if np.isfinite(best):
            found = solve(problem, 200.0)
            assert (found.objective, found.bound) == pytest.approx((best, best))


def test_room_of_large_decimals_is_more_than_a_tolerance() -> None:
    """Sums of decimals are not exact: the last digit depends on the order."""
    problem = Problem(
        "sscflp", clients_of(2, None, np.array([0.1, 30000.2])),
        sites_of(2, None, np.array([30000.3, 0.1])), Dense(np.ones((2, 2))),
    )  # fmt: skip
    large, small = programme_capacities(data_of(problem), np.arange(2))
    assert large - 30000.3 == pytest.approx(3.00003e-5, rel=1e-3)
    assert small == pytest.approx(0.1, rel=1e-15)


@pytest.mark.parametrize("kind", CAPACITATED)
def test_who_takes_no_room_fits_anywhere(kind: str) -> None:
    """All, or some; of the others any unit of demands is as good."""
    rng = np.random.default_rng(17)
    for k in range(24):
        problem = drawn(rng, kind)
        some = rng.random(problem.shape[0]) < (0.0, 0.5, 0.9)[k % 3]
        demands, room = problem.clients.demands * some, problem.sites.capacities
        room = room * (rng.random(len(room)) < 0.7)
        best, unit = None, 1.0
        for unit in (1.0, 2.0**-30):
            clients = replace(problem.clients, demands=demands * unit)
            sites = replace(problem.sites, capacities=room * unit)
            asked = replace(problem, clients=clients, sites=sites)
            best = optimum(asked) if best is None else best  # its program has no unit
            if np.isinf(best):
                with pytest.raises(NoPlanError):
                    solve(asked, 200.0)
                continue
            found = solve(asked, 200.0)
            assert found.objective == pytest.approx(best), (k, unit)
            assert found.bound <= best + 1e-6 * max(1.0, abs(best))
            assert check(asked, found).problems == ()


@pytest.mark.slow
@pytest.mark.skipif(not BENCH, reason="AUMAQ_BENCH names no folder of published files")
def test_published_optima_of_small_files_are_proven() -> None:
    """All of cap, and Holmberg's smallest, to their published values."""
    folder = Path(BENCH)
    with (folder / "optima.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    seen = 0
    for where, name, problem, _, value, *_ in rows:
        is_cap = where == "orlib_cap" and problem == "CFLP multi-source"
        is_holmberg = where == "sscflp/holmberg" and name in ("p1", "p5", "p9")
        path = folder / where / name
        if not (is_cap or is_holmberg) or not path.is_file() or name == "capa.txt":
            continue
        found = solve(read(path), 120.0)
        assert found.proven
        assert found.objective == pytest.approx(float(value), rel=1e-8)
        seen += 1
    assert seen >= 20


@pytest.mark.parametrize("kind", ["cflp", "sscflp"])
def test_where_nobody_takes_room_a_site_stands_all_the_same(kind: str) -> None:
    """Against enumeration, with ways that are missing and sites that are forbidden."""
    rng, without = np.random.default_rng(4), 0
    for _ in range(60):
        drawn_one = drawn(rng, kind)
        n, m = drawn_one.shape
        forbidden = (rng.random(m) < 0.3) & ~drawn_one.sites.required
        problem = replace(
            drawn_one,
            clients=replace(drawn_one.clients, demands=np.zeros(n)),
            sites=replace(drawn_one.sites, forbidden=forbidden),
        )
        best = optimum(problem)
        if np.isinf(best):
            without += 1
            with pytest.raises(NoPlanError):
                solve(problem, time_limit=60.0)
        else:
            found = solve(problem, time_limit=60.0)
            assert found.objective == pytest.approx(best)
            assert found.bound == pytest.approx(best)
    assert 0 < without < 60
