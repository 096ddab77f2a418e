r"""Allocation: who is served where, within what the facilities hold.

Variables
    ``share[s,i,j,o,l,t]``
        0 to 1: share of the demand of *i* that goes the way *o* to *j* and is served by
        level *l* (weak form: one variable for all levels, *l* = 0)
    ``unserved[s,i,t]``
        0 to 1: share of the demand that is not served; only where ``may_be_unserved``
    ``assigned[s,i,j,t]``
        binary, whole catchments only: 1 if *j* serves all of *i*

Constraints
    ``served[s,i,t]``
        :math:`\sum_{j,o,l} share_{sijolt} + unserved_{sit} = now_{sit} / d_{sit}`
        where there may be demand
    ``capacity[s,j,l,t]``
        :math:`\sum_{i,o} d_{sit}\, share_{sijolt} \le use_{sl}\, units_{sjlt} +
        second_{sjlt}`
    ``minimum_use[s,j,l,t]``
        :math:`\sum_{i,o} d_{sit}\, share_{sijolt} \ge min\_use_{sl}\, units_{sjlt}`
    ``open_first[s,i,j,l,t]``
        :math:`\sum_o share_{sijolt} \le units_{sjlt}`
        where *use* is the demand at least; elsewhere it follows from ``capacity``
    ``whole[s,i,j,t]``
        :math:`\sum_{o,l} share_{sijolt} = assigned_{sijt}`
        whole catchments; at most, where demand varies
    ``undivided[s,i,t]``
        :math:`unserved_{sit} + \sum_j assigned_{sijt} \le 1`
        whole catchments, where demand varies

Cost
    ``travel``
        :math:`ann_t\, d_{sit}\, trips_s\, \frac{felt_o}{60}\, \frac{value\_of\_time}
        {10^6}\, share_{sijolt}`
    ``transport``
        :math:`ann_t\, d_{sit}\, trips_s\, km_o\, \frac{transport\_cost\_per\_km_s \cdot
        opex\_factor}{10^6}\, share_{sijolt}`
    ``unserved``
        :math:`ann_t\, unserved\_mln\_per\_unit\_year_s\, d_{sit}\, unserved_{sit}`

A way weighs as its minutes, :math:`felt_o = minutes_o`. With an aversion :math:`k` to
inequality (``aversion_per_minute``) it is :math:`felt_o = (e^{k\,minutes_o} - 1) / k`:
for given demand, all of it served, the least sum of these is the least equally
distributed equivalent of Kolm and Pollak, :math:`\frac{1}{k} \ln mean(e^{k\,minutes})`,
which rises with it: the linear proxy of Horton, Logan, Murrell, Skipper and Speakman
(2024), with :math:`k = -\kappa`. It is linear in shares, so that all bounds hold for
it. Where :math:`k\,minutes_o` is above 30 it counts as 30: longer ways weigh no more.

Shares are of the most demand that there may be under any choice of growth points,
:math:`d`; what there is, is :math:`now`. What is kept free is a reserve of places: a
plan that fills all of them breaks with the first child more. Facilities that are fuller
today are no error: who does not find a place goes elsewhere or stays unserved. ``used``
and its share in the plan are of :math:`cap`.

The weak form sums ``capacity``, ``minimum_use`` and ``open_first`` over the levels.
Both have the same plans: what a site serves can be split over its levels in proportion
to what each carries. With whole catchments a settlement is unserved wholly or not at
all; where demand varies, ``served``, ``whole`` and ``undivided`` together leave it
:math:`now / d` at one site.
Rows are divided by capacity, so that they are of one size from village to city.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, PLACE, Context
from aumaq.model.family import family
from aumaq.model.table import Table

PAIR = ("service", "settlement", "site", "period")


@family(needs=("siting", "shifts"), reads=("demand",))
def allocation(c: Context) -> None:
    """Build shares, their rows and their cost, for every service."""
    block, offers = c.block("allocation"), _offers(c)
    for part in (_shares, _unserved, _served, _loads, _open_first, _whole):
        c.look_up()
        part(c, block, offers)


def _offers(c: Context) -> Table:
    """Return what each site offers: each level, or all as one, level 0 (weak form).

    Level by level, the facilities that may run; with ``offer``, and of it room, least.
    """
    running = c.tables.facilities.where(
        (c.tables.facilities["level"] > 0) & c.tables.facilities["serves"]
    )
    if c.is_strong:
        return running.plus(offer=running["level"])
    # Some level must have the room (or a minimum use) that counts for the site.
    most = {}
    for size in ("room", "least"):
        has = running.where(running[size] > 0)
        known = running.find(has, ("service", "site")) >= 0
        most[size] = np.where(known, running[f"most_{size}"], 0.0)
    return running.plus(offer=0, **most)


def _shares(c: Context, block: Block, offers: Table) -> None:
    t, demand = c.tables, c.demand.at.only(*PLACE, "most")
    site = offers.plus(level=offers["offer"]).distinct(("service", "site", "level"))
    site = site.only("service", "site", "level", "usable", "room", "least", "places")
    where = t.options.join(demand, ("service", "settlement"))
    where = where.join(site, ("service", "site"))
    room = where["room"] * where["places"] + _second(c, where)
    top = np.minimum(1.0, room / where["most"])
    by = ("service", "settlement", "site", "way", "level", "period")
    c.share = share = variable(block, "share", where, by, upper=top)
    amount, prices = t.periods["ann"][share["period"]] * share["most"], t.services
    minute = prices["travel_mln_per_unit_minute"][share["service"]]
    km = prices["transport_mln_per_unit_km"][share["service"]]
    c.pay("travel", amount * minute * share["felt"], share)
    c.pay("transport", amount * km * share["km"], share)


def _second(c: Context, where: Table) -> Floats:
    """Return the most that may be served in second shift, for rows of sites."""
    if not len(c.second):
        return np.zeros(len(where))
    second = _offered(c, c.second.distinct(FACILITY[:3]))
    second = second.total(FACILITY[:3], most=second["most"])
    found = where.find(second, FACILITY[:3])
    return np.where(found >= 0, second["most"][found], 0.0)


def _offered(c: Context, rows: Table) -> Table:
    """Return rows of levels as what sites offer: all levels as 0 in the weak form."""
    return rows if c.is_strong else rows.plus(level=np.zeros(len(rows), dtype=np.int64))


def _unserved(c: Context, block: Block, _: Table) -> None:
    services, demand = c.tables.services, c.demand.at
    where = demand.where(services["may_be_unserved"][demand["service"]])
    c.unserved = unserved = variable(block, "unserved", where, PLACE, upper=1.0)
    price = services["unserved_mln_per_unit_year"][where["service"]]
    ann = c.tables.periods["ann"][where["period"]]
    c.pay("unserved", price * ann * where["most"], unserved)


def _served(c: Context, block: Block, _: Table) -> None:
    now, change = c.demand.at, c.demand.terms
    rows = Rows(block, "served", now, PLACE, "allocation:{service}")
    rows.add(c.share).add(c.unserved)
    rows.add(change, -(change["change"] / now["most"][change.find(now, PLACE)]))
    share = now["base"] / now["most"]
    rows.write(share, share)


def _loads(c: Context, block: Block, offers: Table) -> None:
    for name, size, lower, upper in (
        ("capacity", "room", -np.inf, 0.0),
        ("minimum_use", "least", 0.0, np.inf),
    ):
        offered = offers.where(offers[size] > 0)
        offered = offered.plus(level=offered["offer"]).distinct(FACILITY[:3])
        where = offered.cross(c.tables.periods)
        rows = Rows(block, name, where, FACILITY, f"{name}:{{service}}")
        share = c.share.where(c.share[size] > 0)
        rows.add(share, share["most"] / share[size])
        if name == "capacity" and len(c.second):
            more = _offered(c, c.second.only(*FACILITY, "var"))
            more = more.join(offered, FACILITY[:3])
            rows.add(more, -1.0 / more[size])
        # In the weak form all levels of a site share a row.
        units = c.units.only(*FACILITY, size, "var")
        held = units.where((units["level"] > 0) & (units[size] > 0))
        held = held.plus(own=held[size], level=held["level"] * c.is_strong)
        held = held.only(*FACILITY, "own", "var").join(offered, FACILITY[:3])
        rows.add(held, -held["own"] / held[size])
        rows.write(lower, upper)


def _open_first(c: Context, block: Block, _: Table) -> None:
    fits = c.share["usable"] >= c.share["most"] if c.is_strong else True
    share = c.share.where(np.broadcast_to(fits, len(c.share)))
    by = ("service", "settlement", "site", "level", "period")
    where = share.total(by)  # all ways of a pair share a row
    rows = Rows(block, "open_first", where, by, "allocation:{service}").add(share)
    units = c.units.only(*FACILITY, "var").where(c.units["level"] > 0)
    units = units.plus(level=units["level"] * c.is_strong)
    rows.add(where.join(units, FACILITY), -1.0).write(-np.inf, 0.0)


def _whole(c: Context, block: Block, _: Table) -> None:
    is_whole = c.tables.services["allocation"] == "whole"
    share = c.share.where(is_whole[c.share["service"]])
    not_split(c, block, share, (), "whole:{service}")


def not_split(
    c: Context, block: Block, share: Table, by: tuple[str, ...], rule: str
) -> None:
    """Let all of a settlement go to one site: those whose shares are given.

    *by* are columns of *share* that are indices besides service, settlement, ...
    """
    pairs = share.total((*by, *PAIR))
    key = (*by, *PAIR)
    assigned = variable(block, "assigned", pairs, key, upper=1.0, is_whole=True)
    varies = c.demand.varies[pairs.find(c.demand.at, PLACE)]
    rows = Rows(block, "whole", pairs, key, rule)
    rows.add(share).add(assigned, -1.0)
    rows.write(np.where(varies, -np.inf, 0.0), 0.0)
    loose, place = assigned.where(varies), (*by, *PLACE)
    where = loose.total(place)
    rows = Rows(block, "undivided", where, place, rule)
    rows.add(where.join(c.unserved.only(*PLACE, "var"), PLACE))
    rows.add(loose).write(-np.inf, 1.0)
