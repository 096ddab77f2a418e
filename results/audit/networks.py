"""Checks of the networks: steps, capacities, angles; the rest is in network_supply.

Everything is computed anew from instance and plan tables, row by row; flows, loads and
capacities are in the units of the network (kW, m3/day).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import pattern, say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.frames import records
from aumaq.results.audit.network import NetworkCheck, Row, region_of
from aumaq.results.audit.network_supply import (
    check_balance,
    check_local,
    check_sources,
)


def check_networks(
    facts: Facts,
    plans: dict[str, ServicePlan],
    tables: dict[str, pd.DataFrame],
    notes: Notebook,
) -> dict[str, NetworkCheck]:
    """Check every network; return their money by item, region and period."""
    found = {}
    for row in records(facts.tables["networks"]):
        own = {
            name: records(tables[name][tables[name]["network"] == row["network"]])
            for name in ("network_steps", "flows", "sources", "local_supply", "loads")
        }
        check = NetworkCheck(facts, row, plans, notes, own)
        _read(check)
        _check_steps(check)
        flow_in, through = _check_flows(check)
        local = check_local(check)
        supply = check_sources(check)
        check_balance(check, flow_in, through, local, supply)
        found[check.name] = check
    return found


def _read(check: NetworkCheck) -> None:
    tables, name = check.facts.tables, check.name
    check.nodes = [r for r in records(tables["network_nodes"]) if r["network"] == name]
    check.links = {
        r["link"]: r for r in records(tables["network_links"]) if r["network"] == name
    }
    check.upgrades = {
        (r["link"], int(r["step"])): r
        for r in records(tables["link_upgrades"])
        if r["network"] == name
    }


def _check_steps(check: NetworkCheck) -> None:
    """Steps exist, come in order and not too early, and cost what they cost."""
    factor = float(check.facts.scenario["capex_factor"])
    running = float(check.facts.scenario["opex_factor"])
    for row in check.tables["network_steps"]:
        key = (row["link"], int(row["step"]))
        rule = check.upgrades.get(key)
        t = check.period(row)
        if rule is None:
            check.note("steps", row, say("there is no such step"))
            continue
        if key in check.built:
            check.note("steps", row, say("the step is built twice"))
            continue
        check.built[key] = t
        if t < check.facts.times.position(str(rule["first_period"])):
            check.note("steps", row, say("comes before its first period"))
        link = check.links[row["link"]]
        region = region_of(check, link["from_node"], link["to_node"])
        cost = float(rule["capex_mln"]) * factor
        check.notes.equal(
            check.rule("steps"),
            row["capex_mln"],
            cost,
            lambda *_, k=key: say("link {link}, step {step}", link=k[0], step=k[1]),
            pattern("costs {value} mln in the plan, {limit} mln when recomputed"),
        )
        check.pay("building", region, t, cost)
        for later in range(t, len(check.facts.times.names)):
            yearly = float(rule["opex_mln_per_year"]) * running
            check.pay("operation", region, later, yearly)
    for (code, step), since in check.built.items():
        if step > 1 and check.built.get((code, step - 1), np.inf) > since:
            text = say("is built before the step that it needs")
            check.note("steps", {"link": code, "step": step}, text)


def _held(check: NetworkCheck, site: str, t: int) -> float:
    """Return what the facilities of a station hold in a period."""
    for name, service in check.facts.services.items():
        is_own = service.row["role"] == "carry" and service.row["network"] == check.name
        if is_own and site in service.sites:
            j = service.sites.get_loc(site)
            units = check.plans[name].units[j, :, t]
            return float(units @ service.levels["capacity"])
    return 0.0


def _check_flows(
    check: NetworkCheck,
) -> tuple[dict[tuple[str, int], float], dict[tuple[str, int], float]]:
    """Check circuits; return what flows bring to each node and what passes it."""
    net: dict[tuple[str, int], float] = defaultdict(float)
    through: dict[tuple[str, int], float] = defaultdict(float)
    angle = {
        (r["node"], check.period(r)): float(r["angle"]) for r in check.tables["loads"]
    }
    seen = {}
    for row in check.tables["flows"]:
        t, link = check.period(row), check.links.get(row["link"])
        step = int(row["step"])
        if link is None or (step and not check.has_angles):
            check.note("capacity", row, say("there is no such circuit"))
            continue
        seen[row["link"], step, t] = row
        room = room_of(check, link, step, t)
        place = say("link {link}, {period}", link=row["link"], period=row["period"])
        out, back = float(row["forward"]), float(row["backward"])
        for way, value in ((say("forward"), out), (say("backward"), back)):
            check.at_most(
                "capacity",
                -value,
                0.0,
                place,
                pattern("{way} flow is negative", way=way),
            )
            text = pattern("{way} flow of {value} where {limit} fits", way=way)
            check.at_most("capacity", value, room, place, text)
        lost = min(1.0, float(link["length_km"]) * float(link["loss_per_km"]))
        a, b = (link["from_node"], t), (link["to_node"], t)
        if link["is_one_way"]:
            check.at_most(
                "capacity", back, 0.0, place, pattern("flow against a one-way link")
            )
        price = float(link["flow_mln_per_unit_year"])
        price *= float(check.facts.scenario["opex_factor"])
        region = region_of(check, link["from_node"], link["to_node"])
        check.pay("supply", region, t, (out + back) * price)
        net[a] += back * (1.0 - lost) - out
        net[b] += out * (1.0 - lost) - back
        through[a] += out + back
        through[b] += out + back
    _check_rows(check, seen)
    if check.has_angles:
        _check_angles(check, seen, angle)
    return net, through


def _check_rows(check: NetworkCheck, seen: dict[Any, Row]) -> None:
    """Every circuit that has a capacity has a row, whether anything flows or not."""
    circuits = [(code, 0) for code in check.links]
    circuits += list(check.built) if check.has_angles else []
    for code, step in circuits:
        for t, period in enumerate(check.facts.times.names):
            room = room_of(check, check.links[code], step, t)
            if room > 0 and (code, step, t) not in seen:
                row = {"link": code, "step": step, "period": period}
                check.note("capacity", row, say("the row is missing"))


def room_of(check: NetworkCheck, link: Row, step: int, t: int) -> float:
    """Return the capacity of a circuit under the plan."""
    code = link["link"]
    if step:
        is_there = check.built.get((code, step), np.inf) <= t
        return float(check.upgrades[code, step]["capacity"]) if is_there else 0.0
    room = float(link["capacity"])
    if not check.has_angles:
        for k, since in check.steps_of.get(code, ()):
            if since <= t:
                room += float(check.upgrades[code, k]["capacity"])
    if link["station"]:
        room += _held(check, link["station"], t)
    return room


def _check_angles(
    check: NetworkCheck, seen: dict[Any, Row], angle: dict[tuple[str, int], float]
) -> None:
    """Every circuit that stands carries what the angles of its ends ask for."""
    circuits: list[tuple[Row, int, float, int]] = [
        (link, 0, float(link["susceptance"]), 0)
        for link in check.links.values()
        if link["capacity"] > 0
    ]
    for (code, step), since in check.built.items():
        b = float(check.upgrades[code, step]["susceptance"])
        circuits.append((check.links[code], step, b, since))
    for link, step, b, since in circuits:
        for t in range(since, len(check.facts.times.names)):
            row = seen.get((link["link"], step, t), {"forward": 0.0, "backward": 0.0})
            ends = [angle.get((link[e], t), 0.0) for e in ("from_node", "to_node")]
            wanted = b * (ends[0] - ends[1])
            place = say(
                "link {link}, step {step}, {period}",
                link=link["link"],
                step=step,
                period=check.facts.times.names[t],
            )
            check.notes.equal(
                check.rule("angles"),
                float(row["forward"]) - float(row["backward"]),
                wanted,
                lambda *_, p=place: p,
                pattern("carries {value}, its angles ask for {limit}"),
                b * max(abs(ends[0]), abs(ends[1])),
            )
