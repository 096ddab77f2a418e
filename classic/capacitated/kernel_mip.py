"""Restricted programmes given to HiGHS: better plans, and proofs.

A kernel holds the sites and pairs that the prices favour (kernel search: G. Guastaroba,
M. G. Speranza, EJOR 2012). The proof holds all sites that the bound does not rule out;
of pairs, all that cost less than the price of the client, and a rest.
"""

from __future__ import annotations

import time

import numpy as np

from aumaq.classic.capacitated.relaxation import NODES, Bound, Data, evaluate, rises
from aumaq.classic.capacitated.restricted import (
    Model,
    model_of,
    strong_rows,
)
from aumaq.classic.capacitated.state import Plan, State, Watching
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

WHOLE = 1e-6
ALL_ROWS = 6_000
"""So many pairs get all their strong rows at once."""


def solve_kernel(
    state: State, sites: Ints, is_pair: Flags, seconds: float, *, is_proof: bool
) -> bool:
    """Solve the programme of *sites* and pairs; return whether it came to its end.

    Plans go to the state, and the bound too where it is a relaxation (*is_proof*).
    """
    found = outcome_of(state, sites, is_pair, seconds, is_proof=is_proof)
    if found is None:
        return False
    if is_proof:
        _take_bound(state, found)
    return found.status in (Status.OPTIMAL, Status.GAP_REACHED, Status.INFEASIBLE)


def outcome_of(
    state: State, sites: Ints, is_pair: Flags, seconds: float, *, is_proof: bool
) -> Outcome | None:
    """Return what HiGHS says of the programme, None without time; plans are offered."""
    data, begun = state.data, time.monotonic()
    if not is_proof:
        is_pair = is_pair | _pairs_of_plan(state, sites)
    has_rest = is_proof and not data.is_single
    rows = is_pair
    if is_pair.sum() > ALL_ROWS:
        none = np.zeros_like(is_pair)
        rows = strong_rows(data, sites, is_pair, has_rest, none, begun + seconds / 3)
    model = model_of(data, sites, is_pair, has_rest, rows)
    left = min(seconds - (time.monotonic() - begun), state.left)
    if left <= 0.1:
        return None
    solver = Solver(model.matrices, SolveOptions(threads=1, gap=0.0, seed=state.seed))
    solver.set_option("mip_abs_gap", 0.999 * state.step + 1e-6)
    start = _start(state, model)
    if start is not None:
        solver.start_from(np.arange(len(start)), start)
    elif np.isfinite(state.cutoff):
        solver.set_option("objective_bound", state.cutoff)
    if is_proof:
        solver.stop_when(lambda bound: bound >= state.cutoff)
    found = solver.run(left, Watching(state, is_proof), time.monotonic())
    if found.values is not None:
        _take(state, model, found.values)
    return found


def leaf_bound(state: State, data: Data, prices: Floats, known: float) -> float:
    """Return a bound where all sites are decided, and offer the plan that there is."""
    sites = np.flatnonzero(data.may)
    if not data.is_single:
        plan = sent_out(data, sites, None)
        if plan is not None:
            state.offer(plan, say("branching"))
        return np.inf  # the transport is exact
    bound = evaluate(data, prices, NODES)
    is_pair = pairs_left(state, data, prices, bound, sites)
    whole = state.data
    state.data = data
    try:
        found = outcome_of(state, sites, is_pair, state.left / 4, is_proof=True)
    finally:
        state.data = whole
    if found is None:
        return known
    if found.status in (Status.INFEASIBLE, Status.OPTIMAL):
        return np.inf  # what it found was offered: nothing better is left here
    return max(known, found.bound)


def pairs_left(
    state: State, data: Data, prices: Floats, bound: Bound, sites: Ints
) -> Flags:
    """Return (S, N) pairs of a single source that a better plan may have."""
    rise = np.array([rises(data, prices, bound, int(j)) for j in sites])
    limit = state.cutoff + 1e-7 * abs(bound.value)
    return (bound.value + rise <= limit) & np.isfinite(rise)


def _take_bound(state: State, found: Outcome) -> None:
    """Keep the bound of a relaxation in which no better plan was left out."""
    if found.status is Status.INFEASIBLE:
        if state.plan is None:
            state.is_infeasible = True
        else:
            state.raise_bound(state.cost, say("proven"))
    elif np.isfinite(found.bound):
        state.raise_bound(found.bound, say("proving"))


