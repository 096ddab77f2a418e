"""What a plan and a bound prove together: the one place that says the status."""

from __future__ import annotations

import math

from aumaq.solvers.progress import relative_gap
from aumaq.solvers.solution.decisions import Status

ROUNDED = 1e-9
"""Of a gap: a bound that was set by the gap itself is as far off as rounding."""
PROVEN = 1e-6
"""Relative gap up to which a plan is called optimal: the solver's own tolerance."""
PROVEN_MLN = 1e-7
"""The same, absolute: a tenth of a unit of money."""
CLAIMS = (Status.OPTIMAL, Status.GAP_REACHED)


def proven(
    objective: float,
    bound: float,
    wanted: float,
    stopped: Status,
    scale: float | None = None,
) -> Status:
    """Return the status of a plan, whoever found it and its lower bound.

    *wanted* is the relative gap asked for, *stopped* why the method ended: that stands
    where the gap is larger, unless it claims a proof. *scale* is the size of the costs
    where the objective is a difference of them.
    """
    if math.isnan(objective):
        return stopped
    size = abs(objective) if scale is None else scale
    if is_contradicted(objective, bound, size):
        return Status.CONTRADICTED
    gap = relative_gap(objective, bound)
    if gap <= PROVEN or objective - bound <= max(PROVEN_MLN, PROVEN * size):
        return Status.OPTIMAL
    if gap <= wanted * (1.0 + ROUNDED):
        return Status.GAP_REACHED
    return Status.GAP_LEFT if stopped in CLAIMS else stopped


def is_contradicted(objective: float, bound: float, scale: float = 0.0) -> bool:
    """Return whether a plan is better than what no plan can be better than."""
    return bound - objective > PROVEN * (1.0 + max(abs(objective), scale))


def bound_below(objective: float, bound: float) -> float:
    """Return a bound without what it is above the objective by the solver's tolerance.

    One that contradicts the objective stays: it is evidence.
    """
    return bound if is_contradicted(objective, bound) else min(bound, objective)
