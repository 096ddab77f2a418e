"""MCLP: p-median in which a client that is covered pays 0, and 1 if it is not.

Clients that the same sites cover are one (Church, ReVelle 1974; Cordeau, Furini, Ljubic
2019). A search of its own gives a plan, prices of p-median a bound and sites that are
decided; the rest is a program with a row of cover for each different set of sites.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aumaq.classic.distances import Sparse
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.cover_search import CoverSearch
from aumaq.classic.methods.covers import Rows, covered_rows, most_weight
from aumaq.classic.methods.opening import STEPS, Race
from aumaq.classic.methods.prices import CLOSED, OPEN
from aumaq.classic.methods.program import solved
from aumaq.classic.problems import Problem, clients_of
from aumaq.instances.arrays import Ints
from aumaq.instances.language.texts import say

PATIENCE, WAITING = 40, 3.0
"""Calls of the search without a better plan after which it ends, and only if they took
so many times as long as it had been to that plan."""
BEGINNING, SEARCHING = 0.05, 0.25
"""Parts of the time that the search may take before there are prices, and in all."""


def solve_mclp(problem: Problem, clock: Clock, seed: int = 0) -> tuple[Ints, float]:
    """Return p sites that cover most weight, and a bound on it."""
    rows = covered_rows(problem)
    if not rows.weight.any():
        return _any_sites(problem), 0.0
    total = float(rows.weight.sum())
    clock = clock.showing(lambda missed: total - missed)
    race = Race(_paid(problem, rows), clock, seed, outside=1.0, zero=total)
    stays = np.flatnonzero(problem.sites.stays)
    search = CoverSearch(rows, race.p, stays, race.state != CLOSED, seed)
    try:
        _search(race, search, total, BEGINNING)
        race.first_plan(search.sites)
        race.ascend(STEPS)
        race.fix()
        _search(race, search, total, SEARCHING)
        race.fix()
        if not (race.is_proven or clock.is_over):
            _decide(race, rows)
    except KeyboardInterrupt:
        if not race.pool.plans:
            raise
    return race.pool.sites, total - race.pool.proven(race.bound)


def _search(race: Race, search: CoverSearch, total: float, share: float) -> None:
    """Cover more until a share of the time is over, or the search finds no more."""
    race.pool.add(total - search.covered, search.sites)
    clock, idle = race.clock, 0
    begun = found = clock.seconds
    while clock.seconds < share * clock.limit and not (race.is_proven or clock.is_over):
        is_better = search.run(race.state != CLOSED)
        race.pool.add(total - search.covered, search.sites)
        clock.note(say("swaps"), race.bound, race.pool.best)
        found, idle = (clock.seconds, 0) if is_better else (found, idle + 1)
        waited = clock.seconds - found
        if idle >= PATIENCE and waited > WAITING * (found - begun):
            break


def _paid(problem: Problem, rows: Rows) -> Problem:
    """Return the p-median of sets of clients: distance 0 where covered."""
    count = rows.matrix.shape[0]
    client = np.repeat(np.arange(count), rows.sizes)
    site = np.asarray(rows.matrix.indices, np.int64)
    none = Sparse(client, site, np.zeros(len(site)), (count, problem.shape[1]))
    return replace(problem, clients=clients_of(count, rows.weight), distances=none)


def _any_sites(problem: Problem) -> Ints:
    """Return p sites where nothing can be covered."""
    chosen = np.flatnonzero(problem.sites.stays)
    rest = np.flatnonzero(~problem.sites.forbidden & ~problem.sites.stays)
    return np.concatenate([chosen, rest[: int(problem.p or 0) - len(chosen)]])


def _decide(race: Race, rows: Rows) -> None:
    """Choose among the sites that are not decided."""
    y = np.zeros(rows.matrix.shape[1])
    y[race.pool.sites] = 1.0
    start = np.concatenate([y, np.minimum(rows.matrix @ y, 1.0)])
    # The plan to start from has to stay allowed; it may have sites that are ruled out.
    low = np.where(race.state == OPEN, y, 0.0)
    high = np.where(race.state == CLOSED, y, 1.0)
    total = float(rows.weight.sum())

    def tell(best: float, bound: float) -> None:
        least = np.fmin(total + best, race.pool.best)
        race.clock.note(say("covers"), np.fmax(total + bound, race.bound), least)

    program = most_weight(rows, low, high, race.p)
    answer = solved(program, race.clock, start, tell)
    if answer.values is not None:
        chosen = np.flatnonzero(answer.values[: len(y)] > 0.5)
        met = rows.matrix @ np.isin(np.arange(len(y)), chosen).astype(float) > 0.5
        race.pool.add(total - float(rows.weight[met].sum()), chosen)
    race.bound = max(race.bound, total + answer.bound)
