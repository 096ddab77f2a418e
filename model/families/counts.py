r"""Counts: at most so many facilities of a service run.

Constraints
    ``most[count,t]``
        :math:`\sum_{j\ in\ region} \sum_{l \ge from\_level}
        units_{sjlt} \le most`
"""

from __future__ import annotations

import numpy as np

from aumaq.model.context import Context, Rows, exists
from aumaq.model.family import family


@family(needs=("siting",), couples=True)
def counts(c: Context) -> None:
    """Build one row for each rule and period in which it holds."""
    rows = Rows(c.block("counts"), "most")
    most: list[float] = []
    for rule in c.data.instance.tables["counts"].itertuples():
        units = c.variables[rule.service].units[:, rule.from_level :]
        if rule.region:
            region = np.array(c.data.services[rule.service].site_region)
            units = units[region == rule.region]
        for t, period in enumerate(c.data.periods):
            if rule.period in ("", period):
                counted = units[..., t].ravel()
                counted = counted[exists(counted)]
                rows.add(np.full(len(counted), len(rows.index)), 1.0, counted)
                rows.index.append((rule.count, period))
                rows.ids.append(f"count:{rule.count}")
                most.append(float(rule.most))
    rows.write(None, most)
