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

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, SITE, Context, Network, Numbers
from aumaq.model.data.circuits import WAYS, circuits
from aumaq.model.data.enough import FlowLimits, flow_limits
from aumaq.model.data.networks import NetworkData, link_regions
from aumaq.model.family import family
from aumaq.model.lasting import pay_lasting, stays
from aumaq.model.table import Names, Table, positions

STEP = ("link", "number", "period")
FLOW = ("link", "number", "way", "period")
LOCAL = ("node", "option", "period")


@family(needs=("siting",), adds_to=("spending",))
def networks(c: Context) -> None:
    """Build flows, steps, supply and their limits, for every network."""
    block = c.block("networks")
    for name, n in c.data.networks.items():
        names = {**c.tables.names, "node": n.nodes, "link": n.links, "way": WAYS,
                 "option": n.local_option}  # fmt: skip
        limits = flow_limits(c.data, n)
        flow, step = _flow(c, block, n, names), _step(c, block, n, names)
        capacity = _local_capacity(c, block, n, names)
        local = variable(block, f"local_supply_{name}", capacity, LOCAL)
        supply = _supply(c, block, n, names)
        c.networks[name] = Network(flow, step, capacity, local, supply, limits)
        _steps(c, block, n, step)
        _carries(c, block, n, limits)
        _feeds(c, block, n, limits)
        _local(c, block, n)


def _flow(c: Context, block: Block, n: NetworkData, names: Names) -> Table:
    link, step = circuits(n)
    columns = {
        "circuit": np.arange(len(link)),
        "link": link,
        "number": np.where(step < 0, 0, np.append(n.step_number, 0)[step]),
        "step": step,
        "from": n.link_from[link],
        "to": n.link_to[link],
    }
    ways = Table({"way": np.arange(len(WAYS))}, names)
    where = Table(columns, names).cross(ways).cross(c.tables.periods)
    is_against = n.link_is_one_way[where["link"]] & (where["way"] == 1)
    most = np.where(is_against, 0.0, np.inf)
    flow = variable(block, f"flow_{n.name}", where, FLOW, upper=most)
    paid = flow.sorted_by("period")
    c.pay("supply", n.link_flow_mln_per_year[paid["link"]] * paid["ann"], paid)
    return flow


def _step(c: Context, block: Block, n: NetworkData, names: Names) -> Table:
    columns = {
        "thing": np.arange(len(n.step_link)),
        "link": n.step_link,
        "number": n.step_number,
        "added": n.step_capacity,
        "first_period": n.step_first,
        "region": _positions(c, link_regions(n))[n.step_link],
        "capex_mln": n.step_capex_mln,
        "opex_mln_per_year": n.step_opex_mln_per_year,
    }
    where = Table(columns, names).cross(c.tables.periods)
    return variable(
        block, f"step_{n.name}", where, STEP, upper=1.0, is_whole=True,
        fixed=where["period"] < where["first_period"], is_early=True,
    )  # fmt: skip


def _local_capacity(c: Context, block: Block, n: NetworkData, names: Names) -> Table:
    number = np.arange(len(n.local_option))
    columns = {
        "thing": number,
        "node": n.local_node,
        "option": number,
        "most": n.local_max,
        "first_period": n.local_first,
        "region": _positions(c, n.node_region)[n.local_node],
        "capex_mln": n.local_capex_mln,
        "opex_mln_per_year": n.local_opex_mln_per_year,
    }
    where = Table(columns, names).cross(c.tables.periods)
    starts = where["period"] >= where["first_period"]
    # Not cut to the load: in several futures the largest of all decides.
    return variable(
        block, f"local_capacity_{n.name}", where, LOCAL,
        upper=np.where(starts, where["most"], 0.0), is_early=True,
    )  # fmt: skip


def _supply(c: Context, block: Block, n: NetworkData, names: Names) -> Table:
    first = c.tables.first_site
    columns = {
        "source": np.arange(len(n.source)),
        "service": positions([name for name, _ in n.source], names["service"]),
        "site": np.array([first[name] + j for name, j in n.source], dtype=np.int64),
        "node": n.source_node,
        "most": n.source_max,
    }
    running = c.tables.facilities.where(c.tables.facilities["level"] > 0)
    running = running.only("service", "site", "level", "capacity")
    where = Table(columns, names).join(running, ("service", "site"))
    where = where.cross(c.tables.periods)
    return variable(block, f"supply_{n.name}", where, FACILITY)


