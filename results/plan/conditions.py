"""What a plan was asked for beside the instance: its bound is that of such plans alone.

A plan under locks, one that differs from others, one of a budget curve, and the best
one by another goal than cost may all be proven, and yet another plan costs less.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aumaq.instances.goals import PLAN_GOALS
from aumaq.instances.language.texts import Text, say
from aumaq.results.plan.aims import measure_of

if TYPE_CHECKING:
    from aumaq.results.language import Language
    from aumaq.results.plan.plan import Plan

MOST_TOLD = 3
"""So many conditions are told one by one."""
ACTIONS = {"lock": say("must be"), "forbid": say("must not be"),
           "freeze": say("as before")}  # fmt: skip


def conditions(plan: Plan, lang: Language) -> str:
    """Return in a sentence what a plan was asked for; empty where that is nothing."""
    record = plan.record
    if locks := record.get("locks"):
        named = [lang.tell(_told(str(one))) for one in locks[:MOST_TOLD]]
        more = [f"+{len(locks) - MOST_TOLD}"] if len(locks) > MOST_TOLD else []
        told = say(
            "It was asked for under conditions that the data do not have:"
            " {conditions}; bound and gap are those of plans that keep them.",
            conditions="; ".join([*named, *more]),
        )
        return lang.tell(told)
    if goal := record.get("goal"):
        told = say(
            "It was asked for by another goal, {goal}; bound and gap of its cost are"
            " those of plans that are as good by it.",
            goal=PLAN_GOALS[goal["goal"]].title,
        )
        return lang.tell(told)
    if not is_asked_for(plan):
        return ""
    goals = [measure_of(plan.instance, name) for name in record["goals"]]
    told = say(
        "It was asked for by several goals ({goals}); bound and gap of its cost are"
        " those of plans that are as good by the others.",
        goals=", ".join(lang.tell(goal) for goal in goals),
    )
    return lang.tell(told)


def is_asked_for(plan: Plan) -> bool:
    """Whether it was asked for under more than the rules of its instance."""
    record = plan.record
    return bool(record.get("locks") or record.get("goal") or record.get("goals"))


def _told(condition: str) -> Text:
    """Return a condition as a text that other languages can tell."""
    action, _, keys = condition.partition(" ")
    if action in ACTIONS:
        return say("{action}: {keys}", action=ACTIONS[action], keys=keys)
    if found := re.fullmatch(r"differs from (\d+) plans by (\w+)", condition):
        return say("plans before it that it differs from ({by}): {count}",
                   by=found[2], count=found[1])  # fmt: skip
    if found := re.fullmatch(r"investment at most (\S+) mln", condition):
        return say("investment at most {amount} mln", amount=found[1])
    return Text(condition)
