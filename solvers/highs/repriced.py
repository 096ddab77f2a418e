"""An LP that is solved again and again while only its costs and limits change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.solvers.highs.by_parts import Part, basis_by_parts
from aumaq.solvers.highs.lp_task import lp_task
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import accept, loaded

TOLERANCE = 1e-9
"""Of duals: bounds are computed from them."""
DUAL, PRIMAL = 1, 4
"""Strategies of HiGHS' simplex method."""


class RepricedLP:
    """One LP kept in HiGHS, so that it begins where it ended the last time."""

    def __init__(
        self,
        m: Matrices,
        is_over: Callable[[], bool],
        tolerance: float = TOLERANCE,
        parts: Sequence[Part] = (),
    ) -> None:
        """Take the LP of *m*; *is_over* is asked often whether to give up.

        *tolerance* is that of duals. With *parts* it begins with theirs (by_parts.py).
        """
        self._m, self._parts, self._tolerance = m, parts, tolerance
        self._highs = loaded(lp_task(m, tolerance))
        self._columns = np.arange(len(m.cost), dtype=np.int32)
        self._is_over = is_over
        self._is_new, self._is_feasible, self._of_parts = True, False, 0
        self._price: Floats | None = None
        self._highs.cbSimplexInterrupt.subscribe(self._interrupt)

    def solve(self, cost: Floats) -> tuple[Floats, Floats] | None:
        """Return values and row duals at these costs, None without an optimum."""
        count = len(self._columns)
        accept(self._highs.changeColsCost(count, self._columns, cost), "costs")
        self._m = replace(self._m, cost=cost)
        if self._is_feasible:  # values stay within all limits at any costs
            self._highs.setOptionValue("simplex_strategy", PRIMAL)
        return self.solve_again()

    def confine(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Set the limits of some columns."""
        which = columns.astype(np.int32)
        accept(self._highs.changeColsBounds(len(which), which, low, high), "limits")
        self._is_feasible = False
        if self._parts:
            lower, upper = self._m.column_lower.copy(), self._m.column_upper.copy()
            lower[columns], upper[columns] = low, high
            self._m = replace(self._m, column_lower=lower, column_upper=upper)

    def limit_rows(self, low: Floats, high: Floats) -> None:
        """Set the limits of all rows."""
        which = np.arange(len(low), dtype=np.int32)
        accept(self._highs.changeRowsBounds(len(which), which, low, high), "limits")
        self._is_feasible = False
        self._m = replace(self._m, row_lower=low, row_upper=high)

    def begin_anew(self, price: Floats | None = None) -> None:
        """Forget where it ended: with much changed, parts or presolve help more.

        Parts begin at a *price* of each row.
        """
        self._price = price
        self._is_new, self._is_feasible = True, False
        self._highs.clearSolver()

    def _begin_with_parts(self) -> None:
        """Begin with the basis of the parts, by the primal simplex method."""
        basis, self._of_parts = basis_by_parts(
            self._m, self._parts, self._is_over, self._tolerance, self._price
        )
        if basis is not None:
            accept(self._highs.setBasis(basis), "basis")
            self._highs.setOptionValue("simplex_strategy", PRIMAL)

    @property
    def iterations(self) -> int:
        """How many simplex iterations the last solve took."""
        own = max(int(self._highs.getInfo().simplex_iteration_count), 0)
        return own + self._of_parts

    def solve_again(self) -> tuple[Floats, Floats] | None:
        """Return values and row duals as it is now, None without an optimum."""
        highs, self._of_parts = self._highs, 0
        if self._is_new and self._parts:
            self._begin_with_parts()
        self._is_new = False
        highs.run()
        highs.setOptionValue("simplex_strategy", DUAL)
        is_solved = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        self._is_feasible = is_solved
        if not is_solved:
            highs.clearSolver()
            return None
        solution = highs.getSolution()
        return np.array(solution.col_value), np.array(solution.row_dual)

    def _interrupt(self, event: Any) -> None:
        if event.data_in is not None:
            # It stays from solve to solve: one that was given up is not the last.
            event.data_in.user_interrupt = self._is_over()
