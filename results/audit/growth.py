"""Growth points of a plan: who may be chosen, who moves, what it costs; concentration.

People are recomputed settlement by settlement. Money is in mln.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import Text, pattern, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, everyone
from aumaq.results.audit.findings import Floats, Notebook, named
from aumaq.results.audit.frames import records
from aumaq.results.audit.lasting import lasting_money

Row = dict[str, Any]
POINTS = "growth:points"
DUST = 1e-9
"""Relative to the demand without any choice, less than this counts as none."""


@dataclass
class GrowthCheck:
    """What a plan chooses: (settlement, tier) -> its first period as a growth point."""

    facts: Facts
    candidates: dict[tuple[str, str], Row]
    first: dict[tuple[str, str], int] = field(default_factory=dict)

    def is_point(self, settlement: str, tier: str, t: int) -> bool:
        """Return whether a settlement counts as a growth point (empty tier: of any)."""
        if tier == "":
            row = self.facts.ids.get_loc(settlement)
            if self.facts.settlements["is_growth_point"].iloc[row]:
                return True
        return any(
            place == settlement and tier in ("", own) and start <= t
            for (place, own), start in self.first.items()
        )

    def gain_share(self, key: tuple[str, str], t: int) -> float:
        """Return what a growth point gains in a period, relative to its people."""
        period = self.facts.times.names[t]
        for row in records(self.facts.tables["growth_gains"]):
            if (row["settlement"], row["tier"], row["period"]) == (*key, period):
                return float(row["gain_share"])
        return float(self.candidates[key]["gain_share"])

    def donors(self, key: tuple[str, str]) -> list[int]:
        """Return the settlements that lose people to a growth point."""
        places, kind = records(self.facts.settlements), self.candidates[key]["donors"]
        if kind == "outside":
            return []
        home = next(place for place in places if place["settlement"] == key[0])
        same = {"district": ("region", "district"), "region": ("region",), "total": ()}
        return [
            i
            for i, place in enumerate(places)
            if place["settlement"] != key[0]
            and all(place[name] == home[name] for name in same[kind])
        ]

    def moved(self, members: Floats, people: Floats) -> Floats:
        """Return members of a group (settlements, periods) after all have moved.

        *people* are all inhabitants before: donors lose in proportion to them.
        """
        after = members.copy()
        for key, start in self.first.items():
            i, donors = self.facts.ids.get_loc(key[0]), self.donors(key)
            for t in range(start, members.shape[1]):
                gain = self.gain_share(key, t)
                if self.candidates[key]["donors"] == "outside":
                    after[i, t] += gain * members[i, t]
                    continue
                pool = float(people[donors, t].sum())
                share = gain * people[i, t] / pool if pool > 0 else 0.0
                leaving = share * members[donors, t]
                after[donors, t] -= leaving
                after[i, t] += float(leaving.sum())
        return after

    def money(self, item: str) -> tuple[list[str], Floats, Floats]:
        """Return regions, money paid and money discounted of an item, (regions, T)."""
        built = (
            (self.region(key), start, self.candidates[key])
            for key, start in self.first.items()
        )
        return lasting_money(self.facts, built, item)

    def region(self, key: tuple[str, str]) -> str:
        """Return the region of a candidate."""
        return str(
            self.facts.settlements["region"].iloc[self.facts.ids.get_loc(key[0])]
        )


def check_growth(
    facts: Facts, rows: pd.DataFrame, notes: Notebook
) -> tuple[GrowthCheck, Facts]:
    """Check the choice; return it, and the facts with people where they then live."""
    known = {
        (str(row["settlement"]), str(row["tier"])): row
        for row in records(facts.tables["growth_candidates"])
    }
    check, claims = GrowthCheck(facts, known), dict[tuple[str, str, int], Row]()
    for row in records(rows):
        key = str(row["settlement"]), str(row["tier"])
        if key not in known:
            notes.note(POINTS, _place(row), say("there is no such candidate"))
            continue
        t = facts.times.position(str(row["period"]))
        claims[(*key, t)] = row
        if row["is_chosen"]:
            check.first[key] = min(t, check.first.get(key, t))
    for key in known:
        for t, period in enumerate(facts.times.names):
            if (*key, t) not in claims:
                place = say(
                    "settlement {settlement}, tier {tier}, period {period}",
                    settlement=key[0],
                    tier=key[1],
                    period=period,
                )
                notes.note(POINTS, place, say("the row is missing"))
    _check_choice(check, claims, notes)
    _check_counts(check, notes)
    people = everyone(facts)
    now = _after(check, people) if check.first else facts
    _check_claims(check, now, claims, notes)
    return check, now


def _after(check: GrowthCheck, people: Floats) -> Facts:
    """Return the facts once all have moved."""
    services = {}
    for name, service in check.facts.services.items():
        demand = check.moved(service.demand, people)
        # What all have left is nothing, whatever rounding leaves of it.
        demand = np.where(demand > DUST * service.demand, demand, 0.0)
        services[name] = replace(service, demand=demand)
    moved = check.moved(people, people)
    return replace(check.facts, people=moved, services=services)


def _place(row: Row) -> Text:
    return named(row, ("settlement", "tier", "period"))


def _check_choice(
    check: GrowthCheck, claims: dict[tuple[str, str, int], Row], notes: Notebook
) -> None:
    """A point stays one, is not chosen too early, and has one tier."""
    for (settlement, tier, t), row in claims.items():
        start = check.first.get((settlement, tier))
        if start is not None and start <= t and not row["is_chosen"]:
            notes.note(POINTS, _place(row), say("a growth point is given up"))
    for key, start in check.first.items():
        place = say(
            "settlement {settlement}, tier {tier}", settlement=key[0], tier=key[1]
        )
        opens = check.facts.times.position(str(check.candidates[key]["first_period"]))
        if start < opens:
            notes.note(POINTS, place, say("is chosen before its first period"))
        if sum(other[0] == key[0] for other in check.first) > 1:
            notes.note(POINTS, place, say("the settlement has another tier as well"))


def _check_counts(check: GrowthCheck, notes: Notebook) -> None:
    times = check.facts.times
    for row in records(check.facts.tables["growth_tiers"]):
        rule, place = (
            f"growth:tier:{row['tier']}",
            str(row["region"]) or say("all regions"),
        )
        mine = [
            start
            for key, start in check.first.items()
            if key[1] == row["tier"] and row["region"] in ("", check.region(key))
        ]
        last = len(times.names) - 1
        by = times.position(str(row["by_period"])) if row["by_period"] else last
        early = sum(start <= by for start in mine)
        text = pattern("{limit} points are chosen, expected {value} at least")
        notes.at_most(rule, row["min_count"], early, lambda *_, p=place: p, text)
        if not np.isnan(row["max_count"]):
            text = pattern("{value} points are chosen, expected {limit} at most")
            notes.at_most(
                rule, len(mine), row["max_count"], lambda *_, p=place: p, text
            )


def _check_claims(
    check: GrowthCheck,
    now: Facts,
    claims: dict[tuple[str, str, int], Row],
    notes: Notebook,
) -> None:
    """Check people and money that the plan tells of each candidate."""
    before, after = everyone(check.facts), everyone(now)
    factor = check.facts.scenario
    for (settlement, tier, t), row in claims.items():
        key, i = (settlement, tier), check.facts.ids.get_loc(settlement)
        start, facts = check.first.get(key, len(before[0])), check.candidates[key]
        capex = float(facts["capex_mln"]) * float(factor["capex_factor"])
        opex = float(facts["opex_mln_per_year"]) * float(factor["opex_factor"])
        gained = check.gain_share(key, t) * before[i, t]
        wanted = {
            "persons": after[i, t],
            "persons_gained": gained if start <= t else 0.0,
            "capex_mln": capex if start == t else 0.0,
            "opex_mln_per_year": opex if start <= t else 0.0,
        }
        for name, real in wanted.items():
            text = pattern(
                "{column} is {value} in the plan, {limit} when recomputed", column=name
            )
            notes.equal(POINTS, row[name], real, lambda *_, r=row: _place(r), text)


def check_concentrations(
    check: GrowthCheck,
    plans: dict[str, ServicePlan],
    claims: pd.DataFrame,
    notes: Notebook,
) -> None:
    """Check that enough capacity of higher levels stands in growth points."""
    facts = check.facts
    told = {(row["concentration"], row["period"]): row for row in records(claims)}
    for rule in records(facts.tables["concentrations"]):
        code, service = (
            f"concentration:{rule['concentration']}",
            facts.services[str(rule["service"])],
        )
        units, start = (
            plans[service.name].units,
            facts.times.position(str(rule["first_period"])),
        )
        size = service.levels["capacity"].copy()
        size[: int(rule["min_level"])] = 0.0
        for t in range(start, units.shape[2]):
            whole = inside = 0.0
            for j, settlement in enumerate(service.table["settlement"]):
                if rule["region"] not in ("", service.region[j]):
                    continue
                capacity = float(units[j, :, t] @ size)
                whole += capacity
                if settlement and check.is_point(settlement, str(rule["tier"]), t):
                    inside += capacity
            place = say("period {period}", period=facts.times.names[t])
            required = float(rule["share"]) * whole
            text = pattern(
                "{limit} units of capacity stand in growth points, expected {value}"
            )
            notes.at_most(code, required, inside, lambda *_, p=place: p, text, whole)
            row = told.pop((rule["concentration"], facts.times.names[t]), None)
            if row is None:
                notes.note(code, place, say("the row of concentrations is missing"))
                continue
            for name, real in (("capacity", whole), ("in_growth_points", inside)):
                usual = pattern(
                    "{column} is {value} in the plan, {limit} when recomputed",
                    column=name,
                )
                notes.equal(code, row[name], real, lambda *_, p=place: p, usual)
    for concentration, period in told:
        unknown = say("there is no such rule in this period")
        notes.note(
            f"concentration:{concentration}",
            say("period {period}", period=period),
            unknown,
        )
