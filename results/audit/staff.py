"""Staff: posts of what runs, who fills them, and what hiring and training cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.schema.running import STAFF
from aumaq.results.audit.book import Rows, once
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import named
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.shifts import in_second_shift, shift_of

KEY = ("profession", "region", "period")


def staff_table(ledger: Ledger, decided: pd.DataFrame) -> pd.DataFrame:
    """Check who is hired and trained (*decided*); return posts and people."""
    facts, notes = ledger.facts, ledger.notes
    told = {tuple(row[k] for k in KEY): row for row in records(decided)}
    supply = records(facts.tables["staff_supply"])
    for key in told.keys() - {tuple(row[k] for k in KEY) for row in supply}:
        row = dict(zip(KEY, key, strict=True))
        notes.note(f"staff:{key[0]}", named(row, KEY), say("there is no such supply"))
    titles = facts.tables["professions"].set_index("profession")["title"]
    rows, factor = [], float(facts.scenario["opex_factor"])
    for row in supply:
        own = told.get(tuple(row[k] for k in KEY), {})
        hired, trained = (float(own.get(k, 0.0)) for k in ("hired", "trained"))
        rows.append(
            {
                **{k: row[k] for k in KEY},
                "title": titles[row["profession"]],
                "needed": _needed(ledger, row),
                "available": row["available"],
                "hired": hired,
                "trained": trained,
                "cost_mln": factor
                * (hired * row["hire_mln"] + trained * row["train_mln"]),
            }
        )
        _check_limits(ledger, row, hired, trained)
    for row in rows:
        row["stayed"] = _stayed(ledger, row, rows)
        _check_filled(ledger, row)
    return table_of_rows("staff", rows)


def _needed(ledger: Ledger, row: dict[str, Any]) -> float:
    """Return the posts of a profession in a region and period."""
    facts, total = ledger.facts, 0.0
    t = facts.times.position(str(row["period"]))
    for need in records(facts.tables["staff_needs"]):
        if need["profession"] == row["profession"]:
            service = facts.services[str(need["service"])]
            here = np.array([r == row["region"] for r in service.region], dtype=bool)
            units = ledger.plans[service.name].units[here, int(need["level"]), t]
            total += float(units.sum()) * float(need["posts"])
    return total + _in_second_shift(ledger, row, t)


def _in_second_shift(ledger: Ledger, row: dict[str, Any], t: int) -> float:
    """Return the posts for who is in second shift: a share of those of a place.

    At a site of several levels it is where that takes least.
    """
    facts, total = ledger.facts, 0.0
    for name, service in facts.services.items():
        for rule in shift_of(facts, service):
            posts = np.zeros(len(service.usable))
            for need in records(facts.tables["staff_needs"]):
                if (need["profession"], need["service"]) == (row["profession"], name):
                    posts[int(need["level"])] = need["posts"]
            here = np.array([r == row["region"] for r in service.region], dtype=bool)
            beyond = in_second_shift(facts, service, ledger.plans[name])[here, t]
            places = ledger.plans[name].units[here, :, t] * service.usable
            holds = np.flatnonzero(service.usable > 0.0)
            holds = holds[holds >= rule["from_level"]]
            each = rule["staff_share"] * posts[holds] / service.usable[holds]
            for k in np.argsort(each, kind="stable").tolist():
                taken = np.minimum(beyond, rule["extra_share"] * places[:, holds[k]])
                total += float(taken.sum() * each[k])
                beyond = beyond - taken
    return total


def _check_limits(
    ledger: Ledger, row: dict[str, Any], hired: float, trained: float
) -> None:
    """Check that no more are hired and trained than may be, nor fewer than none."""
    rule, notes = f"staff:{row['profession']}", ledger.notes
    is_last = row["period"] == ledger.facts.times.names[-1]

    def place(*_: int) -> str:
        return named(row, KEY)

    most = np.inf if np.isnan(row["most_hired"]) else float(row["most_hired"])
    notes.at_most(rule, hired, most, place, say("{value} are hired, {limit} may be"))
    most = 0.0 if is_last else float(row["most_trained"])
    text = say("{value} are trained, {limit} may be")
    notes.at_most(rule, trained, most, place, text)
    few = say("fewer than none are hired or trained")
    notes.at_most(rule, -min(hired, trained), 0.0, place, few)


def _stayed(ledger: Ledger, row: dict[str, Any], rows: list[dict[str, Any]]) -> float:
    """Return how many of a region were hired or trained before the period of a row."""
    position = ledger.facts.times.position
    t = position(str(row["period"]))
    return float(
        sum(
            other["hired"] + other["trained"]
            for other in rows
            if all(other[k] == row[k] for k in ("profession", "region"))
            and position(str(other["period"])) < t
        )
    )


def _check_filled(ledger: Ledger, row: dict[str, Any]) -> None:
    """Check that all posts are filled."""
    there = float(row["available"]) + row["stayed"] + row["hired"]
    ledger.notes.at_most(
        f"staff:{row['profession']}", row["needed"], there,
        lambda *_: named(row, KEY), say("{value} posts, {limit} people"),
    )  # fmt: skip


def staff_money(facts: Facts, table: pd.DataFrame) -> list[Rows]:
    """Return what hiring and training cost, by region."""
    if table.empty:
        return []
    paid = np.zeros((len(table), len(facts.times.names)))
    t = [facts.times.position(str(period)) for period in table["period"]]
    paid[np.arange(len(table)), t] = table["cost_mln"].to_numpy()
    return [once(facts.times, STAFF, table["region"].to_numpy(), "operation", paid)]
