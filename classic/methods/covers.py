"""Covering every client within a radius, with and without a second site in reach.

LSCP (Toregas et al. 1971), and its backup (Hogan, ReVelle 1986): fewest sites first,
then most clients with a second one in reach. Clients that the same sites cover are one
row. A client with one site in reach is never backed up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from aumaq.classic.distances import Neighbours
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.program import Answer, Program, Tell, solved
from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.errors import NoPlanError
from aumaq.instances.language.texts import say


@dataclass(frozen=True)
class Rows:
    """Sets of sites that cover a client; equal ones once. R sets, J sites."""

    matrix: csr_array  # (R, J) of ones
    weight: Floats  # (R,) of all its clients
    clients: Floats  # (R,) number of them

    @property
    def sizes(self) -> Ints:
        """Sites of each set, (R,)."""
        return np.diff(self.matrix.indptr)


def rows_of(near: Neighbours, weights: Floats, m: int) -> Rows:
    """Return the different sets of sites that cover clients, empty ones left out."""
    sets: dict[bytes, int] = {}
    weight: list[float] = []
    clients: list[float] = []
    found = []
    for i, (a, b) in enumerate(zip(near.first[:-1], near.first[1:], strict=True)):
        if a == b:
            continue
        sites = np.sort(near.site[a:b])
        k = sets.setdefault(sites.tobytes(), len(sets))
        if k == len(weight):
            weight.append(0.0)
            clients.append(0.0)
            found.append(sites)
        weight[k] += weights[i]
        clients[k] += 1.0
    counts = np.array([len(sites) for sites in found], int)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(int)
    index = np.concatenate(found) if found else np.empty(0, int)
    matrix = csr_array((np.ones(len(index)), index, first), shape=(len(found), m))
    return Rows(matrix, np.array(weight), np.array(clients))


def covered_rows(problem: Problem) -> Rows:
    """Return the cover sets of a problem with a radius, forbidden sites left out."""
    radius = 0.0 if problem.radius is None else problem.radius
    near = usable(problem.distances.within(radius), problem)
    return rows_of(near, problem.clients.weights, problem.shape[1])


def usable(near: Neighbours, problem: Problem) -> Neighbours:
    """Return neighbours without the forbidden sites."""
    kept = ~problem.sites.forbidden[near.site]
    client = np.repeat(np.arange(len(near.first) - 1), near.counts)[kept]
    counts = np.bincount(client, minlength=len(near.first) - 1)
    first = np.concatenate([[0], np.cumsum(counts)])
    return Neighbours(first, near.site[kept], near.length[kept], near.complete)


def site_limits(problem: Problem) -> tuple[Floats, Floats]:
    """Return least and most of each site: required ones are open, forbidden not."""
    low = problem.sites.stays.astype(float)
    return low, (~problem.sites.forbidden).astype(float)


def fewest(
    rows: Rows, problem: Problem, clock: Clock, start: Floats | None = None,
    tell: Tell | None = None,
) -> Answer:  # fmt: skip
    """Return the fewest sites that meet every set."""
    m = problem.shape[1]
    low, high = site_limits(problem)
    count = rows.matrix.shape[0]
    program = Program(
        np.ones(m), np.ones(m, bool), low, high, rows.matrix, np.ones(count),
        np.full(count, np.inf),
    )  # fmt: skip
    return solved(program, clock, start, tell)


def solve_lscp(problem: Problem, clock: Clock) -> tuple[Ints, float]:
    """Return the fewest sites that cover all, and a bound on their number."""
    check_coverable(problem)
    rows = covered_rows(problem)
    start = greedy(rows, problem)

    def tell(best: float, bound: float) -> None:
        clock.note(say("covers"), bound, best)

    answer = fewest(rows, problem, clock, start, tell)
    values = start if answer.values is None else answer.values
    bound = float(np.ceil(max(answer.bound, 0.0) - 1e-6))
    clock.note(say("covers"), bound, float((values > 0.5).sum()))
    return np.flatnonzero(values > 0.5), bound


def check_coverable(problem: Problem) -> None:
    """Raise NoPlanError if a client has no site in reach."""
    radius = 0.0 if problem.radius is None else problem.radius
    near = usable(problem.distances.within(radius), problem)
    without = np.flatnonzero(near.counts == 0)
    if not len(without):
        return
    names = problem.clients.names
    first = names[without[0]] if names else str(without[0])
    raise NoPlanError(
        say(
            "{n} clients have no site within {radius:g} (the first: {client});"
            " a greater radius or another problem (mclp) would help",
            n=len(without),
            radius=radius,
            client=first,
        ),
        "infeasible",
    )


def greedy(rows: Rows, problem: Problem) -> Floats:
    """Return sites that meet every set: always the one that meets most of the rest."""
    by_site = rows.matrix.T.tocsr()
    unmet = np.ones(rows.matrix.shape[0])
    y = problem.sites.stays.astype(float)
    for k in np.flatnonzero(y):
        unmet[by_site.indices[by_site.indptr[k] : by_site.indptr[k + 1]]] = 0.0
    while unmet.any():
        j = int(np.argmax(by_site @ unmet))
        y[j] = 1.0
        unmet[by_site.indices[by_site.indptr[j] : by_site.indptr[j + 1]]] = 0.0
    return y


def solve_backup(problem: Problem, clock: Clock) -> tuple[Ints, float, int]:
    """Return sites, a bound on the clients covered twice, and the number of sites.

    The number is the least that covers all; NoPlanError if it is not proven in time.
    """
    sites, least = solve_lscp(problem, clock)
    if least < len(sites) - 0.5:
        raise NoPlanError(
            say("the fewest sites that cover all are not known in time"), "time_limit"
        )
    rows = covered_rows(problem)
    rows_with_two = np.flatnonzero(rows.sizes >= 2)
    program = _backup(problem, rows, rows_with_two, len(sites))
    y = np.zeros(problem.shape[1])
    y[sites] = 1.0
    twice = (rows.matrix @ y)[rows_with_two] > 1.5
    start = np.concatenate([y, twice.astype(float)])
    answer = solved(program, clock, start)
    values = start if answer.values is None else answer.values
    bound = float(np.floor(-answer.bound + 1e-6))
    return np.flatnonzero(values[: len(y)] > 0.5), bound, len(sites)


def _backup(problem: Problem, rows: Rows, two: Ints, p: int) -> Program:
    """Return the program of most clients covered twice by p sites that cover all."""
    m, count = problem.shape[1], rows.matrix.shape[0]
    low, high = site_limits(problem)
    second = csr_array(
        (-np.ones(len(two)), (two, np.arange(len(two)))), shape=(count, len(two))
    )
    cover = csr_array(beside(rows.matrix, second))
    every = csr_array(np.concatenate([np.ones(m), np.zeros(len(two))])[None, :])
    return Program(
        np.concatenate([np.zeros(m), -rows.clients[two]]),
        np.concatenate([np.ones(m, bool), np.zeros(len(two), bool)]),
        np.concatenate([low, np.zeros(len(two))]),
        np.concatenate([high, np.ones(len(two))]),
        csr_array(vstack([cover, every])),
        np.concatenate([np.ones(count), [p]]),
        np.concatenate([np.full(count, np.inf), [p]]),
    )


def most_weight(rows: Rows, low: Floats, high: Floats, p: int) -> Program:
    """Return the program of most weight covered by p sites."""
    count, m = rows.matrix.shape
    each = np.arange(count)
    covered = csr_array((-np.ones(count), (each, each)), shape=(count, count))
    every = csr_array(np.concatenate([np.ones(m), np.zeros(count)])[None, :])
    return Program(
        np.concatenate([np.zeros(m), -rows.weight]),
        np.concatenate([np.ones(m, bool), np.zeros(count, bool)]),
        np.concatenate([low, np.zeros(count)]),
        np.concatenate([high, np.ones(count)]),
        csr_array(vstack([beside(rows.matrix, covered), every])),
        np.concatenate([np.zeros(count), [p]]),
        np.concatenate([np.full(count, np.inf), [p]]),
    )


def beside(left: csr_array, right: csr_array) -> csr_array:
    """Return two matrices side by side."""
    return csr_array(hstack([left, right]))
