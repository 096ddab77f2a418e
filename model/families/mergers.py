r"""Mergers: two facilities become one, at one of their sites, and all go there.

Constraints
    ``one[merger,t]``
        :math:`\sum_{l \ge 1} units_{sjlt} + \sum_{l \ge 1} units_{sj'lt} = 1`
        from ``first_period`` on, *j* and *j'* the two sites
    ``elsewhere[merger,i,t]``
        :math:`\sum_{j'' \ne j,j'} \sum_{o,l} share_{sij''olt} \le 0`
        likewise, for settlements whose sites of today are of the two

Which of the two stays is decided; it may be enlarged. Whom it cannot hold is unserved,
where the service allows that. What closing and enlarging cost says the service, there
is no price of the merger itself.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Names, Table, positions, stacked

BY = ("merger", "period")
RULE = "merger:{merger}"


@family(needs=("siting", "allocation"), couples=True)
def mergers(c: Context) -> None:
    """Build the rows of mergers, in the periods from which they hold."""
    block, (rules, given) = c.block("mergers"), c.rules("mergers")
    pairs = _pairs(c)
    first = np.maximum(positions(given["first_period"], c.data.periods), 0)
    names = {**c.tables.names, "merger": tuple(given["merger"])}
    where = Table({"merger": np.arange(len(rules)), "first": first}, names)
    where = where.cross(c.tables.periods)
    where = where.where(where["period"] >= where["first"])
    running = c.units.where(c.units["level"] > 0)
    running = running.only("service", "site", "period", "var")
    rows = Rows(block, "one", where, BY, RULE)
    rows.add(pairs.join(running, ("service", "site"))).write(1.0, 1.0)

    barred = _barred(c, names)
    where = barred.total((BY[0], "settlement", BY[1]))
    rows = Rows(block, "elsewhere", where, ("merger", "settlement", "period"), RULE)
    rows.add(barred).write(-np.inf, 0.0)


def _pairs(c: Context) -> Table:
    """Return merger, service, site: the two sites of each."""
    found = []
    for number, rule in enumerate(c.rules("mergers")[0]):
        d = c.data.services[rule.service]
        own = positions((rule.site, rule.other_site), d.sites)
        rows = Table({"site": own + c.tables.first_site[d.name]}, {})
        service = c.tables.names["service"].index(d.name)
        found.append(rows.plus(merger=number, service=service))
    return stacked(found, c.tables.names, ("merger", "service", "site"))


def _barred(c: Context, names: Names) -> Table:
    """Return the shares that go past the two sites, with the merger that bars them."""
    found = []
    share = c.share.only("service", "option", "settlement", "period", "var")
    asked = {rule.service for rule in c.rules("mergers")[0]}
    for s, d in enumerate(c.data.services.values()):
        if d.name not in asked:
            continue
        option, period = np.nonzero(d.barred >= 0)
        barred = Table({"option": option, "period": period}, c.tables.names)
        barred = barred.plus(service=s, merger=d.barred[option, period])
        found.append(share.join(barred, ("service", "option", "period")))
    columns = ("service", "option", "settlement", "period", "var", "merger")
    return stacked(found, names, columns)
