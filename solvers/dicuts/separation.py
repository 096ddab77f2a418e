"""Sets of nodes whose load an LP solution brings in by too little that is opened.

The arcs into a set S bring in at least its load D. Of those in a set C, which stand
only if opened, each unit counts for no more than what one opener can bring of it:

    sum of arrives x flow, not in C, + sum of min(arrives x capacity, D) x opener, of C
    >= D

Any C is valid: if an opener whose capacity is D is at least 1, the row holds, else
opened capacities hold the flow. For flows and openers of an LP the C that is violated
most takes the less of both for each arc. Sources that give all they can are taken for
loads below 0: D is then what must come in beside them. Sets are sought from one node, or from all but
one, by adding or taking away a node as long as the violation grows.

F. Ortega, L. A. Wolsey: A branch-and-cut algorithm for the single-commodity,
uncapacitated, fixed-charge network flow problem. Networks 41 (2003).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.dicuts.arcs import Arcs

VIOLATION = 1e-3
"""Of the load of a set: what is violated by less is left."""
LEAST_LOAD = 1e-6
GIVES_ALL = 0.999
"""Of its limit: a source that gives as much is taken for a load below 0."""


class Point(NamedTuple):
    """What a solution of the LP says of the networks."""

    load: Floats  # (N,) less what sources bring that give all they can
    carried: Floats  # (A,) what arrives; 0 by the arcs of those sources
    opened: Floats  # (O,)
    is_moved: Flags  # (A,) whether the load has it


def point_of(arcs: Arcs, values: Floats) -> Point:
    """Return what the values of all columns say."""
    flow = values[arcs.column]
    fed = np.flatnonzero(arcs.source >= 0)
    given = np.bincount(arcs.source[fed], flow[fed], len(arcs.limit))
    gives_all = given >= GIVES_ALL * arcs.limit
    is_moved = np.zeros(len(flow), bool)
    is_moved[fed] = gives_all[arcs.source[fed]]
    node = np.zeros(len(arcs.limit), np.int64)
    node[arcs.source[fed]] = arcs.head[fed]
    load = arcs.load.copy()
    np.subtract.at(load, node[gives_all], arcs.limit[gives_all])
    carried = np.where(is_moved | (flow < 1e-9), 0.0, arcs.arrives * flow)
    return Point(load, carried, values[arcs.opener], is_moved)


@njit(cache=True)
def lacking(
    inside: Flags, load: float, arcs: Arcs, point: Point
) -> float:
    """Return which share of the load of a set is not brought in."""
    brought, carried = 0.0, point.carried
    for a in range(len(carried)):
        if carried[a] <= 0.0 or not enters(inside, arcs, a):
            continue
        most = 0.0
        for k in range(arcs.first[a], arcs.first[a + 1]):
            most += min(arcs.arrives[a] * arcs.capacity[k], load) * point.opened[k]
        is_opened = arcs.first[a + 1] > arcs.first[a]
        brought += min(carried[a], most) if is_opened else carried[a]
    return (load - brought) / load


@njit(cache=True)
def enters(inside: Flags, arcs: Arcs, a: int) -> bool:
    """Return whether an arc leads into a set."""
    if arcs.head[a] < 0 or not inside[arcs.head[a]]:
        return False
    return arcs.tail[a] < 0 or not inside[arcs.tail[a]]


@njit(cache=True)
def grown(inside: Flags, arcs: Arcs, point: Point, steps: int) -> float:
    """Add or take away nodes of a set in place while more is lacking; return how much.

    It is less than -1 where the set has no load.
    """
    loads, carried = point.load, point.carried
    load, best = (loads * inside).sum(), -2.0
    if load > LEAST_LOAD:
        best = lacking(inside, load, arcs, point)
    near = np.zeros(len(inside), np.bool_)
    for _ in range(steps):
        near[:] = False
        for a in range(len(carried)):
            u, v = arcs.tail[a], arcs.head[a]
            if carried[a] > 0.0 and u >= 0 and v >= 0 and inside[u] != inside[v]:
                near[u] = near[v] = True
        chosen = -1
        for i in np.flatnonzero(near & arcs.may):
            other = load - loads[i] if inside[i] else load + loads[i]
            if other <= LEAST_LOAD:
                continue
            inside[i] = not inside[i]
            found = lacking(inside, other, arcs, point)
            inside[i] = not inside[i]
            if found > best + 1e-6:
                best, chosen = found, i
        if chosen < 0:
            break
        load += -loads[chosen] if inside[chosen] else loads[chosen]
        inside[chosen] = not inside[chosen]
    return best


def sets_lacking(arcs: Arcs, group: Ints, point: Point, steps: int) -> list[Flags]:
    """Return sets of nodes (N,) that lack some of their load, each once.

    *group* (N,) numbers the parts of the networks that no arc joins: a set is of one.
    """
    found: dict[bytes, Flags] = {}
    arcs, point = carrying(arcs, point)
    for start in np.flatnonzero(arcs.may):
        rest = (group == group[start]) & arcs.may
        rest[start] = False
        alone = np.zeros(len(rest), bool)
        alone[start] = True
        fed = arcs.head[(arcs.tail == start) & (point.carried > 0.0)]
        if point.load[start] <= LEAST_LOAD:  # with those that it feeds it may have some
            alone[fed[fed >= 0]] = True
            alone &= arcs.may
        for inside in (alone, rest):
            if grown(inside, arcs, point, steps) > VIOLATION:
                found.setdefault(inside.tobytes(), inside)
    return list(found.values())


def carrying(arcs: Arcs, point: Point) -> tuple[Arcs, Point]:
    """Return the arcs that carry something alone: no other brings any load."""
    kept = point.carried > 0.0
    size = np.diff(arcs.first)
    entries = np.repeat(kept, size)
    part = arcs._replace(
        first=np.concatenate([[0], np.cumsum(size[kept])]),
        opener=arcs.opener[entries],
        capacity=arcs.capacity[entries],
        **{
            name: getattr(arcs, name)[kept]
            for name in ("column", "tail", "head", "arrives", "source")
        },
    )
    return part, point._replace(
        carried=point.carried[kept],
        opened=point.opened[entries],
        is_moved=point.is_moved[kept],
    )
