"""What a plan costs and is charged for, by name: the terms of the objective."""

from __future__ import annotations

TERMS = (
    "building",
    "closing",
    "renewal",
    "residual",
    "operation",
    "travel",
    "transport",
    "unserved",
    "supply",
    "shedding",
    "shortfall",
    "overrun",
)
"""The terms of the objective, in the order in which they are reported."""
MONEY = frozenset(
    {"building", "closing", "renewal", "residual", "operation", "transport", "supply"}
)
"""Terms that somebody pays (or, as residual value, still owns); they are the cost.

All others are points: travel time, demand and load that are not met, missed standards
and connections, overrun budgets weigh in the objective at the prices of the instance.
"""
INVESTMENT = ("building", "closing", "renewal")
"""Terms of money that is invested: paid once, in the period of the decision."""
COVERED = {
    "investment": INVESTMENT,
    "operation": ("operation",),
    "all": (*INVESTMENT, "operation"),
}
"""What a budget covers -> terms of that money."""
