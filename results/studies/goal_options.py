"""Whether a plan is asked for by another goal than its cost, and what that allows."""

from __future__ import annotations

from typing import Any

from aumaq.instances import OptionError
from aumaq.instances.goals import COST, PLAN_GOALS, goal_named
from aumaq.instances.language.texts import say

METHODS_FOR_GOALS = ("auto", "direct")
"""Methods that plan for any goal; the bounds of the others are of costs."""


def is_other_goal(
    goal: str, minutes: float | None, method: str, others: dict[str, Any]
) -> bool:
    """Return whether a plan is asked for by another goal than its cost.

    Raises UnknownNameError and OptionError for what makes no sense, or cannot be had
    with a goal: *others* are options that only plans of least cost take.
    """
    named = goal_named(goal, PLAN_GOALS, minutes)
    if named is COST:
        if minutes is not None:
            text = say("minutes are for the goal cover, not for {goal}", goal=goal)
            raise OptionError(text, ["minutes"])
        return False
    if method not in METHODS_FOR_GOALS:
        text = say(
            "the method {method} plans for cost only; for the goal {goal} take direct",
            method=method,
            goal=goal,
        )
        raise OptionError(text, ["method", "goal"])
    wrong = [name for name, value in others.items() if value]
    if wrong:
        names = ", ".join(wrong)
        text = say("{names}: only for the goal cost", names=names)
        raise OptionError(text, wrong)
    return True
