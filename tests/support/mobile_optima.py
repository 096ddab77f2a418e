"""Mobile services in the enumeration: teams one by one, whom they visit by programmes.

Written from docs/mathematics.md; nothing is shared with the package.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import ceil, inf
from typing import Any

import numpy as np
from tiny_case import EPS, Case, travel_km

Mobile = dict[str, Any]
"""``price`` (by settlement {site: discounted mln of a unit}), ``most`` (teams by state
and site), ``team`` (discounted mln of one), ``days`` of one, ``units`` a day, ``share``
of a settlement at most, ``counts`` in standards."""


def mobile(
    case: Case, service: dict[str, Any], t: int, to: list[dict[int, float]],
    states: np.ndarray, is_for: Callable[..., bool],
) -> list[Mobile]:  # fmt: skip
    """Return the mobile services of a service in a period."""
    km, sites = travel_km(case, t), case.of("sites", service["service"])
    factor, found = case.scenario["opex_factor"] * case.yearly[t], []
    for row in case.of("mobile_services", service["service"]):
        price: list[dict[int, float]] = []
        for place, near in zip(case.rows["settlements"], to, strict=True):
            most = row["population_most"]
            may = is_for(case, row, place)
            may = may and not place["population"] > (most if most == most else inf)
            price.append({})
            for j, minutes in near.items() if may else ():
                if minutes <= row["within_minutes"] + EPS:
                    length = km.get((place["settlement"], sites[j]["site"]), 0.0)
                    way = 2 * length * row["cost_per_km"] / 1e6
                    day = (row["cost_mln_per_day"] + way) * factor
                    price[-1][j] = day / row["units_per_day"]
        found.append(
            {
                "price": price,
                "most": states[:, :, row["from_level"] - 1 :].sum(axis=2)
                * row["most_teams"],
                "team": row["cost_mln_per_team_year"] * factor,
                "days": row["days_per_year"],
                "units": row["units_per_day"],
                "share": row["most_share"],
                "counts": row["counts_in_standards"],
            }
        )
    return found


def costs_with_teams(
    problem: dict[str, Any], costs: Callable[[dict[str, Any]], np.ndarray]
) -> np.ndarray:
    """Return the best cost of each state over all numbers of teams at all bases."""
    mobiles = problem["mobile"]
    if not mobiles:
        return costs(problem)
    most = np.concatenate([one["most"] for one in mobiles], axis=1)
    useful = [
        ceil(sum(problem["need"]) / one["units"] / one["days"])
        if any(j in own for own in one["price"])
        else 0
        for one in mobiles
        for j in range(one["most"].shape[1])
    ]
    tops = np.minimum(most.max(axis=0), useful).astype(int).tolist()
    best = np.full(len(most), inf)
    for pick in product(*(range(top + 1) for top in tops)):
        teams = np.array(pick, dtype=int).reshape(len(mobiles), -1)
        may = (most >= teams.ravel()).all(axis=1)
        if may.any():
            fixed = sum(teams.sum(axis=1) * [one["team"] for one in mobiles])
            found = costs({**problem, "teams": teams}) + fixed
            best = np.minimum(best, np.where(may, found, inf))
    return best


def visits(problem: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Return who may be visited: mobile service, settlement, base with a team."""
    return [
        (m, i, j)
        for m, one in enumerate(problem["mobile"])
        for i, own in enumerate(one["price"])
        for j in own
        if problem["need"][i] > 0 and problem["teams"][m, j] > 0
    ]


def visit_rows(
    problem: dict[str, Any], given: list[tuple[int, int, int]]
) -> tuple[np.ndarray, list[float]]:
    """Return rows over visits, in units, and their limits: days, and parts."""
    rows, limits = [], []
    for m, one in enumerate(problem["mobile"]):
        for j, number in enumerate(problem["teams"][m]):
            rows.append([(a, c) == (m, j) for a, _, c in given])
            limits.append(one["units"] * one["days"] * number)
        for i, need in enumerate(problem["need"]):
            rows.append([(a, b) == (m, i) for a, b, _ in given])
            limits.append(one["share"] * need)
    return np.array(rows, float).reshape(len(rows), len(given)), limits
