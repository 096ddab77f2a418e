"""The decisions of the first period: under the same name in the model of each future.

What is built, enlarged, closed, renewed at the start of the first period, and what
stands then: units and moves of facilities, growth points, road upgrades, steps of
links, capacity of local supply. Allocation, flows, supply and what is left unserved
answer to the future and are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.model import BuiltModel
from aumaq.model.built import exists
from aumaq.solvers.highs.matrices import Matrices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Key = tuple[Any, ...]
ALMOST = 1e-6
"""By so much a value may lie outside its bounds."""


@dataclass(frozen=True)
class FirstStage:
    """First-period decisions of one future, in an order common to all (K,).

    ``column`` is -1 where the decision cannot be taken in that future: it is 0.
    """

    keys: tuple[Key, ...]
    variables: tuple[Any, ...]
    column: Ints
    low: Floats
    high: Floats
    is_integer: Bools

    def read(self, values: Floats) -> Floats:
        """Return the decisions in a solution of this future, (K,)."""
        found = np.zeros(len(self.keys))
        known = self.column >= 0
        found[known] = values[self.column[known]]
        return np.where(self.is_integer, np.round(found), found)

    def allows(self, decisions: Floats) -> bool:
        """Return whether decisions of another future are within the bounds here."""
        room = ALMOST * np.maximum(1.0, np.abs(decisions))
        inside = (decisions >= self.low - room) & (decisions <= self.high + room)
        return bool(inside.all())


def with_first_columns(
    built: BuiltModel, m: Matrices, place: dict[int, int]
) -> tuple[Matrices, dict[int, int]]:
    """Return matrices and places in which every open decision has a column.

    A model drops variables that it has no use for; another future may have.
    """
    found = [v for _, v in _variables(built) if not v.fixed and id(v) not in place]
    size, count = len(m.cost), len(found)
    limits = np.array([_limits(v) for v in found], dtype=float).reshape(-1, 2)
    whole = np.array([v.is_integer() for v in found], dtype=bool)
    wider = replace(
        m,
        cost=np.append(m.cost, np.zeros(count)),
        starts=np.append(m.starts, np.full(count, m.starts[-1])),
        column_lower=np.append(m.column_lower, limits[:, 0]),
        column_upper=np.append(m.column_upper, limits[:, 1]),
        is_integer=np.append(m.is_integer, whole),
        columns=[*m.columns, *found],
    )
    return wider, {**place, **{id(v): size + k for k, v in enumerate(found)}}


def first_stages(
    models: Sequence[tuple[BuiltModel, Matrices, dict[int, int]]],
) -> list[FirstStage]:
    """Return the first-period decisions of models (built, matrices, place)."""
    named = [dict(_variables(built)) for built, _, _ in models]
    keys = tuple(dict.fromkeys(key for variables in named for key in variables))
    return [
        _first_stage(keys, variables, matrices, place)
        for variables, (_, matrices, place) in zip(named, models, strict=True)
    ]


def _first_stage(
    keys: tuple[Key, ...],
    named: dict[Key, Any],
    matrices: Matrices,
    place: dict[int, int],
) -> FirstStage:
    variables = tuple(named.get(key) for key in keys)
    column = np.array([place.get(id(v), -1) for v in variables], dtype=np.int64)
    limits = np.array([_limits(v) for v in variables], dtype=float).reshape(-1, 2)
    known = column >= 0
    limits[known, 0] = matrices.column_lower[column[known]]
    limits[known, 1] = matrices.column_upper[column[known]]
    whole = [v is not None and v.is_integer() for v in variables]
    return FirstStage(
        keys, variables, column, limits[:, 0], limits[:, 1], np.array(whole, dtype=bool)
    )


def _limits(variable: Any) -> tuple[float, float]:
    """Return the bounds of a variable; what cannot be done is 0."""
    if variable is None or variable.fixed:
        return 0.0, 0.0
    low, high = variable.lower, variable.upper
    return -np.inf if low is None else low, np.inf if high is None else high


def _variables(built: BuiltModel) -> Iterator[tuple[Key, Any]]:
    """Yield the variables of the first period with their names.

    Empty places (level 0) follow from the rest, and their number may differ.
    """
    for name, v in built.variables.items():
        sites = built.data.services[name].sites
        for kind, grid in (("units", v.units), ("renewed", v.renewed)):
            if grid.ndim == 3:
                for j, level in np.argwhere(exists(grid[:, 1:, 0])).tolist():
                    yield (kind, name, sites[j], level + 1), grid[j, level + 1, 0]
        first = (v.move_period == 0) & ((v.move_from > 0) | (v.move_to > 0))
        for k in np.flatnonzero(first).tolist():
            a, b = int(v.move_from[k]), int(v.move_to[k])
            yield ("moves", name, sites[v.move_site[k]], a, b), v.move[k]
    growth, codes = built.data.growth, built.data.instance.settlement_ids
    for i, tier, row in zip(
        growth.settlement.tolist(), growth.tier, built.chosen, strict=True
    ):
        yield ("chosen", codes[i], tier), row[0]
    for code, row in zip(built.data.roads.upgrades, built.upgraded, strict=True):
        yield ("upgraded", code), row[0]
    for name, w in built.networks.items():
        n = built.data.networks[name]
        for e, number, row in zip(
            n.step_link.tolist(), n.step_number.tolist(), w.step, strict=True
        ):
            yield ("step", name, n.links[e], number), row[0]
        for i, option, row in zip(
            n.local_node.tolist(), n.local_option, w.local_capacity, strict=True
        ):
            yield ("local_capacity", name, n.nodes[i], option), row[0]
