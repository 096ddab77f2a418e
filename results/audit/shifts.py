"""Second shift: who does not fit into the first one, where, and how many may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.book import Rows, yearly
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.frames import names_at, records, table_of_parts
from aumaq.results.audit.ledger import Ledger

DUST = 1e-6
"""Relative to what a site may use, demand beyond it up to this is rounding."""


def more_places(facts: Facts, service: Service, plan: ServicePlan) -> Floats:
    """Return the places that a second shift may add at each site, units, (J, T)."""
    added = np.zeros_like(service.usable)
    for rule in shift_of(facts, service):
        added[rule["from_level"] :] = rule["extra_share"]
    return np.asarray(np.einsum("jlt,l->jt", plan.units, service.usable * added))


def in_second_shift(facts: Facts, service: Service, plan: ServicePlan) -> Floats:
    """Return the demand beyond what the first shift may serve, units, (J, T)."""
    if not shift_of(facts, service):
        return np.zeros((len(service.sites), service.size[2]))
    usable = np.einsum("jlt,l->jt", plan.units, service.usable)
    beyond = plan.by_site(plan.served) - usable
    return np.where(beyond > DUST * (1.0 + usable), beyond, 0.0)


def shift_of(facts: Facts, service: Service) -> list[dict[str, Any]]:
    """Return the row of a service in the table of second shifts, if there is one."""
    rows = facts.tables["shifts"]
    return records(rows[rows["service"] == service.name]) if len(rows) else []


def _mln_per_year(facts: Facts, service: Service) -> float:
    """Return what a place costs in it a year, with the scenario's factor."""
    price = sum(r["cost_mln_per_unit_year"] for r in shift_of(facts, service))
    return float(price) * float(facts.scenario["opex_factor"])


def shift_money(facts: Facts, service: Service, plan: ServicePlan) -> list[Rows]:
    """Return what the second shift of a service costs."""
    if not shift_of(facts, service):
        return []
    paid = in_second_shift(facts, service, plan) * _mln_per_year(facts, service)
    at = np.array(service.region, dtype=object)
    return [yearly(facts.times, service.name, at, "operation", paid)]


def shift_limits(ledger: Ledger) -> None:
    """Check what share of demand is in second shift where a rule limits it."""
    facts = ledger.facts
    for rule in records(facts.tables["shift_limits"]):
        service = facts.services[str(rule["service"])]
        t = facts.times.position(str(rule["period"]))
        beyond = in_second_shift(facts, service, ledger.plans[service.name])[:, t]
        here = np.array([rule["region"] in ("", r) for r in service.region], bool)
        homes = facts.settlements["region"].to_numpy(dtype=object)
        lives = np.array([rule["region"] in ("", r) for r in homes], dtype=bool)
        demand = float(service.demand[lives, t].sum())
        ledger.notes.at_most(
            f"shift_limit:{rule['shift_limit']}",
            float(beyond[here].sum()),
            float(rule["most_share"]) * demand,
            lambda *_, p=rule["period"]: say("period {period}", period=p),
            say("{value} units are in second shift, {limit} may be"),
            demand,
        )


def second_shift_table(ledger: Ledger) -> pd.DataFrame:
    """Return where there is a second shift, how many are in it, what that costs."""
    facts, parts = ledger.facts, []
    for name, plan in ledger.plans.items():
        service = facts.services[name]
        beyond = in_second_shift(facts, service, plan)
        j, t = np.nonzero(beyond)
        rows = service.table.iloc[j]
        homes = rows["settlement"].to_numpy(dtype=object)
        known = dict(zip(facts.ids, facts.settlements["name"], strict=True))
        served, amount = plan.by_site(plan.served)[j, t], beyond[j, t]
        parts.append(
            {
                "service": np.full(len(j), name, dtype=object),
                "site": names_at(service.sites, j),
                "settlement": homes,
                "name": [known.get(home, "") for home in homes],
                "region": names_at(service.region, j),
                "period": names_at(facts.times.names, t),
                "demand": amount,
                "share": amount / served,
                "cost_mln_per_year": amount * _mln_per_year(facts, service),
            }
        )
    return table_of_parts("second_shift", parts)
