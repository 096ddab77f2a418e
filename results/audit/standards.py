"""Standards of access, and referral between tiers.

Demand is in units of the service, time in minutes, money in discounted mln.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import ROUNDED, within
from aumaq.instances.arrays import Flags
from aumaq.instances.language.texts import say
from aumaq.results.audit.book import Rows
from aumaq.results.audit.buses import near_by_bus
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import DUST
from aumaq.results.audit.frames import names_at, records, table_of_parts
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.visits import near_by_visit


def standards(ledger: Ledger) -> pd.DataFrame:
    """Return what each standard asks for and what is reached, by group and period."""
    rules = records(ledger.facts.tables["standards"])
    return table_of_parts("shortfalls", [_standard(ledger, rule) for rule in rules])


def applies(settlements: pd.DataFrame, to: str) -> Flags:
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


def counted_places(facts: Facts, rule: Mapping[str, Any]) -> Flags:
    """Return which settlements a rule counts: by kind, region and tag."""
    found = applies(facts.settlements, str(rule["applies_to"])).copy()
    if rule["region"]:
        found &= (facts.settlements["region"] == rule["region"]).to_numpy()
    if rule["tag"]:
        own = {
            row["settlement"]
            for row in records(facts.tables["settlement_tags"])
            if row["tag"] == rule["tag"]
        }
        found &= np.array([place in own for place in facts.ids])
    return found


def _group_names(settlements: pd.DataFrame, scope: str) -> Any:
    """Return the group of each settlement; districts are named region/district."""
    if scope == "total":
        return np.array(["total"] * len(settlements))
    if scope == "district":
        return np.array(settlements["region"] + "/" + settlements["district"])
    return np.array(settlements[scope])


def _standard(ledger: Ledger, rule: dict[str, Any]) -> Rows:
    """Check one standard; return its rows: a group with demand in a period each."""
    facts, plan = ledger.facts, ledger.plans[str(rule["service"])]
    service, times = facts.services[str(rule["service"])], facts.times
    label = _group_names(facts.settlements, str(rule["scope"]))
    of, groups = pd.factorize(label)
    group = np.where(counted_places(facts, rule), of, -1)
    near = within(plan.rows["minutes"], rule["minutes"])
    reached_by = np.zeros_like(service.demand)
    np.add.at(reached_by, (plan.i[near], plan.t[near]), plan.served[near])
    rides = near_by_bus(service, plan, rule["minutes"])
    np.add.at(reached_by, (plan.i, plan.t), rides)
    seen = near_by_visit(facts, service, plan, rule["minutes"])
    np.add.at(reached_by, (plan.i, plan.t), seen)
    total, reached = (np.zeros((len(groups), len(times.names))) for _ in range(2))
    member = group >= 0
    np.add.at(total, group[member], service.demand[member])
    np.add.at(reached, group[member], reached_by[member])
    total[:, : times.position(str(rule["first_period"]))] = 0.0
    g, t = np.nonzero(total > 0)
    required, reached, total = (
        float(rule["share"]) * total[g, t],
        reached[g, t],
        total[g, t],
    )
    missing = required - reached
    if rule["is_hard"]:
        ledger.notes.at_most(
            f"standard:{rule['standard']}",
            np.maximum(0.0, missing),
            0.0,
            lambda k: say(
                "{group}, period {period}", group=groups[g[k]], period=times.names[t[k]]
            ),
            say("{value} units of demand are below the standard"),
            total,
        )
    least = 2.0 * ROUNDED if rule["is_hard"] else DUST  # a hard one is met
    missing = np.where(missing > least * total, missing, 0.0)
    price = 0.0 if rule["is_hard"] else float(rule["shortfall_mln_per_unit_year"])
    return {
        "standard": np.full(len(g), rule["standard"], dtype=object),
        "service": np.full(len(g), service.name, dtype=object),
        "group": names_at(groups, g),
        "period": names_at(times.names, t),
        "required": required,
        "reached": reached,
        "shortfall": missing,
        "cost_mln": missing * price * times.yearly[t],
    }


def referrals(ledger: Ledger) -> None:
    """Check that facilities have one of the higher tier within reach."""
    facts = ledger.facts
    for rule in records(facts.tables["referrals"]):
        lower = facts.services[str(rule["service"])]
        upper = facts.services[str(rule["to_service"])]
        minutes = ledger.travel.between_sites(lower, upper)
        reach = within(minutes, rule["minutes"])
        here = ledger.plans[lower.name].units[:, int(rule["from_level"]) :].sum(axis=1)
        there = ledger.plans[upper.name].units[:, int(rule["to_level"]) :].sum(axis=1)
        ledger.notes.at_most(
            f"referral:{rule['referral']}",
            here,
            lower.max_units[:, None] * (reach @ there),
            lambda j, t, s=lower: say(
                "site {site}, period {period}",
                site=s.sites[j],
                period=facts.times.names[t],
            ),
            say(
                "{value} facilities without an open one of the higher tier within reach"
            ),
        )
