r"""Connections: one settlement reaches another within a time, by roads built by then.

Variables
    ``way[c,p,t]``
        0 to 1: share of way *p* (a set of upgrades) in keeping its connection
    ``missed[c,t]``
        0 to 1: 1 where a priced connection does not hold; none where it is hard

Constraints
    ``connected[c,t]``
        :math:`\sum_p way_{cpt} + missed_{ct} \ge 1`
        from ``first_period`` on
    ``relies[c,g,t]``
        :math:`\sum_{p\ needs\ g} way_{cpt} \le upgraded_{gt}`

Cost
    ``shortfall``
        :math:`ann_t\, shortfall\_mln\_per\_year_c\, missed_{ct}`

Ways are found like those of access. Upgrades being whole, a connection is missed wholly
or not at all. One that holds on the roads of today has no rows. Minutes count from road
node to road node with connectors.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table

BY = ("connection", "period")


@family(needs=("roads",), couples=True)
def connections(c: Context) -> None:
    """Build one row for each connection and period, and for each upgrade it may use."""
    block, r, t = c.block("connections"), c.data.roads, c.tables
    names = {**t.names, "connection": r.connections}
    number = np.arange(len(r.connections))
    rules = Table({"connection": number, "first": r.connection_first}, names)
    ways, needs = _ways(c)
    free = ways["connection"][ways.find(needs, ("place",)) < 0]
    rules = rules.where(~np.isin(number, free)).cross(t.periods)
    rules = rules.where(rules["period"] >= rules["first"])
    way = variable(
        block, "way", rules.join(ways, ("connection",)),
        ("connection", "way", "period"), upper=1.0,
    )  # fmt: skip
    priced = rules.where(~r.connection_is_hard[rules["connection"]])
    missed = variable(block, "missed", priced, BY, upper=1.0)
    price = r.connection_mln_per_year[missed["connection"]] * missed["ann"]
    c.pay("shortfall", price, missed)
    connected = Rows(block, "connected", rules, BY, "connection:{connection}")
    connected.add(way).add(missed).write(1.0, np.inf)
    by = ("connection", "upgrade", "period")
    used = way.join(needs, ("place",))
    where = used.distinct(by)
    relies = Rows(block, "relies", where, by, "connection:{connection}")
    built = c.upgraded.only("upgrade", "period", "var")
    relies.add(where.only(*by).join(built, ("upgrade", "period")), -1.0)
    relies.add(used).write(-np.inf, 0.0)


def _ways(c: Context) -> tuple[Table, Table]:
    """Return the ways of each connection, and the upgrades that each needs."""
    r, names = c.data.roads, c.tables.names
    place = np.arange(len(r.way_connection))
    first = np.searchsorted(np.sort(r.way_connection), r.way_connection)
    columns = {"connection": r.way_connection, "way": place - first, "place": place}
    count = [len(upgrades) for upgrades in r.way_needs]
    upgrades = np.concatenate([*r.way_needs, np.zeros(0, dtype=np.int64)])
    needs = {"place": np.repeat(place, count), "upgrade": upgrades}
    return Table(columns, names), Table(needs, names)
