"""Small problems with known answers, put to the installed HiGHS.

Releases of HiGHS were seen that call a wrong plan optimal. Each problem is solved the
way that models of instances are, and judged by its own values.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from aumaq.instances import SolverError
from aumaq.instances.arrays import Floats
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.second_proof import proven_again
from aumaq.solvers.solution.decisions import Status

INF = float("inf")
TOLERANCE = 1e-6
SECONDS = 60.0
"""Far more than any of them takes."""


@dataclass(frozen=True)
class Problem:
    """``min cost x``, ``lower <= rows x <= upper``, columns from ``low`` to ``high``.

    ``objective`` is right by hand or by enumeration (None: there is none), ``bound``
    is what no values can be better than.
    """

    title: str
    cost: Sequence[float]
    rows: Sequence[Sequence[float]]
    lower: Sequence[float]
    upper: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    is_integer: Sequence[bool]
    objective: float | None
    status: Status = Status.OPTIMAL
    start: Sequence[float] | None = None
    is_proven_twice: bool = False
    """Solved as what is small: HiGHS alone is known to be wrong."""

    def matrices(self) -> Matrices:
        """Return the problem as a model is given to HiGHS."""
        table = np.array(self.rows, dtype=float).reshape(-1, len(self.cost))
        cost, lower, upper, low, high = (
            np.array(numbers, dtype=float)
            for numbers in (self.cost, self.lower, self.upper, self.low, self.high)
        )
        is_integer = np.array(self.is_integer, dtype=bool)
        return Matrices.of(
            csc_array(table), cost, (lower, upper), (low, high), is_integer
        )


PROBLEMS = (
    # HiGHS 1.14.0 says 15.
    Problem(
        "min 2x + 3z, x + z >= 4.5, x <= 10, z whole",
        (2, 3), ((1, 1),), (4.5,), (INF,), (0, 0), (10, INF), (False, True), 9.0,
    ),
    # HiGHS 1.14.0 says 11.
    Problem(
        "min 2x + y, 2x + y >= 10, y >= 9, x binary",
        (2, 1), ((2, 1), (0, 1)), (10, 9), (INF, INF), (0, 0), (1, INF), (True, False),
        10.0,
    ),
    Problem(
        "min x + y, 2x + y >= 10, y >= 9, x binary",
        (1, 1), ((2, 1),), (10,), (INF,), (0, 9), (1, INF), (True, False), 10.0,
    ),
    # By enumeration: z = (1, 1, 0).
    Problem(
        "min 4a + 3b + 6c, 5a + 4b + 7c >= 8, binary",
        (4, 3, 6), ((5, 4, 7),), (8,), (INF,), (0,) * 3, (1,) * 3, (True,) * 3, 7.0,
    ),
    # A line is built for a flow of 3 at 2 + 1 each; local supply costs 4 each.
    Problem(
        "min 2z + f + 4s, f + s = 3, f <= 5z, z binary",
        (2, 1, 4), ((0, 1, 1), (-5, 1, 0)), (3, -INF), (3, 0), (0,) * 3, (1, INF, INF),
        (True, False, False), 5.0,
    ),
    # A start must not stand in the way where presolve finds better.
    Problem(
        "min 3x + 2y, x + y >= 1, binary, started from x = y = 1",
        (3, 2), ((1, 1),), (1,), (INF,), (0, 0), (1, 1), (True, True), 2.0,
        start=(1, 1),
    ),
    Problem(
        "min 2x + y, x + y >= 3, x <= 1, continuous",
        (2, 1), ((1, 1),), (3,), (INF,), (0, 0), (1, INF), (False, False), 3.0,
    ),
    Problem(
        "min x, x + y >= 3, binary",
        (1, 0), ((1, 1),), (3,), (INF,), (0, 0), (1, 1), (True, True), None,
        Status.INFEASIBLE,
    ),
    Problem(
        "min -x, x - y <= 1, whole",
        (-1, 0), ((1, -1),), (-INF,), (1,), (0, 0), (INF, INF), (True, True), None,
        Status.UNBOUNDED,
    ),
    # HiGHS 1.15.1 says 2: its presolve cuts off a = 1, where nothing is beyond. Two
    # villages each go wholly (v, w) to a site with one of two levels a, b; a quarter of
    # each may go farther than that, and a millionth of a quarter more.
    Problem(
        "min 2b, shares of two villages within 0.25 * 1.000001",
        (0, 0, 0, 2, *(0,) * 11),
        (
            (1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (1, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (0, 1, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0),
            (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0),
            (0, 0, -1, 0, 0.7, 0, 0, 0, 0, 0.2, 0, 0, 0, 0, 0),
            (0, 0, 0, -1, 0, 7 / 17, 0, 0, 0, 0, 2 / 17, 0, 0, 0, 0),
            (0, 0, -1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (0, 0, 0, -1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            (0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, -1, 0),
            (0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, -1),
            (0, 0, 0, 0, 0, 0, 7 / 12, 0, 0, 0, 0, 1, 0, 0, 0),
            (0, 0, 0, 0, 0, 0, 0, 1 / 4, 1 / 4, 5 / 6, 5 / 6, 0, 1, 0, 0),
        ),
        (1, 0, 0, 1, 1, -INF, -INF, -INF, -INF, 0, 0, -INF, -INF),
        (1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0.25000025, 0.25000025),
        (0,) * 15, (1,) * 15, (False,) * 3 + (True,) + (False,) * 9 + (True,) * 2,
        0.0, is_proven_twice=True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What is right, and what the installed solver says."""

    problem: str
    wanted: str
    found: str
    is_right: bool


