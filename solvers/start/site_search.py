"""Better units without the model: one facility at a time opens, closes, is enlarged.

Each facility in turn takes the cheapest sequence of levels while all others stay as
they are (a best response), until none can do better. People are reassigned greedily
(site_kernel.py). Rules beyond siting, renewal, minimum use, closing and hard budgets
are not looked at: a plan that follows is completed and judged like any other
(whole_plan.py).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.services import ServiceData
from aumaq.solvers.solution.decisions import Decisions
from aumaq.solvers.start import site_kernel as kernel
from aumaq.solvers.start.catchments import served, usable_options
from aumaq.solvers.start.closing_rules import needed
from aumaq.solvers.start.hard_budgets import HardBudgets
from aumaq.solvers.start.site_units import arcs, moves_between, units_allowed
from aumaq.solvers.work import Budget

MOST_CHANGES = 2
"""Changes of level over the periods that a facility may make."""
SWEEPS = 8
BATCH = 100
"""Sites between two looks at what is left."""
BATCH_WORK = 0.02
"""Units of work for them: measured on the shipped instances."""
FORCED = 1e3
"""Where all must be served, not to serve costs so many times the dearest way."""
PRICES = (16.0, 4.0, 1.0)
"""What a mln of hard budgets must save elsewhere, mln: at first only what saves most
is paid for, so that what is left goes to what comes next. A sweep each is enough: what
the next price would do is in its way otherwise."""


def improved(
    data: ModelData,
    built: Decisions,
    budget: Budget,
    seed: int,
    reserve: Floats | float = 0.0,
) -> Decisions:
    """Return decisions with better units of the services that people come to.

    *reserve* of each hard budget is left to networks, mln.
    """
    searches = searches_of(data, built, seed)
    for sweeps in (1, SWEEPS - 1):
        _run(searches, 0.0, sweeps, budget)
        is_scarce = bool((_left(data, searches) - reserve < 0.0).any())
        if is_scarce:  # what is not paid for is no guide to what is
            break
    if is_scarce:
        searches = searches_of(data, built, seed)
        left = np.maximum(_left(data, searches) - reserve, 0.0)
        for search in searches.values():
            search.state.limits.left[:] = left
        for price in PRICES:
            _run(searches, price, 1, budget)
        _run(searches, 0.0, SWEEPS, budget)
    services = dict(built.services)
    for name, search in searches.items():
        services[name] = replace(services[name], units=search.units)
    return replace(built, services=services)


def compile_loops(data: ModelData, built: Decisions) -> None:
    """Compile what the search runs, before a clock does: once on a machine."""
    for search in searches_of(data, built, 0).values():
        kernel.respond(search.state, np.empty(0, dtype=np.int64), search.allowed, 0.0)


def searches_of(data: ModelData, built: Decisions, seed: int) -> dict[str, Search]:
    """Return the search of each service, from what is built; budgets have no end.

    What is left of budgets is one array that all share.
    """
    left = np.full(len(HardBudgets(data).left_mln), np.inf)
    found = {}
    for name, d in data.services.items():
        if d.serves and len(d.option_site):
            search = _search(data, d, built.services[name].units, left, seed)
            if search is not None:
                found[name] = search
    return found


def _run(
    searches: dict[str, Search], price: float, sweeps: int, budget: Budget
) -> None:
    for search in searches.values():
        search.run(price, sweeps, budget)


def _left(data: ModelData, searches: dict[str, Search]) -> Floats:
    """Return what services leave of each hard budget, mln."""
    budgets = HardBudgets(data)
    for name, search in searches.items():
        budgets.spend(name, search.data.site_region, *search.spending)
    return budgets.left_mln


@dataclass(frozen=True)
class Search:
    """The search of one service: who goes where, and what each facility does."""

    data: ServiceData
    state: kernel.State
    allowed: Flags
    rng: np.random.Generator

    def run(self, price: float, sweeps: int, budget: Budget) -> None:
        """Let each site respond in turn, until none does better or the budget is.

        *price* is what a mln of hard budgets must save, mln.
        """
        self.state.people.is_new[:] = True
        free = np.flatnonzero((self.data.locked[:, 1:] == 0).all(axis=1))
        for _ in range(sweeps):
            count, order = 0, self.rng.permutation(free)
            for start in range(0, len(order), BATCH):
                if budget.is_over:
                    return
                budget.spend(BATCH_WORK)
                sites = order[start : start + BATCH]
                count += kernel.respond(self.state, sites, self.allowed, price)
            if not count:
                return

    @property
    def _site(self) -> Ints:
        counts = np.diff(self.state.facilities.first)
        return np.repeat(np.arange(len(self.data.sites)), counts)

    @property
    def spending(self) -> tuple[Floats, Floats]:
        """Mln at the start of a period, and a year's, (J, T)."""
        h, u, site = self.state.paths, self.state.facilities, self._site
        shape = (len(self.data.sites), h.level.shape[1])
        once, running = np.zeros(shape), np.zeros(shape)
        np.add.at(once, site, h.once[u.path])
        np.add.at(running, site, h.running[u.path])
        stays = (u.due >= 0) & (h.stays[u.path] > u.due)
        np.add.at(once, (site[stays], u.due[stays]), h.renewal[u.begins[stays]])
        return once, running

    @property
    def units(self) -> Ints:
        """How many facilities of each level run, (J, L+1, T)."""
        count = self.state.paths.level.shape[1]
        shape = (len(self.data.sites), self.data.num_levels + 1, count)
        units = np.zeros(shape, dtype=np.int64)
        level = self.state.paths.level[self.state.facilities.path]
        for t in range(count):
            np.add.at(units[:, :, t], (self._site, level[:, t]), 1)
        return units


