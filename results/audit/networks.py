"""The networks of a plan: steps, flows, angles; the rest is in network_supply.

Everything is computed from the tables of the instance and what is decided, row by row;
flows, loads and capacities are in the units of the network (kW, m3/day).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.frames import records, table_of_rows
from aumaq.results.audit.network import NetworkPlan, Row
from aumaq.results.audit.network_supply import (
    check_balance,
    local_supply,
    sources,
)

TABLES = ("network_steps", "flows", "sources", "local_supply", "loads")


def networks(
    facts: Facts,
    plans: dict[str, ServicePlan],
    decided: Mapping[str, pd.DataFrame],
    notes: Notebook,
) -> dict[str, NetworkPlan]:
    """Check every network, and return it with the rows of its tables."""
    found = {}
    for row in records(facts.tables["networks"]):
        name = str(row["network"])
        own = {
            table: records(decided[table][decided[table]["network"] == name])
            for table in TABLES
        }
        links = {link["link"]: link for link in facts.of("network_links", name)}
        order = {code: k for k, code in enumerate(links)}
        steps = sorted(
            facts.of("link_upgrades", name), key=lambda r: (order[r["link"]], r["step"])
        )
        n = NetworkPlan(
            facts, row, plans, notes, own, facts.of("network_nodes", name), links,
            {(step["link"], int(step["step"])): step for step in steps},
        )  # fmt: skip
        network_steps(n)
        brought, through = flows(n)
        given = local_supply(n)
        supplied = sources(n)
        check_balance(n, brought, through, given, supplied)
        found[name] = n
    return found


def network_tables(found: Mapping[str, NetworkPlan]) -> dict[str, pd.DataFrame]:
    """Return the tables of all networks."""
    return {
        table: table_of_rows(
            table, (row for n in found.values() for row in n.rows[table])
        )
        for table in TABLES
    }


def network_steps(n: NetworkPlan) -> None:
    """Steps exist, come in order and not too early, and cost what they cost."""
    for row in n.decided["network_steps"]:
        key, t = (row["link"], int(row["step"])), n.period(row)
        if key not in n.upgrades:
            n.note("steps", row, say("there is no such step"))
            continue
        n.built[key] = t
        if t < n.facts.times.position(str(n.upgrades[key]["first_period"])):
            n.note("steps", row, say("comes before its first period"))
    for (code, step), since in n.built.items():
        if step > 1 and n.built.get((code, step - 1), np.inf) > since:
            text = say("is built before the step that it needs")
            n.note("steps", {"link": code, "step": step}, text)
    n.built = {key: n.built[key] for key in n.upgrades if key in n.built}
    factor = float(n.facts.scenario["capex_factor"])
    n.rows["network_steps"] = [
        {
            **n.ends(code),
            "step": step,
            "period": n.facts.times.names[since],
            "capacity": n.upgrades[code, step]["capacity"],
            "capex_mln": float(n.upgrades[code, step]["capex_mln"]) * factor,
        }
        for (code, step), since in n.built.items()
    ]


def flows(n: NetworkPlan) -> tuple[Floats, Floats]:
    """Check circuits; return what flows bring to each node and what passes it."""
    decided, times = dict[tuple[str, int, int], Row](), n.facts.times
    circuits = [(code, 0) for code in n.links] + list(n.upgrades) * n.has_angles
    known = set(circuits)
    for told in n.decided["flows"]:
        key = told["link"], int(told["step"])
        if key in known:
            decided[*key, n.period(told)] = told
        else:
            n.note("capacity", told, say("there is no such circuit"))
    brought, through = [], []
    n.rows["flows"] = []
    for code, step in circuits:
        a, b = n.links[code]["from_node"], n.links[code]["to_node"]
        for t, period in enumerate(times.names):
            room, row = n.room(code, step, t), decided.get((code, step, t))
            if room <= 0 and row is None:
                continue
            out, back = (float(row[w]) if row else 0.0 for w in ("forward", "backward"))
            _check_flow(n, code, period, room, out, back)
            lost = n.loss(code)
            brought += [(a, t, back * (1.0 - lost) - out)]
            brought += [(b, t, out * (1.0 - lost) - back)]
            through += [(a, t, out + back), (b, t, out + back)]
            n.rows["flows"].append(
                {
                    **n.ends(code),
                    "step": step,
                    "period": period,
                    "forward": out,
                    "backward": back,
                    "capacity": room,
                    "use_share": max(out, back) / room if room > 0 else 0.0,
                    "lost": (out + back) * lost,
                }
            )
    if n.has_angles:
        _check_angles(n)
    return n.grid(brought), n.grid(through)


def _check_flow(
    n: NetworkPlan, code: str, period: Any, room: float, out: float, back: float
) -> None:
    place = say("link {link}, {period}", link=code, period=period)
    for way, value in ((say("forward"), out), (say("backward"), back)):
        text = say("{way} flow is negative", way=way)
        n.at_most("capacity", -value, 0.0, place, text)
        text = say("{way} flow of {value} where {limit} fits").given(way=way)
        n.at_most("capacity", value, room, place, text)
    if n.links[code]["is_one_way"]:
        text = say("flow against a one-way link")
        n.at_most("capacity", back, 0.0, place, text)


def _check_angles(n: NetworkPlan) -> None:
    """Every circuit that stands carries what the angles of its ends ask for."""
    angle = {(r["node"], n.period(r)): float(r["angle"]) for r in n.decided["loads"]}
    flow = {
        (row["link"], row["step"], n.period(row)): row["forward"] - row["backward"]
        for row in n.rows["flows"]
    }
    circuits: list[tuple[str, int, float, int]] = [
        (code, 0, float(link["susceptance"]), 0)
        for code, link in n.links.items()
        if link["capacity"] > 0
    ]
    for (code, step), since in n.built.items():
        b = float(n.upgrades[code, step]["susceptance"])
        circuits.append((code, step, b, since))
    for code, step, b, since in circuits:
        nodes = (n.links[code]["from_node"], n.links[code]["to_node"])
        for t in range(since, len(n.facts.times.names)):
            ends = [angle.get((node, t), 0.0) for node in nodes]
            place = say(
                "link {link}, step {step}, {period}",
                link=code,
                step=step,
                period=n.facts.times.names[t],
            )
            n.notes.equal(
                n.rule("angles"),
                flow.get((code, step, t), 0.0),
                b * (ends[0] - ends[1]),
                lambda *_, p=place: p,
                say("carries {value}, its angles ask for {limit}"),
                b * max(abs(ends[0]), abs(ends[1])),
            )
