"""How a network runs with given units and steps, without the model: one LP.

Shapes: N nodes, E links, C circuits, O local options, S sources, L levels, T periods,
in the order of ``NetworkData``. Formulas: model/families/networks.py, balances.py.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_array

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.data.circuits import circuits, susceptance
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.impact_limits import ImpactLimit, NetworkRates
from aumaq.model.data.networks import NetworkData
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import NetworkDecisions, Status
from aumaq.solvers.solution.networks import positive
from aumaq.solvers.start.hard_budgets import HardBudgets
from aumaq.solvers.start.impact_limits import network_limits
from aumaq.solvers.work import Most


@dataclass
class _Programme:
    """Columns and rows of the LP while it is put together."""

    cost: list[Floats] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    row_low: list[Floats] = field(default_factory=list)
    row_high: list[Floats] = field(default_factory=list)
    num_columns: int = 0
    num_rows: int = 0

    def columns(self, cost: Floats, high: Floats, low: float = 0.0) -> Ints:
        """Add columns of a shape; return their numbers in it."""
        number = self.num_columns + np.arange(cost.size).reshape(cost.shape)
        self.cost.append(cost.ravel())
        self.high.append(np.broadcast_to(high, cost.shape).ravel())
        self.low.append(np.full(cost.size, low))
        self.num_columns += cost.size
        return number

    def rows(self, low: Floats, high: Floats) -> Ints:
        """Add rows of a shape; return their numbers in it."""
        number = self.num_rows + np.arange(low.size).reshape(low.shape)
        self.row_low.append(low.ravel())
        self.row_high.append(high.ravel())
        self.num_rows += low.size
        return number

    def add(self, row: Ints, column: Ints, value: object) -> None:
        """Add value x column to rows; arrays that broadcast."""
        parts = np.broadcast_arrays(row, column, np.asarray(value, dtype=float))
        self.entries.append((parts[0].ravel(), parts[1].ravel(), parts[2].ravel()))

    def matrices(self) -> Matrices:
        """Return what HiGHS is given."""
        row, column, value = (
            np.concatenate(parts) for parts in zip(*self.entries, strict=True)
        )
        shape = (self.num_rows, self.num_columns)
        table = coo_array((value, (row, column)), shape=shape).tocsc()
        table.sum_duplicates()
        return Matrices.of(
            table,
            np.concatenate(self.cost),
            (np.concatenate(self.row_low), np.concatenate(self.row_high)),
            (np.concatenate(self.low), np.concatenate(self.high)),
            np.zeros(self.num_columns, dtype=bool),
        )


def operated(
    data: ModelData,
    n: NetworkData,
    units: dict[str, Ints],
    steps: Ints,
    limit: Most,
    budgets: HardBudgets,
    scarcity: float = 0.0,
) -> NetworkDecisions | None:
    """Return the cheapest operation of a network, None if there is none in time.

    What local supply costs is taken from the budgets; the steps are paid already.
    *scarcity* is what a mln invested in it costs beyond itself, mln: where budgets are
    to be spared.
    """
    p, count = _Programme(), len(data.periods)
    load = n.base_load + _drawn(data, n, units)
    balance = p.rows(load, load)
    flow = _flows(p, data, n, units, steps, balance)
    supply, source, level, period = _supply(p, data, n, units, balance)
    capacity, local = _local(p, data, n, balance, scarcity)
    pays = [n.node_region[i] for i in n.local_node.tolist()]
    _within(p, n, budgets, pays, capacity)
    for own in network_limits(data, n.name, units):
        _keep(p, own, data.ann, (supply, source, level, period), local, capacity)
    most = n.base_load if n.may_shed else np.zeros_like(n.base_load)
    price = n.shed_mln_per_unit_year * data.ann
    shed = p.columns(np.broadcast_to(price, load.shape), most)
    p.add(balance, shed, 1.0)
    angle = _angles(p, n, steps, flow, count) if n.has_angles else None
    solver = Solver(p.matrices(), SolveOptions(gap=0.0, threads=1))
    solver.limit(limit)
    found = solver.run(limit.seconds, Silent(), time.monotonic())
    if found.status is not Status.OPTIMAL or found.values is None:
        return None
    x = found.values
    levels = max((units[s].shape[1] for s, _ in n.source), default=1)
    supplied = np.zeros((len(n.source), levels, count))
    supplied[source, level, period] = positive(x[supply])
    built = positive(x[capacity])
    built = np.maximum.accumulate(built, axis=1) if built.size else built
    budgets.spend_lasting(
        n.name, pays, n.local_capex_mln, n.local_opex_mln_per_year, built
    )
    return NetworkDecisions(
        steps=steps,
        flow=positive(x[flow]),
        local_capacity=built,
        local_supply=positive(x[local]),
        supply=supplied,
        shed=positive(x[shed]),
        angle=np.zeros(load.shape) if angle is None else x[angle],
    )


def _drawn(data: ModelData, n: NetworkData, units: dict[str, Ints]) -> Floats:
    """Return what facilities draw at each node, (N, T)."""
    drawn = np.zeros(n.base_load.shape)
    for service, d in data.services.items():
        by_site = np.einsum("jlt,l->jt", units[service], d.load[n.name])
        node = n.fed_site_node[service]
        np.add.at(drawn, node[node >= 0], by_site[node >= 0])
    return drawn


def room(
    data: ModelData, n: NetworkData, units: dict[str, Ints], steps: Ints
) -> Floats:
    """Return the capacity of each circuit, (C, T)."""
    link, own = circuits(n)
    count = len(data.periods)
    added = steps * n.step_capacity[:, None]
    if n.has_angles:
        found = np.repeat(n.link_capacity[link][:, None], count, axis=1)
        found[own >= 0] = added[own[own >= 0]]
    else:
        found = np.repeat(n.link_capacity[:, None], count, axis=1).astype(float)
        np.add.at(found, n.step_link, added)
    for k, e in enumerate(link.tolist()):
        station = n.link_station[e]
        if station is not None:
            service, j = station
            capacity = data.services[service].capacity
            found[k] += capacity @ units[service][j]
    return found


def _flows(
    p: _Programme,
    data: ModelData,
    n: NetworkData,
    units: dict[str, Ints],
    steps: Ints,
    balance: Ints,
) -> Ints:
    """Add flows, (C, 2, T), and what they bring to and take from nodes."""
    link, _ = circuits(n)
    most = np.repeat(room(data, n, units, steps)[:, None, :], 2, axis=1)
    most[n.link_is_one_way[link], 1] = 0.0
    price = n.link_flow_mln_per_year[link][:, None, None] * data.ann
    flow = p.columns(np.broadcast_to(price, most.shape), most)
    ends = (n.link_from[link], n.link_to[link])
    arrives = (1.0 - n.link_loss[link])[:, None]
    for way in (0, 1):
        p.add(balance[ends[way]], flow[:, way], -1.0)
        p.add(balance[ends[1 - way]], flow[:, way], arrives)
    return flow


def _supply(
    p: _Programme,
    data: ModelData,
    n: NetworkData,
    units: dict[str, Ints],
    balance: Ints,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Add supply of facilities that run; return columns, source, level, period."""
    found = []
    for s, (service, j) in enumerate(n.source):
        running = units[service][j] * data.services[service].capacity[:, None]
        for level, t in np.argwhere(running > 0).tolist():
            price = n.source_supply_mln_per_year[s][level] * data.ann[t]
            found.append((s, level, t, running[level, t], price))
    table = np.array(found, dtype=float).reshape(-1, 5).T
    source, level, period = table[:3].astype(np.int64)
    supply = p.columns(table[4], table[3])
    p.add(balance[n.source_node[source], period], supply, 1.0)
    limited = np.isfinite(n.source_max)
    if limited.any():
        most = np.repeat(n.source_max[limited][:, None], len(data.periods), axis=1)
        rows = np.full((len(n.source), len(data.periods)), -1)
        rows[limited] = p.rows(np.full(most.shape, -np.inf), most)
        here = limited[source]
        p.add(rows[source[here], period[here]], supply[here], 1.0)
    return supply, source, level, period


