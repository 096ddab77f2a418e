"""Gaps: the best and the worst group of each rule, and what lies between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import DUST
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.standards import counted_places
from aumaq.results.audit.visits import near_by_visit, visited

SAME = 1e-9
"""Groups whose measures are as near as this are equal: the first one is named."""


def gaps(ledger: Ledger) -> pd.DataFrame:
    """Return the highest and the lowest group of each rule, by period."""
    rows: list[dict[str, Any]] = []
    for rule in records(ledger.facts.tables["gaps"]):
        rows += _gap(ledger, rule)
    return table_of_rows("gaps", rows)


def _gap(ledger: Ledger, rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    facts, rows = ledger.facts, []
    service = facts.services[str(rule["service"])]
    value = _of_places(ledger, rule)
    groups = sorted(_groups(facts, rule).items())
    price = 0.0 if rule["is_hard"] else float(rule["excess_mln_per_year"])
    times, most = facts.times, float(rule["most"])
    for t in range(times.position(str(rule["first_period"])), len(times.names)):
        measured = {}
        for name, members in groups:
            demand = float(service.demand[members, t].sum())
            if demand > 0.0:
                measured[name] = float(value[members, t].sum()) / demand
        if not measured:
            continue
        high, low = max(measured.values()), min(measured.values())
        if rule["is_hard"]:
            place = say("period {period}", period=times.names[t])
            text = say("the groups are {value} apart, {limit} is allowed")
            ledger.notes.at_most(
                f"gap:{rule['gap']}", high - low, most, lambda *_, p=place: p, text,
                float(rule["minutes"]) if rule["measure"] == "minutes" else 1.0,
            )  # fmt: skip
        over = high - low - most
        is_over = not rule["is_hard"] and over > DUST * max(1.0, high)
        rows.append(
            {
                "gap": rule["gap"],
                "service": service.name,
                "period": times.names[t],
                "high_group": _named(measured, high),
                "high": high,
                "low_group": _named(measured, low),
                "low": low,
                "difference": high - low,
                "excess": over if is_over else 0.0,
                "cost_mln": over * price * times.yearly[t] if is_over else 0.0,
            }
        )
    return rows


def _named(measured: Mapping[str, float], value: float) -> str:
    room = SAME * (1.0 + abs(value))
    return next(name for name, own in measured.items() if abs(own - value) <= room)


def _of_places(ledger: Ledger, rule: Mapping[str, Any]) -> Floats:
    """Return demand within the minutes, or minutes of all demand, by settlement.

    Who is visited at home goes no minutes; of the share he counts as in standards.
    """
    service = ledger.facts.services[str(rule["service"])]
    plan, limit = ledger.plans[service.name], float(rule["minutes"])
    found = np.zeros_like(service.demand)
    if rule["measure"] == "share":
        near = within(plan.minutes, limit)
        visits = near_by_visit(ledger.facts, service, plan, limit)
        np.add.at(found, (plan.i, plan.t), np.where(near, plan.served, visits))
        return found
    goes = plan.served - visited(service, plan)
    way = goes * np.minimum(plan.minutes, limit)
    np.add.at(found, (plan.i, plan.t), way)
    return found + plan.unserved * service.demand * limit


def _groups(facts: Facts, rule: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return the settlements of each group that a rule compares."""
    counted, found = counted_places(facts, rule), dict[str, list[int]]()
    tags: dict[str, list[str]] = {}
    for row in records(facts.tables["settlement_tags"]):
        tags.setdefault(row["settlement"], []).append(row["tag"])
    for i, row in enumerate(records(facts.settlements)):
        if counted[i]:
            names = {
                "region": [row["region"]],
                "district": [f"{row['region']}/{row['district']}"],
                "kind": [row["kind"]],
                "tag": tags.get(row["settlement"], []),
            }[rule["scope"]]
            for name in names:
                found.setdefault(name, []).append(i)
    return found
