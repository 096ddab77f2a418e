"""Relocation with a budget: sites close and open for money, ways become shortest.

Opening a site costs, closing one that is open today costs, and both together are paid
from a budget; with p given so many sites are open in the end (Wang, Batta, Bhadury,
Rump 2003). What a choice of sites costs is linear in the sites, so that the budget is
one more row of the LP by cuts (benders.py): its dual is a price of money, at which the
Lagrangian bound of p-median with fixed costs holds.

Plans: those of the LP, bettered by opening, closing and swapping single sites as long
as the budget pays for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from aumaq.classic.methods.benders import CutLoop
from aumaq.classic.methods.branching import Tree
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.opening import is_whole
from aumaq.classic.methods.pool import Pool
from aumaq.classic.methods.prices import CLOSED, FREE, OPEN, Bound, Opening, bound_at
from aumaq.classic.methods.reach import MOST_PAIRS, Reach, lists_of
from aumaq.classic.problems import (
    Problem,
    cost_of_changes,
    is_paid_for,
    prices_of_changes,
)
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.errors import NoPlanError, OptionError
from aumaq.instances.language.texts import say

TRIED = 40
"""Sites that are tried in a step of the search, those that gain most first."""
STEPS = 200
INNER_FROM = 12
"""Rounds of cuts after which points between the last ones are cut off."""
EXACT = 1e-9
"""How exactly the LP keeps the budget."""


@dataclass(frozen=True)
class Money:
    """What sites take of the budget: ``row @ is_open <= most``.

    A change that costs more than the whole budget is none: such prices would drown the
    others, and the site is decided.
    """

    row: Floats  # (J,) opening; less what closing would cost, of those open today
    most: float
    state: Ints  # (J,) which sites are free, open, closed

    @classmethod
    def of(cls, problem: Problem) -> Money:
        """Return the row of a problem's budget."""
        sites, price = problem.sites, prices_of_changes(problem)
        budget = float(problem.budget or 0.0)
        is_dear = price > budget * (1.0 + EXACT)
        row = np.where(is_dear, 0.0, np.where(sites.existing, -price, price))
        state = np.full(len(row), FREE)
        state[is_dear & sites.existing] = OPEN
        state[(is_dear & ~sites.existing) | sites.forbidden] = CLOSED
        state[sites.required] = OPEN
        return cls(row, budget + float(row[sites.existing].sum()), state)


class BudgetLoop(CutLoop):
    """The LP with the budget as its second row."""

    def __init__(self, r: Reach, o: Opening, money: Money, threads: int = 1) -> None:
        self.money, self.price_of_money = money, 0.0
        super().__init__(r, o, threads)

    def _begin(self, threads: int) -> highspy.Highs:
        lp = super()._begin(threads)
        lp.setOptionValue("primal_feasibility_tolerance", EXACT)
        sites = np.arange(self.r.m, dtype=np.int32)
        row, most = self.money.row, self.money.most
        unit = max(1e-12, float(np.abs(row).max(initial=0.0)))
        lp.addRow(-highspy.kHighsInf, most / unit, self.r.m, sites, row / unit)
        self._unit, self._head = unit, 2
        return lp

    def solve(self, seconds: float) -> bool:
        """Solve the LP from where it stands; False if it is not solved in time."""
        if not super().solve(seconds):
            return False
        dual = float(self._lp.getSolution().row_dual[1])
        self.price_of_money = max(0.0, -dual) / self._unit
        return True

    def bound(self, state: Ints) -> Bound:
        """Return the Lagrangian bound at the prices of clients and of money."""
        mu = self.price_of_money
        o = self.o._replace(fixed=self.o.fixed + mu * self.money.row)
        found = bound_at(self.r, o, state, self.price)
        return found._replace(value=found.value - mu * self.money.most)


