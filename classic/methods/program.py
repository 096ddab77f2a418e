"""Small mixed-integer programs for HiGHS, with a start plan and an honest bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from aumaq.classic.methods.clock import Clock
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.errors import SolverError
from aumaq.instances.language.texts import say
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import ProgressEvent
from aumaq.solvers.solution.decisions import Status

SMALLEST_GAP = 1e-9
"""Relative gap at which HiGHS stops; its own default is wider."""
Tell = Callable[[float, float], None]
"""Is told plan and bound of a program as they come; NaN where there is none yet."""


@dataclass(frozen=True)
class Program:
    """Least cost of columns in [0, 1]; rows of a sparse matrix between two limits."""

    cost: Floats  # (C,)
    whole: Flags  # (C,) which columns are whole
    low: Floats  # (C,)
    high: Floats  # (C,)
    rows: csr_array  # (R, C)
    least: Floats  # (R,)
    most: Floats  # (R,)


@dataclass(frozen=True)
class Answer:
    """What HiGHS found: no values where it found no plan."""

    values: Floats | None
    bound: float
    is_infeasible: bool = False


@dataclass(frozen=True)
class _Telling:
    """Passes progress of HiGHS on."""

    tell: Tell | None

    def update(self, event: ProgressEvent) -> None:
        if self.tell is not None:
            self.tell(event.incumbent_mln, event.bound_mln)


def solved(
    program: Program,
    clock: Clock,
    start: Floats | None = None,
    tell: Tell | None = None,
) -> Answer:
    """Solve a program in the time that is left, as exactly as its numbers allow.

    Raises SolverError if HiGHS refuses it.
    """
    matrices = Matrices.of(
        csc_array(program.rows), program.cost, (program.least, program.most),
        (program.low, program.high), program.whole,
    )  # fmt: skip
    seconds = max(clock.left, 0.05)
    options = SolveOptions(gap=SMALLEST_GAP, threads=clock.threads)
    solver = Solver(matrices, options)
    solver.set_option("mip_abs_gap", SMALLEST_GAP)
    if start is not None:
        solver.start_from(np.arange(len(start)), start)
    found = solver.run(seconds, _Telling(tell), time.monotonic())
    if found.status is Status.ERROR:
        raise SolverError(say("HiGHS said: {message}", message=found.message))
    if found.status is Status.INFEASIBLE:
        return Answer(None, np.inf, is_infeasible=True)
    is_solved = found.status is Status.OPTIMAL or bool(program.whole.any())
    return Answer(found.values, found.bound if is_solved else -np.inf)
