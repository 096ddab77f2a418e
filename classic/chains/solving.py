"""A chain of plants in, a plan with a bound out, checked against the data."""

from __future__ import annotations

import time

import numpy as np

from aumaq.classic.chains.problem import Chain
from aumaq.classic.chains.program import Columns, program_of
from aumaq.classic.chains.solution import Plan, Solution, broken, costs, total
from aumaq.classic.methods.clock import Clock, Told, silent
from aumaq.instances.arrays import Floats
from aumaq.instances.errors import InstanceError, NoPlanError, SolverError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import chained, say
from aumaq.solvers.highs.matrices import Matrices, with_whole_fixed
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import MOST_SECONDS, SolveOptions
from aumaq.solvers.progress import ProgressEvent, Silent
from aumaq.solvers.solution.decisions import Status

SMALLEST_GAP = 1e-9
"""Relative gap at which HiGHS stops."""
AGREEMENT = 1e-6
"""Relative, of the recomputed cost and that of the programme."""


class _Telling:
    """Passes on what HiGHS tells."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        self._clock.note(event.phase, event.bound_mln, event.incumbent_mln)


def solve(
    chain: Chain, *, time_limit: float = 60.0, seed: int = 0, tell: Told = silent
) -> Solution:
    """Solve a chain; the best plan at the time limit is the answer.

    Raises InstanceError if there is nothing to plan, NoPlanError if there is no plan
    (in time), SolverError if the recomputation contradicts the programme.
    """
    options = SolveOptions(
        time_limit=time_limit, seed=seed, gap=SMALLEST_GAP, threads=1
    )
    if not chain.plants or not len(chain.arcs.source):
        told = say("no plant is there that something could be sent to or from")
        raise InstanceError([Wrong(chain.name, told)])
    clock = Clock(time_limit, tell)
    matrices, columns = program_of(chain)
    with listening():
        found = _run(matrices, options, clock)
    values = _settled(matrices, found)
    plan = _plan_of(values, columns)
    objective = float(total(costs(chain, plan)).sum())
    wrong = broken(chain, plan)
    planned = float(matrices.cost @ values) + matrices.offset
    if abs(planned - objective) > AGREEMENT * max(1.0, abs(objective)):
        told = say(
            "the objective is {value}, not {said}", value=objective, said=planned
        )
        wrong.append(told)
    if wrong:
        raise SolverError(chained(wrong, "; "))
    return Solution(objective, min(found.bound, objective), plan, clock.seconds)


def _run(matrices: Matrices, options: SolveOptions, clock: Clock) -> Outcome:
    """Return what HiGHS finds; NoPlanError where that is no plan."""
    solver = Solver(matrices, options)
    solver.set_option("mip_abs_gap", SMALLEST_GAP)
    found = solver.run(max(clock.left, 0.1), _Telling(clock), time.monotonic())
    if found.status is Status.ERROR:
        raise SolverError(say("HiGHS said: {message}", message=found.message))
    if found.status is Status.INFEASIBLE:
        told = say(
            "no plan is possible: something that arises can be neither processed nor"
            " disposed of within the limits"
        )
        raise NoPlanError(told, "infeasible")
    if found.status is Status.UNBOUNDED:
        told = say("costs have no least value: more can always be earned")
        raise NoPlanError(told, "unbounded")
    if found.values is None:
        raise NoPlanError(say("no plan was found in time"), found.status.value)
    return found


def _settled(matrices: Matrices, found: Outcome) -> Floats:
    """Return the amounts of the same plants as exactly as a vertex has them."""
    assert found.values is not None
    rest = Solver(with_whole_fixed(matrices, found.values), SolveOptions(threads=1))
    exact = rest.run(MOST_SECONDS, Silent(), time.monotonic())
    is_better = exact.values is not None and exact.status is Status.OPTIMAL
    values = exact.values if is_better and exact.values is not None else found.values
    return np.where(matrices.is_integer, np.round(values), values) + 0.0  # never -0


def _plan_of(values: Floats, at: Columns) -> Plan:
    return Plan(values[at.is_open] > 0.5, values[at.extra], values[at.stored],
                values[at.sent], values[at.disposed])  # fmt: skip
