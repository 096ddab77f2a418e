"""The verification of a plan, in order, like a table of contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arguments import checked
from aumaq.results.audit.columns import Known, check_columns
from aumaq.results.audit.counts import check_counts
from aumaq.results.audit.decided import check_names, clean, service_plan
from aumaq.results.audit.facts import gather
from aumaq.results.audit.findings import TOLERANCE, Notebook, Verification
from aumaq.results.audit.growth import check_concentrations, check_growth
from aumaq.results.audit.money import (
    NETWORK_TERMS,
    TERMS,
    Books,
    account,
    check_budgets,
    check_money,
    check_objective,
)
from aumaq.results.audit.network import money_of
from aumaq.results.audit.networks import check_networks
from aumaq.results.audit.record import check_record
from aumaq.results.audit.roads import (
    GROWTH_POINTS,
    ROADS,
    check_connections,
    check_upgrades,
)
from aumaq.results.audit.serving import check_serving
from aumaq.results.audit.siting import check_prices, check_stock
from aumaq.results.audit.standards import check_referrals, check_standards
from aumaq.results.audit.travel import Travel


@checked
def verify(
    instance: Instance,
    tables: Mapping[str, pd.DataFrame],
    *,
    claimed_objective_mln: float | None,
    bound_mln: float | None = None,
    record: Mapping[str, Any] | None = None,
    missing: Collection[str] = (),
    tolerance: float = TOLERANCE,
    unavoidable_mln: float | None = None,
) -> Verification:
    """Check every rule of a plan, every column of it, and recompute its objective.

    The bound is the solver's word: it is compared with the objective, no more. With a
    *record*, its sums, gap, status and names are checked against what was recomputed,
    and with *unavoidable_mln* what it says that no plan can avoid. Columns *missing*
    (``table.column``) of an earlier version are not looked for.

    Only the tables of the instance (under its active scenario) and of the plan are
    read. A row ``value <= limit`` holds up to ``tolerance x (1 + |limit| + demand of
    the largest settlement in the row)``, in the units of the row.
    """
    notes = Notebook(tolerance)
    facts = gather(instance.tables, instance.scenario)
    sound = check_names(facts, clean(tables, notes, missing), notes)
    growth, facts = check_growth(facts, sound["growth_points"], notes)
    roads = check_upgrades(facts, sound["road_upgrades"], notes)
    periods = range(len(facts.times.names))
    travel = Travel(facts, [roads.standing(t) for t in periods])
    plans, trips, accounts = {}, {}, {}
    for name, service in facts.services.items():
        plan = service_plan(facts, service, sound, notes)
        check_stock(facts, service, plan, notes)
        check_prices(facts, service, plan, notes)
        trips[name] = check_serving(facts, travel, service, plan, notes)
        accounts[name] = account(facts, service, plan, trips[name])
        plans[name] = plan
    terms = dict.fromkeys(TERMS, 0.0)
    for account_of in accounts.values():
        for item, values in account_of.discounted.items():
            terms[item] += float(values.sum())
    networks = check_networks(facts, plans, sound, notes)
    terms["shortfall"] = check_standards(
        facts, plans, trips, sound["shortfalls"], notes
    )
    minutes = [travel.connections(t) for t in periods]
    terms["shortfall"] += check_connections(facts, minutes, sound["connections"], notes)
    books: Books = {name: partial(money_of, own) for name, own in networks.items()}
    books[ROADS] = roads.money
    books[GROWTH_POINTS] = growth.money
    terms["overrun"] = check_budgets(facts, accounts, books, sound["budgets"], notes)
    for term in NETWORK_TERMS:
        terms.setdefault(term, 0.0)
        for book in books.values():
            _, _, discounted = book(term)
            terms[term] += float(discounted.sum())
    check_concentrations(growth, plans, sound["concentrations"], notes)
    check_referrals(facts, travel, plans, notes)
    check_counts(facts, plans, notes)
    check_money(facts, accounts, books, sound["money"], notes)
    derived = check_columns(Known(facts, plans, networks, minutes), sound, notes)
    objective = check_objective(
        terms, sound["objective"], claimed_objective_mln, bound_mln, notes
    )
    if record is not None:
        check_record(record, facts, terms, unavoidable_mln, notes)
    return Verification(
        is_feasible=not notes.findings,
        objective_mln=objective,
        problems=tuple(notes.findings),
        checks=notes.checks,
        terms=terms,
        max_violation=notes.worst,
        derived=derived,
    )
