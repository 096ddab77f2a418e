"""Checks of money: budgets, the terms of the objective, claimed sums. All in mln."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Floats, Notebook
from aumaq.results.audit.frames import records
from aumaq.results.audit.serving import Trips
from aumaq.results.audit.siting import spending

AT_SITES = ("building", "closing", "renewal", "residual", "operation")
AT_SETTLEMENTS = ("travel", "transport", "unserved")
NETWORK_TERMS = ("building", "residual", "operation", "supply", "shedding")
TERMS = (*AT_SITES, *AT_SETTLEMENTS, "supply", "shedding", "shortfall", "overrun")
Books = dict[str, Callable[[str], tuple[list[str], Floats, Floats]]]
"""Network, or roads -> item -> regions, mln paid and discounted, (regions, T)."""


@dataclass(frozen=True)
class Account:
    """Money of one service by item: (site or settlement, period).

    ``paid`` is undiscounted over the whole period, ``discounted`` as in the objective.
    """

    paid: dict[str, Floats]
    discounted: dict[str, Floats]


def account(facts: Facts, service: Service, plan: ServicePlan, trips: Trips) -> Account:
    """Compute all money of a service anew."""
    times, years = facts.times, np.array(facts.times.years, dtype=float)
    once = spending(service, plan)
    opex = np.einsum("jlt,l->jt", plan.units, service.levels["opex_mln_per_year"])
    hour = float(facts.policy["value_of_time_per_hour"]) / 1e6
    per_minute = service.trips_per_year * hour / 60.0
    fare = float(service.row["transport_cost_per_km"]) / 1e6
    per_km = service.trips_per_year * fare * float(facts.scenario["opex_factor"])
    minutes = np.where(np.isfinite(trips.minutes), trips.minutes, 0.0)
    travel, transport = np.zeros((2, *service.demand.shape))
    amount = plan.share * trips.demand
    np.add.at(travel, (plan.i, plan.t), amount * minutes * per_minute)
    np.add.at(transport, (plan.i, plan.t), amount * trips.km * per_km)
    price = float(service.row["unserved_mln_per_unit_year"])
    unserved = plan.unserved * service.demand * price
    worth = -(once["building"] + once["renewal"])
    undiscounted_worth = service.residual / times.at_end
    yearly = {
        "operation": opex,
        "travel": travel,
        "transport": transport,
        "unserved": unserved,
    }
    paid = {**once, **{name: value * years for name, value in yearly.items()}}
    paid["residual"] = worth * undiscounted_worth
    discounted = {name: value * times.once for name, value in once.items()}
    discounted |= {name: value * times.yearly for name, value in yearly.items()}
    discounted["residual"] = worth * service.residual
    return Account(paid, discounted)


def check_budgets(
    facts: Facts,
    accounts: dict[str, Account],
    books: Books,
    claims: pd.DataFrame,
    notes: Notebook,
) -> float:
    """Check limits on spending; return the price of overruns, discounted mln."""
    price = 0.0
    claimed = {(row["budget"], row["period"]): row for row in records(claims)}
    factor = float(facts.scenario["budget_factor"])
    for rule in records(facts.tables["budgets"]):
        t = facts.times.position(str(rule["period"]))
        limit = float(rule["amount_mln"]) * factor
        spent = _spent(facts, rule, t, accounts, books)
        over = max(0.0, spent - limit)
        code = f"budget:{rule['budget']}"
        name = say("period {period}", period=rule["period"])
        if rule["is_hard"]:
            text = pattern("{value} mln spent of {limit} mln")
            notes.at_most(code, spent, limit, _always(name), text)
            over = 0.0
        else:
            price += float(facts.times.once[t]) * float(rule["overrun_price"]) * over
        row = claimed.get((rule["budget"], rule["period"]))
        if row is None:
            notes.note(code, name, say("the row of budgets is missing"))
            continue
        wanted = {"spent_mln": spent, "overrun_mln": over, "limit_mln": limit}
        for column, real in wanted.items():
            text = pattern(
                "{column} is {value} in the plan, {limit} when recomputed",
                column=column,
            )
            if column in row:
                notes.equal(code, row[column], real, _always(name), text, limit)
    known = set(
        zip(
            facts.tables["budgets"]["budget"],
            facts.tables["budgets"]["period"],
            strict=True,
        )
    )
    for budget, period in set(claimed) - known:
        notes.note(
            f"budget:{budget}",
            say("period {period}", period=period),
            say("there is no such limit"),
        )
    return price


def _always(name: str) -> Callable[..., str]:
    return lambda *_: name


def _spent(
    facts: Facts,
    rule: dict[str, Any],
    t: int,
    accounts: dict[str, Account],
    books: Books,
) -> float:
    items = {
        "investment": ("building", "closing", "renewal"),
        "operation": ("operation",),
        "all": ("building", "closing", "renewal", "operation"),
    }[str(rule["covers"])]
    total = 0.0
    for name, book in accounts.items():
        if rule["service"] not in ("", name):
            continue
        regions = np.array(facts.services[name].region, dtype=object)
        inside = np.full(len(regions), True)
        if rule["region"] != "":
            inside = regions == rule["region"]
        total += sum(float(book.paid[item][inside, t].sum()) for item in items)
    for money in books.values():
        for item in set(items) & set(NETWORK_TERMS) if rule["service"] == "" else ():
            places, paid, _ = money(item)
            for k, region in enumerate(places):
                if rule["region"] in ("", region):
                    total += float(paid[k, t])
    return total


def check_objective(
    terms: dict[str, float],
    table: pd.DataFrame,
    claimed_mln: float | None,
    bound_mln: float | None,
    notes: Notebook,
) -> float:
    """Check claimed terms, objective and bound; return the objective, mln."""
    size = sum(abs(value) for value in terms.values())
    total = sum(terms.values())
    claims = dict(zip(table["term"], table["discounted_mln"], strict=True))
    for term in claims.keys() - terms.keys():
        notes.note(
            "objective", say("term {term}", term=term), say("there is no such term")
        )
    for term, real in terms.items():
        if term not in claims:
            notes.note(
                "objective",
                say("term {term}", term=term),
                say("the term is missing"),
                real,
            )
            continue
        text = pattern("{value} mln in the plan, {limit} mln when recomputed")
        notes.equal(
            "objective",
            claims[term],
            real,
            _always(say("term {term}", term=term)),
            text,
            size,
        )
    if claimed_mln is not None:
        text = pattern("the plan claims {value} mln, it is {limit} mln")
        notes.equal(
            "objective", claimed_mln, total, _always(say("objective")), text, size
        )
    if bound_mln is not None:
        text = pattern("the lower bound {value} mln is above the objective {limit} mln")
        notes.at_most("objective", bound_mln, total, _always(say("bound")), text, size)
    return total


def check_money(
    facts: Facts,
    accounts: dict[str, Account],
    books: Books,
    table: pd.DataFrame,
    notes: Notebook,
) -> None:
    """Check the table of money by period, service, item, and region of sites."""
    kinds = ["paid", "discounted"]
    columns = {"paid": "amount_mln", "discounted": "discounted_mln"}
    settled = facts.settlements["region"].to_numpy(dtype=object)
    real: dict[tuple[str, str, str, str], dict[str, float]] = {}
    for name, book in accounts.items():
        at_sites = np.array(facts.services[name].region, dtype=object)
        for item in (*AT_SITES, *AT_SETTLEMENTS):
            regions = at_sites if item in AT_SITES else settled
            for region in sorted(set(regions)):
                inside = regions == region
                for t, period in enumerate(facts.times.names):
                    real[(str(period), name, region, item)] = {
                        kind: float(getattr(book, kind)[item][inside, t].sum())
                        for kind in kinds
                    }
    for name, money in books.items():
        for item in NETWORK_TERMS:
            where, paid, discounted = money(item)
            for k, region in enumerate(where):
                for t, period in enumerate(facts.times.names):
                    real[(str(period), name, region, item)] = {
                        "paid": float(paid[k, t]),
                        "discounted": float(discounted[k, t]),
                    }
    claimed = {
        (row["period"], row["service"], row["region"], row["item"]): row
        for row in records(table)
    }
    for key in sorted(real.keys() | claimed.keys(), key=str):
        for kind in kinds:
            want = real.get(key, {}).get(kind, 0.0)
            value = claimed.get(key, {}).get(columns[kind], 0.0)
            notes.equal(
                "objective",
                value,
                want,
                _always(
                    say("money of {names}", names=", ".join(str(part) for part in key))
                ),
                pattern(
                    "{column} is {value} in the plan, {limit} when recomputed",
                    column=columns[kind],
                ),
            )
