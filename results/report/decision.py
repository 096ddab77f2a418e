"""The paragraph on which a plan is decided, for minutes and orders."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from aumaq.instances.language.texts import say
from aumaq.results.actions import CHANGES
from aumaq.results.bounds import SURE
from aumaq.results.indicators.state import State
from aumaq.results.language import Language
from aumaq.results.plan.cautions import OPEN_GAP
from aumaq.results.plan.conditions import conditions
from aumaq.results.plan.figures import investment
from aumaq.results.report.cards import norm_shares

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def decision(plan: Plan, today: State, lang: Language) -> str:
    """Return what is proposed, what it costs and brings, and how sure that is."""
    parts = [_proposal(plan, lang), _norm(plan, today, lang), _certainty(plan, lang)]
    return " ".join(filter(None, parts))


def _proposal(plan: Plan, lang: Language) -> str:
    instance, currency = plan.instance, plan.instance.currency
    paid = float(investment(plan, "period").sum())
    people = float(instance.table("settlements")["population"].sum())
    return lang.tell(
        say(
            "It is proposed to carry out the plan “{title}” for {first} to {last}."
            " Facilities: {changes}. Investment is {money} (not discounted), {each} for"
            " each of today's people.",
            title=lang.title(instance.title, instance.name),
            first=instance.period_names[0],
            last=instance.period_names[-1],
            changes=changes(plan, lang),
            money=lang.money(paid, currency),
            each=lang.money(paid / people if people else 0.0, currency),
        )
    )


def changes(plan: Plan, lang: Language) -> str:
    """Return how many facilities of all services are opened, enlarged, closed, ..."""
    counts = plan.actions.groupby("action")["units"].sum()
    told = [
        lang.tell(text, n=lang.number(counts[action]))
        for action, text in CHANGES.items()
        if counts.get(action, 0)
    ]
    return ", ".join(told) or lang.tell(say("nothing changes"))


def _norm(plan: Plan, today: State, lang: Language) -> str:
    found = norm_shares(plan, today)
    if found is None or not isfinite(found.plan):
        return ""
    return lang.tell(
        say(
            "People who have every service within its norm: {before} today, {after} in"
            " {last}.",
            before=lang.share(found.today),
            after=lang.share(found.plan),
            last=plan.instance.period_names[-1],
        )
    )


def _certainty(plan: Plan, lang: Language) -> str:
    if not plan.is_verified:
        return lang.tell(
            say("An independent check FAILED: the plan is no ground for a decision.")
        )
    checked = lang.tell(say("Every rule was checked again and holds."))
    if not isfinite(plan.gap):
        return checked
    asked = conditions(plan, lang)
    if plan.gap <= SURE:
        saved = say("It is proven that no plan costs less.")
        if asked:
            saved = say("It is proven that no such plan costs less.")
    elif plan.gap > OPEN_GAP:
        saved = say("It is a draft: hardly anything proves how good it is.")
    else:
        saved = say(
            "At most {gap} of its cost could be saved.", gap=lang.at_most(plan.gap)
        )
    return " ".join(text for text in (checked, asked, lang.tell(saved)) if text)
