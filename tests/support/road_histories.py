"""Ways to build road upgrades over the periods, and what they cost: for enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from land_rules import work_is_forbidden
from lasting_case import cost, histories, spending
from tiny_case import EPS, Case, road_minutes


def upgrade_histories(case: Case) -> Iterator[dict[str, int]]:
    """Yield every choice of a period, or never, for each upgrade."""
    rows = case.rows["road_upgrades"]
    may = [
        r for r in rows if not work_is_forbidden(case, "roads", "", r["upgrade"], "")
    ]
    for built in histories(case, may):
        yield {row["upgrade"]: t for row, t in built}


def upgrade_cost(case: Case) -> float:
    """Return building less residual, and operation of what is built, discounted."""
    return sum(
        cost(case, row, case.built[row["upgrade"]])
        for row in case.rows["road_upgrades"]
        if row["upgrade"] in case.built
    )


def upgrade_spending(case: Case, budget: dict[str, Any]) -> float:
    """Return what the roads take from a budget in its period, mln."""
    return sum(
        spending(case, row, row["region"], case.built.get(row["upgrade"], inf), budget)
        for row in case.rows["road_upgrades"]
    )


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
