"""Ways to build road upgrades over the periods, and what they cost: for enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import inf
from typing import Any

from tiny_case import EPS, Case, road_minutes


def upgrade_histories(case: Case) -> Iterator[dict[str, int]]:
    """Yield every choice of a period, or never, for each upgrade."""
    rows, count = case.rows["road_upgrades"], len(case.first)
    choices = [[None, *range(case.period(row["first_period"]), count)] for row in rows]
    for pick in product(*choices):
        yield {
            row["upgrade"]: t
            for row, t in zip(rows, pick, strict=True)
            if t is not None
        }


def upgrade_cost(case: Case) -> float:
    """Return building less residual, and operation of what is built, discounted."""
    total = 0.0
    for row in case.rows["road_upgrades"]:
        t = case.built.get(row["upgrade"])
        if t is None:
            continue
        age = case.end - case.first[t]
        left = max(0.0, 1.0 - age / row["lifetime_years"])
        left *= float(case.policy["count_residual_value"])
        capex = row["capex_mln"] * case.scenario["capex_factor"]
        total += capex * (case.once[t] - left * case.at_end)
        opex = row["opex_mln_per_year"] * case.scenario["opex_factor"]
        total += opex * sum(case.yearly[t:])
    return total


def upgrade_spending(case: Case, budget: dict[str, Any]) -> float:
    """Return what the roads take from a budget in its period, mln."""
    if budget["service"] != "":
        return 0.0
    t, total = case.period(budget["period"]), 0.0
    for row in case.rows["road_upgrades"]:
        since = case.built.get(row["upgrade"], inf)
        if budget["region"] not in ("", row["region"]):
            continue
        if since == t and budget["covers"] != "operation":
            total += row["capex_mln"] * case.scenario["capex_factor"]
        if since <= t and budget["covers"] != "investment":
            opex = row["opex_mln_per_year"] * case.scenario["opex_factor"]
            total += opex * case.years[t]
    return total


def connection_cost(case: Case) -> float:
    """Return the price of connections that do not hold, inf where they must."""
    total = 0.0
    for t in range(len(case.first)):
        minutes = road_minutes(case, t) if case.rows["connections"] else {}
        for rule in case.rows["connections"]:
            if t < case.period(rule["first_period"]):
                continue
            pair = rule["from_settlement"], rule["to_settlement"]
            if minutes[pair] > rule["minutes"] + EPS:
                price = rule["shortfall_mln_per_year"] * case.yearly[t]
                total += inf if rule["is_hard"] else price
    return total
