r"""Roads: which upgrades are built, and what may be used only once they are.

Variables
    ``upgraded[g,t]``
        binary: 1 once upgrade *g* is built; never undone; 0 before ``first_period``

Constraints
    ``stays[g,t]``
        :math:`upgraded_{gt} \ge upgraded_{g,t-1}`
    ``passable[s,i,g,t]``
        :math:`\sum_{j,o:\ o\ needs\ g} \sum_l share_{sijolt} \le upgraded_{gt}`

Cost
    ``building``
        :math:`df_t\, capex_g\, (upgraded_{gt} - upgraded_{g,t-1})`
    ``residual``
        :math:`-res_{gt}\, capex_g\, (upgraded_{gt} - upgraded_{g,t-1})`
    ``operation``
        :math:`ann_t\, opex_g\, upgraded_{gt}`

Shares of a settlement sum to 1 at most, so one row holds for all its options that need
an upgrade: fewer rows than one for each option, and a tighter relaxation.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.schema.roads import ROADS
from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables
from aumaq.model.family import family
from aumaq.model.lasting import pay_lasting


@family()
def roads(c: Context) -> None:
    """Build the upgrades, and pay for them."""
    block, r, periods = c.block("roads"), c.data.roads, c.data.periods
    index = [(code, period) for code in r.upgrades for period in periods]
    built = add_variables(block, "upgraded", index, domain=pyo.Binary)
    c.upgraded = built.reshape(len(r.upgrades), len(periods))
    for row, first in zip(c.upgraded, r.first_period.tolist(), strict=True):
        for variable in row[:first]:
            variable.fix(0)
    rows = Rows(block, "stays")
    for t in range(1, len(periods)):
        here = len(rows.index) + np.arange(len(r.upgrades))
        rows.add(here, 1.0, c.upgraded[:, t])
        rows.add(here, -1.0, c.upgraded[:, t - 1])
        rows.index += [(code, periods[t]) for code in r.upgrades]
        rows.ids += ["roads:upgrades"] * len(r.upgrades)
    rows.write(0.0, None)
    pay_lasting(c, ROADS, c.data.roads, c.upgraded)


@family(needs=("roads", "allocation"), couples=True)
def passable(c: Context) -> None:
    """Build one row for each settlement, service, upgrade that it may use, period."""
    rows = Rows(c.block("passable"), "passable")
    for name, d in c.data.services.items():
        v = c.variables[name]
        if not len(d.need_option):
            continue
        order = np.argsort(v.share_option, kind="stable")
        first = np.searchsorted(v.share_option[order], d.need_option)
        last = np.searchsorted(v.share_option[order], d.need_option, side="right")
        count = last - first
        need = np.repeat(np.arange(len(count)), count)
        starts = np.cumsum(count) - count
        share = order[np.repeat(first - starts, count) + np.arange(count.sum())]
        i = d.option_settlement[d.need_option[need]]
        g, t = d.need_upgrade[need], v.share_period[share]
        keys, row = np.unique(np.column_stack([i, g, t]), axis=0, return_inverse=True)
        rows.add(len(rows.index) + row.ravel(), 1.0, v.share[share])
        here = len(rows.index) + np.arange(len(keys))
        rows.add(here, -1.0, c.upgraded[keys[:, 1], keys[:, 2]])
        rows.index += [
            (name, c.data.settlements[a], c.data.roads.upgrades[b], c.data.periods[p])
            for a, b, p in keys.tolist()
        ]
        rows.ids += ["roads:access"] * len(keys)
    rows.write(None, 0.0)
