"""Agglomerations: no more people live in one than it may hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger


def agglomerations(ledger: Ledger) -> pd.DataFrame:
    """Check the people of each agglomeration with a limit; return them by period."""
    facts, limits = ledger.facts, dict[tuple[str, str], float]()
    for row in records(facts.tables["agglomerations"]):
        limits[row["agglomeration"], row["period"]] = float(row["max_persons"])
    member = facts.settlements["agglomeration"].to_numpy(dtype=object)
    rows = []
    for code in dict.fromkeys(code for code, _ in limits):
        people = facts.people[member == code].sum(axis=0)
        for t, period in enumerate(facts.times.names):
            usual = limits.get((code, ""), np.inf)
            most = limits.get((code, str(period)), usual)
            if not np.isfinite(most):
                continue
            place = say("period {period}", period=period)
            ledger.notes.at_most(
                f"agglomeration:{code}", float(people[t]), most,
                lambda *_, p=place: p, say("{value} people live there, {limit} may"),
            )  # fmt: skip
            rows.append(
                {
                    "agglomeration": code,
                    "period": period,
                    "persons": float(people[t]),
                    "max_persons": most,
                }
            )
    return table_of_rows("agglomerations", rows)
