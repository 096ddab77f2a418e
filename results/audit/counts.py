"""Check of counts: no more facilities of a service than a rule allows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.frames import records


def check_counts(
    facts: Facts, plans: Mapping[str, ServicePlan], notes: Notebook
) -> None:
    """Check what runs in the region of each rule, in each period in which it holds."""
    for rule in records(facts.tables["counts"]):
        service = facts.services[str(rule["service"])]
        here = np.array(service.region) == rule["region"] if rule["region"] else ...
        running = plans[service.name].units[:, int(rule["from_level"]) :].sum(axis=1)
        holds = np.array([rule["period"] in ("", p) for p in facts.times.names])
        notes.at_most(
            f"count:{rule['count']}",
            running[here].sum(axis=0)[holds],
            float(rule["most"]),
            lambda t, names=facts.times.names[holds]: say(
                "period {period}", period=names[t]
            ),
            pattern("{value} facilities run, {limit} may"),
        )
