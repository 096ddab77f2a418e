"""Loads of people and industry in tiny coupled instances, units of the network."""

from __future__ import annotations

from agglomeration_case import urban
from anchor_case import anchored_load, brought
from growth_optima import moved
from tiny_case import Case


def everyone(case: Case) -> list[list[float]]:
    """Return persons[i][t]; tiny coupled instances only have growth."""
    future = case.scenario["projection"] or case.scenario["scenario"]
    factor = {
        (r["region"], r["period"]): r["factor"]
        for r in case.rows["growth"]
        if r["scenario"] == future
    }
    return [
        [
            place["population"]
            * factor.get(
                (place["region"], p["period"]), factor.get(("", p["period"]), 1.0)
            )
            + brought(case, place["settlement"], t)
            for t, p in enumerate(case.rows["periods"])
        ]
        for place in case.rows["settlements"]
    ]


def base_load(case: Case, network: str) -> dict[tuple[str, int], float]:
    """Return the load of people and industry by node and period."""
    people, load = moved(case, everyone(case)), {}
    places = {r["settlement"]: (i, r) for i, r in enumerate(case.rows["settlements"])}
    for node in case.rows["network_nodes"]:
        for t, period in enumerate(case.rows["periods"]):
            total = 0.0
            if node["network"] == network and node["settlement"]:
                i, place = places[node["settlement"]]
                best, rate = -1, 0.0
                for row in case.rows["load_rates"]:
                    fits = row["network"] == network
                    fits &= row["kind"] in ("", place["kind"])
                    fits &= row["period"] in ("", period["period"])
                    value = 4 * (row["kind"] != "") + (row["period"] != "")
                    if fits and value > best:
                        best, rate = value, row["units_per_person"]
                total = people[i][t] * rate * urban(case, place, network)
                total += anchored_load(case, network, node["settlement"], t)
            for row in case.rows["industrial_loads"]:
                if (row["network"], row["node"]) == (network, node["node"]):
                    total += row["load"] * (row["period"] in ("", period["period"]))
            if node["network"] == network:
                load[node["node"], t] = total
    return load