def _positions(c: Context, regions: list[str] | tuple[str, ...]) -> Numbers:
    return positions(regions, c.tables.names["region"])


def _steps(c: Context, block: Block, n: NetworkData, step: Table) -> None:
    rule = f"network:{n.name}:steps"
    stays(block, f"stays_{n.name}", step, STEP, rule)
    later = step.where(step["number"] > 1).sorted_by("period")
    rows = Rows(block, f"in_order_{n.name}", later, STEP, rule).add(later)
    rows.add(step.plus(number=step["number"] + 1), -1.0).write(-np.inf, 0.0)
    pay_lasting(c, n.name, step, _credit(n, step))


def _credit(n: NetworkData, stands: Table) -> Numbers:
    """Return the credit for a mln of each thing in each period, (things, T)."""
    things = int(stands["thing"].max(initial=-1)) + 1
    return np.broadcast_to(n.residual_factor, (things, len(n.residual_factor)))


def _carries(c: Context, block: Block, n: NetworkData, limits: FlowLimits) -> None:
    v = c.networks[n.name]
    used = ~n.link_is_one_way[v.flow["link"]] | (v.flow["way"] == 0)
    where = v.flow.where(used)
    enough, keys = limits.link, where.only(*FLOW)
    # Without angles a link is one circuit, which all its steps widen.
    steps = v.step.only(*STEP, "added", "var")
    on = STEP if n.has_angles else ("link", "period")
    widening = keys.join(steps, on)
    rows = Rows(
        block, f"carries_{n.name}", where, FLOW, f"network:{n.name}:capacity"
    ).add(where)
    rows.add(widening, -np.minimum(widening["added"], enough[widening["link"]]))
    units = keys.join(stations(c, n), ("link",))
    units = units.join(c.units.only(*FACILITY, "capacity", "var"), SITE)
    units = units.where(units["level"] > 0)
    rows.add(units, -np.minimum(units["capacity"], enough[units["link"]]))
    today = np.minimum(n.link_capacity, enough)[where["link"]]
    rows.write(-np.inf, np.where(where["step"] < 0, today, 0.0))


def stations(c: Context, n: NetworkData) -> Table:
    """Return the site of the station of each link that has one."""
    found = [
        (e, c.tables.names["service"].index(station[0]),
         c.tables.first_site[station[0]] + station[1])
        for e, station in enumerate(n.link_station)
        if station is not None
    ]  # fmt: skip
    link, service, site = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return Table({"link": link, "service": service, "site": site}, {})


def _feeds(c: Context, block: Block, n: NetworkData, limits: FlowLimits) -> None:
    supply = c.networks[n.name].supply
    enough = limits.source[supply["source"]]
    held = np.minimum(supply["capacity"], enough)
    units = supply.only(*FACILITY).plus(held=held)
    units = units.join(c.units.only(*FACILITY, "var"), FACILITY)
    rows = Rows(block, f"feeds_{n.name}", supply, FACILITY, f"network:{n.name}:supply")
    rows.add(supply).add(units, -units["held"]).write(-np.inf, 0.0)
    limited = supply.plus(limit=np.minimum(supply["most"], enough))
    where = limited.where(np.isfinite(limited["most"])).distinct(SITE)
    rows = Rows(block, f"yields_{n.name}", where, SITE, f"network:{n.name}:yield")
    rows.add(supply).write(-np.inf, where["limit"])
    by_level = [np.zeros(0), *n.source_supply_mln_per_year]
    price = [by_level[s + 1][level] for s, level in supply.labels(("source", "level"))]
    c.pay("supply", np.array(price) * supply["ann"], supply)


def _local(c: Context, block: Block, n: NetworkData) -> None:
    v, rule = c.networks[n.name], f"network:{n.name}:local"
    stays(block, f"local_stays_{n.name}", v.local_capacity, LOCAL, rule)
    where = v.local_supply.sorted_by("period")
    rows = Rows(block, f"local_{n.name}", where, LOCAL, rule)
    rows.add(where).add(v.local_capacity, -1.0).write(-np.inf, 0.0)
    price = n.local_supply_mln_per_year[where["option"]] * where["ann"]
    c.pay("supply", price, where)
    pay_lasting(c, n.name, v.local_capacity, _credit(n, v.local_capacity))
