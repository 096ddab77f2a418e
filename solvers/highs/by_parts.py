"""The basis of an LP from those of its parts, where few rows tie the parts together.

What is below each station of a network is a part; the trunk above them is what is left.
At prices of the rows of the trunk each part is a small LP; what the parts draw is the
load of the trunk, whose duals are the next prices. No row of a part has a column of the
trunk, so that bases of the parts and of the trunk are one of the whole: feasible where
the trunk bears the load, and near to the optimum where prices stay as they are (the
subproblems of Dantzig and Wolfe 1960, without their master). The simplex method ends
from there in few steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csc_array

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.lp_task import lp_task
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import accept, loaded

ROUNDS = 12
"""How often prices go from the trunk to the parts at the most."""
STEP = 0.7
"""By so much of what they differ prices follow those of the trunk."""
NEAR = 1e-5
"""Rounds end once the cost changes by less than this share."""


@dataclass(frozen=True)
class Part:
    """Rows and columns that only columns of rows elsewhere tie to others."""

    rows: Ints
    columns: Ints


class _PartLP:
    """The LP of a part, kept in HiGHS while its costs or sides change."""

    def __init__(self, m: Matrices, part: Part, tolerance: float) -> None:
        self.part = part
        matrix = csc_array(m.by_row[part.rows].tocsc()[:, part.columns])
        matrix.sort_indices()
        own = Matrices.of(
            matrix,
            m.cost[part.columns],
            (m.row_lower[part.rows], m.row_upper[part.rows]),
            (m.column_lower[part.columns], m.column_upper[part.columns]),
            np.zeros(len(part.columns), dtype=bool),
        )
        self._highs = loaded(lp_task(own, tolerance))
        self._every = np.arange(len(part.columns), dtype=np.int32)
        self._each = np.arange(len(part.rows), dtype=np.int32)
        self.iterations = 0

    def limit_rows(self, low: Floats, high: Floats) -> None:
        accept(
            self._highs.changeRowsBounds(len(self._each), self._each, low, high), "rows"
        )

    def solve(self, cost: Floats) -> bool:
        """Solve at these costs; say whether there is an optimum."""
        accept(self._highs.changeColsCost(len(self._every), self._every, cost), "costs")
        self._highs.run()
        info = self._highs.getInfo()
        self.iterations += max(int(info.simplex_iteration_count), 0)
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    @property
    def values(self) -> Floats:
        return np.array(self._highs.getSolution().col_value)

    @property
    def duals(self) -> Floats:
        return np.array(self._highs.getSolution().row_dual)

    @property
    def statuses(self) -> tuple[list[highspy.HighsBasisStatus], ...]:
        """Those of columns and of rows."""
        basis = self._highs.getBasis()
        return list(basis.col_status), list(basis.row_status)


def basis_by_parts(
    m: Matrices,
    parts: Sequence[Part],
    is_over: Callable[[], bool],
    tolerance: float,
    price: Floats | None = None,
) -> tuple[highspy.HighsBasis | None, int]:
    """Return a basis of the LP of *m*, and how many iterations it took.

    It begins at a *price* of each row, if there is one. None where a part has no
    optimum, the trunk bears no load, or *is_over* says to give up.
    """
    own = [_PartLP(m, part, tolerance) for part in parts]
    trunk = _PartLP(m, _beside(m, parts), tolerance)
    found = None
    begins = np.zeros(len(m.row_lower)) if price is None else price
    if _rounds(m, own, trunk, is_over, begins[trunk.part.rows]):
        found = _joined(m, [*own, trunk])
    return found, trunk.iterations + sum(one.iterations for one in own)


def _beside(m: Matrices, parts: Sequence[Part]) -> Part:
    """Return the rows and columns of no part."""
    row, column = np.ones(len(m.row_lower), bool), np.ones(len(m.cost), bool)
    for part in parts:
        row[part.rows] = column[part.columns] = False
    return Part(np.flatnonzero(row), np.flatnonzero(column))


def _rounds(
    m: Matrices,
    parts: list[_PartLP],
    trunk: _PartLP,
    is_over: Callable[[], bool],
    price: Floats,
) -> bool:
    """Solve parts and trunk at better and better prices; return whether all went well.

    Where the trunk does not bear the load, prices go half of the way back.
    """
    rows, columns = trunk.part.rows, trunk.part.columns
    table, sides = m.by_row[rows], (m.row_lower[rows], m.row_upper[rows])
    x, borne, before = np.zeros(len(m.cost)), price, np.inf
    for number in range(ROUNDS):
        cost = m.cost - table.T @ price
        for one in parts:
            if is_over() or not one.solve(cost[one.part.columns]):
                return False
            x[one.part.columns] = one.values
        x[columns] = 0.0
        load = table @ x
        trunk.limit_rows(*(side - load for side in sides))
        if bears := trunk.solve(m.cost[columns]):
            x[columns] = trunk.values
            now = float(m.cost @ x)
            if abs(before - now) <= NEAR * abs(now):
                return True
            borne, before = price, now
            is_first = number == 0 and not price.any()
            price = price + (trunk.duals - price) * (1.0 if is_first else STEP)
        elif number:
            price = (price + borne) / 2.0
        else:
            return False
    return bears


def _joined(m: Matrices, parts: list[_PartLP]) -> highspy.HighsBasis:
    """Return the basis that the bases of all parts are together."""
    low, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
    column, row = [low] * len(m.cost), [basic] * len(m.row_lower)
    for one in parts:
        for all_of, where, known in zip(
            (column, row),
            (one.part.columns.tolist(), one.part.rows.tolist()),
            one.statuses,
            strict=True,
        ):
            for k, status in zip(where, known, strict=True):
                all_of[k] = status
    found = highspy.HighsBasis()
    found.col_status, found.row_status, found.valid = column, row, True
    return found
