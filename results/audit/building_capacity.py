"""Building capacity: what changes at once, against what may."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.terms import INVESTMENT
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.siting import spending


def building_capacity(ledger: Ledger) -> pd.DataFrame:
    """Check each rule in its period; return what changes and what may."""
    facts, rows = ledger.facts, []
    for rule in records(facts.tables["building_capacity"]):
        t, mln, changes = facts.times.position(str(rule["period"])), 0.0, 0.0
        for name, service in facts.services.items():
            if rule["service"] not in ("", name):
                continue
            plan = ledger.plans[name]
            here = np.array([rule["region"] in ("", r) for r in service.region], bool)
            paid = spending(service, plan)
            mln += sum(float(paid[item][here, t].sum()) for item in INVESTMENT)
            moves = plan.moves[here, :, :, t]
            stays = np.einsum("jll->j", moves)
            changes += float(moves.sum() - stays.sum())
            changes += float(plan.renewed[here, :, t].sum())
        for value, column, text in (
            (mln, "most_mln", say("{value} mln are built, {limit} mln may be")),
            (changes, "most_changes", say("{value} facilities change, {limit} may")),
        ):
            if not np.isnan(rule[column]):
                ledger.notes.at_most(
                    f"building_capacity:{rule['building_capacity']}",
                    value, float(rule[column]),
                    lambda *_, p=rule["period"]: say("period {period}", period=p), text,
                )  # fmt: skip
        rows.append(
            {
                "building_capacity": rule["building_capacity"],
                "period": rule["period"],
                "spent_mln": mln,
                "most_mln": rule["most_mln"],
                "changes": changes,
                "most_changes": rule["most_changes"],
            }
        )
    return table_of_rows("building_capacity", rows)
