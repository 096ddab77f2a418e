"""Mobile services: who is visited, by how many teams, on what days, at what cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats, Ints
from aumaq.results.audit.book import Rows, yearly
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.frames import names_at, records, table_of_parts
from aumaq.results.audit.ledger import Ledger

WAY = ["settlement", "site", "period"]


def mobile_of(facts: Facts, service: Service) -> list[dict[str, Any]]:
    """Return the mobile services of a service."""
    rows = facts.tables["mobile_services"]
    return records(rows[rows["service"] == service.name]) if len(rows) else []


def shares_visited(plan: ServicePlan, code: str | None = None) -> Floats:
    """Return the share of each allocation row that is visited, by one or by all."""
    found, rows = np.zeros(len(plan.rows)), plan.visits
    if code is not None:
        rows = rows[rows["mobile_service"] == code]
    if len(rows):
        np.add.at(found, rows["row"].to_numpy(dtype=np.int64), rows["share"])
    return found


def visited(service: Service, plan: ServicePlan) -> Floats:
    """Return the demand of each allocation row that is served at home."""
    return np.asarray(
        shares_visited(plan) * service.demand[plan.i, plan.t], dtype=float
    )


def days_of(service: Service, plan: ServicePlan, mobile: dict[str, Any]) -> Floats:
    """Return the days of visits a year of each allocation row."""
    share = shares_visited(plan, mobile["mobile_service"])
    units = share * service.demand[plan.i, plan.t]
    return np.asarray(units / mobile["units_per_day"], dtype=float)


def teams_at(service: Service, plan: ServicePlan, mobile: dict[str, Any]) -> Ints:
    """Return the teams of a mobile service by site and period, (J, T)."""
    found = np.zeros((service.size[0], service.size[2]), dtype=np.int64)
    rows = plan.teams
    rows = rows[rows["mobile_service"] == mobile["mobile_service"]]
    if len(rows):
        at = (rows[key].to_numpy(dtype=np.int64) for key in ("j", "t"))
        np.add.at(found, tuple(at), rows["teams"].to_numpy(dtype=np.int64))
    return found


def near_by_visit(
    facts: Facts, service: Service, plan: ServicePlan, minutes: float
) -> Floats:
    """Return the demand of each allocation row that counts as near only by visits."""
    share = np.zeros(len(plan.rows))
    for mobile in mobile_of(facts, service):
        if mobile["counts_in_standards"]:
            share += shares_visited(plan, mobile["mobile_service"])
    demand = share * service.demand[plan.i, plan.t]
    return np.where(within(plan.minutes, minutes), 0.0, demand)


def visit_money(facts: Facts, service: Service, plan: ServicePlan) -> list[Rows]:
    """Return what teams, days (by their base) and kilometres (by whom) cost."""
    found, name = [], service.name
    factor = float(facts.scenario["opex_factor"])
    base = np.array(service.region, dtype=object)
    homes = facts.settlements["region"].to_numpy(dtype=object)
    for mobile in mobile_of(facts, service):
        days = days_of(service, plan, mobile)
        teams = teams_at(service, plan, mobile) * mobile["cost_mln_per_team_year"]
        paid = teams + plan.by_site(days) * mobile["cost_mln_per_day"]
        way = plan.by_place(days * plan.km) * _km_price(facts, mobile)
        found.append(yearly(facts.times, name, base, "operation", paid * factor))
        found.append(yearly(facts.times, name, homes, "transport", way))
    return found


def _km_price(facts: Facts, mobile: dict[str, Any]) -> float:
    """Return what a day of visits costs a kilometre of the way, out and back, mln."""
    factor = float(facts.scenario["opex_factor"])
    return 2.0 * float(mobile["cost_per_km"]) / 1e6 * factor


def visit_table(ledger: Ledger) -> pd.DataFrame:
    """Return who is visited, on how many days, and what that costs."""
    facts, parts = ledger.facts, []
    factor = float(facts.scenario["opex_factor"])
    for name, plan in ledger.plans.items():
        service = facts.services[name]
        for mobile in mobile_of(facts, service):
            own = plan.visits
            own = own[own["mobile_service"] == mobile["mobile_service"]]
            k = own["row"].to_numpy(dtype=np.int64)
            share = own["share"].to_numpy(dtype=float)
            demand = share * service.demand[plan.i[k], plan.t[k]]
            days = demand / mobile["units_per_day"]
            way = days * plan.km[k] * _km_price(facts, mobile)
            parts.append(
                {
                    "mobile_service": own["mobile_service"].to_numpy(),
                    "service": np.full(len(k), name, dtype=object),
                    **{key: own[key].to_numpy() for key in WAY},
                    "share": share,
                    "demand": demand,
                    "days": days,
                    "minutes": plan.minutes[k],
                    "length_km": plan.km[k],
                    "cost_mln_per_year": days * mobile["cost_mln_per_day"] * factor
                    + way,
                }
            )
    return table_of_parts("visits", parts)


def team_table(ledger: Ledger) -> pd.DataFrame:
    """Return where teams are based, on how many days they visit, what they cost."""
    facts, parts = ledger.facts, []
    factor = float(facts.scenario["opex_factor"])
    known = dict(zip(facts.ids, facts.settlements["name"], strict=True))
    for name, plan in ledger.plans.items():
        service = facts.services[name]
        for mobile in mobile_of(facts, service):
            own = plan.teams
            own = own[own["mobile_service"] == mobile["mobile_service"]]
            j, t = (own[key].to_numpy(dtype=np.int64) for key in ("j", "t"))
            teams = own["teams"].to_numpy(dtype=float)
            homes = service.table["settlement"].to_numpy(dtype=object)[j]
            parts.append(
                {
                    "mobile_service": own["mobile_service"].to_numpy(),
                    "service": np.full(len(j), name, dtype=object),
                    "site": own["site"].to_numpy(),
                    "settlement": homes,
                    "name": [known.get(home, "") for home in homes],
                    "region": names_at(service.region, j),
                    "period": own["period"].to_numpy(),
                    "teams": teams,
                    "days": plan.by_site(days_of(service, plan, mobile))[j, t],
                    "most_days": teams * mobile["days_per_year"],
                    "cost_mln_per_year": teams
                    * mobile["cost_mln_per_team_year"]
                    * factor,
                }
            )
    return table_of_parts("mobile_teams", parts)
