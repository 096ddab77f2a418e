"""Buses: who rides, on what ways, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import TOLERANCE, beyond, within
from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.book import Rows, yearly
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook, named
from aumaq.results.audit.frames import records, table_of_parts
from aumaq.results.audit.ledger import Ledger

WAY = ["settlement", "site", "period"]


def with_riders(
    facts: Facts, service: Service, plan: ServicePlan, decided: pd.DataFrame,
    notes: Notebook,
) -> ServicePlan:  # fmt: skip
    """Return the plan with a column ``bused`` of its allocation: the share that rides.

    Checks that who rides is served there, and no longer on the way than may be.
    """
    rule, own = f"bus:{service.name}", decided[decided["service"] == service.name]
    bus = _bus_of(facts, service)
    if own.empty:
        return replace(plan, rows=plan.rows.assign(bused=0.0))
    rides = own.set_index(WAY)["share"]
    keys = pd.MultiIndex.from_frame(plan.rows[WAY])
    bused = rides.reindex(keys).fillna(0.0).to_numpy(dtype=float)
    for row in records(own[~pd.MultiIndex.from_frame(own[WAY]).isin(keys)]):
        notes.note(rule, named(row, WAY), say("nobody is served there"))
    if bus is None:
        notes.note(rule, service.name, say("there is no bus"))
        return replace(plan, rows=plan.rows.assign(bused=0.0))

    def place(k: int) -> str:
        return named(plan.rows.iloc[k].to_dict(), WAY)

    text = say("a share of {value} rides, {limit} go there")
    notes.at_most(rule, bused, plan.share, place, text)
    notes.at_most(rule, -bused, 0.0, place, say("the share is negative"))
    long = np.where(beyond(plan.minutes, bus["within_minutes"]), bused, 0.0)
    text = say("a share of {value} rides longer than may be")
    notes.at_most(rule, long, TOLERANCE, place, text)
    return replace(plan, rows=plan.rows.assign(bused=bused))


def _bus_of(facts: Facts, service: Service) -> dict[str, Any] | None:
    rows = facts.tables["buses"]
    return next(iter(records(rows[rows["service"] == service.name])), None)


def near_by_bus(service: Service, plan: ServicePlan, minutes: float) -> Floats:
    """Return the demand of each allocation row that counts as near only by bus."""
    rides = plan.rows["bused"].to_numpy(dtype=float)
    rides = rides * service.demand[plan.i, plan.t]
    return np.where(within(plan.minutes, minutes), 0.0, rides)


def _mln_per_year(facts: Facts, service: Service, plan: ServicePlan) -> Floats:
    """Return what the riders of each allocation row cost a year, mln."""
    bus = _bus_of(facts, service)
    if bus is None:
        return np.zeros(len(plan.rows))
    km = float(service.row["trips_per_year"]) * plan.km * bus["cost_per_km"] / 1e6
    price = (bus["cost_mln_per_unit_year"] + km) * float(facts.scenario["opex_factor"])
    rides = plan.rows["bused"].to_numpy(dtype=float)
    return np.asarray(rides * service.demand[plan.i, plan.t] * price, dtype=float)


def bus_money(facts: Facts, service: Service, plan: ServicePlan) -> list[Rows]:
    """Return what the bus of a service costs, by region of who rides."""
    if _bus_of(facts, service) is None:
        return []
    at = facts.settlements["region"].to_numpy(dtype=object)
    paid = plan.by_place(_mln_per_year(facts, service, plan))
    return [yearly(facts.times, service.name, at, "transport", paid)]


def bus_table(ledger: Ledger) -> pd.DataFrame:
    """Return who rides, how long, and what it costs."""
    parts = []
    for name, plan in ledger.plans.items():
        service = ledger.facts.services[name]
        cost = _mln_per_year(ledger.facts, service, plan)
        rides = plan.rows["bused"].to_numpy(dtype=float)
        k = np.flatnonzero(rides)
        rows = plan.rows.iloc[k]
        parts.append(
            {
                "service": np.full(len(k), name, dtype=object),
                **{key: rows[key].to_numpy() for key in WAY},
                "share": rides[k],
                "demand": rides[k] * service.demand[plan.i[k], plan.t[k]],
                "minutes": plan.minutes[k],
                "length_km": plan.km[k],
                "cost_mln_per_year": cost[k],
            }
        )
    return table_of_parts("bused", parts)
