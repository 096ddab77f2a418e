r"""Second shift: dearer places in the facilities that run, fewer of them over time.

Variables
    ``second[s,j,l,t]``
        demand that level *l* serves in second shift, units (weak form: one for all
        levels, *l* = 0, unless they take different staff for it); ``capacity`` of the
        allocation has it beside what the first shift holds

Constraints
    ``fits[s,j,l,t]``
        :math:`second_{sjlt} \le extra\_share_s\, use_{sl}\, units_{sjlt}`
        of levels from ``from_level`` on
    ``most[shift_limit,t]``
        :math:`\sum_{j\ in\ region} \sum_l second_{sjlt} \le most\_share_t
        \sum_{i\ in\ region} now_{sit}`

Cost
    ``operation``
        :math:`ann_t\, cost\_mln\_per\_unit\_year_s \cdot opex\_factor \cdot
        second_{sjlt}`

Only who does not fit into the first shift is in the second, so that a plan need not say
who: it is what a site serves beyond :math:`\sum_l use_{sl}\, units_{sjlt}`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, Context
from aumaq.model.data.staff import staff_apart
from aumaq.model.family import family
from aumaq.model.table import Names, Table, positions, stacked

BY = ("shift_limit", "period")
SITE_LEVEL = ("service", "site", "level")


@family(needs=("siting",), reads=("demand",), adds_to=("spending",), couples=True)
def shifts(c: Context) -> None:
    """Build places of the second shift, their cost and what limits them."""
    block, held = c.block("shifts"), _held(c)
    offered = held.plus(most=held["extra"] * held["places"])
    where = offered.total(SITE_LEVEL, most=offered["most"])
    where = where.join(offered.distinct(SITE_LEVEL), SITE_LEVEL)
    where = where.only(*SITE_LEVEL, "most", "region", "price", "scale")
    where = where.cross(c.tables.periods)
    c.second = second = variable(block, "second", where, FACILITY, upper=where["most"])
    rows = Rows(block, "fits", second, FACILITY, "capacity:{service}")
    rows.add(second, 1.0 / second["scale"])
    units = c.units.only("service", "site", "level", "period", "var")
    units = units.plus(of=units["level"]).join(
        held.only("service", "site", "of", "extra", "scale", "level").plus(
            offer=held["level"]),
        ("service", "site", "of"),
    )  # fmt: skip
    units = units.plus(level=units["offer"])
    rows.add(units, -units["extra"] / units["scale"]).write(-np.inf, 0.0)
    c.pay("operation", second["ann"] * second["price"], second)
    c.spend("operation", None, second["years"] * second["price"], second)
    _limits(c, block, second)


def _held(c: Context) -> Table:
    """Return the facilities that may have a second shift, and the places in it.

    ``of`` is their level, ``level`` the one that is offered: in the weak form 0, all,
    unless levels take different staff.
    """
    _, given = c.rules("shifts")
    service = positions(given["service"], c.tables.names["service"])
    factor = c.data.instance.active_scenario.opex_factor
    rule = Table(
        {"service": service, "first": given["from_level"],
         "share": given["extra_share"],
         "price": given["cost_mln_per_unit_year"] * factor}, c.tables.names,
    )  # fmt: skip
    t = c.tables.facilities
    held = t.where(t["serves"] & (t["level"] > 0)).join(rule, ("service",))
    held = held.where(held["level"] >= held["first"])
    held = held.plus(extra=held["share"] * held["room"], of=held["level"])
    held = held.where(held["extra"] > 0.0)
    # Rows are divided by the largest: one size from village to city.
    apart = np.array([name in staff_apart(c.data) for name in c.data.services])
    level = held["of"] * (apart[held["service"]] | c.is_strong)
    size = np.zeros((len(c.tables.sites), int(level.max(initial=0)) + 1))
    np.maximum.at(size, (held["site"], level), held["extra"])
    return held.plus(level=level, scale=size[held["site"], level])


def _limits(c: Context, block: Block, second: Table) -> None:
    """Build the share of demand that may be in second shift."""
    (rules, given), found, wanted = c.rules("shift_limits"), [], []
    codes = tuple(dict.fromkeys(given["shift_limit"]))
    names = {**c.tables.names, "shift_limit": codes}
    where = Table(
        {"shift_limit": positions(given["shift_limit"], codes),
         "period": positions(given["period"], c.data.periods)}, names,
    )  # fmt: skip
    homes = c.data.instance.tables["settlements"]["region"]
    at = _in_regions(c.demand.at, homes, names)
    terms = _in_regions(c.demand.terms, homes, names)
    base = np.zeros(len(where))
    for k, rule in enumerate(rules):
        rule_and = where["shift_limit"][k], where["period"][k]
        base[k] = rule.most_share * _covered(at, rule, *rule_and)["base"].sum()
        change = _covered(terms, rule, *rule_and)
        found.append(_covered(second, rule, *rule_and).plus(value=1.0))
        wanted.append(change.plus(value=-rule.most_share * change["change"]))
    columns = (*BY, "value", "var")
    scale = np.maximum(base, 1.0)
    rows = Rows(block, "most", where, BY, "shift_limit:{shift_limit}")
    for of in (found, wanted):
        summed = stacked(of, names, columns)
        rows.add(summed, summed["value"] / scale[summed.find(where, BY)])
    rows.write(-np.inf, base / scale)


def _in_regions(table: Table, homes: Any, names: Names) -> Table:
    """Return rows of settlements with their regions."""
    home = positions(homes, names["region"])
    return table.plus(region=home[table["settlement"]])


def _covered(table: Table, rule: Any, number: int, period: int) -> Table:
    """Return the rows of a service that a rule covers in a period."""
    inside = table["period"] == period
    for key in ("service", "region"):
        if name := getattr(rule, key):
            inside &= table[key] == table.names[key].index(name)
    return table.where(inside).plus(shift_limit=number)
