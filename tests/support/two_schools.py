"""Two villages, each with a school that is due."""

from __future__ import annotations

from typing import Any

from tiny_instances import Row, tiny

from aumaq.instances import Instance

NO_TIME = 1e-6


SCHOOLS: list[Row] = [
    {"service": "s", "site": site, "level": 1, "renew_by_year": 2026} for site in "ab"
]


def two_schools(*budgets: Row, **columns: Any) -> Instance:
    """Return two villages, of 100 and 80, each with a school that is due: 5 mln each.

    Nobody can go to the other village. Who is not served costs 1 a year.
    """
    service = {"service": "s", "unserved_mln_per_unit_year": 1.0, "renewal_share": 0.5}
    return tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
                   "count_residual_value": False}],
        settlements=[
            {"settlement": "a", "population": 100.0, "region": "R"},
            {"settlement": "b", "population": 80.0, "region": "Q"},
        ],
        services=[{**service, "cutoff_minutes": 10.0, "nearest_sites": 0, **columns}],
        levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 10.0,
                 "opex_mln_per_year": 1.0}],
        sites=[{"site": site, "service": "s", "settlement": site, "status": "existing"}
               for site in "ab"],
        facilities=SCHOOLS,
        travel=[{"settlement": "a", "site": "b", "minutes": 60.0}],
        budgets=list(budgets),
    )  # fmt: skip
