"""Random instances of all families: the optimum, the bound, and the audit of plans.

Each is solved by the direct method and by another one, and compared with enumeration
or with an independent formulation, which share nothing with the package.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from brute_force import best_plan_cost
from capacitated_optima import drawn as drawn_problem
from capacitated_optima import optimum
from clashing_instances import clashing
from contingency_case import contingent
from coupled_instances import coupled_instances
from differences import differences_from
from feeder_optima import feeder_instances
from future_instances import futures_differences, futures_instances
from growth_instances import growth_instances
from hypothesis import strategies as st
from programme import Kind, Trial, drawn, own_seed
from road_instances import road_instances
from running_rows import DRAWN
from step_instances import step_instances
from territory_instances import territories
from tiny_instances import tiny_instances
from whole_programme import best_cost

import aumaq
from aumaq.classic.capacitated.method import solve as solve_capacitated
from aumaq.classic.problems import CAPACITATED
from aumaq.classic.solution import check
from aumaq.instances import Instance, NoPlanError

SLACK = 2e-6
"""By which an optimum may differ, relative: the solver's own tolerances."""
ALLOCATIONS = ("free", "whole", "nearest")
NETWORKS = ("power", "angles", "water")
LOST = st.one_of(*(contingent(coupled_instances(n)) for n in NETWORKS))
OBJECTIVES = ("expected", "worst", "regret")
SECONDS = {"blocks": 60.0, "decomposed": 2.0}
"""Blocks end by work, with a proof; decomposed goes on as long as it may."""


def against(
    oracle: Callable[[Instance], float | None], strategy: st.SearchStrategy[Instance]
) -> Trial:
    """Return a trial of instances of a strategy against what an oracle finds."""

    def trial(seed: int, number: int, _: Path) -> list[str]:
        instance = drawn(strategy, seed, number)
        return faults_of(instance, oracle(instance), number)

    return trial


def faults_of(instance: Instance, best: float | None, number: int) -> list[str]:
    """Return how plans of an instance differ from its optimum; methods take turns."""
    formulation = ("strong", "weak")[number % 2]
    method = "decomposed" if number // 2 % 4 == 3 else "blocks"
    found = differences_from(best, instance, formulation)
    told = [f"{formulation}: {fault}" for fault in found]
    return told + [f"{method}: {fault}" for fault in by_method(instance, best, method)]


def is_unsure(error: NoPlanError) -> bool:
    """Whether a method says that it found no plan, not that there is none."""
    return "no plan was found" in str(error)


def by_method(instance: Instance, best: float | None, method: str) -> list[str]:
    """Return how a method differs from an optimum: it may end with a gap, never lie."""
    try:
        plan = aumaq.solve(instance, method=method, gap=0.0, time_limit=SECONDS[method])
    except NoPlanError as error:
        is_right = best is None or (method == "decomposed" and is_unsure(error))
        return [] if is_right else [f"optimum {best}, told: {error}"]
    if best is None:
        return [f"there is no plan, found {plan.objective_mln}"]
    room, found = SLACK * max(1.0, abs(best)), list(map(str, plan.record["problems"]))
    if plan.bound_mln > best + room:
        found.append(f"bound {plan.bound_mln} above the optimum {best}")
    if plan.objective_mln < best - room:
        found.append(f"plan {plan.objective_mln} below the optimum {best}")
    if plan.status == "optimal" and plan.objective_mln > best + room:
        found.append(f"called optimal: {plan.objective_mln}, the optimum is {best}")
    return found


def futures(*, is_financed: bool) -> Trial:
    """Return a trial of several futures with a common first period."""
    kinds = ("free", "whole", "roads")
    usual = [futures_instances(kind, is_financed=is_financed) for kind in kinds]

    def trial(seed: int, number: int, _: Path) -> list[str]:
        instance = drawn(usual[number % 3], seed, number)
        return futures_differences(instance, OBJECTIVES[number // 3 % 3])

    return trial


NO_PLAN = {kind: clashing(kind) for kind in ("free", "whole")}


def no_plan(seed: int, number: int, _: Path) -> list[str]:
    """Try rules that clash: every method says so, and names rules that do."""
    instance = drawn(NO_PLAN[("free", "whole")[number % 2]], seed, number)
    return faults_of(instance, None, number)


def capacitated(seed: int, number: int, _: Path) -> list[str]:
    """Try classic problems with capacities against all choices of sites."""
    kind = tuple(CAPACITATED)[number % len(CAPACITATED)]
    rng = np.random.default_rng(own_seed(seed, kind, number))
    problem = drawn_problem(rng, kind)
    best = optimum(problem)
    try:
        found = solve_capacitated(problem, SECONDS["blocks"], seed=number)
    except NoPlanError as error:
        return [] if np.isinf(best) else [f"optimum {best}, told: {error}"]
    room = SLACK * max(1.0, abs(best))
    told = list(map(str, check(problem, found).problems))
    if abs(found.objective - best) > room:
        told.append(f"optimum {best}, found {found.objective}")
    if found.bound > best + room:
        told.append(f"bound {found.bound} above {best}")
    return told


def _kinds() -> list[Kind]:
    found = []

    def add(name: str, count: int, trial: Trial) -> None:
        found.append(Kind(name, "instances", count, trial))

    running = frozenset(DRAWN)
    for allocation in ALLOCATIONS:
        usual = tiny_instances(allocation, running=None)
        add(f"services, {allocation}", 100, against(best_plan_cost, usual))
    add("second shifts, staff, visits", 60,
        against(best_plan_cost, tiny_instances("free", running=running)))  # fmt: skip
    for allocation in ALLOCATIONS:
        add(f"roads, {allocation}", 40,
            against(best_plan_cost, road_instances(allocation)))  # fmt: skip
    for network in NETWORKS:
        add(f"network, {network}", 60,
            against(best_plan_cost, coupled_instances(network)))  # fmt: skip
    add("networks that lose a link", 50, against(best_plan_cost, LOST))
    for allocation in ALLOCATIONS:
        usual = growth_instances(tiny_instances(allocation))
        add(f"growth points, {allocation}", 25, against(best_plan_cost, usual))
    add("growth points on networks that lose a link", 35,
        against(best_plan_cost, growth_instances(LOST)))  # fmt: skip
    add("growth points and roads", 30,
        against(best_plan_cost, growth_instances(road_instances("free"))))  # fmt: skip
    add("feeders", 40, against(best_plan_cost, feeder_instances()))
    add("steps of levels", 50, against(best_plan_cost, step_instances()))
    add("several futures", 45, futures(is_financed=False))
    add("several futures, and who pays", 45, futures(is_financed=True))
    add("rules that clash", 40, no_plan)
    add("territories, independent formulation", 15, against(best_cost, territories()))
    add("classic, with capacities", 60, capacitated)
    return found


KINDS = _kinds()
