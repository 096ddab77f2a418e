r"""Fastest way: once a way stands, nobody goes a slower one to the same site.

Constraints
    ``fastest[s,i,j,o,t]``
        :math:`\sum_{o'\ slower\ than\ o} \sum_l share_{sijo'lt} \le
        \sum_{g\ needed\ by\ o} (1 - upgraded_{gt})`

Rows are built only where something gains by a slower way: it is shorter, and kilometres
are paid for (``transport_cost_per_km``, buses, teams that visit) or counted (impacts of
travel); or a gap compares minutes of the service, and long ways of the best group make
it look as the others do. Elsewhere no plan gains by a slower way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from aumaq.instances.access.options import SAME_WEIGHT
from aumaq.instances.arrays import Ints
from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family
from aumaq.model.ways import WAY, against, going, upgrades_needed

Tables = Mapping[str, pd.DataFrame]
PAID_BY_KM = ("buses", "mobile_services")


@family(needs=("allocation", "roads"), couples=True)
def fastest(c: Context) -> None:
    """Build a row for each way with slower, cheaper ones, and period."""
    slower = against(c, partial(_slower, c.data.instance.tables))
    where = slower.distinct(WAY[:-1]).cross(c.tables.periods)
    built, number = upgrades_needed(c, where)
    rows = Rows(c.block("fastest"), "fastest", where, WAY, "roads:access")
    rows.add(going(c, slower)).add(built).write(-np.inf, number)


def _slower(tables: Tables, d: ServiceData) -> list[tuple[int, Ints]]:
    """Return ways that need upgrades with slower ones of their pair that gain."""
    counts_minutes = bool((tables["gaps"]["service"] == d.name).any())
    counts_km = _counts_km(tables, d.name)
    is_asked = d.transport_mln_per_unit_km or counts_minutes or counts_km
    if not is_asked or not len(d.need_option):
        return []
    weight, price, km = d.option_weight, d.travel_mln_per_unit, d.option_km
    pair = d.option_settlement * len(d.sites) + d.option_site
    order = np.argsort(pair, kind="stable")
    cuts = np.flatnonzero(np.diff(pair[order])) + 1
    found = []
    for ways in np.split(order, cuts):
        for k in ways.tolist() if len(ways) > 1 else ():
            is_slower = weight[ways] > weight[k] + SAME_WEIGHT
            gains = (price[ways] < price[k]) | counts_minutes
            if counts_km:
                gains = gains | (km[ways] < km[k])
            slower = ways[is_slower & gains]
            if len(slower):
                found.append((k, slower))
    return found


def _counts_km(tables: Tables, service: str) -> bool:
    """Return whether anything but its fare makes a shorter way of a service better."""
    rates = tables["impact_rates"]
    is_limited = rates["impact"].isin(tables["impact_limits"]["impact"])
    travel = rates[(rates["of"] == "travel") & is_limited]
    return bool(
        travel["service"].isin(["", service]).any()
        or any((tables[name]["service"] == service).any() for name in PAID_BY_KM)
    )