def _local(
    p: _Programme, data: ModelData, n: NetworkData, balance: Ints, scarcity: float
) -> tuple[Ints, Ints]:
    """Add capacity and supply of local options, (O, T), and what they bring."""
    count = len(data.periods)
    starts = np.arange(count)[None, :] >= n.local_first[:, None]
    most = np.where(starts, n.local_max[:, None], 0.0)
    later = np.append(data.df[1:], 0.0)
    worth = n.residual_factor - np.append(n.residual_factor[1:], 0.0)
    built = n.local_capex_mln[:, None] * (data.df - later - worth)
    built *= 1.0 + scarcity
    running = n.local_opex_mln_per_year[:, None] * data.ann
    capacity = p.columns(built + running, most)
    price = n.local_supply_mln_per_year[:, None] * data.ann
    local = p.columns(np.broadcast_to(price, most.shape), np.inf * np.ones(most.shape))
    p.add(balance[n.local_node], local, 1.0)
    rows = p.rows(np.full(most.shape, -np.inf), np.zeros(most.shape))
    p.add(rows, local, 1.0)
    p.add(rows, capacity, -1.0)
    if count > 1:
        shape = (len(most), count - 1)
        stays = p.rows(np.zeros(shape), np.full(shape, np.inf))
        p.add(stays, capacity[:, 1:], 1.0)
        p.add(stays, capacity[:, :-1], -1.0)
    return capacity, local


