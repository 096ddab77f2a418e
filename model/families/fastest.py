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
from aumaq.model.context import Context, Rows
from aumaq.model.data.services import Ints, ServiceData
from aumaq.model.family import family


@family(needs=("allocation", "roads"), couples=True)
def fastest(c: Context) -> None:
    """Build a row for each way with slower, cheaper ones, and period."""
    rows = Rows(c.block("fastest"), "fastest")
    upper: list[float] = []
    for name, d in c.data.services.items():
        v = c.variables[name]
        order = np.argsort(v.share_option, kind="stable")
        start = np.searchsorted(
            v.share_option[order], np.arange(len(d.option_site) + 1)
        )
        for k, slower in _slower(d):
            needs = d.need_upgrade[d.need_option == k]
            i, j = int(d.option_settlement[k]), int(d.option_site[k])
            shares = np.concatenate([order[start[o] : start[o + 1]] for o in slower])
            for t, period in enumerate(c.data.periods):
                goes = shares[v.share_period[shares] == t]
                here = len(rows.index)
                rows.add(np.full(len(goes), here), 1.0, v.share[goes])
                rows.add(np.full(len(needs), here), 1.0, c.upgraded[needs, t])
                way = int(d.option_way[k])
                rows.index.append(
                    (name, c.data.settlements[i], d.sites[j], way, period)
                )
                rows.ids.append("roads:access")
                upper.append(float(len(needs)))
    rows.write(None, upper)


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
