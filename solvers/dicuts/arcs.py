"""The networks of a compiled model: nodes, arcs, and what opens an arc.

A node is a row of a balance: what comes in less what goes out equals its load. An arc
is a column of such rows that is never negative: with one entry it comes from outside,
or goes there. What opens it is a row ``arc <= sum of capacity x whole number``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csc_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import Matrices

BALANCES, CAPACITIES = "balances", "networks"
"""Families of the rows of nodes, and of what opens arcs."""
OUTSIDE = -1


class Arcs(NamedTuple):
    """N nodes and A arcs; entries ``first[a]:first[a + 1]`` are what opens arc *a*.

    An arc without any stands today. Nodes that other columns supply, too, are none of
    those that ``may`` be in a cut. Arcs of one source come from outside to one node and
    bring no more than its limit together.
    """

    load: Floats  # (N,)
    may: Flags  # (N,)
    column: Ints  # (A,)
    tail: Ints  # (A,) node, or OUTSIDE
    head: Ints  # (A,)
    arrives: Floats  # (A,) of a unit that enters
    first: Ints  # (A + 1,)
    opener: Ints  # (O,) column of a whole number
    capacity: Floats  # (O,) that one of it opens
    source: Ints  # (A,) number of a source, or -1
    limit: Floats  # (K,) of each source


def arcs_of(m: Matrices) -> Arcs:
    """Return the networks of a model, without nodes where it has none."""
    by_row = csr_array(m.sparse)
    is_node = (m.row_family == BALANCES) & (m.row_lower == m.row_upper)
    nodes = np.flatnonzero(is_node)
    balance = csc_array(by_row[nodes])
    gives, takes = _one_entry(balance, 1.0), _one_entry(balance, -1.0)
    (head, arrives, more_heads), (tail, leaves, more_tails) = gives, takes
    is_arc = ~more_heads & ~more_tails & (m.column_lower >= 0.0) & (arrives <= leaves)
    is_arc &= (head != OUTSIDE) | (tail != OUTSIDE)
    other = ~is_arc & (np.diff(balance.indptr) > 0)
    may = np.ones(len(nodes), bool)
    may[balance[:, np.flatnonzero(other)].indices] = False
    column = np.flatnonzero(is_arc & (m.column_upper > 0.0))
    tail, head, arrives = tail[column], head[column], arrives[column]
    return Arcs(m.row_lower[nodes], may, column, tail, head, arrives,
                *_openers(m, by_row, column),
                *_sources(m, by_row, column, np.where(tail < 0, head, OUTSIDE)))  # fmt: skip


def _one_entry(balance: csc_array, sign: float) -> tuple[Ints, Floats, Flags]:
    """Return row and size of the entry of that sign, and whether there are several.

    Without one the row is OUTSIDE; its size is then 0 for what arrives, and without
    limit for what leaves: nothing is lost outside.
    """
    count = balance.shape[1]
    column = np.repeat(np.arange(count), np.diff(balance.indptr))
    has = sign * balance.data > 0.0
    row = np.full(count, OUTSIDE)
    size = np.full(count, 0.0 if sign > 0.0 else np.inf)
    row[column[has]] = balance.indices[has]
    size[column[has]] = np.abs(balance.data[has])
    return row, size, np.bincount(column[has], minlength=count) > 1


def _openers(m: Matrices, by_row: csr_array, column: Ints) -> tuple[Ints, Ints, Floats]:
    """Return what opens each arc: ``first``, ``opener`` and ``capacity``."""
    place = np.full(len(m.cost), -1)
    place[column] = np.arange(len(column))
    parts = [(np.zeros(0, np.int64), np.zeros(0))] * len(column)
    is_limit = (m.row_upper == 0.0) & (m.row_lower == -np.inf)
    for row in np.flatnonzero(is_limit & (m.row_family == CAPACITIES)):
        entries = slice(by_row.indptr[row], by_row.indptr[row + 1])
        columns, values = by_row.indices[entries], by_row.data[entries]
        opens = m.is_integer[columns] & (m.column_lower[columns] >= 0.0) & (values < 0)
        rest = np.flatnonzero(~opens)
        if len(rest) == 1 and values[rest[0]] == 1.0 and place[columns[rest[0]]] >= 0:
            parts[place[columns[rest[0]]]] = columns[opens], -values[opens]
    first = np.cumsum([0, *(len(columns) for columns, _ in parts)])
    opener = np.concatenate([np.zeros(0, np.int64), *(part for part, _ in parts)])
    capacity = np.concatenate([np.zeros(0), *(part for _, part in parts)])
    return first, opener, capacity


def _sources(
    m: Matrices, by_row: csr_array, column: Ints, fed: Ints
) -> tuple[Ints, Floats]:
    """Return the source of each arc and its limit; *fed* (A,) is the node it feeds."""
    place = np.full(len(m.cost), -1)
    place[column] = np.arange(len(column))
    source, limits = np.full(len(column), -1), list[float]()
    is_limit = np.isfinite(m.row_upper) & (m.row_lower == -np.inf)
    for row in np.flatnonzero(is_limit & (m.row_family == CAPACITIES)):
        entries = slice(by_row.indptr[row], by_row.indptr[row + 1])
        arcs = place[by_row.indices[entries]]
        if (arcs < 0).any() or (by_row.data[entries] != 1.0).any():
            continue
        if (fed[arcs] >= 0).all() and len(set(fed[arcs])) == 1:
            source[arcs] = len(limits)
            limits.append(float(m.row_upper[row]))
    return source, np.array(limits)
