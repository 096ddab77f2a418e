"""Every problem on instances of a few sites, against all choices of sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aumaq.classic import Problem, check, k_best, solve
from aumaq.classic.distances import (
    Dense,
    Distances,
    Sparse,
    in_unit,
    is_scalable,
    plane,
)
from aumaq.classic.methods.center import farthest_first
from aumaq.classic.problems import clients_of, sites_of
from aumaq.classic.solution import distances_to
from aumaq.instances.errors import NoPlanError, OptionError

GREATEST = ("mclp", "p-dispersion")


def drawn(kind: str, seed: int, form: str = "dense") -> Problem:
    """Return a small problem with required and forbidden sites now and then."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(5, 14)), int(rng.integers(4, 9))
    clients, sites = rng.integers(0, 40, (n, 2)), rng.integers(0, 40, (m, 2))
    clients = sites if kind == "p-dispersion" else clients
    n = len(clients)
    points = plane(clients, sites, str(rng.choice(["euclid", "floor"])))
    matrix = points.block(slice(0, n), np.arange(m))
    distances: Distances = points if form == "points" else Dense(matrix)
    if form == "sparse":
        near = matrix <= np.quantile(matrix, 0.7)
        client, site = np.nonzero(near)
        distances = Sparse(client, site, matrix[near], (n, m))
    made = sites_of(m, rng.integers(1, 120, m))
    marks = rng.random(m)
    made = replace(made, required=marks < 0.12, forbidden=marks > 0.88)
    p = int(made.required.sum()) + int(rng.integers(1, 3))
    p = min(max(p, 2), int((~made.forbidden).sum()))
    weights = rng.integers(0, 9, n) + (0.5 if seed % 2 else 0.0)
    return Problem(
        kind, clients_of(n, weights), made, distances,
        None if kind in ("uflp", "lscp", "lscp-b") else p, float(rng.integers(8, 30)),
    )  # fmt: skip


def plans(problem: Problem) -> Iterator[list[int]]:
    """Yield all choices of sites that keep to what is required and forbidden."""
    m, sites = problem.shape[1], problem.sites
    sizes = range(1, m + 1) if problem.p is None else [problem.p]
    for size in sizes:
        for chosen in combinations(range(m), size):
            is_open = np.isin(np.arange(m), chosen)
            if (
                not (sites.required & ~is_open).any()
                and not (sites.forbidden & is_open).any()
            ):
                yield list(chosen)


def value(problem: Problem, chosen: list[int]) -> float:
    """Return the value of a choice from the whole matrix; NaN if it is no plan."""
    n, m = problem.shape
    matrix = problem.distances.block(slice(0, n), np.arange(m))
    least = matrix[:, chosen].min(axis=1)
    weights, near = problem.clients.weights, matrix[:, chosen] <= problem.radius
    if problem.kind in ("lscp", "lscp-b"):
        return float(len(chosen)) if near.any(axis=1).all() else np.nan
    if problem.kind == "mclp":
        return float(weights[near.any(axis=1)].sum())
    if problem.kind == "p-dispersion":
        return float(min(matrix[a, b] for a, b in combinations(chosen, 2)))
    if not np.isfinite(least).all():
        return np.nan
    if problem.kind == "p-center":
        return float(least.max())
    fixed = problem.sites.fixed_costs[chosen].sum() if problem.kind == "uflp" else 0
    return float((weights * least).sum() + fixed)


def values(problem: Problem) -> list[float]:
    """Return the values of all plans, the best first."""
    found = [value(problem, chosen) for chosen in plans(problem)]
    found = sorted(v for v in found if not np.isnan(v))
    return found[::-1] if problem.kind in GREATEST else found


