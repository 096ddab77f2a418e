"""Who is served where by given units, without a model: nearest first, within capacity.

Shapes: J sites, I settlements, K access options, T periods. Demand in units of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from scipy.sparse import coo_array

from aumaq.instances.access.limits import beyond
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.services import ServiceData
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Budget, Most

Amounts = Callable[[ServiceData, Floats, Floats, Ints], Floats]
PROGRAMME_EFFORT = 5.0
ENOUGH = 1e-9
"""Relative to a capacity, a load or a demand, what is less than this counts as none."""


def usable_options(d: ServiceData, units: Ints, upgraded: Ints) -> Flags:
    """Return options whose site runs and whose upgrades stand, (K, T)."""
    runs = units[:, 1:].sum(axis=1) > 0
    usable = runs[d.option_site] & (d.barred < 0)
    if len(d.need_option):
        missing = np.zeros(usable.shape, dtype=np.int64)
        np.add.at(missing, d.need_option, 1 - upgraded[d.need_upgrade])
        usable &= missing == 0
    return usable


def served(d: ServiceData, units: Ints, upgraded: Ints) -> Floats:
    """Return the amount that goes each way, (K, T), by the rule of the service."""
    capacity = np.einsum("jlt,l->jt", units, d.usable)
    usable = usable_options(d, units, upgraded)
    fill = FILLS[d.allocation]
    amount = np.zeros(usable.shape)
    for t in range(usable.shape[1]):
        options = np.flatnonzero(usable[:, t] & (d.demand[d.option_settlement, t] > 0))
        order = options[np.argsort(d.option_weight[options], kind="stable")]
        amount[:, t] = fill(d, d.demand[:, t], capacity[:, t], order)
    return amount


def _free(d: ServiceData, demand: Floats, capacity: Floats, order: Ints) -> Floats:
    """Fill sites from near to far; a settlement may be split, if no rule forbids it."""
    amount, rest, room = (
        np.zeros(len(d.option_site)),
        demand.tolist(),
        capacity.tolist(),
    )
    i, j = d.option_settlement.tolist(), d.option_site.tolist()
    whole = d.together.tolist()
    for k in order.tolist():
        part = min(rest[i[k]], room[j[k]])
        if whole[i[k]] and part < rest[i[k]] * (1.0 - ENOUGH):
            continue
        if part > 0.0:
            amount[k] = part
            rest[i[k]] -= part
            room[j[k]] -= part
    return amount


def _whole(d: ServiceData, demand: Floats, capacity: Floats, order: Ints) -> Floats:
    """Send each settlement to the nearest site that has room for it, largest first."""
    amount, room = np.zeros(len(d.option_site)), capacity.copy()
    size = demand[d.option_settlement[order]]
    is_placed = np.zeros(len(demand), dtype=bool)
    for k in order[np.argsort(-size, kind="stable")].tolist():
        i, j = d.option_settlement[k], d.option_site[k]
        if not is_placed[i] and demand[i] <= room[j] * (1.0 + ENOUGH):
            amount[k], is_placed[i] = demand[i], True
            room[j] -= demand[i]
    return amount


def _nearest(d: ServiceData, demand: Floats, capacity: Floats, order: Ints) -> Floats:
    """Fill the nearest site that runs (or one as near); what is left stays unserved."""
    least = np.full(len(demand), np.inf)
    np.minimum.at(least, d.option_settlement[order], d.option_minutes[order])
    far = beyond(d.option_minutes[order], least[d.option_settlement[order]])
    return _free(d, demand, capacity, order[~np.asarray(far, dtype=bool)])


FILLS: dict[str, Amounts] = {"free": _free, "whole": _whole, "nearest": _nearest}


def lacks(d: ServiceData, units: Ints, amount: Floats) -> bool:
    """Return whether someone must be served and is not, or a site serves too few."""
    least = np.einsum("jlt,l->jt", units, d.min_use)
    is_short = use(d, amount) < least - ENOUGH * (1.0 + least)
    total = np.zeros_like(d.demand)
    np.add.at(total, d.option_settlement, amount)
    left = (d.demand - total > ENOUGH * d.demand).any()
    return bool(is_short.any() or (left and not d.may_be_unserved))


def use(d: ServiceData, amount: Floats) -> Floats:
    """Return what each site serves, (J, T)."""
    used = np.zeros((len(d.sites), amount.shape[1]))
    np.add.at(used, d.option_site, amount)
    return used


def by_programme(
    d: ServiceData, units: Ints, upgraded: Ints, most: Most, filled: Floats
) -> Floats | None:
    """Return amounts by linear programmes that also use each site enough, or None.

    Whom rules keep together goes as in *filled*, the amounts by option, (K, T).
    """
    capacity = np.einsum("jlt,l->jt", units, d.usable)
    least = np.einsum("jlt,l->jt", units, d.min_use)
    usable = usable_options(d, units, upgraded)
    amount, budget = np.zeros(usable.shape), Budget(most.seconds, most.work)
    for t in range(usable.shape[1]):
        options = np.flatnonzero(usable[:, t] & (d.demand[d.option_settlement, t] > 0))
        stays = d.together[d.option_settlement[options]]
        goes = filled[options, t] > 0.0
        options, stays = options[goes | ~stays], stays[goes | ~stays]
        limits = least[:, t], capacity[:, t]
        m = _programme(d, d.demand[:, t], *limits, options, stays)
        solver = Solver(m, SolveOptions(gap=0.0, threads=1))
        if budget.is_over:
            return None
        own = budget.most(PROGRAMME_EFFORT)
        solver.limit(own)
        found = solver.run(own.seconds, Silent(), time.monotonic())
        budget.spend(found.work)
        if found.status is not Status.OPTIMAL or found.values is None:
            return None
        share = np.clip(found.values[: len(options)], 0.0, 1.0)
        amount[options, t] = share * d.demand[d.option_settlement[options], t]
    return amount


def _programme(
    d: ServiceData,
    demand: Floats,
    least: Floats,
    most: Floats,
    options: Ints,
    stays: Flags,
) -> Matrices:
    """Return the least travel of shares by option, then shares unserved.

    Options that *stay* take all of their settlement.
    """
    i, j = d.option_settlement[options], d.option_site[options]
    count, places = len(options), len(demand)
    own = np.arange(places)
    size = np.maximum(most, 1.0)
    column = np.concatenate([np.arange(count), count + own, np.arange(count)])
    row = np.concatenate([i, own, places + j])
    value = np.concatenate([np.ones(count + places), demand[i] / size[j]])
    shape = (places + len(most), count + places)
    table = coo_array((value, (row, column)), shape=shape).tocsc()
    table.sort_indices()
    far = 1.0 + float(d.option_minutes[options].max(initial=0.0))
    upper = np.full(places, 1.0 if d.may_be_unserved else 0.0)
    upper[demand <= 0] = 1.0
    return Matrices.of(
        table,
        np.concatenate([d.option_minutes[options] * demand[i], far * demand]),
        (
            np.concatenate([np.ones(places), least / size]),
            np.concatenate([np.ones(places), most / size]),
        ),
        (
            np.concatenate([stays.astype(float), np.zeros(places)]),
            np.concatenate([np.ones(count), upper]),
        ),
        np.zeros(count + places, dtype=bool),
    )
