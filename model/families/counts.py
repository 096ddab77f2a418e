r"""Counts: at most so many facilities of a service run.

Constraints
    ``most[count,t]``
        :math:`\sum_{j\ in\ region} \sum_{l \ge from\_level}
        units_{sjlt} \le most`
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import Rows
from aumaq.model.context import Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions, stacked

BY = ("count", "period")


@family(needs=("siting",), couples=True)
def counts(c: Context) -> None:
    """Build one row for each rule and period in which it holds."""
    (rules, given), found = c.rules("counts"), []
    for number, rule in enumerate(rules):
        units = c.running(rule.service, rule.from_level)
        if rule.region:
            region = c.tables.names["region"].index(rule.region)
            units = units.where(units["region"] == region)
        found.append(units.plus(count=number))
    names = {**c.tables.names, "count": tuple(given["count"])}
    units = stacked(found, names, (*BY, "var"))
    only = positions(given["period"], c.data.periods)  # -1: in all
    where = Table({"count": np.arange(len(rules)), "only": only}, names)
    where = where.cross(c.tables.periods)
    where = where.where((where["only"] < 0) | (where["only"] == where["period"]))
    most = given["most"][where["count"]]
    rows = Rows(c.block("counts"), "most", where, BY, "count:{count}")
    rows.add(units).write(-np.inf, most)
