"""Branch and cut over sites: one LP for all nodes, cuts at every node, plunging.

HiGHS has no lazy constraints in its own tree; this one keeps the LP hot from node to
node instead. With more than one plan wanted, the node of a whole plan is split into
nodes that leave out exactly that plan (Lawler 1972).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

import numpy as np

from aumaq.classic.methods.benders import CutLoop
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.pool import Pool
from aumaq.classic.methods.prices import CLOSED, FREE, OPEN, Bound
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import say

WHOLE = 1e-6
ROUNDS = 12
"""Rounds of cuts at a node other than the root."""
WORTHWHILE = 0.05
"""Part of the gap that a round has to close for another one."""

Node = tuple[float, int, Ints]


class Tree:
    """The open nodes, and what is known of all of them together."""

    def __init__(
        self,
        loop: CutLoop,
        pool: Pool,
        clock: Clock,
        plan_at: Callable[[Floats], None],
        whole_plan: Callable[[Ints], Ints],
    ) -> None:
        self.loop, self.pool, self.clock = loop, pool, clock
        self.plan_at, self.whole_plan = plan_at, whole_plan
        self.nodes = 0
        self._heap: list[Node] = []
        self._number = count()

    def run(self, state: Ints, bound: float) -> float:
        """Search below a root; return the bound of all that is left, best first.

        That is infinite if nothing is left.
        """
        current: Node | None = (bound, 0, state)
        while current is not None or self._heap:
            if current is None:
                current = heapq.heappop(self._heap)
            if current[0] > self.pool.cutoff:
                current = None
                continue
            left = min(current[0], self._heap[0][0] if self._heap else np.inf)
            self.clock.note(say("branching"), left, self.pool.best)
            if self.clock.is_over:
                return left
            self.nodes += 1
            parts = self._process(current)
            if parts is None:
                return left
            current = parts[0] if parts else None
            for part in parts[1:]:
                heapq.heappush(self._heap, part)
        return np.inf

    def _process(self, node: Node) -> list[Node] | None:
        """Bound a node by cuts; return its parts, the first to go on with."""
        bound, _, state = node
        loop, last = self.loop, bound
        loop.bounds(state)
        for turn in range(ROUNDS):
            if not loop.solve(self.clock.left):
                if loop.is_infeasible:
                    return []
                return None if self.clock.is_over else self._split_any(bound, state)
            found = loop.bound(state)
            bound = max(bound, found.value)
            if bound > self.pool.cutoff:
                return []
            state = self.fixed(state, found)
            added = loop.separate()
            if not added:
                if self._is_whole():
                    return self._below_whole(bound, state)
                break
            if turn >= 2 and loop.value - last < WORTHWHILE * (self.pool.cutoff - last):
                break
            last = loop.value
        if self.nodes % 8 == 1:
            self.plan_at(loop.y)
        loop.purge()
        return self._split(bound, state)

    def fixed(self, state: Ints, found: Bound) -> Ints:
        """Return a state in which sites are open or closed that have to be."""
        gap = self.pool.cutoff - found.value
        free = state == FREE
        state = state.copy()
        state[free & (found.opened > gap)] = CLOSED
        state[free & (found.closed > gap)] = OPEN
        return state

    def _is_whole(self) -> bool:
        y = self.loop.y
        return bool((np.minimum(y, 1 - y) < WHOLE).all())

    def _split(self, bound: float, state: Ints) -> list[Node]:
        """Return two nodes: the site that is most undecided open, and closed."""
        free = np.flatnonzero(state == FREE)
        if not len(free):
            return self._leaf(state)
        y = self.loop.y[free]
        undecided = np.minimum(y, 1 - y)
        if undecided.max() < WHOLE:
            return self._split_any(bound, state)
        j = int(free[np.argmax(undecided + 1e-3 * y)])
        parts = [self._part(bound, state, [j], []), self._part(bound, state, [], [j])]
        return [part for part in parts if part is not None]

    def _split_any(self, bound: float, state: Ints) -> list[Node]:
        free = np.flatnonzero(state == FREE)
        if not len(free):
            return self._leaf(state)
        j = int(free[0])
        parts = [self._part(bound, state, [j], []), self._part(bound, state, [], [j])]
        return [part for part in parts if part is not None]

    def _leaf(self, state: Ints) -> list[Node]:
        self.whole_plan(np.flatnonzero(state == OPEN))
        return []

    def _below_whole(self, bound: float, state: Ints) -> list[Node]:
        """Take the plan of a node that is solved; go on if more plans are wanted."""
        chosen = np.flatnonzero(self.loop.y > 0.5)
        unserved = self.whole_plan(chosen)
        if len(unserved):
            self.loop.cover(unserved)
            return [(bound, next(self._number), state)]
        if self.pool.size == 1:
            return []
        inside = [int(j) for j in chosen if state[j] == FREE]
        parts = [
            self._part(bound, state, inside[:k], [j]) for k, j in enumerate(inside)
        ]
        if self.loop.o.p < 0:
            outside = [
                int(j) for j in np.flatnonzero(state == FREE) if j not in set(inside)
            ]
            parts += [
                self._part(bound, state, [*inside, j], outside[:k])
                for k, j in enumerate(outside)
            ]
        return [part for part in parts if part is not None]

    def _part(
        self, bound: float, state: Ints, opened: list[int], closed: list[int]
    ) -> Node | None:
        """Return a part of a node; None if no plan has those sites."""
        state = state.copy()
        state[opened], state[closed] = OPEN, CLOSED
        p, is_open = self.loop.o.p, int((state == OPEN).sum())
        if p >= 0:
            if is_open > p or is_open + int((state == FREE).sum()) < p:
                return None
            if is_open == p:
                state[state == FREE] = CLOSED
        return (bound, next(self._number), state)
