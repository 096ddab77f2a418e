"""A small linear or integer programme, put together by name and solved by HiGHS."""

from __future__ import annotations

from functools import cache
from math import inf
from typing import Any

import highspy
import numpy as np

from aumaq.solvers.highs.program import accept


class Programme:
    """A linear programme by name of variable; ``whole`` are its integer columns."""

    def __init__(self) -> None:
        self.columns: dict[Any, int] = {}
        self.cost: list[float] = []
        self.whole: set[int] = set()
        self.bounds: list[tuple[float | None, float | None]] = []
        self.rows: dict[Any, dict[int, float]] = {}
        self.right: dict[Any, tuple[str, float]] = {}

    def add(
        self, key: Any, cost: float, low: float | None = 0.0, high: float | None = None
    ) -> int:
        """Add a variable."""
        self.columns[key] = len(self.cost)
        self.cost.append(cost)
        self.bounds.append((low, high))
        return self.columns[key]

    def term(self, row: Any, column: int, value: float) -> None:
        """Add value x variable to a row."""
        terms = self.rows.setdefault(row, {})
        terms[column] = terms.get(column, 0.0) + value

    def solve(self) -> float:
        """Return the optimum, inf if there is none."""
        lines = [self.rows.get(row, {}) for row in self.right]
        right = [(sense, value) for sense, value in self.right.values()]
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = len(self.cost), len(lines)
        programme.col_cost_ = np.array(self.cost, dtype=float)
        limits = [
            (-inf if low is None else low, inf if high is None else high)
            for low, high in self.bounds
        ]
        programme.col_lower_ = np.array([low for low, _ in limits], dtype=float)
        programme.col_upper_ = np.array([high for _, high in limits], dtype=float)
        least = [value if sense == "=" else -inf for sense, value in right]
        programme.row_lower_ = np.array(least, dtype=float)
        programme.row_upper_ = np.array([value for _, value in right], dtype=float)
        matrix = programme.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *map(len, lines)])
        matrix.index_ = np.array([k for line in lines for k in line], dtype=int)
        matrix.value_ = np.array([v for line in lines for v in line.values()])
        if self.whole:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            programme.integrality_ = [
                kinds[k in self.whole] for k in range(len(self.cost))
            ]
        solver = _solver(is_whole=bool(self.whole))
        accept(solver.passModel(programme), "the programme")
        accept(solver.run(), "the run")
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return inf
        assert status == highspy.HighsModelStatus.kOptimal, status
        return float(solver.getInfo().objective_function_value)


@cache
def _solver(*, is_whole: bool) -> highspy.Highs:
    """Return the one solver of thousands of programmes, each too small to presolve."""
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("presolve", "choose" if is_whole else "off"),
        ("mip_rel_gap", 0.0),
        ("threads", 1),
    ):
        accept(solver.setOptionValue(option, value), option)
    return solver
