"""The Lagrangian bound: every client's assignment is priced, sites decide alone.

With a price for each client a site takes those that pay it best, as a knapsack of its
capacity: a continuous one where clients may be shared, a 0-1 one where each has a
single source. The sites that then stand must have capacity for all the demand (or be a
given number); that choice is solved as a continuous one, with its dual price. The sum
is a lower bound for any prices. Prices go up the subgradient, deflected by its past.

J. E. Beasley: Lagrangean heuristics for location problems. EJOR 65 (1993).
K. Holmberg, M. Ronnqvist, D. Yuan: An exact algorithm for the capacitated facility
location problems with single sourcing. EJOR 113 (1999).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aumaq.classic.capacitated.knapsack import choose, fill, forced
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

FEW_NODES, NODES = 300, 20_000
"""Nodes of a 0-1 knapsack while prices are still sought, and for the last bound."""
EXACT = 1e-12
"""Relative to a capacity or demand, what is rounding of a few sums."""
ROUNDING = 1e-9
"""Relative; what sums of demands may differ by, a thousandth of what is checked.
Capacities are greater by that: what fills one fits in any order of adding up."""


class Data(NamedTuple):
    """M sites, N clients, as the kernels take them."""

    cost: Floats  # (M, N) of the whole demand of a client; inf: not allowed
    demand: Floats  # (N,)
    capacity: Floats  # (M,)
    fixed_cost: Floats  # (M,)
    is_single: bool
    number: int  # of sites, exactly; -1: any number
    must: Flags  # (M,) stands whatever it costs
    may: Flags  # (M,) may stand


class Bound(NamedTuple):
    """What prices come to."""

    value: float
    worth: Floats  # (M,) cost of a site that stands: its own, less what clients pay
    is_open: Floats  # (M,) share in which it stands
    served: Floats  # (N,) how often each client is served
    into: Floats  # (M,) least by which the bound rises if the site stands
    out: Floats  # (M,) the same if it does not


class Choice(NamedTuple):
    """Sites that stand at some worth of each."""

    value: float
    is_open: Floats  # (M,) share in which each stands
    into: Floats  # (M,) least by which the value rises if the site stands
    out: Floats  # (M,) the same if it does not


@loop
def site_gains(
    data: Data, prices: Floats, j: int, order: Floats, gain: Floats, size: Floats
) -> int:
    """Write the clients that would pay site *j*, best for their demand first."""
    count = 0
    cost, demand, capacity = data.cost, data.demand, data.capacity[j]
    for i in range(len(prices)):
        paid = prices[i] - cost[j, i]
        if paid > 0.0 and (not data.is_single or demand[i] <= capacity):
            order[count] = i
            gain[count] = paid / demand[i] if demand[i] > 0.0 else np.inf
            count += 1
    sorted_by = np.argsort(-gain[:count])
    clients = order[:count][sorted_by]
    for k in range(count):
        i = int(clients[k])
        order[k], gain[k], size[k] = i, prices[i] - cost[j, i], demand[i]
    return count


@loop
def evaluate(data: Data, prices: Floats, nodes: int) -> Bound:
    """Return the bound at prices: valid for any of them."""
    m, n = data.cost.shape
    worth, taken_all = data.fixed_cost.copy(), np.zeros((m, n), dtype=np.float32)
    order, gain, size, taken = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for j in range(m):
        if not data.may[j]:
            continue
        count = site_gains(data, prices, j, order, gain, size)
        if data.is_single:
            paid = choose(
                gain[:count], size[:count], data.capacity[j], taken[:count], nodes
            )
        else:
            paid = fill(gain[:count], size[:count], data.capacity[j], taken[:count])
        worth[j] -= paid
        for k in range(count):
            taken_all[j, int(order[k])] = taken[k]
    total, is_open, into, out = chosen(data, worth, nodes)
    served = np.zeros(n)
    for j in range(m):
        if is_open[j] > 0.0:
            for i in range(n):
                served[i] += is_open[j] * taken_all[j, i]
    return Bound(prices.sum() + total, worth, is_open, served, into, out)


@loop
def chosen(data: Data, worth: Floats, nodes: int) -> Choice:
    """Return the cheapest choice of sites, and rises into and out of each.

    The sites must be so many, or hold all demand. Of the latter three relaxations are
    looked at: parts of sites, the least number of sites, and a 0-1 knapsack of what is
    left out. Each bounds what a site costs that must stand or must not.
    """
    if data.number >= 0:
        return _so_many(data, worth)
    found, counted = _parts(data, worth), _at_least(data, worth, least_number(data))
    value, is_open = found.value, found.is_open
    whole, standing = _whole(data, worth, nodes)
    if whole > value:
        value, is_open = whole, standing
    if counted.value > value:
        value, is_open = counted.value, counted.is_open
    into, out = np.zeros(len(worth)), np.zeros(len(worth))
    for j in range(len(worth)):
        with_it = max(found.value + found.into[j], counted.value + counted.into[j])
        without = max(found.value + found.out[j], counted.value + counted.out[j])
        into[j], out[j] = max(with_it - value, 0.0), max(without - value, 0.0)
    return Choice(value, is_open, into, out)


@loop
def least_number(data: Data) -> int:
    """Return how many sites it takes at least to hold all demand, those that must stand
    among them; one more than there are if all of them do not.
    """
    rank, room, number = np.full(len(data.capacity), np.inf), 0.0, 0
    for j in range(len(rank)):
        if data.must[j]:
            room += data.capacity[j]
            number += 1
        elif data.may[j]:
            rank[j] = -data.capacity[j]
    need = data.demand.sum() * (1.0 - EXACT)
    for j in np.argsort(rank):
        if room >= need or rank[j] == np.inf:
            break
        room += data.capacity[j]
        number += 1
    return number


@loop
def _whole(data: Data, worth: Floats, nodes: int) -> tuple[float, Floats]:
    """Return the least worth of whole sites that hold all demand, or a bound of it.

    What stands is what is left of all sites by a knapsack of the room to spare.
    """
    m, total, room = len(worth), 0.0, 0.0
    is_open, rank, count = np.zeros(m), np.full(m, np.inf), 0
    for j in range(m):
        if data.may[j] or data.must[j]:
            is_open[j] = 1.0
            total += worth[j]
            room += data.capacity[j]
            if worth[j] > 0.0 and not data.must[j]:
                each = worth[j] / data.capacity[j] if data.capacity[j] > 0 else np.inf
                rank[j] = -each
                count += 1
    order = np.argsort(rank)[:count]
    taken = np.zeros(count)
    spare = max(room - data.demand.sum() * (1.0 - EXACT), 0.0)
    saved = choose(worth[order], data.capacity[order], spare, taken, nodes)
    for k in range(count):
        is_open[order[k]] = 1.0 - taken[k]
    return total - saved, is_open


@loop
def _parts(data: Data, worth: Floats) -> Choice:
    """Return the choice where parts of sites may stand."""
    m, need = len(worth), data.demand.sum()
    is_open, room = np.zeros(m), 0.0
    for j in range(m):
        if data.may[j] and (data.must[j] or worth[j] < 0.0):
            is_open[j] = 1.0
            room += data.capacity[j]
    price = 0.0
    if room < need:
        ratio = np.full(m, np.inf)
        for j in range(m):
            if data.may[j] and is_open[j] == 0.0 and data.capacity[j] > 0.0:
                ratio[j] = worth[j] / data.capacity[j]
        for j in np.argsort(ratio):
            if ratio[j] == np.inf or room >= need:
                break
            is_open[j] = min(1.0, (need - room) / data.capacity[j])
            room += data.capacity[j]
            price = ratio[j]
    total = price * need
    into, out = np.zeros(m), np.zeros(m)
    for j in range(m):
        net = worth[j] - price * data.capacity[j]
        if data.must[j]:
            total += net
        elif data.may[j]:
            total += min(net, 0.0)
            into[j], out[j] = max(net, 0.0), max(-net, 0.0)
    return Choice(total, is_open, into, out)


@loop
def _so_many(data: Data, worth: Floats) -> Choice:
    """Return the choice of so many sites."""
    m = len(worth)
    is_open, into, out = np.zeros(m), np.zeros(m), np.zeros(m)
    rank, total, left = worth.copy(), 0.0, data.number
    for j in range(m):
        if not data.may[j]:
            rank[j] = np.inf
        elif data.must[j]:
            rank[j] = np.inf
            is_open[j] = 1.0
            total += worth[j]
            left -= 1
    order = np.argsort(rank)
    for k in range(left):
        is_open[order[k]] = 1.0
        total += worth[order[k]]
    last = rank[order[left - 1]] if left > 0 else np.inf
    following = rank[order[left]] if left < m else np.inf
    for j in range(m):
        if rank[j] < np.inf:
            into[j] = np.inf if left <= 0 else max(rank[j] - last, 0.0)
            out[j] = max(following - rank[j], 0.0)
    return Choice(total, is_open, into, out)


@loop
def _at_least(data: Data, worth: Floats, number: int) -> Choice:
    """Return the choice of so many sites or more."""
    m = len(worth)
    is_open, into, out = np.zeros(m), np.zeros(m), np.zeros(m)
    rank, total, left, free = np.full(m, np.inf), 0.0, number, 0
    for j in range(m):
        if data.must[j]:
            is_open[j] = 1.0
            total += worth[j]
            left -= 1
        elif data.may[j]:
            rank[j] = worth[j]
            free += 1
    left = min(max(left, 0), free)
    order = np.argsort(rank)
    price = max(rank[order[left - 1]], 0.0) if left > 0 else 0.0
    total += price * left
    for k in range(free):
        j = order[k]
        if k < left or rank[j] < 0.0:
            is_open[j] = 1.0
        net = worth[j] - price
        total += min(net, 0.0)
        into[j], out[j] = max(net, 0.0), max(-net, 0.0)
    return Choice(total, is_open, into, out)


@loop
def rises(data: Data, prices: Floats, bound: Bound, j: int) -> Floats:
    """Return by how much the bound rises at least if site *j* serves each client.

    Of a single source; 0 where nothing is known, inf where it cannot be.
    """
    n = len(prices)
    order, gain, size = np.zeros(n), np.zeros(n), np.zeros(n)
    count = site_gains(data, prices, j, order, gain, size)
    paid = forced(
        gain[:count], size[:count], data.capacity[j], prices - data.cost[j], data.demand
    )
    # The bound took the 0-1 knapsack; what another choice earns is no more than this.
    earned = data.fixed_cost[j] - bound.worth[j]
    found = np.zeros(n)
    for i in range(n):
        if data.demand[i] > data.capacity[j] or data.cost[j, i] == np.inf:
            found[i] = np.inf
        else:
            found[i] = bound.into[j] + max(earned - paid[i], 0.0)
    return found


def reduced_costs(data: Data, prices: Floats, sites: Ints) -> Floats:
    """Return (S, N) cost of each pair at the prices of clients and of capacities."""
    found = np.empty((len(sites), len(prices)))
    for row, j in enumerate(sites):
        paid = prices - data.cost[j]
        each = paid / np.maximum(data.demand, 1e-12)
        order = np.argsort(-each)
        order = order[paid[order] > 0.0]
        full = np.searchsorted(np.cumsum(data.demand[order]), data.capacity[j])
        rent = each[order[full]] if full < len(order) else 0.0
        found[row] = rent * data.demand - paid
    return found


class Climb(NamedTuple):
    """The best prices that were found, and how often each site stood on the way."""

    value: float
    prices: Floats
    often: Floats  # (M,)
    rounds: int


@loop
def climb(
    data: Data, prices: Floats, target: float, rounds: int, step: float, patience: int
) -> Climb:
    """Seek better prices by a deflected subgradient; *target* is a cost to aim at.

    The step is halved when so many rounds bettered nothing; it ends when the step is
    small, or after so many *rounds*.
    """
    now, best_prices = prices.copy(), prices.copy()
    best, often = -1e300, np.zeros(len(data.capacity))
    direction, stale, done = np.zeros(len(prices)), 0, 0
    for k in range(rounds):
        done = k + 1
        # Of a constant numba would compile a version of its own.
        bound = evaluate(data, now, np.int64(FEW_NODES))
        slope = 1.0 - bound.served
        often = 0.95 * often + 0.05 * bound.is_open if k else bound.is_open
        if bound.value > best + 1e-7 * abs(bound.value):
            best, stale = bound.value, 0
            best_prices = now.copy()
        else:
            stale += 1
        if stale >= patience:
            step *= 0.5
            stale = 0
            now = best_prices.copy()
            direction[:] = 0.0
            if step < 1e-3:
                break
        direction = slope + 0.6 * direction
        norm = (direction * direction).sum()
        if norm < 1e-12 or best >= target:
            break
        ahead = max(target - bound.value, 1e-5 * abs(target))
        now = now + step * ahead / norm * direction
    return Climb(best, best_prices, often, done)
