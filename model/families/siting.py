r"""Siting: how many facilities of which level run at a site, and how that changes.

Variables
    ``units[s,j,l,t]``
        whole, 0 to M: facilities of level *l*; level 0 counts empty places
    ``moves[s,j,l,l',t]``
        facilities that go from *l* to *l'* at the start of *t*; whole numbers (with one
        place they are so by themselves: for fixed units these are transport rows)

Constraints
    ``places[s,j,t]``
        :math:`\sum_{l \ge 0} units_{sjlt} = M_{sj}`
    ``leaves[s,j,l,t]``
        :math:`\sum_{l'} moves_{sjll't} = units_{sjl,t-1}`
        before the first period the stock :math:`n^0_{sjl}`, and
        :math:`n^0_{sj0} = M_{sj} - \sum_{l \ge 1} n^0_{sjl}`
    ``arrives[s,j,l',t]``
        :math:`\sum_{l} moves_{sjll't} = units_{sjl't}`

Cost
    ``building``
        :math:`df_t\, cost_{sll'}\, moves_{sjll't}`
        where *l'* > *l*
    ``residual``
        :math:`-res_{st}\, cost_{sll'}\, moves_{sjll't}`
        where *l'* > *l*
    ``closing``
        :math:`df_t\, cost_{sll'}\, moves_{sjll't}`
        where *l'* < *l*
    ``operation``
        :math:`ann_t\, opex_{sl}\, units_{sjlt}`

With one place a site this is the generalised modular capacity formulation of Jena,
Cordeau and Gendron (2015): exactly one level a site and period. Several facilities at
a site of a big city use the same rows. Levels that do not fit have no variables: above
``max_level`` of the site, or with a ``min_population`` above the inhabitants of its
settlement today (``settlements.population``, whatever the projection; a site without a
settlement has any size), unless it stands there already. No move leads into such a
level from another, nor from 0 before ``first_period`` of a site that is not required.
The same holds for levels that the land forbids at the site: its zone does not permit
them (``zone_permits``), or it lies within a buffer around a zone (``buffers``).
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, SITE, Context
from aumaq.model.data.services import possible_moves
from aumaq.model.family import family
from aumaq.model.table import Table, stacked

RULE = "siting:{service}"


@family(adds_to=("spending",))
def siting(c: Context) -> None:
    """Build units, moves, their balance and their cost, for every service."""
    block, t = c.block("siting"), c.tables
    stands = t.facilities.cross(t.periods)
    c.units = units = variable(
        block, "units", stands, FACILITY, upper=stands["places"],
        is_whole=True, is_early=True,
    )  # fmt: skip
    c.moves = moves = _moves(c, block)
    sites = t.sites.cross(t.periods)
    places = Rows(block, "places", sites, SITE, RULE)
    places.add(units).write(sites["places"], sites["places"])
    leaves = Rows(block, "leaves", units, FACILITY, RULE)
    leaves.add(moves.plus(level=moves["before"]))
    leaves.add(units.plus(period=units["period"] + 1), -1.0)
    stock = np.where(units["period"] == 0, units["stock"], 0.0)
    leaves.write(stock, stock)
    arrives = Rows(block, "arrives", units, FACILITY, RULE)
    arrives.add(moves.plus(level=moves["after"])).add(units, -1.0).write(0.0, 0.0)
    _pay(c, units, moves)


def _moves(c: Context, block: Block) -> Table:
    """Add the moves that are possible, with their price and their worth at the end."""
    t, found = c.tables, []
    for s, d in enumerate(c.data.services.values()):
        site, before, after, period = possible_moves(d, c.data.periods).T
        columns = {"site": site + t.first_site[d.name], "before": before,
                   "after": after, "period": period, "places": d.places[site],
                   "price_mln": d.transition_mln[before, after],
                   "credit_mln": d.residual_factor[period]}  # fmt: skip
        found.append(Table(columns, t.names).plus(service=s))
    where = stacked(found, t.names)
    where = where.plus(region=t.sites["region"][where["site"]])
    by = ("service", "site", "before", "after", "period")
    return variable(
        block, "moves", where, by,
        upper=where["places"], is_whole=where["places"] > 1, is_early=True,
    )  # fmt: skip


def _pay(c: Context, units: Table, moves: Table) -> None:
    t, price = c.tables.periods, moves["price_mln"]
    is_building = moves["after"] > moves["before"]
    build = np.where(is_building, price, 0.0)
    df = t["df"][moves["period"]]
    c.pay("building", df * build, moves)
    c.pay("residual", -moves["credit_mln"] * build, moves)
    c.pay("closing", df * np.where(is_building, 0.0, price), moves)
    c.spend("investment", None, price, moves)
    opex = units["opex_mln_per_year"]
    c.pay("operation", units["ann"] * opex, units)
    c.spend("operation", None, units["years"] * opex, units)