def _search(
    data: ModelData, d: ServiceData, units: Ints, left: Floats, seed: int
) -> Search | None:
    """Return the search of a service from *units*; None if they cannot be had."""
    allowed = arcs(d, data.periods)
    units = units_allowed(d, units, allowed)
    moves = moves_between(d, units, allowed)
    if moves is None:
        return None
    none = np.zeros((len(data.roads.upgrades), len(data.periods)), dtype=np.int64)
    ways, options = _ways(data, d, none)
    paths = _paths(data, d)
    return Search(
        data=d,
        state=kernel.State(
            ways=ways,
            people=_people(data, d, units, served(d, units, none)[options], ways),
            paths=paths,
            facilities=_facilities(d, moves, paths),
            limits=_limits(data, d, left),
            scratch=_scratch(ways, len(d.sites)),
        ),
        allowed=allowed,
        rng=np.random.default_rng(seed),
    )


def _limits(data: ModelData, d: ServiceData, left: Floats) -> kernel.Limits:
    """Return the hard budgets as a service meets them."""
    count = len(left)
    pays, period = np.zeros((count, len(d.sites)), bool), np.zeros(count, np.int64)
    once, running = np.zeros(count), np.zeros(count)
    for limit in HardBudgets(data).limits(d.name, d.site_region):
        pays[limit.number], period[limit.number] = limit.pays, limit.period
        once[limit.number] = float(limit.investment)
        running[limit.number] = limit.years * limit.operation
    return kernel.Limits(pays, period, once, running, left)


def _ways(data: ModelData, d: ServiceData, none: Ints) -> tuple[kernel.Ways, Ints]:
    """Return the ways on the roads of today, and which options they are."""
    everywhere = np.ones((len(d.sites), d.num_levels + 1, none.shape[1]), np.int64)
    options = np.flatnonzero(usable_options(d, everywhere, none).all(axis=1))
    # Where several ways of a pair stand, people take the fastest.
    options = options[np.argsort(d.option_weight[options], kind="stable")]
    pair = d.option_site[options] * len(d.demand) + d.option_settlement[options]
    options = options[np.unique(pair, return_index=True)[1]]
    i, j = d.option_settlement[options], d.option_site[options]
    price, unserved = d.travel_mln_per_unit[options], d.unserved_mln_per_unit_year
    if not d.may_be_unserved:
        unserved = FORCED * (1.0 + float(price.max(initial=0.0)))
    own = np.lexsort((price, i))
    ways = kernel.Ways(
        first=np.searchsorted(j, np.arange(len(d.sites) + 1)),
        settlement=i,
        site=j,
        price=price,
        own_first=np.searchsorted(i[own], np.arange(len(d.demand) + 1)),
        own=own,
        years=data.ann,
        unserved=unserved,
    )
    return ways, options


