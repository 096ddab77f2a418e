"""Branch and bound over sites with the Lagrangian bound at each node.

A node decides some sites; its bound comes from prices that start at those of the node
above. The node with the least bound is next, so the least of the open ones is a bound
of the whole problem at any time. Where all sites are decided, the clients are left: a
transport where they may be shared out, else a programme for HiGHS.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from aumaq.classic.capacitated.kernel_mip import leaf_bound, plan_of, sent_out
from aumaq.classic.capacitated.relaxation import Data, climb, evaluate, reduced_costs
from aumaq.classic.capacitated.search import assigned, repaired
from aumaq.classic.capacitated.state import State
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import say

ROUNDS, PATIENCE, STEP = 80, 8, 0.25
OFTEN, OFTEN_SHARED = 2, 10
"""Each so manieth node is rounded to a plan; transports take longer."""
LEAF_NODES = 2_000
"""Nodes of the 0-1 knapsacks for the last bound of a node."""


@dataclass(order=True)
class Node:
    """Sites that may and must stand, prices, and how often sites stood at them."""

    bound: float
    number: int
    may: Flags = field(compare=False)
    must: Flags = field(compare=False)
    prices: Floats = field(compare=False)
    often: Floats = field(compare=False)


class Tree:
    """The open nodes, and the bounds of leaves that were not solved to their end."""

    def __init__(self, state: State, prices: Floats) -> None:
        """Begin with the sites that the state has not decided."""
        self.state = state
        self.numbers = count()
        self.open: list[Node] = []
        self.unsolved = np.inf
        self.nodes = 0
        self.data = state.data
        self.add(state.data.may, state.data.must, prices, state.bound)

    @property
    def bound(self) -> float:
        """A bound of the whole problem."""
        least = self.open[0].bound if self.open else np.inf
        return min(least, self.unsolved, self.state.cost)

    def run(self, ends: float) -> bool:
        """Branch until the clock time *ends*; return whether all nodes were closed."""
        state = self.state
        while self.open and time.monotonic() < ends and not state.is_over:
            node = heapq.heappop(self.open)
            if node.bound <= state.cutoff:
                self.branch(node)
            state.raise_bound(self.bound, say("branching"))
        return not self.open

    def branch(self, node: Node) -> None:
        """Replace a node by its two parts, or by what its clients come to."""
        free = node.may & ~node.must
        if not free.any():
            self.leaf(node)
            return
        doubt = np.where(free, np.minimum(node.often, 1.0 - node.often), -1.0)
        weight = self.data.fixed_cost + 1e-9
        j = int(np.argmax(np.where(free, (doubt + 1e-3) * weight, -1.0)))
        without, with_it = node.may.copy(), node.must.copy()
        without[j], with_it[j] = False, True
        self.add(node.may, with_it, node.prices, node.bound)
        self.add(without, node.must, node.prices, node.bound)

    def add(self, may: Flags, must: Flags, prices: Floats, known: float) -> None:
        """Bound a node, decide what its bound decides, and keep it if it may matter."""
        state, self.nodes = self.state, self.nodes + 1
        data = self.data._replace(may=may, must=must)
        if cannot_hold(data):
            return
        limit = state.cutoff
        target = limit if np.isfinite(limit) else 1.05 * abs(known)
        found = climb(data, prices, target, ROUNDS, STEP, PATIENCE)
        bound = evaluate(data, found.prices, LEAF_NODES)
        value = max(found.value, bound.value, known)
        if value > limit:
            return
        slack = 1e-7 * abs(value)
        may = may & (bound.value + bound.into <= limit + slack)
        must = must | (may & (bound.value + bound.out > limit + slack))
        often = np.where(may, found.often, 0.0)
        if self.nodes % (OFTEN if data.is_single else OFTEN_SHARED) == 1:
            self.round_off(data._replace(may=may, must=must), often, found.prices)
        node = Node(value, next(self.numbers), may, must, found.prices, often)
        heapq.heappush(self.open, node)

    def round_off(self, data: Data, often: Floats, prices: Floats) -> None:
        """Offer the plan of the sites that stood most often."""
        is_open = rounded(data, often, 1.0)
        sites = np.flatnonzero(is_open)
        if not data.is_single:
            plan = sent_out(data, sites, None)
            if plan is not None:
                self.state.offer(plan, say("branching"))
            return
        price = float(prices.sum() / max(data.demand.sum(), 1e-9))
        rented = np.full_like(data.cost, np.inf)
        rented[sites] = reduced_costs(data, prices, sites) + prices
        for guide in (data.cost, rented):
            standing = is_open.copy()
            place = assigned(data, standing, guide)
            if (place >= 0).all() and np.isfinite(
                repaired(data, place, standing, price)
            ):
                plan = plan_of(data, place, standing)
                if plan is not None:
                    self.state.offer(plan, say("branching"))

    def leaf(self, node: Node) -> None:
        """Settle a node in which every site is decided."""
        data = self.data._replace(may=node.may, must=node.must)
        bound = leaf_bound(self.state, data, node.prices, node.bound)
        if bound <= self.state.cutoff:
            self.unsolved = min(self.unsolved, max(bound, node.bound))


def cannot_hold(data: Data) -> bool:
    """Whether the sites that may stand do not do: room, number, or ways to them."""
    if not np.isfinite(data.cost[data.may]).any(axis=0).all():
        return True
    if data.number >= 0:
        return int(data.must.sum()) > data.number or int(data.may.sum()) < data.number
    need = float(data.demand.sum())
    return bool(data.capacity[data.may].sum() < need * (1 - 1e-12))


def rounded(data: Data, often: Floats, spare: float) -> Flags:
    """Return the sites that stood most often, with room for all demand and to spare."""
    is_open = data.must & data.may
    rank = np.where(data.may & ~is_open, often, -1.0)
    need = spare * float(data.demand.sum())
    for j in np.argsort(-rank, kind="stable"):
        if data.number >= 0:
            is_enough = is_open.sum() >= data.number
        else:
            holds = is_open.any() and data.capacity[is_open].sum() >= need
            is_enough = rank[j] < 0.5 and holds
        if is_enough or rank[j] < 0.0:
            break
        is_open[j] = True
    return is_open
