"""Who is served where: allocation, capacity, access, nearest, whole.

Demand is in units of the service, time in minutes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.access.limits import TOLERANCE, beyond
from aumaq.instances.access.upgrades import option_minutes
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook, named
from aumaq.results.audit.frames import table_of_parts
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.roads import Upgrades
from aumaq.results.audit.shifts import more_places
from aumaq.results.audit.travel import Travel, legal_options, longest_trip


def with_ways(
    instance: Instance,
    upgrades: Upgrades,
    travel: Travel,
    service: Service,
    plan: ServicePlan,
) -> ServicePlan:
    """Return the plan with minutes, kilometres and demand of each allocation row.

    The ways are those of the instance, which are held against our own; where it knows
    none, our own stand.
    """
    minutes, km = np.full((2, len(plan.rows)), np.nan)
    for t in np.unique(plan.t).tolist():
        here = np.flatnonzero(plan.t == t)
        minutes[here], km[here] = option_minutes(
            instance, service.name, plan.i[here], plan.j[here], upgrades.flags(t)
        )
    own = _gather([travel.minutes(service, t) for t in range(service.size[2])], plan)
    own_km = travel.kilometres(service, plan.t, plan.i, plan.j)
    minutes, km = (
        np.where(np.isnan(minutes), own, minutes),
        np.where(np.isnan(km), own_km, km),
    )
    ways = {"minutes": minutes, "length_km": km, "own_minutes": own, "own_km": own_km}
    demand = plan.share * service.demand[plan.i, plan.t]
    return replace(plan, rows=plan.rows.assign(**ways, demand=demand))


def serving(ledger: Ledger, service: Service) -> None:
    """Check the allocation of a service."""
    facts, travel, notes = ledger.facts, ledger.travel, ledger.notes
    plan, today = ledger.plans[service.name], travel.minutes(service, -1)
    minutes = [travel.minutes(service, t) for t in range(service.size[2])]
    legal: dict[int, tuple[Flags, Flags]] = {}
    longest = longest_trip(facts, service)
    for now in minutes:  # periods of equal roads share an array
        if id(now) not in legal:
            legal[id(now)] = legal_options(service, longest, today, now)
    _check_shares(facts, service, plan, notes)
    _check_capacity(facts, service, plan, notes)
    may = _gather([legal[id(now)][0] for now in minutes], plan)
    _check_access(service, plan, may, notes)
    if service.row["allocation"] == "nearest":
        sure = [legal[id(now)][1] for now in minutes]
        _check_nearest(facts, service, plan, minutes, sure, notes)
    if service.row["allocation"] == "whole":
        _check_whole(facts, service, plan, notes)


def allocation_table(ledger: Ledger) -> pd.DataFrame:
    """Return who is served where."""
    return table_of_parts("allocation", [
        {
            "service": np.full(len(plan.rows), name, dtype=object),
            **{
                column: plan.rows[column].to_numpy()
                for column in ("settlement", "site", "period", "share", "demand",
                               "minutes", "length_km")
            },
        }
        for name, plan in ledger.plans.items()
    ])  # fmt: skip


def unserved_table(ledger: Ledger) -> pd.DataFrame:
    """Return who is served nowhere."""
    parts = []
    for name, plan in ledger.plans.items():
        rows, demand = plan.unserved_rows, ledger.facts.services[name].demand
        i, t = (rows[c].to_numpy(dtype=np.int64) for c in ("i", "t"))
        share = rows["share"].to_numpy(dtype=float)
        parts.append(
            {
                "service": np.full(len(rows), name, dtype=object),
                "settlement": rows["settlement"].to_numpy(),
                "period": rows["period"].to_numpy(),
                "share": share,
                "demand": share * demand[i, t],
            }
        )
    return table_of_parts("unserved", parts)


def _gather(by_period: list[Any], plan: ServicePlan) -> Any:
    """Return the entry of each allocation row from (settlements, sites) by period."""
    found: Any = np.zeros(len(plan.rows), dtype=by_period[0].dtype)
    for t, values in enumerate(by_period):
        here = plan.t == t
        found[here] = values[plan.i[here], plan.j[here]]
    return found


def _check_shares(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    rule, names = f"allocation:{service.name}", facts.times.names

    def place(i: int, t: int) -> str:
        return say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i],
            period=names[t],
        )

    def row(k: int) -> str:
        return say(
            "{place}, site {site}",
            place=place(plan.i[k], plan.t[k]),
            site=service.sites[plan.j[k]],
        )

    notes.at_most(rule, -plan.share, 0.0, row, say("the share is negative"))
    notes.at_most(rule, plan.share, 1.0, row, say("the share is {value}"))
    served = np.zeros_like(service.demand)
    np.add.at(served, (plan.i, plan.t), plan.share)
    total = served + plan.unserved
    wanted = np.where(service.demand > 0, 1.0, np.clip(total, 0.0, 1.0))
    text = say("shares served and unserved sum to {value}, not {limit}")
    notes.equal(rule, total, wanted, place, text)
    notes.at_most(
        rule, -plan.unserved, 0.0, place, say("the unserved share is negative")
    )
    if not service.row["may_be_unserved"]:
        left = np.where(service.demand > 0, plan.unserved, 0.0)
        text = say("a share of {value} is unserved, which may not be")
        notes.at_most(rule, left, 0.0, place, text)
    is_open = plan.units.sum(axis=1)[plan.j, plan.t] > 0
    shut = np.where(is_open, 0.0, plan.share)
    notes.at_most(rule, shut, 0.0, row, say("served where no facility stands"))


def _check_capacity(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    """Check capacity and minimum use, pooled over the levels of a site.

    What a site serves can be split over its levels whenever it lies between the sums
    of their minimum uses and of their capacities.
    """
    used = plan.by_site(plan.served)
    largest = np.zeros_like(used)
    np.maximum.at(largest, (plan.j, plan.t), service.demand[plan.i, plan.t])
    usable = np.einsum("jlt,l->jt", plan.units, service.usable)
    usable = usable + more_places(facts, service, plan)
    least = np.einsum("jlt,l->jt", plan.units, service.levels["min_use"])

    def place(j: int, t: int) -> str:
        return say(
            "site {site}, period {period}",
            site=service.sites[j],
            period=facts.times.names[t],
        )

    text = say("serves {value} units, may serve {limit}")
    notes.at_most(f"capacity:{service.name}", used, usable, place, text, largest)
    text = say("must serve {value} units, serves {limit}")
    notes.at_most(f"minimum_use:{service.name}", least, used, place, text, largest)


def _check_access(
    service: Service, plan: ServicePlan, may: Flags, notes: Notebook
) -> None:
    rule, rows = f"access:{service.name}", plan.rows

    def place(k: int) -> str:
        row = rows.iloc[k]
        return named(row.to_dict(), ("settlement", "site", "period"))

    illegal = np.where(may, 0.0, 1.0)
    notes.at_most(
        rule, illegal, 0.0, place, say("the site is no option of the settlement")
    )
    own, km = (rows[name].to_numpy(dtype=float) for name in ("own_minutes", "own_km"))
    is_way = np.isfinite(own)
    far = np.where(is_way, np.abs(plan.minutes - np.where(is_way, own, 0.0)), 0.0)
    text = say("minutes differ by {value} from those recomputed")
    notes.at_most(rule, far, TOLERANCE, place, text, np.where(is_way, own, 0.0))
    text = say("{value} km in the plan, {limit} km when recomputed")
    notes.equal(rule, plan.km, km, place, text)


def _check_nearest(
    facts: Facts,
    service: Service,
    plan: ServicePlan,
    minutes: list[Floats],
    sure: list[Flags],
    notes: Notebook,
) -> None:
    """Check that nothing goes past an open site that is strictly nearer."""
    is_open = plan.units.sum(axis=1) > 0
    past = np.zeros_like(service.demand)
    for t in range(is_open.shape[1]):
        now = minutes[t]
        near = np.where(sure[t] & is_open[None, :, t], now, np.inf).min(axis=1)
        rows = plan.t == t
        i, j, share = plan.i[rows], plan.j[rows], plan.share[rows]
        passes = beyond(now[i, j], near[i])
        np.add.at(past[:, t], i[passes], share[passes])
    past = np.where(service.demand > 0, past, 0.0)
    notes.at_most(
        f"nearest:{service.name}",
        past,
        0.0,
        lambda i, t: say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i],
            period=facts.times.names[t],
        ),
        say("a share of {value} passes a nearer open site"),
    )


def parts_of(service: Service, plan: ServicePlan) -> Floats:
    """Return the largest share of each demand that is apart from the rest, (I, T).

    0 where all go to one site, or all are not served.
    """
    parts = np.zeros_like(service.demand)
    rest = np.minimum(plan.share, 1.0 - plan.share)
    np.maximum.at(parts, (plan.i, plan.t), rest)
    parts = np.maximum(parts, np.minimum(plan.unserved, 1.0 - plan.unserved))
    return np.where(service.demand > 0, parts, 0.0)


def _check_whole(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    """Check that one site serves all of a settlement, or none does."""
    notes.at_most(
        f"whole:{service.name}",
        parts_of(service, plan),
        0.0,
        lambda i, t: say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i],
            period=facts.times.names[t],
        ),
        say("the catchment is split: a share of {value} is apart"),
    )
