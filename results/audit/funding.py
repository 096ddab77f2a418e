"""Funding: who pays for what is spent, within its limits and shares; mln."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.instances.terms import COVERED
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import DUST, named
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger

CELL = ("service", "region", "spending", "period")
KINDS = ("investment", "operation")
Sums = dict[tuple[str, ...], float]


def funding(ledger: Ledger, told: pd.DataFrame, money: pd.DataFrame) -> list[Any]:
    """Check who pays; return the rows that say so and stand on something."""
    facts, notes = ledger.facts, ledger.notes
    funds = {str(row["fund"]) for row in records(facts.tables["funding_sources"])}
    rules = records(facts.tables["funding_eligibility"])
    rows = []
    for row in records(told):
        place, id_ = named(row, ("fund", *CELL)), f"fund:{row['fund']}"
        if row["fund"] not in funds:
            text = say("there is no such source of money")
            notes.note("funding:covered", place, text)
            continue
        rows.append(row)
        if not any(r["fund"] == row["fund"] and _covers(r, row) for r in rules):
            notes.note(id_, place, say("it may not pay for that"))
        if row["amount_mln"] < -notes.tolerance:
            notes.note(id_, place, say("pays less than nothing"), row["amount_mln"])
    if funds:
        spent = _spent(money)
        _check_covered(ledger, rows, spent)
        _check_shares(ledger, rows, rules, spent)
    return rows


def _covers(rule: Mapping[str, Any], cell: Mapping[str, Any]) -> bool:
    return (
        rule["service"] in ("", cell["service"])
        and rule["region"] in ("", cell["region"])
        and rule["covers"] in ("all", cell["spending"])
    )


def _spent(money: pd.DataFrame) -> Sums:
    """Return what is spent by cell (``CELL``), mln."""
    found: Sums = {}
    for kind in KINDS:
        rows = money[money["item"].isin(COVERED[kind])]
        sums = rows.groupby(["service", "region", "period"])["amount_mln"].sum()
        for (sector, region, period), mln in sums.items():
            found[sector, region, kind, period] = float(mln)
    return found


def _check_covered(ledger: Ledger, rows: list[Any], spent: Sums) -> None:
    """All that is spent is paid, and nothing else."""
    paid: Sums = dict.fromkeys(spent, 0.0)
    for row in rows:
        cell = tuple(row[key] for key in CELL)
        paid[cell] = paid.get(cell, 0.0) + row["amount_mln"]
    for cell, mln in paid.items():
        place = named(dict(zip(CELL, cell, strict=True)), CELL)
        ledger.notes.equal(
            "funding:covered", mln, spent.get(cell, 0.0), lambda *_, p=place: p,
            say("{value} mln are paid of {limit} mln spent"),
        )  # fmt: skip


def _check_shares(
    ledger: Ledger, rows: list[Any], rules: list[dict[str, Any]], spent: Sums
) -> None:
    """Each source pays its share of what a row lets it pay for, and no more."""
    notes = ledger.notes
    cells = [(dict(zip(CELL, cell, strict=True)), mln) for cell, mln in spent.items()]
    for rule in rules:
        for period in ledger.facts.times.names:
            here = [one for one in cells if one[0]["period"] == period]
            whole = sum(mln for cell, mln in here if _covers(rule, cell))
            paid = sum(row["amount_mln"] for row in rows
                       if row["fund"] == rule["fund"] and row["period"] == period
                       and _covers(rule, row))  # fmt: skip
            id_, place = f"fund:{rule['fund']}", say("period {period}", period=period)
            least = float(rule["share_least"]) * whole
            notes.at_most(
                id_, least, paid, lambda *_, p=place: p,
                say("it pays {limit} mln of what it is for, expected {value}"), whole,
            )  # fmt: skip
            notes.at_most(
                id_, paid, float(rule["share_most"]) * whole, lambda *_, p=place: p,
                say("it pays {value} mln of what it is for, at most {limit}"), whole,
            )  # fmt: skip


def financing_table(rows: list[Any]) -> pd.DataFrame:
    """Return who pays for what in which period."""
    return table_of_rows("financing", rows)


def fund_table(ledger: Ledger, rows: list[Any]) -> pd.DataFrame:
    """Check the limits of each source; return what it has, pays and has left."""
    facts, found = ledger.facts, []
    times, limits = facts.times, _limits(facts)
    for fund in records(facts.tables["funding_sources"]):
        carried = 0.0
        for t, period in enumerate(times.names):
            own = [row for row in rows if row["fund"] == fund["fund"]]
            paid = sum(r["amount_mln"] for r in own if r["period"] == period)
            limit = float(limits[fund["fund"]][t])
            has, has_end = limit + carried, np.isfinite(limit)
            place = say("period {period}", period=period)
            ledger.notes.at_most(
                f"fund:{fund['fund']}", paid, has, lambda *_, p=place: p,
                say("it pays {value} mln of {limit} mln that it has"),
            )  # fmt: skip
            left = has - paid if abs(has - paid) > DUST * has else 0.0
            found.append(
                {
                    "fund": fund["fund"],
                    "period": period,
                    "limit_mln": limit if has_end else np.nan,
                    "carried_over_mln": carried,
                    "paid_mln": paid,
                    "left_mln": left if has_end else np.nan,
                }
            )
            carried = 0.0
            if fund["carry_over"] and has_end and t + 1 < len(times.names):
                years = times.first[t + 1] - times.first[t]
                carried = left * (1.0 + float(fund["interest"])) ** years
    return table_of_rows("funds", found)


def _limits(facts: Facts) -> dict[str, Floats]:
    """Return what each source has by period; inf where it has no limit."""
    times, factor = facts.times, float(facts.scenario["budget_factor"])
    found: dict[str, Floats] = {}
    for row in records(facts.tables["funding_limits"]):
        own = found.setdefault(row["fund"], np.zeros(len(times.names)))
        if row["period"]:
            t = times.position(row["period"])
        else:
            t = max(t for t, first in enumerate(times.first) if first <= row["year"])
        own[t] += float(row["amount_mln"]) * factor
    endless = np.full(len(times.names), np.inf)
    for code in facts.tables["funding_sources"]["fund"]:
        found.setdefault(str(code), endless)
    return found
