"""Dicut inequalities of fixed-charge networks, and the search for violated ones.

What a set S of nodes needs, d(S), must come in over the arcs that enter it; an arc that
is open lets in d(S) at most, or its capacity if that is less. So for any choice of
either term for each entering arc a

    sum over a into S of  min(flow_a, sum_k min(capacity_k, d(S)) open_k)  >=  d(S)

(the simple inflow/outflow inequalities of F. Ortega, L. A. Wolsey, Networks 41 (2003);
the choice of the smaller term at a point is the most violated one). The same holds for
what must leave a set. Which set is best is hard; from each node that needs something a
set grows by the node that adds most to the violation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop
from aumaq.solvers.branch_and_cut.flow_network import FlowNetwork

VIOLATED = 1e-3
"""A cut is taken that lacks more than this part of what it needs."""
LARGEST = 40
"""Nodes that a set grows to."""
TINY = 1e-9


@dataclass(frozen=True)
class Cuts:
    """Inequalities ``rows @ columns >= least``, the most violated first."""

    rows: csr_array
    least: Floats
    violation: Floats
    """Relative to what is needed."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.least)

    def first(self, count: int) -> Cuts:
        """Return the most violated ones."""
        return Cuts(self.rows[:count], self.least[:count], self.violation[:count])


class Dicuts:
    """Finds violated dicuts of a network."""

    def __init__(self, network: FlowNetwork, num_columns: int) -> None:
        """Prepare; *num_columns* are those of the programme."""
        n, self._num_columns = network, num_columns
        self._network = n
        ways = ((n.tail, n.head, n.least), (n.head, n.tail, -n.most))
        self._sides = [_Side.of(*way) for way in ways]

    def separate(self, values: Floats, violated: float = VIOLATED) -> Cuts:
        """Return cuts that *values* of all columns violate, each once."""
        n, found = self._network, dict[bytes, tuple[float, float, Ints, Floats]]()
        flow, opened = values[n.flow], values[n.opens]
        for side in self._sides:
            data = (*side.arrays, flow, n.starts, n.capacity, opened)
            for start in side.starts.tolist():
                inside, worst = _grown(start, LARGEST, *data)
                if worst > violated:
                    columns, prices = self._cut(side, inside, flow, opened)
                    need = float(side.need[inside].sum())
                    key = np.sort(columns).tobytes() + np.float64(need).tobytes()
                    found[key] = worst, need, columns, prices
        return self._as_rows(sorted(found.values(), key=lambda cut: -cut[0]))

    def _cut(
        self, side: _Side, inside: Flags, flow: Floats, opened: Floats
    ) -> tuple[Ints, Floats]:
        """Return columns and coefficients of the most violated cut of a set."""
        n = self._network
        need = side.need[inside].sum()
        arcs = np.flatnonzero(inside[side.head] & ~inside[side.tail])
        through = np.minimum(n.capacity, need)
        before = np.concatenate([[0.0], np.cumsum(through * opened)])
        by_opens = before[n.starts[arcs + 1]] - before[n.starts[arcs]]
        is_open = (n.starts[arcs + 1] > n.starts[arcs]) & (flow[arcs] >= by_opens)
        entries = np.concatenate(
            [np.arange(n.starts[a], n.starts[a + 1]) for a in arcs[is_open]]
            + [np.zeros(0, np.int64)]
        ).astype(np.int64)
        columns = np.concatenate([n.flow[arcs[~is_open]], n.opens[entries]])
        return columns, np.concatenate([np.ones((~is_open).sum()), through[entries]])

    def _as_rows(self, cuts: list[tuple[float, float, Ints, Floats]]) -> Cuts:
        starts = np.cumsum([0, *(len(columns) for _, _, columns, _ in cuts)])
        columns = np.concatenate([np.zeros(0, np.int64), *(c for _, _, c, _ in cuts)])
        prices = np.concatenate([np.zeros(0), *(p for *_, p in cuts)])
        shape = (len(cuts), self._num_columns)
        rows = csr_array((prices, columns, starts), shape=shape)
        rows.sum_duplicates()
        return Cuts(
            rows,
            np.array([need for _, need, _, _ in cuts]),
            np.array([worst for worst, _, _, _ in cuts]),
        )


@dataclass(frozen=True)
class _Side:
    """The network seen from what must come in, or, turned round, from what must leave.

    ``entering[first[v]:first[v + 1]]`` are the arcs into node v.
    """

    tail: Ints
    head: Ints
    need: Floats
    first: Ints
    entering: Ints

    @classmethod
    def of(cls, tail: Ints, head: Ints, need: Floats) -> _Side:
        count = np.bincount(head, minlength=len(need))
        first = np.concatenate([[0], np.cumsum(count)])
        entering = np.argsort(head, kind="stable")
        return cls(tail, head, need, first, entering)

    @property
    def starts(self) -> Ints:
        """The nodes that need something."""
        return np.flatnonzero(self.need > TINY)

    @property
    def arrays(self) -> tuple[Ints, Floats, Ints, Ints]:
        """What the kernel takes of it."""
        return self.tail, self.need, self.first, self.entering


@loop
def _lacking(  # type: ignore[no-untyped-def]  # compiled
    inside, members, count, need, tail, first, entering, flow, starts, capacity, opened
):
    """Return which part of *need* the arcs into a set do not bring."""
    brought = 0.0
    for m in range(count):
        v = members[m]
        for p in range(first[v], first[v + 1]):
            a = entering[p]
            if inside[tail[a]]:
                continue
            term = flow[a]
            if starts[a + 1] > starts[a]:
                by_opens = 0.0
                for k in range(starts[a], starts[a + 1]):
                    by_opens += min(capacity[k], need) * opened[k]
                term = min(term, by_opens)
            brought += term
    return 1.0 - brought / need


@loop
def _grown(  # type: ignore[no-untyped-def]  # compiled
    start, largest, tail, needs, first, entering, flow, starts, capacity, opened
):
    """Return the set with the largest violation on the way as one grows from a node,
    and that violation.
    """
    count = len(needs)
    inside, best = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    members = np.empty(largest + 1, np.int64)
    inside[start], members[0] = True, start
    size, need, worst = 1, needs[start], -np.inf
    is_near = np.zeros(count, np.bool_)
    while True:
        now = _lacking(inside, members, size, need, tail, first, entering, flow,
                       starts, capacity, opened)  # fmt: skip
        if now > worst + 1e-9:
            worst = now
            best[:] = inside
        if size >= largest:
            return best, worst
        is_near[:] = False
        for m in range(size):
            for p in range(first[members[m]], first[members[m] + 1]):
                a = entering[p]
                if not inside[tail[a]] and flow[a] > 1e-9:
                    is_near[tail[a]] = True
        most, chosen = -np.inf, -1
        for v in range(count):
            if not is_near[v] or not need + needs[v] > 1e-9:
                continue
            inside[v], members[size] = True, v
            with_it = _lacking(inside, members, size + 1, need + needs[v], tail, first,
                               entering, flow, starts, capacity, opened)  # fmt: skip
            inside[v] = False
            if with_it > most:
                most, chosen = with_it, v
        if chosen < 0:
            return best, worst
        inside[chosen], members[size] = True, chosen
        size, need = size + 1, need + needs[chosen]
