r"""Contingencies: a network that loses a link still meets a share of its load (N-1).

Variables
    ``emergency_flow[k,lost,c,way,t]``
        what circuit *c* carries after the loss, units; none for the lost link
    ``emergency_supply[k,lost,s,j,t]``
        what the facilities at *j* feed in then, units
    ``emergency_local[k,lost,n,o,t]``
        used local supply then, units
    ``met[k,lost,n,t]``
        load that is met then, units
    ``short[k,lost,t]``
        load that is missing beyond the rule, units; none where it is hard

Constraints
    ``emergency_balance[k,lost,n,t]``
        :math:`\sum_{in} emergency\_flow - \sum_{out} emergency\_flow + \sum
        emergency\_supply + \sum_o emergency\_local = met_{nt}`
    ``emergency_carries[k,lost,c,way,t]``
        :math:`emergency\_flow_{ct} \le K_e + \sum_k K_{ek}\, step_{ekt} + \sum_l
        cap_{sl}\, units_{sjlt}`
        as in ``carries``
    ``emergency_feeds[k,lost,s,j,t]``
        :math:`emergency\_supply_{sjt} \le \sum_l cap_{sl}\, units_{sjlt}`
        and no more than its yield
    ``emergency_stands[k,lost,n,o,t]``
        :math:`emergency\_local_{not} \le local\_capacity_{not}`
    ``asked[k,lost,n,t]``
        :math:`met_{nt} \le load_{nt} + fed_{nt}`
    ``survives[k,lost,t]``
        :math:`\sum_n met_{nt} + short_t \ge share_k \sum_n (load_{nt} + fed_{nt} -
        shed_{nt})`
        from ``first_period`` on

Cost
    ``shortfall``
        :math:`ann_t\, shortfall\_mln\_per\_unit\_year \cdot short_t`

Each loss has flows of its own, so that the rule is exact: what stands is run anew, as a
maximum flow without losses and angles. Facilities may go without in an emergency.
Variables and rows exist once a network: ``emergency_flow_power``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.contingencies import lost_links
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, SITE, Context
from aumaq.model.data.enough import facility_load
from aumaq.model.data.networks import NetworkData
from aumaq.model.families.networks import STEP, stations
from aumaq.model.family import family
from aumaq.model.table import Table, positions

LOSS = ("contingency", "lost", "period")
FLOW = (*LOSS, "link", "number", "way")
NODE = (*LOSS, "node")


@family(needs=("networks", "loads", "balances"), reads=("load",))
def contingencies(c: Context) -> None:
    """Build the emergency of each link that may be lost, in each period."""
    block, (rules, given) = c.block("contingencies"), c.rules("contingencies")
    if not rules:
        return
    losses = _losses(c, rules, tuple(given["contingency"]))
    soft = losses.where(losses["is_hard"] == 0)
    short = variable(block, "short", soft, LOSS)
    c.pay("shortfall", short["price"] * c.data.ann[short["period"]], short)
    for number, (name, n) in enumerate(c.data.networks.items()):
        own = losses.where(losses["network"] == number)
        if len(own):
            _Emergency(c, block, name, n, own).build(short)


def _losses(c: Context, rules: list[Any], codes: tuple[str, ...]) -> Table:
    """Return a row for each rule, link that it takes away, and period."""
    links, networks = c.data.instance.tables["network_links"], list(c.data.networks)
    found = [
        (k, networks.index(rule.network), code)
        for k, rule in enumerate(rules)
        for code in lost_links(rule._asdict(), links)
    ]
    lost = tuple(dict.fromkeys(code for _, _, code in found))
    k = np.array([row[0] for row in found], dtype=np.int64)
    first = [max(0, positions([r.first_period], c.data.periods)[0]) for r in rules]
    columns = {
        "contingency": k,
        "lost": positions([code for *_, code in found], lost),
        "network": np.array([row[1] for row in found], dtype=np.int64),
        "broken": np.array(
            [c.data.networks[networks[m]].links.index(code) for _, m, code in found],
            dtype=np.int64,
        ),
        "share": np.array([r.served_share for r in rules])[k],
        "price": np.array([r.shortfall_mln_per_unit_year for r in rules])[k],
        "is_hard": np.array([int(r.is_hard) for r in rules])[k],
        "first": np.array(first, dtype=np.int64)[k],
    }
    names = {**c.tables.names, "contingency": codes, "lost": lost}
    table = Table(columns, names).cross(c.tables.periods.only("period"))
    return table.where(table["period"] >= table["first"])


class _Emergency:
    """The variables and rows of one network after losses."""

    def __init__(
        self, c: Context, block: Block, name: str, n: NetworkData, losses: Table
    ) -> None:
        """Take a row for each loss and period."""
        self.c, self.block, self.name, self.n = c, block, name, n
        self.losses, self.v = losses, c.networks[name]
        self.at = losses.only(*LOSS)

    def build(self, short: Table) -> None:
        """Build everything; *short* is what may be missing at a price."""
        flow, supply, local = self._flow(), self._supply(), self._local()
        met = self._met()
        nodes = self.at.join(
            self.c.load[self.name].at.only("node", "period"), ("period",)
        )
        rows = self._rows("emergency_balance", nodes, NODE)
        is_out = flow["way"] == 0
        tail = np.where(is_out, flow["from"], flow["to"])
        head = np.where(is_out, flow["to"], flow["from"])
        rows.add(flow.plus(node=tail), -1.0).add(flow.plus(node=head))
        rows.add(supply).add(local).add(met, -1.0).write(0.0, 0.0)
        self._survives(met, short)

    def _rows(self, name: str, where: Table, by: tuple[str, ...]) -> Rows:
        rule = "contingency:{contingency}"
        return Rows(self.block, f"{name}_{self.name}", where, by, rule)

    def _each(self, table: Table, *columns: str) -> Table:
        """Return rows of a table of the network after each loss in its period."""
        return self.at.join(table.only(*columns), ("period",))

    def _flow(self) -> Table:
        n, v = self.n, self.v
        columns = ("link", "number", "step", "way", "from", "to", "period")
        where = self.losses.only(*LOSS, "broken").join(
            v.flow.only(*columns), ("period",)
        )
        is_against = n.link_is_one_way[where["link"]] & (where["way"] == 1)
        where = where.where((where["link"] != where["broken"]) & ~is_against)
        flow = variable(self.block, f"emergency_flow_{self.name}", where, FLOW)
        enough, keys = v.limits.link, where.only(*FLOW)
        rows = self._rows("emergency_carries", where, FLOW).add(flow)
        on = STEP if n.has_angles else ("link", "period")
        widening = keys.join(v.step.only(*STEP, "added", "var"), on)
        rows.add(widening, -np.minimum(widening["added"], enough[widening["link"]]))
        units = keys.join(stations(self.c, n), ("link",))
        units = units.join(self.c.units.only(*FACILITY, "capacity", "var"), SITE)
        units = units.where(units["level"] > 0)
        rows.add(units, -np.minimum(units["capacity"], enough[units["link"]]))
        today = np.minimum(n.link_capacity, enough)[where["link"]]
        rows.write(-np.inf, np.where(where["step"] < 0, today, 0.0))
        return flow

    def _supply(self) -> Table:
        v, by = self.v, (*LOSS, "service", "site")
        enough = v.limits.source
        each = self._each(
            v.supply.distinct(("source", "period")),
            "source", "service", "site", "node", "most", "period",
        )  # fmt: skip
        most = np.minimum(each["most"], enough[each["source"]])
        supply = variable(
            self.block, f"emergency_supply_{self.name}", each, by, upper=most
        )
        held = v.supply.only(*FACILITY, "source", "capacity")
        units = held.join(self.c.units.only(*FACILITY, "var"), FACILITY)
        units = self._each(units, *FACILITY, "source", "capacity", "var")
        size = np.minimum(units["capacity"], enough[units["source"]])
        rows = self._rows("emergency_feeds", each, by)
        rows.add(supply).add(units, -size).write(-np.inf, 0.0)
        return supply

    def _local(self) -> Table:
        by = (*LOSS, "node", "option")
        each = self._each(self.v.local_supply, "node", "option", "period")
        local = variable(self.block, f"emergency_local_{self.name}", each, by)
        stands = self._each(self.v.local_capacity, "node", "option", "period", "var")
        rows = self._rows("emergency_stands", each, by)
        rows.add(local).add(stands, -1.0).write(-np.inf, 0.0)
        return local

    def _met(self) -> Table:
        load, n = self.c.load[self.name], self.n
        places = load.at.only("node", "period", "base", "most")
        whole = places["most"] + facility_load(self.c.data, n)[places["node"]]
        places = places.where(whole > 0)
        where = self._each(places, "node", "period", "base")
        met = variable(self.block, f"met_{self.name}", where, NODE)
        rows = self._rows("asked", where, NODE).add(met)
        change = self._each(load.terms, "node", "period", "change", "var")
        rows.add(change, -change["change"])
        rows.add(self._each(self.v.fed, "node", "period", "var"), -1.0)
        rows.write(-np.inf, where["base"])
        return met

    def _survives(self, met: Table, short: Table) -> None:
        load, share = self.c.load[self.name], self.losses.only(*LOSS, "share")
        base = load.at.total(("period",), whole=load.at["base"])
        rows = self._rows("survives", share, LOSS).add(met).add(short)
        for table, amount in (
            (load.terms, load.terms["change"]),
            (self.v.fed, np.ones(len(self.v.fed))),
            (self.v.shed, -np.ones(len(self.v.shed))),
        ):
            terms = table.only("period", "var").plus(amount=amount)
            each = share.join(terms, ("period",))
            rows.add(each, -each["share"] * each["amount"])
        whole = np.zeros(len(self.c.data.periods))
        whole[base["period"]] = base["whole"]
        rows.write(share["share"] * whole[share["period"]], np.inf)
