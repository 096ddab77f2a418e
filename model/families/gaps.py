r"""Gaps: how far the best and the worst group of settlements may be apart.

Variables
    ``high[gap,t]``
        no less than the measure of any group; a share, or minutes: at most 1, or the
        minutes of the rule
    ``low[gap,t]``
        no more than the measure of any group
    ``beyond[gap,t]``
        by how much the difference is larger than it may be; none where it is hard
    ``high_chosen[gap,i,k,t]``
        ``high`` where a growth point that changes demand is chosen, else 0
    ``low_chosen[gap,i,k,t]``
        ``low`` likewise

Constraints
    ``highest[gap,G,t]``
        :math:`sum_{Gt} \le base_G\, high_t + \sum_{ik} change_{Gik}\,
        high\_chosen_{ikt}`
    ``lowest[gap,G,t]``
        :math:`sum_{Gt} \ge base_G\, low_t + \sum_{ik} change_{Gik}\,
        low\_chosen_{ikt}`
    ``high_off[gap,i,k,t]``
        :math:`high\_chosen_{ikt} \le end\, chosen_{ikt}`
    ``high_most[gap,i,k,t]``
        :math:`high\_chosen_{ikt} \le high_t`
    ``high_on[gap,i,k,t]``
        :math:`high\_chosen_{ikt} \ge high_t - end\, (1 - chosen_{ikt})`
    ``low_off[gap,i,k,t]``
        :math:`low\_chosen_{ikt} \le end\, chosen_{ikt}`
    ``low_most[gap,i,k,t]``
        :math:`low\_chosen_{ikt} \le low_t`
    ``low_on[gap,i,k,t]``
        :math:`low\_chosen_{ikt} \ge low_t - end\, (1 - chosen_{ikt})`
    ``apart[gap,t]``
        :math:`high_t - low_t - beyond_t \le most`
        from ``first_period`` on

Cost
    ``shortfall``
        :math:`ann_t\, excess\_mln\_per\_year \cdot beyond_t`

The measure of a group *G* is its sum over its demand, :math:`value_{Gt} = sum_{Gt} /
\sum_{i \in G} now_{sit}`, with :math:`sum_{Gt} = \sum_{i \in G} d_{sit} \sum_{j,o,l}
v_o\, share_{sijolt}`. Of a share :math:`v_o` is 1 within the minutes, else 0. Of mean
minutes it is :math:`\min(minutes_o, minutes)`, and :math:`minutes \cdot
unserved_{sit}` is added for who is not served. Who is visited at home goes no way:
:math:`d_{sit} \sum_{k,j,o} (v_0 - v_o)\, visited_{ksijot}` is added with :math:`v_0`
of no minutes; of a share only where visits count in standards. A bus makes no way
shorter: riders count by their minutes. Demand is :math:`base`
and what each growth point changes, so that the limit times it is a product of a number
from 0 to *end* and a binary one: it has a variable of its own, exact by the rows of
McCormick (1976). Groups without demand are not compared: both of their rows hold then.
The rows of a group are divided by the most demand that it may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.schema.fairness import OF_SHARE
from aumaq.instances.selection import selected
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import PLACE, Context
from aumaq.model.family import family
from aumaq.model.table import Column, Table, positions, stacked

BY = ("gap", "period")
OF_GROUP = ("gap", "group", "period")
MEMBERS = ("service", "settlement")
OF_POINT = ("settlement", "tier")


@family(needs=("allocation", "visits"), reads=("demand",), couples=True)
def gaps(c: Context) -> None:
    """Build the rows of each rule, group and period."""
    block, (rules, given) = c.block("gaps"), c.rules("gaps")
    first = np.maximum(positions(given["first_period"], c.data.periods), 0)
    members = _members(c, rules).join(c.demand.at, MEMBERS)
    members = members.where(members["period"] >= first[members["gap"]])
    groups = members.total(OF_GROUP, most=members["most"], base=members["base"])
    groups = groups.where(groups["most"] > 0.0)
    where = groups.total(BY)
    # With an end, so that methods can price the rows: what costs nothing has no other.
    most = np.array([1.0 if r.measure == OF_SHARE else r.minutes for r in rules])
    end = most[where["gap"]]
    high = variable(block, "high", where, BY, upper=end)
    low = variable(block, "low", where, BY, upper=end)
    value, amount = _values(c, members, groups, rules)
    changes = _changes(c, members, groups)
    for name, side, called, limits in (
        ("highest", high, "high", (-np.inf, 0.0)),
        ("lowest", low, "low", (0.0, np.inf)),
    ):
        rows = Rows(block, name, groups, OF_GROUP, "gap:{gap}").add(value, amount)
        base = groups.join(side, BY)
        rows.add(base, -base["base"] / base["most"])
        product = _products(block, called, changes, side.plus(end=end))
        own = changes.only(*OF_GROUP, *OF_POINT, "part")
        product = own.join(product, (*BY, *OF_POINT))
        rows.add(product, -product["part"]).write(*limits)
    apart = Rows(block, "apart", where, BY, "gap:{gap}").add(high).add(low, -1.0)
    soft = where.where(~(given["is_hard"] > 0)[where["gap"]])
    beyond = variable(block, "beyond", soft, BY)
    price = given["excess_mln_per_year"][beyond["gap"]]
    c.pay("shortfall", price * c.data.ann[beyond["period"]], beyond)
    apart.add(beyond, -1.0).write(-np.inf, given["most"][where["gap"]])


def _changes(c: Context, members: Table, groups: Table) -> Table:
    """Return what each growth point changes of the demand of groups.

    Columns: gap, group, settlement and tier (of the point), period, ``chosen`` (the
    variable) and ``part`` of the most demand of the group.
    """
    terms = c.demand.terms.only(*PLACE, "change", "var")
    changed = members.only(*PLACE, "gap", "group").join(terms, PLACE)
    point = c.chosen.where(changed.find(c.chosen, ("var",)))
    changed = changed.plus(**{key: point[key] for key in OF_POINT})
    changed = changed.total((*OF_GROUP, *OF_POINT), change=changed["change"])
    changed = changed.where(changed.find(groups, OF_GROUP) >= 0)
    most = groups["most"][changed.find(groups, OF_GROUP)]
    chosen = c.chosen["var"][changed.find(c.chosen, (*OF_POINT, "period"))]
    return changed.plus(part=changed["change"] / most, chosen=chosen)


def _products(block: Block, name: str, changes: Table, side: Table) -> Table:
    """Return variables that are *side* where a growth point is chosen, else 0."""
    by, to = ("gap", *OF_POINT, "period"), side.plus(limit=side["var"])
    where = changes.distinct(by).join(to.only(*BY, "end", "limit"), BY)
    end, rule = where["end"], "gap:{gap}"
    product = variable(block, f"{name}_chosen", where, by, upper=end)
    limit, chosen = (where.plus(var=where[key]) for key in ("limit", "chosen"))
    for row, terms, limits in (
        ("off", [(chosen, -end)], (-np.inf, 0.0)),
        ("most", [(limit, -1.0)], (-np.inf, 0.0)),
        ("on", [(limit, -1.0), (chosen, -end)], (-end, np.inf)),
    ):
        rows = Rows(block, f"{name}_{row}", where, by, rule).add(product)
        for of, factor in terms:
            rows.add(of, factor)
        rows.write(*limits)
    return product


def _values(
    c: Context, members: Table, groups: Table, rules: list[Any]
) -> tuple[Table, Any]:
    """Return who goes, is unserved or visited, and what each adds to the measure."""
    limit = np.array([rule.minutes for rule in rules])
    is_share = np.array([rule.measure == OF_SHARE for rule in rules], dtype=bool)
    members = members.only(*PLACE, "gap", "group", "most")

    def worth_of(minutes: Column, gap: Column) -> Column:
        near = within(minutes, limit[gap]).astype(float)
        return np.where(is_share[gap], near, np.minimum(minutes, limit[gap]))

    share = c.share.only(*PLACE, "minutes", "var").join(members, PLACE)
    nobody = c.unserved.only(*PLACE, "var").join(members, PLACE)
    nobody = nobody.where(~is_share[nobody["gap"]])
    home = c.visited.only(*PLACE, "minutes", "counts_in_standards", "var")
    home = home.join(members, PLACE)
    home = home.where(~is_share[home["gap"]] | (home["counts_in_standards"] > 0))
    terms = stacked([share, nobody, home], share.names, (*OF_GROUP, "most", "var"))
    at_home = worth_of(np.zeros(len(home)), home["gap"])
    worth = np.concatenate(
        [worth_of(share["minutes"], share["gap"]), limit[nobody["gap"]],
         at_home - worth_of(home["minutes"], home["gap"])]
    )  # fmt: skip
    row = terms.find(groups, OF_GROUP)
    kept = (row >= 0) & (worth != 0.0)
    terms, worth = terms.where(kept), worth[kept]
    return terms, worth * terms["most"] / groups["most"][row[kept]]


def _members(c: Context, rules: list[Any]) -> Table:
    """Return the settlements of each group of each rule."""
    found, names = [], list[str]()
    for number, rule in enumerate(rules):
        settlement, group, labels = groups_compared(c.data.instance.tables, rule)
        service = c.tables.names["service"].index(rule.service)
        columns = {"settlement": settlement, "group": group + len(names)}
        found.append(Table(columns, {}).plus(gap=number, service=service))
        names += labels
    codes = tuple(rule.gap for rule in rules)
    known = {**c.tables.names, "gap": codes, "group": names}
    return stacked(found, known, (*MEMBERS, "gap", "group"))


def groups_compared(
    tables: Mapping[str, pd.DataFrame], rule: Any
) -> tuple[Any, Any, list[str]]:
    """Return settlements, the number of a group of each, and the groups' names.

    A settlement with several tags is in several groups.
    """
    settlements = tables["settlements"]
    counts = selected(tables, rule)
    if rule.scope == "tag":
        tags = tables["settlement_tags"]
        at = pd.Index(settlements["settlement"]).get_indexer(tags["settlement"])
        keep = counts[at]
        place, keys = at[keep], tags["tag"][keep]
    else:
        names = {
            "region": settlements["region"],
            "district": settlements["region"] + "/" + settlements["district"],
            "kind": settlements["kind"],
        }[rule.scope]
        place, keys = np.flatnonzero(counts), names[counts]
    group, labels = pd.factorize(keys, sort=True)
    return place, group, [str(label) for label in labels]
