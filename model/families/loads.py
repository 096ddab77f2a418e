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

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables, exists
from aumaq.model.data.enough import facility_load
from aumaq.model.data.networks import NetworkData
from aumaq.model.family import family


@family(needs=("siting", "networks"), couples=True)
def loads(c: Context) -> None:
    """Build one row for each node with sites that draw from it, and each period."""
    block = c.block("loads")
    for name, n in c.data.networks.items():
        rows = Rows(block, f"load_{name}")
        most = facility_load(c.data, n)
        nodes = np.flatnonzero(most > 0)
        periods = c.data.periods
        index = [(n.nodes[i], period) for i in nodes.tolist() for period in periods]
        fed = add_variables(
            block, f"fed_{name}", index, domain=pyo.NonNegativeReals
        ).reshape(-1, len(periods))
        for row, limit in zip(fed, most[nodes].tolist(), strict=True):
            for variable in row:
                variable.setub(limit)
        grid = np.full(n.base_load.shape, None, dtype=object)
        grid[nodes] = fed
        c.networks[name].fed = grid
        rows.index += index
        rows.ids += [f"network:{name}:balance"] * len(index)
        rows.add(np.arange(len(index)), -1.0, fed.ravel())
        _facilities(c, rows, n, np.searchsorted(nodes, np.arange(len(n.nodes))))
        rows.write(0.0, 0.0)


def _facilities(c: Context, rows: Rows, n: NetworkData, place: np.ndarray) -> None:
    """Add the units of every service; *place* is the number of a node in the rows."""
    count = len(c.data.periods)
    for service, d in c.data.services.items():
        load, node = d.load[n.name], n.fed_site_node[service]
        units = c.variables[service].units
        j, level, t = np.nonzero(exists(units))
        has_load = (load[level] > 0) & (node[j] >= 0)
        j, level, t = j[has_load], level[has_load], t[has_load]
        rows.add(place[node[j]] * count + t, load[level], units[j, level, t])
