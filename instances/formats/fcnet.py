"""FCNetLib: single-commodity fixed-charge network flow (Ortega and Wolsey 2003).

A file is a GAMS include: a set of nodes, fixed and variable cost of directed arcs
(parallel ones have another last index), demand of the nodes (negative: supply). It is
read as a water network of one-way mains that may be built: an arc with a fixed cost is
a candidate with one step, others are there; what flows costs its variable cost. All
demand must be met, and every arc can carry all of it.

F. Ortega, L. A. Wolsey: A branch-and-cut algorithm for the single-commodity,
uncapacitated, fixed-charge network flow problem. Networks 41 (2003).
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import InstanceError, Problem, UnreadableError
from aumaq.instances.formats.files import text_of
from aumaq.instances.instance import Instance, from_tables
from aumaq.instances.language.texts import say

Arcs = dict[tuple[str, str, str], float]
SECTION = r"Parameter\s+{}\s*\([^)]*\)\s*/(.*?)/\s*;"
CLOSED = r"yupp\s*\(\s*'([^']+)'\s*,\s*'([^']+)'\s*,\s*'([^']+)'\s*\)\s*=\s*0"
NEGATED = r"demand\s*\(\s*n\s*\)\s*=\s*-\s*demand\s*\(\s*n\s*\)"


def read_fcnet(path: Path) -> Instance:
    """Read a file of FCNetLib; InstanceError if it is none."""
    try:
        text = text_of(path)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    fixed = _arcs(path, text, "fcost")
    variable = _arcs(path, text, "vcost")
    demand = {
        row[0]: _number(path, "demand", row) for row in _rows(path, text, "demand", 2)
    }
    sign = -1.0 if re.search(NEGATED, text) else 1.0
    nodes = dict.fromkeys([node for a, b, _ in [*fixed, *variable] for node in (a, b)])
    demand = {node: sign * demand.get(node, 0.0) for node in [*nodes, *demand]}
    supply = -sum(value for value in demand.values() if value < 0)
    if abs(sum(demand.values())) > 1e-6 * max(1.0, supply):
        raise InstanceError(
            [Problem(path.name, say("demand and supply differ in total"))]
        )
    closed = set(re.findall(CLOSED, text))
    arcs = [key for key in dict.fromkeys([*fixed, *variable]) if key not in closed]
    arcs = [key for key in arcs if fixed.get(key, 0.0) or variable.get(key, 0.0)]
    is_free = {key: fixed.get(key, 0.0) < 0 for key in arcs}
    names = {key: f"{key[0]}>{key[1]}/{key[2]}" for key in arcs}
    tables = network_frame(path.stem, demand, supply)
    tables["network_links"] = [
        {
            "network": "water", "link": names[key],
            "from_node": key[0], "to_node": key[1], "length_km": 0.0,
            "capacity": 0.0 if fixed.get(key, 0.0) > 0 else supply,
            "is_one_way": True,
            "flow_mln_per_unit_year": 0.0 if is_free[key] else variable.get(key, 0.0),
        }
        for key in arcs
    ]  # fmt: skip
    tables["link_upgrades"] = [
        {
            "network": "water", "link": names[key], "step": 1,
            "capacity": supply, "capex_mln": fixed[key],
        }
        for key in arcs
        if fixed.get(key, 0.0) > 0
    ]  # fmt: skip
    return from_tables({name: pd.DataFrame(rows) for name, rows in tables.items()})


def _rows(path: Path, text: str, name: str, width: int) -> list[list[str]]:
    """Return the cells of a GAMS parameter, *width* to a line."""
    found = re.search(SECTION.format(name), text, re.DOTALL)
    if found is None:
        raise InstanceError(
            [Problem(path.name, say("parameter {name} is missing", name=name))]
        )
    rows = []
    for line in found.group(1).splitlines():
        cells = line.split()
        if not cells or cells[0].startswith(("$", "*")):
            continue
        if len(cells) != width:
            text = say(
                "expected {width} cells in a line of {name}", width=width, name=name
            )
            raise InstanceError([Problem(path.name, text, value=line.strip())])
        rows.append(cells)
    return rows


def _arcs(path: Path, text: str, name: str) -> Arcs:
    return {
        (row[0], row[1], row[2]): _number(path, name, row)
        for row in _rows(path, text, name, 4)
    }


def _number(path: Path, name: str, cells: list[str]) -> float:
    """Return the number at the end of a line (InstanceError if it is none)."""
    try:
        number = float(cells[-1])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        message = say("expected a finite number in parameter {name}", name=name)
        raise InstanceError([Problem(path.name, message, value=" ".join(cells))])
    return number


def network_frame(
    name: str, demand: dict[str, float], supply: float, network: str = "water"
) -> dict[str, list[dict[str, Any]]]:
    """Return everything but the arcs: one year, no discounting, fixed sources.

    *demand* of a node is negative where it supplies, *supply* the most of a source.
    """
    sources = [node for node, value in demand.items() if value < 0]
    return {
        "instance": [{"name": name, "title": name, "base_year": 2026}],
        "policies": [
            {"discount_rate": 0.0, "count_residual_value": False,
             "allow_closing": False, "value_of_time_per_hour": 0.0}
        ],
        "periods": [{"period": "year", "first_year": 2026, "years": 1}],
        "scenarios": [{"scenario": "base"}],
        "groups": [{"group": "all", "share_urban": 1.0, "share_rural": 1.0}],
        "regions": [{"region": "R", "name": "R"}],
        "settlements": [
            {"settlement": "all", "name": "all", "kind": "village", "region": "R",
             "lat": 0.0, "lon": 0.0, "population": 0.0}
        ],
        "networks": [{"network": network, "may_shed": False}],
        "network_nodes": [
            {"network": network, "node": node, "lat": 0.0, "lon": 0.0}
            for node in demand
        ],
        "industrial_loads": [
            {"network": network, "node": node, "title": "demand", "load": value}
            for node, value in demand.items()
            if value > 0
        ],
        "services": [{"service": "source", "role": "supply", "network": network}],
        "levels": [
            {"service": "source", "level": 1, "capacity": supply, "capex_mln": 0.0,
             "opex_mln_per_year": 0.0}
        ],
        "sites": [
            {"site": node, "service": "source", "settlement": "all",
             "status": "existing", "network_node": node, "max_supply": -demand[node]}
            for node in sources
        ],
        "facilities": [
            {"service": "source", "site": node, "level": 1, "is_locked": True}
            for node in sources
        ],
    }  # fmt: skip
