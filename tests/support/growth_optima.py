"""Ways to choose growth points, who moves then and what it costs: for enumeration.

Written from docs/mathematics.md, person by person in plain loops.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
from agglomeration_case import within_limits
from lasting_case import cost, histories, spending
from tiny_case import EPS, Case, inhabitants

Key = tuple[str, str]
"""(settlement, tier)"""


def growth_choices(case: Case) -> Iterator[dict[Key, int]]:
    """Yield every choice that the rules allow: candidate -> period from which on."""
    for built in histories(case, case.rows["growth_candidates"]):
        chosen = {(row["settlement"], row["tier"]): t for row, t in built}
        places = [settlement for settlement, _ in chosen]
        has_one_tier = len(places) == len(set(places))
        if (
            has_one_tier
            and _within_limits(case, chosen)
            and within_limits(case, _people_after(case, chosen))
        ):
            yield chosen


def _people_after(case: Case, chosen: dict[Key, int]) -> list[list[float]]:
    before, case.chosen = case.chosen, chosen
    people = moved(case, inhabitants(case))
    case.chosen = before
    return people


def _within_limits(case: Case, chosen: dict[Key, int]) -> bool:
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    for row in case.rows["growth_tiers"]:
        mine = [
            t
            for (settlement, tier), t in chosen.items()
            if tier == row["tier"] and row["region"] in ("", home[settlement])
        ]
        by = case.period(row["by_period"]) if row["by_period"] else len(case.first) - 1
        if sum(t <= by for t in mine) < row["min_count"]:
            return False
        if row["max_count"] == row["max_count"] and len(mine) > row["max_count"]:
            return False
    return True


def moved(case: Case, members: list[list[float]]) -> list[list[float]]:
    """Return members[i][t] of a group once all have moved."""
    people = inhabitants(case)
    after = [list(line) for line in members]
    places = case.rows["settlements"]
    for row in case.rows["growth_candidates"]:
        start = case.chosen.get((row["settlement"], row["tier"]), inf)
        at = next(
            i for i, p in enumerate(places) if p["settlement"] == row["settlement"]
        )
        same = {"district": ("region", "district"), "region": ("region",)}
        donors = [
            i
            for i, place in enumerate(places)
            if i != at
            and row["donors"] != "outside"
            and all(place[c] == places[at][c] for c in same.get(row["donors"], ()))
        ]
        for t, period in enumerate(case.rows["periods"]):
            if t < start:
                continue
            share = row["gain_share"]
            for own in case.rows["growth_gains"]:
                key = (own["settlement"], own["tier"], own["period"])
                if key == (row["settlement"], row["tier"], period["period"]):
                    share = own["gain_share"]
            if row["donors"] == "outside":
                after[at][t] += share * members[at][t]
                continue
            pool = sum(people[i][t] for i in donors)
            for i in donors if pool > 0 else ():
                leave = share * people[at][t] / pool * members[i][t]
                after[i][t] -= leave
                after[at][t] += leave
    return after


def growth_cost(case: Case) -> float:
    """Return building less residual, and operation of what is chosen, discounted."""
    return sum(
        cost(case, row, case.chosen[row["settlement"], row["tier"]])
        for row in case.rows["growth_candidates"]
        if (row["settlement"], row["tier"]) in case.chosen
    )


def growth_spending(case: Case, budget: dict[str, Any]) -> float:
    """Return what growth points take from a budget in its period, mln."""
    home = {r["settlement"]: r["region"] for r in case.rows["settlements"]}
    total = 0.0
    for row in case.rows["growth_candidates"]:
        since = case.chosen.get((row["settlement"], row["tier"]), inf)
        total += spending(case, row, home[row["settlement"]], since, budget)
    return total


def concentrated(case: Case, service: str, units: np.ndarray) -> np.ndarray:
    """Return which histories obey the rules of concentration; units (p, t, j, l)."""
    good = np.ones(len(units), dtype=bool)
    levels = sorted(case.of("levels", service), key=lambda r: r["level"])
    places = {r["settlement"]: r for r in case.rows["settlements"]}
    for rule in case.of("concentrations", service):
        size = [r["capacity"] * (r["level"] >= rule["min_level"]) for r in levels]
        capacity = units @ np.array(size)
        for t in range(case.period(rule["first_period"]), len(case.first)):
            whole = inside = np.zeros(len(units))
            for j, site in enumerate(case.of("sites", service)):
                place = places[site["settlement"]]
                if rule["region"] not in ("", place["region"]):
                    continue
                is_point = place["is_growth_point"] and rule["tier"] == ""
                for (settlement, tier), start in case.chosen.items():
                    if settlement == site["settlement"] and start <= t:
                        is_point |= rule["tier"] in ("", tier)
                whole = whole + capacity[:, t, j]
                inside = inside + capacity[:, t, j] * is_point
            good &= inside >= rule["share"] * whole - EPS * (1 + whole)
    return good
