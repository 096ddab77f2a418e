"""Instances of one site, in which levels may be steps."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from tiny_instances import Rows, some, tiny

from aumaq.instances import Instance, InstanceError

LAST_YEARS = 30


def levels_of(*rows: tuple[float, ...]) -> Rows:
    """Return levels of capacity 100, 200, ... from (capex, running, closing) in mln."""
    names = ("capex_mln", "opex_mln_per_year", "closing_mln")
    return [
        {"service": "s", "level": k, "capacity": 100.0 * k,
         **dict(zip(names, row, strict=True))}
        for k, row in enumerate(rows, start=1)
    ]  # fmt: skip


def site_case(levels: Rows, budgets: list[float], **tables: Any) -> Instance:
    """Return one village of 10 with one site, and a hard budget in each period."""
    rows: dict[str, Rows] = {
        "policies": [{"discount_rate": 0.0, "count_residual_value": False}],
        "periods": [
            {"period": f"p{t}", "first_year": 2026 + t,
             "years": 1 if t + 1 < len(budgets) else LAST_YEARS}
            for t in range(len(budgets))
        ],
        "settlements": [
            {"settlement": "a", "kind": "village", "region": "R", "population": 10.0}
        ],
        "services": [
            {"service": "s", "group": "all", "cutoff_minutes": 30.0,
             "unserved_mln_per_unit_year": 100.0}
        ],
        "sites": [{"site": "a", "service": "s", "settlement": "a"}],
        "levels": levels,
        "travel": [{"settlement": "a", "site": "a", "minutes": 0.0}],
        "budgets": [
            {"budget": "all", "period": f"p{t}", "amount_mln": amount,
             "covers": "investment", "is_hard": True}
            for t, amount in enumerate(budgets)
        ],
    }  # fmt: skip
    return tiny(**{**rows, **tables})


@st.composite
def step_instances(draw: st.DrawFn) -> Instance:
    """Draw three levels, each large enough, with all that ties them together."""
    levels = levels_of(
        *(
            (draw(some(10.0, 30.0, 60.0)), draw(some(1.0, 3.0, 5.0)),
             draw(some(0.0, 5.0, 25.0)))
            for _ in range(3)
        )
    )  # fmt: skip
    levels.sort(key=lambda row: row["capex_mln"])
    for number, row in enumerate(levels, start=1):
        row |= {"level": number, "capacity": draw(some(10.0, 20.0)) + 10.0 * number}
        row["min_use"] = draw(some(0.0, 0.0, 5.0))
    count, top = draw(st.integers(2, 3)), draw(some(2, 3))
    facilities: Rows = []
    if draw(st.booleans()):
        facilities = [
            {"service": "s", "site": "a", "level": draw(some(1, 2, 3)), "units": 1,
             "is_locked": draw(some(False, False, True)),
             "renew_by_year": draw(some(0, 2026, 2027))}
        ]  # fmt: skip
    site = {
        "site": "a",
        "service": "s",
        "settlement": "a",
        "max_level": draw(some(0, 0, top)),
        "first_period": draw(some("", "", "p1")),
        "status": "existing" if facilities else draw(some("candidate", "required")),
    }
    referrals: Rows = []
    if draw(st.booleans()):
        referrals = [
            {"referral": "r", "service": "s", "to_service": "s", "minutes": 0.0,
             "from_level": draw(some(1, 2)), "to_level": draw(some(1, 2, 3))}
        ]  # fmt: skip
    policy = {
        "discount_rate": draw(some(0.0, 0.1)),
        "count_residual_value": draw(st.booleans()),
        "allow_closing": draw(some(True, False)),
        "allow_reducing": draw(some(True, False)),
    }
    service = {"service": "s", "group": "all", "cutoff_minutes": 30.0,
               "unserved_mln_per_unit_year": draw(some(0.1, 0.5, 5.0)),
               "renewal_share": draw(some(0.25, 1.0)), "lifetime_years": 4.0,
               "enlarge_credit_share": draw(some(0.5, 1.0))}  # fmt: skip
    growth = [
        {"scenario": "base", "region": "", "period": f"p{t}",
         "factor": draw(some(0.0, 1.0, 1.0, 2.0))}
        for t in range(count)
    ]  # fmt: skip
    try:
        return site_case(
            levels, [draw(some(0.0, 20.0, 30.0, 60.0, 100.0)) for _ in range(count)],
            sites=[site], facilities=facilities, referrals=referrals,
            policies=[policy], services=[service], growth=growth,
        )  # fmt: skip
    except InstanceError:
        assume(False)
        raise
