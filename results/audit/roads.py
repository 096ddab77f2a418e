"""Road upgrades and connections of a plan: what is built, what it costs, who arrives.

Money is in mln, time in minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import beyond
from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Floats, Notebook
from aumaq.results.audit.frames import records
from aumaq.results.audit.lasting import lasting_money

Row = dict[str, Any]
ROADS = "roads"
"""Stands for the service in the table of money."""
GROWTH_POINTS = "growth_points"
"""The same for growth points."""


@dataclass
class RoadCheck:
    """What a plan builds: for each period the upgrades that stand, and the money."""

    facts: Facts
    upgrades: dict[str, Row]
    first: dict[str, int] = field(default_factory=dict)

    def standing(self, t: int) -> frozenset[str]:
        """Return the upgrades that stand in period *t*."""
        return frozenset(code for code, start in self.first.items() if start <= t)

    def money(self, item: str) -> tuple[list[str], Floats, Floats]:
        """Return regions, money paid and money discounted of an item, (regions, T)."""
        built = (
            (str(self.upgrades[code]["region"]), start, self.upgrades[code])
            for code, start in self.first.items()
        )
        return lasting_money(self.facts, built, item)


def check_upgrades(facts: Facts, rows: pd.DataFrame, notes: Notebook) -> RoadCheck:
    """Check the upgrades that a plan builds."""
    known = {str(row["upgrade"]): row for row in records(facts.tables["road_upgrades"])}
    check = RoadCheck(facts, known)
    lengths: dict[str, float] = {}
    for link in records(facts.tables["road_upgrade_links"]):
        code = str(link["upgrade"])
        lengths[code] = lengths.get(code, 0.0) + float(link["length_km"])
    for row in records(rows):
        code = str(row["upgrade"])
        place = say("upgrade {code}, period {period}", code=code, period=row["period"])
        if code not in known:
            notes.note(
                "roads:upgrades", place, say("there is no upgrade {code!r}", code=code)
            )
            continue
        start = facts.times.position(str(row["period"]))
        if start < facts.times.position(str(known[code]["first_period"])):
            early = say("is built before its first period")
            notes.note("roads:upgrades", place, early)
        check.first[code] = start
        factor = float(facts.scenario["capex_factor"])
        wanted = {
            "capex_mln": float(known[code]["capex_mln"]) * factor,
            "length_km": lengths.get(code, 0.0),
        }
        for column, real in wanted.items():
            if column in row:
                text = pattern(
                    "{column} is {value} in the plan, {limit} when recomputed",
                    column=column,
                )
                notes.equal(
                    "roads:upgrades", row[column], real, lambda *_, p=place: p, text
                )  # fmt: skip
    return check


def check_connections(
    facts: Facts, minutes: list[Floats], rows: pd.DataFrame, notes: Notebook
) -> float:
    """Check connections; return the price of those missed, discounted mln.

    *minutes*: for each period, of each connection on the roads built by then.
    """
    claimed = {(row["connection"], row["period"]): row for row in records(rows)}
    price, expected = 0.0, set()
    for k, rule in enumerate(records(facts.tables["connections"])):
        code, limit = f"connection:{rule['connection']}", float(rule["minutes"])
        for t in range(facts.times.position(str(rule["first_period"])), len(minutes)):
            period, real = facts.times.names[t], float(minutes[t][k])
            place = say("period {period}", period=period)
            expected.add((rule["connection"], period))
            is_late = bool(beyond(real, limit))
            if is_late and rule["is_hard"]:
                notes.note(
                    code,
                    place,
                    say(
                        "takes {real:g} minutes, not {limit:g}", real=real, limit=limit
                    ),
                    real,
                )
            cost = float(rule["shortfall_mln_per_year"]) * facts.times.yearly[t]
            cost = cost if is_late and not rule["is_hard"] else 0.0
            price += cost
            row = claimed.get((rule["connection"], period))
            if row is None:
                notes.note(code, place, say("the row of connections is missing"))
                continue
            _check_claim(row, code, place, real, cost, is_late, notes)
    for connection, period in sorted(set(claimed) - expected, key=str):
        text = say("the rule does not hold in this period")
        notes.note(
            f"connection:{connection}", say("period {period}", period=period), text
        )
    return price


def _check_claim(
    row: Row, code: str, place: str, real: float, cost: float, is_late: bool,
    notes: Notebook,
) -> None:  # fmt: skip
    """Compare a row of connections with what was recomputed."""
    if bool(row["is_met"]) == is_late:
        notes.note(
            code,
            place,
            say("takes {real:g} minutes; the plan says otherwise", real=real),
        )
    wanted = {"cost_mln": cost}
    if np.isfinite(real):
        wanted["minutes"] = real
    for column, value in wanted.items():
        if column in row:
            text = pattern(
                "{column} is {value} in the plan, {limit} when recomputed",
                column=column,
            )
            notes.equal(code, row[column], value, lambda *_: place, text)
