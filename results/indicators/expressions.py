"""Values of user expressions over the tables of a state."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.access.limits import beyond, within
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.expressions import (
    Aggregate,
    Cell,
    Expression,
    Filter,
    Number,
    Operation,
    parse,
)
from aumaq.results.indicators.registry import formula
from aumaq.results.indicators.state import Indicator, Measure, State

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
COMPARE_MEASURED: dict[str, Callable[[Any, Any], Any]] = {
    "<=": within, ">": beyond,
    ">=": lambda cells, value: within(value, cells),
    "<": lambda cells, value: beyond(value, cells),
    "==": lambda cells, value: within(cells, value) & within(value, cells),
    "!=": lambda cells, value: beyond(cells, value) | beyond(value, cells),
}  # fmt: skip
"""The same for minutes and kilometres, which keep a limit within the tolerance."""
MEASURED = ("minutes", "_km")
"""How the names of columns of minutes and kilometres end."""


@formula
def expression(state: State, indicator: Indicator) -> Measure:
    """Return the value of the user's expression.

    Regions have a value if all its tables can be split by region.
    """
    return Measure(evaluate(state, parse(indicator.expression)))


def evaluate(state: State, part: Expression) -> Floats:
    """Return the value of an expression, (1 + R, T); NaN where it has none."""
    if isinstance(part, Aggregate):
        return _aggregate(state, part)
    if isinstance(part, Operation):
        return _combined(part.sign, evaluate(state, part.left),
                         evaluate(state, part.right))  # fmt: skip
    assert isinstance(part, Number)
    return np.full(state.shape, part.value)


def _combined(sign: str, left: Floats, right: Floats) -> Floats:
    with np.errstate(all="ignore"):
        found = {
            "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide
        }[sign](left, right)  # fmt: skip
    return np.where(np.isfinite(found), found, np.nan)


def _aggregate(state: State, part: Aggregate) -> Floats:
    rows = state.rows(part.table)
    amount = np.ones(len(rows))
    if part.amount is not None:
        amount = np.broadcast_to(_amount(rows, part.amount), len(rows))
    keep = np.ones(len(rows), dtype=bool)
    for condition in part.filters:
        keep &= _passes(rows, condition)
    cells = _Cells(state, rows, amount)
    if part.function == "share":
        return _combined("/", cells.sum(keep), cells.sum(np.ones_like(keep)))
    if part.function == "mean":
        number = _Cells(state, rows, np.ones(len(rows)))
        return _combined("/", cells.sum(keep), number.sum(keep))
    if part.function in ("min", "max"):
        return cells.extreme(keep, part.function)
    return cells.sum(keep)


def _amount(rows: pd.DataFrame, part: Expression) -> Floats:
    """Return an amount for each row."""
    if isinstance(part, Cell):
        return rows[part.column].to_numpy(dtype=float)
    if isinstance(part, Operation):
        return _combined(part.sign, _amount(rows, part.left),
                         _amount(rows, part.right))  # fmt: skip
    assert isinstance(part, Number)
    return np.array(part.value)


def _passes(rows: pd.DataFrame, condition: Filter) -> Flags:
    cells = rows[condition.column]
    is_measured = condition.column.endswith(MEASURED)
    compare = (COMPARE_MEASURED if is_measured else COMPARE)[condition.sign]
    return np.asarray(compare(cells, condition.value), dtype=bool)


class _Cells:
    """Amounts of rows, each with its place in the array of regions and periods."""

    def __init__(self, state: State, rows: pd.DataFrame, amount: Floats) -> None:
        self.shape, self.amount = state.shape, amount
        self.has_regions, self.has_periods = "region" in rows, "period" in rows
        plain = {"region": "", "period": state.periods[0]}
        given = {name: cell for name, cell in plain.items() if name not in rows}
        self.where, self.t = state.places(rows.assign(**given))

    def sum(self, keep: Flags) -> Floats:
        """Return sums of the rows that are kept."""
        return self._spread(np.add, 0.0, keep)

    def extreme(self, keep: Flags, function: str) -> Floats:
        """Return the least or the largest amount, NaN where there is no row."""
        worst = np.inf if function == "min" else -np.inf
        best = np.minimum if function == "min" else np.maximum
        found = self._spread(best, worst, keep)
        return np.where(np.isfinite(found), found, np.nan)

    def _spread(self, gather: np.ufunc, start: float, keep: Flags) -> Floats:
        total = np.full(self.shape, start)
        gather.at(total[0], self.t[keep], self.amount[keep])
        placed = keep & (self.where > 0)
        gather.at(total, (self.where[placed], self.t[placed]), self.amount[placed])
        if not self.has_regions:
            total[1:] = np.nan
        if not self.has_periods:
            total[:] = total[:, :1]
        return total
