"""Counts: no more facilities of a service than a rule allows."""

from __future__ import annotations

import numpy as np

from aumaq.instances.language.texts import say
from aumaq.results.audit.frames import records
from aumaq.results.audit.ledger import Ledger


def counts(ledger: Ledger) -> None:
    """Check what runs in the region of each rule, in each period in which it holds."""
    facts = ledger.facts
    for rule in records(facts.tables["counts"]):
        service = facts.services[str(rule["service"])]
        units = ledger.plans[service.name].units
        here = np.array(service.region) == rule["region"] if rule["region"] else ...
        running = units[:, int(rule["from_level"]) :].sum(axis=1)
        holds = np.array([rule["period"] in ("", p) for p in facts.times.names])
        ledger.notes.at_most(
            f"count:{rule['count']}",
            running[here].sum(axis=0)[holds],
            float(rule["most"]),
            lambda t, names=facts.times.names[holds]: say(
                "period {period}", period=names[t]
            ),
            say("{value} facilities run, {limit} may"),
        )
