r"""Standards: at least a share of the demand within so many minutes.

Variables
    ``shortfall[standard,G,t]``
        units of demand below a priced standard; none where it is hard

Constraints
    ``reach[standard,G,t]``
        :math:`\sum_{i \in G} d_{sit} \sum_{j,o:\ minutes_o \le limit} \sum_l
        share_{sijolt} + shortfall_{Gt} \ge share\_required \sum_{i \in G} now_{sit}`
        from ``first_period`` on

Cost
    ``shortfall``
        :math:`ann_t\, shortfall\_mln\_per\_unit\_year \cdot shortfall_{Gt}`

Groups *G* are of the settlements that the standard applies to: one each, or all of a
district, region or the territory. A district is named ``region/district``, because
names of districts repeat; the territory is ``total``. Rows are divided by the most
demand that the group may have; on the right stands what it has under the choice of
growth points, linear in ``chosen``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import share_at_least, within
from aumaq.instances.checks.check import applies_to
from aumaq.model.context import Context, Rows, add_variables
from aumaq.model.family import family


@family(needs=("allocation", "growth"), couples=True)
def standards(c: Context) -> None:
    """Build one row for each standard, group and period."""
    block = c.block("standards")
    rows = Rows(block, "reach")
    lower: list[float] = []
    priced: list[tuple[int, float, float]] = []  # row, price, demand
    table = c.data.instance.tables["standards"]
    for rule in table.itertuples():
        d, v = c.data.services[rule.service], c.variables[rule.service]
        group, labels = groups_of(c.data.instance.tables["settlements"], rule)
        first = max(
            0, list(c.data.periods).index(rule.first_period) if rule.first_period else 0
        )
        member = group >= 0
        total = np.zeros((len(labels), len(c.data.periods)))
        np.add.at(total, group[member], d.demand[member])
        effect = c.data.growth.demand[rule.service]
        base = np.zeros_like(total)
        np.add.at(base, group[member], effect.base[member])
        total[:, :first] = 0.0
        share = share_at_least(rule.share) if rule.is_hard else rule.share
        g, t = np.nonzero(total > 0)
        number = np.full(total.shape, -1)
        number[g, t] = len(rows.index) + np.arange(len(g))
        k, period = v.share_option, v.share_period
        i = d.option_settlement[k]
        near = within(d.option_minutes[k], rule.minutes) & (group[i] >= 0)
        row = np.where(near, number[group[i], period], -1)
        used = row >= 0
        weight = d.demand[i, period][used] / total[group[i], period][used]
        rows.add(row[used], weight, v.share[used])
        k, i, period = np.nonzero(effect.change)
        row = np.where(group[i] >= 0, number[group[i], period], -1)
        k, i, period, row = (x[row >= 0] for x in (k, i, period, row))
        weight = effect.change[k, i, period] / total[group[i], period]
        rows.add(row, -share * weight, c.chosen[k, period])
        for a, p in zip(g.tolist(), t.tolist(), strict=True):
            if not rule.is_hard:
                price = rule.shortfall_mln_per_unit_year * c.data.ann[p]
                priced.append((len(rows.index), price, float(total[a, p])))
            rows.index.append((rule.standard, labels[a], c.data.periods[p]))
            rows.ids.append(f"standard:{rule.standard}")
            lower.append(share * float(base[a, p] / total[a, p]))
    names = [rows.index[row] for row, _, _ in priced]
    shortfall = add_variables(block, "shortfall", names, bounds=(0.0, None))
    if priced:
        row, price, total_demand = (np.array(x) for x in zip(*priced, strict=True))
        rows.add(row.astype(int), 1.0 / total_demand, shortfall)
        c.pay("shortfall", price, shortfall)
    rows.write(lower, None)


def groups_of(settlements: pd.DataFrame, rule: Any) -> tuple[Any, list[str]]:
    """Return the group number of each settlement (-1: none) and the groups' names."""
    keys = {
        "settlement": settlements["settlement"],
        "district": settlements["region"] + "/" + settlements["district"],
        "region": settlements["region"],
        "total": pd.Series("total", index=settlements.index),
    }[rule.scope]
    number, labels = pd.factorize(keys)
    number = np.where(applies_to(settlements, rule.applies_to), number, -1)
    return number, [str(label) for label in labels]
