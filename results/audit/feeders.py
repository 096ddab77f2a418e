"""Feeders: who goes to one site of a service goes on to one site of another.

Shares of the two services are held against each other, settlement by settlement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook, named
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger

Row = dict[str, Any]
LOOSE = -2
"""A site that has no follow-on, so that who goes there is free; -1: none is said."""
KEYS = ("feeder", "site", "period")


@dataclass(frozen=True)
class _Pattern:
    """A pattern with the follow-on of each site in each period, (J, T)."""

    rule: Row
    own: Service
    other: Service
    to: Ints
    is_given: Flags  # (J,)
    first: int


def feeders(ledger: Ledger, decided: pd.DataFrame) -> pd.DataFrame:
    """Check who goes on where; return the follow-ons of sites where anybody is."""
    facts, notes = ledger.facts, ledger.notes
    known = {str(r["feeder"]): r for r in records(facts.tables["feeders"])}
    rows: dict[str, list[Row]] = {code: [] for code in known}
    for row in records(decided):
        code = str(row["feeder"])
        if code in known:
            rows[code].append(row)
            continue
        text = say("there is no pattern {code!r}", code=code)
        notes.note(f"feeder:{code}", named(row, KEYS), text)
    table: list[Row] = []
    for code, rule in known.items():
        pattern = _pattern(facts, rule, rows[code], notes)
        _check(ledger, pattern)
        table += _told(ledger, pattern)
    return table_of_rows("follow_ons", table)


def _pattern(facts: Facts, rule: Row, rows: list[Row], notes: Notebook) -> _Pattern:
    """Return the pattern: what is given, and what is said of the other sites."""
    own, other = (facts.services[str(rule[x])] for x in ("service", "to_service"))
    code, first = str(rule["feeder"]), facts.times.position(str(rule["first_period"]))
    sites, ends = ([str(site) for site in one.sites] for one in (own, other))
    start = -1 if rule["is_chosen"] else LOOSE
    to = np.full((len(sites), len(facts.times.names)), start, dtype=np.int64)
    is_given = np.zeros(len(sites), dtype=bool)
    for row in records(facts.tables["feeder_sites"]):
        if row["feeder"] == code:
            j = sites.index(str(row["site"]))
            to[j], is_given[j] = ends.index(str(row["to_site"])), True
    for row in rows:
        site, end, t = row["site"], row["to_site"], facts.times.position(row["period"])
        wrong = None
        if site not in sites or end not in ends:
            wrong = say("there are no such sites: {site}, {to_site}",
                        site=site, to_site=end)  # fmt: skip
        elif is_given[sites.index(site)]:
            if to[sites.index(site), t] != ends.index(end):
                wrong = say("another follow-on is given than {to_site}", to_site=end)
        elif not rule["is_chosen"] or t < first:
            wrong = say("no follow-on is chosen there")
        else:
            to[sites.index(site), t] = ends.index(end)
        if wrong is not None:
            notes.note(f"feeder:{code}", named(row, KEYS), wrong)
    notes.checks += len(rows)
    return _Pattern(rule, own, other, to, is_given, first)


def _by_site(ledger: Ledger, service: Service, t: int) -> Floats:
    """Return the share of each settlement that goes to each site, (I, J)."""
    plan = ledger.plans[service.name]
    found = np.zeros((len(ledger.facts.ids), len(service.sites)))
    now = plan.t == t
    np.add.at(found, (plan.i[now], plan.j[now]), plan.share[now])
    return found


def _check(ledger: Ledger, p: _Pattern) -> None:
    """Check that nobody comes to a site but by its feeders, or free."""
    facts, unserved = ledger.facts, ledger.plans[p.own.name].unserved
    beyond = np.zeros((len(facts.ids), len(facts.times.names) - p.first))
    for at, t in enumerate(range(p.first, len(facts.times.names))):
        leaves = _by_site(ledger, p.own, t)
        comes = _by_site(ledger, p.other, t)
        brought = np.zeros_like(comes)
        for j in np.flatnonzero(p.to[:, t] >= 0).tolist():
            brought[:, p.to[j, t]] += leaves[:, j]
        free = unserved[:, t] + leaves[:, p.to[:, t] == LOOSE].sum(axis=1)
        apart = np.maximum(comes - brought, 0.0).sum(axis=1) - free
        both = (p.own.demand[:, t] > 0) & (p.other.demand[:, t] > 0)
        beyond[:, at] = np.where(both, apart, 0.0)
    names = facts.times.names[p.first :]
    ledger.notes.at_most(
        f"feeder:{p.rule['feeder']}",
        beyond,
        0.0,
        lambda i, t: say(
            "settlement {settlement}, period {period}",
            settlement=facts.ids[i],
            period=names[t],
        ),
        say("a share of {value} does not go on where the others of its site do"),
    )


def _told(ledger: Ledger, p: _Pattern) -> list[Row]:
    """Return the follow-ons of sites where anybody is served."""
    plan, found = ledger.plans[p.own.name], []
    served = plan.by_site(plan.served)
    for j, t in np.argwhere((served > 0.0) & (p.to >= 0)).tolist():
        if t >= p.first:
            end = p.other.sites[p.to[j, t]]
            found.append(
                _row(p, j, str(end), ledger.facts.times.names[t], served[j, t])
            )
    return found


def _row(p: _Pattern, j: int, end: str, period: str, demand: float) -> Row:
    return {
        "feeder": p.rule["feeder"],
        "service": p.own.name,
        "site": p.own.sites[j],
        "to_service": p.other.name,
        "to_site": end,
        "period": period,
        "demand": float(demand),
        "is_given": bool(p.is_given[j]),
    }
