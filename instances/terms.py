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
    "partner",
    "availability",
    "liability",
)
"""The terms of the objective, in the order in which they are reported."""
MONEY = frozenset(
    {"building", "closing", "renewal", "residual", "operation", "transport", "supply",
     "partner", "availability", "liability"}
)  # fmt: skip
"""Terms that somebody pays (or, as residual value, still owns); they are the cost.

All others are points: travel time, demand and load that are not met, missed standards
and connections, overrun budgets weigh in the objective at the prices of the instance.
"""
PARTNERED = ("partner", "availability", "liability")
"""Terms of partnerships: what partners pay (less than 0: others need not), what is paid
back within the periods of the plan, and what is still owed at their end."""
INVESTMENT = ("building", "closing", "renewal")
"""Terms of money that is invested: paid once, in the period of the decision."""
COVERED = {
    "investment": (*INVESTMENT, "partner"),
    "operation": ("operation", "availability"),
    "all": (*INVESTMENT, "partner", "operation", "availability"),
}
"""What a budget covers -> terms of that money."""
