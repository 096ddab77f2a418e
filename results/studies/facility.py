"""What a facility of a plan is for: who is served, and the plan without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import (
    AumaqError,
    Instance,
    NoPlanError,
    OptionError,
    UnknownNameError,
)
from aumaq.instances.land.forbidden import reasons
from aumaq.instances.language.texts import Text, say
from aumaq.model.data.gathered import gather
from aumaq.results.explanations.names import Names
from aumaq.results.explanations.ranges import SAME, Difference
from aumaq.results.explanations.reaching import Reach
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.decisions import decisions_of
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.solve import solve
from aumaq.results.studies.unbound import best_of
from aumaq.solvers import SolveOptions
from aumaq.solvers.fixed_plan import FixedPlan
from aumaq.solvers.progress import Progress

MOST_SITES = 5
"""Sites that are named as the next best."""


@dataclass(frozen=True)
class Served:
    """Who comes to a site in the last period in which it runs.

    ``max_use_share`` is the share of the capacity that may be used. ``farther`` holds
    who would go farther: settlement, demand, minutes, site and other_minutes of the
    nearest other open site (missing where there is none).
    """

    period: str
    level: int
    units: int
    capacity: float
    used: float
    max_use_share: float
    farther: pd.DataFrame

    @property
    def extra_minutes(self) -> float:
        """Mean minutes farther of those who have another site, weighted by demand."""
        rows = self.farther.dropna(subset=["other_minutes"])
        if not rows["demand"].sum() > 0:
            return 0.0
        more = rows["other_minutes"] - rows["minutes"]
        return float(np.average(more, weights=rows["demand"]))

    @property
    def stranded(self) -> float:
        """Demand that has no other open site within reach."""
        lost = self.farther["other_minutes"].isna()
        return float(self.farther.loc[lost, "demand"].sum())


@dataclass(frozen=True)
class Facility:
    """A facility explained.

    ``difference`` is what the best plan costs more without it (None: not asked, or no
    plan is left, see ``why``); ``at_most_mln`` the same with nothing else rebuilt, an
    upper bound (NaN: nothing else rebuilt, there is no plan). ``instead`` are sites
    that the plan without it opens or enlarges.
    """

    plan: Plan
    service: str
    site: str
    served: Served
    at_most_mln: float
    difference: Difference | None
    instead: tuple[str, ...]
    why: str

    def record(self, lang: Language = ENGLISH) -> dict[str, Any]:
        """Return all of it as plain values."""
        found, d = self.served, self.difference
        return {
            "service": self.service,
            "site": self.site,
            "name": Names(self.plan.instance, lang).sites[self.site],
            "period": found.period,
            "level": found.level,
            "served": found.used,
            "capacity": found.capacity,
            "max_use_share": found.max_use_share,
            "settlements": len(found.farther),
            "extra_minutes": found.extra_minutes,
            "stranded": found.stranded,
            "replacement_at_most_mln": self.at_most_mln,
            "without_least_mln": None if d is None else d.least,
            "without_most_mln": None if d is None else d.most,
            "instead": list(self.instead),
            "why": self.why,
            "sentences": self.sentences(lang),
        }

    def sentences(self, lang: Language = ENGLISH) -> list[str]:
        """Return what a planner reads."""
        names, found = Names(self.plan.instance, lang), self.served
        unit, currency = names.unit(self.service), self.plan.instance.currency
        place = {"service": names.services[self.service],
                 "site": names.sites[self.site]}  # fmt: skip
        homes = [names.settlements.get(s, s) for s in found.farther["settlement"]]
        told = [
            say(
                "{service} in {site}, {period}: {level}, serves {used} ({unit}) from"
                " {places}; it holds {capacity}.",
                **place,
                period=found.period,
                level=names.level(self.service, found.level),
                used=lang.figure(found.used, ",.0f"),
                unit=unit,
                places=names.listed(homes) if homes else "–",
                capacity=lang.figure(found.capacity, ",.0f"),
            ),
            *_most_used(found, unit, lang),
            _if_closed(found, unit, lang),
        ]
        if self.at_most_mln < 0.0:
            text = say("With nothing else rebuilt, the plan without it costs {less} mln"
                       " {currency} less.", currency=currency,
                       less=lang.lower(-self.at_most_mln, ",.6g"))  # fmt: skip
            told.append(text)
        elif np.isfinite(self.at_most_mln):
            told.append(
                say(
                    "With nothing else rebuilt, the plan without it costs {most} mln"
                    " {currency} more (an upper bound of what it saves).",
                    most=lang.upper(self.at_most_mln, ",.6g"),
                    currency=currency,
                )
            )
        else:
            told.append(say("With nothing else rebuilt, there is no plan without it."))
        if self.difference is not None:
            told.append(_dearer(self.difference, lang, currency))
            if self.instead:
                sites = [names.sites.get(s, s) for s in self.instead]
                told.append(
                    say(
                        "The next best sites, which that plan opens or enlarges:"
                        " {sites}.",
                        sites=names.listed(sites),
                    )
                )
        elif self.why:
            told.append(say("{title}", title=self.why))
        return [lang.tell(text) for text in told]


def _most_used(found: Served, unit: str, lang: Language) -> Iterator[Text]:
    """Say how much of a facility may be used, where that is not all."""
    if found.max_use_share < 1.0:
        yield say(
            "Of what it holds {share} may be used: {most} ({unit}).",
            share=lang.share(found.max_use_share),
            most=lang.figure(found.max_use_share * found.capacity, ",.0f"),
            unit=unit,
        )


def _if_closed(found: Served, unit: str, lang: Language) -> Text:
    """Return where its people would go if it were closed."""
    stranded = lang.figure(found.stranded, ",.0f")
    if found.farther["other_minutes"].notna().any() and round(found.extra_minutes) < 0:
        return say(
            "Were it closed, the nearest other one would be {n} minute nearer on"
            " average: people go farther where it is full; {stranded} ({unit}) would"
            " have none in reach.",
            "Were it closed, the nearest other one would be {n} minutes nearer on"
            " average: people go farther where it is full; {stranded} ({unit}) would"
            " have none in reach.",
            n=-round(found.extra_minutes),
            stranded=stranded,
            unit=unit,
        )
    if found.farther["other_minutes"].notna().any():
        return say(
            "Were it closed, the nearest other one would be {n} minute farther on"
            " average; {stranded} ({unit}) would have none in reach.",
            "Were it closed, the nearest other one would be {n} minutes farther on"
            " average; {stranded} ({unit}) would have none in reach.",
            n=round(found.extra_minutes),
            stranded=stranded,
            unit=unit,
        )
    return say(
        "Were it closed, none of the {stranded} ({unit}) would have another in reach.",
        stranded=stranded,
        unit=unit,
    )


def service_of(plan: Plan, site: str, service: str) -> str:
    """Return the service that runs at a site; raise if that is none, or several."""
    rows = plan.table("facilities")
    known = plan.instance.tables["sites"]["site"]
    if site not in set(known):
        raise UnknownNameError(say("site"), site, set(known))
    running = list(dict.fromkeys(rows.loc[rows["site"] == site, "service"]))
    if service and service in running:
        return service
    if len(running) == 1 and not service:
        return str(running[0])
    if not running:
        forbidden = _forbidden(plan.instance, site, service)
        if forbidden is not None:
            told = say("nothing runs at {site} in this plan: the land forbids it"
                       " ({why})", site=site, why=forbidden)  # fmt: skip
            raise OptionError(told, ["site"])
        told = say("nothing runs at {site} in this plan; its table facilities says"
                   " where something does", site=site)  # fmt: skip
        raise OptionError(told, ["site"])
    if service:
        raise UnknownNameError(say("service that runs there"), service, running)
    raise OptionError(
        say("several services run there; name one of them: {names}",
            names=", ".join(running)),
        ["service"],
    )  # fmt: skip


def _forbidden(instance: Instance, site: str, service: str) -> Text | None:
    """Return why nothing may be built at a site, for none of its services; or None."""
    why = []
    for name in instance.service_names:
        codes = instance.service_sites(name)["site"].tolist()
        if site in codes and service in ("", name):
            j = codes.index(site)
            is_open = bool(instance.enterable_levels(name)[j].any())
            why.append(None if is_open else reasons(instance.land_bans(name), j))
    return why[0] if why and all(text is not None for text in why) else None


def served_at(plan: Plan, service: str, site: str) -> Served:
    """Return who comes to a site in the last period in which something runs there."""
    rows = plan.table("facilities")
    rows = rows[(rows["service"] == service) & (rows["site"] == site)]
    period = max(rows["period"], key=plan.instance.period_names.index)
    now = rows[rows["period"] == period]
    who = plan.ways
    who = who[(who["service"] == service) & (who["site"] == site)]
    who = who[who["period"] == period]
    amounts = who.assign(weighted=who["minutes"] * who["demand"])
    amounts = amounts.groupby("settlement", sort=False)[["demand", "weighted"]].sum()
    amounts["minutes"] = amounts["weighted"] / amounts["demand"].where(
        amounts["demand"] > 0
    )
    other = Reach(plan, service, period).nearest(but=site)
    found = amounts.drop(columns="weighted").join(
        other.rename(columns={"site": "other_site", "minutes": "other_minutes"})
    )
    return Served(
        str(period),
        int(now["level"].max()),
        int(now["units"].sum()),
        float(now["capacity"].sum()),
        float(now["used"].sum()),
        float(plan.instance.service(service)["max_use_share"]),
        found.sort_values("demand", ascending=False).reset_index(),
    )


def explain_site(
    plan: Plan,
    site: str,
    service: str = "",
    *,
    time_limit: float = 60.0,
    threads: int = 1,
    progress: Progress | None = None,
) -> Facility:
    """Explain a facility of a plan: half of the time is for the plan without it.

    Raises UnknownNameError if no facility of the plan stands there.
    """
    service = service_of(plan, site, service)
    SolveOptions(time_limit=time_limit, threads=threads)  # refuses what makes no sense
    fixed = FixedPlan(plan.instance, decisions_of(plan, plan.instance), threads)
    at_most = _replacement(plan, fixed, service, site, time_limit / 2.0)
    options: dict[str, Any] = {"threads": threads, "progress": progress}
    best, left = best_of(plan, time_limit / 2.0, **options)
    options["time_limit"] = left
    difference, instead, why = _without(best, service, site, options)
    served = served_at(plan, service, site)
    return Facility(plan, service, site, served, at_most, difference, instead, why)


def _replacement(
    plan: Plan, fixed: FixedPlan, service: str, site: str, seconds: float
) -> float:
    """Return what the plan costs more without a site, all else as it is; NaN: none."""
    j = list(plan.instance.service_sites(service)["site"]).index(site)
    found = fixed.cost_without(service, j, seconds)
    if found.values is None:
        return float("nan")
    more = found.objective - plan.objective_mln
    return more if abs(more) > SAME * max(1.0, abs(plan.objective_mln)) else 0.0


def _without(
    plan: Plan, service: str, site: str, options: dict[str, Any]
) -> tuple[Difference | None, tuple[str, ...], str]:
    """Solve without a site; return the difference, the sites used instead, or why not.

    The bound of the plan holds for the smaller problem as well.
    """
    change = f"sites[service={service}; site={site}].status=forbidden"
    try:
        changed = plan.instance.with_changes([change])
        found = solve(changed, start=plan, gap=1e-4, **options)
    except NoPlanError as error:
        why = say("There is no plan without it: {reason}", reason=error.text)
        return None, (), str(why)
    except AumaqError as error:
        return None, (), str(error)
    is_tighter = None
    if _may_lack_one(plan, service, site) and is_reach_kept(
        plan.instance, changed, service
    ):
        is_tighter = True
    bound = max(found.bound_mln, plan.bound_mln) if is_tighter else found.bound_mln
    difference = Difference.between(
        plan, found.objective_mln, bound, is_tighter=is_tighter
    )
    return difference, _instead(plan, found, service, site), ""


def _may_lack_one(plan: Plan, service: str, site: str) -> bool:
    """Return whether no facility must stand at a site: by its status, or from today.

    Whoever forbids a site lets it go without one, allowed or not.
    """
    sites = plan.instance.service_sites(service)
    if (sites.loc[sites["site"] == site, "status"] == "required").any():
        return False
    rows = plan.instance.tables["facilities"]
    rows = rows[(rows["service"] == service) & (rows["site"] == site)]
    if not len(rows):
        return True
    allowed = gather(plan.instance).services[service].is_transition_allowed
    # What is locked may not close either.
    return not rows["is_locked"].any() and bool(allowed[1:, 0].all())


def is_reach_kept(before: Instance, after: Instance, service: str) -> bool:
    """Return whether nobody reaches more sites after a change.

    Another site may be among the nearest of a settlement once one is forbidden.
    """
    way = ["settlement", "site", "needs"]
    known, found = (
        pd.MultiIndex.from_frame(one.access(service)[way]) for one in (before, after)
    )
    return bool(found.isin(known).all())


def _dearer(difference: Difference, lang: Language, currency: str) -> Text:
    """Return how much more, or less, the best plan without a facility costs."""
    amount = difference.told(lang, currency)
    if difference.least >= 0.0:
        return say("The best plan without it costs {amount} more.", amount=amount)
    if difference.most <= 0.0:
        return say(
            "The best plan without it costs {amount} less: today's rules do not allow"
            " that plan.",
            amount=amount,
        )
    return say(
        "The best plan without it costs between {less} mln {currency} less and {more}"
        " mln more.",
        less=lang.figure(-difference.least, ",.6g"),
        more=lang.figure(difference.most, ",.6g"),
        currency=currency,
    )


def _instead(plan: Plan, other: Plan, service: str, site: str) -> tuple[str, ...]:
    """Return the sites that have more capacity in another plan, most first."""
    held = []
    for each in (plan, other):
        rows = each.table("facilities")
        rows = rows[rows["service"] == service]
        held.append(rows.groupby("site")["capacity"].sum())
    more = held[1].sub(held[0], fill_value=0.0)
    more = more[(more > 0.0) & (more.index != site)].sort_values(ascending=False)
    return tuple(more.index[:MOST_SITES])


RANKED = (
    "service", "site", "name", "period", "level", "served", "unit", "settlements",
    "extra_minutes", "stranded", "replacement_at_most_mln",
)  # fmt: skip


def ranking(
    plan: Plan,
    *,
    time_limit: float = 60.0,
    threads: int = 1,
    lang: Language = ENGLISH,
) -> pd.DataFrame:
    """Return all facilities that serve people by what the plan costs without each.

    ``replacement_at_most_mln`` is the plan's cost without it, all else as it is, less
    its cost with it: an upper bound of what it saves; infinite where no plan is left,
    missing where time ran out.
    """
    import time

    SolveOptions(time_limit=time_limit, threads=threads)  # refuses what makes no sense
    begun = time.monotonic()
    fixed = FixedPlan(plan.instance, decisions_of(plan, plan.instance), threads)
    names, rows = Names(plan.instance, lang), []
    table = plan.table("facilities").drop_duplicates(["service", "site"])
    for service, site in zip(table["service"], table["site"], strict=True):
        if not plan.instance.serves(service):
            continue
        found = served_at(plan, service, site)
        left = time_limit - (time.monotonic() - begun)
        cost = float("nan")
        if left > 0.0:
            cost = _replacement(plan, fixed, service, site, left)
            cost = float("inf") if np.isnan(cost) else cost
        rows.append((service, site, names.sites[site], found.period, found.level,
                     found.used, names.unit(service), len(found.farther),
                     found.extra_minutes, found.stranded, cost))  # fmt: skip
    told = pd.DataFrame(rows, columns=list(RANKED))
    return told.sort_values(
        "replacement_at_most_mln", ascending=False, kind="stable", ignore_index=True
    )
