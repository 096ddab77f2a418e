"""A programme as sparse matrices, and what is left of it when columns are fixed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.program import NONE, Program, RowSet

NO_LIMIT = 1e29
"""From here on HiGHS takes a limit for none."""
ROUNDING = 1e-6
"""By so much a whole number may lie beyond a limit of its column."""


class ByRows:
    """Coefficients by rows, made when first asked for, of all that share them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._made: tuple[Floats, NDArray[np.int32], csr_array] | None = None

    def of(self, m: Matrices) -> csr_array:
        """Return those of *m*; they are made anew where its coefficients are others."""
        made = self._made
        if made is None or made[0] is not m.values or made[1] is not m.rows:
            made = m.values, m.rows, m.sparse.tocsr()
            if self._made is None:
                self._made = made
        return made[2]

    def __reduce__(self) -> tuple[type[ByRows], tuple[()]]:
        """Leave behind what is made in a moment."""
        return ByRows, ()


@dataclass(frozen=True)
class Matrices:
    """``min cost x`` subject to ``lower <= A x <= upper`` and bounds; A by columns.

    ``columns`` holds the variable of each column, where they are those of a programme;
    ``row_numbers`` its row of each row.
    """

    cost: Floats
    offset: float
    starts: NDArray[np.int32]
    rows: NDArray[np.int32]
    values: Floats
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    is_integer: Flags
    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    row_family: NDArray[np.str_] = field(default_factory=lambda: np.zeros(0, dtype=str))
    row_numbers: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    by_rows: ByRows = field(default_factory=ByRows, repr=False)

    @classmethod
    def of(
        cls,
        matrix: csc_array,
        cost: Floats,
        row_limits: tuple[Floats, Floats],
        column_limits: tuple[Floats, Floats],
        is_integer: Flags,
        *,
        offset: float = 0.0,
        **others: Any,
    ) -> Matrices:
        """Return the problem with the coefficients of a sparse array.

        Limits are lower and upper ones, *others* further fields by name.
        """
        return cls(
            cost=cost,
            offset=offset,
            starts=matrix.indptr.astype(np.int32),
            rows=matrix.indices.astype(np.int32),
            values=matrix.data,
            row_lower=row_limits[0],
            row_upper=row_limits[1],
            column_lower=column_limits[0],
            column_upper=column_limits[1],
            is_integer=is_integer,
            **others,
        )

    @property
    def sparse(self) -> csc_array:
        """The coefficients as a sparse array; it shares their memory."""
        shape = (len(self.row_lower), len(self.cost))
        return csc_array((self.values, self.rows, self.starts), shape=shape)

    @property
    def by_row(self) -> csr_array:
        """The coefficients by rows; others of the same coefficients share their memory.

        Nobody may change them.
        """
        return self.by_rows.of(self)

    def places(self, count: int) -> Ints:
        """Return the column of each of so many variables, -1 where it has none.

        One more entry at the end stands for no variable, and has none.
        """
        found = np.full(count + 1, NONE)
        found[self.columns] = np.arange(len(self.columns))
        return found

    @property
    def size(self) -> dict[str, int]:
        """Rows, columns, integer columns and nonzeros."""
        return {
            "rows": len(self.row_lower),
            "columns": len(self.cost),
            "integers": int(self.is_integer.sum()),
            "nonzeros": len(self.values),
        }


def compile_matrices(p: Program) -> Matrices:
    """Compile a programme: terms of one variable are added up, what is fixed goes.

    Columns come in the order in which the names of variables are met, first in the
    objective; what stands in no row and costs nothing has none. Rows without a variable
    that is left are dropped where 0 lies within their limits.
    """
    price, payer = (
        np.concatenate(parts) for parts in zip(*map(p.term, p.terms), strict=True)
    )
    cost = np.bincount(payer, np.where(p.is_fixed[payer], 0.0, price), p.count)
    sets = [(name, rows) for name, b in p.blocks.items() for rows in b.rows.values()]
    matrix, met = _by_columns(p, [rows for _, rows in sets])
    is_used = (np.diff(matrix.indptr) > 0) | (cost != 0.0)
    columns = _in_order(p, np.append(payer[~p.is_fixed[payer]], met))
    columns = columns[is_used[columns]]
    matrix = matrix[:, columns]
    lower, upper = (
        np.concatenate([np.zeros(0), *(getattr(rows, key) for _, rows in sets)])
        for key in ("lower", "upper")
    )
    family = np.array([name for name, _ in sets], dtype=str)
    family = np.repeat(family, [len(rows) for _, rows in sets])
    is_left = np.bincount(matrix.indices, minlength=len(lower)) > 0
    is_left |= (lower > 0.0) | (upper < 0.0)
    if not is_left.all():
        matrix = matrix[is_left]
    return Matrices.of(
        matrix,
        cost[columns],
        (lower[is_left], upper[is_left]),
        (p.lower[columns], p.upper[columns]),
        p.is_whole[columns],
        columns=columns,
        row_family=family[is_left],
        row_numbers=np.flatnonzero(is_left),
    )


