"""Iterated local search: disturb a plan near a client, repair it, keep the best.

A plan is changed around a client drawn at random, improved by swaps among the sites of
its list, and kept if it is no worse (Lourenco, Martin, Stuetzle 2003, section 2).
"""

from __future__ import annotations

import numpy as np
from numba import njit

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

STRONGEST = 3
"""Swaps that disturb a plan at most."""
TRIES = 400
"""Sites that are tried at most to repair one disturbance, for each of its swaps."""


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def sow(seed: int) -> None:
    """Begin the random numbers of the search anew."""
    np.random.seed(seed)  # noqa: NPY002 - the generator that compiled code has


@njit(cache=True, nogil=True)
def _around(r: Reach, usable: Flags, order: Ints, most: int) -> int:
    """Fill in usable sites near a client drawn at random; return how many."""
    found = 0
    if r.mode == LISTS:
        i = np.random.randint(r.n)  # noqa: NPY002
        for k in range(r.row_first[i], r.row_first[i + 1]):
            if usable[r.row_site[k]] and found < most:
                order[found] = r.row_site[k]
                found += 1
        return found
    for _ in range(most):
        j = np.random.randint(r.m)  # noqa: NPY002
        if usable[j]:
            order[found] = j
            found += 1
    return found


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
        found = _around(r, usable, order, most)
        if found < 2:
            continue
        if not disturb(r, weight, stays, is_counted, plan, space, order, found):
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
