"""Where the people of a settlement go under a plan, and why not to one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aumaq.instances import AumaqError, NoPlanError, UnknownNameError
from aumaq.instances.language.texts import Text, say
from aumaq.model.data.gathered import gather
from aumaq.results.explanations.barred import NO_SITE, barred
from aumaq.results.explanations.names import Names
from aumaq.results.explanations.ranges import Difference
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.choosing.lock_rows import LockRow
from aumaq.results.studies.choosing.locks import locks_of
from aumaq.results.studies.solve import solve
from aumaq.results.studies.unbound import best_of
from aumaq.solvers import SolveOptions
from aumaq.solvers.progress import Progress


@dataclass(frozen=True)
class Own:
    """What a facility of its own would mean for a settlement and a service.

    ``difference`` is by how much the best plan with one in the last period is dearer
    (None: there is no such plan, or none was asked for), ``own_mln`` what the facility
    itself costs in the plan that was found: building, running and renewing it,
    discounted. Were it so much cheaper the plan with it would cost no more: another one
    with a facility here may pay before.
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
        last = plan.instance.period_names[-1]
        lines.append("  " + lang.tell(_dearer(own.difference, last, lang, currency)))
        if 0.0 < own.difference.most <= own.own_mln:
            text = say(
                "It would pay at the latest if building and running it, {cost} mln"
                " {currency} now, became {less} cheaper.",
                less=lang.at_most(own.difference.most / own.own_mln, 1),
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


def _dearer(difference: Difference, period: str, lang: Language, money: str) -> Text:
    """Return how much dearer the best plan with a facility is."""
    return say(
        "A facility here, running in {period}, would make the best plan {amount}"
        " dearer.",
        period=period,
        amount=difference.told(lang, money),
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
    options: dict[str, Any] = {"threads": threads, "progress": progress}
    best, left = best_of(plan, time_limit, **options)
    options["time_limit"] = left / len(asked)
    found = [_explained(plan, best, settlement, name, options) for name in asked]
    return Settlement(plan, settlement, tuple(found))


def _explained(
    plan: Plan, best: Plan, settlement: str, service: str, options: dict[str, Any]
) -> Own:
    """Explain one service; *best* is the best plan known of the instance of *plan*."""
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
    known = {site: why for place, site, why in barred(instance, service)
             if place == settlement}  # fmt: skip
    possible = [site for site, why in known.items() if not why]
    if not possible:
        texts = tuple(dict.fromkeys(text for why in known.values() for text in why))
        return Own(service, goes, unserved, texts)
    return _with_one(best, Own(service, goes, unserved, ()), possible, options)


def _with_one(
    best: Plan, own: Own, sites: Sequence[str], options: dict[str, Any]
) -> Own:
    """Solve with a facility at each of some sites; return what the best one means."""
    each = options | {"time_limit": options["time_limit"] / len(sites)}
    found, why = list[tuple[Difference, float]](), Text("")
    for site in sites:
        try:
            one = _locked(best, own.service, site, each)
        except NoPlanError as error:
            why = say("With one here there is no plan: {reason}", reason=error.text)
            continue
        except AumaqError as error:
            why = say("{title}", title=error)
            continue
        bound = max(one.bound_mln, best.bound_mln)
        more = Difference.between(best, one.objective_mln, bound, is_tighter=True)
        found.append((more, _own_cost(one, own.service, site)))
    if not found:
        return replace(own, reasons=(why,))
    most, cost = min(((one.most, cost) for one, cost in found))
    least = min(one.least for one, _ in found)
    told = (say("Nothing forbids one here; the plan found it cheaper without."),)
    return replace(own, reasons=told, difference=Difference(least, most), own_mln=cost)


def _locked(plan: Plan, service: str, site: str, options: dict[str, Any]) -> Plan:
    """Return the best plan with a facility at a site in the last period."""
    instance = plan.instance
    keys = {"service": service, "site": site, "period": instance.period_names[-1]}
    row = LockRow("lock", keys, f"{service}, {site}")
    locks, _ = locks_of(instance, gather(instance, all_levels=True), [row], plan)
    return solve(instance, start=plan, locks=locks, gap=1e-4, **options)


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
