"""A hard share that is met but for the rounding of how it was written; budgets."""

from __future__ import annotations

from typing import Any

import pytest
from tiny_instances import Row, tiny

import aumaq
from aumaq.instances import Instance, NoPlanError

NO_TIME = 1e-6
POLICIES = [
    {"discount_rate": 0.0, "value_of_time_per_hour": 0.0, "count_residual_value": False}
]


def villages(people: dict[str, float], **tables: Any) -> Instance:
    """Return villages 20 minutes apart, with a school in each but the last.

    A school runs at 10 mln a year; to build one costs 500. Nobody unserved.
    """
    codes = list(people)
    standing = tables.pop("standing", codes[:-1])
    rows: dict[str, list[Row]] = {
        "policies": POLICIES,
        "settlements": [
            {"settlement": code, "population": persons, "is_growth_point": k < 2}
            for k, (code, persons) in enumerate(people.items())
        ],
        "services": [{"service": "s", "unserved_mln_per_unit_year": 1000.0,
                      "cutoff_minutes": 30.0, "nearest_sites": 0}],
        "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 500.0,
                    "opex_mln_per_year": 10.0}],
        "sites": [
            {"site": code, "service": "s", "settlement": code,
             "status": "existing" if code in standing else "candidate"}
            for code in codes
        ],
        "facilities": [{"service": "s", "site": code, "level": 1} for code in standing],
        "travel": [
            {"settlement": a, "site": b, "minutes": 20.0}
            for a in codes for b in codes if a != b
        ],
    }  # fmt: skip
    return tiny(**rows, **tables)


def answers(instance: Instance) -> list[float | None]:
    """Return what is found with a long limit, with none, and from the second's plan."""
    found: list[float | None] = []
    start = None
    for seconds in (10.0, NO_TIME, 10.0):
        try:
            plan = aumaq.solve(instance, gap=0.0, time_limit=seconds, start=start)
        except NoPlanError:
            found.append(None)
            continue
        assert plan.record["problems"] == []
        assert plan.status in ("optimal", "time_limit")
        assert (plan.shortfalls["shortfall"] == 0.0).all()
        found.append(plan.objective_mln)
        start = plan
    return found


SHARES = [(2 / 3, True), (0.666667, True), (0.6667, False), (0.66667, False)]


@pytest.mark.slow
@pytest.mark.parametrize(("share", "is_met"), SHARES)
def test_a_standard(share: float, is_met: bool) -> None:
    """Of 90 people 60 live where a school stands, within 15 minutes."""
    rule = {"standard": "near", "service": "s", "minutes": 15.0, "share": share,
            "scope": "total", "is_hard": True}  # fmt: skip
    long, short, again = answers(villages({"a": 60.0, "b": 30.0}, standards=[rule]))
    if is_met:
        assert [long, short, again] == pytest.approx([10.0] * 3, rel=1e-5)
    else:
        assert short is None or short == pytest.approx(520.0)
        assert [long, again] == pytest.approx([520.0] * 2)


@pytest.mark.slow
@pytest.mark.parametrize(("share", "is_met"), [(0.7, True), (0.7000001, True),
                                               (0.70001, False)])  # fmt: skip
def test_a_standard_that_nothing_else_can_meet(share: float, is_met: bool) -> None:
    """Without a second site it is met by what stands, or there is no plan."""
    rule = {"standard": "near", "service": "s", "minutes": 15.0, "share": share,
            "scope": "total", "is_hard": True}  # fmt: skip
    whole = villages({"a": 70.0, "b": 30.0}, standards=[rule])
    sites = whole.table("sites").query("site == 'a'")
    alone = whole.replace(
        sites=sites, travel=whole.table("travel").query("site == 'a'")
    )
    expected = pytest.approx(10.0, rel=1e-5) if is_met else None
    assert answers(alone) == [expected] * 3


@pytest.mark.slow
@pytest.mark.parametrize(("share", "is_met"), SHARES)
@pytest.mark.parametrize("allow_closing", [True, False])
def test_a_concentration(share: float, is_met: bool, *, allow_closing: bool) -> None:
    """Two of three schools stand in growth points; a further one would cost 510."""
    rule = {"concentration": "up", "service": "s", "min_level": 1, "share": share}
    people = {"a": 100.0, "b": 100.0, "c": 100.0}
    whole = villages(people, standing=list(people), concentrations=[rule])
    policies = whole.table("policies").assign(allow_closing=allow_closing)
    sites = whole.table("sites").assign(max_units=1)
    long, short, again = answers(whole.replace(policies=policies, sites=sites))
    if is_met:
        assert [long, short, again] == pytest.approx([30.0] * 3)
    elif allow_closing:
        assert long == pytest.approx(again)
        assert long is not None
        assert long > 1000.0
    else:
        assert [long, short, again] == [None] * 3


@pytest.mark.slow
@pytest.mark.parametrize(("amount_mln", "is_met"), [(20.0, True), (20.0000001, True),
                                                    (19.9999, False)])  # fmt: skip
def test_a_budget(amount_mln: float, is_met: bool) -> None:
    """Two schools run for 20 mln; where that is not there, one closes."""
    budget = {"budget": "all", "period": "p1", "amount_mln": amount_mln,
              "covers": "operation", "is_hard": True}  # fmt: skip
    people = {"a": 60.0, "b": 100.0}
    found = answers(villages(people, standing=list(people), budgets=[budget]))
    expected = 20.0 if is_met else 10.0 + 60.0 * 1000.0
    assert found == pytest.approx([expected] * 3)
