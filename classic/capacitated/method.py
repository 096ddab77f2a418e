"""Capacitated location: prices, plans, restricted models, branching and proof.

1. Prices by subgradient (relaxation.py): a bound, and sites that stand at them.
2. Plans: those sites rounded, clients sent to them (search.py), ruin and recreate
   (rebuild.py); where clients may be shared out, the transport of open sites is solved
   exactly.
3. Prices again, aimed at the plan; sites, and pairs of a single source, that cannot be
   in a better plan are ruled out.
4. Restricted models of growing size by HiGHS (kernel_mip.py), then branching. What is
   not soon proven of a single source is searched for longer (neighbourhoods.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from aumaq.classic.capacitated.branching import Tree, cannot_hold, rounded
from aumaq.classic.capacitated.kernel_mip import (
    pairs_left,
    plan_of,
    sent_out,
    solve_kernel,
)
from aumaq.classic.capacitated.neighbourhoods import Neighbourhoods
from aumaq.classic.capacitated.rebuild import Trial, rebuild, trial_of
from aumaq.classic.capacitated.relaxation import (
    NODES,
    ROUNDING,
    Bound,
    Climb,
    Data,
    climb,
    evaluate,
    reduced_costs,
)
from aumaq.classic.capacitated.restricted import pairs_within
from aumaq.classic.capacitated.search import assigned, repaired
from aumaq.classic.capacitated.state import State
from aumaq.classic.methods.unit import unit_of
from aumaq.classic.problems import CAPACITATED, Problem
from aumaq.classic.solution import Solution
from aumaq.instances.arrays import Floats
from aumaq.instances.errors import NoPlanError, OptionError
from aumaq.instances.language.texts import say
from aumaq.solvers.progress import Progress, ProgressEvent, Silent

ROUNDS, PATIENCE = 400, 20
BRANCHING = 0.6
"""Share of the time that is left for branching over sites."""
SHARED = ((1.4, 4, 0.12), (2.0, 7, 0.2))
SINGLE = ((1.2, 3, 0.03), (1.6, 5, 0.05))
"""Restricted models: sites for each that stands, pairs of a client, share of time."""
LARGEST_COST = 1e7
"""Of a pair or site; of larger ones HiGHS has proved what was wrong."""
SMALLEST_DEMAND = 1e-3
"""Of the largest client; smaller ones are counted in another unit."""
REBUILDING, FIRST_ROUNDS = 0.1, 50
"""Share of the time that is left for ruin and recreate, and rounds for each client in
the beginning, so that small problems come to their proof at once."""
NEIGHBOURHOODS = 0.15
"""Share of the time that is left for small programmes."""
FIRST_BRANCHING = 0.1
"""Share of the time that is left for branching before plans are sought for longer."""


def data_of(problem: Problem) -> Data:
    """Return what the kernels take; sites with room for all get that much.

    Capacities hold a little more than they say: whether demands that fill one exactly
    fit into it must not depend on the order in which they are added up.
    """
    n, m = problem.shape
    cost = problem.distances.block(slice(0, n), np.arange(m))
    weights = np.broadcast_to(problem.clients.weights[:, None], cost.shape)
    cost = np.multiply(cost, weights, where=np.isfinite(cost), out=cost.copy())
    demand, capacity = in_ordinary_unit(problem)
    capacity = np.minimum(capacity, max(demand.sum(), 1.0)) * (1.0 + ROUNDING)
    has_number = problem.kind == "cpmp" or problem.p is not None
    fixed = problem.sites.fixed_costs if problem.kind != "cpmp" else np.zeros(m)
    return Data(
        np.ascontiguousarray(cost.T, float),
        demand,
        np.ascontiguousarray(capacity, float),
        np.ascontiguousarray(fixed, float),
        problem.kind != "cflp",
        int(problem.p) if has_number and problem.p is not None else -1,
        np.ascontiguousarray(problem.sites.stays, bool),
        np.ascontiguousarray(~problem.sites.forbidden, bool),
    )


def in_ordinary_unit(problem: Problem) -> tuple[Floats, Floats]:
    """Return demands and capacities, in a unit in which tolerances mean nothing.

    Where nobody takes any room, every site has some.
    """
    demand = np.asarray(problem.clients.demands, float)
    capacity = np.asarray(problem.sites.capacities, float)
    largest = float(demand.max(initial=0.0))
    if largest == 0.0:
        return demand, np.ones(len(capacity))
    unit = 2.0 ** np.floor(np.log2(largest)) if largest < SMALLEST_DEMAND else 1.0
    return demand / unit, capacity / unit


def solve(
    problem: Problem,
    time_limit: float = 60.0,
    gap: float = 0.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Solution:
    """Solve a capacitated problem; raise NoPlanError where there is no plan."""
    if problem.kind not in CAPACITATED:
        raise OptionError(say("{kind} has no capacities", kind=problem.kind))
    data, unit = in_unit(data_of(problem))
    told = Scaled(progress or Silent(), unit)
    state = State(data, time_limit, gap, told, seed=seed)
    search(state)
    if state.plan is None:
        if state.is_infeasible:
            raise NoPlanError(say("no plan keeps all capacities"), "infeasible")
        raise NoPlanError(say("no plan was found in time"))
    plan, n = state.plan, problem.shape[0]
    place = np.full(n, -1)
    order = np.argsort(plan.share, kind="stable")
    place[plan.client[order]] = plan.site[order]  # the greatest share comes last
    is_shared = problem.kind == "cflp" and len(plan.client) > n
    shares = np.column_stack([plan.client, plan.site, plan.share])
    return Solution(
        plan.cost * unit, state.bound * unit, np.flatnonzero(plan.is_open), place,
        time.monotonic() - state.started, "lagrangian",
        shares if is_shared else np.empty((0, 3)),
        tuple((when, bound * unit, cost * unit) for when, bound, cost in state.trace),
    )  # fmt: skip


def in_unit(data: Data) -> tuple[Data, float]:
    """Return data with costs in a unit in which tolerances of programs make sense."""
    known = data.cost[np.isfinite(data.cost)]
    largest = max(known.max(initial=0.0), np.abs(data.fixed_cost).max(initial=0.0))
    unit = unit_of(float(largest), LARGEST_COST)
    cost, fixed = data.cost / unit, data.fixed_cost / unit
    return data._replace(cost=cost, fixed_cost=fixed), unit


@dataclass
class Scaled:
    """Tells a listener costs in the unit of the problem."""

    progress: Progress
    unit: float

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        bound, cost = event.bound_mln * self.unit, event.incumbent_mln * self.unit
        self.progress.update(replace(event, bound_mln=bound, incumbent_mln=cost))


def search(state: State) -> None:
    """Do the steps, until the gap is what was asked for or the time is over."""
    data = state.data
    if cannot_hold(data):
        state.is_infeasible = True
        return
    prices = first_prices(data)
    found = climb(data, prices, float(prices.sum()), ROUNDS, 1.0, PATIENCE)
    state.raise_bound(evaluate(data, found.prices, NODES).value, say("prices"))
    first_plans(state, found)
    best = found.prices
    for _ in range(3):
        if state.is_over:
            return
        before = state.cost
        found = again(state, best)
        best = found.prices
        bound = ruled_out(state, best)
        if state.is_over:
            return
        improve(state, found, bound)
        if state.cost >= before - 1e-9 * abs(before):
            break
    if not state.is_over:
        prove(state, best)


def first_prices(data: Data) -> Floats:
    """Return the second least cost of each client, with its part of fixed costs."""
    each = data.fixed_cost / np.maximum(data.capacity, 1e-9)
    cost = data.cost[data.may] + each[data.may, None] * data.demand
    second = np.sort(cost, axis=0)[min(1, len(cost) - 1)]
    least = cost.min(axis=0)
    return np.where(np.isfinite(second), second, np.where(np.isfinite(least), least, 0))


def again(state: State, prices: Floats) -> Climb:
    """Climb on from prices, aimed at the cost of the best plan."""
    target = state.cost if state.plan is not None else 1.02 * abs(state.bound)
    found = climb(state.data, prices, target, ROUNDS, 0.5, PATIENCE)
    value = evaluate(state.data, found.prices, NODES).value
    state.raise_bound(value, say("prices"))
    return found


def first_plans(state: State, found: Climb) -> None:
    """Round the sites of the prices in some ways, and search from the best plan."""
    data, starts = state.data, list[Trial]()
    price = float(found.prices.sum() / max(data.demand.sum(), 1e-9))
    for spare in (1.0, 1.03, 1.08):
        if state.is_over and (state.plan is not None or spare > 1.0):
            return  # late as it may be, the first is tried
        is_open = rounded(data, found.often, spare)
        place = assigned(data, is_open, data.cost)
        if (place < 0).any():
            continue
        repaired(data, place, is_open, price)
        if plan := plan_of(data, place, is_open):
            state.offer(plan, say("rounded"))
        starts.append(trial_of(data, place, is_open))
        if not data.is_single:
            shared = sent_out(data, np.flatnonzero(is_open), None)
            if shared is not None:
                state.offer(shared, say("rounded"))
    if data.is_single and starts and not state.is_over:
        start = min(starts, key=lambda t: (t.total[1] > 0.0, t.total[0]))
        most = FIRST_ROUNDS * len(data.demand)
        rebuild(state, start, price, REBUILDING * state.left, most)


def ruled_out(state: State, prices: Floats) -> Bound:
    """Decide sites that a better plan must have or cannot have; return the bound."""
    bound = evaluate(state.data, prices, NODES)
    limit, data = state.cutoff, state.data
    slack = 1e-7 * abs(bound.value)
    may = data.may & (bound.value + bound.into <= limit + slack)
    must = data.must | (data.may & (bound.value + bound.out > limit + slack))
    left = data._replace(may=may, must=must)
    if state.plan is not None and ((must & ~may).any() or cannot_hold(left)):
        state.raise_bound(state.cost, say("proven"))
        return bound
    state.data = left
    return evaluate(state.data, prices, NODES)


def improve(state: State, found: Climb, bound: Bound) -> None:
    """Seek better plans in restricted models of growing size."""
    data = state.data
    for size, pairs, share in SINGLE if data.is_single else SHARED:
        if state.is_over:
            return
        rank = np.where(
            data.may, found.often - bound.into / max(abs(bound.value), 1e-9), -np.inf
        )
        rank[data.must & data.may] = np.inf
        if state.plan is not None:
            rank[state.plan.is_open & data.may] += 2.0
        count = int(np.ceil(size * max(found.often.sum(), 2.0))) + 2
        sites = np.sort(np.argsort(-rank, kind="stable")[:count])
        sites = sites[data.may[sites]]
        cost = reduced_costs(data, found.prices, sites)
        cost[~pairs_within(data, sites, np.full(len(data.demand), np.inf))] = np.inf
        nth = np.sort(cost, axis=0)[min(pairs, len(sites)) - 1]
        is_pair = (cost <= nth) & np.isfinite(cost)
        solve_kernel(state, sites, is_pair, share * state.seconds, is_proof=False)


def prove(state: State, prices: Floats) -> None:
    """Branch over sites, then solve the rest as one programme if there is time."""
    ruled_out(state, prices)
    if state.is_over:
        return
    tree = Tree(state, prices)
    if state.data.is_single and not tree.run(
        time.monotonic() + FIRST_BRANCHING * state.left
    ):
        search_on(state, prices)
    is_closed = tree.run(time.monotonic() + BRANCHING * state.left)
    if is_closed and tree.bound > state.cutoff:
        state.raise_bound(state.cost, say("proven"))
    while not state.is_over:
        before = state.cost
        bound = ruled_out(state, prices)
        if state.is_over:
            return
        data = state.data
        sites = np.flatnonzero(data.may)
        if data.is_single:
            is_pair = pairs_left(state, data, prices, bound, sites)
        else:
            is_pair = pairs_within(data, sites, 1.25 * prices + 1e-6)
        done = solve_kernel(state, sites, is_pair, state.left, is_proof=True)
        if state.is_over or (done and state.cost >= before):
            return


def search_on(state: State, prices: Floats) -> None:
    """Seek better plans of a single source for longer."""
    if state.plan is None:
        return
    price = float(prices.sum() / max(state.data.demand.sum(), 1e-9))
    start = trial_of(state.data, state.plan.place, state.plan.is_open)
    rebuild(state, start, price, REBUILDING * state.left)
    Neighbourhoods(state, prices).search(NEIGHBOURHOODS * state.left)
