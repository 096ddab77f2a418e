r"""Standards: at least a share of the demand within so many minutes.

Variables
    ``shortfall[standard,G,t]``
        units of demand below a priced standard; none where it is hard

Constraints
    ``reach[standard,G,t]``
        :math:`\sum_{i \in G} d_{sit} \sum_{j,o:\ minutes_o \le limit} \sum_l
        share_{sijolt} + \sum_{i \in G} d_{sit} \sum_{j,o:\ minutes_o > limit} \sum_l
        bused_{sijolt} + \sum_{i \in G} d_{sit} \sum_{j,o:\ minutes_o > limit} \sum_k
        visited_{ksijot} + shortfall_{Gt} \ge share\_required \sum_{i \in G} now_{sit}`
        from ``first_period`` on

Cost
    ``shortfall``
        :math:`ann_t\, shortfall\_mln\_per\_unit\_year \cdot shortfall_{Gt}`

Groups *G* are of the settlements that the standard applies to (by kind, region and
tag): one each, or all of a district, region or the territory. A district is named
``region/district``, because names of districts repeat; the territory is ``total``.
Rows are divided by the most demand that the group may have; on the right stands what it
has under the choice of growth points, linear in ``chosen``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import share_at_least, within
from aumaq.instances.selection import selected
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import PLACE, Context
from aumaq.model.family import family
from aumaq.model.table import Column, Table, positions, stacked

BY = ("standard", "group", "period")
MEMBERS = ("service", "settlement")


@family(needs=("allocation", "buses", "visits"), reads=("demand",), couples=True)
def standards(c: Context) -> None:
    """Build one row for each standard, group and period."""
    block, (_, rules) = c.block("standards"), c.rules("standards")
    is_hard = rules["is_hard"] > 0
    limit = rules["minutes"]
    least = rules["share"]
    least = np.where(is_hard, [share_at_least(share) for share in least], least)
    price = rules["shortfall_mln_per_unit_year"]
    first = np.maximum(positions(rules["first_period"], c.data.periods), 0)

    members = _members(c)
    now = members.join(c.demand.at, MEMBERS)
    now = now.where(now["period"] >= first[now["standard"]])
    where = now.total(BY, most=now["most"], base=now["base"])
    rows = Rows(block, "reach", where, BY, "standard:{standard}")

    def per_most(terms: Table, amount: Column) -> tuple[Table, Column]:
        """Return terms and amounts as a share of the most demand of their group."""
        row = terms.find(where, BY)
        found = row >= 0
        return terms.where(found), amount[found] / where["most"][row[found]]

    share = c.share.only(*PLACE, "minutes", "most", "var").join(members, MEMBERS)
    share = share.where(within(share["minutes"], limit[share["standard"]]))
    rows.add(*per_most(share, share["most"]))
    counts = c.visited.where(c.visited["counts_in_standards"] > 0)
    for near in (c.bused, counts):
        near = near.only(*PLACE, "minutes", "most", "var").join(members, MEMBERS)
        near = near.where(~within(near["minutes"], limit[near["standard"]]))
        rows.add(*per_most(near, near["most"]))
    change = c.demand.terms.join(members, MEMBERS)
    moved, part = per_most(change, change["change"])
    rows.add(moved, -least[moved["standard"]] * part)
    soft = where.where(~is_hard[where["standard"]])
    shortfall = variable(block, "shortfall", soft, BY)
    rows.add(shortfall, 1.0 / shortfall["most"])
    ann = c.data.ann[shortfall["period"]]
    c.pay("shortfall", price[shortfall["standard"]] * ann, shortfall)
    rows.write(least[where["standard"]] * (where["base"] / where["most"]), np.inf)


def _members(c: Context) -> Table:
    """Return the settlements of each group of each standard."""
    (rules, given), found, names = c.rules("standards"), [], list[str]()
    for number, rule in enumerate(rules):
        group, labels = groups_of(c.data.instance.tables, rule)
        service = c.tables.names["service"].index(rule.service)
        inside = np.flatnonzero(group >= 0)
        columns = {"settlement": inside, "group": group[inside] + len(names)}
        found.append(Table(columns, {}).plus(standard=number, service=service))
        names += labels
    known = {**c.tables.names, "standard": tuple(given["standard"]), "group": names}
    return stacked(found, known, (*MEMBERS, "standard", "group"))


def groups_of(tables: Mapping[str, pd.DataFrame], rule: Any) -> tuple[Any, list[str]]:
    """Return the group number of each settlement (-1: none) and the groups' names."""
    settlements = tables["settlements"]
    keys = {
        "settlement": settlements["settlement"],
        "district": settlements["region"] + "/" + settlements["district"],
        "region": settlements["region"],
        "total": pd.Series("total", index=settlements.index),
    }[rule.scope]
    number, labels = pd.factorize(keys)
    number = np.where(selected(tables, rule), number, -1)
    return number, [str(label) for label in labels]
