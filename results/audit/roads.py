"""Road upgrades and connections of a plan: what is built, what it costs, who arrives.

Money is in mln, time in minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import beyond
from aumaq.instances.access.upgrades import connection_minutes
from aumaq.instances.arrays import Flags
from aumaq.instances.language.texts import say
from aumaq.instances.schema.roads import ROADS
from aumaq.results.audit.book import Rows
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.lasting import lasting_money

if TYPE_CHECKING:
    from aumaq.results.audit.ledger import Ledger

Row = dict[str, Any]


@dataclass
class Upgrades:
    """The road upgrades that a plan builds: code -> its first period."""

    facts: Facts
    known: dict[str, Row]
    first: dict[str, int] = field(default_factory=dict)

    def standing(self, t: int) -> frozenset[str]:
        """Return the upgrades that stand in period *t*."""
        return frozenset(code for code, start in self.first.items() if start <= t)

    def flags(self, t: int) -> Flags:
        """Return which of all upgrades stand in period *t*, (G,)."""
        built = self.standing(t)
        return np.array([code in built for code in self.known], dtype=bool)

    def money(self) -> list[Rows]:
        """Return money of road upgrades by period, region and item."""
        built = (
            (str(rule["region"]), self.first[code], rule)
            for code, rule in self.known.items()
            if code in self.first
        )
        return lasting_money(self.facts, ROADS, built)


def upgrades(facts: Facts, rows: pd.DataFrame, notes: Notebook) -> Upgrades:
    """Check the upgrades that a plan builds, and return them."""
    known = {str(row["upgrade"]): row for row in records(facts.tables["road_upgrades"])}
    found = Upgrades(facts, known)
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
        found.first[code] = start
    return found


def upgrade_table(built: Upgrades) -> pd.DataFrame:
    """Return the upgrades that are built, and from which period they stand."""
    facts, links = built.facts, built.facts.tables["road_upgrade_links"]
    km = links.groupby("upgrade")["length_km"].sum()
    factor = float(facts.scenario["capex_factor"])
    return table_of_rows(
        "road_upgrades",
        (
            {
                "upgrade": code,
                "title": rule["title"] or code,
                "region": rule["region"],
                "period": facts.times.names[built.first[code]],
                "length_km": float(km.get(code, 0.0)),
                "capex_mln": float(rule["capex_mln"]) * factor,
            }
            for code, rule in built.known.items()
            if code in built.first
        ),
    )


def connections(ledger: Ledger) -> pd.DataFrame:
    """Check connections; return what each takes, and the price of those missed.

    The minutes are those of the instance, held against our own.
    """
    facts, rows = ledger.facts, []
    rules = records(facts.tables["connections"])
    for t, period in enumerate(facts.times.names):
        if not rules:
            break
        told = connection_minutes(ledger.instance, ledger.upgrades.flags(t))
        place = say("period {period}", period=period)
        for rule, minutes, own in zip(
            rules, told.tolist(), ledger.travel.connections(t).tolist(), strict=True
        ):
            if t < facts.times.position(str(rule["first_period"])):
                continue
            code, limit = f"connection:{rule['connection']}", float(rule["minutes"])
            if minutes != own:  # both may be inf
                text = say(
                    "{column} is {value} in the plan, {limit} when recomputed"
                ).given(column="minutes")
                ledger.notes.equal(code, minutes, own, lambda *_, p=place: p, text)
            is_late = bool(beyond(own, limit))
            if is_late and rule["is_hard"]:
                late = say(
                    "takes {real:g} minutes, not {limit:g}", real=own, limit=limit
                )
                ledger.notes.note(code, place, late, own)
            price = 0.0 if rule["is_hard"] else float(rule["shortfall_mln_per_year"])
            rows.append(
                {
                    "connection": rule["connection"],
                    "from_settlement": rule["from_settlement"],
                    "to_settlement": rule["to_settlement"],
                    "period": period,
                    "minutes": minutes if np.isfinite(minutes) else np.nan,
                    "limit_minutes": limit,
                    "is_met": not is_late,
                    "cost_mln": price * facts.times.yearly[t] if is_late else 0.0,
                }
            )
    return table_of_rows("connections", rows)
