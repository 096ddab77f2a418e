"""Transmission expansion: which circuits to add to a grid, direct current.

Two forms are read into a power network of one year: MATPOWER files (``.m``) with the
table ``ne_branch`` of candidates that PowerModels added, and two plain tables of buses
and corridors. All load must be met; what counts is the cost of new circuits, in the
file's units. Flows follow angles: a circuit of reactance x carries base/x MW a radian.

Of a MATPOWER file: susceptance is x / (r^2 + x^2), taps and shifts are left out, as in
the DC model of PowerModels; a rating of 0 is none; limits of the angle between the ends
limit the flow, alike both ways. Shunts take what they do at a voltage of 1. Lines of
direct current keep the flow that the file has; of what arrives beyond the load of its
bus less may be used. Another bus whose load is below 0 is refused: nothing of an
instance must feed in so much. Costs and least output of generators are left out, as the
published values do.

R. Romero, A. Monticelli, A. Garcia, S. Haffner: Test systems and mathematical models
for transmission network expansion planning. IEE Proc. 149 (2002).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import InstanceError, Problem, UnreadableError
from aumaq.instances.formats.fcnet import network_frame
from aumaq.instances.formats.files import text_of
from aumaq.instances.formats.matlab import (
    Rows,
    has_rows,
    number,
    plain_text,
    tables,
)
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import say

BASE_MVA = 100.0
WIDTHS = {"bus": 3, "gen": 9, "branch": 6, "ne_branch": 14, "dcline": 5}
NOT_READ = ("switch", "storage")
"""Tables that would change what flows."""
"""Columns that are needed of each table of a MATPOWER file."""
ENDS = (("gen", 1), ("branch", 2), ("ne_branch", 2), ("dcline", 2))
"""How many buses begin a row of each table."""
SMALL = 1e-9
"""MW that are rounding."""
ISOLATED = 4
"""The type of a bus that is out of service."""
BUSES = ("bus", "gen_max_mw", "load_mw")
CORRIDORS = ("from_bus", "to_bus", "existing_circuits", "reactance_pu_100MVA",
             "capacity_mw_per_circuit", "cost_per_circuit")  # fmt: skip


def read_matpower(path: Path) -> Instance:
    """Read a MATPOWER file with candidates; InstanceError says all that is wrong."""
    try:
        text = text_of(path)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    wrong: list[Problem] = []
    parts = tables(path, text, WIDTHS, wrong)
    for name in NOT_READ:
        if has_rows(plain_text(text), name):
            told = say("mpc.{name} is not read: leave it out", name=name)
            wrong.append(Problem(path.name, told))
    for name in ("bus", "gen"):
        if not parts[name] and not wrong:
            told = say("table mpc.{name} is missing", name=name)
            wrong.append(Problem(path.name, told))
    base = number(path, plain_text(text), "baseMVA", BASE_MVA, wrong)
    if not wrong:
        wrong += _inconsistent(path, parts, base)
    if wrong:
        raise InstanceError(wrong)
    _drop_isolated(parts)
    supply = [(_bus(row[0]), row[8]) for row in parts["gen"] if row[7] > 0]
    if not any(mw > 0.0 for _, mw in supply):
        told = say("no generator of mpc.gen is on and gives anything")
        raise InstanceError([Problem(path.name, told)])
    load = _loads(path, parts, supply)
    _direct(parts["dcline"], load, supply)
    whole = sum(load.values())
    useful = sum(max(mw, 0.0) for mw in load.values())
    supply = [(bus, min(mw, useful)) for bus, mw in supply]  # Inf: no limit
    links = [
        _branch(row, f"{kind}{k}", base, whole, is_new=kind == "new")
        for kind, name in (("line", "branch"), ("new", "ne_branch"))
        for k, row in enumerate(parts[name], start=1)
        if len(row) < 11 or row[10] > 0
    ]
    return _instance(path.stem, load, supply, links)


def _loads(
    path: Path, parts: dict[str, Rows], supply: Sequence[tuple[str, float]]
) -> dict[str, float]:
    """Return what each bus takes: load, shunt, generators whose most is below 0.

    InstanceError where a bus gives: that is fixed, and no source of an instance is.
    """
    load = {_bus(row[0]): row[2] + sum(row[4:5]) for row in parts["bus"]}
    for bus, mw in supply:
        load[bus] += max(-mw, 0.0)
    return _positive(path, load)


def _positive(path: Path, load: dict[str, float]) -> dict[str, float]:
    """Return loads without roundings below 0 (InstanceError: more than roundings)."""
    told = say(
        "expected a load from 0 on: a bus that must feed in is not read; make it a"
        " generator, which may feed in up to its most"
    )
    wrong = [
        Problem(path.name, told, value=f"bus {bus}: {mw:g}")
        for bus, mw in load.items()
        if mw < -SMALL
    ]
    if wrong:
        raise InstanceError(wrong)
    return {bus: max(mw, 0.0) for bus, mw in load.items()}


def _direct(
    lines: Rows, load: dict[str, float], supply: list[tuple[str, float]]
) -> None:
    """Count lines of direct current in: what comes meets the load at its bus first."""
    given = dict.fromkeys(load, 0.0)
    for start, end, is_on, out, into, *_ in lines:
        if is_on:
            given[_bus(start)] -= out
            given[_bus(end)] += into
    for bus, mw in given.items():
        supply += [(bus, mw - load[bus])] if mw > load[bus] else []
        load[bus] = max(load[bus] - mw, 0.0)


def _drop_isolated(parts: dict[str, Rows]) -> None:
    """Leave out buses of type 4, which are out of service, and all at their ends."""
    out = {row[0] for row in parts["bus"] if row[1] == ISOLATED}
    for name, ends in (("bus", 1), *ENDS):
        parts[name] = [row for row in parts[name] if not out & set(row[:ends])]


def _inconsistent(path: Path, parts: dict[str, Rows], base: float) -> list[Problem]:
    """Return buses that come twice or are none, and circuits that make no sense."""
    numbers = [row[0] for row in parts["bus"]]
    told = say("expected each bus once in mpc.bus")
    wrong = [
        Problem(path.name, told, value=_bus(number))
        for number in dict.fromkeys(numbers)
        if numbers.count(number) > 1
    ]
    known = set(numbers)
    for name, ends in ENDS:
        for row in parts[name]:
            lacking = [_bus(number) for number in row[:ends] if number not in known]
            if lacking:
                told = say("expected buses of mpc.bus in mpc.{name}", name=name)
                wrong.append(Problem(path.name, told, value=", ".join(lacking)))
            if "branch" not in name or not (len(row) < 11 or row[10] > 0):
                continue
            if row[2] ** 2 + row[3] ** 2:
                there, back = _rooms(row, base)
                if there != back or there <= 0.0:
                    told = say(
                        "expected limits of the angle that let as much flow one way as"
                        " the other in mpc.{name}", name=name,
                    )  # fmt: skip
                    value = f"{_bus(row[0])}-{_bus(row[1])}: {row[11]:g}, {row[12]:g}"
                    wrong.append(Problem(path.name, told, value=value))
            else:
                told = say(
                    "expected a reactance that is not 0 in mpc.{name}", name=name
                )
                value = f"{_bus(row[0])}-{_bus(row[1])}"
                wrong.append(Problem(path.name, told, value=value))
    return wrong


def read_corridors(
    buses: Path, corridors: Path, most: int = 5, *, is_fixed: bool = False
) -> Instance:
    """Read tables of buses and corridors; at most so many circuits for each corridor.

    *is_fixed*: generators give what ``gen_fixed_mw`` says instead of up to their most.
    InstanceError names columns that are missing and values that are no numbers.
    """
    nodes = _plain(buses, (*BUSES, *(["gen_fixed_mw"] if is_fixed else [])))
    ways = _plain(corridors, CORRIDORS)
    load = _positive(buses, {_bus(row["bus"]): row["load_mw"] for row in nodes})
    output = "gen_fixed_mw" if is_fixed else "gen_max_mw"
    supply = [(_bus(row["bus"]), row[output]) for row in nodes]
    links = []
    for row in ways:
        count, each = int(row["existing_circuits"]), row["capacity_mw_per_circuit"]
        b = BASE_MVA / row["reactance_pu_100MVA"]
        ends = _bus(row["from_bus"]), _bus(row["to_bus"])
        new = [(each, b, row["cost_per_circuit"])] * max(most - count, 0)
        links.append((f"{ends[0]}-{ends[1]}", *ends, count * each, count * b, new))
    return _instance(corridors.stem, load, supply, links)


Link = tuple[str, str, str, float, float, list[tuple[float, float, float]]]
"""Name, ends, capacity and susceptance today; both and the cost of new circuits."""


def _branch(
    row: Sequence[float], name: str, base: float, whole: float, *, is_new: bool
) -> Link:
    b = _susceptance(row, base)
    room = min(_rooms(row, base)[0], whole)
    ends = _bus(row[0]), _bus(row[1])
    if is_new:
        return (name, *ends, 0.0, 0.0, [(room, b, row[13])])
    return (name, *ends, room, b, [])


def _susceptance(row: Sequence[float], base: float) -> float:
    r, x = row[2], row[3]
    return base * x / (r * r + x * x)


def _rooms(row: Sequence[float], base: float) -> tuple[float, float]:
    """Return how much may flow one way, and back: by rating, by limits of the angle.

    A rating of 0 is none; both limits 0, or 360 and more, are none.
    """
    rating = row[5] if row[5] > 0.0 else math.inf
    least, most = row[11:13] if len(row) > 12 else (0.0, 0.0)
    if least == most == 0.0:
        return rating, rating
    b = abs(_susceptance(row, base))
    there, back = (
        math.inf if degrees >= 360.0 else b * math.radians(degrees)
        for degrees in (most, -least)
    )
    return min(rating, there), min(rating, back)


def _instance(
    name: str,
    load: dict[str, float],
    supply: list[tuple[str, float]],
    links: Sequence[Link],
) -> Instance:
    """Return the power network of nodes, sources and links."""
    most = max((mw for _, mw in supply), default=0.0)
    tables = network_frame(name, load, max(most, 1.0), "power")
    for node in tables["network_nodes"]:
        node["name"] = f"bus {node['node']}"
    tables["networks"] = [{"network": "power", "may_shed": False, "flow_model": "dc"}]
    sources = [(f"g{k}", bus, mw) for k, (bus, mw) in enumerate(supply, 1) if mw > 0]
    tables["sites"] = [
        {"site": site, "service": "source", "settlement": "all", "status": "existing",
         "network_node": bus, "max_supply": mw}
        for site, bus, mw in sources
    ]  # fmt: skip
    tables["facilities"] = [
        {"service": "source", "site": site, "level": 1, "is_locked": True}
        for site, _, _ in sources
    ]
    tables["network_links"] = [
        {"network": "power", "link": link, "from_node": a, "to_node": b,
         "length_km": 0.0, "capacity": room, "susceptance": value}
        for link, a, b, room, value, _ in links
    ]  # fmt: skip
    tables["link_upgrades"] = [
        {"network": "power", "link": link, "step": step, "capacity": room,
         "susceptance": value, "capex_mln": cost}
        for link, _, _, _, _, new in links
        for step, (room, value, cost) in enumerate(new, start=1)
    ]  # fmt: skip
    return from_tables({key: pd.DataFrame(rows) for key, rows in tables.items()})


def _plain(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a table with numbers in the columns that are needed."""
    table = pd.read_csv(path)
    lacking = [name for name in columns if name not in table]
    if lacking:
        told = say("columns are missing: {names}", names=", ".join(lacking))
        raise InstanceError([Problem(path.name, told)])
    wrong = []
    for name in columns:
        values = pd.to_numeric(table[name], errors="coerce")
        is_bad = values.isna() | ((values == 0.0) & (name == CORRIDORS[3]))
        for k in table.index[is_bad]:
            told = say("expected a number in column {name}", name=name)
            wrong.append(Problem(path.name, told, row=int(k) + 2, value=table[name][k]))
        table[name] = values
    if wrong:
        raise InstanceError(wrong)
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _bus(number: float) -> str:
    return str(int(number)) if number % 1 == 0 else repr(number)
