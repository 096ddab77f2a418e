r"""Loads: what the facilities at a node draw from a network.

Variables
    ``fed[n,t]``
        load of the facilities at a node, units of the network

Constraints
    ``load[n,t]``
        :math:`\sum_{s,j\ at\ n} \sum_l load_{sl}\, units_{sjlt} - fed_{nt} = 0`

A variable of its own, because these rows are all that ties services to networks: with
a price on them the network is a problem of its own, and so is every service.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.enough import facility_load
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family
from aumaq.model.table import Table, stacked

BY = ("node", "period")


@family(needs=("siting", "networks"), couples=True)
def loads(c: Context) -> None:
    """Build one row for each node with sites that draw from it, and each period."""
    block = c.block("loads")
    for name, n in c.data.networks.items():
        names = c.load[name].at.names
        nodes = Table(
            {"node": np.arange(len(n.nodes)), "most": facility_load(c.data, n)}, names
        )
        where = nodes.where(nodes["most"] > 0).cross(c.tables.periods)
        c.networks[name].fed = fed = variable(
            block, f"fed_{name}", where, BY, upper=where["most"],
            )  # fmt: skip
        units = c.units.join(_drawn(c, n), ("service", "site", "level"))
        rows = Rows(block, f"load_{name}", fed, BY, f"network:{name}:balance")
        rows.add(fed, -1.0).add(units, units["load"]).write(0.0, 0.0)


def _drawn(c: Context, n: NetworkData) -> Table:
    """Return the node and the load of each facility that draws from the network."""
    t, found = c.tables.facilities, []
    for s, (service, d) in enumerate(c.data.services.items()):
        own = t.where(t["service"] == s).only("service", "site", "level")
        node = n.fed_site_node[service][own["site"] - c.tables.first_site[service]]
        own = own.plus(node=node, load=d.load[n.name][own["level"]])
        found.append(own.where((own["load"] > 0) & (own["node"] >= 0)))
    return stacked(found, c.load[n.name].at.names)