KINDS = ["p-median", "uflp", "p-center", "lscp", "mclp", "p-dispersion"]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["dense", "points", "sparse"])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_best_of_all_choices(kind: str, form: str, seed: int) -> None:
    """The value is that of enumeration, proven, and recomputed without complaint."""
    if kind in ("p-dispersion", "p-center") and form == "sparse":
        form = "dense"
    problem = drawn(kind, seed, form)
    known = values(problem)
    if not known:
        with pytest.raises(NoPlanError):
            solve(problem)
        return
    found = solve(problem)
    assert found.objective == pytest.approx(known[0])
    assert found.bound == pytest.approx(known[0])
    assert found.proven
    assert not check(problem, found).problems


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_backup_needs_two_sites(seed: int) -> None:
    """With as few sites as cover all, most clients have two open ones in reach."""
    problem = drawn("lscp-b", seed)
    known = values(problem)
    if not known:
        with pytest.raises(NoPlanError):
            solve(problem)
        return
    least = int(known[0])
    n, m = problem.shape
    near = problem.distances.block(slice(0, n), np.arange(m)) <= problem.radius
    best = max(
        int((near[:, chosen].sum(axis=1) >= 2).sum())
        for chosen in plans(replace(problem, p=least))
        if near[:, chosen].any(axis=1).all()
    )
    found = solve(problem)
    assert (len(found.sites), found.objective, found.bound) == (least, best, best)


@pytest.mark.parametrize("kind", ["p-median", "uflp"])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 12))
def test_the_k_best_of_all_choices(kind: str, seed: int, count: int) -> None:
    """The k best plans have the k best values of enumeration, each plan once."""
    problem = drawn(kind, seed)
    known = values(problem)[:count]
    found = k_best(problem, count)
    assert [plan.objective for plan in found] == pytest.approx(known)
    assert len({tuple(plan.sites) for plan in found}) == len(known)
    assert all(not check(problem, plan).problems for plan in found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["p-median", "uflp"])
def test_k_best_that_the_time_ends_claim_no_more_than_is_known(kind: str) -> None:
    """The bound of the k-th plan is below the k-th value, whatever was found by then.

    So is that of what is not in the list, for the best plan that is not.
    """
    rng = np.random.default_rng(4)
    for k in range(16):
        sites = sites_of(10, rng.random(10) * 200)
        weights, matrix = rng.random(30), Dense(rng.random((30, 10)) * 100)
        p = 4 if kind == "p-median" else None
        problem = Problem(kind, clients_of(30, weights), sites, matrix, p, 1.0)
        known, seconds = values(problem), (1e-4, 0.01, 0.03, 0.1)[k % 4]
        found = k_best(problem, 5, time_limit=seconds)
        listed = [round(plan.objective, 6) for plan in found]
        for plan, best in zip(found, known, strict=False):
            assert plan.bound <= best + 1e-9 * best
        left = next((v for v in known if round(v, 6) not in listed), np.inf)
        assert found.bound <= left + 1e-9 * left
        assert np.isfinite(found.bound)  # there are other plans


def test_what_k_best_does_not_give_is_said() -> None:
    """A count that is none, and further plans of another problem."""
    problem = drawn("p-median", 1)
    for count in (0, -1, 1.5):
        with pytest.raises(OptionError, match="whole number from 1 on"):
            k_best(problem, count)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="no further ones"):
        k_best(drawn("mclp", 1), 2)
    tiny = replace(problem, p=problem.shape[1], sites=sites_of(problem.shape[1]))
    found = k_best(tiny, 3)  # there is one plan
    assert (len(found), found.bound) == (1, np.inf)


@pytest.mark.parametrize("kind", [*KINDS, "lscp-b"])
def test_what_stands_stays(kind: str) -> None:
    """A site that is open today is one that must be open."""
    problem = replace(drawn(kind, 3), radius=60.0)
    none = np.zeros(problem.shape[1], bool)
    stands = none.copy()
    stands[np.flatnonzero(~problem.sites.forbidden)[-1]] = True
    old = replace(problem.sites, required=none, existing=stands)
    new = replace(problem.sites, required=stands, existing=none)
    one, other = (solve(replace(problem, sites=sites)) for sites in (old, new))
    assert stands[one.sites].any()
    assert (one.objective, one.bound) == (other.objective, other.bound)


