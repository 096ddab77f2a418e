"""An LP that is solved again and again while only its costs and limits change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import accept, loaded

TOLERANCE = 1e-9
"""Of duals: bounds are computed from them."""


class RepricedLP:
    """One LP kept in HiGHS, so that it begins where it ended the last time."""

    def __init__(
        self, m: Matrices, is_over: Callable[[], bool], tolerance: float = TOLERANCE
    ) -> None:
        """Take the LP of *m*; *is_over* is asked often whether to give up.

        *tolerance* is that of duals.
        """
        settings = {
            "threads": 1,
            "solver": "simplex",
            "dual_feasibility_tolerance": tolerance,
        }
        arrays = {name: getattr(m, name) for name in ARRAYS}
        whole = np.zeros(len(m.cost), dtype=bool)
        task = {**arrays, "is_integer": whole, "settings": settings}
        task |= {"start": None, "looks": None}
        self._highs = loaded(task)
        self._columns = np.arange(len(m.cost), dtype=np.int32)
        self._is_over = is_over
        self._highs.cbSimplexInterrupt.subscribe(self._interrupt)

    def solve(self, cost: Floats) -> tuple[Floats, Floats] | None:
        """Return values and row duals at these costs, None without an optimum."""
        count = len(self._columns)
        accept(self._highs.changeColsCost(count, self._columns, cost), "costs")
        return self.solve_again()

    def confine(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Set the limits of some columns."""
        which = columns.astype(np.int32)
        accept(self._highs.changeColsBounds(len(which), which, low, high), "limits")

    def limit_rows(self, low: Floats, high: Floats) -> None:
        """Set the limits of all rows."""
        which = np.arange(len(low), dtype=np.int32)
        accept(self._highs.changeRowsBounds(len(which), which, low, high), "limits")

    def begin_anew(self) -> None:
        """Forget where it ended: with most columns fixed presolve is quicker."""
        self._highs.clearSolver()

    @property
    def iterations(self) -> int:
        """How many simplex iterations the last solve took."""
        return max(int(self._highs.getInfo().simplex_iteration_count), 0)

    def solve_again(self) -> tuple[Floats, Floats] | None:
        """Return values and row duals as it is now, None without an optimum."""
        highs = self._highs
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            highs.clearSolver()
            return None
        solution = highs.getSolution()
        return np.array(solution.col_value), np.array(solution.row_dual)

    def _interrupt(self, event: Any) -> None:
        if event.data_in is not None:
            # It stays from solve to solve: one that was given up is not the last.
            event.data_in.user_interrupt = self._is_over()


ARRAYS = (
    "cost", "offset", "starts", "rows", "values", "row_lower", "row_upper",
    "column_lower", "column_upper",
)  # fmt: skip
