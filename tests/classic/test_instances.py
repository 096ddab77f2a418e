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
from aumaq.instances.errors import NoPlanError, OptionError


def of_one_price(rng: np.random.Generator, kind: str) -> Problem:
    """Draw a problem that the integrated model has: one price, or none."""
    problem = drawn(rng, kind)
    price = float(rng.integers(5, 60))
    costs = np.where(rng.random(problem.shape[1]) < 0.2, 0.0, price)
    clients = replace(problem.clients, demands=np.maximum(problem.clients.demands, 1.0))
    return replace(
        problem, sites=replace(problem.sites, fixed_costs=costs), clients=clients
    )


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["sscflp", "cflp", "cpmp"])
@pytest.mark.parametrize("seed", range(6))
def test_capacities_become_levels(kind: str, seed: int) -> None:
    """The integrated model and enumeration agree, also that there is no plan."""
    problem = of_one_price(np.random.default_rng(seed), kind)
    best = optimum(problem)
    instance = to_instance(problem)
    if np.isinf(best):
        with pytest.raises(NoPlanError):
            aumaq.solve(instance, gap=0.0)
        return
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(best, rel=1e-6)


def small(kind: str, seed: int) -> Problem:
    """Draw a problem without capacities that `aumaq.locate` has, too."""
    rng = np.random.default_rng(seed)
    away = rng.integers(1, 60, (9, 6)).astype(float)
    costs = np.where(rng.random(6) < 0.3, 0.0, 40.0) if kind == "uflp" else None
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


def test_several_prices_and_clients_without_demand_are_told() -> None:
    """One price a facility, and nobody without demand where sites have limits."""
    problem = of_one_price(np.random.default_rng(0), "cflp")
    costs = 1.0 + np.arange(problem.shape[1])
    with pytest.raises(OptionError, match="one price"):
        to_instance(replace(problem, sites=replace(problem.sites, fixed_costs=costs)))
    none = replace(problem.clients, demands=np.zeros(problem.shape[0]))
    with pytest.raises(OptionError, match="without demand"):
        to_instance(replace(problem, clients=none))
