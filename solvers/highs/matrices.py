"""A Pyomo model as sparse matrices, and what is left of it when columns are fixed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.model.algebra import pyo
from aumaq.model.assemble import collector_paused

Floats = NDArray[np.float64]
ROUNDING = 1e-6
"""By so much a whole number may lie beyond a limit of its column."""


@dataclass(frozen=True)
class Matrices:
    """``min cost x`` subject to ``lower <= A x <= upper`` and bounds; A by columns."""

    cost: Floats
    offset: float
    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    values: Floats
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    is_integer: NDArray[np.bool_]
    columns: list[Any]
    row_family: NDArray[np.str_] = field(default_factory=lambda: np.zeros(0, dtype=str))

    @property
    def size(self) -> dict[str, int]:
        """Rows, columns, integer columns and nonzeros."""
        return {
            "rows": len(self.row_lower),
            "columns": len(self.cost),
            "integers": int(self.is_integer.sum()),
            "nonzeros": len(self.values),
        }


def compile_matrices(model: pyo.ConcreteModel) -> Matrices:
    """Compile a linear Pyomo model to sparse matrices."""
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    with collector_paused():
        form = LinearStandardFormCompiler().write(model, mixed_form=True)
    kind = np.array([row.bound_type for row in form.rows], dtype=np.int64)
    rhs = np.asarray(form.rhs, dtype=float)
    columns = list(form.columns)
    matrix = form.A.tocsc()
    limits = [(v.lower, v.upper) for v in columns]
    return Matrices(
        cost=np.asarray(form.c.todense(), dtype=float).ravel()
        if form.c.shape[0]
        else np.zeros(len(columns)),
        offset=float(form.c_offset[0]) if len(form.c_offset) else 0.0,
        starts=matrix.indptr.astype(np.int32),
        rows=matrix.indices.astype(np.int32),
        values=matrix.data.astype(float),
        row_lower=np.where(kind <= 0, np.where(kind < 0, -np.inf, rhs), rhs)
        if not len(kind)
        else np.where(kind == 1, -np.inf, rhs),
        row_upper=np.where(kind == -1, np.inf, rhs),
        column_lower=np.array([-np.inf if a is None else a for a, _ in limits]),
        column_upper=np.array([np.inf if b is None else b for _, b in limits]),
        is_integer=np.array([v.is_integer() for v in columns], dtype=bool),
        columns=columns,
        row_family=np.array(
            [row.constraint.parent_block().local_name for row in form.rows], dtype=str
        ),
    )


def with_fixed(m: Matrices, columns: NDArray[np.int64], values: Floats) -> Matrices:
    """Return the MIP that is left when some columns are fixed within their bounds."""
    low, high = m.column_lower.copy(), m.column_upper.copy()
    low[columns] = high[columns] = np.clip(values, low[columns], high[columns])
    return replace(m, column_lower=low, column_upper=high)


def with_whole_fixed(m: Matrices, values: Floats) -> Matrices:
    """Return the LP that is left when integers are fixed at the rounded *values*."""
    whole, fixed = np.round(values), m.is_integer
    return replace(
        m,
        column_lower=np.where(fixed, whole, m.column_lower),
        column_upper=np.where(fixed, whole, m.column_upper),
        is_integer=np.zeros_like(fixed),
    )


def within_limits(m: Matrices, values: Floats) -> bool:
    """Return whether the integers of *values*, rounded, are within their limits."""
    whole = np.round(values)[m.is_integer]
    low, high = m.column_lower[m.is_integer], m.column_upper[m.is_integer]
    return bool(((whole >= low - ROUNDING) & (whole <= high + ROUNDING)).all())


def plain_bound(m: Matrices) -> float:
    """Return what no plan can cost less than by the bounds of the columns alone.

    Weak, but there before any LP is solved; -inf where a column pays without limit.
    """
    price = np.where(m.cost > 0, m.column_lower, m.column_upper)[m.cost != 0]
    return float(m.cost[m.cost != 0] @ price) + m.offset
