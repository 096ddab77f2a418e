"""Tables of rules: standards reached or missed, budgets, terms of the objective."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import ROUNDED, within
from aumaq.model.assemble import TERMS
from aumaq.model.data.gathered import ModelData
from aumaq.model.families.budgets import COVERED
from aumaq.model.families.standards import groups_of
from aumaq.results.plan.frames import typed
from aumaq.results.plan.money import ONCE

DUST = 1e-9
"""Relative shortfalls and overruns up to this are numerical dust."""


def shortfall_table(data: ModelData, allocation: pd.DataFrame) -> pd.DataFrame:
    """Return what each standard asks for and what is reached, by group and period."""
    parts = []
    settlements = data.instance.tables["settlements"]
    for rule in data.instance.tables["standards"].itertuples():
        d = data.services[rule.service]
        group, labels = groups_of(settlements, rule)
        rows = allocation[allocation["service"] == rule.service]
        rows = rows[within(rows["minutes"], rule.minutes)]
        reached_by = np.zeros_like(d.demand)
        i = pd.Index(data.settlements).get_indexer(rows["settlement"])
        t = pd.Index(data.periods).get_indexer(rows["period"])
        np.add.at(reached_by, (i, t), rows["demand"].to_numpy())
        total, reached = (np.zeros((len(labels), len(data.periods))) for _ in range(2))
        member = group >= 0
        np.add.at(total, group[member], d.demand[member])
        np.add.at(reached, group[member], reached_by[member])
        if rule.first_period:
            total[:, : data.periods.index(rule.first_period)] = 0.0
        g, t = np.nonzero(total > 0)
        required, reached = rule.share * total[g, t], reached[g, t]
        missing = required - reached
        least = 2.0 * ROUNDED if rule.is_hard else DUST  # a hard one is met
        missing = np.where(missing > least * total[g, t], missing, 0.0)
        price = 0.0 if rule.is_hard else rule.shortfall_mln_per_unit_year
        parts.append(
            pd.DataFrame(
                {
                    "standard": rule.standard,
                    "service": rule.service,
                    "group": np.array(labels, dtype=object)[g],
                    "period": np.array(data.periods, dtype=object)[t],
                    "required": required,
                    "reached": reached,
                    "shortfall": missing,
                    "cost_mln": missing * price * data.ann[t],
                }
            )
        )
    texts = dict.fromkeys(("standard", "service", "group", "period"), "str")
    numbers = dict.fromkeys(("required", "reached", "shortfall", "cost_mln"), "float64")
    if not parts:
        return typed(pd.DataFrame(columns=[*texts, *numbers]), texts | numbers)
    return typed(pd.concat(parts, ignore_index=True), texts | numbers)


def budget_table(data: ModelData, money: pd.DataFrame) -> pd.DataFrame:
    """Return limit, spending and overrun of each budget and period."""
    factor = data.instance.active_scenario.budget_factor
    rows = []
    for rule in data.instance.tables["budgets"].itertuples():
        items: list[str] = []
        if "investment" in COVERED[rule.covers]:
            items += ONCE
        if "operation" in COVERED[rule.covers]:
            items += ["operation"]
        inside = (money["period"] == rule.period) & money["item"].isin(items)
        if rule.service:
            inside &= money["service"] == rule.service
        if rule.region:
            inside &= money["region"] == rule.region
        limit = rule.amount_mln * factor
        spent = float(money.loc[inside, "amount_mln"].sum())
        over = spent - limit
        over = over if over > DUST * max(limit, 1.0) and not rule.is_hard else 0.0
        rows.append((rule.budget, rule.period, limit, spent, over))
    columns = ["budget", "period", "limit_mln", "spent_mln", "overrun_mln"]
    kinds = dict.fromkeys(columns[:2], "str") | dict.fromkeys(columns[2:], "float64")
    return typed(pd.DataFrame(rows, columns=columns), kinds)


def objective_table(data: ModelData, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every term of the objective, discounted mln."""
    terms = tables["money"].groupby("item")["discounted_mln"].sum().to_dict()
    terms["shortfall"] = float(
        tables["shortfalls"]["cost_mln"].sum() + tables["connections"]["cost_mln"].sum()
    )
    rules = data.instance.tables["budgets"]
    t = [data.periods.index(period) for period in rules["period"]]
    price = rules["overrun_price"].to_numpy() * data.df[t]
    overrun = tables["budgets"]["overrun_mln"].to_numpy()
    terms["overrun"] = float((overrun * price).sum())
    table = pd.DataFrame(
        {"term": list(TERMS), "discounted_mln": [terms.get(k, 0.0) for k in TERMS]}
    )
    return typed(table, {"term": "str"})
