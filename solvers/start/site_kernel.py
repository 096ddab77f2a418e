"""Compiled loops of the search for better units (site_search.py).

A site with another capacity in a period: who is not served comes, others come from
sites that are farther; or those leave for whom the next way is least dear. That is a
greedy answer to a transport problem, and good enough to choose among levels by.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

NEVER = 1e15
"""Cost of what is not allowed, mln."""
LEAST_GAIN = 1e-6
"""Relative to the cost of a path, what gains less is not changed."""


class Ways(NamedTuple):
    """Who may go where at what price. J sites, I settlements, K ways, T periods."""

    first: Ints  # (J+1,) ways to site j: first[j] ... first[j+1] - 1
    settlement: Ints  # (K,)
    site: Ints  # (K,)
    price: Floats  # (K,) mln for a unit of demand and a year
    own_first: Ints  # (I+1,) places in ``own`` of the ways of a settlement
    own: Ints  # (K,) ways by settlement, from cheap to dear
    years: Floats  # (T,) discounted
    unserved: float  # mln for a unit of demand and a year


class People(NamedTuple):
    """Who goes where now; all in units of demand."""

    amount: Floats  # (K, T)
    rest: Floats  # (I, T) not served
    used: Floats  # (J, T)
    capacity: Floats  # (J, T)
    least: Floats  # (J, T) that must come
    running: Ints  # (J, T) facilities
    needed: Ints  # (J, T) of them
    is_new: Flags  # (J,) whether anything near a site changed since it last responded


class Paths(NamedTuple):
    """Levels of a facility over the periods. P paths, sorted by where they begin."""

    first: Ints  # (L+2,) paths from level l: first[l] ... first[l+1] - 1
    level: Ints  # (P, T)
    cost: Floats  # (P,) discounted mln, without renewal
    once: Floats  # (P, T) mln paid at the start of a period, without renewal
    running: Floats  # (P, T) mln a year
    stays: Ints  # (P,) periods for which it stays where it begins
    renewal: Floats  # (L+1,) mln
    worth: Floats  # (T,) of a mln for renewal, discounted, less what is left of it
    capacity: Floats  # (L+1,)
    least: Floats  # (L+1,)


class Units(NamedTuple):
    """Facilities and empty places, sorted by site. U of them."""

    first: Ints  # (J+1,)
    begins: Ints  # (U,) level before the first period
    due: Ints  # (U,) period in which it must be renewed, -1: none
    path: Ints  # (U,)


class Limits(NamedTuple):
    """Hard budgets. B rows, one a period."""

    pays: Flags  # (B, J) whose spending it covers
    period: Ints  # (B,)
    once: Floats  # (B,) 1 where it pays for investment, else 0
    running: Floats  # (B,) years of the period where it pays for operation, else 0
    left: Floats  # (B,) mln; all services share it


class Scratch(NamedTuple):
    """Room for the loops."""

    key: Floats
    order: Ints
    goes: Ints
    comes: Ints
    left: Floats  # (K,)
    taken: Floats  # (J,)


class State(NamedTuple):
    """One service under search."""

    ways: Ways
    people: People
    paths: Paths
    facilities: Units
    limits: Limits
    scratch: Scratch


@loop
def sort(key: Floats, order: Ints, count: int) -> None:
    """Put the numbers of the first *count* keys in order, smallest key first.

    A Shell sort: lists are short, and numpy's takes seconds to compile.
    """
    for a in range(count):
        order[a] = a
    gap = count // 2
    while gap > 0:
        for a in range(gap, count):
            number, b = order[a], a
            while b >= gap and key[order[b - gap]] > key[number]:
                order[b] = order[b - gap]
                b -= gap
            order[b] = number
        gap //= 2


@loop
def grown(
    w: Ways, p: People, s: Scratch, j: int, t: int, room: float, is_done: bool
) -> tuple[float, float]:
    """Return change of cost and how many come if site *j* has so much more room."""
    n = 0
    for k in range(w.first[j], w.first[j + 1]):
        i = w.settlement[k]
        if p.rest[i, t] > 0.0 and w.unserved > w.price[k]:
            s.key[n], s.goes[n], s.comes[n] = w.price[k] - w.unserved, -1, k
            n += 1
        for m in range(w.own_first[i + 1] - 1, w.own_first[i] - 1, -1):
            other = w.own[m]
            if w.price[other] <= w.price[k]:
                break
            if p.amount[other, t] > 0.0:
                s.key[n], s.goes[n], s.comes[n] = w.price[k] - w.price[other], other, k
                n += 1
    change, come = 0.0, 0.0
    sort(s.key, s.order, n)
    for a in s.order[:n]:
        if room <= 0.0:
            break
        k, other = s.comes[a], s.goes[a]
        i = w.settlement[k]
        if other < 0:
            part = min(p.rest[i, t], room)
        else:
            away = w.site[other]
            spare = p.used[away, t] - p.least[away, t] - s.taken[away]
            part = min(p.amount[other, t], room, spare)
            if part <= 0.0:
                continue
            s.taken[away] += part
        room -= part
        come += part
        change += s.key[a] * part * w.years[t]
        if is_done:
            p.amount[k, t] += part
            p.used[j, t] += part
            if other < 0:
                p.rest[i, t] -= part
            else:
                p.amount[other, t] -= part
                p.used[w.site[other], t] -= part
                s.taken[w.site[other]] -= part
    for a in range(n):
        if s.goes[a] >= 0:
            s.taken[w.site[s.goes[a]]] = 0.0
    return change, come


@loop
def shrunk(
    w: Ways, p: People, s: Scratch, j: int, t: int, over: float, is_done: bool
) -> float:
    """Return the change of cost if so many must leave site *j*."""
    n = 0
    for k in range(w.first[j], w.first[j + 1]):
        if p.amount[k, t] <= 0.0:
            continue
        s.left[k] = p.amount[k, t]
        i = w.settlement[k]
        s.key[n], s.goes[n], s.comes[n] = w.unserved - w.price[k], k, -1
        n += 1
        for m in range(w.own_first[i], w.own_first[i + 1]):
            other = w.own[m]
            away = w.site[other]
            if w.price[other] >= w.unserved:
                break
            if away != j and p.capacity[away, t] > p.used[away, t]:
                s.key[n], s.goes[n], s.comes[n] = w.price[other] - w.price[k], k, other
                n += 1
    change = 0.0
    sort(s.key, s.order, n)
    for a in s.order[:n]:
        if over <= 0.0:
            break
        k, other = s.goes[a], s.comes[a]
        part = min(s.left[k], over)
        if other >= 0:
            away = w.site[other]
            part = min(part, p.capacity[away, t] - p.used[away, t] - s.taken[away])
            if part <= 0.0:
                continue
            s.taken[away] += part
        s.left[k] -= part
        over -= part
        change += s.key[a] * part * w.years[t]
        if is_done:
            p.amount[k, t] -= part
            p.used[j, t] -= part
            if other < 0:
                p.rest[w.settlement[k], t] += part
            else:
                p.amount[other, t] += part
                p.used[w.site[other], t] += part
                s.taken[w.site[other]] -= part
    for a in range(n):
        if s.comes[a] >= 0:
            s.taken[w.site[s.comes[a]]] = 0.0
    return change


@loop
def changed(
    w: Ways, p: People, s: Scratch, j: int, t: int, capacity: float, is_done: bool
) -> tuple[float, float]:
    """Return change of cost and the use of site *j* with another capacity."""
    used = p.used[j, t]
    if capacity >= used:
        change, come = grown(w, p, s, j, t, capacity - used, is_done)
        return change, used + come
    return shrunk(w, p, s, j, t, used - capacity, is_done), capacity


@loop
def spent(h: Paths, begins: int, due: int, path: int, t: int) -> float:
    """Return what a path costs at the start of a period, mln."""
    is_renewed = due == t and h.stays[path] > due
    return h.once[path, t] + (h.renewal[begins] if is_renewed else 0.0)


@loop
def counted(
    h: Paths, b: Limits, row: int, begins: int, due: int, now: int, path: int
) -> float:
    """Return how much more of a budget another path takes, mln."""
    t = b.period[row]
    once = spent(h, begins, due, path, t) - spent(h, begins, due, now, t)
    running = h.running[path, t] - h.running[now, t]
    return b.once[row] * once + b.running[row] * running


@loop
def is_paid(
    h: Paths, b: Limits, j: int, begins: int, due: int, now: int, path: int
) -> bool:
    """Return whether hard budgets pay for another path."""
    for row in range(len(b.left)):
        if b.pays[row, j]:
            more = counted(h, b, row, begins, due, now, path)
            if more > 0.0 and more > b.left[row]:
                return False
    return True


@loop
def value_of(
    h: Paths, b: Limits, mln: float, j: int, begins: int, due: int, now: int, path: int
) -> float:
    """Return how much dearer another path is where a mln of a budget costs *mln*."""
    value = h.cost[path] - h.cost[now]
    if due >= 0:
        value += h.renewal[begins] * h.worth[due] * (h.stays[path] > due)
        value -= h.renewal[begins] * h.worth[due] * (h.stays[now] > due)
    if mln > 0.0:
        for row in range(len(b.left)):
            if b.pays[row, j]:
                value += mln * counted(h, b, row, begins, due, now, path)
    return value


@loop
def respond(state: State, sites: Ints, is_allowed: Flags, mln: float) -> int:
    """Change paths of facilities site by site while that pays; return how many do.

    *is_allowed* is (J, L+1, L+1, T): moves at the start of a period. A mln of a hard
    budget costs *mln*.
    """
    p, u, count = state.people, state.facilities, 0
    for j in sites:
        if not p.is_new[j]:
            continue
        p.is_new[j] = False
        for _ in range(u.first[j], u.first[j + 1]):
            unit, path = best_response(state, j, is_allowed[j], mln)
            if unit < 0:
                break
            move(state, j, unit, path)
            count += 1
    return count


@loop
def best_response(
    state: State, j: int, is_allowed: Flags, mln: float
) -> tuple[int, int]:
    """Return the facility of site *j* that gains most by another path, and the path."""
    w, p, h, u, b, s = state
    best, best_unit, best_path = 0.0, -1, -1
    gain = np.zeros((len(h.capacity), h.level.shape[1]))
    for a in range(u.first[j], u.first[j + 1]):
        begins, due, now = u.begins[a], u.due[a], u.path[a]
        if is_known(u, j, a):
            continue
        fill_gains(w, p, h, s, j, now, gain)
        least = LEAST_GAIN * (1.0 + abs(h.cost[now]))
        for path in range(h.first[begins], h.first[begins + 1]):
            value = value_of(h, b, mln, j, begins, due, now, path)
            before = begins
            for t in range(gain.shape[1]):
                level = h.level[path, t]
                value += gain[level, t]
                others = p.running[j, t] - (h.level[now, t] > 0)
                if level == 0 and others < p.needed[j, t]:
                    value = NEVER
                if level != before and not is_allowed[before, level, t]:
                    value = NEVER
                before = level
            if value < best - least and is_paid(h, b, j, begins, due, now, path):
                best, best_unit, best_path = value, a, path
    return best_unit, best_path


@loop
def is_known(u: Units, j: int, a: int) -> bool:
    """Return whether a facility before *a* at site *j* is the same."""
    for other in range(u.first[j], a):
        is_same = u.begins[other] == u.begins[a] and u.due[other] == u.due[a]
        if is_same and u.path[other] == u.path[a]:
            return True
    return False


@loop
def fill_gains(
    w: Ways, p: People, h: Paths, s: Scratch, j: int, now: int, gain: Floats
) -> None:
    """Fill in what it costs that a facility has another level in a period, (L+1, T)."""
    is_done = now < 0  # never; of a literal numba would compile a version of its own
    for t in range(gain.shape[1]):
        old = h.level[now, t]
        for level in range(gain.shape[0]):
            gain[level, t] = 0.0
            if level != old:
                capacity = p.capacity[j, t] - h.capacity[old] + h.capacity[level]
                least = p.least[j, t] - h.least[old] + h.least[level]
                change, used = changed(w, p, s, j, t, capacity, is_done)
                gain[level, t] = change if used >= least else NEVER


@loop
def move(state: State, j: int, unit: int, path: int) -> None:
    """Give a facility another path, move people, pay."""
    w, p, h, u, b, s = state
    begins, due, now = u.begins[unit], u.due[unit], u.path[unit]
    is_done = unit >= 0
    for t in range(h.level.shape[1]):
        old, level = h.level[now, t], h.level[path, t]
        if old != level:
            capacity = p.capacity[j, t] - h.capacity[old] + h.capacity[level]
            changed(w, p, s, j, t, capacity, is_done)
            p.capacity[j, t] = capacity
            p.least[j, t] += h.least[level] - h.least[old]
            p.running[j, t] += int(level > 0) - int(old > 0)
    for row in range(len(b.left)):
        if b.pays[row, j]:
            b.left[row] -= counted(h, b, row, begins, due, now, path)
    u.path[unit] = path
    for k in range(w.first[j], w.first[j + 1]):
        i = w.settlement[k]
        for m in range(w.own_first[i], w.own_first[i + 1]):
            p.is_new[w.site[w.own[m]]] = w.site[w.own[m]] != j
