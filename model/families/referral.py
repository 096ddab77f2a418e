r"""Referral: a lower tier stands only where a higher tier is open near it.

Constraints
    ``referral[rule,j,t]``
        :math:`\sum_{l \ge from\_level} units_{sjlt} \le M_{sj} \sum_{j'\ near\ j}
        \sum_{l \ge to\_level} units_{s'j'lt}`

*s'* is the service referred to; a site is near itself.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.model.context import Context, Rows, exists
from aumaq.model.family import family


@family(needs=("siting",), couples=True)
def referral(c: Context) -> None:
    """Build one row for each rule, lower site and period."""
    block = c.block("referral")
    rows = Rows(block, "referral")
    for rule in c.data.instance.tables["referrals"].itertuples():
        lower, upper = c.variables[rule.service], c.variables[rule.to_service]
        d = c.data.services[rule.service]
        pairs = c.data.instance.site_minutes(rule.service, rule.to_service)
        pairs = pairs[within(pairs["minutes"], rule.minutes)]
        near: dict[int, list[int]] = {}
        for j, k in zip(pairs["j"].tolist(), pairs["k"].tolist(), strict=True):
            near.setdefault(j, []).append(k)
        for j, site in enumerate(d.sites):
            for t, period in enumerate(c.data.periods):
                mine = lower.units[j, rule.from_level :, t]
                mine = mine[exists(mine)]
                if not len(mine):
                    continue
                theirs = upper.units[near.get(j, []), rule.to_level :, t].ravel()
                theirs = theirs[exists(theirs)]
                rows.add(np.full(len(mine), len(rows.index)), 1.0, mine)
                places = float(d.places[j])
                rows.add(np.full(len(theirs), len(rows.index)), -places, theirs)
                rows.index.append((rule.referral, site, period))
                rows.ids.append(f"referral:{rule.referral}")
    rows.write(None, 0.0)
