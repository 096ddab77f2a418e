"""How the model differs from enumeration, in words."""

from __future__ import annotations

from brute_force import best_plan_cost
from hypothesis import assume
from tiny_case import TooManyError

import aumaq
from aumaq.instances import Instance, NoPlanError


def differences(instance: Instance, formulation: str) -> list[str]:
    """Return how the model differs from the optimum of enumeration, in words."""
    return differences_from(_enumerated(instance), instance, formulation)


def _enumerated(instance: Instance) -> float | None:
    """Return the optimum of enumeration; a property does not try what is too large."""
    try:
        return best_plan_cost(instance)
    except TooManyError:
        assume(False)
        raise


def differences_from(
    best: float | None, instance: Instance, formulation: str
) -> list[str]:
    """Return how the model differs from an optimum, None: no plan, in words."""
    try:
        plan = aumaq.solve(instance, gap=0.0, formulation=formulation)
    except NoPlanError as error:
        is_right = best is None and "infeasible" in str(error)
        return [] if is_right else [f"optimum {best}, the model says: {error}"]
    if best is None:
        return [f"there is no plan, the model finds {plan.objective_mln}"]
    size, found = max(1.0, abs(best)), list(plan.record["problems"])
    if abs(plan.objective_mln - best) > 2e-6 * size:
        found.append(f"optimum {best}, the model finds {plan.objective_mln}")
    if plan.bound_mln > plan.objective_mln + 1e-6 * size:
        found.append(f"bound {plan.bound_mln} above plan {plan.objective_mln}")
    return found


def differences_by_blocks(instance: Instance) -> list[str]:
    """Return how blocks differ from the optimum of enumeration: they end by work."""
    best = _enumerated(instance)
    try:
        plan = aumaq.solve(instance, method="blocks", gap=0.0, time_limit=60.0)
    except NoPlanError as error:
        return [] if best is None else [f"optimum {best}, the model says: {error}"]
    if best is None:
        return [f"there is no plan, the model finds {plan.objective_mln}"]
    room, found = 2e-6 * max(1.0, abs(best)), list(plan.record["problems"])
    if plan.bound_mln > best + room:
        found.append(f"bound {plan.bound_mln} above the optimum {best}")
    if abs(plan.objective_mln - best) > room or plan.status != "optimal":
        found.append(f"{plan.status} {plan.objective_mln}, the optimum is {best}")
    return found


def differences_by(method: str, instance: Instance) -> list[str]:
    """Return how bound or plan of a method contradict the optimum of enumeration."""
    best = _enumerated(instance)
    try:
        plan = aumaq.solve(instance, method=method, gap=0.0, time_limit=10.0)
    except NoPlanError as error:
        is_wrong = best is not None and "infeasible" in str(error)
        return [f"optimum {best}, the method says: {error}"] if is_wrong else []
    found = list(plan.record["problems"])
    if best is None:
        return [*found, f"there is no plan, the method finds {plan.objective_mln}"]
    room = 2e-6 * max(1.0, abs(best))
    if plan.bound_mln > best + room:
        found.append(f"bound {plan.bound_mln} above the optimum {best}")
    if plan.objective_mln < best - room:
        found.append(f"plan {plan.objective_mln} below the optimum {best}")
    return found
