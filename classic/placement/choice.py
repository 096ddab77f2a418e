"""Choices of sites for a goal, each with a bound that no choice passes.

A goal is asked as a classic problem of the people and sites that still matter; what its
method says is taken back to all of them, and its worth is recomputed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from aumaq.classic.methods.center import least_radius, solve_center
from aumaq.classic.methods.clock import Clock, silent
from aumaq.classic.methods.covers import solve_lscp
from aumaq.classic.placement.asked import Asked, asked
from aumaq.classic.placement.problem import LocationProblem
from aumaq.classic.placement.small import is_small, small_cover, small_median
from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.goals import Goal
from aumaq.instances.interruption import is_asked
from aumaq.solvers.progress import relative_gap
from aumaq.solvers.proof import proven
from aumaq.solvers.solution.decisions import Status

MOST_PRUNED = 200
"""So many opened sites are tried out one by one, whether each is of any use."""
DEARER, MOST_PRICES = 10.0, 12
"""How much more being without a site costs from one try to the next, and tries."""


@dataclass(frozen=True)
class Choice:
    """Which sites are open, what that is worth, and what nothing can be better than.

    ``value`` is recomputed from the pairs; ``bound`` is a valid bound on it, above it
    where more is better.
    """

    is_open: Flags  # (J,)
    value: float
    bound: float
    status: Status
    seconds: float

    @property
    def gap(self) -> float:
        """Distance of value and bound, relative to the value."""
        distance = abs(self.value - self.bound)
        size = abs(self.value)
        if distance <= 1e-9 * max(1.0, size):
            return 0.0
        return distance / size if size else float("inf")


def most_people(p: LocationProblem, limit: float, count: int, clock: Clock) -> Choice:
    """Return at most *count* sites with the most people within *limit*."""
    near = p.within(limit)
    kept = np.isfinite(near.nearest(p.is_kept)[1])
    sure = float(p.people[kept].sum())
    who = near.is_reachable & p.is_someone & ~kept
    case = asked(near, "mclp", who, p.must_open, count)
    is_open = p.is_kept | p.must_open
    value = bound = near.people_within(is_open)
    if case.has_choice:
        most = sure + float(p.people[who].sum())
        sites, covered = _cover(case.problem, clock.showing(lambda v: sure + v))
        is_open = case.with_sites(is_open, sites)
        value = near.people_within(is_open)
        bound = float(np.clip(sure + covered, value, most))
    status = proven(-value, -bound, clock.gap, _ended(clock))
    choice = Choice(is_open, value, bound, status, clock.seconds)
    return _useful(choice, near, np.isfinite)


def _cover(problem: Problem, clock: Clock) -> tuple[Ints, float]:
    if is_small(problem):
        return small_cover(problem, clock)
    # Imported where it is used: its kernels take a second to load.
    from aumaq.classic.methods.coverage import solve_mclp

    return solve_mclp(problem, clock)


def fewest_sites(p: LocationProblem, limit: float, clock: Clock) -> Choice:
    """Return the fewest sites with which all who can be are within *limit*."""
    near = p.within(limit)
    kept = np.isfinite(near.nearest(p.is_kept)[1])
    who = near.is_reachable & p.is_someone & ~kept
    case = asked(near, "lscp", who, p.must_open, None)
    is_open = p.is_kept | p.must_open
    bound = float(p.must_open.sum())
    if who.any():
        sites, bound = solve_lscp(case.problem, clock)
        is_open = case.with_sites(is_open, sites)
    value = float((is_open & p.may_open).sum())
    bound = min(bound, value)
    status = proven(value, bound, clock.gap, _ended(clock))
    return Choice(is_open, value, bound, status, clock.seconds)


def least_mean(p: LocationProblem, count: int, clock: Clock) -> Choice:
    """Return at most *count* sites with the least mean minutes.

    First of all the most people are to reach a site at all.
    """
    short = p.shortened()
    is_open, lost = _reaching(short, count, clock)
    value = p.mean_minutes(is_open)
    who = p.is_someone & p.is_reachable
    case = asked(short, "p-median", who, p.is_kept | p.must_open, count)
    if value != value or not case.has_choice:
        return Choice(is_open, value, value, Status.OPTIMAL, clock.seconds)
    bound = 0.0 if lost > 0.0 else p.mean_minutes(p.is_kept | p.may_open)
    total = float(p.people[who].sum()) - lost
    for sites, least in _medians(case, is_open, lost, total, clock):
        bound = max(bound, least / total)
        other = case.with_sites(p.is_kept, sites)
        if _is_better(p, other, is_open):
            is_open, value = other, p.mean_minutes(other)
        if relative_gap(value, bound) <= max(clock.gap, 1e-9):
            break
    bound = min(bound, value) if bound <= value + 1e-6 * max(1.0, value) else bound
    status = proven(value, bound, clock.gap, _ended(clock))
    found = Choice(is_open, value, bound, status, clock.seconds)
    return _useful(found, p, _the_way)


def _medians(
    case: Asked, is_open: Flags, lost: float, total: float, clock: Clock
) -> Iterator[tuple[Ints, float]]:
    """Give sites, and a bound on the minutes of all, better and better ones.

    Where nobody needs to be lost there is one answer. Otherwise being without a site is
    priced, and the price of those who have to be taken off again: a bound at any price,
    and the best choice once no more than those are left without.
    """
    start = case.of_whole(is_open)
    if is_small(case.problem):
        own = clock.showing(lambda value: value / total)
        yield small_median(case.problem, own, start, lost)
        return
    # Imported where it is used: its kernels take a second to load.
    from aumaq.classic.methods.opening import Race, longest, run

    price = 2.0 * (longest(case.problem) + 1.0)
    for _ in range(MOST_PRICES if lost > 0.0 else 1):
        paid = price * lost

        def shown(value: float, paid: float = paid) -> float:
            return (value - paid) / total

        outside = price if lost > 0.0 else None
        own = clock.showing(shown)
        exact = replace(own, gap=0.0) if lost > 0.0 else own
        found = run(Race(case.problem, exact, outside=outside), start)
        yield np.array(found.plans[0][1], np.int64), found.bound - paid
        if clock.is_over:
            return
        price *= DEARER


def _is_better(p: LocationProblem, one: Flags, other: Flags) -> bool:
    """Whether a choice is better: more people reached, or as many in less time."""
    reached = p.people_within(one), p.people_within(other)
    if abs(reached[0] - reached[1]) > 1e-9 * max(1.0, *reached):
        return reached[0] > reached[1]
    return p.mean_minutes(one) <= p.mean_minutes(other)


def _reaching(p: LocationProblem, count: int, clock: Clock) -> tuple[Flags, float]:
    """Return a choice by which the most people reach a site, and how many do not.

    A site that cannot be reached by anybody counts nobody as lost.
    """
    wanted = p.is_reachable & p.is_someone
    quiet = replace(clock, tell=silent, trace=[], gap=0.0)
    choice = most_people(p, np.inf, count, quiet)
    if not (wanted & ~np.isfinite(p.nearest(choice.is_open)[1])).any():
        return choice.is_open, 0.0
    return choice.is_open, float(p.people[wanted].sum()) - choice.value


def least_worst(p: LocationProblem, count: int, clock: Clock) -> Choice:
    """Return at most *count* sites with the least longest way.

    First of all the most people are to reach a site at all.
    """
    short = p.shortened()
    is_open, lost = _reaching(short, count, clock)
    value = bound = p.worst_minutes(is_open)
    who = p.is_someone & p.is_reachable
    case = asked(short, "p-center", who, p.is_kept | p.must_open, count)
    if value == value and case.has_choice:
        start = case.of_whole(is_open)
        if lost <= 0.0:
            sites, bound = solve_center(case.problem, clock, start)
        else:
            sites, bound = _worst_of_most(short, case, start, count, clock)
        is_open = case.with_sites(p.is_kept, sites)
        value = p.worst_minutes(is_open)
        bound = min(bound, value)
    status = proven(value, bound, clock.gap, _ended(clock))
    return _useful(Choice(is_open, value, bound, status, clock.seconds), p, _the_way)


def _worst_of_most(
    p: LocationProblem, case: Asked, start: Ints, count: int, clock: Clock
) -> tuple[Ints, float]:
    """Return sites with the least longest way of those who reach one at all.

    *start* are sites by which the most people do. Each limit is tried by the most
    people that are within it.
    """
    needed = p.people_within(case.with_sites(p.is_kept, start))
    needed -= 1e-9 * max(1.0, needed)
    quiet = replace(clock, tell=silent, trace=[], gap=0.0)

    def reached(sites: Ints) -> float:
        return p.worst_minutes(case.with_sites(p.is_kept, sites))

    def cover(limit: float, is_whole: bool) -> tuple[Ints | None, bool | None]:
        if not is_whole:
            return None, None
        choice = most_people(p, limit, count, quiet)
        if choice.value >= needed:
            return case.of_whole(choice.is_open), True
        return None, False if choice.bound < needed else None

    return least_radius(case.problem.distances, start, 0.0, reached, cover, clock)


def _ended(clock: Clock) -> Status:
    """Return why the work ended."""
    if is_asked():
        return Status.INTERRUPTED
    return Status.TIME_LIMIT if clock.is_over else Status.OPTIMAL


def _useful(
    choice: Choice, p: LocationProblem, worth: Callable[[Floats], Flags | Floats]
) -> Choice:
    """Return the choice without sites that could as well stay closed.

    *worth*: of the way of each client, what of it counts.
    """
    is_open = choice.is_open.copy()
    spare = np.flatnonzero(is_open & p.may_open & ~p.must_open)
    if len(spare) > MOST_PRUNED:
        return choice
    best = worth(p.nearest(is_open)[1])
    for site in spare.tolist():
        is_open[site] = False
        if (worth(p.nearest(is_open)[1]) != best)[p.is_someone].any():
            is_open[site] = True
    return replace(choice, is_open=is_open)


def _the_way(ways: Floats) -> Floats:
    return ways


def choose(
    p: LocationProblem, goal: Goal, limit: float | None, count: int, clock: Clock
) -> Choice:
    """Return the best choice for a goal; *limit* in minutes where it needs one."""
    if goal.name == "cover":
        return most_people(p, float(limit or 0.0), count, clock)
    if goal.name == "cover_all":
        return fewest_sites(p, float(limit or 0.0), clock)
    if goal.name == "mean_minutes":
        return least_mean(p, count, clock)
    return least_worst(p, count, clock)
