"""The model of an instance: all families in their order, and what they have written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Ints
from aumaq.instances.terms import TERMS
from aumaq.model import families
from aumaq.model.context import PAID, PARTNERED, Context, Network, Numbers
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.relocations import relocations_of
from aumaq.model.families.feeders import FOLLOW_ON
from aumaq.model.families.possible_mergers import BY as MERGED
from aumaq.model.families.relocations import BY
from aumaq.model.family import FAMILIES, in_build_order
from aumaq.model.measures import Measures, measures
from aumaq.model.program import NONE, Program
from aumaq.model.pyomo_model import pyomo_model
from aumaq.model.table import Table

if TYPE_CHECKING:
    import pyomo.environ as pyo


assert families  # importing the package registers its families


def exists(variables: Ints) -> Flags:
    """Return where an array of variables holds one."""
    return np.asarray(variables != NONE, dtype=bool)


@dataclass(frozen=True)
class ServiceVariables:
    """Variables of one service beside their indices; -1 where there is none.

    The arrays of ``move`` and ``share`` are parallel: entry k of ``move`` belongs to
    site ``move_site[k]`` and so on.
    """

    units: Ints  # (J, L+1, T)
    move: Ints
    move_site: Numbers
    move_from: Numbers
    move_to: Numbers
    move_period: Numbers
    renewed: Ints  # (J, L+1, T)
    share: Ints
    share_option: Numbers
    share_level: Numbers
    share_period: Numbers
    unserved: Ints  # (I, T)
    bused: Ints
    bused_option: Numbers
    bused_period: Numbers
    visited: Ints
    visited_by: Numbers
    visited_option: Numbers
    visited_period: Numbers
    teams: Ints  # (M, J, T) of its mobile services


@dataclass(frozen=True)
class NetworkVariables:
    """Variables of one network beside their indices; -1 where there is none.

    ``flow`` is (C, 2, T): circuit, direction, period. With angles each step of a link
    is a circuit of its own; otherwise a link is one circuit that its steps widen.
    """

    flow: Ints
    step: Ints  # (G, T) 1 once it is built
    local_capacity: Ints  # (O, T)
    local_supply: Ints  # (O, T)
    supply: Ints
    supply_source: Numbers
    supply_level: Numbers
    supply_period: Numbers
    fed: Ints  # (N, T)
    shed: Ints  # (N, T)
    angle: Ints  # (N, T)


@dataclass(frozen=True)
class BuiltModel:
    """A finished model: the programme, and the arrays to read a solution with."""

    program: Program
    data: ModelData
    variables: dict[str, ServiceVariables]
    networks: dict[str, NetworkVariables]
    upgraded: Ints  # (G, T) roads
    chosen: Ints  # (K, T) growth points
    paid: Ints  # (F, kinds, sectors, regions, T) funds
    partnered: Ints  # (P, sectors, regions, T) partners
    formulation: str
    hired: Ints  # (R,) rows of the supply of staff
    trained: Ints  # (R,)
    relocated: Ints  # (relocations, L+1, T)
    merged: Ints  # (possible mergers, T)
    follows: Ints
    """(N, 5) follow-ons that are chosen: feeder, site, to_site, period, variable."""

    measures: Measures | None = None
    """What plans are measured by beside their cost, if it was asked for."""

    @cached_property
    def model(self) -> pyo.ConcreteModel:
        """The same as a model of Pyomo: made when first asked for, not for a solve."""
        return pyomo_model(self.program)


def build(
    instance: Instance,
    *,
    formulation: str = "strong",
    data: ModelData | None = None,
    look_up: Callable[[], None] = lambda: None,
    is_measured: bool = False,
) -> BuiltModel:
    """Build the model of the instance's active scenario.

    *formulation* is ``strong`` (allocation keeps the level index) or ``weak``; *data*
    are the numbers of the instance, if they were gathered before. *look_up* is called
    every second or so; what it raises ends the building. *is_measured*: with what plans
    are measured by beside their cost.
    """
    context = Context(
        Program(instance.name, TERMS),
        data or gather(instance),
        formulation,
        look_up,
    )
    for family in in_build_order(FAMILIES.values()):
        look_up()
        family.build(context)
    built = _built(context)
    return replace(built, measures=measures(context)) if is_measured else built


def _built(c: Context) -> BuiltModel:
    count = len(c.data.periods)
    return BuiltModel(
        c.program,
        c.data,
        {name: _service(c, s) for s, name in enumerate(c.data.services)},
        {name: _network(c, name, v) for name, v in c.networks.items()},
        _grid(c.upgraded, ("upgrade", "period"), (len(c.data.roads.upgrades), count)),
        _grid(c.chosen, ("thing", "period"), (len(c.data.growth.tier), count)),
        *money_variables(c),
        c.formulation,
        *_staff(c),
        _grid(c.relocated, BY, relocations_of(c.data).may.shape),
        _grid(c.merged, MERGED, (len(c.rules("possible_mergers")[0]), count)),
        _follows(c),
    )


def _follows(c: Context) -> Ints:
    """Return where who goes on may go: feeder, sites of their services, period, var."""
    found = np.stack([c.follows[key] for key in (*FOLLOW_ON, "var")], axis=1)
    for k, rule in enumerate(c.rules("feeders")[0]):
        own = found[:, 0] == k
        found[own, 1] -= c.tables.first_site[rule.service]
        found[own, 2] -= c.tables.first_site[rule.to_service]
    return found.astype(np.int64)


def _staff(c: Context) -> tuple[Ints, Ints]:
    """Return who is hired and trained, for each row of supply."""
    trained = np.full(len(c.hired), NONE)
    is_early = c.hired["period"] < len(c.data.periods) - 1
    trained[is_early] = c.trained["var"]
    return c.hired["var"], trained


def money_variables(c: Context) -> tuple[Ints, Ints]:
    """Return the variables of what funds and what partners pay (``BuiltModel``)."""
    count = len(c.data.periods)
    return (
        _grid(c.paid, PAID, (*c.data.funds.may_pay.shape, count)),
        _grid(c.partnered, PARTNERED, (*c.data.partners.may.shape, count)),
    )


def _service(c: Context, s: int) -> ServiceVariables:
    name = c.tables.names["service"][s]
    d, count = c.data.services[name], len(c.data.periods)
    units, moves, renewed, share, unserved, bused, visited, teams = (
        table.where(table["service"] == s)
        for table in (c.units, c.moves, c.renewed, c.share, c.unserved, c.bused,
                      c.visited, c.teams)
    )  # fmt: skip
    # Of all mobile services, the number of each among those of this one.
    mobile = c.data.instance.tables["mobile_services"]["service"] == name
    by_number = np.cumsum(mobile.to_numpy()) - 1
    teams = teams.plus(
        mobile=by_number[teams["mobile_service"]],
        site=teams["site"] - c.tables.first_site[name],
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
        bused=bused["var"],
        bused_option=bused["option"],
        bused_period=bused["period"],
        visited=visited["var"],
        visited_by=by_number[visited["mobile_service"]],
        visited_option=visited["option"],
        visited_period=visited["period"],
        teams=_grid(
            teams, ("mobile", "site", "period"), (mobile.sum(), len(d.sites), count)
        ),
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
        angle=_grid(v.angle, at, nodes)
        if n.has_angles
        else np.zeros(0, dtype=np.int64),
    )


def _grid(table: Table, by: Sequence[str], shape: tuple[int, ...]) -> Ints:
    """Return the variables of a table as an array, -1 where there is none."""
    found = np.full(shape, NONE)
    found[tuple(table[key] for key in by)] = table["var"]
    return found
