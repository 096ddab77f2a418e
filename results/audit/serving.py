"""Checks of who is served where: allocation, capacity, access, nearest, whole.

Demand is in units of the service, time in minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.instances.access.limits import TOLERANCE, beyond
from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Bools, Floats, Notebook, named
from aumaq.results.audit.travel import Travel, legal_options


@dataclass(frozen=True)
class Trips:
    """Recomputed minutes, kilometres and demand of each allocation row."""

    minutes: Floats
    km: Floats
    demand: Floats


def check_serving(
    facts: Facts, travel: Travel, service: Service, plan: ServicePlan, notes: Notebook
) -> Trips:
    """Check the allocation of a service; return recomputed trips."""
    today = travel.minutes(service, -1)
    minutes = [travel.minutes(service, t) for t in range(service.size[2])]
    legal: dict[int, tuple[Bools, Bools]] = {}
    for now in minutes:  # periods of equal roads share an array
        if id(now) not in legal:
            legal[id(now)] = legal_options(service, today, now)
    by_row = _gather(minutes, plan, float)
    km = travel.kilometres(service, plan.t, plan.i, plan.j)
    trips = Trips(by_row, km, service.demand[plan.i, plan.t])
    _check_shares(facts, service, plan, notes)
    _check_capacity(facts, service, plan, trips, notes)
    may = _gather([legal[id(now)][0] for now in minutes], plan, bool)
    _check_access(service, plan, trips, may, notes)
    allocation = service.row["allocation"]
    if allocation == "nearest":
        sure = [legal[id(now)][1] for now in minutes]
        _check_nearest(facts, service, plan, minutes, sure, notes)
    if allocation == "whole":
        _check_whole(facts, service, plan, notes)
    return trips


def _gather(by_period: list[Any], plan: ServicePlan, kind: type) -> Any:
    """Return the entry of each allocation row from (settlements, sites) by period."""
    found: Any = np.zeros(len(plan.rows), dtype=kind)
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

    notes.at_most(rule, -plan.share, 0.0, row, pattern("the share is negative"))
    notes.at_most(rule, plan.share, 1.0, row, pattern("the share is {value}"))
    served = np.zeros_like(service.demand)
    np.add.at(served, (plan.i, plan.t), plan.share)
    total = served + plan.unserved
    wanted = np.where(service.demand > 0, 1.0, np.clip(total, 0.0, 1.0))
    text = pattern("shares served and unserved sum to {value}, not {limit}")
    notes.equal(rule, total, wanted, place, text)
    notes.at_most(
        rule, -plan.unserved, 0.0, place, pattern("the unserved share is negative")
    )
    if not service.row["may_be_unserved"]:
        left = np.where(service.demand > 0, plan.unserved, 0.0)
        text = pattern("a share of {value} is unserved, which may not be")
        notes.at_most(rule, left, 0.0, place, text)
    is_open = plan.units.sum(axis=1)[plan.j, plan.t] > 0
    shut = np.where(is_open, 0.0, plan.share)
    notes.at_most(rule, shut, 0.0, row, pattern("served where no facility stands"))
    if "demand" in plan.rows.columns:
        claimed = plan.rows["demand"].to_numpy(dtype=float)
        real = service.demand[plan.i, plan.t]
        text = pattern("the plan says {value} units are served, it is {limit}")
        notes.equal(rule, claimed, plan.share * real, row, text, scale=real)


def _check_capacity(
    facts: Facts, service: Service, plan: ServicePlan, trips: Trips, notes: Notebook
) -> None:
    """Check capacity and minimum use, pooled over the levels of a site.

    What a site serves can be split over its levels whenever it lies between the sums
    of their minimum uses and of their capacities.
    """
    sites, _, periods = service.size
    used, largest = np.zeros((sites, periods)), np.zeros((sites, periods))
    np.add.at(used, (plan.j, plan.t), plan.share * trips.demand)
    np.maximum.at(largest, (plan.j, plan.t), trips.demand)
    capacity = np.einsum("jlt,l->jt", plan.units, service.levels["capacity"])
    usable = np.einsum("jlt,l->jt", plan.units, service.usable)
    least = np.einsum("jlt,l->jt", plan.units, service.levels["min_use"])

    def place(j: int, t: int) -> str:
        return say(
            "site {site}, period {period}",
            site=service.sites[j],
            period=facts.times.names[t],
        )

    text = pattern("serves {value} units, may serve {limit}")
    notes.at_most(f"capacity:{service.name}", used, usable, place, text, largest)
    text = pattern("must serve {value} units, serves {limit}")
    notes.at_most(f"minimum_use:{service.name}", least, used, place, text, largest)
    _check_claims(service, plan, used, capacity, largest, notes)


def _check_claims(
    service: Service,
    plan: ServicePlan,
    used: Floats,
    capacity: Floats,
    largest: Floats,
    notes: Notebook,
) -> None:
    """Check the figures that the table of facilities gives with each row."""
    frame = plan.facilities
    j, t = frame["j"].to_numpy(dtype=np.int64), frame["t"].to_numpy(dtype=np.int64)
    level, units = frame["level"].to_numpy(), frame["units"].to_numpy(dtype=float)
    own = units * service.levels["capacity"][level]
    whole = capacity[j, t]
    part = np.divide(own, whole, out=np.zeros_like(own), where=whole > 0)
    use = np.divide(used[j, t], whole, out=np.zeros_like(own), where=whole > 0)
    wanted = {
        "capacity": (own, "capacity"),
        "used": (used[j, t] * part, "capacity"),
        "capacity_use_share": (use, "capacity"),
        "opex_mln_per_year": (
            units * service.levels["opex_mln_per_year"][level],
            "objective",
        ),
        "load_kw": (units * service.levels["load_kw"][level], "siting"),
        "load_m3_per_day": (units * service.levels["load_m3_per_day"][level], "siting"),
    }
    for column, (value, family) in wanted.items():
        if column in frame.columns:
            notes.equal(
                family if family == "objective" else f"{family}:{service.name}",
                frame[column].to_numpy(dtype=float),
                value,
                lambda k: say(
                    "facility at site {site}, period {period}",
                    site=frame["site"].iloc[k],
                    period=frame["period"].iloc[k],
                ),
                pattern(
                    "{column} is {value} in the plan, {limit} when recomputed",
                    column=column,
                ),
                largest[j, t] if column == "used" else 0.0,
            )


def _check_access(
    service: Service, plan: ServicePlan, trips: Trips, may: Bools, notes: Notebook
) -> None:
    rule, rows = f"access:{service.name}", plan.rows

    def place(k: int) -> str:
        row = rows.iloc[k]
        return named(row.to_dict(), ("settlement", "site", "period"))

    illegal = np.where(may, 0.0, 1.0)
    notes.at_most(
        rule, illegal, 0.0, place, pattern("the site is no option of the settlement")
    )
    claimed = rows["minutes"].to_numpy(dtype=float)
    far = np.abs(claimed - trips.minutes)
    far[np.isnan(far)] = np.inf
    text = pattern("minutes differ by {value} from those recomputed")
    size = np.where(np.isfinite(trips.minutes), trips.minutes, 0.0)
    notes.at_most(rule, far, TOLERANCE, place, text, size)
    if "length_km" in rows.columns:
        text = pattern("{value} km in the plan, {limit} km when recomputed")
        claimed = rows["length_km"].to_numpy(dtype=float)
        notes.equal(rule, claimed, trips.km, place, text)


def _check_nearest(
    facts: Facts,
    service: Service,
    plan: ServicePlan,
    minutes: list[Floats],
    sure: list[Bools],
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
        pattern("a share of {value} passes a nearer open site"),
    )


def _check_whole(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    """Check that one site serves all of a settlement, or none does."""
    parts = np.zeros_like(service.demand)
    rest = np.minimum(plan.share, 1.0 - plan.share)
    np.maximum.at(parts, (plan.i, plan.t), rest)
    parts = np.maximum(parts, np.minimum(plan.unserved, 1.0 - plan.unserved))
    notes.at_most(
        f"whole:{service.name}",
        np.where(service.demand > 0, parts, 0.0),
        0.0,
        lambda i, t: say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i],
            period=facts.times.names[t],
        ),
        pattern("the catchment is split: a share of {value} is apart"),
    )
