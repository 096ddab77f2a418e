"""The best plan of an instance, where the one in hand was asked for under more."""

from __future__ import annotations

from typing import Any

from aumaq.results.plan.conditions import is_asked_for
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.solve import solve

SHARE = 1.0 / 3.0
"""Part of the time of a study that the best plan may take."""


def best_of(plan: Plan, time_limit: float, **options: Any) -> tuple[Plan, float]:
    """Return the best plan known of the instance of *plan*, and the seconds left.

    That is *plan*, if it was asked for by cost alone, under no more than the rules of
    its instance: no other plan costs less than its bound then. Of a plan under locks,
    of a budget curve, of a front or unlike others that bound says nothing of all plans,
    so that one is looked for, with *options* of :func:`solve` and *plan* as its start.
    """
    if not is_asked_for(plan):
        return plan, time_limit
    seconds = SHARE * time_limit
    best = solve(plan.instance, start=plan, time_limit=seconds, **options)
    return best, time_limit - seconds
