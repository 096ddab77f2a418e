"""Compiled loops of the site problems (sites.py): what each site does at given prices.

A facility goes from level to level over the periods: the cheapest sequence is found
period by period. A site with one place earns, at each level, what the people are worth
that fit in: those who are worth most for their size come first, the last one in part.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

NEVER = 1e18
"""Cost of what is not allowed, mln."""
SHORT = 1e-9
"""Relative to a minimum use, what is missing of it by rounding."""


class Sites(NamedTuple):
    """The sites of one service. J sites, K ways to them, L levels, T periods.

    Variables are given by their columns in the matrices, -1 where there is none.
    """

    first: Ints  # (J+1,) ways to site j: first[j] ... first[j+1] - 1
    amount: Floats  # (K, T) demand, units
    share_first: Ints  # (K*T+1,) shares of way k in period t, by level, from k*T + t on
    share: Ints  # (S,)
    unit: Ints  # (J, L+1, T)
    may: Flags  # (J, L+1, T) whether the limits of ``unit`` allow a facility there
    move: Ints  # (J, L+1, L+1, T)
    renewed: Ints  # (J, L+1, T)
    room: Floats  # (J, L+1) units of demand that a facility may serve
    least: Floats  # (J, L+1) units of demand that must come to it
    places: Ints  # (J,)
    stock: Ints  # (J, L+1)
    locked: Ints  # (J, L+1)
    due: Ints  # (J,) period by which the only facility is to be renewed, -1: never


class Work(NamedTuple):
    """Room to work in; ``order`` is kept from one evaluation to the next."""

    order: Ints  # (T, K) ways of each site, first those worth most for their size
    worth: Floats  # (T, K) of a unit of demand, mln
    column: Ints  # (T, K) the share that is worth so much
    gain: Floats  # (L+1, T)
    path: Ints  # (T,)


@loop
def evaluate(s: Sites, w: Work, cost: Floats, value: Floats, x: Floats) -> None:
    """Fill in the least cost of each site, (J,), and what it does, by columns."""
    for j in range(len(s.places)):
        clear(s, j, x)
        fill_worth(s, w, j, cost)
        if s.places[j] == 1:
            value[j] = one_place(s, w, j, cost, x)
        else:
            value[j] = many_places(s, w, j, cost, x)


@loop
def clear(s: Sites, j: int, x: Floats) -> None:
    """Set all that a site decides to 0."""
    count = s.unit.shape[2]
    for a in range(s.unit.shape[1]):
        for t in range(count):
            if s.unit[j, a, t] >= 0:
                x[s.unit[j, a, t]] = 0.0
            if s.renewed[j, a, t] >= 0:
                x[s.renewed[j, a, t]] = 0.0
            for b in range(s.unit.shape[1]):
                if s.move[j, a, b, t] >= 0:
                    x[s.move[j, a, b, t]] = 0.0
    for k in range(
        s.share_first[s.first[j] * count], s.share_first[s.first[j + 1] * count]
    ):
        x[s.share[k]] = 0.0


@loop
def fill_worth(s: Sites, w: Work, j: int, cost: Floats) -> None:
    """Fill in what the people of each way are worth, by the best of their shares."""
    count = s.unit.shape[2]
    for k in range(s.first[j], s.first[j + 1]):
        for t in range(count):
            best, column = NEVER, -1
            at = k * count + t
            for m in range(s.share_first[at], s.share_first[at + 1]):
                if cost[s.share[m]] < best:
                    best, column = cost[s.share[m]], s.share[m]
            w.column[t, k] = column
            w.worth[t, k] = -best / s.amount[k, t] if column >= 0 else -NEVER


@loop
def sort(w: Work, t: int, begin: int, end: int) -> None:
    """Sort the ways of a site, most worth first; they are nearly so already."""
    order, worth = w.order[t], w.worth[t]
    for a in range(begin + 1, end):
        way = order[a]
        b = a - 1
        while b >= begin and worth[order[b]] < worth[way]:
            order[b + 1] = order[b]
            b -= 1
        order[b + 1] = way


@loop
def fill_site(
    s: Sites, w: Work, j: int, t: int, level: int, x: Floats, is_kept: bool
) -> float:
    """Return what people are worth that a level serves; with *is_kept* fill in who."""
    left, short = s.room[j, level], s.least[j, level]
    found = 0.0
    for a in range(s.first[j], s.first[j + 1]):
        way = w.order[t, a]
        worth, amount = w.worth[t, way], s.amount[way, t]
        if w.column[t, way] < 0 or left <= 0.0:
            break
        if worth <= 0.0:
            amount = min(amount, short)
            if amount <= 0.0:
                break
        amount = min(amount, left)
        left -= amount
        short -= amount
        found += worth * amount
        if is_kept:
            x[w.column[t, way]] = amount / s.amount[way, t]
    return found if short <= SHORT * (1.0 + s.least[j, level]) else -NEVER


@loop
def one_place(s: Sites, w: Work, j: int, cost: Floats, x: Floats) -> float:
    """Return the least cost of a site with one place: exact."""
    count = s.unit.shape[2]
    for t in range(count):
        sort(w, t, s.first[j], s.first[j + 1])
        w.gain[0, t] = 0.0
        for level in range(1, s.unit.shape[1]):
            if s.may[j, level, t]:
                w.gain[level, t] = fill_site(s, w, j, t, level, x, False)
    begins = int(np.argmax(s.stock[j]))
    is_locked = s.locked[j, begins] > 0
    best, due = best_path(s, w, j, cost, begins, s.due[j], is_locked)
    take(s, w, j, begins, 1.0, x)
    for t in range(count):
        if w.path[t] > 0:
            fill_site(s, w, j, t, w.path[t], x, True)
    if due >= 0:
        x[s.renewed[j, begins, due]] = 1.0
    return best


@loop
def many_places(s: Sites, w: Work, j: int, cost: Floats, x: Floats) -> float:
    """Return the least cost of a site whose capacity is priced: each facility alone."""
    total = 0.0
    w.gain[:] = 0.0
    for level in range(s.stock.shape[1]):
        for locked in range(2):
            number = s.locked[j, level]
            if not locked:
                number = s.stock[j, level] - number
            if number > 0:
                best, _ = best_path(s, w, j, cost, level, -1, locked == 1)
                total += number * best
                take(s, w, j, level, float(number), x)
    count = s.unit.shape[2]
    for k in range(s.first[j], s.first[j + 1]):
        for t in range(count):
            if w.worth[t, k] > 0.0:
                total -= w.worth[t, k] * s.amount[k, t]
                x[w.column[t, k]] = 1.0
    return total


@loop
def take(s: Sites, w: Work, j: int, begins: int, number: float, x: Floats) -> None:
    """Let so many facilities go the path that was found."""
    before = begins
    for t in range(len(w.path)):
        level = w.path[t]
        x[s.unit[j, level, t]] += number
        x[s.move[j, before, level, t]] += number
        before = level


@loop
def best_path(
    s: Sites, w: Work, j: int, cost: Floats, begins: int, due: int, is_locked: bool
) -> tuple[float, int]:
    """Return the least cost of a facility over the periods, and when it is renewed.

    What it does is left in ``path``. It is renewed at its cheapest time if it still is
    as it began in the period *due*; -1: never.
    """
    size, count = s.unit.shape[1], s.unit.shape[2]
    renewal, when = 0.0, -1
    if due >= 0:
        renewal = NEVER
        for t in range(due + 1):
            column = s.renewed[j, begins, t]
            if column >= 0 and cost[column] < renewal:
                renewal, when = cost[column], t
    # Cost of staying as it began until t, and by level of having left before.
    stays = np.full(count + 1, NEVER)
    left = np.full((count + 1, size), NEVER)
    origin = np.full((count, size), -1)
    stays[0] = 0.0
    for t in range(count):
        for b in range(size):
            if not s.may[j, b, t]:
                continue
            here = cost[s.unit[j, b, t]] - w.gain[b, t]
            if here >= NEVER / 2:
                continue
            move = s.move[j, begins, b, t]
            if move >= 0 and stays[t] < NEVER / 2:
                found = stays[t] + cost[move] + here
                if b == begins:
                    stays[t + 1] = found + (renewal if t == due else 0.0)
                elif not is_locked:
                    left[t + 1, b] = found
            for a in range(size):
                move = s.move[j, a, b, t]
                if move >= 0 and left[t, a] < NEVER / 2:
                    found = left[t, a] + cost[move] + here
                    if found < left[t + 1, b]:
                        left[t + 1, b] = found
                        origin[t, b] = a
    best, level = float(stays[count]), -1
    for b in range(size):
        if left[count, b] < best:
            best, level = float(left[count, b]), b
    for t in range(count - 1, -1, -1):
        if level < 0:
            w.path[t] = begins
        else:
            w.path[t] = level
            level = origin[t, level]
    is_renewed = due >= 0 and (w.path[: due + 1] == begins).all()
    return best, when if is_renewed else -1
