"""Transmission expansion: which circuits to add to a grid, direct current.

Two forms are read into a power network of one year: MATPOWER files (``.m``) with the
table ``ne_branch`` of candidates that PowerModels added, and two plain tables of buses
and corridors. All load must be met; what counts is the cost of new circuits, in the
file's units. Flows follow angles: a circuit of reactance x carries base/x MW a radian.

Of a MATPOWER file: susceptance is x / (r^2 + x^2), taps and shifts are left out, as in
the DC model of PowerModels; a rating of 0 is none; limits of the angle between the ends
limit the flow. Lines of direct current keep the flow that the file has. Costs and least
output of generators are left out, as the published values do.

R. Romero, A. Monticelli, A. Garcia, S. Haffner: Test systems and mathematical models
for transmission network expansion planning. IEE Proc. 149 (2002).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import InstanceError, Problem, UnreadableError
from aumaq.instances.formats.fcnet import network_frame
from aumaq.instances.formats.files import text_of
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import say

Rows = list[list[float]]
BASE_MVA = 100.0
WIDTHS = {"bus": 3, "gen": 9, "branch": 6, "ne_branch": 14, "dcline": 5}
"""Columns that are needed of each table of a MATPOWER file."""
ENDS = (("gen", 1), ("branch", 2), ("ne_branch", 2), ("dcline", 2))
"""How many buses begin a row of each table."""
ISOLATED = 4
"""The type of a bus that is out of service."""
BUSES = ("bus", "gen_max_mw", "load_mw")
CORRIDORS = ("from_bus", "to_bus", "existing_circuits", "reactance_pu_100MVA",
             "capacity_mw_per_circuit", "cost_per_circuit")  # fmt: skip


def read_matpower(path: Path) -> Instance:
    """Read a MATPOWER file with candidates; InstanceError says all that is wrong."""
    try:
        text = _plain_text(text_of(path))
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    wrong: list[Problem] = []
    parts = {name: _table(path, text, name, wrong) for name in WIDTHS}
    for name in ("bus", "gen"):
        if not parts[name] and not wrong:
            told = say("table mpc.{name} is missing", name=name)
            wrong.append(Problem(path.name, told))
    base = _base(path, text, wrong)
    if not wrong:
        wrong += _inconsistent(path, parts)
    if wrong:
        raise InstanceError(wrong)
    _drop_isolated(parts)
    load = {_bus(row[0]): row[2] for row in parts["bus"]}
    supply = [(_bus(row[0]), row[8]) for row in parts["gen"] if row[7] > 0]
    for start, end, is_on, out, into, *_ in parts["dcline"]:
        if is_on:
            load[_bus(start)] += out
            supply.append((_bus(end), into))
    if not any(mw > 0.0 for _, mw in supply):
        told = say("no generator of mpc.gen is on and gives anything")
        raise InstanceError([Problem(path.name, told)])
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


def _plain_text(text: str) -> str:
    """Return MATLAB text without comments, with lines that go on made one."""
    text = re.sub(r"(?ms)^\s*%\{\s*$.*?^\s*%\}\s*$", "", text)
    return re.sub(r"\.\.\.[^\n]*\n", " ", re.sub(r"%.*", "", text))


def _drop_isolated(parts: dict[str, Rows]) -> None:
    """Leave out buses of type 4, which are out of service, and all at their ends."""
    out = {row[0] for row in parts["bus"] if row[1] == ISOLATED}
    for name, ends in (("bus", 1), *ENDS):
        parts[name] = [row for row in parts[name] if not out & set(row[:ends])]


def _base(path: Path, text: str, wrong: list[Problem]) -> float:
    """Return the power of which reactances are shares."""
    found = re.search(r"mpc\.baseMVA\s*=\s*([^;\n]*)", text)
    if found is None:
        return BASE_MVA
    try:
        base = float(found.group(1))
    except ValueError:
        base = math.nan
    if not 0.0 < base < math.inf:
        told = say("expected a number above 0 for mpc.baseMVA")
        wrong.append(Problem(path.name, told, value=found.group(1).strip()))
    return base


def _inconsistent(path: Path, parts: dict[str, Rows]) -> list[Problem]:
    """Return buses that come twice or are none, and circuits without reactance."""
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
            is_on = "branch" in name and (len(row) < 11 or row[10] > 0)
            if is_on and not row[2] ** 2 + row[3] ** 2:
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
    load = {_bus(row["bus"]): row["load_mw"] for row in nodes}
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
    r, x, rating = row[2], row[3], row[5]
    b = base * x / (r * r + x * x)
    room = rating if 0.0 < rating < math.inf else whole  # 0, Inf: no limit
    if len(row) > 12:
        degrees = min(abs(row[11]), abs(row[12]))
        room = min(room, b * math.radians(degrees)) if 0 < degrees < 360 else room
    ends = _bus(row[0]), _bus(row[1])
    if is_new:
        return (name, *ends, 0.0, 0.0, [(room, b, row[13])])
    return (name, *ends, room, b, [])


def _instance(
    name: str,
    load: dict[str, float],
    supply: list[tuple[str, float]],
    links: Sequence[Link],
) -> Instance:
    """Return the power network of nodes, sources and links."""
    most = max((mw for _, mw in supply), default=0.0)
    tables = network_frame(name, load, max(most, 1.0), "power")
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


def _table(path: Path, text: str, name: str, wrong: list[Problem]) -> Rows:
    """Return the rows of a table of a MATPOWER file, empty where it has none."""
    found = re.search(rf"mpc\.{name}\s*=\s*\[([^\]=]*)(\]?)", text)
    rows: Rows = []
    if found and not found.group(2):
        told = say("table mpc.{name} has no end", name=name)
        wrong.append(Problem(path.name, told))
        return []
    for line in re.split(r"[;\n]", found.group(1)) if found else []:
        words = line.replace(",", " ").split()
        try:
            row = [float(word) for word in words]
        except ValueError:
            row = []
        row = [] if any(map(math.isnan, row)) else row
        if words and len(row) < WIDTHS[name]:
            told = say(
                "expected {count} numbers in a row of mpc.{name}",
                count=WIDTHS[name],
                name=name,
            )
            wrong.append(Problem(path.name, told, value=line.strip()))
        elif words:
            rows.append(row)
    return rows


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
