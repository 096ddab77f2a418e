"""Optima of tiny capacitated problems by enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog

from aumaq.classic.distances import Dense
from aumaq.classic.problems import Clients, Problem, Sites


def drawn(rng: np.random.Generator, kind: str) -> Problem:
    """Draw a tiny problem: ties, zero demands, forbidden pairs, required sites."""
    n, m = int(rng.integers(2, 7)), int(rng.integers(2, 5))
    demands = rng.integers(0 if rng.random() < 0.2 else 1, 9, n).astype(float)
    if rng.random() < 0.3:
        demands = demands + np.round(rng.random(n), 2)
    capacities = rng.integers(3, 22, m).astype(float)
    lengths = rng.integers(1, 30, (n, m)).astype(float)
    if rng.random() < 0.3:
        lengths = np.round(lengths * 1.37, 2)
    lengths[rng.random((n, m)) < 0.1 * (rng.random() < 0.4)] = np.inf
    flags = rng.random((2, m)) < 0.08
    sites = Sites(
        rng.integers(0, 60, m).astype(float), capacities,
        flags[0] & ~flags[1], flags[1] & ~flags[0], np.zeros(m, bool),
    )  # fmt: skip
    weights = rng.integers(1, 4, n).astype(float)
    p = int(rng.integers(1, m + 1)) if kind == "cpmp" else None
    return Problem(kind, Clients(weights, demands), sites, Dense(lengths), p)


def optimum(problem: Problem) -> float:
    """Return the least cost of a problem, inf where no plan keeps the capacities."""
    m = problem.shape[1]
    least = np.inf
    for choice in product((False, True), repeat=m):
        is_open = np.array(choice)
        sites = problem.sites
        if (sites.required & ~is_open).any() or (sites.forbidden & is_open).any():
            continue
        if problem.p is not None and is_open.sum() != problem.p:
            continue
        fixed = 0.0 if problem.kind == "cpmp" else sites.fixed_costs[is_open].sum()
        send = _shared if problem.kind == "cflp" else _whole
        least = min(least, fixed + send(problem, np.flatnonzero(is_open)))
    return float(least)


def _cost(problem: Problem, sites: np.ndarray) -> np.ndarray:
    block = problem.distances.block(slice(None), sites)
    return block * problem.clients.weights[:, None]


def _shared(problem: Problem, sites: np.ndarray) -> float:
    if not len(sites):
        return np.inf
    n, s, cost = problem.shape[0], len(sites), _cost(problem, sites)
    demand = problem.clients.demands
    total, room = np.zeros((n, n * s)), np.zeros((s, n * s))
    for i, j in product(range(n), range(s)):
        total[i, i * s + j], room[j, i * s + j] = 1.0, demand[i]
    flat = cost.ravel()
    bounds = [(0.0, 0.0 if np.isinf(c) else 1.0) for c in flat]
    price, limit = np.where(np.isinf(flat), 0.0, flat), problem.sites.capacities[sites]
    found = linprog(price, room, limit, total, np.ones(n), bounds)
    return float(found.fun) if found.status == 0 else np.inf


def _whole(problem: Problem, sites: np.ndarray) -> float:
    if not len(sites):
        return np.inf
    n, cost = problem.shape[0], _cost(problem, sites)
    way = np.array(list(product(range(len(sites)), repeat=n)))
    total = cost[np.arange(n), way].sum(axis=1)
    for k, j in enumerate(sites):
        load = (way == k) @ problem.clients.demands
        total[load > problem.sites.capacities[j] + 1e-9] = np.inf
    return float(total.min())
