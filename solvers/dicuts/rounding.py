"""A plan from a solution of the LP: what it opens in part is built whole."""

from __future__ import annotations

import time

import numpy as np

from aumaq.instances.arrays import Flags, Floats
from aumaq.solvers.dicuts.arcs import Arcs, arcs_of
from aumaq.solvers.highs.matrices import Matrices, with_whole_fixed
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

LEAST = 1e-6
"""An opener or flow of no more is taken for none."""
PASSES = 5


def rounded_up(m: Matrices, relaxed: Floats, ends: float) -> Floats | None:
    """Return the values of a plan that opens what *relaxed* (of the LP) opens.

    What then carries nothing is left out, as long as that leaves a plan that costs less
    and until the clock time *ends*. None where building so much is no plan.
    """
    arcs = arcs_of(m)
    whole = np.round(relaxed)
    whole[arcs.opener] = np.ceil(relaxed[arcs.opener] - LEAST)
    best, cost = None, np.inf
    for _ in range(PASSES):
        found = _settled(m, whole, ends)
        if found is None or m.cost @ found >= cost:
            break
        best, cost = found, float(m.cost @ found)
        whole = np.round(found)
        whole[arcs.opener[_idle(arcs, found)]] = 0.0
    return best


def _idle(arcs: Arcs, values: Floats) -> Flags:
    """Return which openers (O,) belong to arcs that carry nothing."""
    return np.repeat(values[arcs.column] <= LEAST, np.diff(arcs.first))


def _settled(m: Matrices, whole: Floats, ends: float) -> Floats | None:
    """Return the cheapest values of all columns for whole numbers, None without any."""
    left = ends - time.monotonic()
    if left <= 0.0:
        return None
    fixed = with_whole_fixed(m, np.clip(whole, m.column_lower, m.column_upper))
    found = Solver(fixed, SolveOptions(threads=1)).run(left, Silent(), time.monotonic())
    return found.values if found.status is Status.OPTIMAL else None
