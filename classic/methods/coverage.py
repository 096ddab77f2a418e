"""A first plan of MCLP: p-median where a client that is covered pays 0, others 1."""

from __future__ import annotations

import numpy as np

from aumaq.classic.distances import Neighbours, Sparse
from aumaq.classic.methods.covers import usable
from aumaq.classic.methods.reach import lists_of
from aumaq.classic.methods.search import iterate, sow
from aumaq.classic.methods.swap import begin, empty_plan, improve, space_of
from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Ints

BATCHES, DISTURBANCES = 20, 50
"""Searches, and disturbances of each."""


def start_of(problem: Problem, seed: int = 0) -> Ints:
    """Return p sites that cover much: greedy, then swaps."""
    radius, p = problem.radius or 0.0, int(problem.p or 0)
    near = usable(problem.distances.within(radius), problem)
    zero = Neighbours(near.first, near.site, np.zeros(len(near.site)), near.complete)
    none = np.empty(0, np.int64)
    r = lists_of(zero, Sparse(none, none, np.empty(0), problem.shape), 1.0)
    weight, stays = problem.clients.weights, problem.sites.required
    fixed = np.zeros(r.m)
    plan, other, space = empty_plan(r), empty_plan(r), space_of(r)
    free = np.flatnonzero(~problem.sites.forbidden)
    begin(r, weight, plan, greedy_sites(near, problem, p))
    sow(seed)
    improve(r, weight, fixed, stays, free, True, plan, space, 10**7)
    allowed = ~problem.sites.forbidden
    order = np.zeros(r.m, np.int64)
    for _ in range(BATCHES):
        iterate(
            r, weight, fixed, stays, allowed, True, plan, other, space, order,
            DISTURBANCES, max(30, 6 * r.m // p),
        )  # fmt: skip
    return np.sort(plan.sites[:p].copy())


def greedy_sites(near: Neighbours, problem: Problem, p: int) -> Ints:
    """Return required sites, and always the one that covers most of the rest."""
    site = near.site
    m, weight = problem.shape[1], problem.clients.weights.copy()
    client = np.repeat(np.arange(problem.shape[0]), near.counts)
    sites = [int(j) for j in np.flatnonzero(problem.sites.required)]
    for j in sites:
        weight[client[site == j]] = 0.0
    while len(sites) < p:
        gain = np.bincount(site, weight[client], minlength=m)
        gain[problem.sites.forbidden] = -1.0
        gain[sites] = -1.0
        j = int(np.argmax(gain))
        sites.append(j)
        weight[client[site == j]] = 0.0
    return np.array(sites, np.int64)
