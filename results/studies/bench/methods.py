"""Methods that a benchmark compares, by name: ours, plain HiGHS, and spopt.

Each takes a case and limits, and returns bound, objective and a trace. Those that do
not know a problem say so: that is a row as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from aumaq.classic.problems import CAPACITATED, Problem
from aumaq.classic.solution import GREATEST, check
from aumaq.classic.solving import solve as solve_classic
from aumaq.instances.errors import NoPlanError
from aumaq.results.studies.bench.cases import CHAIN, NETWORK, Case, problem_of

NAN = float("nan")
UNKNOWN = "unknown to the method"
MOST_PAIRS = 4_000_000
"""Where a model has a variable for each pair, no more than so many."""


@dataclass
class Answer:
    """What a method found: ``seconds`` are its own, without reading the file."""

    status: str
    objective: float = NAN
    bound: float = NAN
    seconds: float = 0.0
    trace: list[tuple[float, float, float]] = field(default_factory=list)


def ours(case: Case, seconds: float, seed: int) -> Answer:
    """Solve by aumaq; the solution is recomputed from the data."""
    if case.kind == NETWORK:
        return _network(case, seconds, seed)
    if case.kind == CHAIN:
        return _chain(case, seconds, seed)
    problem = problem_of(case)
    begun = time.monotonic()
    found = solve_classic(problem, time_limit=seconds, seed=seed)
    took = time.monotonic() - begun
    wrong = check(problem, found).problems
    status = "wrong" if wrong else "optimal" if found.proven else "time_limit"
    return Answer(status, found.objective, found.bound, took, list(found.trace))


def _network(case: Case, seconds: float, seed: int) -> Answer:
    from aumaq.instances.formats.fcnet import read_fcnet
    from aumaq.results.studies.solve import solve

    plan = solve(read_fcnet(Path(case.path)), time_limit=seconds, gap=0.0, seed=seed)
    status = str(plan.status) if plan.is_verified else "wrong"
    took = float(plan.record["seconds"]["total"])
    return Answer(status, plan.objective_mln, plan.bound_mln, took)


def _chain(case: Case, seconds: float, seed: int) -> Answer:
    from aumaq.classic.chains.reading import read
    from aumaq.classic.chains.solving import solve

    found = solve(read(case.path), time_limit=seconds, seed=seed)
    status = "optimal" if found.proven else "time_limit"
    return Answer(status, found.objective, found.bound, found.seconds)


def plain_highs(case: Case, seconds: float, seed: int) -> Answer:
    """Give HiGHS the whole strong model of a capacitated problem."""
    if case.kind in (NETWORK, CHAIN):
        return Answer(UNKNOWN)
    problem = problem_of(case)
    if problem.kind not in CAPACITATED or np.prod(problem.shape) > MOST_PAIRS:
        return Answer(UNKNOWN)
    from aumaq.classic.capacitated.whole import solve_whole

    return Answer(*solve_whole(problem, seconds, seed))


def spopt_highs(case: Case, seconds: float, seed: int) -> Answer:
    """Solve by spopt, its model given to HiGHS."""
    import pulp

    solver = pulp.HiGHS(msg=False, timeLimit=seconds, threads=1, random_seed=seed)
    return _spopt(case, solver)


def spopt_cbc(case: Case, seconds: float, seed: int) -> Answer:
    """Solve by spopt, its model given to CBC as PuLP brings it."""
    import pulp

    options = [f"randomSeed {seed + 1}"]
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, threads=1, options=options)
    return _spopt(case, solver)


def _spopt(case: Case, solver: Any) -> Answer:
    """Build a model of spopt from a matrix of distances, and solve it."""
    if case.kind in (NETWORK, CHAIN):
        return Answer(UNKNOWN)
    problem = problem_of(case)
    if problem.kind not in _SPOPT or np.prod(problem.shape) > MOST_PAIRS:
        return Answer(UNKNOWN)
    n, m = problem.shape
    cost = problem.distances.block(slice(0, n), np.arange(m))
    begun = time.monotonic()
    model = _SPOPT[problem.kind](problem, cost)
    model.problem.solve(solver)
    took = time.monotonic() - begun
    import pulp

    # PuLP calls a plan at the time limit optimal, too; the solution's status knows.
    is_proven = model.problem.sol_status == pulp.LpSolutionOptimal
    has_plan = model.problem.sol_status in (
        pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible
    )  # fmt: skip
    value = model.problem.objective.value() if has_plan else None
    if value is None:
        return Answer("no plan", seconds=took)
    value = float(value)
    bound = value if is_proven else NAN
    return Answer("optimal" if is_proven else "time_limit", value, bound, took)


def _median(problem: Problem, cost: Any) -> Any:
    from spopt.locate import PMedian

    return PMedian.from_cost_matrix(cost, problem.clients.weights, problem.p)


def _center(problem: Problem, cost: Any) -> Any:
    from spopt.locate import PCenter

    return PCenter.from_cost_matrix(cost, problem.p)


def _mclp(problem: Problem, cost: Any) -> Any:
    from spopt.locate import MCLP

    return MCLP.from_cost_matrix(
        cost, problem.clients.weights, service_radius=problem.radius,
        p_facilities=problem.p,
    )  # fmt: skip


def _lscp(problem: Problem, cost: Any) -> Any:
    from spopt.locate import LSCP

    return LSCP.from_cost_matrix(cost, service_radius=problem.radius)


_SPOPT: dict[str, Callable[[Problem, Any], Any]] = {
    "p-median": _median, "p-center": _center, "mclp": _mclp, "lscp": _lscp,
}  # fmt: skip

METHODS: dict[str, Callable[[Case, float, int], Answer]] = {
    "aumaq": ours,
    "highs": plain_highs,
    "spopt-highs": spopt_highs,
    "spopt-cbc": spopt_cbc,
}
PACKAGES = {
    "aumaq": ("aumaq", "highspy", "numba"),
    "highs": ("highspy",),
    "spopt-highs": ("spopt", "pulp", "highspy"),
    "spopt-cbc": ("spopt", "pulp"),
}
"""What a method's figures depend on."""


def versions_of(method: str) -> str:
    """Return the packages of a method with their versions."""
    found = []
    for package in PACKAGES[method]:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} ?")
    return ", ".join(found)


def answer_of(case: Case, method: str, seconds: float, seed: int) -> Answer:
    """Return what a method finds; no plan is an answer, too."""
    try:
        return METHODS[method](case, seconds, seed)
    except NoPlanError:
        return Answer("no plan", seconds=seconds)


def wants_more(kind: str) -> bool:
    """Whether a problem's bound lies above its objective."""
    return kind in GREATEST