@pytest.mark.parametrize("kind", ["lscp", "uflp"])
def test_a_number_of_sites_that_another_question_left_means_nothing(kind: str) -> None:
    """As in ``replace(problem, kind=...)`` of a file that has one."""
    problem = replace(drawn(kind, 2), radius=60.0)
    found, left = solve(problem), solve(replace(problem, p=1))
    assert found.objective == left.objective == left.bound


@pytest.mark.slow
@pytest.mark.parametrize("unit", [2.0**-40, 2.0**40])
@pytest.mark.parametrize("kind", ["p-median", "uflp"])
def test_the_unit_of_costs_changes_no_plan(kind: str, unit: float) -> None:
    """The best three are those of enumeration in the same unit, proven."""
    for seed, form in product(range(6), ("dense", "points", "sparse")):
        problem = drawn(kind, seed, form)
        known = values(problem)[:3]
        if not known:
            continue
        clients = replace(problem.clients, weights=problem.clients.weights * unit)
        costs = problem.sites.fixed_costs
        weighty = replace(problem.sites, fixed_costs=costs * unit)
        others = [replace(problem, clients=clients, sites=weighty)]
        if is_scalable(problem.distances):
            far = in_unit(problem.distances, 1 / unit)
            others.append(replace(problem, distances=far, sites=weighty))
        for other in others:
            found = k_best(other, 3)
            wanted = pytest.approx(np.array(known) * unit, rel=1e-9, abs=0.0)
            assert [plan.objective for plan in found] == wanted
            assert found[0].proven


def test_where_nothing_counts_all_plans_are_as_good() -> None:
    """Clients without weight, and sites that no way joins."""
    rng = np.random.default_rng(0)
    for p in (2, 3):
        matrix = Dense(rng.integers(1, 60, (8, 5)).astype(float))
        idle = Problem("p-median", clients_of(8, np.zeros(8)), sites_of(5), matrix, p)
        assert [plan.objective for plan in k_best(idle, 4)] == [0.0] * 4
    apart = np.full((3, 3), np.inf)
    apart[0, 1] = apart[1, 0] = 4.0
    far = Problem("p-dispersion", clients_of(3), sites_of(3), Dense(apart), 2)
    found = solve(far)
    assert (found.objective, found.bound, found.proven) == (np.inf, np.inf, True)


def test_a_centre_is_sought_where_the_first_guess_reaches_not_all() -> None:
    """Of four ways two sites have to be those that nobody else replaces."""
    away = np.full((4, 4), np.inf)
    away[:, 0] = (1.0, 1.0, np.inf, np.inf)
    away[0, 2:] = (9.0, 2.0)
    away[1:, 3] = (8.0, 3.0, 7.0)
    away[2, 1] = 1.0
    problem = Problem("p-center", clients_of(4), sites_of(4), Dense(away), 2, 1.0)
    assert np.isinf(distances_to(problem, farthest_first(problem))[0]).any()
    found = solve(problem)
    assert (found.objective, found.proven) == (values(problem)[0], True)


def test_a_check_finds_what_is_wrong() -> None:
    """A changed value, a bound on the wrong side, a closed required site are told."""
    problem = drawn("p-median", 3)
    found = solve(problem)
    wrong = replace(found, objective=found.objective + 1)
    assert check(problem, wrong).problems
    assert check(problem, replace(found, bound=found.objective + 1)).problems
    closed = np.setdiff1d(np.arange(problem.shape[1]), found.sites)
    required = np.zeros(problem.shape[1], bool)
    required[closed] = True
    other = replace(problem, sites=replace(problem.sites, required=required))
    assert check(other, found).problems