def checked(problems: Sequence[Problem] = PROBLEMS) -> Iterator[Answer]:
    """Yield the answer to each problem, and an option that must be refused."""
    for problem in problems:
        yield _judged(problem, _solved(problem))
    yield _refused("solver", "no_such_solver")


def _solved(problem: Problem) -> Outcome:
    m, options = problem.matrices(), SolveOptions(gap=0.0, threads=1)
    solver = Solver(m, options)
    if problem.start is not None:
        start = np.array(problem.start, dtype=float)
        solver.start_from(np.arange(len(start)), start)
    found = solver.run(SECONDS, Silent(), time.monotonic())
    return (
        proven_again(m, options, found, SECONDS) if problem.is_proven_twice else found
    )


def _judged(problem: Problem, outcome: Outcome) -> Answer:
    """Compare status, bound, and the objective of the values themselves."""
    wanted, found = str(problem.status), str(outcome.status)
    is_right = outcome.status is problem.status
    if problem.objective is not None:
        wanted += f" {problem.objective:g}"
        values = outcome.values
        cost = float("nan") if values is None else float(values @ problem.cost)
        found += f" {cost:.9g}, bound {outcome.bound:.9g}"
        near = (abs(x - problem.objective) <= TOLERANCE for x in (cost, outcome.bound))
        is_right &= all(near) and values is not None and _obeys(problem, values)
    return Answer(problem.title, wanted, found, is_right)


def _obeys(problem: Problem, values: Floats) -> bool:
    """Return whether values obey rows, bounds and wholeness."""
    activity = np.array(problem.rows, dtype=float) @ values
    whole = values[np.array(problem.is_integer)]
    return bool(
        (activity >= np.array(problem.lower) - TOLERANCE).all()
        and (activity <= np.array(problem.upper) + TOLERANCE).all()
        and (values >= np.array(problem.low) - TOLERANCE).all()
        and (values <= np.array(problem.high) + TOLERANCE).all()
        and (np.abs(whole - np.round(whole)) <= TOLERANCE).all()
    )


def _refused(name: str, value: str) -> Answer:
    """Return whether an option that there is not ends the run, named with its value."""
    solver = Solver(PROBLEMS[0].matrices(), SolveOptions(gap=0.0, threads=1))
    solver.set_option(name, value)
    try:
        solver.run(SECONDS, Silent(), time.monotonic())
        found, is_right = "taken", False
    except SolverError as error:
        found = str(error)
        is_right = name in found and value in found
    return Answer(f"{name} = {value}", "refused", found, is_right)
