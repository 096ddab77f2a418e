"""Branch and bound in which every node is cut as well.

HiGHS takes no cuts of others while it branches. Here each node's LP goes on from the
last one, gets the cuts that it violates, and loses those that do not bind. Columns
whose reduced costs say that they stay where they are, below the node, are fixed.
Branching is by pseudocosts, begun with a few iterations of each candidate
(reliability branching: T. Achterberg, T. Koch, A. Martin, OR Letters 33 (2005)). It
dives, and takes the open node with the least bound every few nodes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.branch_and_cut.dicuts import Cuts
from aumaq.solvers.branch_and_cut.pseudocosts import Pseudocosts
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.node_lp import NodeLP, Relaxed

WHOLE = 1e-6
PROVEN = 1e-7
"""Relative; a node so near to the plan is given up."""
CUT_ROUNDS, CUTS_A_ROUND = 3, 60
VIOLATED = 0.1
"""Cuts of a node lack more than this part; weaker ones cost more than they bring."""
WORTH = 2e-3
"""Rounds of cuts go on while each closes such a part of the gap."""
MOST_CUTS = 250
"""With more, those that do not bind are dropped."""
CANDIDATES, TRIED, RELIABLE, TRIAL_ITERATIONS = 20, 8, 4, 60
"""Columns looked at for branching, those tried, the trials after which a pseudocost is
relied on, and the simplex iterations of a trial."""
BEST_FIRST = 5
"""Each so-many-th node is the open one with the least bound."""

Separate = Callable[[Floats, float], Cuts]
"""(values, least violation) -> cuts that hold for every plan."""


@dataclass(order=True)
class _Node:
    """A part of the tree: integers confined to other limits."""

    bound: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)


class Tree:
    """Proves a bound of a programme, and meets plans on its way."""

    def __init__(self, m: Matrices, separate: Separate, gap: float, cuts: Cuts) -> None:
        """Take the programme, and the *cuts* of its root.

        *gap* is the relative gap at which nodes are given up.
        """
        self._separate, self._gap = separate, max(gap, PROVEN)
        self._whole = np.flatnonzero(m.is_integer)
        self._costs = Pseudocosts(len(self._whole))
        self._is_over: Callable[[], bool] = lambda: False
        self._lp = NodeLP(m, lambda: self._is_over())
        if len(cuts):
            self._lp.add(cuts.rows, cuts.least)
        low, high = m.column_lower[self._whole], m.column_upper[self._whole]
        self._open = [_Node(float("-inf"), 0, low, high)]
        self._number = 0
        self._given_up = float("inf")
        self.bound = float("-inf")
        """No plan costs less than this, or than the best one known less the gap."""
        self.nodes = 0
        self.is_done = False
        """Whether nothing is left that could be better by more than the gap."""

    def run(
        self,
        is_over: Callable[[], bool],
        best: Callable[[], float],
        offer: Callable[[Floats], None],
    ) -> None:
        """Branch until *is_over* says so, or until nothing is left.

        *best* tells the cost of the best plan known; *offer* is given the plans met.
        """
        self._is_over = is_over
        node: _Node | None = None
        while self._open or node is not None:
            if node is not None and self.nodes % BEST_FIRST == 0:
                heapq.heappush(self._open, node)
                node = None
            node = node or heapq.heappop(self._open)
            least = self._open[0].bound if self._open else float("inf")
            self.bound = max(self.bound, min(least, node.bound, self._given_up))
            if is_over():
                heapq.heappush(self._open, node)
                return
            node = self._visited(node, best(), offer)
        self.bound = max(self.bound, self._given_up)
        self.is_done = True

    def _visited(
        self, node: _Node, best: float, offer: Callable[[Floats], None]
    ) -> _Node | None:
        """Return the part of a node to go on with; the other one is kept open."""
        cutoff = best
        if best < np.inf:
            cutoff -= self._gap * abs(best)
        if node.bound >= cutoff:
            return self._ended(node.bound)
        self.nodes += 1
        self._lp.confine(self._whole, node.low, node.high)
        self._lp.cut_off(min(cutoff, 1e300))
        found = self._cut_down(cutoff)
        if found is None:  # not to its end: the node stays open
            if self._is_over():
                heapq.heappush(self._open, node)
                return None
            return self._halved(node, None)
        if found.values is None or found.bound >= cutoff:
            return self._ended(min(found.bound, cutoff))
        node.bound = max(node.bound, found.bound)
        self._fix(node, found, cutoff - found.bound)
        if self._lp.num_cuts > MOST_CUTS:
            self._lp.drop_slack()
        if not len(self._loose(found.values)):
            offer(found.values)
            return self._ended(found.bound)
        return self._halved(node, found)

    def _ended(self, bound: float) -> _Node | None:
        """Take note that nothing is left below a node with this bound; return none."""
        self._given_up = min(self._given_up, bound)
        return None

    def _cut_down(self, cutoff: float) -> Relaxed | None:
        """Return the LP as it is now, cut while that is worth it."""
        found, room = self._lp.solve(), np.inf
        for _ in range(CUT_ROUNDS):
            if found is None or found.values is None or found.bound >= cutoff:
                break
            if room < WORTH * (cutoff - found.bound):
                break
            cuts = self._separate(found.values, VIOLATED).first(CUTS_A_ROUND)
            if not len(cuts):
                break
            self._lp.add(cuts.rows, cuts.least)
            before, found = found.bound, self._lp.solve()
            room = np.inf if found is None else found.bound - before
        return found

    def _fix(self, node: _Node, found: Relaxed, room: float) -> None:
        """Fix what would cost more than there is room for if it moved."""
        assert found.values is not None
        assert found.reduced is not None
        values, price = found.values[self._whole], found.reduced[self._whole]
        stays_low = (values <= node.low + WHOLE) & (price > room)
        stays_high = (values >= node.high - WHOLE) & (-price > room)
        node.high = np.where(stays_low, node.low, node.high)
        node.low = np.where(stays_high, node.high, node.low)

    def _loose(self, values: Floats) -> Ints:
        """Return which of the integers are not whole."""
        known = values[self._whole]
        return np.flatnonzero(np.abs(known - np.round(known)) > WHOLE)

    def _halved(self, node: _Node, found: Relaxed | None) -> _Node | None:
        """Branch; return the half nearer to the LP, and keep the other one."""
        if found is None or found.values is None:
            return self._halved_blindly(node)
        at, can_be = self._branching(node, found)
        value = float(found.values[self._whole[at]])
        return self._parts(node, at, value, can_be)

    def _halved_blindly(self, node: _Node) -> _Node | None:
        """Branch where the LP gave nothing, on the widest column that is left."""
        at = int(np.argmax(node.high - node.low))
        if node.high[at] <= node.low[at]:
            return self._ended(node.bound)
        return self._parts(node, at, node.low[at] + 0.5, (True, True))

    def _parts(
        self, node: _Node, at: int, value: float, can_be: tuple[bool, bool]
    ) -> _Node | None:
        """Keep both parts of a node but the one to go on with, the nearer one."""
        parts = []
        for up in (0, 1):
            if can_be[up]:
                self._number += 1
                part = _Node(
                    node.bound, self._number, node.low.copy(), node.high.copy()
                )
                if up:
                    part.low[at] = np.ceil(value)
                else:
                    part.high[at] = np.floor(value)
                parts.append((abs(value - (np.ceil, np.floor)[1 - up](value)), part))
        parts.sort(key=lambda one: one[0])
        for _, part in parts[1:]:
            heapq.heappush(self._open, part)
        return parts[0][1] if parts else None

    def _branching(self, node: _Node, found: Relaxed) -> tuple[int, tuple[bool, bool]]:
        """Return the column to branch on, and which ways a plan can be (down, up)."""
        assert found.values is not None
        loose = self._loose(found.values)
        part = found.values[self._whole[loose]] % 1.0
        scores = self._costs.scores(loose, part)
        order = np.argsort(-scores, kind="stable")[:CANDIDATES]
        new = order[self._costs.trials(loose[order]) < RELIABLE][:TRIED]
        tried = {int(k): self._try(node, found, int(loose[k])) for k in new}
        best, chosen = -np.inf, int(order[0])
        for k in order.tolist():
            score = float(scores[k])
            if k in tried:
                score = float(np.prod(np.maximum(tried[k], PROVEN)))
                if not np.isfinite(score):
                    score = np.inf
            if score > best:
                best, chosen = score, k
        rises = tried.get(chosen, (0.0, 0.0))
        return int(loose[chosen]), (bool(rises[0] < np.inf), bool(rises[1] < np.inf))

    def _try(self, node: _Node, found: Relaxed, at: int) -> tuple[float, float]:
        """Return what the bound rises by within a few iterations, down and up."""
        assert found.values is not None
        column = self._whole[at : at + 1]
        value, basis = float(found.values[column[0]]), self._lp.basis()
        low, high = node.low[at : at + 1], node.high[at : at + 1]
        rises = []
        for up in (0, 1):
            to = np.array([np.ceil(value) if up else np.floor(value)])
            self._lp.confine(column, to if up else low, high if up else to)
            one = self._lp.solve(TRIAL_ITERATIONS)
            rise = 0.0 if one is None else one.bound - found.bound
            rises.append(rise)
            if rise < np.inf:
                self._costs.learn(at, up, abs(value - float(to[0])), rise)
            self._lp.begin_at(basis)
        self._lp.confine(column, low, high)
        return rises[0], rises[1]
