"""The plan listed by sector and period: money, actions, people reached, jobs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.sectors import OF_ANCHOR, sector_of, sectors_in
from aumaq.instances.terms import INVESTMENT
from aumaq.results.audit.findings import DUST
from aumaq.results.audit.frames import records, table_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aumaq.results.audit.ledger import Ledger

OPERATION = ("operation", "supply")
"""Items of money that run what stands; fares of travellers are nobody's operation."""

Act = tuple[str, str, int, set[str]]
"""What is acted upon, the period, how many actions, settlements that they reach."""


def sector_table(ledger: Ledger, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return money, actions, people and jobs by sector and period."""
    facts, sector = ledger.facts, sector_of(ledger.facts.tables)
    periods = facts.times.names.tolist()
    counts: dict[tuple[str, str], int] = defaultdict(int)
    reached: dict[tuple[str, str], set[str]] = defaultdict(set)
    for what, period, count, places in _acts(ledger, tables):
        counts[sector[what], period] += count
        reached[sector[what], period] |= places
    money = tables["money"].assign(sector=tables["money"]["service"].map(sector))
    invested, run = (_spent(money, items) for items in (INVESTMENT, OPERATION))
    jobs = _jobs(ledger)
    return table_of_rows(
        "sectors",
        (
            {
                "sector": name,
                "period": period,
                "investment_mln": invested.get((name, period), 0.0),
                "operation_mln": run.get((name, period), 0.0),
                "actions": counts[name, period],
                "persons": float(
                    facts.people[facts.ids.isin(reached[name, period]), t].sum()
                ),
                "jobs": jobs.get((name, t), 0.0),
            }
            for name in sectors_in(facts.tables)
            for t, period in enumerate(periods)
        ),
    )


def _spent(money: pd.DataFrame, items: Iterable[str]) -> dict[tuple[str, str], float]:
    """Return mln of some items by sector and period."""
    rows = money[money["item"].isin(items)]
    sums = rows.groupby(["sector", "period"])["amount_mln"].sum()
    return {(str(s), str(p)): float(v) for (s, p), v in sums.items()}


def _jobs(ledger: Ledger) -> dict[tuple[str, int], float]:
    """Return jobs at open anchors by sector and position of the period."""
    times, found = ledger.facts.times, dict[tuple[str, int], float]()
    for row in records(ledger.facts.tables["anchors"]):
        for t in range(times.position(row["first_period"]), len(times.names)):
            key = OF_ANCHOR[row["kind"]], t
            found[key] = found.get(key, 0.0) + float(row["jobs"])
    return found


def _acts(ledger: Ledger, tables: dict[str, pd.DataFrame]) -> Iterable[Act]:
    yield from _facilities(tables)
    yield from _networks(ledger, tables)
    yield from _roads(ledger, tables["road_upgrades"])
    points = tables["growth_points"]
    chosen = points[points["is_chosen"]].drop_duplicates(["settlement", "tier"])
    for row in records(chosen):
        yield GROWTH_POINTS, row["period"], 1, {row["settlement"]}


def _facilities(tables: dict[str, pd.DataFrame]) -> Iterable[Act]:
    """What is done to facilities reaches their place, and all who go there."""
    key = ["service", "site", "period"]
    actions, goes = tables["actions"], tables["allocation"]
    changes = actions[actions["action"] != "keep"]
    touched = goes.merge(changes[key].drop_duplicates(), on=key)
    comes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in records(touched[[*key, "settlement"]]):
        comes[row["service"], row["site"], row["period"]].add(row["settlement"])
    for row in records(changes):
        own = {row["settlement"], *comes[row["service"], row["site"], row["period"]]}
        yield row["service"], row["period"], int(row["units"]), own


def _networks(ledger: Ledger, tables: dict[str, pd.DataFrame]) -> Iterable[Act]:
    """Steps reach both ends of their link, local supply its settlement."""
    for row in records(tables["network_steps"]):
        nodes = ledger.networks[row["network"]]
        ends = {
            nodes.nodes[nodes.position[row[end]]]["settlement"]
            for end in ("from_node", "to_node")
        }
        yield row["network"], row["period"], 1, ends
    stands: dict[tuple[str, str, str], float] = {}
    order = ledger.facts.times.position
    for row in sorted(
        records(tables["local_supply"]), key=lambda r: order(r["period"])
    ):
        key = row["network"], row["node"], row["option"]
        before, size = stands.get(key, 0.0), float(row["capacity"])
        stands[key] = size
        if size > before + DUST * (1.0 + before):
            yield row["network"], row["period"], 1, {row["settlement"]}


def _roads(ledger: Ledger, built: pd.DataFrame) -> Iterable[Act]:
    """A road reaches the settlements that are tied to a node of it."""
    if built.empty:
        return
    links = ledger.facts.tables["road_upgrade_links"]
    ids, travel = ledger.facts.ids.to_numpy(dtype=object), ledger.travel
    for row in records(built):
        own = links[links["upgrade"] == row["upgrade"]]
        nodes = travel.nodes.get_indexer(pd.concat([own["from_node"], own["to_node"]]))
        here = np.isin(travel.home_node, nodes) & (travel.home_node >= 0)
        yield ROADS, row["period"], 1, set(ids[here].tolist())
