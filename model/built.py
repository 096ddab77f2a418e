"""A finished model: Pyomo, and its variables as arrays to read a solution with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Network, Numbers, Objects
from aumaq.model.data.gathered import ModelData
from aumaq.model.table import Table


def exists(variables: Objects) -> NDArray[np.bool_]:
    """Return where an array of variables holds one (and not None)."""
    return np.asarray(variables != np.array(None), dtype=bool)


@dataclass(frozen=True)
class ServiceVariables:
    """Variables of one service beside their indices; None where there is none.

    The arrays of ``move`` and ``share`` are parallel: entry k of ``move`` belongs to
    site ``move_site[k]`` and so on.
    """

    units: Objects  # (J, L+1, T)
    move: Objects
    move_site: Numbers
    move_from: Numbers
    move_to: Numbers
    move_period: Numbers
    renewed: Objects  # (J, L+1, T)
    share: Objects
    share_option: Numbers
    share_level: Numbers
    share_period: Numbers
    unserved: Objects  # (I, T)


@dataclass(frozen=True)
class NetworkVariables:
    """Variables of one network beside their indices; None where there is none.

    ``flow`` is (C, 2, T): circuit, direction, period. With angles each step of a link
    is a circuit of its own; otherwise a link is one circuit that its steps widen.
    """

    flow: Objects
    step: Objects  # (G, T) 1 once it is built
    local_capacity: Objects  # (O, T)
    local_supply: Objects  # (O, T)
    supply: Objects
    supply_source: Numbers
    supply_level: Numbers
    supply_period: Numbers
    fed: Objects  # (N, T)
    shed: Objects  # (N, T)
    angle: Objects  # (N, T)


@dataclass(frozen=True)
class BuiltModel:
    """A finished model: Pyomo, and the arrays to read a solution with."""

    model: pyo.ConcreteModel
    data: ModelData
    variables: dict[str, ServiceVariables]
    networks: dict[str, NetworkVariables]
    upgraded: Objects  # (G, T) roads
    chosen: Objects  # (K, T) growth points
    formulation: str


def built_model(c: Context) -> BuiltModel:
    """Return the finished model of a context."""
    count = len(c.data.periods)
    return BuiltModel(
        c.model,
        c.data,
        {name: _service(c, s) for s, name in enumerate(c.data.services)},
        {name: _network(c, name, v) for name, v in c.networks.items()},
        _grid(c.upgraded, ("upgrade", "period"), (len(c.data.roads.upgrades), count)),
        _grid(c.chosen, ("thing", "period"), (len(c.data.growth.tier), count)),
        c.formulation,
    )


def _service(c: Context, s: int) -> ServiceVariables:
    name = c.tables.names["service"][s]
    d, count = c.data.services[name], len(c.data.periods)
    units, moves, renewed, share, unserved = (
        table.where(table["service"] == s)
        for table in (c.units, c.moves, c.renewed, c.share, c.unserved)
    )
    first, shape = c.tables.first_site[name], (*d.is_built.shape, count)
    by = ("site", "level", "period")
    return ServiceVariables(
        units=_grid(units.plus(site=units["site"] - first), by, shape),
        move=moves["var"],
        move_site=moves["site"] - first,
        move_from=moves["before"],
        move_to=moves["after"],
        move_period=moves["period"],
        renewed=_grid(renewed.plus(site=renewed["site"] - first), by, shape),
        share=share["var"],
        share_option=share["option"],
        share_level=share["level"],
        share_period=share["period"],
        unserved=_grid(unserved, ("settlement", "period"), d.demand.shape),
    )


def _network(c: Context, name: str, v: Network) -> NetworkVariables:
    n, count = c.data.networks[name], len(c.data.periods)
    nodes, at = (len(n.nodes), count), ("node", "period")
    things = ("thing", "period")
    local = (len(n.local_option), count)
    return NetworkVariables(
        flow=v.flow["var"].reshape(-1, 2, count),
        step=_grid(v.step, things, (len(n.step_link), count)),
        local_capacity=_grid(v.local_capacity, things, local),
        local_supply=_grid(v.local_supply, things, local),
        supply=v.supply["var"],
        supply_source=v.supply["source"],
        supply_level=v.supply["level"],
        supply_period=v.supply["period"],
        fed=_grid(v.fed, at, nodes),
        shed=_grid(v.shed, at, nodes),
        angle=_grid(v.angle, at, nodes) if n.has_angles else np.zeros(0, dtype=object),
    )


def _grid(table: Table, by: Sequence[str], shape: tuple[int, ...]) -> Objects:
    """Return the variables of a table as an array, None where there is none."""
    found = np.full(shape, None, dtype=object)
    found[tuple(table[key] for key in by)] = table["var"]
    return found
