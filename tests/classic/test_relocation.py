"""Relocation with a budget equals enumeration; tables of sites are read or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from aumaq.classic import Problem, Relocation, check, read, solve
from aumaq.classic.distances import Dense, plane
from aumaq.classic.problems import Sites, clients_of
from aumaq.classic.readers.sites import with_sites
from aumaq.instances.errors import ArgumentError, InstanceError, NoPlanError

COSTS = "client,a,b,c,d,weight\nx,1,5,9,4,3\ny,7,2,3,6,5\nz,9,8,1,2,2\n"
SITES = (
    "site,status,opening_cost,closing_cost,lat\n"
    "a,existing,,4,43\nb,existing,,1,43\nc,,10,,\nd,forbidden,2,,\n"
)


def drawn(seed: int) -> Problem:
    """Draw a few sites, some of them open today, with ways that are not there."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(3, 9), rng.integers(2, 8)
    away = rng.integers(0, 50, (n, m)).astype(float)
    if rng.random() < 0.4:
        away[rng.random((n, m)) < 0.25] = np.inf
    required = rng.random(m) < 0.1
    forbidden = (rng.random(m) < 0.15) & ~required
    forbidden[0], required[0] = False, False
    sites = Sites(
        rng.integers(0, 20, m) / rng.choice([1.0, 7.0]),
        np.full(m, np.inf), required, forbidden, rng.random(m) < 0.5,
        closing_costs=rng.integers(0, 12, m) * 1.0 if rng.random() < 0.8 else None,
    )  # fmt: skip
    if rng.random() < 0.3:  # so dear that nobody means it
        dear = rng.random(m) < 0.4
        costs = np.where(dear, 1e12 / 3.0 + sites.fixed_costs, sites.fixed_costs)
        closing = np.where(dear, 1e12 / 7.0, rng.integers(0, 12, m))
        sites = replace(sites, fixed_costs=costs, closing_costs=closing)
    least, most = max(1, int(required.sum())), int((~forbidden).sum())
    p = int(rng.integers(least, most + 1)) if rng.random() < 0.5 else None
    weights = rng.integers(0, 9, n).astype(float)
    budget = float(rng.integers(0, 40))
    return Problem(
        "relocation", clients_of(n, weights), sites, Dense(away), p, budget=budget
    )


def optimum(problem: Problem) -> float:
    """Return the least cost of all choices of sites, infinite if there is none."""
    sites, away = problem.sites, problem.distances.block(
        slice(0, problem.shape[0]), np.arange(problem.shape[1])
    )  # fmt: skip
    closing = 0.0 * sites.fixed_costs
    closing = closing if sites.closing_costs is None else sites.closing_costs
    best = np.inf
    for chosen in product([False, True], repeat=problem.shape[1]):
        is_open = np.array(chosen)
        spent = sites.fixed_costs[is_open & ~sites.existing].sum()
        spent += closing[sites.existing & ~is_open].sum()
        is_wrong = (sites.required & ~is_open).any() or (
            sites.forbidden & is_open
        ).any()
        is_wrong |= problem.p is not None and is_open.sum() != problem.p
        assert problem.budget is not None
        if is_wrong or not is_open.any() or spent > problem.budget + 1e-9:
            continue
        near = away[:, is_open].min(axis=1)
        if np.isfinite(near).all():
            best = min(best, float(problem.clients.weights @ near))
    return best


@examples(300)
@given(st.integers(0, 10**6))
def test_relocation_is_enumeration(seed: int) -> None:
    """The optimum, proven, or that there is no plan."""
    problem = drawn(seed)
    best = optimum(problem)
    if np.isinf(best):
        with pytest.raises(NoPlanError):
            solve(problem)
        return
    found = solve(problem)
    assert found.objective == pytest.approx(best)
    assert found.proven
    assert not check(problem, found).problems


@pytest.mark.parametrize(
    ("budget", "best"), [(0.3, 11.0), (0.29999, 19.0), (0.6, 3.0), (0.0, 27.0)]
)
def test_prices_beyond_the_budget_do_not_drown_it(budget: float, best: float) -> None:
    """Sites for 0.1, 0.2 and 0.3 each bring a client from 9 to 1; none may close."""
    none = np.zeros(5, bool)
    sites = Sites(
        np.array([0.0, 0.0, 0.1, 0.2, 0.3]), np.full(5, np.inf), none, none,
        np.arange(5) < 2, closing_costs=np.array([1e12 / 7, 1e12 / 3, 0, 0, 0]),
    )  # fmt: skip
    away = np.full((3, 5), 9.0)
    away[range(3), range(2, 5)] = 1.0
    problem = Problem("relocation", clients_of(3), sites, Dense(away), budget=budget)
    found = solve(problem)
    assert (found.objective, found.bound) == pytest.approx((best, best))
    with pytest.raises(NoPlanError, match="the cheapest change costs"):
        solve(replace(problem, p=1))


def test_large_budgets_are_p_median() -> None:
    """With money for everything and p sites it is the p-median of all sites."""
    rng = np.random.default_rng(5)
    points = rng.uniform(0, 1000, (80, 2))
    count = len(points)
    none = np.zeros(count, bool)
    sites = Sites(
        np.ones(count), np.full(count, np.inf), none, none, rng.random(count) < 0.1
    )
    problem = Problem(
        "relocation", clients_of(count), sites, plane(points, points), 6, budget=100.0
    )
    free = replace(
        problem, kind="p-median", budget=None, sites=replace(sites, existing=none)
    )
    assert solve(problem).objective == pytest.approx(solve(free).objective)


