"""p-center: a sequence of small set covers over the distances that can be the answer.

The radius is one of the distances. Fractional covers bound it from below, greedy ones
from above; what lies between is halved with whole covers (Minieka 1970; Elloumi,
Labbe, Pochet 2004).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from aumaq.classic.distances import Dense, Distances, Points
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.covers import (
    Rows,
    fewest,
    greedy,
    rows_of,
    site_limits,
    usable,
)
from aumaq.classic.methods.program import Program, solved
from aumaq.classic.problems import Problem
from aumaq.classic.solution import distances_to
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import say

Cover = Callable[[float, bool], tuple[Ints | None, bool | None]]
"""Gives sites for a radius, if found, and whether there are such (None: not known in
time); the flag is False where fractions of sites are enough."""


def solve_center(
    problem: Problem, clock: Clock, start: Ints | None = None
) -> tuple[Ints, float]:
    """Return p sites with the least greatest distance, and a bound on it.

    *start* are sites that a better plan is looked for beside.
    """

    def reached(sites: Ints) -> float:
        return float(distances_to(problem, sites)[0].max())

    def cover(radius: float, is_whole: bool) -> tuple[Ints | None, bool | None]:
        return _cover(problem, radius, clock, is_whole=is_whole)

    sites = farthest_first(problem)
    if start is not None and reached(start) < reached(sites):
        sites = start
    least = _least_possible(problem)
    return least_radius(problem.distances, sites, least, reached, cover, clock)


def least_radius(
    distances: Distances,
    sites: Ints,
    lower: float,
    reached: Callable[[Ints], float],
    cover: Cover,
    clock: Clock,
) -> tuple[Ints, float]:
    """Return sites with the least radius for which *cover* gives any, and a bound.

    *sites* are those to begin with, *reached* tells the radius of some, *lower* is one
    that none undercuts.
    """
    upper = reached(sites)
    # By fractional covers first: they are cheap, and rule out most radii.
    for is_whole in (False, True):
        low, high = lower, upper
        # An infinite radius is near to nothing: its product with no gap is no number.
        while not clock.is_over and not upper - lower <= clock.gap * upper:
            radii = between(distances, low, high)
            radii = radii[(radii >= low) & (radii < high)]
            if not len(radii):  # the least is a distance, and none is left below
                lower = high
                break
            radius = float(radii[(len(radii) - 1) // 2])
            found, is_possible = cover(radius, is_whole)
            if found is not None and reached(found) < upper:
                sites, upper = found, reached(found)
            if is_possible is None:
                break
            if is_possible:
                high = min(radius, upper)
            else:
                above = radii[radii > radius]
                low = lower = float(above[0]) if len(above) else high
            clock.note(say("covers"), lower, upper)
            if lower >= upper:
                return sites, upper
    return sites, min(lower, upper)


def farthest_first(problem: Problem) -> Ints:
    """Return p sites: always the one nearest to the client that has it farthest."""
    p = int(problem.p or 0)
    sites = [int(j) for j in np.flatnonzero(problem.sites.stays)]
    n, m = problem.shape
    free = np.flatnonzero(~problem.sites.forbidden)
    far = distances_to(problem, np.array(sites, int))[0]
    while len(sites) < p:
        i = int(np.argmax(far)) if sites else 0
        left = free[~np.isin(free, sites)]
        row = problem.distances.block(slice(i, i + 1), left)[0]
        sites.append(int(left[np.argmin(row)]))
        column = problem.distances.block(slice(0, n), [sites[-1]])[:, 0]
        far = np.minimum(far, column)
    del m
    return np.array(sorted(sites), int)


def _least_possible(problem: Problem) -> float:
    """Return the greatest of what each client has to its nearest site at least."""
    free = np.flatnonzero(~problem.sites.forbidden)
    return float(distances_to(problem, free)[0].max())


def between(distances: Distances, low: float, high: float) -> Floats:
    """Return the different distances from *low* to *high*, ascending."""
    if isinstance(distances, Dense):
        found = distances.matrix
        return np.unique(found[(found >= low) & (found <= high)])
    if isinstance(distances, Points) and distances.rule not in (
        "euclid", "great_circle",
    ):  # fmt: skip
        return np.arange(np.ceil(low), np.floor(high) + 1)
    length = distances.within(high).length
    return np.unique(length[length >= low])


def _cover(
    problem: Problem, radius: float, clock: Clock, *, is_whole: bool
) -> tuple[Ints | None, bool | None]:
    """Return p sites within a radius of all, if found, and whether there are such.

    A fractional cover only tells that there are none; None: not known in time.
    """
    p = int(problem.p or 0)
    near = usable(problem.distances.within(radius), problem)
    if (near.counts == 0).any():
        return None, False
    rows = minimal(rows_of(near, problem.clients.weights, problem.shape[1]))
    start = greedy(rows, problem)
    if start.sum() <= p:
        return filled(problem, start > 0.5, p), True
    if not is_whole:
        value = _fractional(rows, problem, clock)
        if value > p + 1e-6:
            return None, False
        return None, True
    answer = fewest(rows, problem, clock, start)
    if answer.bound > p + 1e-6:
        return None, False
    if answer.values is not None and answer.values.sum() <= p + 0.5:
        return filled(problem, answer.values > 0.5, p), True
    return None, None


def _fractional(rows: Rows, problem: Problem, clock: Clock) -> float:
    m, count = problem.shape[1], rows.matrix.shape[0]
    low, high = site_limits(problem)
    program = Program(
        np.ones(m), np.zeros(m, bool), low, high, rows.matrix, np.ones(count),
        np.full(count, np.inf),
    )  # fmt: skip
    return solved(program, clock).bound


def minimal(rows: Rows) -> Rows:
    """Return the sets that contain no other one: who meets those meets all."""
    matrix = rows.matrix
    sizes = rows.sizes
    if matrix.shape[0] > 4000:
        return rows
    shared = (matrix @ matrix.T).tocoo()
    a, b = shared.row, shared.col
    inside = (shared.data == sizes[a]) & (sizes[a] < sizes[b])
    kept = np.ones(matrix.shape[0], bool)
    kept[b[inside]] = False
    return replace(
        rows, matrix=matrix[kept], weight=rows.weight[kept], clients=rows.clients[kept]
    )


def filled(problem: Problem, is_open: Flags, p: int) -> Ints:
    """Return open sites, (J,), and others until there are p."""
    sites = np.flatnonzero(is_open)
    free = np.flatnonzero(~problem.sites.forbidden & ~is_open)
    return np.sort(np.concatenate([sites, free[: p - len(sites)]]))
