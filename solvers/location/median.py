"""The programme of least mean minutes: steps of distance instead of pairs.

For a client whose ways take ``m_1 < m_2 < ...`` minutes, ``z_k`` is 1 if no site
within ``m_k`` is open: it travels ``m_1 + sum_k (m_k+1 - m_k) z_k``. This is the
formulation of Cornuejols, Nemhauser and Wolsey (1980), in the rows of Elloumi (2010):
as tight as that with a variable for each pair, and far sparser, for steps that no good
choice uses can be left out. What is left out is charged as the next step, so that the
optimum of fewer steps is a lower bound (Garcia, Labbe and Marin 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.location.problem import LocationProblem
from aumaq.solvers.location.programme import Programme, of_sites


@dataclass(frozen=True)
class Steps:
    """Distinct minutes of each client, in order; S of them for I clients."""

    of_pair: Ints  # (K,) step of each pair
    client: Ints  # (S,)
    minutes: Floats  # (S,)
    number: Ints  # (S,) 0 for the first of a client
    count: Ints  # (I,)
    is_sure: Flags  # (S,) a kept site lies there: nobody goes farther


def steps_of(problem: LocationProblem) -> Steps:
    """Return the steps of a problem that is shortened."""
    p = problem
    starts = np.ones(len(p.client), dtype=bool)
    starts[1:] = (p.client[1:] != p.client[:-1]) | (p.minutes[1:] != p.minutes[:-1])
    of_pair = np.cumsum(starts) - 1
    client, minutes = p.client[starts], p.minutes[starts]
    count = np.bincount(client, minlength=len(p.people))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    is_sure = np.zeros(len(client), dtype=bool)
    is_sure[of_pair[p.is_kept[p.site]]] = True
    return Steps(
        of_pair, client, minutes, np.arange(len(client)) - first[client], count, is_sure
    )


def median(
    problem: LocationProblem, steps: Steps, used: Ints, count: int, lost: float
) -> tuple[Programme, Ints]:
    """Return the programme in mean minutes, and the variable of each step (-1: none).

    *used*: of each client so many steps; the next one is charged where none of them
    holds an open site. *lost*: people that may be left without any.
    """
    p, s = problem, steps
    programme = of_sites(p.is_kept, p.may_open, p.must_open)
    programme.at_most(count)
    is_last = s.number == s.count[s.client] - 1
    is_in = (s.number < used[s.client]) & ~(is_last & s.is_sure)
    may_lose = is_last & is_in & (lost > 0.0)
    has_variable = is_in & (~is_last | may_lose)
    reached = p.is_reachable & p.is_someone
    total = max(float(p.people[reached].sum()) - lost, 1e-12)
    weight = p.people[s.client] / total
    after = np.append(s.minutes[1:], 0.0)
    rise = np.where(is_last, -s.minutes, after - s.minutes)
    variable = np.full(len(s.client), -1)
    variable[has_variable] = programme.numbers((weight * rise)[has_variable])
    is_first = s.number == 0
    programme.offset = float((weight * s.minutes)[is_first].sum())
    rows = programme.rows(int(is_in.sum()), is_first[is_in].astype(float), np.inf)
    row = np.full(len(s.client), -1)
    row[is_in] = rows
    programme.put(row[has_variable], variable[has_variable])
    before = np.flatnonzero(is_in & ~is_first)
    programme.put(row[before], variable[before - 1], -1.0)
    there = is_in[s.of_pair] & p.may_open[p.site]
    programme.put(row[s.of_pair[there]], p.site[there])
    if may_lose.any():
        most = programme.rows(1, -np.inf, lost)
        programme.put(most, variable[may_lose], p.people[s.client[may_lose]])
    return programme, variable


def rank_of(problem: LocationProblem, steps: Steps, minutes: Floats) -> Ints:
    """Return how many steps of each client are shorter than its *minutes*, (I,)."""
    shorter = steps.minutes < minutes[steps.client]
    return np.bincount(steps.client[shorter], minlength=len(problem.people))
