"""What is built once and then stands, for enumeration: starts, cost, spending."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from tiny_case import Case

Row = dict[str, Any]


def histories(case: Case, rows: list[Row]) -> Iterator[list[tuple[Row, int]]]:
    """Yield every choice of a first period, or never, for each row."""
    count = len(case.first)
    starts = [[None, *range(case.period(row["first_period"]), count)] for row in rows]
    for pick in product(*starts):
        yield [(r, t) for r, t in zip(rows, pick, strict=True) if t is not None]


def cost(case: Case, row: Row, t: int) -> float:
    """Return building less residual, and operation from period *t*, discounted."""
    left = max(0.0, 1.0 - (case.end - case.first[t]) / row["lifetime_years"])
    left *= float(case.policy["count_residual_value"])
    capex = row["capex_mln"] * case.scenario["capex_factor"]
    opex = row["opex_mln_per_year"] * case.scenario["opex_factor"]
    return float(
        capex * (case.once[t] - left * case.at_end) + opex * sum(case.yearly[t:])
    )


def spending(
    case: Case, row: Row, region: str, since: float, budget: dict[str, Any]
) -> float:
    """Return what a row that stands *since* a period takes from a budget, mln."""
    if budget["service"] != "" or budget["region"] not in ("", region):
        return 0.0
    t, total = case.period(budget["period"]), 0.0
    if since == t and budget["covers"] != "operation":
        total += row["capex_mln"] * case.scenario["capex_factor"]
    if since <= t and budget["covers"] != "investment":
        opex = row["opex_mln_per_year"] * case.scenario["opex_factor"]
        total += opex * case.years[t]
    return total
