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

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model import BuiltModel
from aumaq.model.program import NONE
from aumaq.solvers.highs.matrices import Matrices

Key = tuple[Any, ...]
ALMOST = 1e-6
"""By so much a value may lie outside its bounds."""


@dataclass(frozen=True)
class FirstStage:
    """First-period decisions of one future, in an order common to all (K,).

    ``column`` is -1 where the decision cannot be taken in that future: it is 0.
    """

    keys: tuple[Key, ...]
    variables: Ints
    column: Ints
    low: Floats
    high: Floats
    is_integer: Flags

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
    built: BuiltModel, m: Matrices, place: Ints
) -> tuple[Matrices, Ints]:
    """Return matrices and places in which every open decision has a column.

    A model drops variables that it has no use for; another future may have.
    """
    p = built.program
    known = np.array([v for _, v in _variables(built)], dtype=np.int64)
    found = known[~p.is_fixed[known] & (place[known] < 0)]
    count = len(found)
    wider = replace(
        m,
        cost=np.append(m.cost, np.zeros(count)),
        starts=np.append(m.starts, np.full(count, m.starts[-1])),
        column_lower=np.append(m.column_lower, p.lower[found]),
        column_upper=np.append(m.column_upper, p.upper[found]),
        is_integer=np.append(m.is_integer, p.is_whole[found]),
        columns=np.append(m.columns, found),
    )
    return wider, wider.places(p.count)


def first_stages(
    models: Sequence[tuple[BuiltModel, Matrices, Ints]],
) -> list[FirstStage]:
    """Return the first-period decisions of models (built, matrices, place)."""
    named = [dict(_variables(built)) for built, _, _ in models]
    keys = tuple(dict.fromkeys(key for variables in named for key in variables))
    return [
        _first_stage(keys, variables, *model)
        for variables, model in zip(named, models, strict=True)
    ]


def _first_stage(
    keys: tuple[Key, ...],
    named: dict[Key, int],
    built: BuiltModel,
    matrices: Matrices,
    place: Ints,
) -> FirstStage:
    p = built.program
    variables = np.array([named.get(key, NONE) for key in keys], dtype=np.int64)
    column = place[variables]
    is_open = (variables != NONE) & ~np.append(p.is_fixed, True)[variables]
    # What cannot be done is 0; what is settled has the limits of its column.
    low = np.where(is_open, np.append(p.lower, 0.0)[variables], 0.0)
    high = np.where(is_open, np.append(p.upper, 0.0)[variables], 0.0)
    known = column >= 0
    low[known] = matrices.column_lower[column[known]]
    high[known] = matrices.column_upper[column[known]]
    whole = np.append(p.is_whole, False)[variables]
    return FirstStage(keys, variables, column, low, high, whole)


def _variables(built: BuiltModel) -> Iterator[tuple[Key, int]]:
    """Yield the variables of the first period with their names.

    Empty places (level 0) follow from the rest, and their number may differ.
    """
    for v in built.program.all_variables():
        if v.is_early:
            rows = v.where.plus(var=np.arange(v.first, v.first + len(v)))
            rows = rows.where(rows["period"] == 0)
            for empty in (("level",), ("before", "after")):
                if set(empty) <= set(v.by):
                    rows = rows.where(sum(rows[column] for column in empty) > 0)
            labels = rows.labels([key for key in v.by if key != "period"])
            for label, number in zip(labels, rows["var"].tolist(), strict=True):
                yield (v.name, *label), number
