r"""Fastest way: once a way stands, nobody goes a slower one to the same site.

Constraints
    ``fastest[s,i,j,o,t]``
        :math:`\sum_{o'\ slower\ than\ o} \sum_l share_{sijo'lt} \le
        \sum_{g\ needed\ by\ o} (1 - upgraded_{gt})`

Rows are built only where a slower way is cheaper, because it is shorter and kilometres
are paid for (``transport_cost_per_km``): elsewhere no plan gains by a slower way.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.access.options import SAME_WEIGHT
from aumaq.instances.arrays import Ints
from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family
from aumaq.model.ways import WAY, against, going, upgrades_needed


@family(needs=("allocation", "roads"), couples=True)
def fastest(c: Context) -> None:
    """Build a row for each way with slower, cheaper ones, and period."""
    slower = against(c, _slower)
    where = slower.distinct(WAY[:-1]).cross(c.tables.periods)
    built, number = upgrades_needed(c, where)
    rows = Rows(c.block("fastest"), "fastest", where, WAY, "roads:access")
    rows.add(going(c, slower)).add(built).write(-np.inf, number)


def _slower(d: ServiceData) -> list[tuple[int, Ints]]:
    """Return ways that need upgrades with the slower, cheaper ways of their pair."""
    if not d.transport_mln_per_unit_km or not len(d.need_option):
        return []
    weight, price = d.option_weight, d.travel_mln_per_unit
    pair = d.option_settlement * len(d.sites) + d.option_site
    order = np.argsort(pair, kind="stable")
    cuts = np.flatnonzero(np.diff(pair[order])) + 1
    found = []
    for ways in np.split(order, cuts):
        for k in ways.tolist() if len(ways) > 1 else ():
            is_slower = weight[ways] > weight[k] + SAME_WEIGHT
            cheaper = ways[is_slower & (price[ways] < price[k])]
            if len(cheaper):
                found.append((k, cheaper))
    return found
