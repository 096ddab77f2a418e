"""Closings: the only facility stays, nobody has much farther, and who goes where.

Minutes are one way; today's facility of a settlement is recomputed from the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import TOLERANCE, beyond, within
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import Text, say
from aumaq.results.audit.book import Rows
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.frames import (
    names_at,
    records,
    table_of_parts,
    without_rows,
)
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.standards import applies


@dataclass(frozen=True)
class Today:
    """Today's facility of each settlement, by a service."""

    minutes: Floats
    """To it on today's roads, inf without one (i)."""
    is_own: Flags
    """Whether a site is one of the nearest that stand (i,j)."""

    @property
    def first(self) -> Ints:
        """The first of the nearest sites (i)."""
        return np.asarray(self.is_own.argmax(axis=1))

    def is_lost(self, plan: ServicePlan) -> Flags:
        """Return whether none of the nearest sites runs in a period (i,t)."""
        runs = plan.units[:, 1:].sum(axis=1) > 0
        staying = np.asarray(self.is_own.astype(float) @ runs.astype(float))
        return np.asarray((staying == 0) & self.is_own.any(axis=1, keepdims=True))


def today_of(ledger: Ledger, service: Service) -> Today:
    """Return today's facility of each settlement."""
    stands = np.asarray(service.stock[:, 1:].any(axis=1))
    away = np.where(stands[None, :], ledger.travel.minutes(service, -1), np.inf)
    least = away.min(axis=1, initial=np.inf)
    limits = [float(service.row["served_within_minutes"])]
    if service.row["nearest_sites"] == 0:
        limits.append(float(service.row["cutoff_minutes"]))
    for limit in limits:
        if not np.isnan(limit):
            least = np.where(least <= limit + TOLERANCE, least, np.inf)
    # Without one within the limits the farther ones are none of it either.
    has_one = np.isfinite(least)[:, None]
    is_own = within(away, least[:, None]) & np.isfinite(away) & has_one
    return Today(least, np.asarray(is_own))


def closings(ledger: Ledger) -> None:
    """Check the rules on closing."""
    for rule in records(ledger.facts.tables["closing_rules"]):
        service = ledger.facts.services[str(rule["service"])]
        counts = rule_is_about(ledger.facts, rule)
        if rule["keep_only"]:
            _check_kept(ledger, service, rule, counts)
        if not np.isnan(rule["extra_minutes_most"]):
            _check_farther(ledger, service, rule, counts)


def rule_is_about(facts: Facts, rule: dict[str, Any]) -> Flags:
    """Return which settlements a rule is about (i)."""
    places, counts = facts.settlements, applies(facts.settlements, rule["applies_to"])
    people = places["population"].to_numpy(dtype=float)
    counts = counts & (people >= float(rule["population_least"]))
    counts &= ~(people > float(rule["population_most"]))  # NaN: no limit
    for column in ("settlement", "region"):
        if rule[column]:
            counts &= (places[column] == rule[column]).to_numpy(dtype=bool)
    return np.asarray(counts)


def _place(facts: Facts, i: Ints) -> Any:
    def place(k: int, t: int) -> Text:
        return say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i[k]],
            period=facts.times.names[t],
        )

    return place


def _check_kept(
    ledger: Ledger, service: Service, rule: dict[str, Any], counts: Flags
) -> None:
    """Check that what has the service keeps it, from one period to the next."""
    plan, facts = ledger.plans[service.name], ledger.facts
    stock = service.stock[:, 1:].sum(axis=1)
    running = np.column_stack([stock, plan.units[:, 1:].sum(axis=1)])
    at_home = np.zeros((len(facts.ids), running.shape[1]))
    is_placed = service.home >= 0
    np.add.at(at_home, service.home[is_placed], running[is_placed])
    had = np.maximum.accumulate(at_home > 0, axis=1)[:, :-1]
    i = np.flatnonzero(counts & had.any(axis=1))
    ledger.notes.at_most(
        f"closing:{rule['closing']}",
        had[i].astype(float),
        np.minimum(at_home[i, 1:], 1.0),
        _place(facts, i),
        say("the only facility is closed"),
    )


def _check_farther(
    ledger: Ledger, service: Service, rule: dict[str, Any], counts: Flags
) -> None:
    """Check that who has lost today's facility is served, and not much farther."""
    plan, today = ledger.plans[service.name], today_of(ledger, service)
    limit = today.minutes + float(rule["extra_minutes_most"])
    is_far = beyond(plan.minutes, limit[plan.i])
    away = plan.by_place(np.where(is_far, plan.share, 0.0)) + plan.unserved
    is_bound = today.is_lost(plan) & (service.demand > 0)
    i = np.flatnonzero(counts)
    ledger.notes.at_most(
        f"closing:{rule['closing']}",
        np.where(is_bound, away, 0.0)[i],
        0.0,
        _place(ledger.facts, i),
        say("a share of {value} loses its facility, and has none or too far to one"),
    )


def reassigned_table(ledger: Ledger) -> pd.DataFrame:
    """Return where people go whose facility of today runs no more."""
    services = ledger.facts.services.values()
    return table_of_parts("reassigned", [_reassigned(ledger, s) for s in services])


def _reassigned(ledger: Ledger, service: Service) -> Rows:
    facts, plan = ledger.facts, ledger.plans[service.name]
    stands = service.stock[:, 1:].any(axis=1)
    if (plan.units[stands, 1:].sum(axis=1) > 0).all() or not service.demand.any():
        return {**without_rows("reassigned")}  # nothing closes, or nobody comes
    today = today_of(ledger, service)
    lost = today.is_lost(plan) & (service.demand > 0)
    # The period at whose start it closed the last time: it may have run in between.
    t = np.arange(lost.shape[1])
    since = np.maximum.accumulate(np.where(lost, -1, t[None, :]), axis=1) + 1
    goes, stays = lost[plan.i, plan.t] & (plan.share > 0), lost & (plan.unserved > 0)
    si, st = np.nonzero(stays)
    # Who is served nowhere stands first.
    i, t = np.append(si, plan.i[goes]), np.append(st, plan.t[goes])
    left = plan.unserved[si, st] * service.demand[si, st]
    target = names_at(service.sites, plan.j[goes])
    return {
        "service": np.full(len(i), service.name, dtype=object),
        "settlement": names_at(facts.ids, i),
        "period": names_at(facts.times.names, t),
        "closed_in": names_at(facts.times.names, since[i, t]),
        "from_site": names_at(service.sites, today.first[i]),
        "minutes_before": today.minutes[i],
        "to_site": np.append(np.full(len(si), "", dtype=object), target),
        "demand": np.append(left, plan.served[goes]),
        "minutes_after": np.append(np.full(len(si), np.nan), plan.minutes[goes]),
    }
