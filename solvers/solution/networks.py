"""Networks in a solution: read their decisions, and where their links are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model import BuiltModel
from aumaq.solvers.solution.decisions import Decisions, NetworkDecisions

Number = Callable[[Ints], Floats]
"""Returns the values of an array of variables, 0 where there is none."""
DUST = 1e-9
"""Relative to the largest value of a kind, what is up to this is numerical dust."""


def networks_of(built: BuiltModel, number: Number) -> dict[str, NetworkDecisions]:
    """Return the decisions of every network."""
    found = {}
    for name, v in built.networks.items():
        n = built.data.networks[name]
        levels = [built.data.services[service].num_levels for service, _ in n.source]
        shape = (len(n.source), max(levels, default=0) + 1, len(built.data.periods))
        supply = np.zeros(shape)
        amount = positive(number(v.supply))
        supply[v.supply_source, v.supply_level, v.supply_period] = amount
        found[name] = NetworkDecisions(
            steps=np.round(number(v.step)).astype(np.int64),
            flow=positive(number(v.flow)),
            local_capacity=positive(number(v.local_capacity)),
            local_supply=positive(number(v.local_supply)),
            supply=supply,
            shed=positive(number(v.shed)),
            angle=number(v.angle) if n.has_angles else np.zeros(v.shed.shape),
        )
    return found


def run_of_networks(
    built: BuiltModel, plan: Decisions
) -> Iterator[tuple[Ints, Floats]]:
    """Yield variables of how each network runs, and a plan's values, if it has them."""
    for name, v in built.networks.items():
        own = plan.networks[name]
        if own.flow.shape != v.flow.shape:
            continue
        yield from (
            (v.flow, own.flow),
            (v.local_capacity, own.local_capacity),
            (v.local_supply, own.local_supply),
            (v.supply, own.supply[v.supply_source, v.supply_level, v.supply_period]),
            (v.shed, own.shed),
        )
        if built.data.networks[name].has_angles:
            yield v.angle, own.angle


def columns_of(place: Ints, variables: Ints) -> list[int]:
    """Return the columns of those variables that have one."""
    columns = place[variables]
    return list(columns[columns >= 0].tolist())


def positive(values: Floats) -> Floats:
    """Return values without what is below 0 or dust."""
    largest = float(values.max()) if values.size else 0.0
    return np.where(values > DUST * largest, values, 0.0)


def link_sites(
    built: BuiltModel, place: Ints
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
            columns = columns_of(place, members)
            if columns:
                middle = ((lat[a] + lat[b]) / 2, (lon[a] + lon[b]) / 2)
                yield f"{name}/{n.links[e]}", columns, middle


def upgrade_sites(
    built: BuiltModel, place: Ints
) -> Iterator[tuple[str, list[int], tuple[float, float]]]:
    """Yield a key, the columns and the middle of each road upgrade."""
    tables = built.data.instance.tables
    nodes = tables["road_nodes"].set_index("node")[["lat", "lon"]]
    links = tables["road_upgrade_links"]
    for code, row in zip(built.data.roads.upgrades, built.upgraded, strict=True):
        columns = columns_of(place, row)
        ends = links.loc[links["upgrade"] == code, ["from_node", "to_node"]]
        lat, lon = nodes.loc[ends.to_numpy().ravel()].mean()
        if columns:
            yield f"road/{code}", columns, (float(lat), float(lon))
