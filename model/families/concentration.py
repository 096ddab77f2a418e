r"""Concentration: a share of the capacity of higher levels stands in growth points.

Variables
    ``counted[rule,j,t]``
        capacity at a site in a candidate that counts as concentrated, units

Constraints
    ``concentrated[rule,t]``
        :math:`\sum_{j\ flagged} C_{jt} + \sum_{j\ candidate} counted_{jt} \ge
        share \sum_j C_{jt}`
        from ``first_period`` on; always hard
    ``stands[rule,j,t]``
        :math:`counted_{jt} \le C_{jt}`
    ``in_point[rule,j,t]``
        :math:`counted_{jt} \le \bar C_j \sum_k chosen_{ikt}`
        *i* the settlement of *j*

:math:`C_{jt} = \sum_{l \ge min\_level} cap_{sl}\, units_{sjlt}` over the sites of the
rule's region, and :math:`\bar C_j` is the most that it may be. ``counted`` is the
product of capacity and choice, exact because the choice is 0 or 1 (McCormick 1976).
Settlements flagged as growth points count only for rules without a ``tier``. Rows are
divided by the capacity of the largest level.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.access.limits import share_at_least
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("concentration", "period")
HERE = ("concentration", "site", "period")


@family(needs=("siting", "growth"), couples=True)
def concentration(c: Context) -> None:
    """Build the rows of every rule, from its first period on."""
    block, (rules, given) = c.block("concentration"), c.rules("concentrations")
    names = {**c.tables.names, "concentration": tuple(given["concentration"])}
    held, points, number = [], [], np.arange(len(rules))
    for k, rule in enumerate(rules):
        held.append(_held(c, rule).plus(concentration=k))
        points.append(_points(c, rule).plus(concentration=k))
    columns = ("settlement", "weight", "least", "most", "is_point", "var")
    units = stacked(held, names, (*HERE, *columns))
    chosen = stacked(points, names, ("concentration", "settlement", "period", "var"))
    where = Table({"concentration": number}, names).cross(c.tables.periods)
    where = where.where(where["period"] >= _first(c, given)[where["concentration"]])
    units = units.where(units.find(where, BY) >= 0)
    at = ("concentration", "settlement", "period")
    open_units = units.where((units["is_point"] == 0) & (units.find(chosen, at) >= 0))
    places = open_units.distinct(HERE).sorted_by("concentration", "period", "site")
    counted = variable(block, "counted", places, HERE)
    rule_id, weight = "concentration:{concentration}", units["weight"]
    total = Rows(block, "concentrated", where, BY, rule_id)
    counts = np.where(units["is_point"], 1.0, 0.0)
    total.add(units, (counts - units["least"]) * weight)
    total.add(counted).write(0.0, np.inf)
    stands = Rows(block, "stands", places, HERE, rule_id)
    stands.add(open_units, -open_units["weight"]).add(counted).write(-np.inf, 0.0)
    inside = Rows(block, "in_point", places, HERE, rule_id)
    decided = places.only(*HERE, "settlement", "most").join(chosen, at)
    inside.add(decided, -decided["most"]).add(counted).write(-np.inf, 0.0)


def _first(c: Context, rules: Table) -> Any:
    """Return the first period of each rule."""
    return np.maximum(positions(rules["first_period"], c.data.periods), 0)


def _held(c: Context, rule: Any) -> Table:
    """Return the units that a rule counts: weight, where they stand, the most there."""
    t, units = c.tables, c.running(rule.service, rule.min_level)
    d = c.data.services[rule.service]
    largest = float(d.capacity[rule.min_level :].max(initial=0.0))
    units = units.plus(weight=units["capacity"] / max(largest, 1e-9))
    units = units.where(units["weight"] > 0)
    most = np.zeros(len(t.sites))
    np.maximum.at(most, units["site"], units["weight"] * units["places"])
    home = _homes(c, rule)[units["site"] - t.first_site[rule.service]]
    rows = c.data.instance.tables["settlements"]["is_growth_point"].to_numpy(bool)
    is_point = (home >= 0) & (rows & (rule.tier == ""))[home]
    found = units.plus(
        settlement=home, is_point=is_point, most=most[units["site"]],
        least=share_at_least(rule.share),
    )  # fmt: skip
    if not rule.region:
        return found
    return found.where(found["region"] == t.names["region"].index(rule.region))


def _homes(c: Context, rule: Any) -> Any:
    """Return the settlement of each site of the service, -1: none."""
    rows = c.data.instance.service_sites(rule.service)
    return positions(rows["settlement"], c.data.settlements)


def _points(c: Context, rule: Any) -> Table:
    """Return the choices that make a settlement a point that counts."""
    if not rule.tier:
        return c.chosen
    (tier,) = positions([rule.tier], c.tables.names["tier"])
    return c.chosen.where((c.chosen["tier"] == tier) & (tier >= 0))
