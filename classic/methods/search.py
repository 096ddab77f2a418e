"""Iterated local search: disturb a plan near a client or two, repair it, keep the best.

A plan is changed around clients drawn at random, improved by swaps among the sites of
their lists, and kept if it is no worse (Lourenco, Martin, Stuetzle 2003, section 2).
Half of the times a site opens near one client and another closes near a second one, so
that clusters far apart exchange sites and both are repaired at once: one swap after
another finds that rarely, for the way there is uphill.
"""

from __future__ import annotations

import numpy as np

from aumaq.classic.methods.reach import LISTS, Reach
from aumaq.classic.methods.swap import (
    Plan,
    Space,
    add,
    begin,
    drop,
    improve,
    value_of,
)
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

STRONGEST = 3
"""Swaps that disturb a plan at most."""
MOVED = 0.5
"""Share of disturbances that move a site from one place to another."""
DRAWS = 20
"""Draws at most for a site that can open or close."""
TRIES = 400
"""Sites that are tried at most to repair one disturbance, for each of its swaps."""


@loop
def _copy(source: Plan, target: Plan) -> None:
    target.is_open[:] = source.is_open
    target.sites[:] = source.sites
    target.place[:] = source.place
    target.size[:] = source.size
    target.first[:] = source.first
    target.second[:] = source.second
    target.near[:] = source.near
    target.next[:] = source.next
    target.loss[:] = source.loss


@loop
def sow(seed: int) -> None:
    """Begin the random numbers of the search anew."""
    np.random.seed(seed)  # noqa: NPY002 - the generator that compiled code has


@loop
def _around(r: Reach, usable: Flags, order: Ints, start: int, most: int) -> int:
    """Fill in usable sites near a client drawn at random from *start* on; return where
    they end.
    """
    end, last = start, min(start + most, len(order))
    if r.mode == LISTS:
        i = np.random.randint(r.n)  # noqa: NPY002
        for k in range(r.row_first[i], r.row_first[i + 1]):
            if usable[r.row_site[k]] and end < last:
                order[end] = r.row_site[k]
                end += 1
        return end
    for _ in range(start, last):
        j = np.random.randint(r.m)  # noqa: NPY002
        if usable[j]:
            order[end] = j
            end += 1
    return end


@loop
def _drawn(
    plan: Plan, stays: Flags, order: Ints, start: int, end: int, is_open: bool
) -> int:
    """Return an open site that may close, or a closed one, of a part of *order*; -1 if
    none was drawn.
    """
    for _ in range(DRAWS):
        j = order[start + np.random.randint(end - start)]  # noqa: NPY002
        if plan.is_open[j] == is_open and not (is_open and stays[j]):
            return j
    return -1


@loop
def move(
    r: Reach, weight: Floats, stays: Flags, plan: Plan, space: Space, order: Ints,
    found: int, end: int,
) -> bool:  # fmt: skip
    """Open one of the first *found* sites of *order* and close one of the others up to
    *end*; False if none can.
    """
    if end <= found:
        return False
    new = _drawn(plan, stays, order, 0, found, False)
    old = _drawn(plan, stays, order, found, end, True)
    if new < 0 or old < 0:
        return False
    add(r, weight, plan, space, new)
    drop(r, weight, plan, old)
    return True


@loop
def disturb(
    r: Reach, weight: Floats, stays: Flags, is_counted: bool, plan: Plan,
    space: Space, order: Ints, found: int,
) -> bool:  # fmt: skip
    """Open and close sites of the first *found* ones of *order*; False if none can."""
    done = False
    for _ in range(1 + np.random.randint(STRONGEST)):  # noqa: NPY002
        new, old = -1, -1
        for _ in range(20):
            j = order[np.random.randint(found)]  # noqa: NPY002
            if plan.is_open[j] and not stays[j]:
                old = j
            elif not plan.is_open[j]:
                new = j
            if new >= 0 and old >= 0:
                break
        if old < 0 and plan.size[0] > 0:
            j = plan.sites[np.random.randint(plan.size[0])]  # noqa: NPY002
            old = -1 if stays[j] else j
        if new < 0 or (old < 0 and is_counted):
            continue
        add(r, weight, plan, space, new)
        if old >= 0:
            drop(r, weight, plan, old)
        done = True
    return done


@loop
def iterate(
    r: Reach, weight: Floats, fixed: Floats, stays: Flags, usable: Flags,
    is_counted: bool, plan: Plan, other: Plan, space: Space, order: Ints,
    times: int, most: int,
) -> int:  # fmt: skip
    """Disturb and repair a plan so many times; return how often it became better."""
    better = 0
    value = value_of(weight, fixed, plan)
    _copy(plan, other)
    for _ in range(times):
        found = _around(r, usable, order, 0, most)
        if found < 2:
            continue
        if np.random.random() < MOVED:  # noqa: NPY002
            end = _around(r, usable, order, found, most)
            done = move(r, weight, stays, plan, space, order, found, end)
            found = end
        else:
            done = disturb(r, weight, stays, is_counted, plan, space, order, found)
        if not done:
            continue
        improve(
            r, weight, fixed, stays, order[:found], is_counted, plan, space, TRIES * 4
        )
        now = value_of(weight, fixed, plan)
        if now <= value:
            if now < value - 1e-9 * abs(value):
                better += 1
            value = now
            _copy(plan, other)
        else:
            _copy(other, plan)
    begin(r, weight, plan, other.sites[: other.size[0]].copy())
    return better
