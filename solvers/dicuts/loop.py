"""A compiled model with the rows of cuts of its networks that its LP violates.

HiGHS takes no cuts from outside while it branches, so they are sought before: the LP is
solved, rows that its solution violates join it, and so on until the bound hardly rises
or the time for it is over. Rows that are slack at the end are left out. Every row is
valid for every plan, so plans and bounds of the model stay what they are.
"""

from __future__ import annotations

import time
from dataclasses import replace

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.interruption import is_asked
from aumaq.solvers.dicuts.arcs import Arcs, arcs_of
from aumaq.solvers.dicuts.separation import Point, enters, point_of, sets_lacking
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import loaded

ROUNDS = 200
STALE, RISE = 6, 2e-4
"""So many rounds that raise the bound by less, relative to it, are the last."""
STEPS = 60
"""Nodes that join or leave a set, at most."""
MOST_NODES = 3_000
"""Of larger networks no sets are sought: that takes the square of it."""
SLACK = 1e-6


class Dicuts:
    """The LP of a model as its cuts come."""

    def __init__(self, m: Matrices, arcs: Arcs) -> None:
        """Take a model with its networks, and load its LP."""
        self.matrices, self.arcs = m, arcs
        joined = (arcs.tail >= 0) & (arcs.head >= 0)
        n = len(arcs.load)
        pairs = (np.ones(joined.sum()), (arcs.tail[joined], arcs.head[joined]))
        self.group = connected_components(csr_array(pairs, shape=(n, n)))[1]
        self.rows: list[tuple[Ints, Floats, float]] = []
        self.known: set[bytes] = set()
        names = ("cost", "offset", "starts", "rows", "values", "row_lower",
                 "row_upper", "column_lower", "column_upper")  # fmt: skip
        whole = np.zeros(len(m.cost), bool)
        task = {name: getattr(m, name) for name in names}
        more = {"is_integer": whole, "settings": {"threads": 1}, "start": None}
        self.highs = loaded({**task, **more})

    def seek(self, ends: float) -> None:
        """Add rows until the clock time *ends*, or until they raise nothing."""
        last, stale = -np.inf, 0
        for _ in range(ROUNDS):
            values = self.solved(ends)
            if values is None or is_asked():
                return
            bound = self.highs.getInfo().objective_function_value
            stale = 0 if bound > last + RISE * abs(bound) else stale + 1
            last = max(bound, last)
            if stale >= STALE or not self.add(values):
                return

    def solved(self, ends: float) -> Floats | None:
        """Return the solution of the LP, None where its time does not do."""
        left = ends - time.monotonic()
        if left <= 0.0:
            return None
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + left)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.highs.getSolution().col_value)

    def add(self, values: Floats) -> int:
        """Add the rows that a solution of the LP violates; return how many."""
        arcs, point = self.arcs, point_of(self.arcs, values)
        found = sets_lacking(arcs, self.group, point, STEPS)
        new = [row_of(inside, arcs, point) for inside in found]
        keys = [column.tobytes() + value.tobytes() for column, value, _ in new]
        new = [row for key, row in zip(keys, new, strict=True) if key not in self.known]
        self.known.update(keys)
        for column, value, least in new:
            self.highs.addRow(
                least, np.inf, len(column), column.astype(np.int32), value
            )
        self.rows += new
        return len(new)

    def strengthened(self) -> Matrices:
        """Return the model with the rows that hold without slack in the LP."""
        m, solution = self.matrices, self.highs.getSolution()
        used = np.array(solution.row_value[len(m.row_lower):])
        kept = self.rows
        if len(used) == len(kept):
            slack = used > np.array([row[2] for row in kept]) + SLACK
            kept = [row for row, loose in zip(kept, slack, strict=True) if not loose]
        return with_rows(m, kept)


def row_of(
    inside: Flags, arcs: Arcs, point: Point
) -> tuple[Ints, Floats, float]:
    """Return columns, coefficients and least value of the row of a set, load 1."""
    load = float(point.load[inside].sum())
    column, value = [], []
    for a in range(len(arcs.column)):
        if point.is_moved[a] or not enters(inside, arcs, a):
            continue
        part = slice(arcs.first[a], arcs.first[a + 1])
        held = np.minimum(arcs.arrives[a] * arcs.capacity[part], load)
        if len(held) and held @ point.opened[part] < point.carried[a]:
            column += arcs.opener[part].tolist()
            value += held.tolist()
        else:
            column.append(arcs.column[a])
            value.append(arcs.arrives[a])
    columns, where = np.unique(np.array(column, np.int64), return_inverse=True)
    return columns, np.bincount(where, value, len(columns)) / load, 1.0


def with_rows(m: Matrices, rows: list[tuple[Ints, Floats, float]]) -> Matrices:
    """Return a model with further rows, each at least its value."""
    if not rows:
        return m
    starts = np.cumsum([0, *(len(column) for column, _, _ in rows)])
    entries = (np.concatenate([value for _, value, _ in rows]),
               np.concatenate([column for column, _, _ in rows]), starts)  # fmt: skip
    more = csr_array(entries, shape=(len(rows), len(m.cost)))
    matrix = csc_array(vstack([m.sparse, more]))
    matrix.sort_indices()
    return replace(
        m,
        starts=matrix.indptr.astype(np.int32),
        rows=matrix.indices.astype(np.int32),
        values=matrix.data,
        row_lower=np.append(m.row_lower, [least for _, _, least in rows]),
        row_upper=np.append(m.row_upper, np.full(len(rows), np.inf)),
        row_family=np.append(m.row_family, np.full(len(rows), "dicuts")),
        row_numbers=np.append(m.row_numbers, np.full(len(rows), -1)),
    )


def strengthened(m: Matrices, ends: float) -> Matrices:
    """Return a model with the cuts of its networks that are found until *ends*.

    *m* itself where nothing in its networks is to be opened, or they are too large.
    """
    arcs = arcs_of(m)
    if not len(arcs.opener) or len(arcs.load) > MOST_NODES:
        return m
    dicuts = Dicuts(m, arcs)
    dicuts.seek(ends)
    return dicuts.strengthened()
