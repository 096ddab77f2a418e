"""Possible mergers: pairs that have merged run as one, and their people go there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.audit.book import Rows, once, yearly
from aumaq.results.audit.closings import today_of
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger

Row = dict[str, Any]
TOLD = ("possible_merger", "service", "site", "other_site")


def possible_mergers(ledger: Ledger, decided: pd.DataFrame) -> pd.DataFrame:
    """Check what has merged; return the table of it."""
    facts, rows = ledger.facts, []
    known = {
        str(r["possible_merger"]): r for r in records(facts.tables["possible_mergers"])
    }
    for row in records(decided):
        code, period = str(row["possible_merger"]), str(row["period"])
        place = say("merger {code}, period {period}", code=code, period=period)
        if code not in known:
            text = say("there is no such pair")
            ledger.notes.note(f"possible_merger:{code}", place, text)
            continue
        rule, first = known[code], facts.times.position(period)
        if first < facts.times.position(str(rule["first_period"])):
            text = say("they may not merge before {period}",
                       period=rule["first_period"])  # fmt: skip
            ledger.notes.note(f"possible_merger:{code}", place, text)
        _check(ledger, rule, first)
        rows.append(_told(ledger, rule, period, first))
    ledger.notes.checks += len(decided)
    return table_of_rows("merged", rows)


def _check(ledger: Ledger, rule: Row, first: int) -> None:
    """Check that one runs, of a level that is enough, and who goes elsewhere."""
    facts, name = ledger.facts, f"possible_merger:{rule['possible_merger']}"
    service = facts.services[str(rule["service"])]
    plan = ledger.plans[service.name]
    pair = service.sites.isin([rule["site"], rule["other_site"]])
    names, level = facts.times.names[first:], int(rule["least_level"])

    def period(t: int) -> str:
        return say("period {period}", period=names[t])

    units = plan.units[pair][:, :, first:]
    text = say("facilities running at both sites: {value}, left by a merger: {limit}")
    ledger.notes.equal(name, units[:, 1:].sum(axis=(0, 1)), 1.0, period, text)
    text = say("facilities of the level it gives at the two sites: {limit}")
    enough = units[:, level:].sum(axis=(0, 1))
    ledger.notes.at_most(name, 1.0, enough, period, text)
    is_own = today_of(ledger, service).is_own
    i = np.flatnonzero(is_own.any(axis=1) & ~is_own[:, ~pair].any(axis=1))
    away = plan.by_place(np.where(pair[plan.j], 0.0, plan.share))
    ledger.notes.at_most(
        name,
        np.where(service.demand > 0, away, 0.0)[i, first:],
        0.0,
        lambda k, t: say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i[k]],
            period=names[t],
        ),
        say("a share of {value} goes to neither of the two that merge"),
    )


def _told(ledger: Ledger, rule: Row, period: str, first: int) -> Row:
    facts = ledger.facts
    service = facts.services[str(rule["service"])]
    runs = ledger.plans[service.name].units[:, 1:, first].sum(axis=1) > 0
    pair = service.sites.isin([rule["site"], rule["other_site"]])
    left = [str(site) for site in service.sites[runs & pair]]
    return {
        **{key: rule[key] for key in TOLD},
        "title": rule["title"] or rule["possible_merger"],
        "period": period,
        "left": left[0] if left else "",
        "cost_mln": float(rule["cost_mln"]) * float(facts.scenario["capex_factor"]),
        "saving_mln_per_year": float(rule["saving_mln_per_year"])
        * float(facts.scenario["opex_factor"]),
    }


def merger_money(facts: Facts, merged: pd.DataFrame) -> list[Rows]:
    """Return what the pairs that have merged cost, and what they save."""
    found, count = [], len(facts.times.names)
    for row in records(merged):
        service = facts.services[str(row["service"])]
        at = list(service.sites).index(row["site"])
        region = np.array([service.region[at]], dtype=object)
        t = facts.times.position(str(row["period"]))
        paid, saved = np.zeros((2, 1, count))
        paid[0, t], saved[0, t:] = row["cost_mln"], -row["saving_mln_per_year"]
        found.append(once(facts.times, service.name, region, "closing", paid))
        found.append(yearly(facts.times, service.name, region, "operation", saved))
    return found