def _pairs_of_plan(state: State, sites: Ints) -> Flags:
    used = np.zeros((len(sites), len(state.data.demand)), bool)
    if state.plan is not None:
        place = np.full(len(state.data.capacity), -1)
        place[sites] = np.arange(len(sites))
        row = place[state.plan.site]
        used[row[row >= 0], state.plan.client[row >= 0]] = True
    return used


def _start(state: State, model: Model) -> Floats | None:
    """Return the plan as values of the columns, None where it has none for them."""
    plan, s = state.plan, len(model.sites)
    if plan is None or plan.is_open.sum() != plan.is_open[model.sites].sum():
        return None
    share = np.zeros((len(state.data.capacity), len(state.data.demand)))
    share[plan.site, plan.client] = plan.share
    values = np.zeros(len(model.matrices.cost))
    values[:s] = plan.is_open[model.sites]
    pairs = share[model.sites[model.pair_site], model.pair_client]
    values[s : s + len(pairs)] = pairs
    if pairs.sum() < len(state.data.demand) - 1e-6:
        return None
    return values


def _take(state: State, model: Model, values: Floats) -> None:
    """Offer what HiGHS found, sent out anew: its parts may be off by a tolerance."""
    s, p = len(model.sites), len(model.pair_site)
    if values[s + p :].sum() > WHOLE:
        open_sites = model.sites[values[:s] > 0.5]
        plan = sent_out(state.data, open_sites, None)
        if plan is not None:
            state.offer(plan, say("plan of a restricted model"))
        return
    is_open = np.zeros(len(state.data.capacity), bool)
    is_open[model.sites[values[:s] > 0.5]] = True
    if state.data.is_single:
        kept = np.flatnonzero(values[s : s + p] > 0.5)
        place = np.full(len(state.data.demand), -1)
        place[model.pair_client[kept]] = model.sites[model.pair_site[kept]]
        plan = plan_of(state.data, place, is_open)
    else:
        used = np.zeros((s, len(state.data.demand)), bool)
        used[model.pair_site, model.pair_client] = True
        near = used[is_open[model.sites]]
        plan = sent_out(state.data, np.flatnonzero(is_open), near)
    if plan is not None:
        state.offer(plan, say("plan of a restricted model"))


def plan_of(data: Data, place: Ints, is_open: Flags) -> Plan | None:
    """Return the plan of one site for each client; None where it does not hold."""
    if (place < 0).any() or data.number not in (-1, is_open.sum()):
        return None
    load = np.bincount(place, data.demand, len(data.capacity))
    if (load > data.capacity * (1 + 1e-9) + 1e-9).any():
        return None
    client = np.arange(len(place))
    cost = float(data.fixed_cost[is_open].sum() + data.cost[place, client].sum())
    return Plan(cost, is_open, client, place, np.ones(len(place)))


def sent_out(data: Data, sites: Ints, is_pair: Flags | None) -> Plan | None:
    """Return the cheapest shares of all demand at open sites, None if they do not hold.

    *is_pair* (S, N) limits the pairs that are looked at; where they do not do, all are.
    """
    allowed = np.isfinite(data.cost[sites])
    limits = [allowed] if is_pair is None else [is_pair & allowed, allowed]
    standing = np.ones(len(data.capacity), bool)
    fixed = data._replace(
        fixed_cost=np.zeros(len(standing)), must=standing, is_single=False, number=-1
    )
    for pairs in limits:
        model = model_of(fixed, sites, pairs, False, np.zeros_like(pairs))
        matrices = model.matrices
        matrices.is_integer[:] = False
        solver = Solver(matrices, SolveOptions(threads=1))
        found = solver.run(1e6, Silent(), time.monotonic())
        if found.status is Status.OPTIMAL and found.values is not None:
            return _shares(data, model, found.values)
    return None


def _shares(data: Data, model: Model, values: Floats) -> Plan:
    """Return the plan of a transport, with shares that add up to 1."""
    s, p = len(model.sites), len(model.pair_site)
    part = values[s : s + p]
    used = np.flatnonzero(part > 1e-9)
    client, site = model.pair_client[used], model.sites[model.pair_site[used]]
    total = np.bincount(client, part[used], len(data.demand))
    share = part[used] / total[client]
    is_open = np.zeros(len(data.capacity), bool)
    is_open[model.sites] = True
    if data.number < 0:
        loaded = np.zeros(len(is_open), bool)
        loaded[site] = True
        is_open &= loaded | data.must | (data.fixed_cost <= 0.0)
    cost = float(
        data.fixed_cost[is_open].sum() + (data.cost[site, client] * share).sum()
    )
    return Plan(cost, is_open, client, site, share)
