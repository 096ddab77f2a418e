"""A sample of a large p-median: its sites and prices are where those of all begin.

Points that lie close together pay about the same for a unit of their weight, so that
prices of a sample, drawn between its points, are near the best ones of all points
(compare the aggregation of Avella, Boccia, Salerno, Vasilyev 2012). Nothing that is
proven rests on them: a bound is counted anew at any prices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from aumaq.classic.distances import Points
from aumaq.classic.problems import Problem, clients_of, sites_of
from aumaq.instances.arrays import Floats, Ints

FEWEST, PER_SITE = 1000, 20
"""Clients of a sample at least, and for each site that opens."""
PART = 3
"""A sample is worth it that has at most one of so many clients."""
BETWEEN = 4
"""Nearest clients of the sample that a price lies between."""


@dataclass(frozen=True)
class Sample:
    """The problem of a sample, and how it answers for all. I clients, S in it."""

    problem: Problem
    sites: Ints  # number that each of its sites has among all
    nearest: Ints  # (I, BETWEEN) clients of the sample
    share: Floats  # (I, BETWEEN) of their prices for a unit of weight

    def spread(self, price: Floats, weight: Floats) -> Floats:
        """Return prices of all clients of *weight* from those of the sample."""
        unit = price / self.problem.clients.weights
        return weight * (self.share * unit[self.nearest]).sum(axis=1)


def sample_of(problem: Problem, rng: np.random.Generator) -> Sample | None:
    """Return a sample of points without sites that must open or stay closed, if it is
    much smaller than all.
    """
    distances, weights, p = problem.distances, problem.clients.weights, problem.p or 0
    size = max(FEWEST, PER_SITE * p)
    who = np.flatnonzero(weights > 0)
    few = PART * size > min(len(who), problem.shape[1])
    bound = problem.sites.stays | problem.sites.forbidden
    if few or bound.any() or not isinstance(distances, Points):
        return None
    clients = rng.permutation(who)[:size]
    sites = rng.permutation(problem.shape[1])[:size]
    tree = cKDTree(distances.clients[clients])
    away, nearest = tree.query(distances.clients, BETWEEN)
    inverse = 1.0 / np.maximum(away, 1e-9 * max(float(away.max()), 1e-300))
    stands_for = np.bincount(nearest[:, 0], weights, minlength=size)
    small = replace(
        distances, clients=distances.clients[clients], sites=distances.sites[sites]
    )
    one_question = replace(
        problem, clients=clients_of(size, np.maximum(stands_for, weights[clients])),
        sites=sites_of(size), distances=small,
    )  # fmt: skip
    share = inverse / inverse.sum(axis=1, keepdims=True)
    return Sample(one_question, sites, nearest, share)
