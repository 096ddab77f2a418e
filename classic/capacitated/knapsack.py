"""Knapsacks of one site, compiled: which clients pay for its capacity, and how much.

Both take clients sorted by gain for a unit of demand, best first, as the relaxation
gives them to a site; the 0-1 knapsack branches on them depth first with the bound of
Dantzig, so demands and capacities may be any numbers.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.loops import loop


@loop
def fill(gain: Floats, size: Floats, capacity: float, taken: Floats) -> float:
    """Return the most gain of parts of items in *capacity*; write the parts taken.

    Items are sorted by gain for a unit of size, best first; those of size 0 come first.
    """
    left, total = capacity, 0.0
    for k in range(len(gain)):
        part = 1.0
        if size[k] > left:
            part = left / size[k]
        taken[k] = part
        total += part * gain[k]
        left -= part * size[k]
        if left <= 0.0:
            taken[k + 1 : len(gain)] = 0.0
            break
    return total


@loop
def choose(
    gain: Floats, size: Floats, capacity: float, taken: Floats, nodes: int
) -> float:
    """Return the most gain of whole items in *capacity*; write which are taken.

    Where *nodes* are not enough to prove the choice, the continuous bound is returned:
    never less than the most. Items are sorted as for :func:`fill`.
    """
    count = len(gain)
    bound = fill(gain, size, capacity, taken)
    is_whole = True
    for k in range(count):
        if 0.0 < taken[k] < 1.0:
            is_whole = False
    if is_whole:
        return bound
    now = np.zeros(count)
    best, value, left, k, looked = -1.0, 0.0, capacity, 0, 0
    slack = 1e-9 * max(1.0, abs(bound))
    while True:
        looked += 1
        if looked > nodes:
            return bound
        # Forward: take what fits, as long as the rest may still better the best.
        while k < count:
            hope, room = value, left
            for h in range(k, count):
                if size[h] > room:
                    hope += gain[h] * room / size[h]
                    break
                hope += gain[h]
                room -= size[h]
            if hope <= best + slack:
                break
            while k < count and size[k] <= left:
                now[k] = 1.0
                value += gain[k]
                left -= size[k]
                k += 1
            if k < count:
                now[k] = 0.0
                k += 1
        if k == count and value > best:
            best = value
            taken[:count] = now
        # Back: leave out the last that was taken.
        back = k - 1
        while back >= 0 and now[back] == 0.0:
            back -= 1
        if back < 0:
            return best + slack
        now[back] = 0.0
        value -= gain[back]
        left += size[back]
        k = back + 1
        now[k:] = 0.0
    return best


@loop
def forced(
    gain: Floats, size: Floats, capacity: float, extra: Floats, need: Floats
) -> Floats:
    """Return the continuous bound of a knapsack into which one more item must go.

    For each of the *extra* items (any gain, *need* of room) that are none of the
    others; minus infinity where it does not fit.
    """
    count = len(gain)
    room, worth = np.zeros(count + 1), np.zeros(count + 1)
    for k in range(count):
        room[k + 1] = room[k] + size[k]
        worth[k + 1] = worth[k] + gain[k]
    found = np.full(len(extra), -np.inf)
    for k in range(len(extra)):
        left = capacity - need[k]
        if left < -1e-9 * max(1.0, capacity):
            continue
        h = np.searchsorted(room, left, side="right") - 1
        h = max(h, 0)
        found[k] = extra[k] + worth[h]
        if h < count and size[h] > 0.0:
            found[k] += gain[h] * max(left - room[h], 0.0) / size[h]
    return found