def _by_columns(p: Program, sets: list[RowSet]) -> tuple[csc_array, Ints]:
    """Return all rows by variables, and the variables as they are met in the rows."""
    counts = [np.diff(rows.starts) for rows in sets]
    none = np.zeros(0, dtype=np.int64)
    row = np.repeat(np.arange(sum(map(len, sets))), np.concatenate([none, *counts]))
    variable = np.concatenate([none, *(rows.variable for rows in sets)])
    value = np.concatenate([np.zeros(0), *(rows.coefficient for rows in sets)])
    is_open = ~p.is_fixed[variable]
    row, variable, value = row[is_open], variable[is_open], value[is_open]
    shape = (sum(map(len, sets)), p.count)
    matrix = coo_array((value, (row, variable)), shape=shape).tocsc()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix, variable


def _in_order(p: Program, met: Ints) -> Ints:
    """Return the variables, name by name in the order in which the names are met."""
    first = np.array([v.first for v in p.all_variables()] + [p.count], dtype=np.int64)
    at = np.searchsorted(first, met, side="right") - 1
    names, found = np.unique(at, return_index=True)
    ordered = names[np.argsort(found)]
    return np.concatenate(
        [np.zeros(0, np.int64), *(np.arange(first[k], first[k + 1]) for k in ordered)]
    )


def with_fixed(m: Matrices, columns: Ints, values: Floats) -> Matrices:
    """Return the MIP that is left when some columns are fixed within their bounds."""
    low, high = m.column_lower.copy(), m.column_upper.copy()
    low[columns] = high[columns] = np.clip(values, low[columns], high[columns])
    return replace(m, column_lower=low, column_upper=high)


def with_rows(m: Matrices, table: csr_array, least: Floats, family: str) -> Matrices:
    """Return the problem with further rows, *table* x >= *least*, below its own."""
    count, size = len(least), np.diff(m.starts)
    if not count:
        return m
    more = csc_array(table)
    more.sort_indices()
    added = np.diff(more.indptr)
    starts = (m.starts + more.indptr).astype(np.int32)
    # The rows of a column come in order: its own first, then those below.
    own = np.arange(len(m.values)) + np.repeat(more.indptr[:-1], size)
    below = np.arange(len(more.data)) + np.repeat(m.starts[1:], added)
    rows = np.empty(starts[-1], dtype=np.int32)
    values = np.empty(starts[-1])
    rows[own], rows[below] = m.rows, more.indices + len(m.row_lower)
    values[own], values[below] = m.values, more.data
    families, numbers = m.row_family, m.row_numbers
    if len(families):
        families = np.concatenate([families, np.full(count, family)])
    if len(numbers):
        numbers = np.concatenate([numbers, np.full(count, NONE)])
    return replace(
        m,
        starts=starts,
        rows=rows,
        values=values,
        row_lower=np.concatenate([m.row_lower, least]),
        row_upper=np.concatenate([m.row_upper, np.full(count, np.inf)]),
        row_family=families,
        row_numbers=numbers,
    )


def with_whole_fixed(m: Matrices, values: Floats) -> Matrices:
    """Return the LP that is left when integers are fixed at the rounded *values*."""
    whole, fixed = np.round(values), m.is_integer
    return replace(
        m,
        column_lower=np.where(fixed, whole, m.column_lower),
        column_upper=np.where(fixed, whole, m.column_upper),
        is_integer=np.zeros_like(fixed),
    )


def restricted(
    m: Matrices, by_row: csr_array, free: Ints, values: Floats
) -> tuple[Matrices, Ints]:
    """Return the MIP of the *free* columns with all others as in *values*; its rows.

    *by_row* are the coefficients of *m* by rows. What others cost is left out.
    """
    own = m.sparse[:, free]
    rows = np.unique(own.indices)
    fixed = values.copy()
    fixed[free] = 0.0
    used = by_row[rows] @ fixed
    # Not from the rows: those of a budget have columns from everywhere.
    entries = (own.data, np.searchsorted(rows, own.indices), own.indptr)
    small = csc_array(entries, shape=(len(rows), len(free)))
    small.sort_indices()
    part = Matrices.of(
        small,
        m.cost[free],
        (m.row_lower[rows] - used, m.row_upper[rows] - used),
        (m.column_lower[free], m.column_upper[free]),
        m.is_integer[free],
    )
    return part, rows


def best_end(price: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the limit at which each price gains most; 0 where there is no price."""
    return np.where(price > 0, lower, np.where(price < 0, upper, 0.0))


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
