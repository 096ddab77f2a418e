"""Choices of sites for a goal, each with a bound that no choice passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.access.limits import TOLERANCE
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.goals import Goal
from aumaq.solvers.location.greedy import greedy
from aumaq.solvers.location.median import Steps, median, rank_of, steps_of
from aumaq.solvers.location.problem import LocationProblem
from aumaq.solvers.location.programme import Clock, of_sites, opened
from aumaq.solvers.progress import relative_gap
from aumaq.solvers.proof import proven
from aumaq.solvers.solution.decisions import Status

RELAXED_ROUNDS = 30
RELAXED_SHARE = 0.3
"""Rounds, and share of the time, in which relaxations say which steps matter."""
USED = 1e-6
"""From here on a relaxation uses what lies beyond the last step."""
FEWEST_STEPS = 3
MOST_PRUNED = 200
"""So many opened sites are tried out one by one, whether each is of any use."""


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
    lists = covers(near, p.is_someone & ~kept)
    programme = of_sites(p.is_kept, p.may_open, p.must_open)
    programme.at_most(count)
    people = np.array([float(p.people[who].sum()) for who, _ in lists])
    found = programme.numbers(-people)
    rows = programme.rows(len(lists), 0.0, np.inf)
    programme.put(rows, found, -1.0)
    for row, (_, sites) in zip(rows.tolist(), lists, strict=True):
        programme.put(row, sites)
    outcome = programme.solve(clock, lambda cost: sure - cost)
    first = greedy(near, count, np.full(len(p.people), limit + 1.0))
    choices = [p.is_kept | p.must_open, first, opened(outcome, p.is_kept)]
    values = [near.people_within(one) for one in choices if one is not None]
    best = int(np.argmax(values))
    is_open, value = [one for one in choices if one is not None][best], values[best]
    most = sure + float(people.sum())
    bound = float(np.clip(sure - outcome.bound, value, most))
    status = proven(-value, -bound, clock.gap, outcome.status)
    choice = Choice(is_open, value, bound, status, clock.elapsed)
    return _useful(choice, near, lambda ways: np.isfinite(ways))


def fewest_sites(p: LocationProblem, limit: float, clock: Clock) -> Choice:
    """Return the fewest sites with which all who can be are within *limit*."""
    near = p.within(limit)
    kept = np.isfinite(near.nearest(p.is_kept)[1])
    lists = covers(near, p.is_someone & ~kept)
    is_open, bound, status = _covering(p, lists, clock)
    if is_open is None:  # no time: all that may open, which is a choice, too
        is_open = p.is_kept | p.may_open
    value = float((is_open & p.may_open).sum())
    bound = min(float(np.ceil(max(bound, 0.0) - 1e-6)), value)
    status = proven(value, bound, clock.gap, status)
    return Choice(is_open, value, bound, status, clock.elapsed)


def _covering(
    p: LocationProblem, lists: list[tuple[Ints, Ints]], clock: Clock
) -> tuple[Flags | None, float, Status]:
    """Return the fewest sites of which each list has one; bound and status."""
    programme = of_sites(p.is_kept, p.may_open, p.must_open)
    programme.cost[0] = np.ones(len(p.is_kept))
    for row, (_, sites) in enumerate(lists):
        programme.put(row, sites)
    programme.rows(len(lists), 1.0, np.inf)
    outcome = programme.solve(clock, lambda cost: cost)
    return opened(outcome, p.is_kept), outcome.bound, outcome.status


def covers(near: LocationProblem, who: Flags) -> list[tuple[Ints, Ints]]:
    """Return clients with the same sites (clients, sites), of those asked for."""
    rows = np.flatnonzero(who[near.client] & near.may_open[near.site])
    if not len(rows):
        return []
    rows = rows[np.lexsort((near.site[rows], near.client[rows]))]
    clients, first = np.unique(near.client[rows], return_index=True)
    groups: dict[bytes, list[int]] = {}
    for client, sites in zip(
        clients.tolist(), np.split(near.site[rows], first[1:]), strict=True
    ):
        groups.setdefault(np.asarray(sites, np.int64).tobytes(), []).append(client)
    return [
        (np.array(members), np.frombuffer(sites, dtype=np.int64))
        for sites, members in groups.items()
    ]


def least_mean(p: LocationProblem, count: int, clock: Clock) -> Choice:
    """Return at most *count* sites with the least mean minutes.

    First of all the most people are to reach a site at all.
    """
    short = p.shortened()
    is_open, lost = _reaching(short, count, clock)
    steps = steps_of(short)
    used = steps.count.copy()
    if lost <= 0.0:
        ranks = rank_of(short, steps, short.nearest(is_open)[1])
        used = np.minimum(np.maximum(ranks + 1, FEWEST_STEPS), steps.count)
        used = _relaxed(short, steps, used, count, clock)
    value, status = p.mean_minutes(is_open), Status.OPTIMAL
    bound = 0.0 if lost > 0.0 else p.mean_minutes(p.is_kept | p.may_open)
    while True:
        programme, _ = median(short, steps, used, count, lost)
        outcome = programme.solve(clock, lambda mean: mean)
        bound, status = max(bound, outcome.bound), outcome.status
        other, more = opened(outcome, p.is_kept), used
        if other is not None:
            ranks = rank_of(short, steps, short.nearest(other)[1])
            more = np.minimum(ranks + 1, steps.count)
            if _is_better(p, other, is_open):
                is_open, value = other, p.mean_minutes(other)
        is_over = clock.is_over or status not in (Status.OPTIMAL, Status.GAP_REACHED)
        if is_over or not (more > used).any():
            break
        if relative_gap(value, bound) <= clock.gap:
            break
        used = np.maximum(used, more)
    bound = min(bound, value) if bound <= value + 1e-6 * max(1.0, value) else bound
    status = proven(value, bound, clock.gap, status)
    found = Choice(is_open, value, bound, status, clock.elapsed)
    return _useful(found, p, lambda ways: ways)


def _is_better(p: LocationProblem, one: Flags, other: Flags) -> bool:
    """Whether a choice is better: more people reached, or as many in less time."""
    reached = p.people_within(one), p.people_within(other)
    if abs(reached[0] - reached[1]) > 1e-9 * max(1.0, *reached):
        return reached[0] > reached[1]
    return p.mean_minutes(one) <= p.mean_minutes(other)


def _relaxed(
    p: LocationProblem, steps: Steps, used: Ints, count: int, clock: Clock
) -> Ints:
    """Return how many steps of each client matter, as relaxations say."""
    for _ in range(RELAXED_ROUNDS):
        programme, variable = median(p, steps, used, count, 0.0)
        outcome = programme.solve(clock, lambda mean: mean, is_whole=False)
        if outcome.values is None or clock.elapsed > RELAXED_SHARE * clock.seconds:
            break
        is_end = (steps.number == used[steps.client] - 1) & (variable >= 0)
        beyond = outcome.values[variable[is_end]] > USED
        who = steps.client[is_end][beyond]
        if not len(who):
            break
        used = used.copy()
        used[who] = np.minimum(2 * used[who], steps.count[who])
    return used


def _reaching(p: LocationProblem, count: int, clock: Clock) -> tuple[Flags, float]:
    """Return a choice by which the most people reach a site, and how many do not.

    A site that cannot be reached by anybody counts nobody as lost.
    """
    far = 2.0 * float(p.minutes.max(initial=0.0)) + 1.0
    is_open = greedy(p, count, np.full(len(p.people), far))
    wanted = p.is_reachable & p.is_someone
    lost = float(p.people[wanted].sum()) - p.people_within(is_open)
    if lost <= 0.0 or not (wanted & ~np.isfinite(p.nearest(is_open)[1])).any():
        return is_open, 0.0
    choice = most_people(p, np.inf, count, clock)
    return choice.is_open, float(p.people[wanted].sum()) - choice.value


def least_worst(p: LocationProblem, count: int, clock: Clock) -> Choice:
    """Return at most *count* sites with the least longest way.

    First of all the most people are to reach a site at all. The least limit is looked
    for among the minutes that there are; each is tried by the fewest sites for it.
    """
    short = p.shortened()
    is_open, lost = _reaching(short, count, clock)
    value = p.worst_minutes(is_open)
    if value != value:
        return Choice(is_open, value, value, Status.OPTIMAL, clock.elapsed)
    someone = p.is_someone & p.is_reachable
    needed = float(p.people[someone].sum()) - lost
    at_best = p.nearest(p.is_kept | p.may_open)[1][someone]
    least = float(at_best.max()) if lost <= 0.0 else 0.0
    limits = np.unique(p.minutes[p.is_someone[p.client]])
    limits = limits[(limits >= least - TOLERANCE) & (limits <= value + TOLERANCE)]
    low, high, status = -1, len(limits) - 1, Status.OPTIMAL
    while high - low > 1:
        clock.tell(clock.elapsed, value, float(limits[low + 1]))
        middle = (low + high) // 2
        found, is_known = _within_limit(p, float(limits[middle]), count, needed, clock)
        if found is not None:
            is_open, value = found, p.worst_minutes(found)
            high = min(middle, int(np.searchsorted(limits, value - TOLERANCE)))
        elif is_known:
            low = middle
        else:
            status = Status.TIME_LIMIT
            break
    bound = min(float(limits[low + 1]), value)
    status = proven(value, bound, clock.gap, status)
    choice = Choice(is_open, value, bound, status, clock.elapsed)
    return _useful(choice, p, lambda ways: ways)


def _within_limit(
    p: LocationProblem, limit: float, count: int, needed: float, clock: Clock
) -> tuple[Flags | None, bool]:
    """Return sites by which enough people are within a limit, or whether none are."""
    near = p.within(limit)
    kept = np.isfinite(near.nearest(p.is_kept)[1])
    everyone = float(p.people[p.is_reachable & p.is_someone].sum())
    if needed >= everyone * (1.0 - 1e-12):
        if (p.is_someone & p.is_reachable & ~near.is_reachable).any():
            return None, True
        lists = covers(near, p.is_someone & ~kept)
        is_open, bound, status = _covering(p, lists, replace(clock, tell=_nobody))
        if is_open is not None and (is_open & p.may_open).sum() <= count:
            return is_open, True
        is_known = status is Status.OPTIMAL or bound > count + 1e-6
        return None, is_known
    choice = most_people(p, limit, count, replace(clock, tell=_nobody))
    enough = needed - 1e-9 * max(1.0, needed)
    if choice.value >= enough:
        return choice.is_open, True
    return None, choice.bound < enough


def _nobody(seconds: float, value: float, bound: float) -> None:
    """Tell nobody: it is about one limit, not about the goal."""


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
