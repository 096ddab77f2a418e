"""Kolm and Pollak as a goal: where the one facility stands, by hand and enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from brute_force import best_plan_cost
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance

MINUTES = {"a": [0.0, 10.0, 60.0], "b": [10.0, 0.0, 50.0], "c": [60.0, 50.0, 0.0]}
"""From a, b, c to each site."""
PEOPLE = np.array([120.0, 60.0, 50.0])
K = 0.05


def one_facility(aversion: float) -> Instance:
    """Return three villages in a row, in one of which the only school must stand."""
    return tiny(
        policies=[{"discount_rate": 0.0, "value_of_time_per_hour": 600.0,
                   "count_residual_value": False}],
        settlements=[{"settlement": code, "population": people}
                     for code, people in zip("abc", PEOPLE.tolist(), strict=True)],
        services=[{"service": "s", "trips_per_year": 1e5, "may_be_unserved": False,
                   "unserved_mln_per_unit_year": 1.0,
                   "aversion_per_minute": aversion}],
        levels=[{"service": "s", "level": 1, "capacity": 300.0, "capex_mln": 0.0}],
        sites=[{"site": code, "service": "s", "settlement": code} for code in "abc"],
        counts=[{"count": "one", "service": "s", "least": 1, "most": 1}],
        travel=[{"settlement": code, "site": site, "minutes": minutes}
                for code in "abc"
                for site, minutes in zip("abc", MINUTES[code], strict=True)
                if code != site],
    )  # fmt: skip


@pytest.mark.parametrize("aversion", [0.0, K])
def test_the_best_site_is_that_of_the_equivalent(aversion: float) -> None:
    """Of three plans the best one has the least mean, or the least equivalent."""
    ways = np.array([MINUTES[code] for code in "abc"])  # by settlement and site
    share = PEOPLE / PEOPLE.sum()
    equivalent = share @ ways
    if aversion:
        equivalent = np.log(share @ np.exp(aversion * ways)) / aversion
    plan = aumaq.solve(one_facility(aversion), gap=0.0)
    assert plan.record["problems"] == []
    best = "abc"[int(equivalent.argmin())]
    assert plan.table("facilities")["site"].tolist() == [best]
    assert best == ("b" if aversion else "a")
    assert best_plan_cost(one_facility(aversion)) == pytest.approx(plan.objective_mln)
    if aversion:  # the objective is the equivalent, seen from the other side
        felt = plan.objective_mln / PEOPLE.sum()
        found = np.log1p(aversion * felt) / aversion
        assert found == pytest.approx(equivalent.min())
