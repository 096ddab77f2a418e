"""How sure a plan is, in plain sentences."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from aumaq.instances.language.texts import Text, say
from aumaq.results.bounds import SURE
from aumaq.results.language import MONEY_DIGITS, Language
from aumaq.results.plan.conditions import conditions, is_asked_for

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

CLOSE = 0.03
"""Gap up to which a cost and its bound are told with one more digit."""


def proof(plan: Plan, lang: Language) -> list[str]:
    """Say what bound, gap and verification mean for a plan."""
    verdict = (
        say("Every rule and sum was recomputed and holds; the bound is the solver's.")
        if plan.is_verified
        else say("An independent check of every rule FAILED.")
    )
    if plan.status == "contradicted":  # told above everything else
        return [lang.tell(verdict)]
    told = [text] if (text := conditions(plan, lang)) else []
    told.append(lang.tell(_saved(plan, lang)))
    # Plans of older versions do not say it.
    fixed, gap = (
        plan.record.get(key, 0.0) for key in ("unavoidable_mln", "gap_of_decisions")
    )
    if fixed > 0.0 and isfinite(gap):
        told.append(
            lang.tell(
                say(
                    "No plan avoids {fixed} of it; of what decisions can change, at"
                    " most {gap} could be saved.",
                    fixed=lang.at_least_money(fixed, plan.instance.currency),
                    gap=lang.at_most(gap),
                )
            )
        )
    return [*told, lang.tell(verdict)]


def _saved(plan: Plan, lang: Language) -> Text:
    """Return how much cheaper another plan may be."""
    currency = plan.instance.currency
    # With three digits 0.9 % may read as 1.4 %.
    digits = MONEY_DIGITS + (SURE < plan.gap < CLOSE)
    values = {
        "objective": lang.money(plan.objective_mln, currency, digits),
        "bound": lang.at_least_money(plan.bound_mln, currency, digits),
        "gap": lang.at_most(plan.gap),
    }
    sure, open_ = (
        say(
            "It is proven that no plan costs less: it costs {objective}, with what"
            " nobody pays counted in."
        ),
        say(
            "At most {gap} of its cost could be saved: it costs {objective}, and no"
            " plan costs less than {bound}, with what nobody pays counted in."
        ),
    )
    if is_asked_for(plan):
        sure, open_ = (
            say(
                "It is proven that no such plan costs less: it costs {objective}, with"
                " what nobody pays counted in."
            ),
            say(
                "At most {gap} of its cost could be saved: it costs {objective}, and no"
                " such plan costs less than {bound}, with what nobody pays counted in."
            ),
        )
    return (sure if plan.gap <= SURE else open_).given(**values)
