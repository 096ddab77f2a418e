"""What a reader must know before a plan is shown: how far it may be from the best."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import Text, say
from aumaq.results.language import ENGLISH, Language

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

WIDE_GAP = 0.05
"""Above this gap a plan is told to be a draft: a decision of our own, no norm."""
OPEN_GAP = 0.5
"""Above this gap the bound says next to nothing of the plan: a decision of our own."""
STOPPED = {
    "time_limit": say("Time was up before the plan was as good as asked for."),
    "work_limit": say("The work was done before the plan was as good as asked for."),
    "interrupted": say("The search was stopped before the plan was as good as asked."),
    "gap_left": say("The solver ended by itself before the plan was as good as asked."),
    "error": say("The solver failed; this plan was there before it."),
}
MORE_TIME = 4
"""A new attempt is advised to take so many times as long."""


def contradiction(record: Mapping[str, Any]) -> Text:
    """Return what is said of a run that contradicts itself, and of its evidence."""
    file = str(record.get("evidence", ""))
    if not file:
        return say(
            "Something is wrong with this run: the plan is better than its bound"
            " allows. Use neither of them; the model was not kept: that takes a folder"
            " for results."
        )
    return say(
        "Something is wrong with this run: the plan is better than its bound"
        " allows. Use neither of them; the model is kept in {file}.",
        file=file,
    )


def _advice(options: Mapping[str, Any]) -> Text:
    """Return what to do for a better plan, in words: readers of pages type nothing."""
    if options.get("work_limit") is not None:
        return say("What to do: solve once more with more work, from this plan on.")
    return say("What to do: solve once more with more time, from this plan on.")


def again(plan: Plan, lang: Language = ENGLISH) -> str:
    """Return the command that goes on, empty where nothing is advised.

    Not every command that plans takes a plan to start from; ``aumaq solve`` does.
    """
    if not _told(plan, lang):
        return ""
    options = plan.record["options"]
    if (units := options.get("work_limit")) is not None:
        limit = f"--work-limit {ceil(MORE_TIME * float(units))}"
    else:
        limit = f"--time-limit {ceil(MORE_TIME * float(options['time_limit']))}"
    return lang.tell(
        say(
            "aumaq solve INSTANCE --start FOLDER {limit} (INSTANCE: what was planned,"
            " FOLDER: where this plan is)",
            limit=limit,
        )
    )


def cautions(plan: Plan, lang: Language = ENGLISH) -> list[str]:
    """Return what must stand above everything else, what to do last; often nothing."""
    if plan.status == "contradicted":
        return [lang.tell(contradiction(plan.record))]
    told = _told(plan, lang)
    if told:
        told.append(_advice(plan.record["options"]))
    return [lang.tell(text) for text in told]


def _told(plan: Plan, lang: Language) -> list[Text]:
    """Return why more work would help: how the search ended, how sure the plan is."""
    if plan.status == "contradicted":
        return []
    told = [STOPPED[plan.status]] if plan.status in STOPPED else []
    if rejected := plan.record.get("rejected"):
        told.append(
            say(
                "A better plan that was found did not pass the verification"
                " ({problem}); this one was there before it.",
                problem=lang.tell(rejected[0]),
            )
        )
    if not isfinite(plan.gap):
        told.append(say("Nothing is known of how far it is from the best plan."))
    elif plan.gap > OPEN_GAP:
        told.append(
            say(
                "It is a draft, and hardly anything is known of how far it is"
                " from the best plan: all that is proven is that no plan costs less"
                " than {bound}.",
                bound=lang.at_least_money(plan.bound_mln, plan.instance.currency),
            )
        )
    elif plan.gap > WIDE_GAP:
        told.append(
            say(
                "It is a draft: up to {gap} of its cost could be saved.",
                gap=lang.at_most(plan.gap),
            )
        )
    elif told:
        told.append(
            say(
                "At most {gap} of its cost could be saved; {asked} was asked for.",
                gap=lang.at_most(plan.gap),
                asked=lang.share(float(plan.record["options"]["gap"]), 2),
            )
        )
    return told
