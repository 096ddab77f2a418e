"""Mergers: one of two facilities runs, and the people of both go nowhere else."""

from __future__ import annotations

import numpy as np

from aumaq.instances.language.texts import say
from aumaq.results.audit.closings import today_of
from aumaq.results.audit.frames import records
from aumaq.results.audit.ledger import Ledger


def mergers(ledger: Ledger) -> None:
    """Check each merger in the periods from which it holds."""
    facts = ledger.facts
    for rule in records(facts.tables["mergers"]):
        name = str(rule["service"])
        service, plan = facts.services[name], ledger.plans[name]
        pair = service.sites.isin([rule["site"], rule["other_site"]])
        first = facts.times.position(str(rule["first_period"]))
        names = facts.times.names[first:]
        ledger.notes.equal(
            f"merger:{rule['merger']}",
            plan.units[pair, 1:, first:].sum(axis=(0, 1)),
            1.0,
            lambda t, names=names: say("period {period}", period=names[t]),
            say("facilities running at both sites: {value}, left by a merger: {limit}"),
        )
        is_own = today_of(ledger, service).is_own
        i = np.flatnonzero(is_own.any(axis=1) & ~is_own[:, ~pair].any(axis=1))
        away = plan.by_place(np.where(pair[plan.j], 0.0, plan.share))
        ledger.notes.at_most(
            f"merger:{rule['merger']}",
            np.where(service.demand > 0, away, 0.0)[i, first:],
            0.0,
            lambda k, t, i=i, names=names: say(
                "settlement {settlement}, period {period}",
                settlement=facts.ids[i[k]],
                period=names[t],
            ),
            say("a share of {value} goes to neither of the two that merge"),
        )
