"""Small questions as one program each: no kernels are loaded, or compiled at first use.

Loading them takes longer than HiGHS needs for some thousands of pairs. The p-median is
the strong formulation (ReVelle, Swain 1970): x_k of a client's pairs sum to one, none
above the y_j of its site; MCLP is that of Church and ReVelle (1974).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from aumaq.classic.distances import Sparse
from aumaq.classic.methods.center import filled
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.covers import covered_rows, most_weight, site_limits
from aumaq.classic.methods.program import Program, solved
from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import say

MOST_PAIRS = 5_000
"""Pairs of a problem that is small."""


def is_small(problem: Problem) -> bool:
    """Whether a problem is asked as one program."""
    distances = problem.distances
    return isinstance(distances, Sparse) and len(distances.client) <= MOST_PAIRS


def small_cover(problem: Problem, clock: Clock) -> tuple[Ints, float]:
    """Return p sites that cover most weight, and a bound on it."""
    rows = covered_rows(problem)
    low, high = site_limits(problem)
    p, m = int(problem.p or 0), problem.shape[1]
    y = np.zeros(m)
    y[filled(problem, problem.sites.required, p)] = 1.0
    start = np.concatenate([y, np.minimum(rows.matrix @ y, 1.0)])

    def tell(best: float, bound: float) -> None:
        clock.note(say("covers"), -bound, -best)

    answer = solved(most_weight(rows, low, high, p), clock, start, tell)
    values = start if answer.values is None else answer.values
    most = float(rows.weight.sum())
    return np.flatnonzero(values[:m] > 0.5), min(most, -answer.bound)


def small_median(
    problem: Problem, clock: Clock, start: Ints, lost: float
) -> tuple[Ints, float]:
    """Return p sites with the least sum of ways, weighted, and a bound on it.

    Clients of the weight *lost* in all may be left without; *start* are sites that
    leave no more.
    """
    distances = problem.distances
    assert isinstance(distances, Sparse)
    n, m = problem.shape
    weight, k = problem.clients.weights, len(distances.client)
    own = weight[distances.client] * distances.length
    low, high = site_limits(problem)
    is_lost = np.full(n, lost > 0.0)  # who may be left without
    program = Program(
        np.concatenate([np.zeros(m), own, np.zeros(n)]),
        np.concatenate([np.ones(m, bool), np.zeros(k, bool), is_lost]),
        np.concatenate([low, np.zeros(k + n)]),
        np.concatenate([high, np.ones(k), is_lost.astype(float)]),
        *_median_rows(problem, distances, lost),
    )

    def tell(best: float, bound: float) -> None:
        clock.note(say("covers"), bound, best)

    answer = solved(program, clock, _median_start(program, distances, start), tell)
    bound = max(answer.bound, 0.0)
    if answer.values is None:
        return start, bound
    return np.flatnonzero(answer.values[:m] > 0.5), bound


def _median_rows(
    problem: Problem, distances: Sparse, lost: float
) -> tuple[csr_array, Floats, Floats]:
    """Return rows, least and most: each client once, open sites only, p, who is lost.

    Columns are sites, pairs, and clients that are left without.
    """
    n, m = problem.shape
    k = len(distances.client)
    pair, client = np.arange(k), np.arange(n)
    weight = problem.clients.weights / max(1.0, lost)
    row = [distances.client, client, n + pair, n + pair, np.full(m, n + k)]
    column = [m + pair, m + k + client, m + pair, distances.site, np.arange(m)]
    value = [np.ones(k + n), np.ones(k), -np.ones(k), np.ones(m)]
    row, column = [*row, np.full(n, n + k + 1)], [*column, m + k + client]
    shape = (n + k + 2, m + k + n)
    entries = np.concatenate([*value, weight])
    rows = csr_array((entries, (np.concatenate(row), np.concatenate(column))), shape)
    p = float(problem.p or 0)
    most = lost / max(1.0, lost) * (1.0 + 1e-9)
    least = np.concatenate([np.ones(n), np.full(k, -np.inf), [p, -np.inf]])
    return rows, least, np.concatenate([np.ones(n), np.zeros(k), [p, most]])


def _median_start(program: Program, distances: Sparse, sites: Ints) -> Floats:
    """Return the columns of a plan: who goes where, who is left without."""
    m = distances.shape[1]
    k = len(distances.client)
    is_open = np.zeros(m, bool)
    is_open[sites] = True
    usable = np.flatnonzero(is_open[distances.site])
    order = usable[np.lexsort((distances.length[usable], distances.client[usable]))]
    who, first = np.unique(distances.client[order], return_index=True)
    start = np.zeros(len(program.cost))
    start[:m] = is_open
    start[m + order[first]] = 1.0
    start[m + k :] = 1.0
    start[m + k + who] = 0.0
    return start
