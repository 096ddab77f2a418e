"""Relocations in the enumeration: written from docs/instance-format.md alone."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import inf
from typing import Any

import numpy as np
from site_histories import Path, SiteHistories
from tiny_case import Case

Found = tuple[np.ndarray, np.ndarray, np.ndarray]


def relocated(
    case: Case,
    service: dict[str, Any],
    paths: list[list[Path]],
    pick: np.ndarray,
    cost: np.ndarray,
    spent: np.ndarray,
) -> Found:
    """Return histories with what moves: which each is of the given, cost, spending.

    Each is told once for every choice of what of its closures and openings is a
    relocation, which costs its own instead.
    """
    of, costs, spendings = [], [], []
    for p, of_site in enumerate(pick.T.tolist()):
        own = [path[k] for path, k in zip(paths, of_site, strict=True)]
        for choice in _choices(case, service, own):
            money = np.array(spent[p])
            total = cost[p]
            for rule, level, t in choice:
                total += _replace(case, service, rule, level, t, money)
            of.append(p)
            costs.append(total)
            spendings.append(money)
    shape = (0, *spent.shape[1:])
    return (
        np.array(of, dtype=int),
        np.array(costs, dtype=float),
        np.array(spendings) if spendings else np.zeros(shape),
    )


def _choices(case: Case, service: dict[str, Any], own: list[Path]) -> list[Any]:
    """Return what may be relocations together, in given histories of the sites."""
    rules, count = case.of("relocations", service["service"]), len(case.first)
    names = [site["site"] for site in case.of("sites", service["service"])]
    number: Counter[Any] = Counter()
    for j, path in enumerate(own):
        for t, moves in enumerate(path.changes):
            for a, b, n in moves:
                number[names[j], t, a, b] += n
    levels = len(case.of("levels", service["service"]))
    each = []
    for rule in rules:
        last = case.period(rule["last_period"]) if rule["last_period"] else count - 1
        when = range(case.period(rule["first_period"]), last + 1)
        ways: list[Any] = [(rule, level, t) for t in when
                           for level in range(1, levels + 1)]  # fmt: skip
        each.append(ways if rule["is_forced"] else [None, *ways])
    found = []
    for ways in product(*each):
        chosen = [way for way in ways if way]
        taken = Counter((r["site"], t, level, 0) for r, level, t in chosen)
        taken += Counter((r["to_site"], t, 0, level) for r, level, t in chosen)
        if all(n <= number[key] for key, n in taken.items()):
            found.append(chosen)
    return found


def _replace(
    case: Case,
    service: dict[str, Any],
    rule: dict[str, Any],
    level: int,
    t: int,
    money: np.ndarray,
) -> float:
    """Book a relocation instead of a closure and an opening; return what it adds."""
    sites = case.of("sites", service["service"])
    j, to = ([s["site"] for s in sites].index(rule[x]) for x in ("site", "to_site"))
    here, there = (SiteHistories(case, service, sites[k]) for k in (j, to))
    closing, opening = here.prices[level][0], there.prices[0][level]
    assert closing < inf
    assert opening < inf
    own = rule["cost_mln"] * case.scenario["capex_factor"]
    money[t, j] -= closing
    money[t, to] += own - opening
    worth = here._worth(t)
    return float(case.once[t] * (own - opening - closing) - worth * (own - opening))
