"""Counts: as many facilities, or changes of them, as each rule asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Ints
from aumaq.instances.language.texts import Text, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.frames import records
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.standards import counted_places

AT_MOST = {
    "facilities": say("facilities running: {value}, allowed: {limit}"),
    "openings": say("facilities opened: {value}, allowed: {limit}"),
    "closures": say("facilities closed: {value}, allowed: {limit}"),
    "enlargements": say("facilities enlarged: {value}, allowed: {limit}"),
    "reductions": say("facilities made smaller: {value}, allowed: {limit}"),
}
AT_LEAST = {
    "facilities": say("facilities running: {limit}, required: {value}"),
    "openings": say("facilities opened: {limit}, required: {value}"),
    "closures": say("facilities closed: {limit}, required: {value}"),
    "enlargements": say("facilities enlarged: {limit}, required: {value}"),
    "reductions": say("facilities made smaller: {limit}, required: {value}"),
}


def counts(ledger: Ledger) -> None:
    """Check what each rule counts, in each period in which it holds or in all."""
    facts = ledger.facts
    for rule in records(facts.tables["counts"]):
        service = facts.services[str(rule["service"])]
        number = _number(rule, ledger.plans[service.name], _here(facts, service, rule))
        holds = np.array([rule["period"] in ("", p) for p in facts.times.names])
        number, names = number[holds], facts.times.names[holds]
        if rule["is_total"]:
            number, names = number.sum(keepdims=True), np.array([""])

        def place(t: int, names: Any = names) -> Text:
            if not names[t]:
                return say("all periods together")
            return say("period {period}", period=names[t])

        code, what = f"count:{rule['count']}", str(rule["what"])
        least, most = float(rule["least"]), float(rule["most"])
        if not np.isnan(most):
            ledger.notes.at_most(code, number, most, place, AT_MOST[what])
        if not np.isnan(least):
            asked = np.full(len(number), least)
            ledger.notes.at_most(code, asked, number, place, AT_LEAST[what])


def _here(facts: Facts, service: Service, rule: Mapping[str, Any]) -> Flags:
    """Return the sites that a rule counts; a site without settlement is in no group."""
    if rule["applies_to"] == "all" and not rule["tag"] and not rule["region"]:
        return np.ones(len(service.sites), dtype=bool)
    counted = np.append(counted_places(facts, rule), False)  # home -1: the last one
    return np.asarray(counted[service.home])


def _number(rule: Mapping[str, Any], plan: ServicePlan, here: Flags) -> Ints:
    """Return how many there are in each period, by adding up level by level."""
    last = plan.units.shape[1] - 1
    low, high = int(rule["from_level"]), int(rule["to_level"]) or last
    found = np.zeros(plan.units.shape[2], dtype=np.int64)
    for level in range(low, min(high, last) + 1):
        moves = plan.moves[here]
        found += {
            "facilities": plan.units[here][:, level],
            "openings": moves[:, 0, level],
            "closures": moves[:, level, 0],
            "enlargements": moves[:, 1:level, level].sum(axis=1),
            "reductions": moves[:, level, 1:level].sum(axis=1),
        }[rule["what"]].sum(axis=0)
    return found
