"""The cheapest plan of a tiny instance: every decision is walked, the audit judges it.

One service and one period, one place a site, catchments whole: then there are few
decisions, and the audit says of each what it costs and whether it breaks a rule. It
knows all rules; nothing of them is told here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.schema.plan import BY_NAME
from aumaq.results.audit import audit
from aumaq.results.audit.decided import DECIDED

Rows = list[dict[str, Any]]
Decisions = dict[str, Rows]


def cheapest(instance: Instance) -> tuple[float | None, int]:
    """Return the least objective of plans without findings, mln, and their number."""
    found = [audit(instance, _tables(one)) for one in decisions(instance)]
    costs = [one.objective_mln for one in found if not one.findings]
    return min(costs, default=None), len(costs)


def decisions(instance: Instance) -> Iterator[Decisions]:
    """Yield all decisions: facilities, catchments, growth points, road upgrades."""
    (service,), (period,) = instance.service_names, instance.period_names
    base = {"service": service, "period": period}
    sites = instance.service_sites(service)["site"].tolist()
    for changes in product(*(_changes(instance, service, site) for site in sites)):
        state: Decisions = {"facilities": [], "actions": []}
        for table, rows in chain.from_iterable(one.items() for one in changes):
            state[table] += [{**base, "units": 1, **row} for row in rows]
        stands = [row["site"] for row in state["facilities"]]
        for goes, points, roads in product(
            product((None, *stands), repeat=len(instance.settlement_ids)),
            _some(instance.tables["growth_candidates"][["settlement", "tier"]]),
            _some(instance.tables["road_upgrades"][["upgrade"]]),
        ):
            ways = list(zip(instance.settlement_ids, goes, strict=True))
            yield {
                **state,
                "allocation": [
                    {**base, "settlement": home, "site": site, "share": 1.0}
                    for home, site in ways
                    if site
                ],
                "unserved": [
                    {**base, "settlement": home, "share": 1.0}
                    for home, site in ways
                    if not site
                ],
                "growth_points": [
                    {**row, "period": period, "is_chosen": True} for row in points
                ],
                "road_upgrades": [{**row, "period": period} for row in roads],
            }


def _changes(instance: Instance, service: str, site: str) -> Iterator[Decisions]:
    """Yield what can become of a site with one place: facilities and actions."""
    stock = instance.tables["facilities"]
    own = stock[(stock["service"] == service) & (stock["site"] == site)]
    before = 0 if own.empty else int(own["level"].iloc[0])
    for after in range(len(instance.levels(service)) + 1):
        word = ("keep" if before == after else "open" if not before else
                "close" if not after else "enlarge" if before < after else
                "reduce")  # fmt: skip
        move = {"site": site, "action": word, "from_level": before, "to_level": after}
        facilities = [{"site": site, "level": after}] if after else []
        actions = [move] if before or after else []
        yield {"facilities": facilities, "actions": actions}
        if before and word == "keep":
            actions = [move, {**move, "action": "renew"}]
            yield {"facilities": facilities, "actions": actions}


def _some(rows: pd.DataFrame) -> list[Rows]:
    """Return all choices of some of the rows."""
    every = rows.to_dict("records")
    sizes = range(len(every) + 1)
    return [list(some) for size in sizes for some in combinations(every, size)]


def _tables(decided: Decisions) -> dict[str, pd.DataFrame]:
    """Return all tables of decisions; those of networks are empty."""
    return {
        name: pd.DataFrame(decided.get(name, []), columns=list(DECIDED[name]))
        for name in BY_NAME
        if name in DECIDED
    }
