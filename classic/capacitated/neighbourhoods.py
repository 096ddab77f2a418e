"""Better plans of a single source by small programmes of sites near one another.

The clients of some open sites choose anew among these and as many closed ones that
serve the same clients well; all other sites and clients stay as they are (large
neighbourhood search: P. Shaw, CP 1998). Programmes grow while they are soon solved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from aumaq.classic.capacitated.kernel_mip import plan_of
from aumaq.classic.capacitated.rebuild import SHARED
from aumaq.classic.capacitated.relaxation import Data, reduced_costs
from aumaq.classic.capacitated.restricted import model_of, pairs_within
from aumaq.classic.capacitated.state import Plan, State
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent

FIRST, LEAST = 5.0, 2.0
"""Open sites of the first programme, and of the smallest."""
GROWTH, SHRINKING = 1.2, 0.93
"""After one that was soon solved, and after one that was not."""
SECONDS, SOON = 0.5, 0.15
"""For each programme, and what counts as soon."""
PAIRS = 8
"""Sites among which a client chooses."""


class Neighbourhoods:
    """The programmes around the plan of a state, which has one."""

    def __init__(self, state: State, prices: Floats) -> None:
        """Choose pairs and sites by the prices of clients."""
        self._state, self._prices = state, prices
        self._rng = np.random.default_rng(state.seed)
        self._common = _common(state.data, prices)

    def search(self, seconds: float) -> None:
        """Better the plan so long."""
        state, size, ends = self._state, FIRST, time.monotonic() + seconds
        for site in self._turns():
            left = min(ends - time.monotonic(), state.left)
            if left <= 0.05 or state.is_over or state.plan is None:
                return
            if not state.plan.is_open[site]:
                continue
            begun = time.monotonic()
            sites = self._sites(state.plan, site, round(size))
            limit = min(SECONDS, left)
            self._solve(state.plan, sites, limit)
            took = time.monotonic() - begun
            if took < SOON:
                size = min(size * GROWTH, max(float(state.plan.is_open.sum()), FIRST))
            elif took > 0.95 * limit:
                size = max(size * SHRINKING, LEAST)

    def _turns(self) -> Iterator[int]:
        """Yield sites for ever, each as often as any other."""
        while True:
            yield from map(int, self._rng.permutation(len(self._common)))

    def _sites(self, plan: Plan, site: int, count: int) -> Ints:
        """Return so many open sites, and closed ones, near a site by some chance."""
        common = self._common[site] + 1e-3 * self._common[site].max()
        rank = -common * self._rng.uniform(0.5, 1.5, len(common))
        rank[site] = -np.inf
        standing = np.flatnonzero(plan.is_open)
        closed = np.flatnonzero(~plan.is_open & self._state.data.may)
        chosen = [part[np.argsort(rank[part])[:count]] for part in (standing, closed)]
        return np.sort(np.concatenate(chosen))

    def _solve(self, plan: Plan, sites: Ints, seconds: float) -> None:
        """Let the clients of the open ones of some sites choose anew among them."""
        data, place = self._state.data, plan.place
        clients = np.flatnonzero(np.isin(place, sites))
        if not len(clients):
            return
        rows = np.searchsorted(sites, place[clients])
        part = _part(data, plan, sites, clients)
        is_pair = _pairs(part, self._prices[clients])
        is_pair[rows, np.arange(len(clients))] = True
        model = model_of(part, np.arange(len(sites)), is_pair, False, is_pair)
        start = np.zeros(len(model.matrices.cost))
        start[: len(sites)] = plan.is_open[sites]
        start[len(sites) :] = rows[model.pair_client] == model.pair_site
        seed = int(self._rng.integers(10_000))
        solver = Solver(model.matrices, SolveOptions(threads=1, gap=0.0, seed=seed))
        solver.set_option("mip_abs_gap", 0.999 * self._state.step + 1e-6)
        solver.start_from(np.arange(len(start)), start)
        found = solver.run(seconds, Silent(), time.monotonic())
        if found.values is None:
            return
        is_open = plan.is_open.copy()
        is_open[sites] = found.values[: len(sites)] > 0.5
        kept = np.flatnonzero(found.values[len(sites) :] > 0.5)
        place[clients[model.pair_client[kept]]] = sites[model.pair_site[kept]]
        better = plan_of(data, place, is_open)
        if better is not None:
            self._state.offer(better, say("neighbourhoods"))


def _common(data: Data, prices: Floats) -> Floats:
    """Return (M, M) how much demand finds both sites among its best at the prices."""
    serves = _near(reduced_costs(data, prices, np.arange(len(data.capacity))), SHARED)
    return (serves * data.demand) @ serves.T.astype(float)


def _near(cost: Floats, count: int) -> Flags:
    """Return (S, N) which sites are among so many cheapest of a client."""
    nth = np.sort(cost, axis=0)[min(count, len(cost)) - 1]
    return (cost <= nth) & np.isfinite(cost)


def _pairs(part: Data, prices: Floats) -> Flags:
    """Return (S, N) the pairs that a programme has."""
    every = np.arange(len(part.capacity))
    cost = reduced_costs(part, prices, every)
    cost[~pairs_within(part, every, np.full(len(prices), np.inf))] = np.inf
    return _near(cost, PAIRS)


def _part(data: Data, plan: Plan, sites: Ints, clients: Ints) -> Data:
    """Return the problem of some sites and clients."""
    return data._replace(
        cost=np.ascontiguousarray(data.cost[np.ix_(sites, clients)]),
        demand=data.demand[clients],
        capacity=data.capacity[sites],
        fixed_cost=data.fixed_cost[sites],
        must=data.must[sites] & plan.is_open[sites],
        may=np.ones(len(sites), bool),
        number=int(plan.is_open[sites].sum()) if data.number >= 0 else -1,
    )
