"""Relocations of a plan: what moves where, and what that changes of its cost.

Money is in mln, with the scenario's factor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from aumaq.instances.language.texts import Text, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.frames import records, table_of_rows

Row = dict[str, Any]
Move = tuple[int, int, int, int]
"""Site, level before, level after, period."""
TOLD = ("relocation", "service", "site", "to_site")


def relocations(
    facts: Facts,
    plans: Mapping[str, ServicePlan],
    decided: pd.DataFrame,
    notes: Notebook,
) -> tuple[dict[str, ServicePlan], pd.DataFrame]:
    """Check what moves; return the plans with what it costs instead, and its table."""
    known = {str(r["relocation"]): r for r in records(facts.tables["relocations"])}
    factor, rows = float(facts.scenario["capex_factor"]), []
    beside: dict[str, list[tuple[Move, float]]] = {name: [] for name in plans}
    for row in _sound(facts, known, records(decided), notes):
        rule = known[str(row["relocation"])]
        name, level = str(rule["service"]), int(row["level"])
        price, cost = facts.services[name].price, float(rule["cost_mln"]) * factor
        leave, arrive = _moves(facts, rule, row)
        beside[name].append((leave, -float(price[level, 0])))
        beside[name].append((arrive, cost - float(price[0, level])))
        rows.append(
            {
                **{key: rule[key] for key in TOLD},
                "title": rule["title"] or rule["relocation"],
                "period": row["period"],
                "level": level,
                "cost_mln": cost,
                "instead_of_mln": float(price[level, 0] + price[0, level]),
            }
        )
    _check_moves(facts, plans, beside, rows, notes)
    for code in [c for c, rule in known.items() if rule["is_forced"]]:
        if code not in [row["relocation"] for row in rows]:
            text = say("it must happen, and does not")
            notes.note(f"relocation:{code}", say("relocation {code}", code=code), text)
    notes.checks += len(known) + len(rows)
    found = {
        name: replace(plan, replaced=tuple((*at, mln) for at, mln in beside[name]))
        for name, plan in plans.items()
    }
    return found, table_of_rows("relocations", rows)


def _sound(
    facts: Facts, known: Mapping[str, Row], rows: list[Row], notes: Notebook
) -> list[Row]:
    """Return the rows of relocations that there are, in their time; note the others."""
    found = []
    for row in rows:
        code = str(row["relocation"])
        place = _place(row)
        if code not in known:
            text = say("there is no relocation {code!r}", code=code)
            notes.note(f"relocation:{code}", place, text)
            continue
        rule, times = known[code], facts.times
        size = facts.services[str(rule["service"])].size[1]
        if not 1 <= row["level"] < size:
            text = say("there is no level {level}", level=row["level"])
            notes.note(f"relocation:{code}", place, text)
            continue
        t, last = times.position(str(row["period"])), str(rule["last_period"])
        is_late = bool(last) and t > times.position(last)
        if is_late or t < times.position(str(rule["first_period"])):
            text = say("it moves before its first period, or after its last")
            notes.note(f"relocation:{code}", place, text)
        found.append(row)
    return found


def _place(row: Row) -> Text:
    code, period = row["relocation"], row["period"]
    return say("relocation {code}, period {period}", code=code, period=period)


def _moves(facts: Facts, rule: Row, row: Row) -> tuple[Move, Move]:
    """Return the closure and the opening that a relocation is."""
    service: Service = facts.services[str(rule["service"])]
    j, to = service.sites.get_indexer([rule["site"], rule["to_site"]]).tolist()
    level, t = int(row["level"]), facts.times.position(str(row["period"]))
    return (j, level, 0, t), (to, 0, level, t)


def _check_moves(
    facts: Facts,
    plans: Mapping[str, ServicePlan],
    beside: Mapping[str, list[tuple[Move, float]]],
    rows: list[Row],
    notes: Notebook,
) -> None:
    """Check that no more facilities are relocated than close, and than open."""
    count = Counter((name, at) for name, own in beside.items() for at, _ in own)
    for row in rows:
        name, code = str(row["service"]), row["relocation"]
        for move in _moves(facts, row, row):
            needed, there = count[name, move], plans[name].moves[move]
            if needed > there:
                text = say(
                    "{needed} of level {level} are relocated from or to site {site},"
                    " {there} close or open there",
                    needed=needed, level=row["level"], there=int(there),
                    site=facts.services[name].sites[move[0]],
                )  # fmt: skip
                notes.note(f"relocation:{code}", _place(row), text)
