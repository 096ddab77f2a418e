"""Contingencies: what a network still meets after the loss of a link.

The most that can be met is a maximum flow from all that stands to all that is asked
for, by shortest augmenting paths (Edmonds and Karp 1972).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

from aumaq.instances.contingencies import lost_links
from aumaq.instances.language.texts import say
from aumaq.results.audit.findings import DUST
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.network import NetworkPlan

FROM, TO = "from", "to"
"""Kinds of the nodes that are added: where all comes from, where all goes."""


def contingencies(ledger: Ledger) -> pd.DataFrame:
    """Check the loss of each link; return what is asked for, met and missing."""
    facts, rows = ledger.facts, []
    for rule in records(facts.tables["contingencies"]):
        n, times = ledger.networks[rule["network"]], facts.times
        for code in lost_links(rule, facts.tables["network_links"]):
            for t in range(times.position(rule["first_period"]), len(times.names)):
                asked, usual = _loads(n, t)
                required = float(rule["served_share"]) * usual
                met = most_met(n, t, asked, code)
                short = required - met
                short = short if short > DUST * max(usual, 1.0) else 0.0
                if rule["is_hard"]:
                    place = say(
                        "without link {link}, {period}",
                        link=code,
                        period=times.names[t],
                    )
                    ledger.notes.at_most(
                        f"contingency:{rule['contingency']}", required, met,
                        lambda *_, p=place: p,
                        say("{limit} is met after the loss, expected {value}"),
                    )  # fmt: skip
                price = float(rule["shortfall_mln_per_unit_year"])
                price = 0.0 if rule["is_hard"] else price * times.yearly[t]
                rows.append(
                    {
                        "contingency": rule["contingency"],
                        "network": n.name,
                        "link": code,
                        "period": times.names[t],
                        "load_met": usual,
                        "required": required,
                        "met": met,
                        "shortfall": 0.0 if rule["is_hard"] else short,
                        "cost_mln": short * price,
                    }
                )
    return table_of_rows("contingencies", rows)


def _loads(n: NetworkPlan, t: int) -> tuple[dict[str, float], float]:
    """Return the load of each node, and what of all is met with all links."""
    period, asked, shed = n.facts.times.names[t], dict[str, float](), 0.0
    for row in n.rows["loads"]:
        if row["period"] == period:
            asked[row["node"]] = float(row["base_load"] + row["facility_load"])
            shed += float(row["shed"])
    return asked, sum(asked.values()) - shed


def most_met(n: NetworkPlan, t: int, asked: dict[str, float], lost: str) -> float:
    """Return the most of a load that the network meets without a link, units."""
    import networkx as nx

    room: dict[tuple[Any, Any], float] = defaultdict(float)
    steps = [0, *({step for _, step in n.upgrades} if n.has_angles else ())]
    for code, link in n.links.items():
        if code == lost:
            continue
        known = [s for s in steps if s == 0 or (code, s) in n.upgrades]
        width = sum(max(0.0, n.room(code, step, t)) for step in known)
        room[link["from_node"], link["to_node"]] += width
        if not link["is_one_way"]:
            room[link["to_node"], link["from_node"]] += width
    for node, amount in _fed_in(n, t).items():
        room[(FROM,), node] += amount
    for node, amount in asked.items():
        room[node, (TO,)] += max(0.0, amount)
    graph = nx.DiGraph()
    graph.add_nodes_from([(FROM,), (TO,)])
    graph.add_weighted_edges_from(
        ((a, b, size) for (a, b), size in room.items() if size > 0), weight="capacity"
    )
    flow = nx.algorithms.flow.shortest_augmenting_path
    return float(nx.maximum_flow_value(graph, (FROM,), (TO,), flow_func=flow))


def _fed_in(n: NetworkPlan, t: int) -> dict[str, float]:
    """Return what facilities and local supply can feed in at each node."""
    period, found = n.facts.times.names[t], defaultdict[str, float](float)
    held: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in n.rows["sources"]:
        if row["period"] == period:
            held[row["service"], row["site"], row["node"]] += float(row["capacity"])
    for (service, site, node), amount in held.items():
        table = n.facts.services[service].table
        most = float(table["max_supply"][table["site"] == site].iloc[0])
        found[node] += amount if most != most else min(amount, most)
    for row in n.rows["local_supply"]:
        if row["period"] == period:
            found[row["node"]] += max(0.0, float(row["capacity"]))
    return found
