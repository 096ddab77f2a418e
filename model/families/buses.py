r"""School bus: transport that is bought where building would be dearer.

Variables
    ``bused[s,i,j,o,l,t]``
        0 to 1: of ``share``, who rides the bus; only on ways of ``within_minutes`` at
        most that are longer than a standard of the service

Constraints
    ``rides[s,i,j,o,l,t]``
        :math:`bused_{sijolt} \le share_{sijolt}`

Cost
    ``transport``
        :math:`ann_t\, d_{sit}\, opex\_factor \left(cost\_mln\_per\_unit\_year_s +
        trips\_per\_year_s\, km_o\, \frac{cost\_per\_km_s}{10^6}\right) bused_{sijolt}`

Who rides counts as near in every standard of the service: ``reach`` has ``bused``
beside ``share``. It is paid on top of what the way costs without. Minutes are those of
the way.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.rows import rows_with
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, stacked

BY = ("service", "settlement", "site", "way", "level", "period")


@family(needs=("allocation",))
def buses(c: Context) -> None:
    """Build who rides, for every service with a bus."""
    block, rides = c.block("buses"), _rides(c)
    c.bused = bused = variable(block, "bused", rides, BY, upper=rides["top"])
    rows = Rows(block, "rides", rides, BY, "bus:{service}")
    rows.add(bused).add(rides.plus(var=rides["share"]), -1.0).write(-np.inf, 0.0)
    ann = c.data.ann[bused["period"]]
    c.pay("transport", ann * bused["most"] * bused["price"], bused)


def _rides(c: Context) -> Table:
    """Return the shares of who may ride, their variables, and what it costs a year."""
    tables, found = c.data.instance.tables, []
    factor = c.data.instance.active_scenario.opex_factor
    share = c.share.plus(share=c.share["var"], top=np.ones(len(c.share)), price=0.0)
    columns = (*BY, "option", "minutes", "most", "top", "share", "price")
    for bus in tables["buses"].itertuples():
        service = c.tables.names["service"].index(bus.service)
        own = share.where(share["service"] == service)
        limits = rows_with(tables["standards"], "service", bus.service)["minutes"]
        near = within(own["minutes"], float(limits.min()) if len(limits) else np.inf)
        own = own.where(within(own["minutes"], bus.within_minutes) & ~near)
        row = c.data.instance.service(bus.service)
        trips = float(row["trips_per_year"])
        km = trips * own["km"] * bus.cost_per_km / 1e6
        found.append(own.plus(price=factor * (bus.cost_mln_per_unit_year + km)))
    return stacked(found, c.tables.names, columns)
