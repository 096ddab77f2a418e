"""A plan that was asked for under more than its rules is not called the best of all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import aumaq
from aumaq.results import Plan
from aumaq.results.indicators.today import of_today
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.conditions import conditions
from aumaq.results.plan.summary import sentences
from aumaq.results.report.decision import decision


def _best() -> Plan:
    return aumaq.solve(aumaq.read("tiny"), gap=0.0)


def _under(lock: str) -> Plan:
    return aumaq.what_if(_best(), locks=aumaq.lock_rows([lock]), gap=0.0).after


ASKED: dict[str, tuple[Callable[[], Plan], str]] = {
    "locks": (
        lambda: (
            aumaq.what_if(
                _best(), locks=aumaq.lock_rows(["site=b,service=school"]), gap=0.0
            ).after
        ),
        "must be: site=b,service=school",
    ),
    "differs": (
        lambda: aumaq.alternatives(aumaq.read("tiny"), best=3, gap=0.0).plans[2],
        "plans before it that it differs from (sites): 2",
    ),
    "budget": (
        lambda: aumaq.budget_curve(aumaq.read("tiny"), [100.0], gap=0.0).plans[100.0],
        "investment at most 100 mln",
    ),
    "settled": (
        lambda: aumaq.solve(
            aumaq.read("tiny"), gap=0.0, services_of=_under("site=b,service=school")
        ),
        "services as in another plan",
    ),
    "goal": (
        lambda: aumaq.solve(aumaq.read("tiny"), goal="mean_minutes", gap=0.0),
        "another goal, least mean way",
    ),
    "goals": (
        lambda: list(
            aumaq.pareto(aumaq.read("tiny"), ["cost", "mean_minutes"], 2).plans.values()
        )[-1],
        "several goals (Money and points, Mean way)",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ASKED)
def test_only_plans_as_it_was_asked_for_are_compared(kind: str) -> None:
    """There is a plan of 780 mln; this one is proven, and costs more."""
    make, told = ASKED[kind]
    plan = make()
    assert plan.gap == pytest.approx(0.0, abs=1e-9)
    assert plan.objective_mln > 780.0 + 1.0
    today = of_today(plan.instance)
    text = " ".join([*sentences(plan), decision(plan, today, ENGLISH)])
    assert told in text
    assert "no plan costs less" not in text
    assert "no such plan costs less" in text
    russian = conditions(plan, Language("ru"))
    assert russian.startswith("План составлен")


def test_a_plan_of_its_rules_alone_is_the_best_of_all() -> None:
    """And nothing is said of conditions."""
    plan = _best()
    assert conditions(plan, ENGLISH) == ""
    assert any("no plan costs less" in text for text in sentences(plan))
