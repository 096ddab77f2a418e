"""Two villages of 100 people: teams visit half of the one that has no clinic."""

from __future__ import annotations

from typing import Any

from tiny_instances import tiny

from aumaq.instances import Instance

FAR = 70.0
"""Minutes from b to the clinic in a."""
NEAR = {"standard": "near", "service": "s", "scope": "total", "minutes": 30.0,
        "share": 0.75, "is_hard": True}  # fmt: skip
"""Kept only if all are visited whom a team may visit: half of b."""


def visited_village(*, counts: bool = True, **tables: Any) -> Instance:
    """Return the villages: a clinic in a for both, a team for half of b.

    *counts*: whether visits count in standards.
    """
    rows: dict[str, Any] = {
        "settlements": [{"settlement": "a", "region": "R"},
                        {"settlement": "b", "region": "Q"}],
        "services": [{"service": "s", "title": "Clinic", "trips_per_year": 340.0,
                      "cutoff_minutes": 80.0, "unserved_mln_per_unit_year": 9.0}],
        "levels": [{"service": "s", "level": 1, "capacity": 200.0, "capex_mln": 1.0}],
        "sites": [{"service": "s", "site": "a", "settlement": "a",
                   "status": "required"}],
        "travel": [{"settlement": "b", "site": "a", "minutes": FAR,
                    "length_km": 30.0}],
        "mobile_services": [{"mobile_service": "m", "service": "s",
                             "days_per_year": 100.0, "units_per_day": 1.0,
                             "within_minutes": FAR, "most_share": 0.5,
                             "cost_mln_per_day": 0.01, "counts_in_standards": counts}],
    }  # fmt: skip
    return tiny(**{**rows, **tables})
