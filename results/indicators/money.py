"""Formulas on money: investment a head, use of the budgets."""

from __future__ import annotations

from aumaq.instances.terms import INVESTMENT
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State


@formula
def investment_mln_per_1000(state: State, indicator: Indicator) -> Measure:
    """Return investment of the period per 1,000 inhabitants, undiscounted mln."""
    rows = state.tables["money"]
    rows = rows[rows["item"].isin(INVESTMENT)]
    wanted = {indicator.service, indicator.network} - {""}
    if wanted:
        rows = rows[rows["service"].isin(wanted)]
    spent = state.by_rows(rows, rows["amount_mln"])
    return Measure(1000.0 * spent, state.by_settlement(state.people))


@formula
def budget_use(state: State, _: Indicator) -> Measure:
    """Return what is spent of the budgets, as a share of their limits."""
    rows, rules = state.tables["budgets"], state.world["budgets"]
    region = rules.set_index(["budget", "period"])["region"]
    rows = rows.join(region, on=["budget", "period"])
    spent, limit = (state.by_rows(rows, rows[c]) for c in ("spent_mln", "limit_mln"))
    return Measure(spent, limit)
