"""Classic problems as instances of the integrated model: one optimum any way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from capacitated_optima import drawn, optimum

import aumaq
from aumaq.classic import Problem
from aumaq.classic import solve as solve_classic
from aumaq.classic.distances import Dense
from aumaq.classic.instance import to_instance
from aumaq.classic.problems import clients_of, sites_of
from aumaq.instances.errors import InstanceError, NoPlanError, OptionError


def priced(rng: np.random.Generator, kind: str, prices: int) -> Problem:
    """Draw a problem with so many prices of sites; some cost nothing, or hold alike."""
    problem, named = drawn(rng, kind), rng.integers(5, 60, prices).astype(float)
    count = problem.shape[1]
    costs = np.where(rng.random(count) < 0.2, 0.0, rng.choice(named, count))
    rooms = problem.sites.capacities
    rooms = np.where(rng.random(count) < 0.4, rooms[0], rooms)
    clients = replace(problem.clients, demands=np.maximum(problem.clients.demands, 1.0))
    sites = replace(problem.sites, fixed_costs=costs, capacities=rooms)
    return replace(problem, sites=sites, clients=clients)


@pytest.mark.few(2)
@pytest.mark.parametrize("prices", [1, 4])
@pytest.mark.parametrize("kind", ["sscflp", "cflp", "cpmp"])
@pytest.mark.parametrize("seed", range(6))
def test_capacities_become_levels(kind: str, seed: int, prices: int) -> None:
    """The integrated model and enumeration agree, also that there is no plan."""
    problem = priced(np.random.default_rng(seed), kind, prices)
    best = optimum(problem)
    if np.isinf(best):
        with pytest.raises(NoPlanError):
            aumaq.solve(to_instance(problem), gap=0.0)
        return
    plan = aumaq.solve(to_instance(problem), gap=0.0)
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(best, rel=1e-6)


def small(kind: str, seed: int) -> Problem:
    """Draw a problem without capacities that `aumaq.locate` has, too."""
    rng = np.random.default_rng(seed)
    away = rng.integers(1, 60, (9, 6)).astype(float)
    named = np.full(6, 40.0) if seed % 2 else 10.0 * np.arange(6)
    costs = np.where(rng.random(6) < 0.3, 0.0, named) if kind == "uflp" else None
    p = 2 if kind in ("p-median", "mclp") else None
    clients = clients_of(9, rng.integers(1, 9, 9).astype(float))
    far = float(away.min(axis=1).max()) + 5.0
    return Problem(kind, clients, sites_of(6, costs), Dense(away), p, far)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["p-median", "lscp", "mclp", "uflp"])
@pytest.mark.parametrize("seed", range(4))
def test_one_optimum_by_three_ways(kind: str, seed: int) -> None:
    """The classic method, the integrated model, and locate, where it has a goal."""
    problem = small(kind, seed)
    best = solve_classic(problem).objective
    instance = to_instance(problem)
    people = float(problem.clients.weights.sum())
    plan = aumaq.solve(instance, gap=0.0)
    expected = people - best if kind == "mclp" else best
    assert plan.objective_mln == pytest.approx(expected, rel=1e-6, abs=1e-6)
    if kind == "uflp":
        return  # without money there are no fixed costs
    asked = {
        "p-median": {"goal": "mean_minutes", "new": problem.p},
        "mclp": {"new": problem.p, "minutes": problem.radius},
        "lscp": {"goal": "cover_all", "minutes": problem.radius},
    }[kind]
    found = aumaq.locate(instance, **asked)
    assert found.is_verified
    value = found.value * people if kind == "p-median" else found.value
    assert value == pytest.approx(best, rel=1e-6)


def test_what_an_instance_cannot_say_is_told() -> None:
    """Nobody is without demand where sites have limits, and no site brings money."""
    problem = priced(np.random.default_rng(0), "cflp", 1)
    none = replace(problem.clients, demands=np.zeros(problem.shape[0]))
    with pytest.raises(OptionError, match="without demand"):
        to_instance(replace(problem, clients=none))
    costs = np.where(np.arange(problem.shape[1]) < 1, -5.0, 0.0)
    with pytest.raises(OptionError, match="below 0"):
        to_instance(replace(problem, sites=replace(problem.sites, fixed_costs=costs)))


NOWHERE = np.inf


@pytest.mark.parametrize(
    ("kind", "weights", "away", "costs", "least"),
    [
        # A must be served, too, and the second site cannot: 9 instead of 1.
        ("p-median", [0, 1], [[1, NOWHERE], [9, 1]], [0, 0], 9.0),
        ("uflp", [0, 1], [[1, NOWHERE], [9, 1]], [3, 3], 7.0),
        # Nobody has any weight: one facility all the same.
        ("uflp", [0, 0], [[1, 2], [3, 4]], [13, 13], 13.0),
        ("p-median", [0, 2], [[1, 5], [9, 1]], [0, 0], 2.0),  # each site serves A
    ],
)
def test_clients_without_weight_are_served(
    kind: str, weights: list[int], away: list[list[float]], costs: list[int],
    least: float,
) -> None:  # fmt: skip
    """The classic method, the integrated model and locate, by hand."""
    clients = clients_of(2, np.array(weights, float))
    sites = sites_of(2, np.array(costs, float))
    p = 1 if kind == "p-median" else None
    problem = Problem(kind, clients, sites, Dense(np.array(away, float)), p)
    assert solve_classic(problem).objective == pytest.approx(least)
    instance = to_instance(problem)
    assert aumaq.solve(instance, gap=0.0).objective_mln == pytest.approx(least)
    if kind == "p-median":
        found = aumaq.locate(instance, "mean_minutes", new=1)
        people = float(instance.persons("all").sum())
        assert found.value * people == pytest.approx(least)


@pytest.mark.parametrize(("unit", "told"), [(1e6, "1000 units"), (1e-6, "0.0001 un")])
def test_long_and_short_ways_have_another_unit(unit: float, told: str) -> None:
    """Both sites: 2 * 100, and the second client goes 200; one alone: 1100."""
    away = np.array([[0.0, 900.0], [300.0, 200.0], [700.0, 0.0]]) * unit
    sites = sites_of(2, np.full(2, 100.0 * unit))
    problem = Problem("uflp", clients_of(3), sites, Dense(away))
    instance = to_instance(problem)
    assert told in instance.table("instance")["title"].iloc[0]
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.objective_mln == pytest.approx(400.0 * unit, rel=1e-6)


@pytest.mark.parametrize("unit", [1e-7, 1.0, 1e7])
def test_what_is_a_little_too_far_is_not_covered(unit: float) -> None:
    """A site at 1 covers with a radius of 1, one at 1.0000001 does not: two sites."""
    away = np.array([[1.0, 9.0], [1.0 + 1e-7, 1.0]]) * unit
    problem = Problem("lscp", clients_of(2), sites_of(2), Dense(away), None, unit)
    assert solve_classic(problem).objective == 2
    plan = aumaq.solve(to_instance(problem), gap=0.0)
    assert plan.objective_mln == pytest.approx(2.0)


@pytest.mark.parametrize("kind", ["sscflp", "cflp", "cpmp"])
def test_sites_that_hold_nothing_serve_nobody(kind: str) -> None:
    """The near site holds nothing: both go to the far one, 2 * 7."""
    rooms = np.array([0.0, 5.0])
    sites = sites_of(2, np.zeros(2), rooms)
    away = Dense(np.array([[1.0, 7.0], [1.0, 7.0]]))
    p = 2 if kind == "cpmp" else None
    problem = Problem(kind, clients_of(2), sites, away, p)
    assert solve_classic(problem).objective == pytest.approx(14.0)
    plan = aumaq.solve(to_instance(problem), gap=0.0)
    assert plan.objective_mln == pytest.approx(14.0)
    none = replace(problem, sites=replace(sites, capacities=np.zeros(2)))
    with pytest.raises(OptionError, match="no client can go"):
        to_instance(none)


def test_numbers_beyond_an_instance_are_those_of_the_file() -> None:
    """No table is named that the user does not have."""
    clients, away = clients_of(1, np.array([1e11])), Dense(np.ones((1, 1)))
    problem = Problem("p-median", clients, sites_of(1), away, 1, name="mine")
    with pytest.raises(InstanceError, match=r"mine: expected at most") as caught:
        to_instance(problem)
    assert ".csv" not in str(caught.value)
