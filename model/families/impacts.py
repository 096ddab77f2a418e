r"""Impacts: land taken, emissions, water abstracted, each within its limits.

Variables
    ``excess[limit,t]``
        units of the impact above a priced limit; none where it is hard

Constraints
    ``within[limit,t]``
        :math:`\sum_{sjl} rate_{sl}\, units_{sjlt} + \sum_{sjl} rate_{sl}\,
        supply_{sjlt} + \sum_{no} rate_o\, (local\_supply_{not} + local\_capacity_{not})
        + \sum_{sijo} rate_s\, trips_s\, km_o\, d_{sit} \left(\sum_l share_{sijolt} -
        \sum_k visited_{ksijot}\right) \le most + excess_t`
        each with its own rate, of what lies in the region, the zone, or zones of the
        kind; who travels counts where he lives, and in no zone; who is visited at home
        does not travel

Cost
    ``overrun``
        :math:`ann_t\, excess\_mln\_per\_unit\_year \cdot excess_t`

A limit that is neither hard nor priced is told, and has no row. Rates are those of
``impact_rates`` and of what an impact includes (``levels``, ``local_supplies``). What
the land forbids has no rows: levels that zones or buffers do not permit have no
variables, see siting. A row is divided by its limit, or by its largest coefficient
where that is larger.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags
from aumaq.instances.land.forbidden import lies_in, zone_distances
from aumaq.instances.rows import rows_with
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.impact_limits import meant_zones
from aumaq.model.data.impacts import impact_rates
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("limit", "period")
PART = ("region", "period", "service", "site", "network", "node", "amount", "var")


@family(needs=("siting", "allocation", "visits", "networks"), couples=True)
def impacts(c: Context) -> None:
    """Build one row for each limit and period that has one."""
    block, (rules, given) = c.block("impacts"), c.rules("impact_limits")
    has_force = (given["is_hard"] > 0) | (given["excess_mln_per_unit_year"] > 0.0)
    given = given.where(has_force)
    rules = [rule for rule, holds in zip(rules, has_force, strict=True) if holds]
    codes = tuple(dict.fromkeys(given["limit"]))
    names = {**c.tables.names, "limit": codes}
    columns = {
        "limit": positions(given["limit"], codes),
        "period": positions(given["period"], c.data.periods),
        "most": given["most"],
        "is_hard": given["is_hard"] > 0,
        "price": given["excess_mln_per_unit_year"],
    }
    where = Table(columns, names).plus(row=np.arange(len(rules)))
    known = {rule.impact: parts_of(c, rule.impact) for rule in rules}
    found = []
    for k, rule in enumerate(rules):
        part = _limited(c, known[rule.impact], rule, int(where["period"][k]))
        found.append(part.plus(row=k, limit=int(where["limit"][k])))
    terms = stacked(found, names, ("row", *BY, "amount", "var"))
    largest = np.zeros(len(where))
    np.maximum.at(largest, terms["row"], terms["amount"])
    scale = np.maximum(where["most"], largest)
    where = where.plus(scale=np.where(scale > 0.0, scale, 1.0))
    priced = where.where(~where["is_hard"])
    excess = variable(block, "excess", priced, BY)
    ann = c.data.ann[excess["period"]]
    c.pay("overrun", ann * excess["price"], excess)
    rows = Rows(block, "within", where, BY, "limit:{limit}")
    rows.add(terms, terms["amount"] / where["scale"][terms["row"]])
    rows.add(excess, -1.0 / excess["scale"])
    rows.write(-np.inf, where["most"] / where["scale"])


def parts_of(c: Context, impact: str) -> Table:
    """Return every variable that adds to an impact, and how much a unit of it does."""
    rates = impact_rates(c.data.instance, impact)
    region = c.tables.sites["region"]
    found = [_priced(c.units, rates.facility[c.units["service"], c.units["level"]])]
    home = c.data.instance.tables["settlements"]["region"]
    homes = positions(home, c.tables.names["region"])
    for sign, share in ((1.0, c.share), (-1.0, c.visited)):
        amount = sign * rates.travel[share["service"]] * share["km"] * share["most"]
        travel = share.plus(region=homes[share["settlement"]], site=-1)
        found.append(_priced(travel, amount))
    for k, (name, n) in enumerate(c.networks.items()):
        supply = n.supply
        amount = rates.supply[supply["service"], supply["level"]]
        supply = supply.plus(region=region[supply["site"]])
        found.append(_priced(supply, amount))
        at = _settlements(c, name)
        for of, local in (("local_supply", n.local_supply),
                          ("local_capacity", n.local_capacity)):  # fmt: skip
            rate = rates.local(c.data.instance, name, of)
            options = c.data.networks[name].local_option
            number = np.array(
                [rate(options[o], at[node]) for o, node in
                 zip(local["option"], local["node"], strict=True)]
            )  # fmt: skip
            found.append(_priced(local.plus(network=k), number))
    return stacked(found, c.tables.names, PART)


def _settlements(c: Context, network: str) -> list[str]:
    nodes = rows_with(c.data.instance.tables["network_nodes"], "network", network)
    return list(map(str, nodes["settlement"]))


def _priced(of: Table, amount: Any) -> Table:
    """Return the rows that add anything, with -1 for what they do not have."""
    missing = {key: -1 for key in PART if key not in of.columns and key != "amount"}
    amount = np.asarray(amount, dtype=float)
    return of.plus(amount=amount, **missing).where(amount != 0.0).only(*PART)


def _limited(c: Context, parts: Table, rule: Any, period: int) -> Table:
    """Return the part of an impact that a limit is on, in a period."""
    inside = parts["period"] == period
    if rule.region:
        known = c.tables.names["region"]
        inside &= parts["region"] == known.index(rule.region)
    found = parts.where(inside)
    if rule.zone or rule.kind:
        found = found.where(_in_zones(c, found, rule))
    return found


def _in_zones(c: Context, parts: Table, rule: Any) -> Flags:
    """Return which parts stand in the zone of a limit, or in zones of its kind."""
    instance, zones = c.data.instance, c.data.instance.tables["zones"]
    is_meant = meant_zones(zones, rule)
    inside = np.zeros(len(parts), dtype=bool)
    for s, name in enumerate(instance.service_names):
        sites, first = instance.service_sites(name), c.tables.first_site[name]
        degrees = (sites[d].to_numpy(dtype=float) for d in ("lat", "lon"))
        lies = lies_in(instance.tables, name, sites, zone_distances(zones, *degrees))
        mine = (parts["service"] == s) & (parts["site"] >= 0)
        here = np.asarray(lies[is_meant].any(axis=0))
        inside[mine] = here[parts["site"][mine] - first]
    for k, name in enumerate(c.networks):
        nodes = rows_with(instance.tables["network_nodes"], "network", name)
        degrees = (nodes[d].to_numpy(dtype=float) for d in ("lat", "lon"))
        lies = within(zone_distances(zones, *degrees)[is_meant], 0.0)
        mine = parts["network"] == k
        inside[mine] = np.asarray(lies.any(axis=0))[parts["node"][mine]]
    return inside
