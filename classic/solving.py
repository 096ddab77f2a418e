"""One problem in, one checked solution out, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from numbers import Integral

import numpy as np

from aumaq.classic.checks import check_problem
from aumaq.classic.distances import in_unit, is_scalable
from aumaq.classic.methods.center import solve_center
from aumaq.classic.methods.clock import Clock, Told, silent
from aumaq.classic.methods.coverage import solve_mclp
from aumaq.classic.methods.covers import solve_backup, solve_lscp
from aumaq.classic.methods.dispersion import solve_dispersion
from aumaq.classic.methods.opening import longest, solve_opening
from aumaq.classic.methods.relocation import solve_relocation
from aumaq.classic.methods.unit import unit_of
from aumaq.classic.problems import CAPACITATED, Problem
from aumaq.classic.solution import Solution, check, distances_to
from aumaq.instances.arrays import Ints
from aumaq.instances.errors import NoPlanError, OptionError, SolverError
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import chained, say
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import ProgressEvent

OPENING = ("p-median", "uflp")
LARGEST_LENGTH, LARGEST_COST = 1e8, 1e10
"""Of a way, and of a client at a site or a site: others are counted in another unit."""
Found = tuple[Problem, Ints, float]
"""The problem as it was solved, open sites, and a bound."""


class Ranked(list[Solution]):
    """The best plans, the best first. The bound of each is that of a plan of its rank.

    ``bound``: what any plan costs at least that is not among them, infinite if there
    is none. Where the time ended plans may be missing, before the last one as well.
    """

    bound: float = np.inf


def solve(
    problem: Problem,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    tell: Told = silent,
) -> Solution:
    """Solve a classic problem; what was open at the time limit is the answer.

    Raises InstanceError for data that is wrong, NoPlanError if there is no plan (in
    time), SolverError if the recomputation finds another value.
    """
    return k_best(problem, 1, time_limit=time_limit, seed=seed, tell=tell)[0]


def k_best(
    problem: Problem,
    count: int,
    *,
    time_limit: float = 60.0,
    seed: int = 0,
    tell: Told = silent,
) -> Ranked:
    """Return the *count* best plans of p-median or location with fixed costs.

    Fewer come back where there are no more, or the time ended: ``bound`` of the list
    tells. Raises OptionError for more than one plan of another problem.
    """
    SolveOptions(time_limit=time_limit, seed=seed)  # refuses what makes no sense
    if not isinstance(count, Integral) or count < 1:
        raise OptionError(say("plans must be a whole number from 1 on, not {value}",
                              value=count), ["count"])  # fmt: skip
    if count > 1 and problem.kind not in OPENING:
        raise OptionError(say("of {kind} the best plan is found here, no further ones",
                              kind=problem.kind), ["count"])  # fmt: skip
    check_problem(problem)
    clock = Clock(time_limit, tell)
    with listening():
        return _best(problem, clock, seed, count)


def _best(problem: Problem, clock: Clock, seed: int, count: int) -> Ranked:
    if problem.kind in CAPACITATED:
        return Ranked([_with_room(problem, clock, seed)])
    if problem.kind in OPENING:
        return _opened(problem, clock, seed, count)
    method = _METHODS.get(problem.kind)
    if method is None:
        raise NoPlanError(say("{kind} has no method here", kind=problem.kind))
    solved, sites, bound = method(problem, clock)
    return Ranked([solution_of(solved, sites, bound, clock)])


def _with_room(problem: Problem, clock: Clock, seed: int) -> Solution:
    """Return the solution of a problem with capacities, recomputed from the data."""
    from aumaq.classic.capacitated.method import solve as solve_with_room

    found = solve_with_room(problem, clock.limit, seed=seed, progress=Telling(clock))
    wrong = check(problem, found).problems
    if wrong:
        raise SolverError(chained(list(wrong), "; "))
    return found


class Telling:
    """Tells a clock's listener what a method with capacities tells."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        self._clock.note(event.phase, event.bound_mln, event.incumbent_mln)


