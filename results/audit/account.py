"""The audit of a plan, in order, like a table of contents.

From an instance and what is decided alone it computes everything that follows, and
every rule that is broken. It imports neither the model nor the solvers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.schema.plan import PLAN
from aumaq.results.audit.agglomerations import agglomerations
from aumaq.results.audit.building_capacity import building_capacity
from aumaq.results.audit.buses import bus_table, with_riders
from aumaq.results.audit.closings import closings, reassigned_table
from aumaq.results.audit.concentration import concentrations
from aumaq.results.audit.contingencies import contingencies
from aumaq.results.audit.counts import counts
from aumaq.results.audit.decided import DECIDED, check_names, clean, service_plan
from aumaq.results.audit.facts import Facts, gather
from aumaq.results.audit.feeders import feeders
from aumaq.results.audit.findings import TOLERANCE, Finding, Notebook
from aumaq.results.audit.funding import financing_table, fund_table, funding
from aumaq.results.audit.gaps import gaps
from aumaq.results.audit.growth import after_moves, growth_points, growth_table
from aumaq.results.audit.impacts import impact_table, limits
from aumaq.results.audit.land import land
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.mergers import mergers
from aumaq.results.audit.money import budgets, money_table, objective
from aumaq.results.audit.networks import network_tables, networks
from aumaq.results.audit.partnerships import (
    partnership_table,
    partnerships,
    payment_table,
    with_partners,
)
from aumaq.results.audit.possible_mergers import possible_mergers
from aumaq.results.audit.relocations import relocations
from aumaq.results.audit.roads import connections, upgrade_table, upgrades
from aumaq.results.audit.sectors import sector_table
from aumaq.results.audit.serving import (
    allocation_table,
    serving,
    unserved_table,
    with_ways,
)
from aumaq.results.audit.shifts import second_shift_table, shift_limits
from aumaq.results.audit.siting import action_table, facility_table, siting
from aumaq.results.audit.staff import staff_table
from aumaq.results.audit.standards import referrals, standards
from aumaq.results.audit.together import together
from aumaq.results.audit.travel import Travel
from aumaq.results.audit.visit_checks import with_visits
from aumaq.results.audit.visits import team_table, visit_table
from aumaq.results.audit.works import works

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Audit:
    """What follows from decisions: all tables of the plan, and what is wrong."""

    facts: Facts
    tables: dict[str, pd.DataFrame]
    notes: Notebook

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Rules that are broken."""
        return tuple(self.notes.findings)

    @property
    def terms(self) -> dict[str, float]:
        """Terms of the objective, discounted mln."""
        table = self.tables["objective"]
        return dict(zip(table["term"], table["discounted_mln"].tolist(), strict=True))

    @property
    def objective_mln(self) -> float:
        """The objective, discounted mln."""
        return float(self.tables["objective"]["discounted_mln"].sum())


def audit(
    instance: Instance, decisions: Tables, *, tolerance: float = TOLERANCE
) -> Audit:
    """Audit decisions: the columns :data:`DECIDED` of the tables of a plan.

    Other columns and tables are not looked at. A row ``value <= limit`` holds up to
    ``tolerance x (1 + |limit| + demand of the largest settlement in the row)``, in the
    units of the row.
    """
    notes, facts = Notebook(tolerance), gather(instance.tables, instance.scenario)
    sound = check_names(facts, clean(decided_of(decisions), DECIDED, notes), notes)
    return audited(instance, facts, sound, notes)