def test_a_plan_beyond_the_budget_is_found_wrong() -> None:
    """The recomputation adds up what opens and closes."""
    problem = replace(drawn(3), budget=1000.0, p=None)
    found = solve(problem)
    poor = replace(problem, budget=0.0, sites=replace(problem.sites, existing=(
        ~np.isin(np.arange(problem.shape[1]), found.sites)),
        closing_costs=np.ones(problem.shape[1])))  # fmt: skip
    told = [str(text) for text in check(poor, found).problems]
    assert any("more than the budget" in text for text in told)


def test_the_command_reads_a_table_of_sites(tmp_path: Path) -> None:
    """By hand: c opens for 10, b closes for 1; 3 * 1 + 5 * 3 + 2 * 1."""
    (tmp_path / "costs.csv").write_text(COSTS)
    (tmp_path / "sites.csv").write_text(SITES)
    asked = ["--problem", "relocation", "--p", "2", "--sites", tmp_path / "sites.csv"]
    words = ["solve", tmp_path / "costs.csv", *asked, "--json", "--budget"]
    found = json.loads(run(*words, "11").stdout)
    assert found["objective"] == pytest.approx(20.0)
    assert (found["opens"], found["closes"], found["spent"]) == (["c"], ["b"], 11.0)
    poor = json.loads(run(*words, "10").stdout)
    assert poor["objective"] == pytest.approx(29.0)
    assert (poor["opens"], poor["closes"], poor["spent"]) == ([], [], 0.0)


def test_the_class_asks_the_same() -> None:
    """As the command above, from arrays; numbers of sites are as good as flags."""
    costs = [[1, 5, 9, 4], [7, 2, 3, 6], [9, 8, 1, 2]]
    for existing in ([0, 1], [True, True, False, False]):
        found = Relocation.from_cost_matrix(
            costs, [3, 5, 2], 11.0, existing, opening_costs=[0, 0, 10, 99],
            closing_costs=[4, 1, 0, 0], p_facilities=2,
        ).solve()  # fmt: skip
        assert found.objective == found.bound == pytest.approx(20.0)
        assert found.cli2fac == [[0], [2], [2]]
    with pytest.raises(ArgumentError, match="existing must have 0 or 1"):
        Relocation.from_cost_matrix(costs, [3, 5, 2], 11.0, [7])


@pytest.mark.parametrize("kind", ["p-median", "p-center"])
def test_statuses_hold_for_other_problems(kind: str, tmp_path: Path) -> None:
    """What stands stays open there, what is forbidden stays closed."""
    path = tmp_path / "costs.csv"
    path.write_text(COSTS)
    frame = pd.DataFrame({"site": ["a", "c"], "status": ["required", "forbidden"]})
    problem = with_sites(replace(read(path), kind=kind, p=2), frame, "sites.csv")
    found = {problem.sites.names[j] for j in solve(problem).sites}
    assert "a" in found
    assert "c" not in found


def test_all_that_is_wrong_with_a_table_is_told() -> None:
    """One line for each cell, with what would be right."""
    ones, no = np.ones(4), np.zeros(4, bool)
    sites = Sites(ones, ones, no, no, no, ("a", "b", "c", "d"))
    problem = Problem("p-median", clients_of(1), sites, Dense(np.ones((1, 4))), 1)
    frame = pd.DataFrame(
        {"site": ["a", "q", "a"], "Status": ["existng", "", ""],
         "opening_cost": ["x", "1", ""], "closing_cost": ["-4", "", "2"]}
    )  # fmt: skip
    with pytest.raises(InstanceError) as caught:
        with_sites(problem, frame, "sites.csv")
    told = str(caught.value)
    for text in (
        "row 2, column status: expected one of", "row 2, column opening_cost",
        "row 2, column closing_cost", "row 3, column site: no such site",
        "row 4, column site: this site has a row already",
    ):  # fmt: skip
        assert text in told
    with pytest.raises(InstanceError, match="expected a column site"):
        with_sites(problem, frame.drop(columns="site"), "sites.csv")


@pytest.mark.parametrize("budget", [None, -1.0, float("inf"), float("nan"), True])
def test_budgets_that_are_none_are_told(budget: float | None) -> None:
    """A budget is needed, and is a number that is not negative."""
    with pytest.raises(InstanceError, match="budget"):
        solve(replace(drawn(2), budget=budget))


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_the_budget_is_in_no_unit_of_ways(unit: float) -> None:
    """However long the ways are, 5 are enough to open the second site, 4 are not."""
    ways = unit * np.array([[0.2, 0.9], [0.9, 0.2]])
    sites = Sites(
        np.array([0.0, 5.0]), np.full(2, np.inf), np.zeros(2, bool), np.zeros(2, bool),
        np.array([True, False]), closing_costs=np.array([2.0, 0.0]),
    )  # fmt: skip
    for budget, value in ((5.0, 0.4), (4.0, 1.1)):
        problem = Problem(
            "relocation", clients_of(2), sites, Dense(ways), budget=budget
        )
        found = solve(problem)
        assert found.objective == pytest.approx(value * unit)
        assert found.bound == pytest.approx(value * unit)
        with pytest.raises(NoPlanError):
            solve(replace(problem, sites=replace(
                sites, existing=np.zeros(2, bool), forbidden=np.ones(2, bool)
            )))  # fmt: skip
