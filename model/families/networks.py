r"""Networks: what lines, steps, sources and local supply can carry.

Variables
    ``flow[c,way,t]``
        what enters circuit *c* at one end, out and back (one-way links: out), units
    ``step[e,k,t]``
        binary: 1 once step *k* of link *e* is built; never undone; 0 before
        ``first_period``
    ``supply[s,j,l,t]``
        what facilities of level *l* at *j* feed in, units
    ``local_capacity[n,o,t]``
        installed local supply, units; 0 before ``first_period``
    ``local_supply[n,o,t]``
        used local supply, units

Constraints
    ``stays[e,k,t]``
        :math:`step_{ekt} \ge step_{ek,t-1}`
    ``in_order[e,k,t]``
        :math:`step_{ekt} \le step_{e,k-1,t}`
    ``carries[c,way,t]``
        :math:`flow_{ct} \le K_e + \sum_k K_{ek}\, step_{ekt} + \sum_l cap_{sl}\,
        units_{sjlt}`
        the last sum for the link of a station *j* only
    ``feeds[s,j,l,t]``
        :math:`supply_{sjlt} \le cap_{sl}\, units_{sjlt}`
    ``yields[s,j,t]``
        :math:`\sum_l supply_{sjlt} \le max\_supply_j`
        where it has a limit
    ``local_stays[n,o,t]``
        :math:`local\_capacity_{not} \ge local\_capacity_{no,t-1}`
    ``local[n,o,t]``
        :math:`local\_supply_{not} \le local\_capacity_{not}`

Cost
    ``building``
        :math:`df_t\, capex_{ek}\, (step_{ekt} - step_{ek,t-1})`
        and local capacity likewise, a unit
    ``residual``
        :math:`-res_t\, capex_{ek}\, (step_{ekt} - step_{ek,t-1})`
        and local capacity likewise
    ``operation``
        :math:`ann_t\, opex_{ek}\, step_{ekt}`
        and local capacity likewise
    ``supply``
        :math:`ann_t\, (price_e\, flow_{ct} + price_{sl}\, supply_{sjlt} + price_o\,
        local\_supply_{not})`

Each variable and row exists once a network: ``flow_power``, ``flow_water``. A link
without angles is one circuit that its steps widen; with angles what stands today and
each step are parallel circuits of their own. No capacity counts for more than what can
ever flow (``model/data/enough.py``).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.model.algebra import pyo
from aumaq.model.context import (
    Context,
    NetworkVariables,
    Numbers,
    Objects,
    Rows,
    add_variables,
    exists,
)
from aumaq.model.data.enough import flow_limits
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family

WAYS = ("out", "back")
"""From the link's first node to its second, and back."""


@family(needs=("siting",))
def networks(c: Context) -> None:
    """Build flows, steps, supply and their limits, for every network."""
    block = c.block("networks")
    for name, n in c.data.networks.items():
        c.networks[name] = _variables(c, block, n)
        _steps(c, block, n)
        _carries(c, block, n)
        _feeds(c, block, n)
        _local(c, block, n)


def circuits(n: NetworkData) -> tuple[Numbers, Numbers]:
    """Return link and step (-1: today) of each circuit."""
    link = np.arange(len(n.links))
    if not n.has_angles:
        return link, np.full(len(link), -1)
    today = link[n.link_capacity > 0]
    steps = np.arange(len(n.step_link))
    no_step = np.full(len(today), -1)
    return np.concatenate([today, n.step_link]), np.concatenate([no_step, steps])


