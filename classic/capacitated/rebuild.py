"""Ruin and recreate for plans in which every client has one site, compiled.

A few sites near one another close or lose a part of their clients, and these choose
anew, larger ones first, through noise (G. Schrimpf, J. Schneider, H. Stamm-Wilbrandt,
G. Dueck: Record breaking optimization results using the ruin and recreate principle.
Journal of Computational Physics 159, 2000). Then they move and exchange places. What is
worse is kept by a chance that falls with time. Demand above a capacity has a price,
which rises while most plans do not hold and falls while most do.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from aumaq.classic.capacitated.kernel_mip import plan_of
from aumaq.classic.capacitated.relaxation import Data
from aumaq.classic.capacitated.search import above
from aumaq.classic.capacitated.state import State
from aumaq.classic.methods.search import sow
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.instances.loops import loop

NEAR, RELATED, SHARED = 40, 15, 8
"""Sites that a client may choose from, sites ruined with another, and of how many of
its sites each client makes two related."""
MOST_CLOSED, MOST_THINNED = 2, 2
"""Sites that close, and that lose about half of their clients, in one round."""
NOISE = 0.1
"""By how much a cost is seen wrongly at most."""
BANNED = 0.7
"""How often the site that closed first must stay closed in its round."""
DRAWS, NEAR_DRAWS, FREE_DRAWS = 50, 25, 40
"""Draws at most for a site, where their number is given; those near a client, and from
when on any may open."""
WARM, COLD = 1e-3, 3e-5
"""Relative to the cost, what a kept plan costs more at first and in the end."""
ROUNDS, COUNTED = 200, 25
"""Rounds between two looks at the clock, and at how many plans do not hold."""
MANY, FEW = 15, 5
"""Of COUNTED plans do not hold: the price of excess rises, or falls."""
FASTER, RANGE = 1.1, 100.0
"""The factor by which it does so, and the most that it comes to."""


class Choices(NamedTuple):
    """What does not change in a search."""

    cost: Floats  # (N, M) as in the data, by client
    near: Ints  # (N, K) sites of a client, cheapest first; -1: no more
    related: Ints  # (M, L) sites that serve the same clients well
    stays: Flags  # (M,) never closes


class Trial(NamedTuple):
    """A plan and what follows from it."""

    place: Ints  # (N,) site of each client, -1 while it has none
    paid: Floats  # (N,) its cost there
    is_open: Flags  # (M,)
    load: Floats  # (M,)
    used_by: Ints  # (M,) number of clients
    total: Floats  # (2,) cost, and demand above capacities


def choices_of(data: Data) -> Choices:
    """Return which sites come into question for each client, and together."""
    m, n = data.cost.shape
    each = data.fixed_cost / np.maximum(data.capacity, 1e-9)
    counts = data.number >= 0
    cost = data.cost + (0.0 if counts else 1.0) * each[:, None] * data.demand
    cost[~data.may] = np.inf
    cost[data.demand > data.capacity[:, None]] = np.inf
    near = np.argsort(cost, axis=0, kind="stable")[: min(NEAR, m)].T
    near[~np.isfinite(np.take_along_axis(cost.T, near, axis=1))] = -1
    serves = np.zeros((m + 1, n))
    serves[near[:, :SHARED].T, np.arange(n)] = 1.0  # -1 is the last row
    common = (serves * data.demand)[:m] @ serves[:m].T
    np.fill_diagonal(common, -1.0)
    related = np.argsort(-common, axis=1, kind="stable")[:, : min(RELATED, m - 1)]
    stays = data.must | ((data.fixed_cost <= 0.0) & (data.number < 0))
    return Choices(np.ascontiguousarray(data.cost.T), np.ascontiguousarray(near),
                   np.ascontiguousarray(related), stays)  # fmt: skip


def trial_of(data: Data, place: Ints, is_open: Flags) -> Trial:
    """Return the plan of *place* with what follows from it."""
    load = np.bincount(place, data.demand, len(is_open)).astype(float)
    paid = data.cost[place, np.arange(len(place))]
    excess = sum(above(load[j], data.capacity[j]) for j in range(len(load)))
    cost = data.fixed_cost[is_open].sum() + paid.sum()
    used_by = np.bincount(place, minlength=len(is_open))
    return Trial(place.copy(), paid, is_open.copy(), load, used_by,
                 np.array([cost, excess]))  # fmt: skip


@loop
def put(data: Data, c: Choices, t: Trial, i: int, j: int) -> None:
    """Send a client that has no site to *j*, which opens if it is closed."""
    if not t.is_open[j]:
        t.is_open[j] = True
        t.total[0] += data.fixed_cost[j]
    before = above(t.load[j], data.capacity[j])
    t.load[j] += data.demand[i]
    t.total[1] += above(t.load[j], data.capacity[j]) - before
    t.used_by[j] += 1
    t.place[i], t.paid[i] = j, c.cost[i, j]
    t.total[0] += t.paid[i]


@loop
def take(data: Data, t: Trial, i: int) -> None:
    """Take a client from its site."""
    j = t.place[i]
    before = above(t.load[j], data.capacity[j])
    t.used_by[j] -= 1
    t.load[j] = t.load[j] - data.demand[i] if t.used_by[j] else 0.0
    t.total[1] += above(t.load[j], data.capacity[j]) - before
    t.total[0] -= t.paid[i]
    t.place[i] = -1


@loop
def close(data: Data, t: Trial, j: int) -> None:
    """Close an open site without clients."""
    t.is_open[j] = False
    t.total[0] -= data.fixed_cost[j]


@loop
def ruin(data: Data, c: Choices, t: Trial, removed: Ints, banned: Flags) -> int:
    """Close and thin out related sites; return how many clients are without one."""
    first = t.place[np.random.randint(len(t.place))]  # noqa: NPY002
    to_close = 1 + np.random.randint(MOST_CLOSED)  # noqa: NPY002
    to_thin = np.random.randint(MOST_THINNED + 1)  # noqa: NPY002
    is_banned = np.random.random() < BANNED  # noqa: NPY002
    num_removed = num_closed = 0
    num_related = c.related.shape[1]
    for k in range(to_close + to_thin):
        j = first
        if k > 0:
            if num_related == 0:
                break
            j = c.related[first, np.random.randint(num_related)]  # noqa: NPY002
        if not t.is_open[j]:
            continue
        share = 1.0 if k < to_close else 0.5
        for i in range(len(t.place)):
            if t.place[i] == j and np.random.random() < share:  # noqa: NPY002
                take(data, t, i)
                removed[num_removed] = i
                num_removed += 1
        if k < to_close and not c.stays[j]:
            close(data, t, j)
            banned[j] = is_banned and num_closed == 0
            num_closed += 1
    if data.number >= 0:
        _opened(data, c, t, removed[:num_removed], num_closed, banned)
    return num_removed


@loop
def _opened(
    data: Data, c: Choices, t: Trial, removed: Ints, wanted: int, banned: Flags
) -> None:
    """Open so many sites, near clients without one if there are any."""
    m = len(t.is_open)
    for _ in range(wanted):
        for draw in range(DRAWS):
            j = np.random.randint(m)  # noqa: NPY002
            if len(removed) and draw < NEAR_DRAWS:
                i = removed[np.random.randint(len(removed))]  # noqa: NPY002
                j = c.near[i, np.random.randint(c.near.shape[1])]  # noqa: NPY002
            if j < 0 or not data.may[j] or t.is_open[j]:
                continue
            if not banned[j] or draw >= FREE_DRAWS:
                t.is_open[j] = True
                t.total[0] += data.fixed_cost[j]
                break


@loop
def seen(
    data: Data, c: Choices, t: Trial, i: int, j: int, price: float, fill: float
) -> float:
    """Return what client *i* sees of the cost of site *j*, inf where it may not.

    A site that opens is expected to be filled to the part *fill*; 0: by nobody else.
    """
    if t.is_open[j]:
        now = above(t.load[j], data.capacity[j])
        more = above(t.load[j] + data.demand[i], data.capacity[j]) - now
        return c.cost[i, j] + price * more
    if data.number >= 0 or not data.may[j] or data.demand[i] > data.capacity[j]:
        return np.inf
    filled = fill * data.capacity[j]
    part = data.demand[i] / filled if filled > data.demand[i] else 1.0
    return c.cost[i, j] + data.fixed_cost[j] * part


@loop
def recreate(
    data: Data, c: Choices, t: Trial, removed: Ints, banned: Flags, price: float
) -> bool:
    """Give clients a site again; return whether each has one and so many stand."""
    if data.number >= 0 and t.is_open.sum() != data.number:
        return False
    rank = np.empty(len(removed))
    for k in range(len(removed)):
        rank[k] = -data.demand[removed[k]] * (0.6 + 0.8 * np.random.random())  # noqa: NPY002
    fill = 0.5 + 0.5 * np.random.random()  # noqa: NPY002
    for k in np.argsort(rank):
        i, least, to = removed[k], np.inf, -1
        for h in range(c.near.shape[1]):
            j = c.near[i, h]
            if j < 0 or banned[j]:
                continue
            cost = seen(data, c, t, i, j, price, fill)
            cost += NOISE * abs(cost) * np.random.random()  # noqa: NPY002
            if cost < least:
                least, to = cost, j
        if to < 0:
            for j in range(len(t.is_open)):
                cost = seen(data, c, t, i, j, price, 0.0)
                if cost < least:
                    least, to = cost, j
        if to < 0:
            return False
        put(data, c, t, i, to)
    return True


@loop
def moved(data: Data, c: Choices, t: Trial, i: int, price: float) -> bool:
    """Send a client to a cheaper site, if there is one; say whether."""
    here, demand = t.place[i], data.demand[i]
    over = above(t.load[here], data.capacity[here])
    freed = over - above(t.load[here] - demand, data.capacity[here])
    is_last = t.used_by[here] == 1 and not c.stays[here] and data.number < 0
    saved = t.paid[i] + price * freed + (data.fixed_cost[here] if is_last else 0.0)
    least, to = saved - 1e-7, -1
    for h in range(c.near.shape[1]):
        j = c.near[i, h]
        if j < 0 or j == here or c.cost[i, j] >= least:
            continue
        cost = seen(data, c, t, i, j, price, 0.0)
        if cost < least:
            least, to = cost, j
    if to < 0:
        return False
    take(data, t, i)
    if is_last:
        close(data, t, here)
    put(data, c, t, i, to)
    return True


@loop
def exchanged(data: Data, c: Choices, t: Trial, i: int, price: float) -> bool:
    """Exchange the places of a client and others where that is cheaper."""
    is_better = False
    capacity, demand = data.capacity, data.demand
    a = t.place[i]
    over = above(t.load[a], capacity[a])
    for k in range(len(t.place)):
        b = t.place[k]
        if a == b:
            continue
        change = c.cost[i, b] + data.cost[a, k] - t.paid[i] - t.paid[k]
        if change >= 0.0 and over == 0.0 and t.total[1] == 0.0:
            continue
        more = demand[k] - demand[i]
        rises = above(t.load[a] + more, capacity[a]) - over
        rises += above(t.load[b] - more, capacity[b]) - above(t.load[b], capacity[b])
        if change + price * rises < -1e-7:
            take(data, t, i)
            take(data, t, k)
            put(data, c, t, i, b)
            put(data, c, t, k, a)
            a, is_better = b, True
            over = above(t.load[a], capacity[a])
    return is_better


@loop
def copied(source: Trial, target: Trial) -> None:
    """Make one plan the same as another."""
    target.place[:], target.paid[:] = source.place, source.paid
    target.is_open[:], target.load[:] = source.is_open, source.load
    target.used_by[:], target.total[:] = source.used_by, source.total


@loop
def holds(data: Data, t: Trial) -> bool:
    """Whether no site has more than its capacity."""
    most = 0.0
    for j in range(len(t.load)):
        most = max(most, above(t.load[j], data.capacity[j]))
    return most == 0.0


@loop
def rounds(
    data: Data, c: Choices, now: Trial, best: Trial, prices: Floats, warmth: float,
    times: int,
) -> None:  # fmt: skip
    """Ruin and recreate so often; *best* is the cheapest that holds.

    *prices* are that of excess and the least and most of it. *warmth* is what a kept
    plan costs more than the one before, on average.
    """
    removed = np.empty(len(now.place), np.int64)
    banned = np.zeros(len(now.is_open), np.bool_)
    t = Trial(now.place.copy(), now.paid.copy(), now.is_open.copy(),
              now.load.copy(), now.used_by.copy(), now.total.copy())  # fmt: skip
    num_bad = 0
    for r in range(times):
        price = prices[0]
        num_removed = ruin(data, c, t, removed, banned)
        out = removed[:num_removed]
        is_whole = recreate(data, c, t, out, banned, price)
        banned[:] = False
        is_better = is_whole
        while is_better:
            is_better = False
            for i in out:
                is_better |= moved(data, c, t, i, price)
            for i in out:
                is_better |= exchanged(data, c, t, i, price)
        is_held = is_whole and holds(data, t)
        num_bad += 0 if is_held else 1
        if is_held and t.total[0] < best.total[0] - 1e-7:
            copied(t, best)
        before = now.total[0] + price * max(now.total[1], 0.0)
        after = t.total[0] + price * max(t.total[1], 0.0)
        chance = -warmth * np.log(1.0 - np.random.random())  # noqa: NPY002
        if is_whole and after <= before + chance:
            copied(t, now)
        else:
            copied(now, t)
        if (r + 1) % COUNTED == 0:
            if num_bad > MANY:
                prices[0] = min(prices[0] * FASTER, prices[2])
            elif num_bad < FEW:
                prices[0] = max(prices[0] / FASTER, prices[1])
            num_bad = 0


def rebuild(
    state: State, start: Trial, price: float, seconds: float, most: float = np.inf
) -> None:
    """Seek better plans from one of any kind, so long or in so many rounds at most.

    *price* is one of a unit of demand.
    """
    data, choices = state.data, choices_of(state.data)
    now, best = start, trial_of(data, start.place, start.is_open)
    if not holds(data, best):
        best.total[0] = np.inf
    price = max(price, 1e-9)
    prices = np.array([price, price / RANGE, price * RANGE])
    sow(state.seed)
    rounds(data, choices, now, best, prices, 0.0, 0)  # compiled before its time
    begun, done = time.monotonic(), 0
    while not state.is_over:
        part = max((time.monotonic() - begun) / max(seconds, 1e-9), done / most)
        if part >= 1.0:
            return
        warmth = WARM * (COLD / WARM) ** part * abs(start.total[0])
        before = best.total[0]
        rounds(data, choices, now, best, prices, warmth, ROUNDS)
        done += ROUNDS
        # Summed anew: so many changes add up to more than a tolerance.
        now = trial_of(data, now.place, now.is_open)
        if best.total[0] < before and (plan := plan_of(data, best.place, best.is_open)):
            state.offer(plan, say("ruin and recreate"))
