"""Growth points of a plan: who may be chosen, who moves, what it costs.

People are recomputed settlement by settlement. Shapes: K candidates, I settlements, T
periods. Money is in mln.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.results.audit.book import Rows
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import DUST, Notebook, named
from aumaq.results.audit.frames import plan_table, records
from aumaq.results.audit.lasting import lasting_money

Row = dict[str, Any]
Key = tuple[str, str]
POINTS = "growth:points"


@dataclass
class Choice:
    """What a plan chooses: (settlement, tier) -> its first period as a growth point.

    *before* are the facts without any choice.
    """

    before: Facts
    candidates: dict[Key, Row]
    first: dict[Key, int] = field(default_factory=dict)

    @cached_property
    def stands(self) -> Flags:
        """Which candidates are growth points in which period, (K, T)."""
        count = len(self.before.times.names)
        start = [self.first.get(key, count) for key in self.candidates]
        return np.arange(count) >= np.array(start, dtype=np.int64)[:, None]

    def is_point(self, tier: str) -> Flags:
        """Return where a growth point counts (empty tier: of any), (I, T)."""
        flagged = self.before.settlements["is_growth_point"].to_numpy(bool)
        found = np.repeat((flagged & (tier == ""))[:, None], self.stands.shape[1], 1)
        for (settlement, own), stands in zip(self.candidates, self.stands, strict=True):
            if tier in ("", own):
                found[self.before.ids.get_loc(settlement)] |= stands
        return found

    @cached_property
    def gain_share(self) -> Floats:
        """What growth points gain, relative to their own people, (K, T)."""
        given = {
            (row["settlement"], row["tier"], row["period"]): float(row["gain_share"])
            for row in records(self.before.tables["growth_gains"])
        }
        found = [
            [given.get((*key, t), float(rule["gain_share"])) for t in self._periods]
            for key, rule in self.candidates.items()
        ]
        return np.array(found).reshape(-1, len(self._periods))

    @property
    def _periods(self) -> list[str]:
        return self.before.times.names.tolist()

    @cached_property
    def loses(self) -> Flags:
        """Which settlements lose people to a growth point, (K, I)."""
        same = {"district": ("region", "district"), "region": ("region",), "total": ()}
        places = records(self.before.settlements)
        found = np.zeros((len(self.candidates), len(places)), dtype=bool)
        for k, (key, rule) in enumerate(self.candidates.items()):
            home = places[self.before.ids.get_loc(key[0])]
            if rule["donors"] != "outside":
                found[k] = [
                    place is not home
                    and all(place[name] == home[name] for name in same[rule["donors"]])
                    for place in places
                ]
        return found

    def shifts(self, members: Floats) -> Floats:
        """Return what candidates change of a group (I, T), chosen or not, (K, I, T).

        Donors lose in proportion to all of their inhabitants.
        """
        people = self.before.residents
        found = np.zeros((len(self.candidates), *members.shape))
        for k, (key, rule) in enumerate(self.candidates.items()):
            i, gain = self.before.ids.get_loc(key[0]), self.gain_share[k]
            if rule["donors"] == "outside":
                found[k, i] = gain * members[i]
                continue
            pool, own = (self.loses[k].astype(float) @ x for x in (people, members))
            share = np.divide(
                gain * people[i], pool, out=np.zeros_like(pool), where=pool > 0
            )
            found[k, self.loses[k]] = -(share * members[self.loses[k]])
            found[k, i] = share * own
        return found

    def moved(self, members: Floats) -> Floats:
        """Return members of a group (I, T) after all have moved."""
        after = members + np.einsum("kit,kt->it", self.shifts(members), self.stands)
        # What all have left is nothing, whatever rounding leaves of it.
        return np.where(after > DUST * members, after, 0.0)

    def money(self) -> list[Rows]:
        """Return money of growth points by period, region and item."""
        built = (
            (self.region(key), self.first[key], rule)
            for key, rule in self.candidates.items()
            if key in self.first
        )
        return lasting_money(self.before, GROWTH_POINTS, built)

    def region(self, key: Key) -> str:
        """Return the region of a candidate."""
        regions = self.before.settlements["region"]
        return str(regions.iloc[self.before.ids.get_loc(key[0])])


def growth_points(facts: Facts, rows: pd.DataFrame, notes: Notebook) -> Choice:
    """Check the choice of a plan, and return it."""
    known = {
        (str(row["settlement"]), str(row["tier"])): row
        for row in records(facts.tables["growth_candidates"])
    }
    choice, told = Choice(facts, known), set[tuple[str, str, int]]()
    for row in records(rows):
        key = str(row["settlement"]), str(row["tier"])
        if key not in known:
            notes.note(POINTS, _place(row), say("there is no such candidate"))
        elif row["is_chosen"]:
            t = facts.times.position(str(row["period"]))
            told.add((*key, t))
            choice.first[key] = min(t, choice.first.get(key, t))
    _check_choice(choice, told, notes)
    _check_counts(choice, notes)
    return choice


def after_moves(choice: Choice) -> Facts:
    """Return the facts once all have moved."""
    facts = choice.before
    if not choice.first:
        return facts
    services = {
        name: replace(service, demand=choice.moved(service.demand))
        for name, service in facts.services.items()
    }
    return replace(
        facts,
        people=choice.moved(facts.residents),
        shifts=choice.shifts(facts.residents) * choice.stands[:, None, :],
        services=services,
    )


def _place(row: Row) -> Text:
    return named(row, ("settlement", "tier", "period"))


def _check_choice(
    choice: Choice, told: set[tuple[str, str, int]], notes: Notebook
) -> None:
    """A point stays one, is not chosen too early, and has one tier."""
    times = choice.before.times
    for key, start in choice.first.items():
        place = say(
            "settlement {settlement}, tier {tier}", settlement=key[0], tier=key[1]
        )
        for t in range(start, len(times.names)):
            if (*key, t) not in told:
                row = {"settlement": key[0], "tier": key[1], "period": times.names[t]}
                notes.note(POINTS, _place(row), say("a growth point is given up"))
        if start < times.position(str(choice.candidates[key]["first_period"])):
            notes.note(POINTS, place, say("is chosen before its first period"))
        if sum(other[0] == key[0] for other in choice.first) > 1:
            notes.note(POINTS, place, say("the settlement has another tier as well"))


def _check_counts(choice: Choice, notes: Notebook) -> None:
    times = choice.before.times
    for row in records(choice.before.tables["growth_tiers"]):
        rule, place = (
            f"growth:tier:{row['tier']}",
            str(row["region"]) or say("all regions"),
        )
        mine = [
            start
            for key, start in choice.first.items()
            if key[1] == row["tier"] and row["region"] in ("", choice.region(key))
        ]
        last = len(times.names) - 1
        by = times.position(str(row["by_period"])) if row["by_period"] else last
        early = sum(start <= by for start in mine)
        text = say("{limit} points are chosen, expected {value} at least")
        notes.at_most(rule, row["min_count"], early, lambda *_, p=place: p, text)
        if not np.isnan(row["max_count"]):
            text = say("{value} points are chosen, expected {limit} at most")
            notes.at_most(
                rule, len(mine), row["max_count"], lambda *_, p=place: p, text
            )


def growth_table(choice: Choice, now: Facts) -> pd.DataFrame:
    """Return a row for each candidate and period, chosen or not.

    ``persons`` are those of the settlement under the plan, *now*; ``persons_gained``
    what the choice adds to them.
    """
    facts, keys = choice.before, list(choice.candidates)
    k, t = (x.ravel() for x in np.indices(choice.stands.shape))
    i = facts.ids.get_indexer([settlement for settlement, _ in keys])[k]
    rules, factor = list(choice.candidates.values()), facts.scenario
    capex, opex = (
        np.array([float(rule[column]) for rule in rules]) * float(factor[of])
        for column, of in (
            ("capex_mln", "capex_factor"),
            ("opex_mln_per_year", "opex_factor"),
        )
    )
    start = np.array([choice.first.get(key, -1) for key in keys], dtype=np.int64)
    is_chosen = choice.stands[k, t]
    gained = choice.shifts(facts.residents)[k, i, t]
    places = {
        c: facts.settlements[c].to_numpy(dtype=object) for c in ("name", "region")
    }
    return plan_table(
        "growth_points",
        {
            "settlement": facts.ids.to_numpy(dtype=object)[i],
            "name": places["name"][i],
            "region": places["region"][i],
            "tier": np.array([tier for _, tier in keys], dtype=object)[k],
            "period": facts.times.names.to_numpy(dtype=object)[t],
            "is_chosen": is_chosen,
            "persons": now.people[i, t],
            "persons_gained": np.where(is_chosen, gained, 0.0),
            "capex_mln": np.where(start[k] == t, capex[k], 0.0),
            "opex_mln_per_year": np.where(is_chosen, opex[k], 0.0),
        },
    )
