"""Decisions of a plan, read back from its tables to start another solve from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.results.plan import Plan
from aumaq.solvers import Decisions
from aumaq.solvers.solution import ServiceDecisions


def decisions_of(plan: Plan, instance: Instance) -> Decisions:
    """Return units of *plan* by the sites, levels and periods of *instance*.

    Only units are read: a method completes the rest. Rows of sites, levels or periods
    that *instance* does not have are left out, for a start is an offer, not a claim.
    """
    services = {}
    table, periods = plan.facilities, pd.Index(instance.period_names)
    for name in instance.service_names:
        sites, levels = instance.service_sites(name), instance.levels(name)
        rows = table[table["service"] == name]
        j = pd.Index(sites["site"]).get_indexer(rows["site"])
        t = periods.get_indexer(rows["period"])
        level = rows["level"].to_numpy(dtype=np.int64)
        ok = (j >= 0) & (t >= 0) & (level <= len(levels))
        units = np.zeros((len(sites), len(levels) + 1, len(periods)), dtype=np.int64)
        np.add.at(units, (j[ok], level[ok], t[ok]), rows["units"].to_numpy()[ok])
        units[:, 0] = sites["max_units"].to_numpy()[:, None] - units.sum(axis=1)
        empty = np.zeros((0, len(periods)))
        services[name] = ServiceDecisions(
            units,
            np.zeros((0, 0, 0, 0), dtype=np.int64),
            np.zeros_like(units),
            empty,
            empty,
        )
    return Decisions(services)