def decided_of(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return what is decided of the tables of a plan, where they have it."""
    return {
        name: tables[name][[c for c in columns if c in tables[name].columns]]
        for name, columns in DECIDED.items()
        if name in tables
    }


@np.errstate(invalid="ignore")  # a way that there is not takes for ever, at no price
def audited(
    instance: Instance, facts: Facts, decided: Tables, notes: Notebook
) -> Audit:
    """Audit the sound rows of decisions."""
    ledger, moved = _ledger(instance, facts, decided, notes)
    for service in ledger.facts.services.values():
        siting(ledger, service)
        serving(ledger, service)
    referrals(ledger)
    counts(ledger)
    closings(ledger)
    together(ledger)
    mergers(ledger)
    shift_limits(ledger)
    tables = _physical_tables(ledger, decided) | {"relocations": moved}
    _add_money(tables, ledger, decided)
    tables["objective"] = objective(ledger, tables)
    tables["sectors"] = sector_table(ledger, tables)
    return Audit(ledger.facts, {t.name: tables[t.name] for t in PLAN}, notes)


def _ledger(
    instance: Instance, facts: Facts, decided: Tables, notes: Notebook
) -> tuple[Ledger, pd.DataFrame]:
    """Return what decisions mean for services and networks, and what is relocated."""
    choice = growth_points(facts, decided["growth_points"], notes)
    facts = after_moves(choice)
    built = upgrades(facts, decided["road_upgrades"], notes)
    standing = [built.standing(t) for t in range(len(facts.times.names))]
    travel = Travel(instance, facts, standing)
    plans = {}
    for name, service in facts.services.items():
        plan = service_plan(facts, service, decided, notes)
        plan = with_ways(instance, built, travel, service, plan)
        plan = with_riders(facts, service, plan, decided["bused"], notes)
        plans[name] = with_visits(facts, service, plan, decided, notes)
    plans, moved = relocations(facts, plans, decided["relocations"], notes)
    found = networks(facts, plans, decided, notes)
    ledger = Ledger(instance, facts, choice, built, travel, plans, found, notes)
    return ledger, moved


def _physical_tables(ledger: Ledger, decided: Tables) -> dict[str, pd.DataFrame]:
    """Return the tables of what is where and who goes there: nothing of money."""
    tables = {name: make(ledger) for name, make in BY_SERVICE.items()}
    tables |= network_tables(ledger.networks)
    tables["follow_ons"] = feeders(ledger, decided["follow_ons"])
    tables["road_upgrades"] = upgrade_table(ledger.upgrades)
    tables["connections"] = connections(ledger)
    tables["growth_points"] = growth_table(ledger.choice, ledger.facts)
    tables["concentrations"] = concentrations(ledger)
    tables["forbidden_land"] = land(ledger)
    tables["forbidden_works"] = works(ledger)
    tables["impacts"] = impact_table(ledger.instance.tables, tables)
    tables["impact_limits"] = limits(ledger, tables)
    tables["staff"] = staff_table(ledger, decided["staff"])
    tables["agglomerations"] = agglomerations(ledger)
    tables["contingencies"] = contingencies(ledger)
    tables["merged"] = possible_mergers(ledger, decided["merged"])
    return tables


def _add_money(
    tables: dict[str, pd.DataFrame], ledger: Ledger, decided: Tables
) -> None:
    """Add what it costs, who pays, what rules lack, and what budgets have left."""
    spent = money_table(ledger, tables["staff"], tables["merged"])
    tables["building_capacity"] = building_capacity(ledger, spent)
    partnered = partnerships(ledger, decided["partnerships"], spent)
    tables["partnerships"] = partnership_table(partnered)
    tables["payments"] = payment_table(partnered)
    tables["money"] = with_partners(spent, partnered)
    tables["shortfalls"] = standards(ledger)
    tables["gaps"] = gaps(ledger)
    tables["budgets"] = budgets(ledger, tables["money"])
    paid = funding(ledger, decided["financing"], tables["money"])
    tables["financing"] = financing_table(paid)
    tables["funds"] = fund_table(ledger, paid)


BY_SERVICE: dict[str, Callable[[Ledger], pd.DataFrame]] = {
    "facilities": facility_table,
    "actions": action_table,
    "allocation": allocation_table,
    "unserved": unserved_table,
    "reassigned": reassigned_table,
    "bused": bus_table,
    "visits": visit_table,
    "mobile_teams": team_table,
    "second_shift": second_shift_table,
}