class _Plans:
    """Plans within the budget."""

    def __init__(self, problem: Problem, money: Money, clock: Clock) -> None:
        n, m = problem.shape
        self.problem, self.money, self.clock = problem, money, clock
        self.weight = w = problem.clients.weights
        # Who has no site counts most, also one without any weight.
        self._urged = np.maximum(w, 1e-6 * w[w > 0.0].min(initial=1.0))
        self.matrix = problem.distances.block(slice(0, n), np.arange(m))
        known = self.matrix[np.isfinite(self.matrix)]
        self._far = 1e3 * (1.0 + float(known.max(initial=0.0)))
        self.stays, self.may = money.state == OPEN, money.state != CLOSED
        self.pool = Pool(1, is_whole=is_whole(problem), gap=clock.gap)

    def is_allowed(self, is_open: Flags) -> bool:
        """Whether so many sites, these sites, and what they cost are right."""
        p, count = self.problem.p, int(is_open.sum())
        is_right = bool(is_open[self.stays].all()) and not is_open[~self.may].any()
        is_right &= count >= 1 if p is None else count == p
        return is_right and is_paid_for(self.problem, np.flatnonzero(is_open))

    def keep(self, sites: Ints) -> Ints:
        """Take a plan in; return clients without a site, (C,)."""
        near = self.matrix[:, sites].min(axis=1, initial=np.inf)
        unserved = np.flatnonzero(np.isinf(near))
        is_open = np.isin(np.arange(self.problem.shape[1]), sites)
        if not len(unserved) and self.is_allowed(is_open):
            self.pool.add(float(self.weight @ near), sites)
        return unserved

    def at(self, y: Floats) -> None:
        """Make a plan of the sites that an LP opens most, and better it."""
        p = self.problem.p
        order = np.argsort(-(y + 2.0 * self.stays - 4.0 * ~self.may), kind="stable")
        count = max(1, round(float(y.sum()))) if p is None else p
        is_open = np.zeros(len(y), bool)
        is_open[order[:count]] = True
        if not self.is_allowed(is_open):
            is_open = self.cheapest(y)
        self.improve(is_open)

    def cheapest(self, y: Floats | None = None) -> Flags:
        """Return the sites that take least of the budget; of equal ones those of y."""
        sites, p = self.problem.sites, self.problem.p
        price = prices_of_changes(self.problem)
        row = np.where(sites.existing, -price, price)
        rank = np.lexsort((np.zeros(len(row)) if y is None else -y, row))
        rank = rank[~sites.forbidden[rank] & ~sites.required[rank]]
        is_open = sites.required.copy()
        count = int(is_open.sum())
        left = max(int((row[rank] < 0.0).sum()), 1 - count) if p is None else p - count
        is_open[rank[:left]] = True
        return is_open

    def improve(self, is_open: Flags) -> None:
        """Open, close or swap single sites while that shortens ways."""
        for _ in range(STEPS):
            self.keep(np.flatnonzero(is_open))
            if self.clock.is_over:
                return
            better = self._step(is_open)
            if better is None:
                return
            is_open = better

    def _step(self, is_open: Flags) -> Flags | None:
        """Return the best change of one site in, one out, or both; None: none helps."""
        sites, w, far = np.flatnonzero(is_open), self._urged, self._far
        away = np.minimum(self.matrix[:, sites], far)
        own = sites[away.argmin(axis=1)]
        two = np.sort(away, axis=1)[:, :2]
        near, second = two[:, 0], two[:, 1] if len(sites) > 1 else np.full(len(w), far)
        gain = w @ np.maximum(near[:, None] - self.matrix, 0.0)
        gain[is_open | ~self.may] = 0.0
        tried = np.argsort(-gain, kind="stable")[:TRIED]
        best, found = -EXACT * (1.0 + float(w @ near)), None
        for j in (-1, *tried[gain[tried] > 0.0].tolist()):
            to = near if j < 0 else np.minimum(self.matrix[:, j], far)
            new = np.minimum(near, to)
            then = second if j < 0 else np.minimum(second, to)
            lost = np.bincount(own, w * (then - new), minlength=len(is_open))
            gained = float(w @ (new - near))
            for k in self._outs(sites, j):
                value = gained + (float(lost[k]) if k >= 0 else 0.0)
                if value < best and self._pays(is_open, j, k):
                    best, found = value, (j, k)
        return None if found is None else _changed(is_open, *found)

    def _outs(self, sites: Ints, j: int) -> list[int]:
        """Return which sites may close, -1 for none, if site *j* opens (-1: none)."""
        outs: list[int] = sites[~self.stays[sites]].tolist()
        if self.problem.p is None:
            return [-1, *outs] if j >= 0 else outs if len(sites) > 1 else []
        return outs if j >= 0 else []

    def _pays(self, is_open: Flags, j: int, k: int) -> bool:
        return is_paid_for(self.problem, np.flatnonzero(_changed(is_open, j, k)))


