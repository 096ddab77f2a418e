"""Checks of standards of access and of referral between tiers.

Demand is in units of the service, time in minutes, money in discounted mln.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Bools, Floats, Notebook
from aumaq.results.audit.frames import find, records
from aumaq.results.audit.serving import Trips
from aumaq.results.audit.travel import Travel


def check_standards(
    facts: Facts,
    plans: dict[str, ServicePlan],
    trips: dict[str, Trips],
    claims: pd.DataFrame,
    notes: Notebook,
) -> float:
    """Check all standards; return the cost of real shortfalls, discounted mln."""
    cost = 0.0
    for rule in records(facts.tables["standards"]):
        name = str(rule["service"])
        rows = claims[claims["standard"] == rule["standard"]]
        cost += _check_standard(facts, rule, plans[name], trips[name], rows, notes)
    return cost


def applies(settlements: pd.DataFrame, to: str) -> Bools:
    """Return which settlements a standard counts."""
    urban = settlements["kind"].isin(["city", "town"]).to_numpy()
    masks = {
        "all": np.ones(len(settlements), dtype=bool),
        "urban": urban,
        "rural": ~urban,
        "remote": settlements["is_remote"].to_numpy(dtype=bool),
        "border": settlements["is_border"].to_numpy(dtype=bool),
        "growth_point": settlements["is_growth_point"].to_numpy(dtype=bool),
    }
    return masks[to]


def _group_names(settlements: pd.DataFrame, scope: str) -> Any:
    """Return the group of each settlement; districts are named region/district."""
    if scope == "total":
        return np.array(["total"] * len(settlements))
    if scope == "district":
        return np.array(settlements["region"] + "/" + settlements["district"])
    return np.array(settlements[scope])


def _check_standard(
    facts: Facts,
    rule: dict[str, Any],
    plan: ServicePlan,
    trips: Trips,
    claims: pd.DataFrame,
    notes: Notebook,
) -> float:
    service, code = facts.services[str(rule["service"])], f"standard:{rule['standard']}"
    start = facts.times.position(str(rule["first_period"]))
    counted = applies(facts.settlements, str(rule["applies_to"]))
    scope = str(rule["scope"])
    label = _group_names(facts.settlements, scope)
    groups, of = np.unique(label[counted], return_inverse=True)
    position = np.full(len(counted), -1)
    position[counted] = of
    total = np.zeros((len(groups), service.demand.shape[1]))
    np.add.at(total, of, service.demand[counted])
    near = within(trips.minutes, rule["minutes"])
    near &= counted[plan.i]
    reached = np.zeros_like(total)
    units = (plan.share * trips.demand)[near]
    np.add.at(reached, (position[plan.i[near]], plan.t[near]), units)
    required = float(rule["share"]) * total
    short = np.maximum(0.0, required - reached)
    held = np.arange(total.shape[1]) >= start
    short[:, ~held] = 0.0
    price = float(rule["shortfall_mln_per_unit_year"]) * facts.times.yearly
    if rule["is_hard"]:
        price = np.zeros_like(price)

    def place(g: int, t: int) -> str:
        return say(
            "{group}, period {period}",
            group=groups[g],
            period=facts.times.names[t + start],
        )

    if rule["is_hard"]:
        text = pattern("{value} units of demand are below the standard")
        notes.at_most(code, short[:, start:], 0.0, place, text, total[:, start:])
    figures = {
        "required": required,
        "reached": reached,
        "shortfall": short,
        "cost_mln": short * price,
    }
    _check_claims(facts, code, groups, start, figures, total, claims, notes)
    return float((short * price).sum())


def _check_claims(
    facts: Facts,
    code: str,
    groups: Any,
    start: int,
    figures: dict[str, Floats],
    total: Floats,
    claims: pd.DataFrame,
    notes: Notebook,
) -> None:
    """Check claimed shortfalls of one standard, row by row."""
    g = find(pd.Index(groups), claims["group"])
    t = find(facts.times.names, claims["period"])
    is_strange = (g < 0) | (t < start)
    for row in records(claims[is_strange]):
        where = say(
            "{group}, period {period}", group=row["group"], period=row["period"]
        )
        notes.note(
            code, where, say("the standard does not count this group and period")
        )
    g, t, rows = g[~is_strange], t[~is_strange], claims[~is_strange]
    for column, real in figures.items():
        if column not in rows.columns:
            continue
        notes.equal(
            code,
            rows[column].to_numpy(dtype=float),
            real[g, t],
            lambda k: say(
                "{group}, period {period}",
                group=rows["group"].iloc[k],
                period=rows["period"].iloc[k],
            ),
            pattern(
                "{column} is {value} in the plan, {limit} when recomputed",
                column=column,
            ),
            total[g, t],
        )
    is_given = np.zeros(total.shape, dtype=bool)
    is_given[g, t] = True
    is_given[:, :start] = True
    for k, p in np.argwhere(~is_given & (total > 0)):
        where = say(
            "{group}, period {period}", group=groups[k], period=facts.times.names[p]
        )
        short = float(figures["shortfall"][k, p])
        notes.note(code, where, say("the row of shortfalls is missing"), short)


def check_referrals(
    facts: Facts, travel: Travel, plans: dict[str, ServicePlan], notes: Notebook
) -> None:
    """Check that facilities have one of the higher tier within reach."""
    for rule in records(facts.tables["referrals"]):
        lower = facts.services[str(rule["service"])]
        upper = facts.services[str(rule["to_service"])]
        minutes = travel.between_sites(lower, upper)
        reach = within(minutes, rule["minutes"])
        here = plans[lower.name].units[:, int(rule["from_level"]) :].sum(axis=1)
        there = plans[upper.name].units[:, int(rule["to_level"]) :].sum(axis=1)
        _compare(
            facts, f"referral:{rule['referral']}", lower, here, reach @ there, notes
        )


def _compare(
    facts: Facts,
    code: str,
    lower: Service,
    here: Any,
    reachable: Any,
    notes: Notebook,
) -> None:
    notes.at_most(
        code,
        here,
        lower.max_units[:, None] * reachable,
        lambda j, t: say(
            "site {site}, period {period}",
            site=lower.sites[j],
            period=facts.times.names[t],
        ),
        pattern(
            "{value} facilities without an open one of the higher tier within reach"
        ),
    )