def supply_rows(data: ModelData, n: NetworkData) -> Numbers:
    """Return rows (source, level, period) of supply variables."""
    rows = [
        (s, level, t)
        for s, (service, j) in enumerate(n.source)
        for level in np.flatnonzero(data.services[service].is_built[j])
        for t in range(len(data.periods))
        if level > 0
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _grid(
    block: pyo.Block,
    name: str,
    labels: list[tuple[Any, ...]],
    periods: tuple[str, ...],
    **options: Any,
) -> Objects:
    """Add a variable for each label and period; return (labels, periods)."""
    index = [(*label, period) for label in labels for period in periods]
    return add_variables(block, name, index, **options).reshape(-1, len(periods))


def _variables(c: Context, block: pyo.Block, n: NetworkData) -> NetworkVariables:
    periods, positive = c.data.periods, pyo.NonNegativeReals
    link, step = circuits(n)
    limits = flow_limits(c.data, n)
    labels = [
        (n.links[e], 0 if g < 0 else int(n.step_number[g]), way)
        for e, g in zip(link.tolist(), step.tolist(), strict=True)
        for way in WAYS
    ]
    flow = _grid(block, f"flow_{n.name}", labels, periods, domain=positive)
    for k in np.flatnonzero(n.link_is_one_way[link]).tolist():
        for variable in flow[k * len(WAYS) + 1]:
            variable.setub(0.0)
    price = np.repeat(n.link_flow_mln_per_year[link], len(WAYS))
    for t, ann in enumerate(c.data.ann):
        c.pay("supply", price * ann, flow[:, t])
    steps = [
        (n.links[e], k)
        for e, k in zip(n.step_link.tolist(), n.step_number.tolist(), strict=True)
    ]
    built = _grid(block, f"step_{n.name}", steps, periods, domain=pyo.Binary)
    for row, first in zip(built, n.step_first.tolist(), strict=True):
        for variable in row[:first]:
            variable.fix(0)
    local = [
        (n.nodes[i], option)
        for i, option in zip(n.local_node.tolist(), n.local_option, strict=True)
    ]
    capacity = _grid(block, f"local_capacity_{n.name}", local, periods, domain=positive)
    # Not cut to the load: in several futures the largest of all decides.
    for row, first, most in zip(
        capacity, n.local_first.tolist(), n.local_max.tolist(), strict=True
    ):
        for t, variable in enumerate(row):
            variable.setub(0.0 if t < first else most)
    source = supply_rows(c.data, n)
    index = [
        (
            n.source[s][0],
            c.data.services[n.source[s][0]].sites[n.source[s][1]],
            level,
            periods[t],
        )
        for s, level, t in source.tolist()
    ]
    return NetworkVariables(
        circuit_link=link,
        circuit_step=step,
        flow=flow.reshape(len(link), len(WAYS), len(periods)),
        step=built,
        local_capacity=capacity,
        local_supply=_grid(
            block, f"local_supply_{n.name}", local, periods, domain=positive
        ),
        supply=add_variables(block, f"supply_{n.name}", index, domain=positive),
        supply_source=source[:, 0],
        supply_level=source[:, 1],
        supply_period=source[:, 2],
        limits=limits,
    )


def grows(
    rows: Rows, variables: Objects, labels: list[tuple[Any, ...]], rule: str, c: Context
) -> None:
    """Add rows ``x[t] - x[t-1]`` (to be >= 0) for labels and later periods."""
    periods = c.data.periods
    for t in range(1, len(periods)):
        here = len(rows.index) + np.arange(len(labels))
        rows.add(here, 1.0, variables[:, t])
        rows.add(here, -1.0, variables[:, t - 1])
        rows.index += [(*label, periods[t]) for label in labels]
        rows.ids += [rule] * len(labels)


def _pay_growth(
    c: Context, n: NetworkData, variables: Objects, mln: Numbers, regions: list[str]
) -> None:
    """Pay *mln* for each unit by which a variable grows at the start of a period."""
    df, worth, count = c.data.df, n.residual_factor, len(c.data.periods)
    for t in range(count):
        later_df = df[t + 1] if t + 1 < count else 0.0
        later_worth = worth[t + 1] if t + 1 < count else 0.0
        c.pay("building", mln * (df[t] - later_df), variables[:, t])
        c.pay("residual", -mln * (worth[t] - later_worth), variables[:, t])
        at = np.full(len(mln), t)
        c.spend("investment", n.name, regions, at, mln, variables[:, t])
        if t + 1 < count:
            c.spend("investment", n.name, regions, at + 1, -mln, variables[:, t])


def _pay_yearly(
    c: Context, n: NetworkData, variables: Objects, mln: Numbers, regions: list[str]
) -> None:
    """Pay *mln* a year for each unit of a variable (operation)."""
    for t, years in enumerate(c.data.years):
        c.pay("operation", mln * c.data.ann[t], variables[:, t])
        at = np.full(len(mln), t)
        c.spend("operation", n.name, regions, at, mln * years, variables[:, t])


def link_regions(n: NetworkData) -> list[str]:
    """Return the region that pays for each link: that of its first end that has one."""
    ends = zip(n.link_from.tolist(), n.link_to.tolist(), strict=True)
    return [n.node_region[a] or n.node_region[b] for a, b in ends]


def _steps(c: Context, block: pyo.Block, n: NetworkData) -> None:
    step = c.networks[n.name].step
    rule = f"network:{n.name}:steps"
    labels = [
        (n.links[e], k)
        for e, k in zip(n.step_link.tolist(), n.step_number.tolist(), strict=True)
    ]
    stays = Rows(block, f"stays_{n.name}")
    grows(stays, step, labels, rule, c)
    stays.write(0.0, None)
    ordered = Rows(block, f"in_order_{n.name}")
    later = np.flatnonzero(n.step_number > 1)  # sorted: the step before is next to it
    for t, period in enumerate(c.data.periods):
        here = len(ordered.index) + np.arange(len(later))
        ordered.add(here, 1.0, step[later, t])
        ordered.add(here, -1.0, step[later - 1, t])
        ordered.index += [(*labels[g], period) for g in later.tolist()]
        ordered.ids += [rule] * len(later)
    ordered.write(None, 0.0)
    by_link = link_regions(n)
    regions = [by_link[e] for e in n.step_link.tolist()]
    _pay_growth(c, n, step, n.step_capex_mln, regions)
    _pay_yearly(c, n, step, n.step_opex_mln_per_year, regions)


def _carries(c: Context, block: pyo.Block, n: NetworkData) -> None:
    v = c.networks[n.name]
    rows = Rows(block, f"carries_{n.name}")
    upper: list[float] = []
    widens: dict[int, list[int]] = {}
    for g, e in enumerate(n.step_link.tolist()):
        widens.setdefault(e, []).append(g)
    for k, (e, own) in enumerate(
        zip(v.circuit_link.tolist(), v.circuit_step.tolist(), strict=True)
    ):
        steps = [own] if own >= 0 else [] if n.has_angles else widens.get(e, [])
        enough = v.limits.link[e]
        today = min(n.link_capacity[e], enough) if own < 0 else 0.0
        added = np.minimum(n.step_capacity[steps], enough)
        number = 0 if own < 0 else int(n.step_number[own])
        station = n.link_station[e]
        ways = WAYS[:1] if n.link_is_one_way[e] else WAYS
        for way, word in enumerate(ways):
            for t, period in enumerate(c.data.periods):
                here = len(rows.index)
                rows.add(np.array([here]), 1.0, v.flow[k, way, t : t + 1])
                at = np.full(len(steps), here)
                rows.add(at, -added, v.step[steps, t])
                if station is not None:
                    held, units = _held(c, station, t)
                    held = np.minimum(held, enough)
                    rows.add(np.full(len(units), here), -held, units)
                rows.index.append((n.links[e], number, word, period))
                rows.ids.append(f"network:{n.name}:capacity")
                upper.append(float(today))
    rows.write(None, upper)


def _held(c: Context, station: tuple[str, int], t: int) -> tuple[Numbers, Objects]:
    """Return capacity and units by level of a site in a period."""
    service, j = station
    units = c.variables[service].units[j, :, t]
    level = np.flatnonzero(exists(units))
    return c.data.services[service].capacity[level], units[level]


def _feeds(c: Context, block: pyo.Block, n: NetworkData) -> None:
    v = c.networks[n.name]
    feeds, yields = Rows(block, f"feeds_{n.name}"), Rows(block, f"yields_{n.name}")
    limit: list[float] = []
    row_of: dict[tuple[int, int], int] = {}
    price = []
    for k, (s, level, t) in enumerate(
        zip(
            v.supply_source.tolist(), v.supply_level.tolist(), v.supply_period.tolist(),
            strict=True,
        )
    ):  # fmt: skip
        service, j = n.source[s]
        d, period = c.data.services[service], c.data.periods[t]
        one = v.supply[k : k + 1]
        here = np.array([len(feeds.index)])
        feeds.add(here, 1.0, one)
        units = c.variables[service].units[j, level, t : t + 1]
        held = min(float(d.capacity[level]), float(v.limits.source[s]))
        feeds.add(here, -held, units)
        feeds.index.append((service, d.sites[j], level, period))
        feeds.ids.append(f"network:{n.name}:supply")
        price.append(n.source_supply_mln_per_year[s][level] * c.data.ann[t])
        if np.isfinite(n.source_max[s]):
            if (s, t) not in row_of:
                row_of[s, t] = len(yields.index)
                yields.index.append((service, d.sites[j], period))
                yields.ids.append(f"network:{n.name}:yield")
                limit.append(min(float(n.source_max[s]), float(v.limits.source[s])))
            yields.add(np.array([row_of[s, t]]), 1.0, one)
    feeds.write(None, 0.0)
    yields.write(None, limit)
    c.pay("supply", np.array(price), v.supply)


def _local(c: Context, block: pyo.Block, n: NetworkData) -> None:
    v = c.networks[n.name]
    labels = [
        (n.nodes[i], option)
        for i, option in zip(n.local_node.tolist(), n.local_option, strict=True)
    ]
    rule = f"network:{n.name}:local"
    stays = Rows(block, f"local_stays_{n.name}")
    grows(stays, v.local_capacity, labels, rule, c)
    stays.write(0.0, None)
    rows = Rows(block, f"local_{n.name}")
    for t, period in enumerate(c.data.periods):
        here = len(rows.index) + np.arange(len(labels))
        rows.add(here, 1.0, v.local_supply[:, t])
        rows.add(here, -1.0, v.local_capacity[:, t])
        rows.index += [(*label, period) for label in labels]
        rows.ids += [rule] * len(labels)
        price = n.local_supply_mln_per_year * c.data.ann[t]
        c.pay("supply", price, v.local_supply[:, t])
    rows.write(None, 0.0)
    regions = [n.node_region[i] for i in n.local_node.tolist()]
    _pay_growth(c, n, v.local_capacity, n.local_capex_mln, regions)
    _pay_yearly(c, n, v.local_capacity, n.local_opex_mln_per_year, regions)
