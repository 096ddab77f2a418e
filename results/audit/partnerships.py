"""Partnerships: what partners pay, and what they are paid back year by year; mln."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.terms import INVESTMENT
from aumaq.results.audit.book import Rows
from aumaq.results.audit.findings import named
from aumaq.results.audit.frames import records, table_of_parts, table_of_rows
from aumaq.results.audit.ledger import Ledger

KEYS = ("partnership", "service", "region", "period")
Row = Mapping[str, Any]


@dataclass
class Partnered:
    """What partners pay under a plan, and each payment to them."""

    ledger: Ledger
    rules: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Sound rows of the table of partnerships."""

    def back(self, row: Row) -> dict[int, float]:
        """Return what is paid back for a row by calendar year, mln."""
        rule, times = self.rules[row["partnership"]], self.ledger.facts.times
        first = times.first[times.position(row["period"])]
        first += int(rule["first_payment_years"])
        years = range(first, first + int(rule["term_years"]))
        start = first - int(rule["first_payment_years"])
        worth = sum((1.0 + float(rule["premium"])) ** (start - year) for year in years)
        return dict.fromkeys(years, float(row["money_mln"]) / worth)

    def period(self, year: int) -> str:
        """Return the period in which a year lies; empty after the last."""
        times = self.ledger.facts.times
        begun = [t for t, first in enumerate(times.first) if first <= year]
        return str(times.names[begun[-1]]) if year < times.end else ""

    def factor(self, year: int) -> float:
        """Return by what a payment of a year is discounted."""
        times, tables = self.ledger.facts.times, self.ledger.facts.tables
        rate = float(tables["policies"]["discount_rate"].iloc[0])
        return float(times.once[0]) * (1.0 + rate) ** (times.first[0] - year)

    def money(self) -> list[Rows]:
        """Return rows of the table of money: paid by partners, paid back, owed."""
        found: dict[tuple[str, ...], list[float]] = {}

        def add(period: str, row: Row, item: str, paid: float, factor: float) -> None:
            key = period, row["service"], row["region"], item
            total = found.setdefault(key, [0.0, 0.0])
            total[0] += paid
            total[1] += paid * factor

        times = self.ledger.facts.times
        for row in self.rows:
            once = float(times.once[times.position(row["period"])])
            add(row["period"], row, "partner", -row["money_mln"], once)
            for year, paid in self.back(row).items():
                period, factor = self.period(year), self.factor(year)
                item = "availability" if period else "liability"
                add(period or str(times.names[-1]), row, item, paid, factor)
        columns = ("period", "service", "region", "item")
        if not found:
            return []
        texts = zip(*found, strict=True)
        return [
            {
                **{c: np.array(t, dtype=object)
                   for c, t in zip(columns, texts, strict=True)},
                "amount_mln": np.array([paid for paid, _ in found.values()]),
                "discounted_mln": np.array([worth for _, worth in found.values()]),
            }
        ]  # fmt: skip


def partnerships(ledger: Ledger, told: pd.DataFrame, money: pd.DataFrame) -> Partnered:
    """Check what partners pay; *money* is what is spent without them."""
    notes, tables = ledger.notes, ledger.facts.tables
    rules = {str(r["partnership"]): r for r in records(tables["partnerships"])}
    found = Partnered(ledger, rules)
    invested = _invested(money)
    for row in records(told):
        rule, place = rules.get(row["partnership"]), named(row, KEYS)
        id_ = f"partnership:{row['partnership']}"
        if rule is None:
            notes.note("funding:covered", place, say("there is no such partnership"))
            continue
        found.rows.append(row)
        if not (rule["service"] in ("", row["service"])
                and rule["region"] in ("", row["region"])):  # fmt: skip
            notes.note(id_, place, say("is not for that"))
        paid, spent = (
            row["money_mln"],
            invested.get(tuple(row[k] for k in KEYS[1:]), 0.0),
        )
        if paid < -notes.tolerance:
            notes.note(id_, place, say("pays less than nothing"), paid)
        notes.at_most(
            id_, paid, float(rule["share_most"]) * spent, lambda *_, p=place: p,
            say("the partner pays {value} mln, {limit} mln are its share"), spent,
        )  # fmt: skip
    _check_whole(found, invested)
    _check_limits(found)
    return found


