r"""Closings: not the only one of a settlement; who loses one has not much farther.

Constraints
    ``kept[closing,i,t]``
        :math:`\sum_{j\ in\ i} \sum_{l \ge 1} units_{sjlt} \ge 1`
        with ``keep_only``, where a facility stands in the settlement today
    ``lasting[closing,i,t]``
        :math:`\sum_{j\ in\ i} M_{sj} \cdot \sum_{j\ in\ i} \sum_{l \ge 1} units_{sjlt}
        \ge \sum_{j\ in\ i} \sum_{l \ge 1} units_{sjl,t-1}`
        with ``keep_only``, where none stands today, from the second period on: what is
        opened stays the same way
    ``farther[closing,i,t]``
        :math:`\sum_{j,o:\ minutes_o > today_{si} + extra} \sum_l share_{sijolt} +
        unserved_{sit} \le \sum_{j \in T_{si}} \sum_{l \ge 1} units_{sjlt}`
        with ``extra_minutes_most``, where the settlement has a facility today

:math:`T_{si}` are today's sites of a settlement: where something stands, the nearest on
today's roads, or each of equally near ones, :math:`today_{si}` minutes away
(``closing_rules`` in instance-format.md). As long as one of them runs, people go where
they like, for the right side is 1 or more; once none does, all are served within the
minutes. Who is not served is farther than any minutes: else leaving people without
service would be the way round the rule.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.access.limits import beyond
from aumaq.instances.access.standing import todays_facilities
from aumaq.model.algebra import Block, Rows
from aumaq.model.context import PLACE, Context
from aumaq.model.family import family
from aumaq.model.members import members
from aumaq.model.table import Table, positions, stacked

BY = ("closing", "settlement", "period")
HOME = ("service", "settlement")
RULE = "closing:{closing}"


@family(needs=("siting", "allocation"), reads=("demand",), couples=True)
def closings(c: Context) -> None:
    """Build the rows of rules on closing."""
    block, (_, given) = c.block("closings"), c.rules("closing_rules")
    whose = members(c, "closing_rules", "closing")
    is_kept = given["keep_only"] > 0
    _keep(c, block, whose.where(is_kept[whose["closing"]]))
    extra = given["extra_minutes_most"][whose["closing"]]
    _limit(c, block, whose.plus(extra=extra).where(~np.isnan(extra)))


def sites_at_home(c: Context) -> Table:
    """Return service, settlement, site, places of sites that are in a settlement."""
    home = np.concatenate([
        positions(c.data.instance.service_sites(name)["settlement"], c.data.settlements)
        for name in c.data.services
    ])  # fmt: skip
    sites = c.tables.sites.plus(settlement=home).where(home >= 0)
    return sites.only(*HOME, "site", "places")


def _running(c: Context) -> Table:
    return c.units.where(c.units["level"] > 0).only("service", "site", "period", "var")


def _keep(c: Context, block: Block, whose: Table) -> None:
    sites, stock = sites_at_home(c), c.tables.facilities
    stands = stock.where((stock["level"] > 0) & (stock["stock"] > 0))
    running = _running(c)
    has = sites.where(sites.find(stands, ("service", "site")) >= 0)
    is_served = whose.find(has, HOME) >= 0
    here = whose.join(sites.join(running, ("service", "site")), HOME)

    kept = whose.where(is_served).cross(c.tables.periods)
    rows = Rows(block, "kept", kept, BY, RULE)
    rows.add(here).write(1.0, np.inf)

    room = sites.total(HOME, room=sites["places"])
    later = c.tables.periods.where(c.tables.periods["period"] > 0)
    lasting = whose.where(~is_served).join(room, HOME).cross(later)
    rows = Rows(block, "lasting", lasting, BY, RULE)
    rows.add(here, room["room"][here.find(room, HOME)])
    rows.add(here.plus(period=here["period"] + 1), -1.0).write(0.0, np.inf)


def _limit(c: Context, block: Block, whose: Table) -> None:
    today = _today(c, np.unique(whose["service"]).tolist())
    near = today.distinct(HOME).only(*HOME, "today")
    whose = whose.join(near, HOME)
    whose = whose.plus(limit=whose["today"] + whose["extra"])
    where = whose.join(c.demand.at.only(*PLACE), HOME)
    share = c.share.only(*PLACE, "minutes", "var").join(whose, HOME)
    far = share.where(beyond(share["minutes"], share["limit"]))
    running = today.join(_running(c), ("service", "site"))
    rows = Rows(block, "farther", where, BY, RULE)
    rows.add(far).add(c.unserved.only(*PLACE, "var").join(whose, HOME))
    rows.add(whose.join(running, HOME), -1.0).write(-np.inf, 0.0)


def _today(c: Context, services: list[int]) -> Table:
    """Return service, settlement, site, today: today's sites, minutes to them."""
    found = []
    for s in services:
        name = c.tables.names["service"][s]
        rows = todays_facilities(c.data.instance, name)
        columns = {"settlement": rows["i"], "site": rows["j"], "today": rows["minutes"]}
        table = Table({key: cells.to_numpy() for key, cells in columns.items()}, {})
        first = c.tables.first_site[name]
        found.append(table.plus(service=s, site=table["site"] + first))
    return stacked(found, c.tables.names, (*HOME, "site", "today"))
