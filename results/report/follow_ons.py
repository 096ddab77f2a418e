"""The list of sites whose people go on together to one site of another service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.plan.titles import titles_of
from aumaq.results.report.reassigned import names_of_sites

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def follow_ons(plan: Plan, lang: Language) -> list[dict[str, Any]]:
    """Return who goes on where, in a list; no list where no rule asks for it."""
    rows = plan.table("follow_ons")
    if rows.empty:
        return []
    titles, names = titles_of(plan.instance, lang), names_of_sites(plan, lang)
    start = zip(rows["service"], rows["site"], strict=True)
    end = zip(rows["to_service"], rows["to_site"], strict=True)
    words = {True: lang.tell(say("given")), False: lang.tell(say("chosen"))}
    columns = [
        Column(say("Service"), [titles[s] for s in rows["service"]]),
        Column(say("From"), [names[pair] for pair in start]),
        Column(say("Period"), rows["period"].tolist()),
        Column(say("Demand"), rows["demand"].tolist(), "number"),
        Column(say("Goes on in"), [titles[s] for s in rows["to_service"]]),
        Column(say("To"), [names[pair] for pair in end]),
        Column(say("Follow-on"), [words[bool(x)] for x in rows["is_given"]]),
    ]
    return [grid("follow_ons", say("Who goes on where"), columns, lang)]
