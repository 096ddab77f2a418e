r"""Balances: what reaches a node meets its load, or is shed at a price.

Variables
    ``shed[n,t]``
        load of people and industry that is not met, units; only where ``may_shed``

Constraints
    ``balance[n,t]``
        :math:`\sum_{in} (1 - loss_e)\, flow_{ct} - \sum_{out} flow_{ct} + \sum_{s,j,l}
        supply_{sjlt} + \sum_o local\_supply_{not} + shed_{nt} = load_{nt} + fed_{nt}`
    ``sheddable[n,t]``
        :math:`shed_{nt} \le load_{nt}`
        a row where growth points change the load, elsewhere a bound

Cost
    ``shedding``
        :math:`ann_t\, shed\_mln\_per\_unit\_year \cdot shed_{nt}`

:math:`load_{nt} = base\_load_{nt} + \sum_k change_{knt}\, chosen_{kt}`: people who
move to growth points take their load along. Only the load of people and industry may be
shed: a facility operates only where its own load is met.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Objects, Rows, add_variables, exists
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family


@family(needs=("networks", "loads", "growth"))
def balances(c: Context) -> None:
    """Build one row for each node and period, for every network."""
    block = c.block("balances")
    for name, n in c.data.networks.items():
        _shed(c, block, n)
        rows = Rows(block, f"balance_{name}")
        for node in n.nodes:
            rows.index += [(node, period) for period in c.data.periods]
        rows.ids += [f"network:{name}:balance"] * len(rows.index)
        _inflow(c, rows, n)
        _facilities(c, rows, n)
        change = c.data.growth.load[name].change
        k, at, t = np.nonzero(change)
        row = at * len(c.data.periods) + t
        rows.add(row, -change[k, at, t], c.chosen[k, t])
        load = n.base_load.ravel()
        rows.write(load, load)


def _shed(c: Context, block: pyo.Block, n: NetworkData) -> None:
    periods = c.data.periods
    most = c.data.growth.load[n.name].most
    node, t = np.nonzero((most > 0) & n.may_shed)
    index = [
        (n.nodes[i], periods[p]) for i, p in zip(node.tolist(), t.tolist(), strict=True)
    ]
    shed = add_variables(block, f"shed_{n.name}", index, domain=pyo.NonNegativeReals)
    for variable, load in zip(shed, most[node, t].tolist(), strict=True):
        variable.setub(load)
    grid = np.full(n.base_load.shape, None, dtype=object)
    grid[node, t] = shed
    c.networks[n.name].shed = grid
    c.pay("shedding", n.shed_mln_per_unit_year * c.data.ann[t], shed)
    _sheddable(c, block, n, grid)


def _sheddable(c: Context, block: pyo.Block, n: NetworkData, shed: Objects) -> None:
    """Nobody sheds the load of those who have left; elsewhere bounds say it."""
    rows, effect = Rows(block, f"sheddable_{n.name}"), c.data.growth.load[n.name]
    node, t = np.nonzero(effect.varies & exists(shed))
    number = np.full(effect.base.shape, -1)
    number[node, t] = np.arange(len(node))
    rows.add(number[node, t], 1.0, shed[node, t])
    rows.index += [
        (n.nodes[i], c.data.periods[p])
        for i, p in zip(node.tolist(), t.tolist(), strict=True)
    ]
    rows.ids += [f"network:{n.name}:balance"] * len(node)
    k, at, period = np.nonzero(effect.change * (number >= 0))
    rows.add(number[at, period], -effect.change[k, at, period], c.chosen[k, period])
    rows.write(None, effect.base[node, t])


def _inflow(c: Context, rows: Rows, n: NetworkData) -> None:
    v, count = c.networks[n.name], len(c.data.periods)
    ends = (n.link_from[v.circuit_link], n.link_to[v.circuit_link])
    arrives = 1.0 - n.link_loss[v.circuit_link]
    source_node, local_node = n.source_node[v.supply_source], n.local_node
    for t in range(count):
        for way in (0, 1):
            flow = v.flow[:, way, t]
            rows.add(ends[way] * count + t, -1.0, flow)
            rows.add(ends[1 - way] * count + t, arrives, flow)
        rows.add(local_node * count + t, 1.0, v.local_supply[:, t])
    rows.add(source_node * count + v.supply_period, 1.0, v.supply)
    node, period = np.nonzero(exists(v.shed))
    rows.add(node * count + period, 1.0, v.shed[node, period])


def _facilities(c: Context, rows: Rows, n: NetworkData) -> None:
    count = len(c.data.periods)
    fed = c.networks[n.name].fed
    node, period = np.nonzero(exists(fed))
    rows.add(node * count + period, -1.0, fed[node, period])
