"""So many facilities, or changes: without time, at best, and what cannot be."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from brute_force import best_plan_cost
from tiny_instances import tiny
from two_schools import NO_TIME, SCHOOLS, two_schools

import aumaq
from aumaq.instances import Instance


def few(most: Any = None, **columns: Any) -> Instance:
    """Return two villages with a school each, of which so many may run."""
    rule = {"count": "few", "service": "s", "most": most, **columns}
    tags = pd.DataFrame([{"settlement": "b", "tag": "own"}])
    counts = pd.DataFrame([rule])
    return two_schools().replace(counts=counts, settlement_tags=tags)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ({"most": 2}, []),
        ({"most": 1}, ["b"]),  # of 100 and 80 pupils
        ({"most": 0}, ["a", "b"]),
        ({"most": 0, "region": "R"}, ["a"]),
        ({"most": 0, "from_level": 1, "period": "p1", "region": "Q"}, ["b"]),
        ({"most": 0, "tag": "own"}, ["b"]),
        ({"most": 0, "applies_to": "urban"}, []),
        ({"least": 1, "what": "closures"}, ["b"]),
        ({"least": 1, "most": 1, "what": "closures", "region": "R"}, ["a"]),
        ({"least": 1, "most": 1, "what": "closures", "is_total": True}, ["b"]),
    ],
)
def test_what_closes(rule: dict[str, Any], left: list[str]) -> None:
    """The school that serves fewer closes; the first plan is the best one here."""
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(few(**rule), **options)
        assert plan.record["problems"] == []
        assert sorted(plan.table("unserved")["settlement"]) == left


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("rule", "open_then"),
    [
        ({"least": 2}, 2),
        ({"least": 1, "what": "openings", "period": "p2"}, 1),
        ({"least": 2, "most": 2, "what": "openings", "period": "p1"}, 2),
        ({"least": 1, "from_level": 2, "period": "p2"}, 1),
        ({"least": 1, "most": 1, "what": "enlargements", "period": "p2"}, 1),
        ({"least": 2, "most": 2, "what": "openings", "is_total": True}, 2),
        ({"least": 1, "most": 1, "what": "enlargements", "is_total": True}, 1),
    ],
)
def test_what_opens(rule: dict[str, Any], open_then: int) -> None:
    """Nobody needs a school, yet as many open as a rule asks for: also without time."""
    periods = [{"period": f"p{t}", "first_year": 2025 + t, "years": 1} for t in (1, 2)]
    levels = [{"service": "s", "level": k, "capacity": 100.0 * k, "capex_mln": 9.0 * k}
              for k in (1, 2)]  # fmt: skip
    services = [{"service": "s", "unserved_mln_per_unit_year": 0.0}]
    counts = [{"count": "more", "service": "s", **rule}]
    instance = tiny(periods=periods, levels=levels, services=services, counts=counts)
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(instance, **options)
        assert plan.record["problems"] == []
        stands = plan.table("facilities")
        last = stands[stands["period"] == "p2"]
        assert last["units"].sum() == open_then


@pytest.mark.slow
@pytest.mark.parametrize("method", ["blocks", "decomposed"])
@pytest.mark.parametrize(
    "rule",
    [{"most": 1}, {"least": 1, "what": "closures"},
     {"least": 1, "most": 1, "what": "closures", "region": "R"},
     {"least": 1, "what": "closures", "is_total": True}],
)  # fmt: skip
def test_other_methods_price_it(method: str, rule: dict[str, Any]) -> None:
    """Their bound is not above the optimum, their plan keeps the rule."""
    plan = aumaq.solve(few(**rule), method=method, gap=0.0, time_limit=20.0)
    assert plan.record["problems"] == []
    best = best_plan_cost(few(**rule))
    assert plan.bound_mln <= best + 1e-6
    assert plan.objective_mln >= best - 1e-6


@pytest.mark.parametrize(
    ("rule", "locked", "told"),
    [
        ({"most": 1}, True, "row 2, column most: 2 facilities must run"),
        ({"most": 1, "region": "S"}, False, "column region: no settlement has this"),
        ({"most": 1, "from_level": 2}, False, "from_level: s has levels up to 1"),
        ({"most": -1}, False, "column most: "),
        ({"most": 1, "period": "p9"}, False, "column period: no such period"),
        ({}, False, "column most: is empty, and so is `least`"),
        ({"most": 0.5}, False, "column most: expected a whole number"),
        ({"least": 2, "most": 1}, False, "column least: is more than `most`, 1"),
        ({"least": 3}, False, "column least: its sites have room for 2 facilities"),
        ({"most": 1, "tag": "x"}, False, "column tag: no settlement has this tag"),
        ({"most": 1, "to_level": 2}, False, "to_level: s has levels up to 1"),
        ({"most": 1, "is_total": True}, False, "what: facilities that run are counted"),
        (
            {"most": 1, "is_total": True, "what": "openings", "period": "p1"},
            False,
            "column period: with `is_total` all periods count",
        ),
    ],
)
def test_what_cannot_be(rule: dict[str, Any], locked: bool, told: str) -> None:
    """Each mistake is told by row and column."""
    facilities = pd.DataFrame(SCHOOLS).assign(is_locked=locked, renew_by_year=0)
    tables = {"facilities": facilities}
    if locked:
        few(1, region="Q").replace(**tables)  # one of them is in each region
    with pytest.raises(aumaq.InstanceError, match=told):
        few(**rule).replace(**tables)


@pytest.mark.slow
def test_what_must_open_where_there_is_no_other_place() -> None:
    """The only site has a school and room for one: one closes and another opens.

    The plan does not take back that it did so for nothing: it is what is asked for.
    """
    school = two_schools()
    tables = school.tables
    at_a = tables["sites"]["settlement"] == "a"
    instance = school.replace(
        sites=tables["sites"].assign(
            max_units=2, status=["existing" if a else "forbidden" for a in at_a]
        ),
        counts=pd.DataFrame(
            [{"count": "few", "service": "s", "what": "openings", "least": 1, "most": 1}
             | {"is_total": True}]
        ),
        levels=tables["levels"].assign(closing_mln=0.5),  # running it costs 1
        facilities=tables["facilities"].assign(renew_by_year=0),
    )  # fmt: skip
    for options in ({"method": "direct"}, {"method": "blocks"}):
        plan = aumaq.solve(instance, gap=0.0, **options)
        assert plan.record["problems"] == []
        assert plan.status == "optimal"
        assert abs(plan.objective_mln - best_plan_cost(instance)) < 1e-6
