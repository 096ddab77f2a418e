"""One model for several futures: the decisions of the first period are shared.

Its formulas: docs/futures.md, section "The model". The rows of the futures stand one
below the other; columns are the decisions of the first period, then all others future
by future, and z where the largest cost or regret counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csc_array

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.futures.first_stage import FirstStage
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome

EPIGRAPH = "futures"
"""Name of the family of rows ``z >= cost of a future - reference``."""


@dataclass(frozen=True)
class Merged:
    """The model of all futures. The first K columns are the first-period decisions.

    ``columns`` says for each future where its own columns are.
    """

    matrices: Matrices
    columns: list[Ints]

    def values(self, first: Floats, parts: Sequence[Floats]) -> Floats:
        """Return one solution from first-period decisions and those of each future."""
        found = np.zeros(len(self.matrices.cost))
        for columns, values in zip(self.columns, parts, strict=True):
            found[columns] = values
        found[: len(first)] = first
        return found


def merged_relaxation(
    whole: Merged, parts: Sequence[Outcome], weights: Floats
) -> Outcome:
    """Return what the LP relaxations of the futures say of the weighted sum.

    No optimum of the merged LP, but prices are valid whatever they are, and these are
    near: duals of each future times its weight, mean values of the first period.
    """
    values, share = (
        np.zeros(len(whole.matrices.cost)),
        np.zeros(len(whole.matrices.cost)),
    )
    duals = []
    for part, into, weight in zip(parts, whole.columns, weights, strict=True):
        assert part.values is not None
        assert part.duals is not None
        values[into] += weight * part.values
        share[into] += weight
        duals.append(weight * part.duals)
    values = np.divide(values, share, out=values, where=share > 0)
    return replace(parts[0], values=values, duals=np.concatenate(duals))


def merged(
    parts: Sequence[Matrices], stages: Sequence[FirstStage], weights: Floats
) -> Merged:
    """Return the model that minimises the weighted sum of the futures' costs."""
    shared = len(stages[0].keys)
    columns, end = [], shared
    for m, stage in zip(parts, stages, strict=True):
        into = np.full(len(m.cost), -1, dtype=np.int64)
        known = stage.column >= 0
        into[stage.column[known]] = np.flatnonzero(known)
        own = into < 0
        into[own] = np.arange(end, end + int(own.sum()))
        end += int(own.sum())
        columns.append(into)
    cost, low, high = np.zeros(end), np.zeros(end), np.zeros(end)
    whole = np.zeros(end, dtype=bool)
    for m, into, weight in zip(parts, columns, weights, strict=True):
        cost[into] += weight * m.cost
        low[into], high[into] = m.column_lower, m.column_upper
        whole[into] = m.is_integer
    low[:shared] = np.max([stage.low for stage in stages], axis=0)
    high[:shared] = np.min([stage.high for stage in stages], axis=0)
    whole[:shared] = np.any([stage.is_integer for stage in stages], axis=0)
    return Merged(
        Matrices.of(
            _stacked(parts, columns, end),
            cost,
            (
                np.concatenate([m.row_lower for m in parts]),
                np.concatenate([m.row_upper for m in parts]),
            ),
            (low, high),
            whole,
            offset=float(weights @ [m.offset for m in parts]),
            row_family=np.concatenate([m.row_family for m in parts]),
        ),
        columns,
    )


def with_largest(
    whole: Merged,
    parts: Sequence[Matrices],
    references: Floats,
    limits: tuple[float, float],
) -> Merged:
    """Return the model that minimises the largest of cost - reference, column z.

    z is the last column, within *limits*: a valid bound and what a plan reaches.
    """
    m, count = whole.matrices, len(parts)
    rows, cols, values, high = [], [], [], []
    for w, (part, into) in enumerate(zip(parts, whole.columns, strict=True)):
        used = np.flatnonzero(part.cost)
        rows.append(np.full(len(used) + 1, w))
        cols.append(np.append(into[used], len(m.cost)))
        values.append(np.append(part.cost[used], -1.0))
        high.append(references[w] - part.offset)
    where = (np.concatenate(rows), np.concatenate(cols))
    more = coo_array(
        (np.concatenate(values), where), shape=(count, len(m.cost) + 1)
    ).tocsr()
    before = m.sparse
    before.resize((before.shape[0], before.shape[1] + 1))
    family = np.full(count, EPIGRAPH)
    matrices = Matrices.of(
        _over(before, more),
        np.append(np.zeros(len(m.cost)), 1.0),
        (
            np.append(m.row_lower, np.full(count, -np.inf)),
            np.append(m.row_upper, high),
        ),
        (
            np.append(m.column_lower, limits[0]),
            np.append(m.column_upper, limits[1]),
        ),
        np.append(m.is_integer, False),
        row_family=np.concatenate([m.row_family, family]),
    )
    return replace(whole, matrices=matrices)


def _stacked(
    parts: Sequence[Matrices], columns: Sequence[Ints], num_columns: int
) -> csc_array:
    """Return the coefficients of all futures, their rows one below the other."""
    rows, cols, values, start = [], [], [], 0
    for m, into in zip(parts, columns, strict=True):
        entries = m.sparse.tocoo()
        rows.append(entries.row + start)
        cols.append(into[entries.col])
        values.append(entries.data)
        start += len(m.row_lower)
    where = (np.concatenate(rows), np.concatenate(cols))
    found = coo_array((np.concatenate(values), where), shape=(start, num_columns))
    return _sorted(found.tocsc())


def _over(top: csc_array, bottom: csc_array) -> csc_array:
    a, b = top.tocoo(), bottom.tocoo()
    where = (np.append(a.row, b.row + a.shape[0]), np.append(a.col, b.col))
    shape = (a.shape[0] + b.shape[0], a.shape[1])
    return _sorted(coo_array((np.append(a.data, b.data), where), shape=shape).tocsc())


def _sorted(matrix: csc_array) -> csc_array:
    matrix.sort_indices()
    return matrix
