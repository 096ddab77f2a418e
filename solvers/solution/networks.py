"""Networks in a solution: read their decisions, and where their links are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from aumaq.model import BuiltModel
from aumaq.model.built import exists
from aumaq.solvers.solution.decisions import NetworkDecisions

Number = Callable[[Any], float]
DUST = 1e-9
"""Relative to the largest value of a kind, flows up to this are numerical dust."""


def grid(variables: Any, number: Number) -> Any:
    """Return the values of an array of variables, 0 where there is none."""
    values = np.zeros(variables.shape)
    where = np.nonzero(exists(variables))
    values[where] = [number(variable) for variable in variables[where]]
    return values


def networks_of(built: BuiltModel, number: Number) -> dict[str, NetworkDecisions]:
    """Return the decisions of every network."""
    found = {}
    for name, v in built.networks.items():
        n = built.data.networks[name]
        levels = [built.data.services[service].num_levels for service, _ in n.source]
        shape = (len(n.source), max(levels, default=0) + 1, len(built.data.periods))
        supply = np.zeros(shape)
        amount = _positive(grid(v.supply, number))
        supply[v.supply_source, v.supply_level, v.supply_period] = amount
        found[name] = NetworkDecisions(
            steps=np.round(grid(v.step, number)).astype(np.int64),
            flow=_positive(grid(v.flow, number)),
            local_capacity=_positive(grid(v.local_capacity, number)),
            local_supply=_positive(grid(v.local_supply, number)),
            supply=supply,
            shed=_positive(grid(v.shed, number)),
            angle=grid(v.angle, number) if n.has_angles else np.zeros(v.shed.shape),
        )
    return found


def _positive(values: Any) -> Any:
    """Return values without what is below 0 or dust."""
    largest = float(values.max()) if values.size else 0.0
    return np.where(values > DUST * largest, values, 0.0)


def link_sites(
    built: BuiltModel, place: dict[int, int]
) -> Iterator[tuple[str, list[int], tuple[float, float]]]:
    """Yield a key, the columns of the steps and the middle of each link with steps."""
    nodes = built.data.instance.tables["network_nodes"]
    for name, v in built.networks.items():
        n = built.data.networks[name]
        own = nodes[nodes["network"] == name]
        lat, lon = own["lat"].to_numpy(), own["lon"].to_numpy()
        for e in np.unique(n.step_link).tolist():
            a, b = n.link_from[e], n.link_to[e]
            members = v.step[n.step_link == e].ravel()
            columns = [place[id(x)] for x in members if id(x) in place]
            if columns:
                middle = ((lat[a] + lat[b]) / 2, (lon[a] + lon[b]) / 2)
                yield f"{name}/{n.links[e]}", columns, middle


def upgrade_sites(
    built: BuiltModel, place: dict[int, int]
) -> Iterator[tuple[str, list[int], tuple[float, float]]]:
    """Yield a key, the columns and the middle of each road upgrade."""
    tables = built.data.instance.tables
    nodes = tables["road_nodes"].set_index("node")[["lat", "lon"]]
    links = tables["road_upgrade_links"]
    for code, row in zip(built.data.roads.upgrades, built.upgraded, strict=True):
        columns = [place[id(x)] for x in row if id(x) in place]
        ends = links.loc[links["upgrade"] == code, ["from_node", "to_node"]]
        lat, lon = nodes.loc[ends.to_numpy().ravel()].mean()
        if columns:
            yield f"road/{code}", columns, (float(lat), float(lon))
