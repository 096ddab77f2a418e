"""Swap local search of sites: open one, close one, as long as that helps.

What a swap changes comes of three sums (Whitaker 1983; Resende and Werneck 2004): the
gain of clients that the new site is nearer to, the loss of those whose site closes, and
the part of that loss which the new site makes good. Sites with fixed costs may also
open or close alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aumaq.classic.distances import Sites32
from aumaq.classic.methods.reach import LISTS, Reach, column, distance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

LEAST = 1e-9
"""Relative to the value, what a move has to save."""


class Plan(NamedTuple):
    """Open sites and the two nearest of them of each client. I clients, J sites."""

    is_open: Flags  # (J,)
    sites: Ints  # (J,) open sites in the first places
    place: Ints  # (J,) where a site stands in ``sites``
    size: Ints  # (1,) number of open sites
    first: Ints  # (I,) the nearest open site, -1: none
    second: Ints  # (I,)
    near: Floats  # (I,) distance to ``first``
    next: Floats  # (I,) distance to ``second``
    loss: Floats  # (J,) what closing the site costs


class Space(NamedTuple):
    """Room to work in."""

    client: Sites32  # (I,)
    length: Floats  # (I,)
    extra: Floats  # (J,)
    touched: Ints  # (J,)


def empty_plan(r: Reach) -> Plan:
    """Return a plan without sites."""
    return Plan(
        np.zeros(r.m, bool), np.zeros(r.m, np.int64), np.full(r.m, -1),
        np.zeros(1, np.int64), np.full(r.n, -1), np.full(r.n, -1),
        np.full(r.n, r.far), np.full(r.n, r.far), np.zeros(r.m),
    )  # fmt: skip


def space_of(r: Reach) -> Space:
    """Return room to work in."""
    return Space(
        np.zeros(r.n, np.int32), np.zeros(r.n), np.zeros(r.m), np.zeros(r.m, np.int64)
    )


@loop
def begin(r: Reach, weight: Floats, plan: Plan, chosen: Ints) -> None:
    """Make a plan of some sites."""
    plan.is_open[:] = False
    plan.place[:] = -1
    plan.size[0] = len(chosen)
    for k in range(len(chosen)):
        plan.is_open[chosen[k]] = True
        plan.sites[k] = chosen[k]
        plan.place[chosen[k]] = k
    for i in range(r.n):
        two_nearest(r, plan, i)
    set_losses(r, weight, plan)


@loop
def set_losses(r: Reach, weight: Floats, plan: Plan) -> None:
    """Compute what closing each site costs, without its fixed cost."""
    plan.loss[:] = 0.0
    for i in range(r.n):
        if plan.first[i] >= 0:
            plan.loss[plan.first[i]] += weight[i] * (plan.next[i] - plan.near[i])


@loop
def two_nearest(r: Reach, plan: Plan, i: int) -> None:
    """Find the two nearest open sites of a client, in its list or among all."""
    plan.first[i], plan.second[i] = -1, -1
    plan.near[i], plan.next[i] = r.far, r.far
    if r.mode == LISTS:
        for k in range(r.row_first[i], r.row_first[i + 1]):
            if plan.is_open[r.row_site[k]]:
                if plan.first[i] < 0:
                    plan.first[i], plan.near[i] = r.row_site[k], r.row_length[k]
                else:
                    plan.second[i], plan.next[i] = r.row_site[k], r.row_length[k]
                    return
        if not len(r.clients):
            return
        plan.first[i], plan.near[i] = -1, r.far
    for k in range(plan.size[0]):
        take(plan, i, plan.sites[k], distance(r, i, plan.sites[k]))


@loop
def take(plan: Plan, i: int, j: int, length: float) -> None:
    """Let a site be one of the two nearest of a client if it is."""
    if length < plan.near[i]:
        plan.second[i], plan.next[i] = plan.first[i], plan.near[i]
        plan.first[i], plan.near[i] = j, length
    elif length < plan.next[i]:
        plan.second[i], plan.next[i] = j, length


@loop
def add(r: Reach, weight: Floats, plan: Plan, space: Space, j: int) -> None:
    """Open a site."""
    plan.is_open[j] = True
    plan.place[j] = plan.size[0]
    plan.sites[plan.size[0]] = j
    plan.size[0] += 1
    plan.loss[j] = 0.0
    for k in range(column(r, j, space.client, space.length)):
        i = space.client[k]
        if space.length[k] < plan.next[i]:
            unlearn(weight, plan, i)
            take(plan, i, j, space.length[k])
            learn(weight, plan, i)


@loop
def drop(r: Reach, weight: Floats, plan: Plan, j: int) -> None:
    """Close a site."""
    plan.is_open[j] = False
    last = plan.sites[plan.size[0] - 1]
    plan.sites[plan.place[j]] = last
    plan.place[last] = plan.place[j]
    plan.place[j] = -1
    plan.size[0] -= 1
    for i in range(r.n):
        if plan.first[i] == j or plan.second[i] == j:
            unlearn(weight, plan, i)
            two_nearest(r, plan, i)
            learn(weight, plan, i)


@loop
def unlearn(weight: Floats, plan: Plan, i: int) -> None:
    """Take a client out of the losses."""
    if plan.first[i] >= 0:
        plan.loss[plan.first[i]] -= weight[i] * (plan.next[i] - plan.near[i])


@loop
def learn(weight: Floats, plan: Plan, i: int) -> None:
    """Put a client into the losses."""
    if plan.first[i] >= 0:
        plan.loss[plan.first[i]] += weight[i] * (plan.next[i] - plan.near[i])


@loop
def value_of(weight: Floats, fixed: Floats, plan: Plan) -> float:
    """Return distances and fixed costs of a plan."""
    total = 0.0
    for i in range(len(weight)):
        total += weight[i] * plan.near[i]
    for k in range(plan.size[0]):
        total += fixed[plan.sites[k]]
    return total


@loop
def best_move(
    r: Reach, weight: Floats, fixed: Floats, stays: Flags, is_counted: bool,
    plan: Plan, space: Space, j: int,
) -> tuple[float, int]:  # fmt: skip
    """Return what opening a site saves, and which one then closes: -1 for none."""
    gain, touched = -fixed[j], 0
    for k in range(column(r, j, space.client, space.length)):
        i, length = space.client[k], space.length[k]
        if length >= plan.next[i]:
            continue
        gain += weight[i] * max(0.0, plan.near[i] - length)
        old = plan.first[i]
        if old >= 0:
            if space.extra[old] == 0.0:
                space.touched[touched] = old
                touched += 1
            saved = plan.next[i] - max(plan.near[i], length)
            space.extra[old] += weight[i] * saved + 1e-300
    least, closed = 1e300, -1
    for k in range(plan.size[0]):
        site = plan.sites[k]
        if not stays[site]:
            change = plan.loss[site] - space.extra[site] - fixed[site]
            if change < least:
                least, closed = change, site
    for k in range(touched):
        space.extra[space.touched[k]] = 0.0
    if is_counted or least < 0.0:
        return gain - least, closed
    return gain, -1


@loop
def improve(
    r: Reach, weight: Floats, fixed: Floats, stays: Flags, order: Ints,
    is_counted: bool, plan: Plan, space: Space, tries: int,
) -> bool:  # fmt: skip
    """Make moves that help until none of ``order`` does; False if tries ran out.

    *stays* are sites that are required, *is_counted*: their number is given.
    """
    value = value_of(weight, fixed, plan)
    least = LEAST * max(abs(value), 1e-9)
    idle, at, size = 0, 0, len(order)
    while idle < size:
        if tries <= 0:
            return False
        j = order[at]
        at = at + 1 if at + 1 < size else 0
        idle += 1
        if plan.is_open[j]:
            saved = fixed[j] - plan.loss[j]
            if not is_counted and not stays[j] and plan.size[0] > 1 and saved > least:
                drop(r, weight, plan, j)
                idle = 0
            continue
        tries -= 1
        saved, closed = best_move(r, weight, fixed, stays, is_counted, plan, space, j)
        if saved > least and (closed >= 0 or not is_counted):
            add(r, weight, plan, space, j)
            if closed >= 0:
                drop(r, weight, plan, closed)
            idle = 0
    return True
