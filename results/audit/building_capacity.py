"""Building capacity: what changes at once, against what may."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import say
from aumaq.instances.terms import INVESTMENT
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger


def building_capacity(ledger: Ledger, spent: pd.DataFrame) -> pd.DataFrame:
    """Check each rule in its period; return what changes and what may.

    *spent* is the table of money before partners pay: all that is invested in services
    is work of builders, a merger, too.
    """
    facts, rows = ledger.facts, []
    work = spent[spent["item"].isin(INVESTMENT) & spent["service"].isin(facts.services)]
    for rule in records(facts.tables["building_capacity"]):
        t, changes = facts.times.position(str(rule["period"])), 0.0
        own = work[work["period"] == rule["period"]]
        for key in ("service", "region"):
            own = own[own[key] == rule[key]] if rule[key] else own
        mln = float(own["amount_mln"].sum())
        for name, service in facts.services.items():
            if rule["service"] not in ("", name):
                continue
            plan = ledger.plans[name]
            here = np.array([rule["region"] in ("", r) for r in service.region], bool)
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
