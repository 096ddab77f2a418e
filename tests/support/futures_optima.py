"""The best plans for several futures by enumeration: an oracle for the solvers.

Every first period (road upgrades, moves and renewals at each site) is completed in each
future by enumeration of all its histories; what is common to all futures is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
from brute_force import (
    EPS,
    Histories,
    _cells,
    _nothing,
    _referred,
    _spending,
    histories,
    purses,
)
from financing_optima import financing_cost, is_financed, most_gain
from road_histories import connection_cost, upgrade_cost, upgrade_histories
from tiny_case import Case, read_case

from aumaq.instances import Instance

Costs = dict[Any, float]


def best_common(instances: tuple[Instance, ...]) -> dict[str, float] | None:
    """Return the least expected cost, worst cost and largest regret, mln.

    None if no first period can be completed in every future.
    """
    costs = [first_period_costs(instance) for instance in instances]
    common = [key for key in costs[0] if all(key in other for other in costs)]
    if not common:
        return None
    table = np.array([[of_future[key] for of_future in costs] for key in common])
    alone = np.array([min(of_future.values()) for of_future in costs])
    weights = np.array([i.active_scenario.probability for i in instances])
    return {
        "expected": float((table @ (weights / weights.sum())).min()),
        "worst": float(table.max(axis=1).min()),
        "regret": float((table - alone).max(axis=1).min()),
        "alone": float(alone @ (weights / weights.sum())),
    }


def first_period_costs(instance: Instance) -> Costs:
    """Return the best cost of a future for each first period that it can have."""
    case, best = read_case(instance), Costs()
    case.by_first = True
    for built in upgrade_histories(case):
        case.built = built
        fixed = upgrade_cost(case) + connection_cost(case)
        if fixed == inf:
            continue
        now = frozenset(code for code, t in built.items() if t == 0)
        for key, cost in _on_roads(case).items():
            whole = now, *key
            best[whole] = min(best.get(whole, inf), fixed + cost)
    return best


def _on_roads(case: Case) -> Costs:
    """Return the best cost for each first period of the sites, on given roads."""
    parts: dict[str, Histories] = {}
    for service in case.rows["services"]:
        part = histories(case, service)
        if part is None or not len(part.cost):
            return {}
        parts[service["service"]] = part
    if any(purse.is_hard and purse.limit < -EPS for purse in purses(case)):
        return {}
    if len(parts) == 1:
        parts[""] = replace(_nothing(case), first=[()])
    return _pairs(case, parts)


def _pairs(case: Case, parts: dict[str, Histories]) -> Costs:
    """Return the best sum over pairs of histories for each pair of first periods."""
    (a, first), (b, second) = parts.items()
    limits = [
        (
            purse,
            _spending(case, first, a, purse),
            _spending(case, second, b, purse),
        )
        for purse in purses(case)
    ]
    rules = [(rule, *_referred(case, rule, parts)) for rule in case.rows["referrals"]]
    names = list(dict.fromkeys(second.first))
    group = np.array([names.index(name) for name in second.first])
    best: Costs = {}
    pays = _who_pays(case, parts, best)
    for p, key in enumerate(first.first):
        total = first.cost[p] + second.cost
        for purse, own, other in limits:
            over = np.maximum(0.0, own[p] + other - purse.limit)
            is_broken = purse.is_hard and over > EPS
            total = np.where(is_broken, inf, total + (0 if purse.is_hard else
                             purse.price * over))  # fmt: skip
        for rule, have, allowed in rules:
            mine = have[p] if rule["service"] == a else have
            there = allowed[p] if rule["to_service"] == a else allowed
            total = np.where((mine > there).any(axis=(-1, -2)), inf, total)
        if is_financed(case):
            pays(p, total)
            continue
        least = np.full(len(names), inf)
        np.minimum.at(least, group, total)
        for name, cost in zip(names, least.tolist(), strict=True):
            if cost < inf:
                best[key, name] = min(best.get((key, name), inf), cost)
    return best


def _who_pays(
    case: Case, parts: dict[str, Histories], best: Costs
) -> Callable[[int, np.ndarray], None]:
    """Return what adds the least cost of who pays to history *p* and each of the other.

    A programme is solved only where it may still be the best for its first period.
    """
    (a, first), (b, second) = parts.items()
    gain, nobody = most_gain(case), np.zeros(0)

    def pays(p: int, total: np.ndarray) -> None:
        for q in np.argsort(total, kind="stable").tolist():
            key = first.first[p], second.first[q]
            if total[q] - gain < best.get(key, inf):
                cells = _cells(case, [(a, first, p), (b, second, q)])
                cost = float(total[q]) + financing_cost(case, cells, nobody)
                if cost < best.get(key, inf):
                    best[key] = cost

    return pays
