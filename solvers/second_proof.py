"""A second proof of what is small: what presolve says is proven without it as well.

Where a row leaves room of 8.7 to 10 times HiGHS's tolerance, presolve of HiGHS 1.15.1
may cut off the best plan (``highs/known_answers.py`` has such a problem): a worse plan
is then called optimal, or none is said to exist. Limits that people set at what a plan
has reached leave such room. In small models they are most of the model, and a second
proof, from the plan of the first, costs milliseconds.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Most

SMALL = 5_000
"""Nonzeros of the largest model that is proven twice."""
MISSED = 1e-6
"""Relative; a plan that is below a bound by more was cut off, not rounded."""
LEAST_WORK, MORE_WORK, MOST_WORK = 1.0, 3.0, 5.0
"""Units of work that the second proof may take: so many, and more for each unit of the
first, but no more than the last; who waited long for a proof does not wait twice."""
CHECKED = (Status.OPTIMAL, Status.GAP_REACHED, Status.INFEASIBLE, Status.CONTRADICTED)


def is_small(m: Matrices) -> bool:
    """Return whether HiGHS proves a model in moments."""
    return len(m.values) <= SMALL


def proven_again(
    m: Matrices, options: SolveOptions, outcome: Outcome, seconds: float
) -> Outcome:
    """Return an outcome, or what is found without presolve if that refutes it.

    It does where its plan is below the bound that was proven, or is a plan where there
    was said to be none.
    """
    if outcome.status not in CHECKED or not is_small(m):
        return outcome
    if not m.is_integer.any() or seconds <= 0.0:
        return outcome
    work = min(LEAST_WORK + MORE_WORK * outcome.work, MOST_WORK)
    most = Most(seconds, work=work)
    second = without_presolve(m, options, outcome, most)
    if second.values is None:
        return outcome
    room = MISSED * (1.0 + abs(second.objective))
    is_refuted = second.objective < outcome.bound - room
    if outcome.values is not None and not is_refuted:
        return outcome
    work, nodes = outcome.work + second.work, outcome.nodes + second.nodes
    return replace(second, trace=[*outcome.trace], work=work, nodes=nodes)


def without_presolve(
    m: Matrices, options: SolveOptions, outcome: Outcome, most: Most
) -> Outcome:
    """Solve without presolve, from the plan of an outcome if it has one."""
    solver = Solver(m, options)
    solver.set_option("presolve", "off")
    solver.limit(most)
    if outcome.values is not None:
        solver.start_from(np.arange(len(outcome.values)), outcome.values)
    return solver.run(most.seconds, Silent(), time.monotonic())
