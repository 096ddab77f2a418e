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
move to growth points cause there what a person causes there, and no longer what one
does where they came from. Only the load of people and industry may be
shed: a facility operates only where its own load is met.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family
from aumaq.model.table import Table

BY = ("node", "period")


@family(needs=("networks", "loads"), reads=("load",))
def balances(c: Context) -> None:
    """Build one row for each node and period, for every network."""
    block = c.block("balances")
    for name, n in c.data.networks.items():
        load, v = c.load[name], c.networks[name]
        v.shed = shed = _shed(c, block, n)
        is_out, arrives = v.flow["way"] == 0, 1.0 - n.link_loss[v.flow["link"]]
        tail = np.where(is_out, v.flow["from"], v.flow["to"])
        head = np.where(is_out, v.flow["to"], v.flow["from"])
        rows = Rows(block, f"balance_{name}", load.at, BY, f"network:{name}:balance")
        rows.add(v.flow.plus(node=tail), -1.0).add(v.flow.plus(node=head), arrives)
        rows.add(v.local_supply).add(v.supply).add(shed).add(v.fed, -1.0)
        rows.add(load.terms, -load.terms["change"])
        rows.write(load.at["base"], load.at["base"])


def _shed(c: Context, block: Block, n: NetworkData) -> Table:
    load = c.load[n.name]
    can = (load.at["most"] > 0) & n.may_shed
    where = load.at.plus(varies=load.varies).where(can)
    shed = variable(
        block, f"shed_{n.name}", where, BY, upper=where["most"],
    )  # fmt: skip
    price = n.shed_mln_per_unit_year * c.data.ann[shed["period"]]
    c.pay("shedding", price, shed)
    # Nobody sheds the load of those who have left; elsewhere bounds say it.
    loose = shed.where(shed["varies"])
    rule = f"network:{n.name}:balance"
    rows = Rows(block, f"sheddable_{n.name}", loose, BY, rule).add(loose)
    rows.add(load.terms, -load.terms["change"]).write(-np.inf, loose["base"])
    return shed
