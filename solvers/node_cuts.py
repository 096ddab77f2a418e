r"""Cuts of nodes: a way that is built lets in what a node needs, and no more.

What comes to a node is at least what it needs, :math:`d`. Where a way into it, or a
source at it, holds :math:`x_e \le K_e + \sum_k c_{ek} y_{ek}` with whole numbers
:math:`y`, an LP builds a hundredth of a main for a village. All plans obey

.. math:: \sum_{e\ held} \Big( \min(a_e K_e, d) + \sum_k \min(a_e c_{ek}, d)\, y_{ek}
          \Big) + \sum_{e\ other} a_e x_e \ge d,

where :math:`a_e` is what arrives of a unit: one :math:`y` whose way lets in all of
:math:`d` is enough, and without such a one no way lets in more than it holds (the
inflow inequalities of single nodes in F. Ortega, L. A. Wolsey, Networks 41 (2003)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices, with_rows

BALANCES = "balances"
"""The family of the rows that say what comes to a node, and of these cuts."""
TINY = 1e-9


@dataclass(frozen=True)
class _Entries:
    """Coefficients, each with its row and column."""

    row: Ints
    column: Ints
    value: Floats

    @classmethod
    def of(cls, by_row: csr_array, rows: Ints) -> _Entries:
        """Return those of some rows."""
        size = np.diff(by_row.indptr)[rows]
        at = _ranges(by_row.indptr[rows], size)
        return cls(np.repeat(rows, size), by_row.indices[at], by_row.data[at])

    def where(self, which: Flags) -> _Entries:
        """Return some of them."""
        return _Entries(self.row[which], self.column[which], self.value[which])


def with_node_cuts(m: Matrices) -> Matrices:
    """Return the programme with a cut of each node where its LP could build less."""
    by_row, count = m.by_row, len(m.row_lower)
    inflow = _Entries.of(by_row, _needy(m))
    inflow = inflow.where(inflow.value > 0.0)
    holder = _holders(m)
    is_held = holder[inflow.column] >= 0
    if not is_held.any():
        return m
    ways, others = inflow.where(is_held), inflow.where(~is_held)
    held_by = holder[ways.column]
    arrives = ways.value / np.asarray(by_row[held_by, ways.column]).ravel()
    need = m.row_lower
    today = np.minimum(arrives * m.row_upper[held_by], need[ways.row])
    least = need - np.bincount(ways.row, today, count)
    # The whole numbers that hold each way, with what one of them lets in.
    size = np.diff(by_row.indptr)[held_by]
    at = _ranges(by_row.indptr[held_by], size)
    full = -by_row.data[at] * np.repeat(arrives, size)
    holding = _Entries(np.repeat(ways.row, size), by_row.indices[at], full)
    holding = holding.where(m.is_integer[holding.column])
    let_in = np.minimum(holding.value, need[holding.row])
    less = holding.row[holding.value > let_in * (1.0 + TINY)]
    is_less = np.bincount(less, minlength=count) > 0
    cuts = np.flatnonzero(is_less & (least > TINY * need))
    entries = _Entries(
        np.concatenate([holding.row, others.row]),
        np.concatenate([holding.column, others.column]),
        np.concatenate([let_in, others.value]),
    )
    entries = entries.where(np.isin(entries.row, cuts))
    where = np.searchsorted(cuts, entries.row), entries.column
    table = csr_array((entries.value, where), shape=(len(cuts), len(m.cost)))
    return with_rows(m, table, least[cuts], BALANCES)


def _needy(m: Matrices) -> Ints:
    """Return the balances of nodes that need something, of columns from 0 on."""
    is_needy = (m.row_family == BALANCES) & (m.row_lower == m.row_upper)
    rows = np.flatnonzero(is_needy & (m.row_lower > 0.0))
    entries = _Entries.of(m.by_row, rows)
    below = entries.row[m.column_lower[entries.column] < 0.0]
    return rows[~np.isin(rows, below)]


def _holders(m: Matrices) -> Ints:
    """Return the row that holds each column by whole numbers from 0 on, -1 without."""
    rows = np.flatnonzero((m.row_lower <= -NO_LIMIT) & (m.row_upper < NO_LIMIT))
    rows = rows[m.row_upper[rows] >= 0.0]
    entries, count = _Entries.of(m.by_row, rows), len(m.row_lower)
    is_whole = m.is_integer[entries.column]
    lets_in = is_whole & (entries.value < 0.0) & (m.column_lower[entries.column] >= 0.0)
    held = entries.where(~is_whole & (entries.value > 0.0))
    number = np.bincount(held.row, minlength=count)
    others = np.bincount(entries.row, minlength=count) - number
    is_holder = (number == 1) & (others > 0)
    is_holder &= others == np.bincount(entries.row[lets_in], minlength=count)
    held = held.where(is_holder[held.row])
    found = np.full(len(m.cost), -1)
    found[held.column] = held.row
    return found


def _ranges(first: Ints, size: Ints) -> Ints:
    """Return the numbers from each *first* on, *size* of them, one after the other."""
    ends = np.cumsum(size)
    return np.arange(int(size.sum())) + np.repeat(first - ends + size, size)
