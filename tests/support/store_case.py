"""Two villages under two scenarios of which every difference is known."""

from __future__ import annotations

from functools import cache
from typing import Any

from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance

NASTY = "</td><img src=x onerror=alert(1)> & $x^2$"


@cache
def two_futures(name_of_b: str = "B") -> Instance:
    """Return villages a (region R) and b (region Q), 100 people each, a school may
    stand in both: 10 mln, 100 places; who is not served costs 1 mln.

    Under ``managed`` nobody is left in Q, and a school costs 12 mln.
    """
    rows: dict[str, Any] = {
        "policies": [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                      "count_residual_value": False}],
        "scenarios": [
            {"scenario": "inertial", "title": "Inertial"},
            {"scenario": "managed", "title": "Managed", "overrides": "dear"},
        ],
        "overrides": [
            {"override": "dear", "table": "levels", "where": "service=s; level=1",
             "column": "capex_mln", "value": "12"},
        ],
        "settlements": [
            {"settlement": "a", "region": "R"},
            {"settlement": "b", "region": "Q", "name": name_of_b},
        ],
        "growth": [
            {"scenario": "managed", "region": region, "period": "p1", "factor": factor}
            for region, factor in (("R", 1.0), ("Q", 0.0))
        ],
        "indicators": [{"indicator": "served", "formula": "share_served",
                        "service": "s"}],
    }  # fmt: skip
    return tiny(**rows)


@cache
def both_plans(name_of_b: str = "B") -> tuple[aumaq.Plan, aumaq.Plan]:
    """Return the best plans under ``inertial`` and ``managed``."""
    instance = two_futures(name_of_b)
    return (
        aumaq.solve(instance, gap=0.0),
        aumaq.solve(instance.with_scenario("managed"), gap=0.0),
    )
