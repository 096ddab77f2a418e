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

from aumaq.model.context import Context, Rows, add_variables
from aumaq.model.family import family


@family(needs=("roads",), couples=True)
def connections(c: Context) -> None:
    """Build one row for each connection and period, and for each upgrade it may use."""
    block, r, periods = c.block("connections"), c.data.roads, c.data.periods
    free = {int(r.way_connection[p]) for p, g in enumerate(r.way_needs) if not len(g)}
    open_rules = [
        (k, t)
        for k in range(len(r.connections))
        for t in range(int(r.connection_first[k]), len(periods))
        if k not in free
    ]
    ways = [
        (p, t)
        for k, t in open_rules
        for p in np.flatnonzero(r.way_connection == k).tolist()
    ]
    numbers = [
        (r.connections[r.way_connection[p]], p - int(_first_way(r.way_connection, p)),
         periods[t])
        for p, t in ways
    ]  # fmt: skip
    way = add_variables(block, "way", numbers, bounds=(0.0, 1.0))
    priced = [(k, t) for k, t in open_rules if not r.connection_is_hard[k]]
    names = [(r.connections[k], periods[t]) for k, t in priced]
    missed = add_variables(block, "missed", names, bounds=(0.0, 1.0))
    price = [r.connection_mln_per_year[k] * c.data.ann[t] for k, t in priced]
    c.pay("shortfall", np.array(price), missed)
    row_of = {key: number for number, key in enumerate(open_rules)}
    rows = Rows(block, "connected")
    rows.index = [(r.connections[k], periods[t]) for k, t in open_rules]
    rows.ids = [f"connection:{r.connections[k]}" for k, _ in open_rules]
    at = [row_of[int(r.way_connection[p]), t] for p, t in ways]
    rows.add(np.array(at, dtype=np.int64), 1.0, way)
    rows.add(np.array([row_of[key] for key in priced], dtype=np.int64), 1.0, missed)
    rows.write(1.0, None)
    relies = Rows(block, "relies")
    known: dict[tuple[int, int, int], int] = {}
    for number, (p, t) in enumerate(ways):
        for g in r.way_needs[p].tolist():
            key = (int(r.way_connection[p]), g, t)
            if key not in known:
                known[key] = len(relies.index)
                code, upgrade = r.connections[key[0]], r.upgrades[g]
                relies.index.append((code, upgrade, periods[t]))
                relies.ids.append(f"connection:{code}")
                here = np.array([known[key]])
                relies.add(here, -1.0, c.upgraded[g, t : t + 1])
            relies.add(np.array([known[key]]), 1.0, way[number : number + 1])
    relies.write(None, 0.0)


def _first_way(connection: np.ndarray, p: int) -> int:
    """Return the first way of the connection of way *p*."""
    return int(np.flatnonzero(connection == connection[p])[0])
