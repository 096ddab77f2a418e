"""Two regions whose projection is worked out by hand in docs/projections.md."""

from __future__ import annotations

from typing import Any

import pandas as pd

from aumaq.instances import Instance, from_tables

Rows = list[dict[str, Any]]

PLACES = [("a1", "A", 600.0, 0.0), ("a2", "A", 400.0, 0.1), ("b1", "B", 500.0, 3.0)]
AGES = {"A": (300, 400, 300), "B": (200, 200, 100)}
BASE: dict[str, Rows] = {
    "instance": [{"name": "two", "title": "Two regions", "base_year": 2020}],
    "periods": [{"period": "p1", "first_year": 2030, "years": 20}],
    "scenarios": [{"scenario": "trend"}],
    "groups": [
        {"group": "young", "share_urban": 0.5, "share_rural": 0.5, "from_age": 0,
         "to_age": 20},
        {"group": "all", "share_urban": 1.0, "share_rural": 1.0},
    ],
    "services": [
        {"service": "s", "group": "young", "cutoff_minutes": 60.0,
         "unserved_mln_per_unit_year": 1.0}
    ],
    "levels": [{"service": "s", "level": 1, "capacity": 500.0,
                "capex_mln": 10.0, "opex_mln_per_year": 1.0}],
    "settlements": [
        {"settlement": code, "name": code, "kind": "village", "region": region,
         "lat": 50.0, "lon": 70.0 + away, "population": people}
        for code, region, people, away in PLACES
    ],
    "sites": [
        {"site": code, "service": "s", "settlement": code, "status": "candidate"}
        for code, *_ in PLACES
    ],
    "travel": [
        {"settlement": code, "site": code, "minutes": 5.0,
         "length_km": 1.0}
        for code, *_ in PLACES
    ],
    "projections": [
        {"projection": "trend", "step_years": 20, "male_birth_share": 0.5}
    ],
    "cohorts": [
        {"region": region, "from_age": 20 * k, "persons": n}
        for region, counts in AGES.items()
        for k, n in enumerate(counts)
    ],
    "fertility": [{"from_age": 20, "births_per_woman_year": 0.05}],
    "survival": [
        {"from_age": age, "share": share}
        for age, share in ((-1, 0.95), (0, 0.98), (20, 0.9), (40, 0.4))
    ],
    "migration_rates": [
        {"from_region": "A", "to_region": "B", "share_per_year": 0.005}
    ],
    "external_migration": [{"region": "B", "persons_per_year": 5.0}],
    "settlement_trends": [{"settlement": "a1", "growth_per_year": 0.01}],
}  # fmt: skip


def example(**tables: Rows) -> Instance:
    """Return the two regions with some tables in place of the example's."""
    rows = {**BASE, **tables}
    return from_tables({name: pd.DataFrame(part) for name, part in rows.items()})
