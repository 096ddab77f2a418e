"""Contingencies of tiny instances: drawn, and as rows of a linear programme."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from aumaq.instances import Instance

Row = dict[str, Any]


@st.composite
def contingent(draw: st.DrawFn, usual: st.SearchStrategy[Instance]) -> Instance:
    """Draw a rule on the loss of links for a *usual* instance with a network."""
    base, pick = draw(usual), st.sampled_from
    links = base.table("network_links")
    links["voltage_kv"] = [110.0, *(draw(pick([10.0, 110.0])) for _ in links.index[1:])]
    # A loss is felt where some of the load is far from all that feeds it.
    links["capacity"] = np.maximum(links["capacity"], draw(pick([0.0, 10.0])))
    by_voltage = draw(st.booleans())
    rule = {
        "contingency": "n1",
        "network": links["network"][0],
        "link": "" if by_voltage else draw(pick(links["link"].tolist())),
        "min_voltage_kv": 110.0 if by_voltage else None,
        "served_share": draw(pick([0.5, 0.8, 1.0])),
        "first_period": draw(pick(["", base.period_names[-1]])),
        "is_hard": draw(pick([False, False, True])),
        "shortfall_mln_per_unit_year": draw(pick([0.02, 0.1, 0.4])),
    }
    return base.replace(network_links=links, contingencies=pd.DataFrame([rule]))


def add_emergencies(
    networks: Any, p: Any, network: Row, units: Any, built: Any, t: int
) -> None:
    """Add what is met after each loss in a period to the programme of networks."""
    for rule in networks.case.rows["contingencies"]:
        is_own = rule["network"] == network["network"]
        if not is_own or t < networks.case.period(rule["first_period"]):
            continue
        for link in networks.case.rows["network_links"]:
            if link["network"] != rule["network"]:
                continue
            named = link["link"] == rule["link"]
            if named or (
                not rule["link"] and link["voltage_kv"] >= rule["min_voltage_kv"]
            ):
                _emergency(networks, p, network, rule, link, units, built, t)


def _emergency(
    networks: Any,
    p: Any,
    network: Row,
    rule: Row,
    lost: Row,
    units: dict[str, np.ndarray],
    built: Any,
    t: int,
) -> None:  # fmt: skip
    case, name = networks.case, network["network"]
    key = (rule["contingency"], lost["link"], t)
    survives, share = ("survives", *key), rule["served_share"]
    needed = 0.0
    for node in [r for r in case.rows["network_nodes"] if r["network"] == name]:
        usual = ("balance", name, node["node"], t)
        load = p.right[usual][1]
        needed += share * load
        met = p.add(("met", *key, node["node"]), 0.0, 0.0, load)
        p.term(survives, met, -1.0)
        p.right["after", *key, node["node"]] = ("=", 0.0)
        p.term(("after", *key, node["node"]), met, -1.0)
        p.term(survives, p.columns["shed", *usual], -share)
    price = inf if rule["is_hard"] else rule["shortfall_mln_per_unit_year"]
    if price < inf:
        p.term(survives, p.add(("short", *key), price * case.yearly[t]), -1.0)
    p.right[survives] = ("<", -needed)
    _links(networks, p, name, lost, key, units, built, t)
    for column_key in list(p.columns):
        if column_key[0] == "local" and column_key[1] == name and column_key[-1] == t:
            node, option = column_key[2:4]
            used = p.add(("local after", *key, node, option), 0.0)
            p.term(("after", *key, node), used, 1.0)
            row = ("installed after", *key, node, option)
            p.term(row, used, 1.0)
            p.right[row] = ("<", 0.0)
            for since in range(t + 1):
                added = p.columns.get(("added", name, node, option, since))
                if added is not None:
                    p.term(row, added, -1.0)
    _sources(case, p, name, key, units, t)


def _links(
    networks: Any,
    p: Any,
    name: str,
    lost: Row,
    key: Any,
    units: Any,
    built: Any,
    t: int,
) -> None:  # fmt: skip
    for link in networks.case.rows["network_links"]:
        if link["network"] != name or link["link"] == lost["link"]:
            continue
        room = link["capacity"] + networks._station(link, units, t)
        for row in networks.case.rows["link_upgrades"]:
            same = (row["network"], row["link"]) == (name, link["link"])
            if same and built.get((name, link["link"], row["step"]), inf) <= t:
                room += row["capacity"]
        ends = (link["from_node"], link["to_node"])
        for a, b in (ends,) if link["is_one_way"] else (ends, ends[::-1]):
            flow = p.add(("flow after", *key, link["link"], a, b), 0.0, 0.0, room)
            p.term(("after", *key, a), flow, -1.0)
            p.term(("after", *key, b), flow, 1.0)


def _sources(case: Any, p: Any, name: str, key: Any, units: Any, t: int) -> None:
    feeds = {
        r["settlement"]: r["node"]
        for r in case.rows["network_nodes"]
        if r["network"] == name and r["settlement"]
    }
    for service in case.rows["services"]:
        if service["role"] != "supply" or service["network"] != name:
            continue
        levels = sorted(case.of("levels", service["service"]), key=lambda r: r["level"])
        for j, site in enumerate(case.of("sites", service["service"])):
            here = units[service["service"]][t, j]
            held = sum(
                float(n) * r["capacity"] for n, r in zip(here, levels, strict=True)
            )
            if site["max_supply"] == site["max_supply"]:
                held = min(held, site["max_supply"])
            node = site["network_node"] or feeds[site["settlement"]]
            used = p.add(("supply after", *key, site["site"]), 0.0, 0.0, held)
            p.term(("after", *key, node), used, 1.0)
