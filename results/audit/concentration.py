"""Concentration: enough capacity of higher levels stands in growth points."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger


def concentrations(ledger: Ledger) -> pd.DataFrame:
    """Return what each rule counts, and how much of it stands in growth points."""
    facts, rows = ledger.facts, []
    for rule in records(facts.tables["concentrations"]):
        service = facts.services[str(rule["service"])]
        level = np.arange(len(service.price))
        size = np.where(level >= rule["min_level"], service.levels["capacity"], 0.0)
        capacity = np.einsum("jlt,l->jt", ledger.plans[service.name].units, size)
        mine = np.array([rule["region"] in ("", own) for own in service.region], bool)
        is_point = ledger.choice.is_point(str(rule["tier"]))[service.home]
        inside = (capacity * (is_point & (service.home >= 0)[:, None]))[mine].sum(
            axis=0
        )
        whole, required = capacity[mine].sum(axis=0), float(rule["share"])
        for t in range(facts.times.position(str(rule["first_period"])), len(whole)):
            place = say("period {period}", period=facts.times.names[t])
            text = say(
                "{limit} units of capacity stand in growth points, expected {value}"
            )
            ledger.notes.at_most(
                f"concentration:{rule['concentration']}", required * whole[t],
                inside[t], lambda *_, p=place: p, text, whole[t],
            )  # fmt: skip
            rows.append(
                {
                    "concentration": rule["concentration"],
                    "service": rule["service"],
                    "period": facts.times.names[t],
                    "capacity": whole[t],
                    "in_growth_points": inside[t],
                    "share": inside[t] / whole[t] if whole[t] > 0 else 1.0,
                    "required_share": rule["share"],
                }
            )
    return table_of_rows("concentrations", rows)
