"""Money of a plan: by period, service and region; budgets; the objective. In mln."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import BY_NAME
from aumaq.instances.terms import COVERED, INVESTMENT, TERMS
from aumaq.results.audit.book import Rows, once, residual, yearly
from aumaq.results.audit.buses import bus_money
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Service
from aumaq.results.audit.findings import DUST
from aumaq.results.audit.frames import (
    plan_table,
    records,
    table_of_parts,
    table_of_rows,
)
from aumaq.results.audit.impacts import excess_mln
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.network_money import network_money
from aumaq.results.audit.possible_mergers import merger_money
from aumaq.results.audit.shifts import shift_money
from aumaq.results.audit.siting import spending
from aumaq.results.audit.staff import staff_money
from aumaq.results.audit.visits import visit_money, visited

LARGEST_EXPONENT = 30.0
"""Of the weight of long ways: beyond it nothing weighs more."""
PRICED = ("shortfalls", "connections", "contingencies", "gaps")
"""Tables with the price of rules that are missed."""


def money_table(
    ledger: Ledger, staff: pd.DataFrame, merged: pd.DataFrame
) -> pd.DataFrame:
    """Return money by period, service, region and item; no rows of nothing.

    ``amount_mln`` is undiscounted, of all years of the period; of ``residual`` it is
    what the buildings are still worth at the end. *staff* and *merged* are tables of
    the plan.
    """
    parts: list[Rows] = []
    for service in ledger.facts.services.values():
        parts += _service_money(ledger, service)
    for network in ledger.networks.values():
        parts += network_money(network)
    parts += ledger.upgrades.money() + ledger.choice.money()
    parts += staff_money(ledger.facts, staff)
    parts += merger_money(ledger.facts, merged)
    table = table_of_parts("money", parts)
    key = list(BY_NAME["money"].key)
    # A region pays for several things under one item: facilities, shifts, visits.
    table = table.groupby(key, sort=False, as_index=False).sum()
    keep = (table["amount_mln"] != 0) | (table["discounted_mln"] != 0)
    return table[keep].reset_index(drop=True)


def _service_money(ledger: Ledger, service: Service) -> list[Rows]:
    """Return money of a service: at its sites, and of those who come or do not."""
    facts, plan, name = ledger.facts, ledger.plans[service.name], service.name
    times, paid = facts.times, spending(service, plan)
    at = np.array(service.region, dtype=object)
    opex = np.einsum("jlt,l->jt", plan.units, service.levels["opex_mln_per_year"])
    places = facts.settlements["region"].to_numpy(dtype=object)
    goes = plan.served - visited(service, plan)
    way = goes * service.travel_mln_per_unit_minute * _felt(service, plan)
    fare = goes * service.transport_mln_per_unit_km * plan.km
    unserved = plan.unserved * service.demand
    unserved = unserved * float(service.row["unserved_mln_per_unit_year"])
    return [
        *(once(times, name, at, item, paid[item]) for item in INVESTMENT),
        residual(times, name, at, paid["building"] + paid["renewal"], service.residual),
        yearly(times, name, at, "operation", opex),
        *shift_money(facts, service, plan),
        yearly(times, name, places, "travel", plan.by_place(way)),
        yearly(times, name, places, "transport", plan.by_place(fare)),
        *bus_money(facts, service, plan),
        *visit_money(facts, service, plan),
        yearly(times, name, places, "unserved", unserved),
    ]


def _felt(service: Service, plan: ServicePlan) -> Floats:
    """Return minutes as they weigh: long ones more, with an aversion to inequality."""
    k = float(service.row["aversion_per_minute"])
    if k == 0.0:
        return plan.minutes
    return (np.exp(np.minimum(k * plan.minutes, LARGEST_EXPONENT)) - 1.0) / k


def budgets(ledger: Ledger, money: pd.DataFrame) -> pd.DataFrame:
    """Check limits on spending; return limit, spending and overrun of each."""
    facts, rows = ledger.facts, []
    factor = float(facts.scenario["budget_factor"])
    for rule in records(facts.tables["budgets"]):
        inside = money["item"].isin(COVERED[str(rule["covers"])])
        for column in ("period", "service", "region"):
            if rule[column] != "":
                inside &= money[column] == rule[column]
        limit = float(rule["amount_mln"]) * factor
        spent = float(money.loc[inside, "amount_mln"].sum())
        over = spent - limit
        if rule["is_hard"]:
            place = say("period {period}", period=rule["period"])
            ledger.notes.at_most(
                f"budget:{rule['budget']}", spent, limit, lambda *_, p=place: p,
                say("{value} mln spent of {limit} mln"),
            )  # fmt: skip
        is_over = over > DUST * max(limit, 1.0) and not rule["is_hard"]
        rows.append(
            {
                "budget": rule["budget"],
                "period": rule["period"],
                "limit_mln": limit,
                "spent_mln": spent,
                "overrun_mln": over if is_over else 0.0,
            }
        )
    return table_of_rows("budgets", rows)


def objective(ledger: Ledger, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every term of the objective, discounted mln."""
    facts = ledger.facts
    terms: dict[str, Any] = (
        tables["money"].groupby("item")["discounted_mln"].sum().to_dict()
    )
    terms["shortfall"] = float(sum(tables[name]["cost_mln"].sum() for name in PRICED))
    rules = facts.tables["budgets"]
    t = [facts.times.position(str(period)) for period in rules["period"]]
    price = rules["overrun_price"].to_numpy() * facts.times.once[t]
    terms["overrun"] = float(
        (tables["budgets"]["overrun_mln"].to_numpy() * price).sum()
    )
    terms["overrun"] += excess_mln(ledger, tables["impact_limits"])
    amounts = [terms.get(term, 0.0) for term in TERMS]
    return plan_table("objective", {"term": TERMS, "discounted_mln": amounts})
