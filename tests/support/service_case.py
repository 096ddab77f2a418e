"""Two villages and a service with a reserve, limits and transport."""

from __future__ import annotations

from tiny_instances import Row, Rows
from tiny_instances import tiny as made

from aumaq.instances import Instance

SERVICE: Row = {"service": "s", "unserved_mln_per_unit_year": 1.0}


POLICIES = {
    "discount_rate": 0.0,
    "value_of_time_per_hour": 0.0,
    "count_residual_value": False,
}


def tiny(**tables: Rows) -> Instance:
    """Return a tiny instance in which nothing is worth anything at the end."""
    own = [{**POLICIES, **row} for row in tables.pop("policies", [{}])]
    return made(policies=own, **tables)
