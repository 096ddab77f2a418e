"""How many people are within so many minutes: today, and in each period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aumaq.instances.rows import rows_with
from aumaq.results.indicators.state import State
from aumaq.results.plan.figures import share_within
from aumaq.results.plan.growth import demand_of
from aumaq.results.shares import rounded

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

LIMITS = np.array([15.0, 30.0, 45.0, 60.0])
"""Minutes of the bars; the last bar is of all who are served, however far."""


def access_bars(plan: Plan, today: State, service: str) -> dict[str, Any]:
    """Return the share of demand served within each of the minutes, and at all.

    The first of ``shares`` is today, the others are the periods; ``demand`` is that of
    today and of the periods. Who is not served is within no minutes.
    """
    limits = np.append(LIMITS, np.inf)
    rows = rows_with(plan.ways, "service", service)
    old = rows_with(today.tables["allocation"], "service", service)
    demand = [float(today.demand(service)[:, 0].sum())]
    demand += demand_of(plan, service).sum(axis=0).tolist()
    tables = [old, *(rows[rows["period"] == p] for p in plan.instance.period_names)]
    shares = [
        rounded(share_within(table, limits, whole))
        for table, whole in zip(tables, demand, strict=True)
    ]
    return {
        "minutes": LIMITS.astype(int).tolist(),
        "shares": shares,
        "demand": [round(whole) for whole in demand],
    }
