"""Impacts of a plan against "today continued": as much for each inhabitant as today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.results.indicators.state import bare
from aumaq.results.indicators.today import of_today

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def against_today(plan: Plan) -> pd.DataFrame:
    """Return impact, title, unit, period, amount, continued and saved, whole territory.

    ``continued`` is what there would be if each inhabitant caused as much as today (on
    today's facilities, networks and roads); ``saved`` is what the plan has less of it.
    """
    today, heads = of_today(plan.instance), plan.instance.tables["impacts"]
    per_person = today.tables["impacts"].groupby("impact")["amount"].sum()
    per_person = per_person / max(float(today.people.sum()), 1.0)
    people = bare(plan).people.sum(axis=0)
    sums = plan.tables["impacts"].groupby(["impact", "period"])["amount"].sum()
    count, periods = len(heads), plan.instance.period_names
    keys = pd.MultiIndex.from_product([heads["impact"], periods])
    amount = sums.reindex(keys, fill_value=0.0).to_numpy(dtype=float)
    rate = per_person.reindex(heads["impact"], fill_value=0.0).to_numpy(dtype=float)
    continued = np.outer(rate, people).ravel()
    return pd.DataFrame(
        {
            "impact": np.repeat(heads["impact"].to_numpy(dtype=object), len(periods)),
            "title": np.repeat(heads["title"].to_numpy(dtype=object), len(periods)),
            "unit": np.repeat(heads["unit"].to_numpy(dtype=object), len(periods)),
            "period": np.tile(np.array(periods, dtype=object), count),
            "amount": amount,
            "continued": continued,
            "saved": continued - amount,
        }
    )
