"""Tables of the roads: upgrades built, connections kept or missed; their money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import within
from aumaq.instances.access.upgrades import connection_minutes
from aumaq.instances.schema.roads import ROADS
from aumaq.model.data.gathered import ModelData
from aumaq.results.plan.frames import typed
from aumaq.results.plan.money import Rows, of_lasting
from aumaq.solvers import Decisions


def built_by(decisions: Decisions, t: int) -> np.ndarray:
    """Return which upgrades stand in a period, (G,)."""
    return np.asarray(decisions.upgraded[:, t] > 0)


def road_tables(data: ModelData, decisions: Decisions) -> dict[str, pd.DataFrame]:
    """Return ``road_upgrades`` and ``connections`` of a plan."""
    return {
        "road_upgrades": _upgrades(data, decisions),
        "connections": _connections(data, decisions),
    }


def _upgrades(data: ModelData, decisions: Decisions) -> pd.DataFrame:
    r, tables = data.roads, data.instance.tables
    km = tables["road_upgrade_links"].groupby("upgrade")["length_km"].sum()
    titles = tables["road_upgrades"]["title"]
    starts = np.diff(decisions.upgraded, axis=1, prepend=0)
    rows = [
        (r.upgrades[g], titles[g] or r.upgrades[g], r.region[g], data.periods[t],
         float(km[r.upgrades[g]]), float(r.capex_mln[g]))
        for g, t in np.argwhere(starts > 0).tolist()
    ]  # fmt: skip
    texts = ("upgrade", "title", "region", "period")
    kinds = dict.fromkeys(texts, "str") | {"length_km": "float", "capex_mln": "float"}
    return typed(pd.DataFrame(rows, columns=list(kinds)), kinds)


def _connections(data: ModelData, decisions: Decisions) -> pd.DataFrame:
    r, rules = data.roads, data.instance.tables["connections"]
    limit, rows = rules["minutes"].to_numpy(), []
    for t, period in enumerate(data.periods):
        if not len(rules):
            break
        minutes = connection_minutes(data.instance, built_by(decisions, t))
        for c in np.flatnonzero(r.connection_first <= t).tolist():
            is_met = bool(within(minutes[c], limit[c]))
            price = 0.0 if r.connection_is_hard[c] else r.connection_mln_per_year[c]
            rows.append(
                (r.connections[c], rules["from_settlement"][c],
                 rules["to_settlement"][c], period,
                 minutes[c] if np.isfinite(minutes[c]) else np.nan, limit[c], is_met,
                 0.0 if is_met else float(price * data.ann[t]))
            )  # fmt: skip
    texts = ("connection", "from_settlement", "to_settlement", "period")
    kinds = dict.fromkeys(texts, "str")
    kinds |= {"minutes": "float", "limit_minutes": "float", "is_met": "bool",
              "cost_mln": "float"}  # fmt: skip
    return typed(pd.DataFrame(rows, columns=list(kinds)), kinds)


def road_money(data: ModelData, decisions: Decisions) -> list[Rows]:
    """Return money of road upgrades by period, region and item."""
    return of_lasting(data, ROADS, data.roads, decisions.upgraded)
