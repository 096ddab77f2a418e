"""Checks of mobile services: whom teams visit, from where, on how many days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import TOLERANCE, beyond
from aumaq.instances.language.texts import say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook, named
from aumaq.results.audit.frames import chosen, find
from aumaq.results.audit.standards import counted_places
from aumaq.results.audit.visits import (
    WAY,
    days_of,
    mobile_of,
    shares_visited,
    teams_at,
)


def with_visits(
    facts: Facts, service: Service, plan: ServicePlan,
    decided: Mapping[str, pd.DataFrame], notes: Notebook,
) -> ServicePlan:  # fmt: skip
    """Return the plan with who is visited and the teams, as positions.

    ``visits`` has the row of the allocation, ``teams`` the site; both checked.
    """
    visits, teams = (
        _known(facts, service, decided[name], notes)
        for name in ("visits", "mobile_teams")
    )
    keys = pd.MultiIndex.from_frame(plan.rows[WAY])
    visits = visits.assign(row=keys.get_indexer(pd.MultiIndex.from_frame(visits[WAY]))
                           if len(visits) else 0)  # fmt: skip
    teams = teams.assign(
        j=find(service.sites, teams["site"]), t=find(facts.times.names, teams["period"])
    )
    for rows, at, text in (
        (visits, "row", say("nobody is served there")),
        (teams, "j", say("there is no such site")),
    ):
        for row in chosen(rows, (rows[at] < 0).to_numpy()):
            notes.note(_rule(row), named(row, WAY), text)
    plan = replace(
        plan,
        visits=visits[visits["row"] >= 0].reset_index(drop=True),
        teams=teams[teams["j"] >= 0].reset_index(drop=True),
    )
    _check_home(service, plan, notes)
    for rule in mobile_of(facts, service):
        _check_visits(facts, plan, rule, notes)
        _check_teams(facts, service, plan, rule, notes)
    return plan


def _known(
    facts: Facts, service: Service, decided: pd.DataFrame, notes: Notebook
) -> pd.DataFrame:
    """Return the rows of a service whose mobile service is one of it; note others."""
    own = decided[decided["service"] == service.name]
    codes = [rule["mobile_service"] for rule in mobile_of(facts, service)]
    is_known = own["mobile_service"].isin(codes).to_numpy(dtype=bool)
    for row in chosen(own, ~is_known):
        place = named(row, ("service", *WAY))
        notes.note(_rule(row), place, say("there is no such mobile service"))
    return own[is_known].reset_index(drop=True)


def _rule(row: Mapping[str, Any]) -> str:
    return f"mobile_service:{row['mobile_service']}"


def _check_home(service: Service, plan: ServicePlan, notes: Notebook) -> None:
    """Check that nobody is visited who is not served there, or rides a bus."""
    bused = plan.rows["bused"].to_numpy(dtype=float)
    notes.at_most(
        f"visits:{service.name}",
        shares_visited(plan) + bused,
        np.maximum(plan.share, bused),  # who rides alone is a matter of the bus
        lambda k: named(plan.rows.iloc[k].to_dict(), WAY),
        say("a share of {value} is visited or rides, {limit} go there"),
    )


def _check_visits(
    facts: Facts, plan: ServicePlan, mobile: dict[str, Any], notes: Notebook
) -> None:
    """Check whom a mobile service visits, how far away, and how many of them."""
    rule, share = _rule(mobile), shares_visited(plan, mobile["mobile_service"])
    is_for = counted_places(facts, mobile)
    if not np.isnan(mobile["population_most"]):
        people = facts.settlements["population"].to_numpy(dtype=float)
        is_for &= people <= mobile["population_most"]

    def place(k: int) -> str:
        return named(plan.rows.iloc[k].to_dict(), WAY)

    notes.at_most(rule, -share, 0.0, place, say("the share is negative"))
    far = np.where(beyond(plan.minutes, mobile["within_minutes"]), share, 0.0)
    text = say("a share of {value} is visited farther away than may be")
    notes.at_most(rule, far, TOLERANCE, place, text)
    text = say("a share of {value} is visited, and the service is not for them")
    notes.at_most(rule, np.where(is_for[plan.i], 0.0, share), 0.0, place, text)
    notes.at_most(
        rule,
        plan.by_place(share),
        mobile["most_share"],
        lambda i, t: say("settlement {settlement}, period {period}",
                         settlement=facts.ids[i], period=facts.times.names[t]),
        say("a share of {value} is visited, {limit} may be"),
    )  # fmt: skip


def _check_teams(
    facts: Facts, service: Service, plan: ServicePlan, mobile: dict[str, Any],
    notes: Notebook,
) -> None:  # fmt: skip
    """Check that teams have a base, and days enough for whom they visit."""
    rule, teams = _rule(mobile), teams_at(service, plan, mobile)
    held = plan.units[:, int(mobile["from_level"]) :].sum(axis=1)

    def place(j: int, t: int) -> str:
        return say(
            "site {site}, period {period}",
            site=service.sites[j],
            period=facts.times.names[t],
        )

    text = say("{value} teams are based there, {limit} may be")
    notes.at_most(rule, teams, mobile["most_teams"] * held, place, text)
    notes.at_most(rule, -teams, 0.0, place, say("there are fewer teams than none"))
    days = plan.by_site(days_of(service, plan, mobile))
    text = say("{value} days of visits a year, the teams have {limit}")
    largest = np.full_like(days, service.demand.max(initial=0.0))
    most = teams * mobile["days_per_year"]
    scale = largest / mobile["units_per_day"]
    notes.at_most(rule, days, most, place, text, scale)
