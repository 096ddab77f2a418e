"""The water network of a plan as an input file of EPANET 2.2 (``.inp``).

A steady state of a period at peak day, flows in m3/day. A plan knows what flows, no
pressures: what EPANET needs beyond it are assumptions, all of them constants here.
Land is taken as flat.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from math import pi, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aumaq.instances import ExportError, UnknownNameError
from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.language.texts import say

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

WATER = "water"
DAY = 86400.0
DESIGN_VELOCITY = 1.0
"""A main carries its capacity at so many m/s; the next larger diameter is taken."""
DIAMETERS_MM = (
    100, 150, 200, 250, 300, 350, 400, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600,
    2000, 2400,
)  # fmt: skip
"""Usual diameters; what carries more has several pipes in one."""
ROUGHNESS = 120.0
"""Hazen and Williams' C of a main that is no longer new."""
HEAD_M = 50.0
"""At the works; above flat land."""
FREE_LOSS_M = 15.0
"""A main that loses more head than this under the planned flow has a pump."""
STATION_M = 0.1
"""Length of what joins works and pumps to the network, km: nearly no loss."""
LONGEST_ID = 31
FLOWS = 1e-6
"""m3/day from which on something flows."""


@dataclass(frozen=True)
class Main:
    """A pipe: its code, EPANET's id, ends as the water flows, km, mm, m3/day."""

    code: str
    id: str
    start: str
    end: str
    length_km: float
    diameter_mm: float
    flow: float
    pump_m: float
    """Head that a pump at its start gives under that flow; 0: there is none."""


@dataclass(frozen=True)
class WaterNetwork:
    """What is written of one period.

    Codes are those of the plan; ``ids`` are EPANET's for nodes, ``demand`` in m3/day,
    less than 0 where wells give more than is drawn there.
    """

    period: str
    ids: dict[str, str]
    demand: dict[str, float]
    works: tuple[str, ...]
    mains: tuple[Main, ...]


def write_epanet(plan: Plan, path: Path) -> None:
    """Write the water network of the last period (ExportError: there is none)."""
    text = inp_text(plan, water_network(plan))
    with draft_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


def water_network(plan: Plan, period: str = "") -> WaterNetwork:
    """Return the water network of a period, the last if none is named.

    Only what hangs together with works that run: a settlement with wells of its own
    alone has no place there. Raises ExportError if the plan has no such network or it
    is dry, UnknownNameError if there is no such period.
    """
    instance = plan.instance
    period = period or instance.period_names[-1]
    if period not in instance.period_names:
        raise UnknownNameError(say("period"), period, instance.period_names)
    if WATER not in instance.network_names:
        raise ExportError(say("the instance has no water network"))
    given = plan.table("sources").query("network == @WATER and period == @period")
    works = dict.fromkeys(given.loc[given["supply"] > FLOWS, "node"])
    flows = plan.table("flows").query("network == @WATER and period == @period")
    flows = flows[flows["capacity"] > FLOWS]
    wet = _wet(flows, works)
    if not wet:
        text = say("no works feed the water network in {period}", period=period)
        raise ExportError(text)
    loads = plan.table("loads").query("network == @WATER and period == @period")
    drawn = loads["base_load"] + loads["facility_load"] - loads["shed"]
    drawn -= loads["local_supply"]
    demand = dict(zip(loads["node"], drawn.tolist(), strict=True))
    nodes = [code for code in loads["node"] if code in wet]
    lengths = instance.table("network_links").query("network == @WATER")
    km = dict(zip(lengths["link"], lengths["length_km"].tolist(), strict=True))
    rows = [row for row in flows.to_dict("records") if row["from_node"] in wet]
    names = _ids([row["link"] for row in rows], "P")
    return WaterNetwork(
        period,
        _ids(nodes, "N"),
        {code: demand[code] for code in nodes},
        tuple(code for code in nodes if code in works),
        tuple(_main(row, names[row["link"]], km[row["link"]]) for row in rows),
    )


def _wet(flows: Any, works: dict[str, Any]) -> set[str]:
    """Return the nodes that mains join to works."""
    import networkx as nx  # slow to load

    graph = nx.Graph()
    graph.add_nodes_from(works)
    graph.add_edges_from(zip(flows["from_node"], flows["to_node"], strict=True))
    parts = nx.connected_components(graph)
    return {node for part in parts if part & works.keys() for node in part}


