"""First plans in which every client has one site, compiled.

A plan is the site of each client. They choose open sites in turn, then move to another
or change places. Demand above a capacity has a price, which rises until the plan holds.
"""

from __future__ import annotations

import numpy as np

from aumaq.classic.capacitated.relaxation import Data
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

EASE = 1e-9


@loop
def above(load: float, capacity: float) -> float:
    """Return the demand above a capacity, 0 within rounding."""
    over = load - capacity
    return over if over > 1e-9 * max(1.0, capacity) else 0.0


@loop
def assigned(data: Data, is_open: Flags, guide: Floats) -> Ints:
    """Return the site of each client: those who lose most by waiting choose first.

    *guide* (M, N) is the cost by which they choose; where no site has room, the one
    with most of it is taken.
    """
    m, n = data.cost.shape
    regret, left = np.zeros(n), data.capacity.copy()
    for i in range(n):
        best, second = np.inf, np.inf
        for j in range(m):
            if is_open[j] and guide[j, i] < second:
                if guide[j, i] < best:
                    best, second = guide[j, i], best
                else:
                    second = guide[j, i]
        regret[i] = second - best if second < np.inf else 1e300
    place = np.full(n, -1)
    for i in np.argsort(-regret):
        best, room, wide = np.inf, -np.inf, -1
        for j in range(m):
            if not is_open[j] or guide[j, i] == np.inf:
                continue
            if left[j] > room:
                room, wide = left[j], j
            if left[j] >= data.demand[i] - EASE and guide[j, i] < best:
                best, place[i] = guide[j, i], j
        if place[i] < 0:
            place[i] = wide
        if place[i] >= 0:
            left[place[i]] -= data.demand[i]
    return place


@loop
def loads_of(data: Data, place: Ints) -> Floats:
    """Return the demand at each site."""
    load = np.zeros(len(data.capacity))
    for i in range(len(place)):
        load[place[i]] += data.demand[i]
    return load


@loop
def value_of(data: Data, place: Ints, is_open: Flags) -> float:
    """Return the cost of a plan, inf where a capacity does not hold."""
    load, total = loads_of(data, place), 0.0
    for j in range(len(load)):
        if above(load[j], data.capacity[j]) > 0.0:
            return np.inf
        if is_open[j]:
            total += data.fixed_cost[j]
    for i in range(len(place)):
        total += data.cost[place[i], i]
    return total


@loop
def settle(data: Data, place: Ints, is_open: Flags, price: float, passes: int) -> None:
    """Move and exchange clients in *place* while that lowers cost and priced excess."""
    m, n = data.cost.shape
    load = loads_of(data, place)
    cost, demand, capacity = data.cost, data.demand, data.capacity
    for _ in range(passes):
        is_better = False
        for i in range(n):
            here = place[i]
            freed = above(load[here], capacity[here]) - above(
                load[here] - demand[i], capacity[here]
            )
            best, to = -1e-7, -1
            for j in range(m):
                if not is_open[j] or j == here or cost[j, i] == np.inf:
                    continue
                change = cost[j, i] - cost[here, i]
                if change >= price * freed:
                    continue
                added = above(load[j] + demand[i], capacity[j]) - above(
                    load[j], capacity[j]
                )
                change += price * (added - freed)
                if change < best:
                    best, to = change, j
            if to >= 0:
                load[here] -= demand[i]
                load[to] += demand[i]
                place[i] = to
                is_better = True
        for i in range(n):
            for k in range(i + 1, n):
                a, b = place[i], place[k]
                if a == b:
                    continue
                change = cost[b, i] + cost[a, k] - cost[a, i] - cost[b, k]
                more = demand[k] - demand[i]
                change += price * (
                    above(load[a] + more, capacity[a])
                    - above(load[a], capacity[a])
                    + above(load[b] - more, capacity[b])
                    - above(load[b], capacity[b])
                )
                if change < -1e-7:
                    load[a] += more
                    load[b] -= more
                    place[i], place[k] = b, a
                    is_better = True
        if not is_better:
            break


@loop
def emptied(data: Data, place: Ints, is_open: Flags) -> None:
    """Close sites that nobody uses, where any number may stand."""
    if data.number >= 0:
        return
    is_used = np.zeros(len(is_open), dtype=np.bool_)
    for i in range(len(place)):
        is_used[place[i]] = True
    for j in range(len(is_open)):
        if data.fixed_cost[j] > 0.0 and not data.must[j]:
            is_open[j] = is_open[j] and is_used[j]


@loop
def repaired(data: Data, place: Ints, is_open: Flags, price: float) -> float:
    """Settle a plan at rising prices of excess until it holds; return its cost."""
    for _ in range(6):
        settle(data, place, is_open, price, 30)
        emptied(data, place, is_open)
        value = value_of(data, place, is_open)
        if value < np.inf:
            return value
        price *= 4.0
    return np.inf
