"""What a planner reads first: people, cost and how sure it is, decisions, targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.schema.titles import title_of
from aumaq.results.bounds import rounded_down, rounded_up
from aumaq.results.comparison.names import region_titles, service_titles
from aumaq.results.language import Language
from aumaq.results.plan.terms import money_and_points

if TYPE_CHECKING:
    from aumaq.results.comparison.comparison import Comparison

MOST_NAMED = 4
"""Names in a sentence."""
DUST = 1e-9


def sentences(comparison: Comparison, lang: Language) -> dict[str, list[str]]:
    """Return plan letter -> sentences on what differs from A."""
    return {
        letter: [
            _inputs(comparison, letter, lang),
            *_people(comparison, letter, lang),
            *_cost(comparison, letter, lang),
            _decisions(comparison, letter, lang),
            *_money(comparison, letter, lang),
            *_targets(comparison, letter, lang),
        ]
        for letter in comparison.letters[1:]
    }


def is_conclusive(comparison: Comparison, letter: str) -> bool:
    """Whether the sign of a difference in cost holds for the best possible plans too.

    These differ by B's bound minus A's cost at least, B's cost minus A's bound at most.
    """
    low, high = _interval(comparison, letter)
    return low > 0.0 or high < 0.0


def _interval(comparison: Comparison, letter: str) -> tuple[float, float]:
    first, plan = comparison.plans[0], comparison.plan(letter)
    return (
        plan.bound_mln - first.objective_mln,
        plan.objective_mln - first.bound_mln,
    )


def signed(value: float, lang: Language, digits: int = 0) -> str:
    """Return a number with its sign; the minus is as wide as the plus."""
    text = lang.number(abs(value), digits)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def _inputs(comparison: Comparison, letter: str, lang: Language) -> str:
    counts = comparison.table("input_counts")
    counts = counts[counts["plan"] == letter]
    if counts.empty:
        return lang.tell(say("Inputs: the same tables."))
    names = ", ".join(title_of(table, lang.code) for table in counts["table"])
    return lang.tell(say("Inputs differ in these tables: {names}.", names=names))


def _people(comparison: Comparison, letter: str, lang: Language) -> list[str]:
    """Say how many people more or fewer there are in the last period, and where."""
    rows, column = comparison.table("people"), f"{letter}-A"
    last = comparison.plans[0].instance.period_names[-1]
    rows = rows[rows["period"] == last]
    if rows.empty or rows[column].isna().any():
        return []  # the plans have other periods
    more = float(rows[column].iloc[0])
    by_region = comparison.table("people_by_region")
    by_region = by_region[by_region["period"] == last].set_index("region")[column]
    if not (by_region.abs() > 0.5).any():
        return []
    where = _largest(by_region, region_titles(comparison, lang), lang)
    return [
        lang.tell(say("People in {period}: {more} ({share}); by region most: {where}.",
               period=last, more=signed(more, lang),
               share=_share(more, float(rows["A"].iloc[0]), lang),
               where=where))
    ]  # fmt: skip


def _share(more: float, of: float, lang: Language) -> str:
    sign = "+" if more > 0 else "−" if more < 0 else ""
    return sign + lang.share(abs(more / of), 2) if of else "–"


def _largest(values: pd.Series[Any], titles: dict[str, str], lang: Language) -> str:
    """Return the names with the largest differences, each with its sign."""
    values = values[values.abs() > DUST].dropna()
    order = values.abs().sort_values(ascending=False, kind="stable").index[:MOST_NAMED]
    digits = 0 if values.abs().max() >= 100 else 1
    return "; ".join(
        f"{titles.get(str(name), str(name))} {signed(values[name], lang, digits)}"
        for name in order
    )


def _cost(comparison: Comparison, letter: str, lang: Language) -> list[str]:
    """Say what a plan costs more, and whether the gaps leave that open."""
    first, plan = comparison.plans[0], comparison.plan(letter)
    if plan.instance.currency != first.instance.currency:
        return [lang.tell(say("Money: the currencies differ; it is not compared."))]
    more = plan.objective_mln - first.objective_mln
    low, high = _interval(comparison, letter)
    values = {
        "more": signed(more, lang, 1),
        "share": _share(more, first.objective_mln, lang),
        "low": signed(rounded_down(low, 1), lang, 1),
        "high": signed(rounded_up(high, 1), lang, 1),
    }
    if is_conclusive(comparison, letter):
        text = lang.tell(
            say(
                "Objective (money and points): {more} mln ({share}). The sign is"
                " proven: between the best possible plans the difference is {low} to"
                " {high} mln.",
                **values,
            )
        )
    elif low == high:
        text = lang.tell(
            say(
                "Objective (money and points): the same, and both plans are the best"
                " possible."
            )
        )
    else:
        text = lang.tell(
            say(
                "Objective (money and points): {more} mln ({share}). This is"
                " inconclusive: it is smaller than what the gaps leave open; between"
                " the best possible plans the difference is {low} to {high} mln.",
                **values,
            )
        )
    (before, _), (after, _) = (money_and_points(p.objective) for p in (first, plan))
    paid = lang.tell(
        say(
            "In money alone: {more} mln {currency} ({share}).",
            more=signed(after - before, lang, 1),
            currency=plan.instance.currency,
            share=_share(after - before, before, lang),
        )
    )
    return [text, paid]


def _decisions(comparison: Comparison, letter: str, lang: Language) -> str:
    """Say how many decisions differ, of which services, and how sure that is."""
    decided = comparison.table("decision_changes")
    decided = decided[decided["plan"] == letter]
    if decided.empty:
        return lang.tell(say("Decisions: all the same."))
    counts = decided.groupby("service", sort=False)["code"].nunique()
    titles = service_titles(comparison, lang)
    order = counts.sort_values(ascending=False, kind="stable").index[:MOST_NAMED]
    named = "; ".join(
        f"{titles.get(str(s), str(s))} {lang.number(counts[s])}" for s in order
    )
    text = lang.tell(
        say(
            "Decisions differ at {n} place, by service: {named}.",
            "Decisions differ at {n} places, by service: {named}.",
            n=int(counts.sum()),
            named=named,
        )
    )
    gap = max(comparison.plans[0].gap, comparison.plan(letter).gap)
    if gap > 1e-6:
        text += " " + lang.tell(
            say(
                "Plans within a gap of {gap} can differ so by chance as well.",
                gap=lang.at_most(gap),
            )
        )
    return text


def _money(comparison: Comparison, letter: str, lang: Language) -> list[str]:
    """Say where investment moves, by service and by region."""
    told, column = [], f"{letter}-A"
    for table, key, titles, text in (
        ("money_by_service", "service", service_titles(comparison, lang),
         lang.tell(say("Investment by service, mln"))),
        ("money_by_region", "region", region_titles(comparison, lang),
         lang.tell(say("Investment by region, mln"))),
    ):  # fmt: skip
        values = comparison.table(table).set_index(key)[column]
        if (values.abs() > DUST).any():
            told.append(f"{text}: {_largest(values, titles, lang)}.")
    return told


def _targets(comparison: Comparison, letter: str, lang: Language) -> list[str]:
    """Say which targets of the territory only one of two plans meets at the end."""
    rows = comparison.table("targets")
    if rows.empty:
        return []
    told = []
    only = {
        lang.tell(say("Targets met in {plan} only", plan=x)): rows[
            rows[f"{x} met"].eq("yes") & rows[f"{y} met"].eq("no")
        ]
        for x, y in (("A", letter), (letter, "A"))
    }
    for text, own in only.items():
        if len(own):
            titles = lang.titles(dict.fromkeys(own["title"]))
            told.append(f"{text}: {', '.join(titles)}.")
    if not told:
        told.append(lang.tell(say("Targets: the same ones are met in both.")))
    return told
