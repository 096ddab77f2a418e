"""Where the people of a settlement go under a plan, and why not to one of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.instances import AumaqError, NoPlanError, UnknownNameError
from aumaq.instances.language.texts import Text, say
from aumaq.model.data.gathered import gather
from aumaq.results.explanations.barred import NO_SITE, barred
from aumaq.results.explanations.names import Names
from aumaq.results.explanations.ranges import Difference
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.solve import solve
from aumaq.solvers import SolveOptions
from aumaq.solvers.progress import Progress


@dataclass(frozen=True)
class Own:
    """What a facility of its own would mean for a settlement and a service.

    ``difference`` is by how much the best plan with one is dearer (None: there is no
    such plan, or none was asked for), ``own_mln`` what the facility itself costs in the
    plan that was found: building, running and renewing it, discounted.
    """

    service: str
    goes: tuple[tuple[str, float, float, bool], ...]
    """site, share of the demand, minutes, whether visited at home; last period."""
    unserved: float
    reasons: tuple[Text, ...]
    difference: Difference | None = None
    own_mln: float = float("nan")


@dataclass(frozen=True)
class Settlement:
    """A settlement explained, service by service."""

    plan: Plan
    settlement: str
    services: tuple[Own, ...]

    def record(self, lang: Language = ENGLISH) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "settlement": self.settlement,
            "name": Names(self.plan.instance, lang).settlements[self.settlement],
            "services": [
                {
                    "service": own.service,
                    "goes": [
                        {
                            "site": site,
                            "share": share,
                            "minutes": minutes,
                            "is_visited": is_visited,
                        }
                        for site, share, minutes, is_visited in own.goes
                    ],
                    "unserved_share": own.unserved,
                    "reasons": [lang.tell(text) for text in own.reasons],
                    "own_least_mln": own.difference.least if own.difference else None,
                    "own_most_mln": own.difference.most if own.difference else None,
                    "own_cost_mln": own.own_mln,
                }
                for own in self.services
            ],
            "sentences": self.sentences(lang),
        }

    def sentences(self, lang: Language = ENGLISH) -> list[str]:
        """Return what a planner reads."""
        names = Names(self.plan.instance, lang)
        lines = [names.settlements[self.settlement]]
        for own in self.services:
            lines += _of_service(self.plan, own, names, lang)
        return lines


def _of_service(plan: Plan, own: Own, names: Names, lang: Language) -> list[str]:
    goes = [
        lang.tell(
            _goes(lang.share(share), names.sites.get(site, site), minutes, is_visited)
        )
        for site, share, minutes, is_visited in own.goes
    ]
    if own.unserved > 0.0:
        lost = lang.share(own.unserved)
        goes.append(lang.tell(say("{share} are not served", share=lost)))
    service = names.services[own.service]
    told = [say("{title}: {places}", title=service, places="; ".join(goes) or "–")]
    lines = [lang.tell(text) for text in told]
    lines += ["  " + lang.tell(text) for text in own.reasons]
    if own.difference is not None:
        currency = plan.instance.currency
        lines.append("  " + lang.tell(_dearer(own.difference, lang, currency)))
        if np.isfinite(own.own_mln) and own.own_mln > 0.0 and own.difference.least > 0:
            text = say(
                "It would pay if building and running it, {cost} mln {currency} now,"
                " became at least {less} cheaper.",
                less=lang.at_most(min(1.0, own.difference.least / own.own_mln), 1),
                cost=lang.figure(own.own_mln, ",.6g"),
                currency=currency,
            )
            lines.append("  " + lang.tell(text))
    return lines


def _goes(share: str, site: str, minutes: float, is_visited: bool) -> Text:
    """Return where so many of a settlement go, or from where they are visited."""
    if is_visited:
        return say("{share} visited at home from {site}", share=share, site=site)
    return say(
        "{share} to {site}, {n} minute",
        "{share} to {site}, {n} minutes",
        share=share,
        site=site,
        n=round(minutes),
    )


def _dearer(difference: Difference, lang: Language, currency: str) -> Text:
    """Return how much dearer, or cheaper, the best plan with a facility is."""
    amount = difference.told(lang, currency)
    if difference.least >= 0.0:
        return say(
            "A facility here would make the best plan {amount} dearer.", amount=amount
        )
    if difference.most <= 0.0:
        return say(
            "A facility here, built before its first period, would make the best plan"
            " {amount} cheaper.",
            amount=amount,
        )
    return say(
        "A facility here would make the best plan between {less} mln {currency} cheaper"
        " and {more} mln dearer.",
        less=lang.figure(-difference.least, ",.6g"),
        more=lang.figure(difference.most, ",.6g"),
        currency=currency,
    )


def explain_settlement(
    plan: Plan,
    settlement: str,
    service: str = "",
    *,
    time_limit: float = 60.0,
    threads: int = 1,
    progress: Progress | None = None,
) -> Settlement:
    """Explain where a settlement's people go, and why nothing of their own is open.

    For each service (or one) without a facility there the plan is solved again with
    one, all in *time_limit* seconds. Raises UnknownNameError.
    """
    instance = plan.instance
    if settlement not in instance.settlement_ids:
        raise UnknownNameError(say("settlement"), settlement, instance.settlement_ids)
    asked = [s for s in instance.service_names if instance.serves(s)]
    if service:
        if service not in asked:
            raise UnknownNameError(say("service"), service, asked)
        asked = [service]
    SolveOptions(time_limit=time_limit, threads=threads)  # refuses what makes no sense
    options = {
        "time_limit": time_limit / len(asked), "threads": threads,
        "progress": progress,
    }  # fmt: skip
    found = [_explained(plan, settlement, name, options) for name in asked]
    return Settlement(plan, settlement, tuple(found))


def _explained(
    plan: Plan, settlement: str, service: str, options: dict[str, Any]
) -> Own:
    instance = plan.instance
    period = instance.period_names[-1]
    rows = plan.ways
    rows = rows[(rows["service"] == service) & (rows["settlement"] == settlement)]
    rows = rows[rows["period"] == period].sort_values("share", ascending=False)
    columns = ("site", "share", "minutes", "is_visited")
    goes = tuple(zip(*(rows[name].tolist() for name in columns), strict=True))
    lost = plan.table("unserved")
    lost = lost[(lost["service"] == service) & (lost["settlement"] == settlement)]
    unserved = float(lost.loc[lost["period"] == period, "share"].sum())
    sites = instance.service_sites(service)
    own = sites[sites["settlement"] == settlement]
    running = plan.table("facilities")
    running = running[(running["service"] == service) & (running["period"] == period)]
    if set(own["site"]) & set(running["site"]):
        here = (say("A facility of its own is open here."),)
        return Own(service, goes, unserved, here)
    if not len(own):
        return Own(service, goes, unserved, (NO_SITE,))
    reasons = [
        text
        for place, _, texts in barred(instance, service)
        if place == settlement
        for text in texts
    ]
    if reasons:
        return Own(service, goes, unserved, tuple(reasons))
    site = str(own["site"].iloc[0])
    return _with_one(plan, Own(service, goes, unserved, ()), site, options)


def _with_one(plan: Plan, own: Own, site: str, options: dict[str, Any]) -> Own:
    """Solve with a facility at a site; return what that means."""
    change = f"sites[service={own.service}; site={site}].status=required"
    try:
        changed = plan.instance.with_changes([change])
        found = solve(changed, start=plan, gap=1e-4, **options)
    except NoPlanError as error:
        why = say("With one here there is no plan: {reason}", reason=error.text)
        return Own(own.service, own.goes, own.unserved, (why,))
    except AumaqError as error:
        return Own(own.service, own.goes, own.unserved, (say("{title}", title=error),))
    is_tighter = None if _may_come_early(plan, own.service, site) else True
    bound = max(found.bound_mln, plan.bound_mln) if is_tighter else found.bound_mln
    difference = Difference.between(
        plan, found.objective_mln, bound, is_tighter=is_tighter
    )
    told = (say("Nothing forbids one here; the plan found it cheaper without."),)
    cost = _own_cost(found, own.service, site)
    return Own(own.service, own.goes, own.unserved, told, difference, cost)


def _may_come_early(plan: Plan, service: str, site: str) -> bool:
    """Return whether what is required may be built before the site's first period."""
    data = gather(plan.instance).services[service]
    j = list(plan.instance.service_sites(service)["site"]).index(site)
    return bool(data.first_period[j] > 0 and data.status[j] != "required")


def _own_cost(plan: Plan, service: str, site: str) -> float:
    """Return what a facility costs over all periods: built, run, renewed; mln."""
    data = gather(plan.instance)
    t = {name: k for k, name in enumerate(data.periods)}
    total = 0.0
    actions, runs = plan.table("actions"), plan.table("facilities")
    for rows, column, weight in (
        (actions, "cost_mln", data.df), (runs, "opex_mln_per_year", data.ann),
    ):  # fmt: skip
        own = rows[(rows["service"] == service) & (rows["site"] == site)]
        at = [t[p] for p in own["period"]]
        total += float((own[column].to_numpy() * weight[at]).sum())
    return total
