"""The figures that a reader sees first, each with the words that say how it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import Text, say
from aumaq.results.bounds import SURE
from aumaq.results.indicators.gains import settlement_shares
from aumaq.results.indicators.state import State, bare
from aumaq.results.language import Language
from aumaq.results.plan.cautions import OPEN_GAP
from aumaq.results.plan.conditions import is_asked_for
from aumaq.results.plan.figures import investment, served_share
from aumaq.results.plan.titles import titles_of
from aumaq.results.report.finance import RUNNING

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


@dataclass(frozen=True)
class Card:
    """A figure: title, value, what is told beside it, and how it is worked out.

    ``rows`` say the same by service or period: label, value. ``part`` is the part of
    the page that has more.
    """

    name: str
    title: Text
    value: str
    how: Text
    beside: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    part: str = ""


def cards(plan: Plan, today: State, lang: Language) -> list[dict[str, Any]]:
    """Return the cards of a plan; one that has nothing to say is left out."""
    makers = (within_norm, invested, changed, unserved, run_yearly, sure)
    found = [make(plan, today, lang) for make in makers]
    return [
        {
            "name": card.name,
            "title": lang.tell(card.title),
            "value": card.value,
            "beside": card.beside,
            "how": lang.tell(card.how),
            "rows": card.rows,
            "part": card.part,
        }
        for card in found
        if card is not None
    ]


@dataclass(frozen=True)
class NormShares:
    """Shares of people within the norm, today and in the last period."""

    today: float
    plan: float
    by_service: dict[str, tuple[float, float]]


def norm_shares(plan: Plan, today: State) -> NormShares | None:
    """Return the share of people who have each service within its norm; None: no norm.

    Of a settlement the service that is worst there counts, for those of its people whom
    a standard counts; by service it is the share of demand.
    """
    instance, after = plan.instance, bare(plan)
    least = {"today": np.ones(len(today.ids)), "plan": np.ones(len(today.ids))}
    by_service, any_norm = {}, np.zeros(len(today.ids), dtype=bool)
    for service in filter(instance.serves, instance.service_names):
        pair = []
        for name, state in (("today", today), ("plan", after)):
            share = settlement_shares(state, service)[:, -1]
            demand = state.demand(service)[:, -1]
            counts = ~np.isnan(share) & (demand > 0)
            if not counts.any():
                break
            any_norm |= counts
            np.fmin(least[name], np.where(counts, share, np.nan), out=least[name])
            pair.append(float(share[counts] @ demand[counts] / demand[counts].sum()))
        else:
            by_service[service] = (pair[0], pair[1])
    if not any_norm.any():
        return None
    shares = [
        _weighed(least[name], state.people[:, -1], any_norm)
        for name, state in (("today", today), ("plan", after))
    ]
    return NormShares(shares[0], shares[1], by_service)


def _weighed(share: Floats, people: Floats, counts: Floats) -> float:
    weight = people * counts
    total = float(weight.sum())
    return float(share @ weight) / total if total else float("nan")


def within_norm(plan: Plan, today: State, lang: Language) -> Card | None:
    """Say how many people have every service within the time of its standard."""
    found = norm_shares(plan, today)
    if found is None or not isfinite(found.plan):
        return None
    titles, last = titles_of(plan.instance, lang), plan.instance.period_names[-1]
    return Card(
        "norm",
        say("People within the norm of every service"),
        _from_to(found.today, found.plan, lang),
        say(
            "The norm is the shortest time that a standard gives for the service and"
            " the settlement. Of a settlement the service that is worst there counts,"
            " with all its people; settlements that no standard names are left out."
            " Today: today's facilities and roads, people of the base year; then the"
            " last period of the plan. Who is not served is not within the norm. By"
            " service it is the share of demand."
        ),
        [lang.tell(say("today → {period}", period=last))],
        [
            [titles[service], _from_to(*pair, lang)]
            for service, pair in found.by_service.items()
        ],
        "access-title",
    )


def _from_to(before: float, after: float, lang: Language) -> str:
    return f"{lang.share(before)} → {lang.share(after)}"


def invested(plan: Plan, today: State, lang: Language) -> Card:
    """Say what building, renewal and closing cost, and how much it is a head."""
    by_period = investment(plan, "period")
    total, people = float(by_period.sum()), float(today.people[:, 0].sum())
    currency = plan.instance.currency
    beside = []
    if people:
        each = lang.money(total / people, currency)
        beside = [lang.tell(say("{money} a head", money=each))]
    return Card(
        "investment",
        say("Investment"),
        lang.money(total, currency),
        say(
            "Building, renewal and closing of facilities, lines and roads in all"
            " periods, in prices of the data and not discounted: the sum of the table"
            " of spending. A head: divided by the people of today."
        ),
        beside,
        [
            [period, lang.money(float(by_period.get(period, 0.0)), currency)]
            for period in plan.instance.period_names
        ],
        "money-title",
    )


def changed(plan: Plan, today: State, lang: Language) -> Card:
    """Say how many facilities are opened and closed."""
    del today
    counts = plan.actions.groupby(["service", "action"])["units"].sum()
    whole = counts.groupby("action").sum()
    new, closed = int(whole.get("open", 0)), int(whole.get("close", 0))
    titles, rows = titles_of(plan.instance, lang), []
    for service in plan.instance.service_names:
        pair = [int(counts.get((service, a), 0)) for a in ("open", "close")]
        if any(pair):
            rows.append(
                [titles[service], f"+{lang.number(pair[0])} / −{lang.number(pair[1])}"]
            )
    return Card(
        "changes",
        say("New and closed facilities"),
        f"+{lang.number(new)} / −{lang.number(closed)}",
        say(
            "Facilities opened and closed in all periods, of all services: the units of"
            " the list of actions. A facility that moves counts as both."
        ),
        _more_changes(whole, lang),
        rows,
        "actions-title",
    )


def _more_changes(whole: Any, lang: Language) -> list[str]:
    """Return what else is done: enlarged and renewed facilities."""
    words = (
        ("enlarge", say("enlarged: {count}")), ("reduce", say("reduced: {count}")),
        ("renew", say("renewed: {count}")),
    )  # fmt: skip
    told = [
        lang.tell(text, count=lang.number(int(whole[name])))
        for name, text in words
        if whole.get(name, 0)
    ]
    return [", ".join(told)] if told else []


def unserved(plan: Plan, today: State, lang: Language) -> Card | None:
    """Say of the service that leaves most demand unserved how much that is."""
    shares = served_share(plan).by_period
    if shares.empty:
        return None
    last, titles = plan.instance.period_names[-1], titles_of(plan.instance, lang)
    lost = 1.0 - shares[last]
    worst = str(lost.idxmax())
    amounts = plan.unserved[plan.unserved["period"] == last]
    amounts = amounts.groupby("service")["demand"].sum()
    before = served_share_today(today)

    def told(service: str) -> str:
        unit = lang.unit(plan.instance.service(service)["unit"])
        return f"{lang.number(float(amounts.get(service, 0.0)))} ({unit})"

    beside = [lang.tell(say("everybody is served"))]
    if lost[worst] > 0:
        beside = [f"{titles[worst]}, {last}: {told(worst)}"]
    return Card(
        "unserved",
        say("Not served"),
        lang.share(float(lost[worst])),
        say(
            "Demand for which there is no place within reach in the last period, as a"
            " share of all demand for the service. The service for which it is largest"
            " is told; services have different units and are never added."
        ),
        beside,
        [
            [titles[s], f"{lang.share(before[s])} → {lang.share(float(lost[s]))};"
             f" {told(s)}"]
            for s in map(str, lost.index)
        ],
        "left-title",
    )  # fmt: skip


def served_share_today(today: State) -> dict[str, float]:
    """Return the share of demand that is not served today, by service."""
    rows = today.tables["unserved"]
    found = {}
    for service in filter(today.instance.serves, today.instance.service_names):
        whole = float(today.demand(service)[:, 0].sum())
        lost = float(rows["demand"][rows["service"] == service].sum())
        found[service] = lost / whole if whole else 0.0
    return found


def run_yearly(plan: Plan, today: State, lang: Language) -> Card | None:
    """Say what running costs in a year of the last period, and how much a head."""
    del today
    periods = plan.instance.table("periods").set_index("period")["years"]
    rows = plan.money[plan.money["item"].isin(RUNNING)]
    yearly = rows.groupby("period")["amount_mln"].sum() / periods
    last, currency = plan.instance.period_names[-1], plan.instance.currency
    amount = float(yearly.fillna(0.0)[last])
    if not amount:
        return None
    people = float(bare(plan).people[:, -1].sum())
    beside = [lang.tell(say("in a year of {period}", period=last))]
    if people:
        each = lang.money(amount / people, currency)
        beside.append(lang.tell(say("{money} a head", money=each)))
    return Card(
        "running",
        say("Running it"),
        lang.money(amount, currency),
        say(
            "Operation, supply and transport of a period, not discounted, divided by"
            " its years. A head: divided by the people of that period."
        ),
        [", ".join(beside)],
        [
            [period, lang.money(float(yearly.get(period, 0.0)), currency)]
            for period in plan.instance.period_names
        ],
        "money-title",
    )


def sure(plan: Plan, today: State, lang: Language) -> Card:
    """Say how far the plan may be from the best one, and whether it was checked."""
    del today
    checked = (
        say("every rule was checked again")
        if plan.is_verified
        else say("an independent check FAILED")
    )
    told, beside = (
        say("at most {gap}", gap=lang.at_most(plan.gap)),
        say("of its cost could be saved; {checked}", checked=checked),
    )
    if plan.gap <= SURE:
        told = say("proven best")
        beside = say("no plan costs less; {checked}", checked=checked)
        if is_asked_for(plan):
            beside = say("no plan as it was asked for costs less; {checked}",
                         checked=checked)  # fmt: skip
    elif plan.gap > OPEN_GAP or not isfinite(plan.gap):
        told = say("hardly known") if isfinite(plan.gap) else say("unknown")
        beside = say("how far the best plan is; {checked}", checked=checked)
    return Card(
        "sure",
        say("How sure"),
        lang.tell(told),
        say(
            "The solver proves that no plan costs less than its bound, in money and"
            " points together. The gap is how much of this plan's cost could be saved"
            " at most. A program of its own works out every rule and sum again."
        ),
        [lang.tell(beside)],
        [],
        "proof-title",
    )
