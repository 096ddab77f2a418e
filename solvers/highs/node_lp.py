"""The LP of a branch-and-bound tree: limits change, rows come and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.lp_task import ARRAYS
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import accept, loaded

NO_END = 2**31 - 1
PART = 2_000
"""Simplex iterations after which it is asked whether to give up."""
Basis = Any
"""HiGHS' own."""


@dataclass(frozen=True)
class Relaxed:
    """What the LP of a node is: no plan of the node costs less than ``bound``.

    ``values`` and ``reduced`` (reduced costs of the columns) are None where the node
    has no plan below the cutoff (then ``bound`` is infinite), or the LP was not ended.
    """

    bound: float
    values: Floats | None = None
    reduced: Floats | None = None


class NodeLP:
    """One LP kept in HiGHS; limits of columns change, cuts are added and dropped."""

    def __init__(self, m: Matrices, is_over: Callable[[], bool]) -> None:
        """Take the LP of *m*; *is_over* is asked often whether to give up."""
        arrays = {name: getattr(m, name) for name in ARRAYS}
        whole = np.zeros(len(m.cost), dtype=bool)
        settings = {"threads": 1, "solver": "simplex", "presolve": "off"}
        task = {**arrays, "is_integer": whole, "settings": settings}
        self._highs = loaded(task | {"start": None, "looks": None})
        self._num_rows = len(m.row_lower)
        self._is_over = is_over

    @property
    def num_cuts(self) -> int:
        """How many rows stand there beyond those of the programme."""
        return int(self._highs.getNumRow()) - self._num_rows

    def confine(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Set the limits of some columns."""
        which = columns.astype(np.int32)
        accept(self._highs.changeColsBounds(len(which), which, low, high), "limits")

    def cut_off(self, cutoff: float) -> None:
        """Give a node up once its bound is so high."""
        accept(self._highs.setOptionValue("objective_bound", cutoff), "a cutoff")

    def add(self, rows: csr_array, least: Floats) -> None:
        """Add rows that must be at least so much."""
        high = np.full(len(least), highspy.kHighsInf)
        starts = rows.indptr[:-1].astype(np.int32)
        entries = rows.nnz, starts, rows.indices.astype(np.int32), rows.data
        accept(self._highs.addRows(len(least), least, high, *entries), "cuts")

    def drop_slack(self) -> None:
        """Drop the cuts that do not bind at the last optimum."""
        basic = highspy.HighsBasisStatus.kBasic
        status = self._highs.getBasis().row_status[self._num_rows :]
        slack = [k for k, said in enumerate(status, self._num_rows) if said == basic]
        if slack:
            which = np.array(slack, dtype=np.int32)
            accept(self._highs.deleteRows(len(which), which), "cuts to drop")

    def basis(self) -> Basis:
        """Return where the last solve ended."""
        return self._highs.getBasis()

    def begin_at(self, basis: Basis) -> None:
        """Let the next solve begin there."""
        accept(self._highs.setBasis(basis), "a basis")

    def solve(self, iterations: int = NO_END) -> Relaxed | None:
        """Return what the LP is now, None if it did not get to an end.

        After so many *iterations* the bound is what the dual simplex had reached.
        """
        said, left = highspy.HighsModelStatus, iterations
        status = said.kIterationLimit
        while status == said.kIterationLimit and left > 0 and not self._is_over():
            # In parts: asked at each iteration, HiGHS takes a tenth longer.
            status = self._continued(min(left, PART))
            left -= PART
        if status in (said.kInfeasible, said.kObjectiveBound):
            return Relaxed(float("inf"))
        bound = float(self._highs.getInfo().objective_function_value)
        if status == said.kIterationLimit:
            return Relaxed(bound) if left <= 0 else None
        if status != said.kOptimal:
            self._highs.clearSolver()
            return None
        found = self._highs.getSolution()
        return Relaxed(bound, np.array(found.col_value), np.array(found.col_dual))

    def _continued(self, iterations: int) -> highspy.HighsModelStatus:
        """Go on for so many iterations; return what HiGHS says of the model then."""
        limit = "simplex_iteration_limit"
        accept(self._highs.setOptionValue(limit, iterations), limit)
        self._highs.run()
        return self._highs.getModelStatus()
