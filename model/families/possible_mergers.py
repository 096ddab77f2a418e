r"""Possible mergers: two facilities become one, if that pays.

Variables
    ``merged[pair,t]``
        binary: 1 once the pair *j*, *j'* has merged; from ``first_period`` on

Constraints
    ``at_most[pair,t]``
        :math:`\sum_{l \ge 1} (units_{sjlt} + units_{sj'lt}) + (P - 1)\,
        merged_{pair,t} \le P`
        *P*: places at both sites
    ``at_least[pair,t]``
        :math:`\sum_{l \ge least} (units_{sjlt} + units_{sj'lt}) \ge merged_{pair,t}`
    ``only_there[pair,i,t]``
        :math:`\sum_{j'' \ne j,j'} \sum_{o,l} share_{sij''olt} +
        merged_{pair,t} \le 1`
        for settlements whose sites of today are of the two
    ``stay[pair,t]``
        :math:`merged_{pair,t-1} \le merged_{pair,t}`

Cost
    ``closing``
        :math:`df_t\, cost\_mln \cdot capex\_factor\, (merged_{pair,t} -
        merged_{pair,t-1})`
    ``operation``
        :math:`-ann_t\, saving\_mln\_per\_year \cdot opex\_factor\, merged_{pair,t}`

Both are money of the region of the first site. What closing and enlarging cost says the
service.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.barred import past_the_pair
from aumaq.model.family import family
from aumaq.model.table import Names, Table, positions, stacked

BY = ("possible_merger", "period")
RULE = "possible_merger:{possible_merger}"


@family(needs=("siting", "allocation"), adds_to=("spending",), couples=True)
def possible_mergers(c: Context) -> None:
    """Build whether pairs merge, what that asks for, and its cost."""
    block, (rules, given) = c.block("possible_mergers"), c.rules("possible_mergers")
    names = {**c.tables.names, "possible_merger": tuple(given["possible_merger"])}
    first = np.maximum(positions(given["first_period"], c.data.periods), 0)
    where = Table({"possible_merger": np.arange(len(rules)), "first": first}, names)
    where = where.cross(c.tables.periods)
    where = where.where(where["period"] >= where["first"])
    c.merged = merged = variable(
        block, "merged", where, BY, upper=1.0, is_whole=True, is_early=True
    )
    pairs, t = _pairs(c, names), c.tables
    sites = t.sites.only("service", "site", "places").join(pairs, ("service", "site"))
    places = sites.total(BY[:1], places=sites["places"])
    most = places["places"][merged.find(places, BY[:1])]
    running = c.units.where(c.units["level"] > 0)
    running = running.only("service", "site", "level", "period", "var")
    running = pairs.join(running, ("service", "site"))
    rows = Rows(block, "at_most", merged, BY, RULE)
    rows.add(running).add(merged, most - 1.0).write(-np.inf, most)
    enough = running.where(
        running["level"] >= given["least_level"][running["possible_merger"]]
    )
    rows = Rows(block, "at_least", merged, BY, RULE)
    rows.add(enough).add(merged, -1.0).write(0.0, np.inf)
    before = merged.plus(period=merged["period"] + 1)
    later = merged.where(merged["period"] > merged["first"])
    rows = Rows(block, "stay", later, BY, RULE)
    rows.add(merged).add(before, -1.0).write(0.0, np.inf)
    _only_there(c, block, merged)
    _pay(c, merged)


def _pairs(c: Context, names: Names) -> Table:
    """Return merger, service, site: the two sites of each."""
    found = []
    for number, rule in enumerate(c.rules("possible_mergers")[0]):
        d = c.data.services[rule.service]
        own = positions((rule.site, rule.other_site), d.sites)
        rows = Table({"site": own + c.tables.first_site[d.name]}, {})
        service = names["service"].index(d.name)
        found.append(rows.plus(possible_merger=number, service=service))
    return stacked(found, names, ("possible_merger", "service", "site"))


def _only_there(c: Context, block: Block, merged: Table) -> None:
    """Build that people of a pair go to no other once it has merged."""
    found = []
    share = c.share.only("service", "option", "settlement", "period", "var")
    for number, rule in enumerate(c.rules("possible_mergers")[0]):
        d = c.data.services[rule.service]
        way = d.option_settlement, d.option_site
        past = past_the_pair(c.data.instance, rule, *way)
        own = share.where(share["service"] == c.tables.names["service"].index(d.name))
        found.append(own.where(past[own["option"]]).plus(possible_merger=number))
    columns = ("possible_merger", "settlement", "period", "var")
    past_them = stacked(found, merged.names, columns)
    past_them = past_them.where(past_them.find(merged, BY) >= 0)
    by = columns[:-1]
    where = past_them.distinct(by)
    rows = Rows(block, "only_there", where, by, RULE)
    rows.add(past_them).add(where.only(*by).join(merged.only(*BY, "var"), BY))
    rows.write(-np.inf, 1.0)


def _pay(c: Context, merged: Table) -> None:
    """Pay for merging, once, and take off what it saves."""
    rules, given = c.rules("possible_mergers")
    scenario, periods = c.data.instance.active_scenario, c.tables.periods
    sites = [
        c.tables.first_site[rule.service]
        + int(positions([rule.site], c.data.services[rule.service].sites)[0])
        for rule in rules
    ]
    service = positions(given["service"], c.tables.names["service"])
    at = merged["possible_merger"]
    region = c.tables.sites["region"][np.array(sites, dtype=np.int64)]
    money = merged.plus(service=service[at], region=region[at])
    price = given["cost_mln"][at] * scenario.capex_factor
    is_last = money["period"] == len(periods) - 1
    undone = money.plus(period=money["period"] + 1).where(~is_last)
    for of, mln in ((money, price), (undone, -price[~is_last])):
        c.pay("closing", periods["df"][of["period"]] * mln, of)
        c.spend("investment", None, mln, of)
    saved = given["saving_mln_per_year"][at] * scenario.opex_factor
    c.pay("operation", -c.data.ann[money["period"]] * saved, money)
    years = np.asarray(c.data.years)[money["period"]]
    c.spend("operation", None, -years * saved, money)
