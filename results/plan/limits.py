"""Sentences on rules of the territory: standards missed, limits, losses of links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.plan.titles import titles_by_code

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

MOST_NAMED = 4
"""Standards named in a sentence."""
FULL_SHARE = 0.999
"""An agglomeration that holds so much of its limit is full."""


def missed_standards(plan: Plan, lang: Language) -> list[str]:
    """Name the standards that are missed, those with most cases first."""
    rows = plan.shortfalls
    counts = (rows["shortfall"] > 0).groupby(rows["standard"]).agg(["sum", "size"])
    counts = counts[counts["sum"] > 0].sort_values("sum", ascending=False)
    if counts.empty:
        return []
    titles = titles_by_code(plan.instance.tables["standards"], "standard", lang)
    named = "; ".join(
        lang.tell(
            say("{title}: {n} of {all}", title=titles[str(code)],
                n=lang.number(row["sum"]), all=lang.number(row["size"]))
        )
        for code, row in counts.head(MOST_NAMED).iterrows()
    )  # fmt: skip
    return [lang.tell(say("Missed most often: {named}.", named=named))]


def agglomerations(plan: Plan, lang: Language) -> list[str]:
    """Say which agglomerations are full in the last period."""
    last, rows = plan.instance.period_names[-1], plan.table("agglomerations")
    now = rows[rows["period"] == last]
    if now.empty:
        return []
    full = now[now["persons"] >= FULL_SHARE * now["max_persons"]]
    given = plan.instance.tables["agglomerations"]
    titles = titles_by_code(given, "agglomeration", lang)
    names = ", ".join(titles[code] for code in full["agglomeration"])
    return [
        lang.tell(
            say(
                "Agglomerations: {n} of {all} with a limit holds all the people that"
                " it may in {period} ({names}).",
                "Agglomerations: {n} of {all} with a limit hold all the people that"
                " they may in {period} ({names}).",
                n=len(full),
                all=lang.number(len(now)),
                period=last,
                names=names or "–",
            )
        )
    ]


def impact_limits(plan: Plan, lang: Language) -> list[str]:
    """Say how many limits on impacts are exceeded; one of nothing is a mere price."""
    rows = plan.table("impact_limits")
    rows = rows[rows["most"] > 0]
    if rows.empty:
        return []
    return [
        lang.tell(
            say(
                "Limits on impacts: {n} of {all} (one place in one period) is"
                " exceeded.",
                "Limits on impacts: {n} of {all} (one place in one period) are"
                " exceeded.",
                n=int((rows["excess"] > 0).sum()),
                all=lang.number(len(rows)),
            )
        )
    ]


def losses(plan: Plan, lang: Language) -> list[str]:
    """Say how often less is met after the loss of a link than is asked."""
    rows = plan.table("contingencies")
    if rows.empty:
        return []
    return [
        lang.tell(
            say(
                "Loss of a link: in {n} of {all} cases (one link in one period) less"
                " is met than is asked.",
                n=lang.number((rows["shortfall"] > 0).sum()),
                all=lang.number(len(rows)),
            )
        )
    ]