def _ids(codes: list[str], letter: str) -> dict[str, str]:
    """Return an id for each code: itself where EPANET takes it, else a number.

    What is added to ids has an underscore; a code with one, or like a number, has none.
    """
    fits = re.compile(rf"(?!{letter}\d+$)[A-Za-z0-9.-]{{1,{LONGEST_ID - 4}}}")
    return {
        code: code if fits.fullmatch(code) else f"{letter}{k + 1}"
        for k, code in enumerate(codes)
    }


def _main(row: dict[str, Any], name: str, length_km: float) -> Main:
    is_back = row["backward"] > row["forward"]
    ends = (row["from_node"], row["to_node"])
    start, end = ends[::-1] if is_back else ends
    flow = float(max(row["forward"], row["backward"]))
    length_km = max(length_km, STATION_M)
    size = diameter_mm(float(row["capacity"]))
    loss = head_loss_m(flow, size, length_km)
    pump = loss if loss > FREE_LOSS_M else 0.0
    return Main(row["link"], name, start, end, length_km, size, flow, pump)


def diameter_mm(capacity: float) -> float:
    """Return the diameter of a main that carries so many m3/day, mm."""
    needed = sqrt(4.0 * capacity / DAY / DESIGN_VELOCITY / pi) * 1000.0
    return float(next((d for d in DIAMETERS_MM if d >= needed), needed))


def head_loss_m(flow: float, diameter: float, length_km: float) -> float:
    """Return the loss of head of m3/day in a pipe of mm and km, m (Hazen-Williams)."""
    speed = (flow / DAY / ROUGHNESS) ** 1.852
    return float(10.667 * speed * (diameter / 1000.0) ** -4.871 * length_km * 1000.0)


def inp_text(plan: Plan, network: WaterNetwork) -> str:
    """Return the file as text."""
    parts = _sections(plan, network)
    lines = [f"[{head}]\n" + "\n".join(rows) for head, rows in parts.items()]
    return "\n\n".join([*lines, "[END]", ""])


def _sections(plan: Plan, network: WaterNetwork) -> dict[str, list[str]]:
    """Return the lines of each section."""
    ids, found = network.ids, defaultdict[str, list[str]](list)
    found["TITLE"] = [
        f"{plan.instance.name} {plan.instance.scenario} {network.period}, peak day",
        "flat land; diameters from capacities, roughness, heads and pumps are assumed",
    ]
    for section in ("JUNCTIONS", "RESERVOIRS", "PIPES", "PUMPS", "CURVES",
                    "COORDINATES"):  # fmt: skip
        found[section] = []
    for code, name in ids.items():
        found["JUNCTIONS"].append(f"{name} 0 {network.demand[code]:.6f}")
    rows = plan.instance.table("network_nodes").query("network == @WATER")
    at = {row.node: (row.lon, row.lat) for row in rows.itertuples()}
    for code, name in ids.items():
        found["COORDINATES"].append("{} {:.6f} {:.6f}".format(name, *at[code]))
    for code in network.works:
        found["RESERVOIRS"].append(f"{ids[code]}_in {HEAD_M:g}")
        found["COORDINATES"].append("{}_in {:.6f} {:.6f}".format(ids[code], *at[code]))
        widest = max(DIAMETERS_MM)
        found["PIPES"].append(
            f"{ids[code]}_w {ids[code]}_in {ids[code]} {STATION_M * 1000:g} {widest}"
            f" {ROUGHNESS:g} 0 Open"
        )
    for main in network.mains:
        start = ids[main.start]
        if main.pump_m:
            own = f"{main.id}_j"
            found["JUNCTIONS"].append(f"{own} 0 0")
            found["COORDINATES"].append("{} {:.6f} {:.6f}".format(own, *at[main.start]))
            found["PUMPS"].append(f"{main.id}_p {start} {own} HEAD {main.id}_c")
            found["CURVES"].append(f"{main.id}_c {main.flow:.6f} {main.pump_m:.3f}")
            start = own
        found["PIPES"].append(
            f"{main.id} {start} {ids[main.end]} {main.length_km * 1000:.1f}"
            f" {main.diameter_mm:g} {ROUGHNESS:g} 0 Open"
        )
    found["TIMES"] = ["Duration 0"]
    found["OPTIONS"] = [
        "Units CMD", "Headloss H-W", "Trials 200", "Accuracy 0.0001",
        "Unbalanced Continue 10",
    ]  # fmt: skip
    return found
