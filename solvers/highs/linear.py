"""Small linear programmes by HiGHS: equations, upper limits of rows, bounds.

``scipy.optimize.linprog`` would do the same, and takes as long to load as a small
instance to be solved.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from aumaq.instances.arrays import Floats
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import MOST_SECONDS, SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

Rows = tuple[csr_array, Floats]
"""Coefficients, and the right-hand side of each row."""


@dataclass(frozen=True)
class Least:
    """The optimum: values, and prices (at most 0) of the rows with upper limits.

    ``x`` is None where there is none; ``message`` says why.
    """

    x: Floats | None
    prices: Floats
    message: str


def least(
    price: Floats,
    lower: Floats,
    upper: Floats,
    equal: Rows,
    at_most: Rows | None = None,
) -> Least:
    """Return the least of ``price x`` with *equal* and *at_most* rows.

    Raises SolverError if HiGHS refuses the programme.
    """
    parts = [equal] if at_most is None else [at_most, equal]
    right = np.concatenate([limit for _, limit in parts])
    limited = 0 if at_most is None else len(at_most[1])
    left = right.copy()
    left[:limited] = -np.inf
    matrices = Matrices.of(
        vstack([rows for rows, _ in parts]).tocsc(),
        price,
        (left, right),
        (lower, upper),
        np.zeros(len(price), dtype=bool),
    )
    solver = Solver(matrices, SolveOptions(threads=1))
    found = solver.run(MOST_SECONDS, Silent(), time.monotonic())
    is_known = found.status is Status.OPTIMAL and found.duals is not None
    prices = np.zeros(limited) if found.duals is None else found.duals[:limited]
    return Least(found.values if is_known else None, prices, found.message)
