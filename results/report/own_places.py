"""Why a settlement has no facility of its own, as far as no solve is needed to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.explanations.barred import NO_SITE, barred
from aumaq.results.language import Language

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

FREE = say("Nothing forbids one here; the plan found it cheaper without.")


def own_places(plan: Plan, service: str, lang: Language) -> dict[str, Any]:
    """Return texts, the number of one for each settlement, and which texts are open.

    ``free`` is the number of what is told where something may be built: only solving
    again says what that would cost.
    """
    told = {lang.tell(NO_SITE): 0, lang.tell(FREE): 1}
    of = dict.fromkeys(plan.instance.settlement_ids, 0)
    for place, _, texts in barred(plan.instance, service):
        if place not in of or of[place] == 1:
            continue
        text = " ".join(lang.tell(text) for text in texts)
        of[place] = told.setdefault(text, len(told)) if texts else 1
    return {"told": list(told), "of": list(of.values()), "free": 1}
