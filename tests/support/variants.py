"""Tables of scenarios, variants and overrides."""

from __future__ import annotations

OVERRIDES = [
    {"override": "dear-schools", "table": "levels", "where": "service=s; level=1",
     "column": "capex_mln", "action": "times", "value": "2"},
    {"override": "slow", "table": "policies", "column": "value_of_time_per_hour",
     "value": "600"},
    {"override": "no-b", "table": "sites", "where": "site=b", "action": "remove"},
    {"override": "no-b", "table": "travel", "where": "site=b", "action": "remove"},
    {"override": "limit", "table": "budgets", "action": "add",
     "where": "budget=all; period=p1; amount_mln=5; is_hard=true"},
    {"override": "more", "table": "levels", "column": "opex_mln_per_year",
     "action": "plus", "value": "1.5"},
]  # fmt: skip


SCENARIOS = [
    {"scenario": "base", "title": "Base"},
    {"scenario": "other", "projection": "base", "overrides": "slow; dear-schools",
     "capex_factor": 1.5, "probability": 0.5},
]  # fmt: skip


VARIANTS = [
    {"variant": "dear", "axis": "prices", "capex_factor": 2.0, "overrides": "more"},
    {"variant": "cheap", "axis": "prices", "capex_factor": 0.5},
    {"variant": "tight", "axis": "money", "overrides": "limit", "probability": 0.5},
]
