"""The audit alone: from decisions to tables, and as the judge of an enumeration."""

from __future__ import annotations

import pandas as pd
import pytest
from audit_enumeration import cheapest
from brute_force import best_plan_cost
from shared_plans import best_plan
from tiny_instances import Rows, tiny

import aumaq
from aumaq.instances import Instance
from aumaq.results.audit import audit
from aumaq.results.audit.decided import DECIDED

SERVICE = {"service": "s", "allocation": "whole", "unserved_mln_per_unit_year": 0.3}
LEVEL = {"service": "s", "level": 1, "capacity": 120.0, "capex_mln": 10.0}


def hamlets(**more: Rows) -> Instance:
    """Return two villages, one with an old school, with *more* in the tables."""
    sites = [{"site": at, "service": "s", "settlement": at} for at in "ab"]
    return tiny(
        **{
            "services": [{**SERVICE, "renewal_share": 0.5, "trips_per_year": 200.0}],
            "policies": [{"value_of_time_per_hour": 2000.0}],
            "sites": [{**sites[0], "status": "existing"}, sites[1]],
            "levels": [{**LEVEL, "closing_mln": 1.0, "opex_mln_per_year": 2.0}],
            "facilities": [
                {"service": "s", "site": "a", "level": 1, "renew_by_year": 2026}
            ],
            **more,
        }
    )


CASES: dict[str, dict[str, Rows]] = {
    "a priced standard and budget, one school": {
        "counts": [{"count": "one", "service": "s", "most": 1}],
        "standards": [{"standard": "near", "service": "s", "minutes": 10.0,
                       "share": 1.0, "is_hard": False,
                       "shortfall_mln_per_unit_year": 0.2}],
        "budgets": [{"budget": "all", "period": "p1", "amount_mln": 12.0,
                     "is_hard": False, "overrun_price": 0.7}],
    },
    "a school that may not close": {
        "closing_rules": [{"closing": "c", "service": "s"}],
        "levels": [{**LEVEL, "opex_mln_per_year": 90.0}],
    },
    "half an hour more for who loses one": {
        "closing_rules": [{"closing": "c", "service": "s", "keep_only": False,
                           "extra_minutes_most": 30.0}],
        "levels": [{**LEVEL, "opex_mln_per_year": 90.0}],
    },
    "a large school for both": {
        "levels": [{**LEVEL, "opex_mln_per_year": 2.0},
                   {**LEVEL, "level": 2, "capacity": 250.0, "capex_mln": 14.0,
                    "opex_mln_per_year": 3.0}],
    },
    "a price on each tonne of travel, and land": {
        "travel": [{"settlement": a, "site": b, "minutes": 25.0, "length_km": 20.0}
                   for a, b in (("a", "b"), ("b", "a"))],
        "levels": [{**LEVEL, "capacity": 220.0, "opex_mln_per_year": 2.0,
                    "footprint_ha": 2.0}],
        "impacts": [{"impact": "co2", "unit": "t"},
                    {"impact": "land", "unit": "ha", "includes": "footprint"}],
        "impact_rates": [{"impact": "co2", "of": "travel", "rate": 0.0001}],
        "impact_limits": [{"limit": "tax", "period": "p1", "impact": "co2",
                           "most": 3.0, "excess_mln_per_unit_year": 0.2},
                          {"limit": "ha", "period": "p1", "impact": "land",
                           "most": 3.0, "is_hard": True}],
    },
    "a second shift, staff, one change at once": {
        "shifts": [{"service": "s", "extra_share": 0.7,
                    "cost_mln_per_unit_year": 0.02}],
        "shift_limits": [{"shift_limit": "k", "service": "s", "period": "p1",
                          "most_share": 0.5}],
        "building_capacity": [{"building_capacity": "b", "period": "p1",
                               "most_changes": 1.0}],
    },
    "a growth point that draws people": {
        "growth_tiers": [{"tier": "t", "min_count": 0}],
        "growth_candidates": [{"settlement": "a", "tier": "t", "gain_share": 0.2,
                               "donors": "total", "capex_mln": 1.0}],
        "concentrations": [{"concentration": "k", "service": "s", "share": 1.0}],
    },
}  # fmt: skip
SLOW = (
    "a large school for both",
    "a growth point that draws people",
    "a price on each tonne of travel, and land",
    "a second shift, staff, one change at once",
    "half an hour more for who loses one",
)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in CASES],
)
def test_the_best_plan_is_the_cheapest_that_the_audit_accepts(name: str) -> None:
    """Model, enumeration judged by the audit, and enumeration with its own costs."""
    instance = hamlets(**CASES[name])
    least, count = cheapest(instance)
    plan = aumaq.solve(instance, gap=0.0)
    assert count > 1
    assert least == pytest.approx(plan.objective_mln, abs=1e-6)
    if "impact_rates" not in CASES[name]:  # who travels is not enumerated there
        assert least == pytest.approx(best_plan_cost(instance), abs=1e-6)


def test_everything_follows_from_what_is_decided() -> None:
    """Keys and decided columns alone make the tables of the plan again."""
    plan = best_plan()
    decided = {name: plan.tables[name][list(DECIDED[name])] for name in DECIDED}
    found = audit(plan.instance, decided)
    assert found.findings == ()
    assert list(found.tables) == list(plan.tables)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table, obj=name)
