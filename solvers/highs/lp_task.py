"""An LP as a task for HiGHS' simplex method (program.py)."""

from __future__ import annotations

import numpy as np

from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.program import Task

ARRAYS = (
    "cost", "offset", "starts", "rows", "values", "row_lower", "row_upper",
    "column_lower", "column_upper",
)  # fmt: skip
"""The fields of Matrices that an LP needs."""


def lp_task(m: Matrices, tolerance: float) -> Task:
    """Return the task of solving the LP of *m* on one thread; *tolerance* of duals."""
    settings = {
        "threads": 1,
        "solver": "simplex",
        "dual_feasibility_tolerance": tolerance,
    }
    task: Task = {name: getattr(m, name) for name in ARRAYS}
    task["is_integer"] = np.zeros(len(m.cost), dtype=bool)
    return task | {"settings": settings, "start": None, "looks": None}
