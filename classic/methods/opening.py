"""Which sites open: p-median and location with fixed costs, with a bound.

Swaps and prices first, each helping the other; then what the bound rules out is left
away, the strong LP is closed by cuts, and the rest is branched on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aumaq.classic.distances import Dense, Points, Sparse, lengths
from aumaq.classic.methods.benders import CutLoop
from aumaq.classic.methods.branching import Tree
from aumaq.classic.methods.clock import Clock
from aumaq.classic.methods.pool import Pool
from aumaq.classic.methods.prices import (
    CLOSED,
    FREE,
    OPEN,
    Ascent,
    Bound,
    Opening,
)
from aumaq.classic.methods.reach import LISTS, MOST_PAIRS, reach_of
from aumaq.classic.methods.sample import sample_of
from aumaq.classic.methods.search import iterate, sow
from aumaq.classic.methods.swap import (
    begin,
    empty_plan,
    improve,
    space_of,
    value_of,
)
from aumaq.classic.methods.trimmed import Trimmed, trimmed
from aumaq.classic.problems import Problem
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import say

STEPS = 1200
"""Subgradient steps at most before the LP."""
SAMPLED = 0.2
"""Part of the time that a sample may take, and how long steps from its prices are."""
PLAN_EVERY, PLAN_SELDOM = 40, 640
"""Steps between two plans made of the sites that the bound takes: twice as many after
one that was no better, for a plan may take as long as a hundred steps.
"""
BATCH = 60
"""Disturbances between two looks at the clock."""
PATIENCE = 6
"""Batches without a better plan after which the search pauses."""
LEAST_WANDER, WANDERING = 2.0, 0.3
"""Seconds of one search at least, and more by the time that has gone by."""
MOST_PATIENCE = 100
SOME = 64
"""By so many clients pairs are counted about."""
LARGEST_LP = 1_200_000
"""Pairs within the prices, for an LP that is tried at all."""
TRIES = 20_000
"""Sites tried by swaps between two looks at the clock."""
SHRUNK = 0.8
"""Part of its pairs that an LP is made anew for."""


@dataclass(frozen=True)
class Opened:
    """Plans and a bound."""

    plans: list[tuple[float, tuple[int, ...]]]  # value and sites, the best first
    bound: float
    others: float  # what each plan costs at least that is not among them


class Race:
    """One solve: what is known of plans and bounds, from step to step.

    *outside* is the distance that a client without a site counts; with None each client
    must have one. Gaps are relative to how far values are from *zero*.
    """

    def __init__(
        self,
        problem: Problem,
        clock: Clock,
        seed: int = 0,
        size: int = 1,
        outside: float | None = None,
        zero: float = 0.0,
    ) -> None:
        n, m = problem.shape
        is_counted = problem.kind != "uflp"
        self.problem, self.clock = problem, clock
        self.weight, self.fixed = problem.clients.weights, problem.sites.fixed_costs
        if is_counted:
            self.fixed = np.zeros(m)
        self.p = int(problem.p or 0) if is_counted else -1
        self.state = np.full(m, FREE)
        self.state[problem.sites.forbidden] = CLOSED
        self.state[problem.sites.stays] = OPEN
        self.must_serve = outside is None
        self.urged = urged(problem) if self.must_serve else self.weight
        self.stays = problem.sites.stays
        self.long = longest(problem) + 1.0 if outside is None else outside
        self.far = 1e3 * self.long if outside is None else outside
        expected = self.p if is_counted else max(1, int(m**0.5))
        self.reach = reach_of(problem.distances, expected, self.far)
        self.ends = self._ends() if self.must_serve else np.full(n, self.far)
        self.rest = self.far if self.must_serve and lacks_pairs(problem) else 0.0
        self.pool = Pool(size, is_whole=is_whole(problem), gap=clock.gap, zero=zero)
        self.plan, self.other = empty_plan(self.reach), empty_plan(self.reach)
        self.space = space_of(self.reach)
        self.order = np.zeros(m, np.int64)
        self.rng = np.random.default_rng(seed)
        self.bound = -np.inf
        self.found: Bound | None = None
        self.price, self.is_hinted = np.zeros(n), False
        sow(seed)

    @property
    def is_proven(self) -> bool:
        """Whether no plan can be better than those that are known."""
        return self.bound > self.pool.cutoff

    def _ends(self) -> Floats:
        """Return how far lists are complete, (I,)."""
        r = self.reach
        if r.mode != LISTS or len(r.row_site) >= r.n * r.m or not len(r.clients):
            return np.full(r.n, np.inf)
        return r.row_length[r.row_first[1:] - 1]

    def keep(self) -> None:
        """Put the plan that the search has into the pool."""
        count = self.plan.size[0]
        if self.must_serve and (self.plan.near >= self.far).any():
            return
        value = value_of(self.weight, self.fixed, self.plan)
        self.pool.add(value, self.plan.sites[:count].copy())

    def descend(self, sites: Ints, order: Ints) -> None:
        """Improve a plan of some sites by swaps."""
        begin(self.reach, self.urged, self.plan, sites)
        while not improve(
            self.reach, self.urged, self.fixed, self.stays, order, self.p >= 0,
            self.plan, self.space, TRIES,
        ):  # fmt: skip
            self.keep()
            if self.clock.is_over:
                break
        self.keep()

    def first_plan(self, start: Ints | None = None) -> None:
        """Make a plan of sites drawn at random, or of some, and improve it."""
        free = np.flatnonzero(self.state == FREE)
        required = np.flatnonzero(self.state == OPEN)
        rest = (self.p - len(required)) if self.p >= 0 else int(not len(required))
        drawn = self.rng.permutation(free)
        if start is None:
            start = np.concatenate([required, drawn[:rest]]).astype(int)
        self.descend(start, drawn)

    def sampled(self, seed: int) -> Ints | None:
        """Take prices of a sample, and return its sites; None if there is none."""
        sample = sample_of(self.problem, self.rng) if self.p >= 0 else None
        if sample is None:
            return None
        small = Race(sample.problem, Clock(SAMPLED * self.clock.left), seed)
        small.first_plan()
        small.ascend(STEPS)
        self.price = sample.spread(small.price, self.weight)
        self.is_hinted = small.found is not None
        sow(seed)
        return sample.sites[small.pool.sites]

    def plan_of(self, taken: Ints, worth: Floats) -> None:
        """Make a plan of the sites that a bound takes."""
        if self.p < 0 and not len(taken):
            return
        usable = np.flatnonzero(self.state != CLOSED)
        self.descend(taken, usable[np.argsort(-worth[usable], kind="stable")])

    def ascend(self, steps: int) -> None:
        """Find prices, and plans on the way."""
        w = self.weight
        with np.errstate(invalid="ignore"):  # who counts nothing may have no site
            way = self.plan.near + np.minimum(self.plan.next, self.long)
            start = np.where(w > 0, w * 0.5 * way, 0.0)
            limit = np.where(w > 0, w * self.ends, 0.0)
        start = start if self.found is None and not self.is_hinted else self.price
        o = Opening(w, self.fixed, self.p, limit)
        ascent = Ascent(self.reach, o, self.state, start)
        if self.is_hinted and self.found is None:
            ascent.step = SAMPLED
        worst = float((w * self.far).sum() + np.abs(self.fixed).sum()) + 1.0
        every, due = PLAN_EVERY, PLAN_EVERY
        for step in range(1, steps + 1):
            target = self.pool.best
            if not np.isfinite(target):
                target = float(ascent.price.sum()) + 1.0
                if target > worst:
                    return  # no plan costs so much: there may be none
            ascent.move(target)
            best = ascent.best
            if best is not None and best.value > self.bound:
                self.bound, self.found = best.value, best
                self.price = ascent.best_price
            if step >= due and self.found is not None:
                before = self.pool.best
                self.plan_of(np.flatnonzero(self.found.taken), self.found.worth)
                is_better = self.pool.best < before
                every = PLAN_EVERY if is_better else min(2 * every, PLAN_SELDOM)
                due = step + every
            self.clock.note(say("prices"), self.bound, self.pool.best)
            if ascent.is_over or self.is_proven or self.clock.is_over:
                return

    def fix(self) -> None:
        """Open and close sites that must be so in any better plan."""
        if self.found is None:
            return
        gap = self.pool.cutoff - self.found.value
        free = self.state == FREE
        self.state = self.state.copy()
        self.state[free & (self.found.opened > gap)] = CLOSED
        self.state[free & (self.found.closed > gap)] = OPEN

    def wander(self, patience: int = PATIENCE) -> None:
        """Disturb and repair the best plan until that stops helping."""
        if not self.pool.plans:
            return
        begin(self.reach, self.urged, self.plan, self.pool.sites)
        usable = self.state != CLOSED
        usable[self.pool.sites] = True
        per_site = self.reach.m // max(1, len(self.pool.sites))
        most, idle = max(30, 6 * per_site), 0
        until = self.clock.seconds + LEAST_WANDER + WANDERING * self.clock.seconds
        while idle < patience and not (self.clock.is_over or self.is_proven):
            if self.clock.seconds > until and patience <= MOST_PATIENCE:
                break
            better = iterate(
                self.reach, self.urged, self.fixed, self.stays, usable, self.p >= 0,
                self.plan, self.other, self.space, self.order, BATCH, most,
            )  # fmt: skip
            self.keep()
            idle = 0 if better else idle + 1
            self.clock.note(say("swaps"), self.bound, self.pool.best)

    def trimmed(self) -> tuple[Trimmed, Opening, Ints]:
        """Return lists of what is left, its costs, and the state of its sites."""
        active, cap = np.flatnonzero(self.state != CLOSED), self._cap()
        part = trimmed(self.reach, self.problem.distances, self.ends, active, cap)
        o = Opening(self.weight, self.fixed[active], self.p, self.weight * cap)
        return part, o, self.state[active]

    def _cap(self) -> Floats:
        """Return how far a client of a better plan may go, (I,)."""
        gap, w = max(self.pool.cutoff - self.bound, 0.0), self.weight
        with np.errstate(divide="ignore", invalid="ignore"):
            cap = np.where(w > 0, (self.price + gap) / w * (1 + 1e-9), self.rest)
        return np.minimum(cap, self.far)

    @property
    def is_too_large(self) -> bool:
        """Whether its LP has too many pairs to be solved, or lists of what is left."""
        return self.pairs_priced() > LARGEST_LP or self.pairs_left() > MOST_PAIRS

    def pairs_left(self) -> float:
        """Return how many pairs the lists of what is left have, about."""
        active, cap = np.flatnonzero(self.state != CLOSED), self._cap()
        r, n = self.reach, self.reach.n
        if r.mode == LISTS and bool((self.ends >= cap).all()):
            return len(r.row_site)
        some = np.unique(np.linspace(0, n - 1, min(n, SOME), dtype=np.int64)).tolist()
        block = self.problem.distances.block
        counts = [(block(slice(i, i + 1), active) <= cap[i]).sum() for i in some]
        return float(np.mean(counts)) * n

    def pairs_priced(self) -> int:
        """Return how many pairs are nearer than their price pays for, about."""
        r, w = self.reach, self.weight
        if r.mode != LISTS:
            return LARGEST_LP + 1
        client = np.repeat(np.arange(r.n), np.diff(r.row_first))
        with np.errstate(invalid="ignore"):
            paid = w[client] * r.row_length < self.price[client]
        return int((paid & (self.state[r.row_site] != CLOSED)).sum())


def longest(problem: Problem) -> float:
    """Return a distance that no pair within reach exceeds."""
    distances = problem.distances
    if isinstance(distances, Points):
        both = np.vstack([distances.clients, distances.sites])
        chord = np.array([np.linalg.norm(both.max(axis=0) - both.min(axis=0))])
        return float(lengths(chord, distances.rule, distances.scale)[0])
    known = distances.matrix if isinstance(distances, Dense) else None
    if known is None:
        assert isinstance(distances, Sparse)
        known = distances.length
    return float(known[np.isfinite(known)].max(initial=0.0))


def urged(problem: Problem) -> Floats:
    """Return weights for searches: none is 0 where a client may lack a site, (I,)."""
    weights = problem.clients.weights
    if not lacks_pairs(problem) or not (weights > 0).any():
        return weights
    return np.maximum(weights, weights[weights > 0].min())


def lacks_pairs(problem: Problem) -> bool:
    """Whether there are sites that some clients cannot reach."""
    distances = problem.distances
    if isinstance(distances, Points):
        return False
    if isinstance(distances, Dense):
        return bool(np.isinf(distances.matrix).any())
    return True


def is_whole(problem: Problem) -> bool:
    """Whether the cost of any plan is a whole number."""
    distances, fixed = problem.distances, problem.sites.fixed_costs
    if problem.kind == "uflp" and (fixed != np.floor(fixed)).any():
        return False
    weights = problem.clients.weights
    if (weights != np.floor(weights)).any():
        return False
    if isinstance(distances, Points):
        return distances.rule not in ("euclid", "great_circle")
    known = distances.matrix if isinstance(distances, Dense) else distances.length  # type: ignore[attr-defined]
    known = known[np.isfinite(known)]
    return bool((known == np.floor(known)).all() and known.max(initial=0) < 2**40)


def solve_opening(
    problem: Problem, clock: Clock, seed: int = 0, size: int = 1
) -> Opened:
    """Return the *size* best plans of p-median or of fixed costs, and a bound."""
    race = Race(problem, clock, seed, size)
    return run(race, race.sampled(seed))


def run(race: Race, start: Ints | None = None) -> Opened:
    """Return the best plans and a bound, from some sites or any; Ctrl-C ends it."""
    try:
        race.first_plan(start)
        race.ascend(STEPS)
        if not race.is_proven:
            _finish(race)
    except KeyboardInterrupt:
        pass
    others = race.pool.proven(race.bound)
    if race.pool.is_whole and np.isfinite(others):
        others = float(np.ceil(others - 1e-6))
    return Opened(race.pool.plans, min(others, race.pool.best), others)


def _finish(race: Race) -> None:
    """Close the LP and branch, with searches in between."""
    race.fix()
    race.wander()
    race.fix()
    while race.is_too_large and not race.clock.is_over:
        before = race.pool.best, race.bound
        race.ascend(STEPS // 4)
        race.fix()
        race.wander(2 * PATIENCE)
        if race.is_proven or (before == (race.pool.best, race.bound)):
            race.wander(10**9)
            return
    if not race.clock.is_over:
        close(race)


def close(race: Race) -> None:
    """Close the LP by cuts, trimming lists as the gap shrinks; then branch."""
    part, o, state = race.trimmed()
    loop = CutLoop(part.reach, o)
    loop.start_at(race.price)
    pairs, inner = len(part.reach.row_site), None
    while not race.is_proven and not race.clock.is_over:
        loop.bounds(state)
        if not loop.solve(race.clock.left):
            break
        _learn(race, part, loop, state)
        inner = loop.y if inner is None else 0.5 * (inner + loop.y)
        if not loop.separate(inner if loop.rounds > 12 else None):
            break
        if loop.rounds % 4 == 0:
            loop.purge()
        state = race.state[part.ids]
    if race.is_proven or race.clock.is_over:
        return
    race.wander()
    race.fix()
    new, o, state = race.trimmed()
    if len(new.reach.row_site) < SHRUNK * pairs:
        part, loop = new, CutLoop(new.reach, o)
        loop.start_at(race.price)
    else:
        state = race.state[part.ids]
    _branch(race, part, loop, state)


def _learn(race: Race, part: Trimmed, loop: CutLoop, state: Ints) -> None:
    """Take bound, prices and a plan out of an LP."""
    found = loop.bound(state)
    m = race.reach.m
    if found.value > race.bound:
        race.bound, race.price = found.value, loop.price
        taken, opened = np.zeros(m, bool), np.full(m, np.inf)
        closed, worth = np.zeros(m), np.full(m, -np.inf)
        taken[part.ids], opened[part.ids] = found.taken, found.opened
        closed[part.ids], worth[part.ids] = found.closed, found.worth
        race.found = Bound(found.value, taken, worth, opened, closed)
        race.fix()
    _plan_at(race, part, loop.y)
    race.clock.note(say("cuts"), race.bound, race.pool.best)


def _plan_at(race: Race, part: Trimmed, y: Floats) -> None:
    """Make a plan of the sites that an LP opens most."""
    order = np.argsort(-y, kind="stable")
    count = race.p if race.p >= 0 else max(1, int((y > 0.5).sum()))
    usable = part.ids[order[y[order] > 0]]
    race.descend(part.ids[order[:count]], usable)


def _branch(race: Race, part: Trimmed, loop: CutLoop, state: Ints) -> None:
    def whole(chosen: Ints) -> Ints:
        begin(race.reach, race.urged, race.plan, part.ids[chosen])
        race.keep()
        return np.flatnonzero(race.must_serve & (race.plan.near >= race.far))

    def at(y: Floats) -> None:
        _plan_at(race, part, y)

    tree = Tree(loop, race.pool, race.clock, at, whole)
    left = tree.run(state, race.bound)
    race.bound = max(race.bound, left)