def _invested(money: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    rows = money[money["item"].isin(INVESTMENT)]
    sums = rows.groupby(["service", "region", "period"])["amount_mln"].sum()
    return {key: float(mln) for key, mln in sums.items()}


def _check_whole(found: Partnered, invested: Mapping[tuple[Any, ...], float]) -> None:
    """Check that partners together pay no more than is invested."""
    paid: dict[tuple[Any, ...], float] = {}
    for row in found.rows:
        cell = tuple(row[k] for k in KEYS[1:])
        paid[cell] = paid.get(cell, 0.0) + float(row["money_mln"])
    for cell, mln in paid.items():
        spent = invested.get(cell, 0.0)
        place = named(dict(zip(KEYS[1:], cell, strict=True)), KEYS[1:])
        text = say("partners pay {value} mln, {limit} mln are invested")
        found.ledger.notes.at_most(
            "funding:partners", mln, spent, lambda *_, p=place: p, text, spent
        )


def _check_limits(found: Partnered) -> None:
    notes = found.ledger.notes
    for code, rule in found.rules.items():
        paid = sum(r["money_mln"] for r in found.rows if r["partnership"] == code)
        notes.at_most(
            f"partnership:{code}", paid, float(rule["limit_mln"]),
            lambda *_: say("all periods"),
            say("the partner pays {value} mln of {limit} mln"),
        )  # fmt: skip
    for burden in records(found.ledger.facts.tables["burdens"]):
        by_year: dict[int, float] = {}
        for row in found.rows:
            if (burden["service"] in ("", row["service"])
                    and burden["region"] in ("", row["region"])):  # fmt: skip
                for year, mln in found.back(row).items():
                    by_year[year] = by_year.get(year, 0.0) + mln
        for year, mln in by_year.items():
            place = say("year {year}", year=year)
            notes.at_most(
                f"burden:{burden['burden']}", mln, float(burden["most_mln_per_year"]),
                lambda *_, p=place: p,
                say("{value} mln are paid to partners, at most {limit} mln may be"),
            )  # fmt: skip


def with_partners(money: pd.DataFrame, found: Partnered) -> pd.DataFrame:
    """Return the table of money with what partners pay and are paid back."""
    more = found.money()
    if not more:
        return money
    rows = {name: cells.to_numpy() for name, cells in money.items()}
    return table_of_parts("money", [{str(n): c for n, c in rows.items()}, *more])


def partnership_table(found: Partnered) -> pd.DataFrame:
    """Return what each partner pays for what, and how it is paid back."""
    rows = []
    for row in found.rows:
        back = found.back(row)
        within = sum(mln for year, mln in back.items() if found.period(year))
        rows.append(
            {
                **{key: row[key] for key in KEYS},
                "money_mln": row["money_mln"],
                "payment_mln_per_year": next(iter(back.values())),
                "first_year": min(back),
                "last_year": max(back),
                "paid_back_mln": within,
                "liability_mln": sum(back.values()) - within,
            }
        )
    return table_of_rows("partnerships", rows)


def payment_table(found: Partnered) -> pd.DataFrame:
    """Return what is paid to each partner by calendar year."""
    sums: dict[tuple[str, int], float] = {}
    for row in found.rows:
        for year, mln in found.back(row).items():
            key = row["partnership"], year
            sums[key] = sums.get(key, 0.0) + mln
    return table_of_rows(
        "payments",
        (
            {
                "partnership": code,
                "year": year,
                "period": found.period(year),
                "is_past_horizon": not found.period(year),
                "amount_mln": mln,
                "discounted_mln": mln * found.factor(year),
            }
            for (code, year), mln in sorted(sums.items())
        ),
    )
