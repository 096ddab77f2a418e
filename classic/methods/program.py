"""Small mixed-integer programs for HiGHS, with a start plan and an honest bound."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats

SMALLEST_GAP = 1e-9
"""Relative gap at which HiGHS stops; its own default is wider."""


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


def solved(
    program: Program, seconds: float, start: Floats | None = None, threads: int = 1
) -> Answer:
    """Solve a program within some seconds."""
    lp = highspy.Highs()
    options = {
        "output_flag": False, "threads": threads, "mip_rel_gap": SMALLEST_GAP,
        "mip_abs_gap": SMALLEST_GAP, "time_limit": max(seconds, 0.05),
    }  # fmt: skip
    for name, value in options.items():
        lp.setOptionValue(name, value)
    count = len(program.cost)
    none_i, none_f = np.empty(0, np.int32), np.empty(0)
    lp.addCols(
        count, program.cost, program.low, program.high, 0, none_i, none_i, none_f
    )
    kinds = np.where(program.whole, highspy.HighsVarType.kInteger.value, 0)
    if program.whole.any():
        lp.changeColsIntegrality(
            count, np.arange(count, dtype=np.int32), kinds.astype(np.uint8)
        )
    rows = program.rows
    lp.addRows(
        rows.shape[0], program.least, program.most, rows.nnz,
        rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32),
        rows.data.astype(float),
    )  # fmt: skip
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = start.tolist()
        lp.setSolution(given)
    lp.run()
    return _answer(lp, program)


def _answer(lp: highspy.Highs, program: Program) -> Answer:
    """Read what HiGHS found."""
    status, info = lp.getModelStatus(), lp.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Answer(None, np.inf, is_infeasible=True)
    is_mip = bool(program.whole.any())
    bound = info.mip_dual_bound if is_mip else info.objective_function_value
    if not is_mip and status != highspy.HighsModelStatus.kOptimal:
        bound = -np.inf
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, bound)
    return Answer(np.asarray(lp.getSolution().col_value), bound)
