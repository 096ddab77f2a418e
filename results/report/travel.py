"""Travel before and after: minutes today, the next best site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.access.upgrades import BETWEEN
from aumaq.instances.rows import rows_with
from aumaq.results.indicators.gains import longest_minutes
from aumaq.results.indicators.state import State
from aumaq.results.shares import rounded

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def before(state: State, service: str) -> dict[str, Any]:
    """Return today's mean minutes (None: nobody is served) and unserved share.

    ``longest``: the minutes with which who is not served counts.
    """
    ids = pd.Index(state.instance.settlement_ids)
    rows, lost = (
        rows_with(state.tables[name], "service", service)
        for name in ("allocation", "unserved")
    )
    amount = rows["demand"].groupby(rows["settlement"]).sum()
    load = (rows["demand"] * rows["minutes"]).groupby(rows["settlement"]).sum()
    minutes = (load / amount.where(amount > 0)).reindex(ids)
    share = lost.set_index("settlement")["share"].reindex(ids, fill_value=0.0)
    return {
        "minutes": [None if x != x else round(x, 1) for x in minutes.tolist()],
        "unserved": rounded(share),
        "longest": longest_minutes(state, service),
    }


def next_best(plan: Plan, service: str, period: str) -> pd.DataFrame:
    """Return, for settlement and site of a period, the nearest other site that runs.

    Columns settlement, site, next_site, next_minutes; rows without another site are
    left out. Ways are those open in the period: today's, and by upgrades built by then.
    """
    periods = list(plan.instance.period_names)
    built = plan.table("road_upgrades")
    soon = built["period"].isin(periods[: periods.index(period) + 1])
    stands = set(built.loc[soon, "upgrade"])
    now, goes = (
        rows_with(rows[rows["period"] == period], "service", service)
        for rows in (plan.facilities, plan.allocation)
    )
    options = plan.instance.access(service)
    options = options[options["site"].isin(now["site"])]
    # An array of flags even where nothing runs: an empty list would name no columns.
    is_open = np.array(
        [
            not needs or stands.issuperset(needs.split(BETWEEN))
            for needs in options["needs"]
        ],
        dtype=bool,
    )
    options = options[is_open].sort_values("minutes", kind="stable")
    ways = options.drop_duplicates(["settlement", "site"])
    ways = ways[["settlement", "site", "minutes"]].rename(
        columns={"site": "next_site", "minutes": "next_minutes"}
    )
    pairs = goes[["settlement", "site"]].merge(ways, on="settlement")
    others = pairs[pairs["site"] != pairs["next_site"]]
    others = others.sort_values("next_minutes", kind="stable")
    return others.drop_duplicates(["settlement", "site"])
