r"""Gaps: how far the best and the worst group of settlements may be apart.

Variables
    ``high[gap,t]``
        no less than the measure of any group; a share, or minutes: at most 1, or the
        minutes of the rule
    ``low[gap,t]``
        no more than the measure of any group
    ``beyond[gap,t]``
        by how much the difference is larger than it may be; none where it is hard

Constraints
    ``highest[gap,G,t]``
        :math:`value_{Gt} \le high_t`
    ``lowest[gap,G,t]``
        :math:`value_{Gt} \ge low_t`
    ``apart[gap,t]``
        :math:`high_t - low_t - beyond_t \le most`
        from ``first_period`` on

Cost
    ``shortfall``
        :math:`ann_t\, excess\_mln\_per\_year \cdot beyond_t`

The measure of a group *G* is linear in shares, since its demand is given:
:math:`value_{Gt} = \sum_{i \in G} d_{sit} \sum_{j,o,l} v_o\, share_{sijolt} / \sum_{i
\in G} d_{sit}`. Of a share :math:`v_o` is 1 within the minutes, else 0. Of mean minutes
it is :math:`\min(minutes_o, minutes)`, and :math:`minutes \cdot unserved_{sit}` is
added for who is not served. Groups without demand in a period are not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.schema.fairness import OF_SHARE
from aumaq.instances.selection import selected
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import PLACE, Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("gap", "period")
OF_GROUP = ("gap", "group", "period")
MEMBERS = ("service", "settlement")


@family(needs=("allocation",), reads=("demand",), couples=True)
def gaps(c: Context) -> None:
    """Build the rows of each rule, group and period."""
    block, (rules, given) = c.block("gaps"), c.rules("gaps")
    first = np.maximum(positions(given["first_period"], c.data.periods), 0)
    members = _members(c, rules).join(c.demand.at, MEMBERS)
    members = members.where(members["period"] >= first[members["gap"]])
    groups = members.total(OF_GROUP, most=members["most"])
    groups = groups.where(groups["most"] > 0.0)
    where = groups.total(BY)
    # With an end, so that methods can price the rows: what costs nothing has no other.
    most = np.array([1.0 if r.measure == OF_SHARE else r.minutes for r in rules])
    end = most[where["gap"]]
    high = variable(block, "high", where, BY, upper=end)
    low = variable(block, "low", where, BY, upper=end)
    value, amount = _values(c, members, groups, rules)
    for name, side, limits in (
        ("highest", high, (-np.inf, 0.0)),
        ("lowest", low, (0.0, np.inf)),
    ):
        rows = Rows(block, name, groups, OF_GROUP, "gap:{gap}").add(value, amount)
        rows.add(groups.join(side, BY), -1.0).write(*limits)
    apart = Rows(block, "apart", where, BY, "gap:{gap}").add(high).add(low, -1.0)
    soft = where.where(~(given["is_hard"] > 0)[where["gap"]])
    beyond = variable(block, "beyond", soft, BY)
    price = given["excess_mln_per_year"][beyond["gap"]]
    c.pay("shortfall", price * c.data.ann[beyond["period"]], beyond)
    apart.add(beyond, -1.0).write(-np.inf, given["most"][where["gap"]])


def _values(
    c: Context, members: Table, groups: Table, rules: list[Any]
) -> tuple[Table, Any]:
    """Return shares and who is unserved, and what each adds to a group's measure."""
    limit = np.array([rule.minutes for rule in rules])
    is_share = np.array([rule.measure == OF_SHARE for rule in rules], dtype=bool)
    keys = (*PLACE, "gap", "group")
    share = c.share.only(*PLACE, "minutes", "var").join(
        members.only(*keys, "most"), PLACE
    )
    most, is_of_share = limit[share["gap"]], is_share[share["gap"]]
    worth = np.where(
        is_of_share,
        within(share["minutes"], most).astype(float),
        np.minimum(share["minutes"], most),
    )
    nobody = c.unserved.only(*PLACE, "var").join(members.only(*keys, "most"), PLACE)
    nobody = nobody.where(~is_share[nobody["gap"]])
    terms = stacked([share, nobody], share.names, (*OF_GROUP, "most", "var"))
    worth = np.concatenate([worth, limit[nobody["gap"]]])
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
