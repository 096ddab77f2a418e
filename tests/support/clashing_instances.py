"""Tiny instances with rules that clash, and enumeration of which of them do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pandas as pd
from brute_force import best_plan_cost
from hypothesis import assume
from hypothesis import strategies as st
from tiny_instances import some, tiny

from aumaq.instances import Instance, InstanceError

KEPT = ("capacity:s", "whole:s")
"""Rules that the enumeration does not take away."""
COST = 10.0
"""Building one facility, mln; nothing else costs anything."""


@st.composite
def clashing(draw: st.DrawFn, allocation: str = "free") -> Instance:
    """Draw a tiny instance of villages, one period and hard rules without any plan."""
    villages = "abc"[: draw(some(2, 3))]
    sites = [
        {"site": v, "service": "s", "settlement": v,
         "status": draw(some("candidate", "candidate", "required", "forbidden"))}
        for v in villages
    ]  # fmt: skip
    rows: dict[str, Any] = {
        "services": [{"service": "s", "unserved_mln_per_unit_year": 0.0,
                      "may_be_unserved": draw(some(False, False, True)),
                      "allocation": allocation}],
        "settlements": [
            {"settlement": v, "population": float(draw(some(20, 40, 60)))}
            for v in villages
        ],
        "sites": sites,
        "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": COST}],
        "travel": [
            {"settlement": v, "site": w, "minutes": draw(some(20.0, 40.0))}
            for v in villages for w in villages if v != w
        ],
        "budgets": [
            {"budget": f"m{k}", "period": "p1", "amount_mln": draw(some(5.0, 15.0)),
             "is_hard": True}
            for k in range(draw(some(0, 1, 1, 2)))
        ],
        "counts": [
            {"count": f"c{k}", "service": "s", "from_level": 1, "least": least,
             "most": most}
            for k in range(draw(some(0, 1, 1)))
            for least, most in (draw(some((None, 1.0), (None, 0.0), (2.0, None))),)
        ],
        "standards": [
            {"standard": f"d{k}", "service": "s", "applies_to": "all", "is_hard": True,
             "scope": "total", "minutes": draw(some(0.0, 30.0)),
             "share": draw(some(0.6, 0.9, 1.0))}
            for k in range(draw(some(0, 1, 1)))
        ],
    }  # fmt: skip
    if draw(st.booleans()):
        if sites[0]["status"] == "candidate":
            sites[0]["status"] = "existing"
        rows["facilities"] = [
            {"service": "s", "site": "a", "level": 1, "is_locked": draw(st.booleans())}
        ]  # fmt: skip
    try:
        instance = tiny(**rows)
    except InstanceError:
        assume(False)
        raise
    assume(best_plan_cost(instance) is None)
    return instance


def without(instance: Instance, limit: dict[str, Any], amount: float = 1.0) -> Instance:
    """Return the instance with a rule taken away, or changed by an amount."""
    rule, kind = limit["rule"], limit["rule"].partition(":")[0]
    given = instance.given
    table = f"{kind}s"
    if table in ("budgets", "counts", "standards"):
        rows = given[table].copy()
        own = rows[kind] == rule.partition(":")[2]
        if amount >= 1.0 and kind == "standard":
            return instance.replace(**{table: rows[~own]})
        if amount == float("inf"):
            return instance.replace(**{table: rows[~own]})
        _change(rows, own, kind, amount)
        return instance.replace(**{table: rows})
    if kind == "allocation":
        services = given["services"].assign(may_be_unserved=True)
        return instance.replace(services=services)
    if kind == "lock":
        return instance.replace(facilities=given["facilities"].assign(is_locked=False))
    sites = given["sites"].copy()
    stands = limit["site"] in set(given["facilities"]["site"])
    own = sites["site"] == limit["site"]
    sites.loc[own, "status"] = "existing" if stands else "candidate"
    return instance.replace(sites=sites)


def _change(rows: pd.DataFrame, own: Any, kind: str, amount: float) -> None:
    if kind == "budget":
        rows.loc[own, "amount_mln"] *= 1.0 + amount
    elif kind == "count":
        rows.loc[own, "most"] += amount
        rows.loc[own, "least"] -= amount
    else:
        rows.loc[own, "share"] *= (1.0 - amount) * (1.0 - 1e-9)


def is_possible(instance: Instance, lost: list[dict[str, Any]]) -> bool:
    """Return whether there is a plan without some of the rules, by enumeration."""
    for limit in lost:
        instance = without(instance, limit, float("inf"))
    return best_plan_cost(instance) is not None


def conflicts_by_enumeration(
    instance: Instance, limits: list[dict[str, Any]]
) -> tuple[set[frozenset[int]], set[frozenset[int]]]:
    """Return all conflicts, and all smallest sets whose loss makes a plan possible."""
    every = range(len(limits))
    holds = {
        frozenset(kept): is_possible(
            instance, [limits[k] for k in every if k not in kept]
        )
        for size in range(len(limits) + 1)
        for kept in combinations(every, size)
    }
    clash = {s for s, good in holds.items() if not good}
    minimal = {s for s in clash if all(s - {k} not in clash for k in s)}
    whole = frozenset(every)
    lost = {
        whole - s
        for s, good in holds.items()
        if good and all(s | {k} in clash for k in whole - s)
    }
    return minimal, lost


def least_weight(
    instance: Instance, limits: list[dict[str, Any]], touched: float
) -> float:
    """Return what the cheapest relaxation weighs, by trying all of them in order.

    For whole catchments, where each number that matters is one of a few.
    """
    options = [list(_amounts(instance, limit)) for limit in limits]
    tries = sorted(
        product(*options), key=lambda t: sum(w + touched for a, w in t if a > 0.0)
    )
    for chosen in tries:
        changed = instance
        for limit, (amount, _) in zip(limits, chosen, strict=True):
            if amount > 0.0:
                changed = without(changed, limit, amount)
        if best_plan_cost(changed) is not None:
            return sum(w + touched for a, w in chosen if a > 0.0)
    raise AssertionError("no relaxation makes a plan possible")


def _amounts(
    instance: Instance, limit: dict[str, Any]
) -> Iterator[tuple[float, float]]:
    """Yield amounts by which a limit may give way, and what they weigh."""
    yield 0.0, 0.0
    kind, code = limit["rule"].split(":")
    most = len(instance.tables["sites"])
    if kind == "budget":
        rows = instance.tables["budgets"]
        limit_mln = float(rows.loc[rows["budget"] == code, "amount_mln"].iloc[0])
        for built in range(1, most + 1):
            if built * COST > limit_mln:
                share = built * COST / limit_mln - 1.0
                yield share * (1.0 + 1e-9), share
    elif kind == "count":
        rows = instance.tables["counts"]
        row = rows[rows["count"] == code].iloc[0]
        number = max(1.0, float(pd.Series([row["least"], row["most"]]).max()))
        for pieces in range(1, most + 1):
            yield float(pieces), pieces / number
    elif kind == "standard":
        rows = instance.tables["standards"]
        share = float(rows.loc[rows["standard"] == code, "share"].iloc[0])
        people = instance.tables["settlements"]["population"].to_numpy()
        for size in range(len(people) + 1):
            for some_ in combinations(people, size):
                reached = sum(some_) / people.sum()
                if reached < share:
                    yield 1.0 - reached / share, 1.0 - reached / share
    else:
        yield 1.0, 1.0