def _people(
    data: ModelData, d: ServiceData, units: Ints, amount: Floats, ways: kernel.Ways
) -> kernel.People:
    used = np.zeros((len(d.sites), amount.shape[1]))
    np.add.at(used, ways.site, amount)
    come = np.zeros_like(d.demand)
    np.add.at(come, ways.settlement, amount)
    return kernel.People(
        amount=amount,
        rest=np.maximum(d.demand - come, 0.0),
        used=used,
        capacity=np.einsum("jlt,l->jt", units, d.usable),
        least=np.einsum("jlt,l->jt", units, d.min_use),
        running=units[:, 1:].sum(axis=1),
        needed=_needed(data, d, amount.shape[1]),
        is_new=np.ones(len(d.sites), dtype=bool),
    )


def _needed(data: ModelData, d: ServiceData, count: int) -> Ints:
    """Return how many facilities a site must have, (J, T)."""
    late = np.arange(count)[None, :] >= d.first_period[:, None]
    stays = (d.status == "required")[:, None] & late
    return (stays | needed(data, d)[:, None]).astype(np.int64)


def _paths(data: ModelData, d: ServiceData) -> kernel.Paths:
    """Return the sequences of levels with few changes, and what they cost."""
    size, count = d.num_levels + 1, len(data.periods)
    found = [_sequences(begins, size, count) for begins in range(size)]
    level = np.array([path for own in found for path in own], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum([len(own) for own in found])])
    begins = np.repeat(np.arange(size), np.diff(first))
    before = np.column_stack([begins, level[:, :-1]])
    once, running = d.transition_mln[before, level], d.opex_mln_per_year[level]
    worth = data.df - d.residual_factor
    paid = once * np.where(level > before, worth, data.df)
    return kernel.Paths(
        first=first,
        level=level,
        cost=paid.sum(axis=1) + running @ data.ann,
        once=once,
        running=running,
        stays=np.cumprod(level == begins[:, None], axis=1).sum(axis=1),
        renewal=d.renewal_mln,
        worth=worth,
        capacity=d.usable,
        least=d.min_use,
    )


def _sequences(begins: int, size: int, count: int) -> list[tuple[int, ...]]:
    """Return sequences of *size* levels over the periods that change seldom."""
    found = set()
    for times in itertools.combinations(range(count), min(MOST_CHANGES, count)):
        for levels in itertools.product(range(size), repeat=len(times)):
            for number in range(len(times) + 1):
                change = dict(zip(times[:number], levels[:number], strict=True))
                path, now = [], begins
                for t in range(count):
                    now = change.get(t, now)
                    path.append(now)
                found.add(tuple(path))
    return sorted(found)


def _facilities(d: ServiceData, moves: Ints, paths: kernel.Paths) -> kernel.Units:
    """Return each facility and empty place with what it does under *moves*."""
    number = {
        (begins, *paths.level[p].tolist()): p
        for begins in range(d.num_levels + 1)
        for p in range(paths.first[begins], paths.first[begins + 1])
    }
    begins, due, path, first = [], [], [], [0]
    for j in range(len(d.sites)):
        left = moves[j].copy()
        for level in range(d.num_levels + 1):
            dates = np.repeat(np.arange(left.shape[2]), d.due[j, level]).tolist()
            for date in dates + [-1] * (int(d.stock[j, level]) - len(dates)):
                begins.append(level)
                due.append(date)
                path.append(number[level, *_taken(left, level)])
        first.append(len(path))
    known = (first, begins, due, path)
    return kernel.Units(*(np.array(part, dtype=np.int64) for part in known))


def _taken(moves: Ints, level: int) -> list[int]:
    """Take one facility out of the moves of a site; return its levels."""
    found = []
    for t in range(moves.shape[2]):
        stays = moves[level, level, t] > 0
        after = level if stays else int(np.flatnonzero(moves[level, :, t])[0])
        moves[level, after, t] -= 1
        level = after
        found.append(level)
    return found


def _scratch(ways: kernel.Ways, sites: int) -> kernel.Scratch:
    most = 1 + int(np.diff(ways.own_first).max(initial=0))
    room = most * int(np.diff(ways.first).max(initial=0))
    none = np.zeros(room, dtype=np.int64)
    return kernel.Scratch(
        key=np.zeros(room),
        order=none,
        goes=none.copy(),
        comes=none.copy(),
        left=np.zeros(len(ways.price)),
        taken=np.zeros(sites),
    )