def _within(
    p: _Programme,
    n: NetworkData,
    budgets: HardBudgets,
    pays: list[str],
    capacity: Ints,
) -> None:
    """Add that what is left of hard budgets pays for local options, (O, T)."""
    capex, opex = n.local_capex_mln, n.local_opex_mln_per_year
    for limit in budgets.limits(n.name, pays):
        o, t = np.flatnonzero(limit.pays), limit.period
        row = p.rows(np.array([-np.inf]), np.array([max(limit.left_mln, 0.0)]))
        if limit.investment:
            p.add(row, capacity[o, t], capex[o])
            if t:
                p.add(row, capacity[o, t - 1], -capex[o])
        if limit.operation:
            p.add(row, capacity[o, t], limit.years * opex[o])


def _keep(
    p: _Programme,
    limited: tuple[ImpactLimit, NetworkRates, float],
    ann: Floats,
    supplied: tuple[Ints, Ints, Ints, Ints],
    local: Ints,
    capacity: Ints,
) -> None:
    """Add what a limit on an impact leaves, at its price or at all."""
    supply, source, level, period = supplied
    limit, rates, left = limited
    t, here = limit.period, period == limit.period
    row = p.rows(np.array([-np.inf]), np.array([left]))
    p.add(row, supply[here], rates.source[source[here], level[here]])
    p.add(row, local[:, t], rates.local)
    p.add(row, capacity[:, t], rates.capacity)
    if np.isfinite(limit.price):
        price = np.array([limit.price * ann[t]])
        p.add(row, p.columns(price, np.array([np.inf])), -1.0)


def _angles(p: _Programme, n: NetworkData, steps: Ints, flow: Ints, count: int) -> Ints:
    """Add angles, (N, T), and that flows on what stands follow them."""
    shape = (len(n.nodes), count)
    angle = p.columns(np.zeros(shape), np.full(shape, np.inf), -np.inf)
    link, own = circuits(n)
    stands = np.ones((len(link), count), dtype=bool)
    stands[own >= 0] = steps[own[own >= 0]] > 0
    k, t = np.nonzero(stands)
    rows = p.rows(np.zeros(len(k)), np.zeros(len(k)))
    b = susceptance(n, link, own)[k]
    p.add(rows, flow[k, 0, t], 1.0 / b)
    p.add(rows, flow[k, 1, t], -1.0 / b)
    p.add(rows, angle[n.link_from[link[k]], t], -1.0)
    p.add(rows, angle[n.link_to[link[k]], t], 1.0)
    return angle
