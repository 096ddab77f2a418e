"""What differs in what comes of it: the plans' indicators, access, cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from aumaq.results.comparison.columns import LETTERS, side_by_side
from aumaq.results.plan.figures import (
    investment,
    mean_minutes,
    served_share,
    shed_share,
)
from aumaq.results.plan.plan import Plan


def indicators(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return the plans' indicators: indicator, title, unit, region, period, values.

    Region ``""`` is the whole territory. Empty where no instance has indicators.
    """
    keys = ["indicator", "title", "unit", "region", "period"]
    values = [plan.indicators.set_index(keys)["plan"] for plan in plans]
    return side_by_side(values, keys)


def targets(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return targets of the whole territory in the plans' last periods, a row each.

    Columns: indicator, title, unit, period, target (A's), and for each plan its value
    (``A``) and ``A met``: yes, no, or empty where the plan has no such target.
    """
    keys = ["indicator", "title", "unit", "period"]
    parts = []
    for letter, plan in zip(LETTERS, plans, strict=False):
        rows = plan.indicators
        is_last = rows["period"] == plan.instance.period_names[-1]
        rows = rows[is_last & (rows["region"] == "") & rows["is_met"].notna()]
        met = rows["is_met"].map({True: "yes", False: "no"})
        part = rows[[*keys, "target"]].assign(**{letter: rows["plan"]})
        parts.append(part.assign(**{f"{letter} met": met}).set_index(keys))
    found = parts[0]
    for part in parts[1:]:
        found = found.join(part.drop(columns="target"), how="outer")
    return found.reset_index()


def key_figures(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return figures that every plan has: figure, unit, of, period, values.

    Share of demand served and mean minutes by service and period, share of load not met
    by network and period, investment (not discounted) by service, connections missed in
    the last period.
    """
    keys = ["figure", "unit", "of", "period"]
    return side_by_side([_figures(plan) for plan in plans], keys)


def _figures(plan: Plan) -> pd.Series[Any]:
    found: dict[tuple[str, str, str, str], float] = {}

    def take(figure: str, unit: str, values: pd.Series[Any]) -> None:
        for (of, period), value in values.items():
            found[(figure, unit, of, period)] = float(value)

    take("demand served", "share", served_share(plan).by_period.stack())
    take("minutes of those served", "minutes", mean_minutes(plan).by_period.stack())
    take("load not met", "share", shed_share(plan).by_period.stack())
    spent = investment(plan, "service")
    whole = spent.reindex(
        spent.index.union(plan.instance.service_names), fill_value=0.0
    )
    for service, amount in whole.items():
        found[("investment", "mln", str(service), "")] = float(amount)
    rows = plan.table("connections")
    if len(rows):
        last = plan.instance.period_names[-1]
        missed = ~rows.loc[rows["period"] == last, "is_met"]
        found[("connections missed", "number", "roads", last)] = float(missed.sum())
    index = pd.MultiIndex.from_tuples(list(found))
    return pd.Series(list(found.values()), index=index, dtype="float64")


def objective(plans: Sequence[Plan]) -> pd.DataFrame:
    """Return the terms of the objective in discounted mln; the last row is the sum."""
    values = []
    for plan in plans:
        terms = plan.objective.set_index("term")["discounted_mln"]
        values.append(terms[terms != 0])
    found = side_by_side(values, ["term"], fill=0.0)
    total = found.sum(numeric_only=True).to_dict() | {"term": "objective"}
    return pd.concat([found, pd.DataFrame([total])], ignore_index=True)