def _opened(problem: Problem, clock: Clock, seed: int, count: int) -> Ranked:
    counted, unit = _in_unit(problem)
    shown = clock if unit == 1.0 else clock.showing(lambda value: value * unit)
    found = solve_opening(counted, shown, seed, count)
    if not found.plans:
        if clock.is_over:
            raise NoPlanError(say("no plan was found in time"))
        raise NoPlanError(say("no plan serves every client"), "infeasible")
    plans = Ranked()
    plans.bound = found.others * unit
    for value, sites in found.plans:
        # A plan that was not found may be the next best.
        bound = min(found.others, value) * unit
        plans.append(solution_of(problem, np.array(sites, int), bound, clock))
    return plans


def _in_unit(problem: Problem) -> tuple[Problem, float]:
    """Return the problem with ordinary lengths and costs, and the unit of costs."""
    weights, fixed = problem.clients.weights, problem.sites.fixed_costs
    distances, farthest = problem.distances, longest(problem)
    length = unit_of(farthest, LARGEST_LENGTH) if is_scalable(distances) else 1.0
    largest = float(weights.max(initial=0.0)) * farthest
    if problem.kind == "uflp":
        largest = max(largest, float(np.abs(fixed).max(initial=0.0)))
    unit = length * unit_of(largest / length, LARGEST_COST)
    if length == unit == 1.0:
        return problem, unit
    if length != 1.0:
        distances = in_unit(distances, length)
    clients = replace(problem.clients, weights=weights * (length / unit))
    sites = problem.sites
    if problem.kind == "uflp":  # those of a relocation are money, as its budget is
        sites = replace(sites, fixed_costs=fixed / unit)
    return replace(problem, clients=clients, sites=sites, distances=distances), unit


def solution_of(problem: Problem, sites: Ints, bound: float, clock: Clock) -> Solution:
    """Return a solution with who goes where; its value is recomputed from the data."""
    nearest = distances_to(problem, sites)[1]
    if problem.kind in ("lscp", "lscp-b", "mclp"):
        within = distances_to(problem, sites)[0] <= (problem.radius or 0.0)
        nearest = np.where(within, nearest, -1)
    if problem.kind == "p-dispersion":
        nearest = np.full(problem.shape[0], -1)
    draft = Solution(
        0.0, bound, np.sort(sites), nearest, clock.seconds, problem.kind,
        trace=tuple(clock.trace),
    )  # fmt: skip
    solution = replace(draft, objective=check(problem, draft).value)
    wrong = check(problem, solution).problems
    if wrong:
        raise SolverError(chained(list(wrong), "; "))
    return solution


def _lscp(problem: Problem, clock: Clock) -> Found:
    return (problem, *solve_lscp(problem, clock))


def _backup(problem: Problem, clock: Clock) -> Found:
    sites, bound, count = solve_backup(problem, clock)
    return replace(problem, p=count), sites, bound


def _mclp(problem: Problem, clock: Clock) -> Found:
    return (problem, *solve_mclp(problem, clock))


def _center(problem: Problem, clock: Clock) -> Found:
    sites, bound = solve_center(problem, clock)
    if np.isinf(distances_to(problem, sites)[0]).any():
        if np.isinf(bound):
            raise NoPlanError(say("no plan serves every client"), "infeasible")
        raise NoPlanError(say("no plan was found in time"))
    return problem, sites, bound


def _dispersion(problem: Problem, clock: Clock) -> Found:
    return (problem, *solve_dispersion(problem, clock))


def _relocation(problem: Problem, clock: Clock) -> Found:
    if problem.sites.forbidden.all():
        raise NoPlanError(say("no plan serves every client"), "infeasible")
    counted, unit = _in_unit(problem)
    shown = clock if unit == 1.0 else clock.showing(lambda value: value * unit)
    sites, bound = solve_relocation(counted, shown)
    return problem, sites, bound * unit


_METHODS: dict[str, Callable[[Problem, Clock], Found]] = {
    "lscp": _lscp,
    "lscp-b": _backup,
    "mclp": _mclp,
    "p-center": _center,
    "p-dispersion": _dispersion,
    "relocation": _relocation,
}
