r"""Growth points: which candidates are chosen, and what that costs.

Variables
    ``chosen[i,k,t]``
        binary: 1 once settlement *i* is a growth point of tier *k*; 0 before
        ``first_period``

Constraints
    ``stays[i,k,t]``
        :math:`chosen_{ikt} \ge chosen_{ik,t-1}`
    ``one_tier[i,t]``
        :math:`\sum_k chosen_{ikt} \le 1`
        where several tiers are open to it
    ``at_least[k,region]``
        :math:`\sum_{i \in region} chosen_{ikt} \ge min\_count_k`
        in *t* = ``by_period``, or the last
    ``at_most[k,region]``
        :math:`\sum_{i \in region} chosen_{ikT} \le max\_count_k`
        in the last period *T*

Cost
    ``building``
        :math:`df_t\, capex_k\, (chosen_{ikt} - chosen_{ik,t-1})`
    ``residual``
        :math:`-res_{kt}\, capex_k\, (chosen_{ikt} - chosen_{ik,t-1})`
    ``operation``
        :math:`ann_t\, opex_k\, chosen_{ikt}`

What the choice does to demand and load stands in the rows of allocation, standards and
balances, linear in ``chosen``.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables
from aumaq.model.family import family
from aumaq.model.lasting import pay_lasting


@family()
def growth(c: Context) -> None:
    """Build the choice, its rules, and pay for it."""
    block, g, periods = c.block("growth"), c.data.growth, c.data.periods
    index = [
        (c.data.settlements[i], tier, period)
        for i, tier in zip(g.settlement.tolist(), g.tier, strict=True)
        for period in periods
    ]
    chosen = add_variables(block, "chosen", index, domain=pyo.Binary)
    c.chosen = chosen.reshape(len(g.tier), len(periods))
    for row, first in zip(c.chosen, g.first_period.tolist(), strict=True):
        for variable in row[:first]:
            variable.fix(0)
    _stays(c, block)
    _one_tier(c, block)
    _counts(c, block)
    pay_lasting(c, GROWTH_POINTS, c.data.growth, c.chosen)


def _stays(c: Context, block: pyo.Block) -> None:
    rows, g = Rows(block, "stays"), c.data.growth
    for t in range(1, len(c.data.periods)):
        here = len(rows.index) + np.arange(len(g.tier))
        rows.add(here, 1.0, c.chosen[:, t])
        rows.add(here, -1.0, c.chosen[:, t - 1])
        rows.index += [
            (c.data.settlements[i], tier, c.data.periods[t])
            for i, tier in zip(g.settlement.tolist(), g.tier, strict=True)
        ]
        rows.ids += ["growth:points"] * len(g.tier)
    rows.write(0.0, None)


def _one_tier(c: Context, block: pyo.Block) -> None:
    """Settlements that are candidates of one tier only need no row."""
    rows = Rows(block, "one_tier")
    places, count = np.unique(c.data.growth.settlement, return_counts=True)
    for i in places[count > 1].tolist():
        mine = c.chosen[c.data.growth.settlement == i]
        for t, period in enumerate(c.data.periods):
            rows.add(np.full(len(mine), len(rows.index)), 1.0, mine[:, t])
            rows.index.append((c.data.settlements[i], period))
            rows.ids.append("growth:points")
    rows.write(None, 1.0)


def _counts(c: Context, block: pyo.Block) -> None:
    """Limits on the number: the choice only grows, so one period tells each."""
    g, tiers = c.data.growth, c.data.instance.tables["growth_tiers"]
    least, most = Rows(block, "at_least"), Rows(block, "at_most")
    low: list[float] = []
    high: list[float] = []
    last = len(c.data.periods) - 1
    for row in tiers.itertuples():
        mine = np.array(g.tier, dtype=object) == row.tier
        if row.region:
            mine &= np.array(g.region, dtype=object) == row.region
        by = c.data.periods.index(row.by_period) if row.by_period else last
        for rows, limits, limit, t in (
            (least, low, float(row.min_count), by),
            (most, high, float(row.max_count), last),
        ):
            if limit != limit or (rows is least and limit == 0):
                continue
            members = c.chosen[mine, t]
            rows.add(np.full(len(members), len(rows.index)), 1.0, members)
            rows.index.append((row.tier, row.region))
            rows.ids.append(f"growth:tier:{row.tier}")
            limits.append(limit)
    least.write(low, None)
    most.write(None, high)