def _changed(is_open: Flags, j: int, k: int) -> Flags:
    """Return open sites with *j* and without *k*; -1 is none."""
    changed = is_open.copy()
    if j >= 0:
        changed[j] = True
    if k >= 0:
        changed[k] = False
    return changed


def solve_relocation(problem: Problem, clock: Clock) -> tuple[Ints, float]:
    """Return open sites within the budget, and what any plan costs at least.

    Raises NoPlanError if the budget pays for no plan, or no plan serves everybody.
    """
    n, m = problem.shape
    if n * m > MOST_PAIRS:
        told = say("{n:,} pairs are too many for {kind}, at most {most:,}", n=n * m,
                   kind=problem.kind, most=MOST_PAIRS)  # fmt: skip
        raise OptionError(told)
    money = Money.of(problem)
    plans = _Plans(problem, money, clock)
    start = plans.cheapest()
    if not is_paid_for(problem, np.flatnonzero(start)):
        least = cost_of_changes(problem, np.flatnonzero(start))
        told = say("the cheapest change costs {least:g}, the budget is {most:g}",
                   least=least, most=problem.budget)  # fmt: skip
        raise NoPlanError(told, "infeasible")
    plans.improve(start)
    bound = _bounded(problem, plans, clock)
    if not plans.pool.plans:
        if clock.is_over:
            raise NoPlanError(say("no plan was found in time"))
        raise NoPlanError(say("no plan serves every client"), "infeasible")
    return plans.pool.sites, min(plans.pool.proven(bound), plans.pool.best)


def _bounded(problem: Problem, plans: _Plans, clock: Clock) -> float:
    """Close the LP by cuts and branch; return the bound. Plans are kept on the way."""
    near = problem.distances.nearest(problem.shape[1])
    if (near.counts == 0).any():
        return np.inf
    reach = lists_of(near, problem.distances, np.inf)
    state = plans.money.state
    ends = reach.row_length[reach.row_first[1:] - 1]
    p = -1 if problem.p is None else int(problem.p)
    w = problem.clients.weights
    loop = BudgetLoop(
        reach, Opening(w, np.zeros(reach.m), p, w * ends), plans.money, clock.threads
    )
    tree = Tree(loop, plans.pool, clock, plans.at, plans.keep)
    if plans.pool.plans:
        block = plans.matrix[:, plans.pool.sites]
        loop.start_at(w * block.min(axis=1))
    bound, inner = 0.0, None
    while not clock.is_over and bound <= plans.pool.cutoff:
        loop.bounds(state)
        if not loop.solve(clock.left):
            return np.inf if loop.is_infeasible else bound
        found = loop.bound(state)
        bound = max(bound, found.value)
        state = tree.fixed(state, found)
        plans.at(loop.y)
        clock.note(say("cuts"), bound, plans.pool.best)
        inner = loop.y if inner is None else 0.5 * (inner + loop.y)
        if not loop.separate(inner if loop.rounds > INNER_FROM else None):
            break
        loop.purge()
    if clock.is_over or bound > plans.pool.cutoff:
        return bound
    return max(bound, tree.run(state, bound))
