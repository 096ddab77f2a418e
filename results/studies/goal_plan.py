"""A plan that is best at another goal than its cost, and of those the cheapest.

Two solves of one model, one after the other: the goal, then the cost of what reaches
it. The plan tells both bounds.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from aumaq.instances import Instance
from aumaq.instances.goals import COST, PLAN_GOALS
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.terms import gap_record
from aumaq.results.studies.choosing.front import best_by
from aumaq.results.studies.choosing.study_model import study_of
from aumaq.results.studies.evidence import with_evidence
from aumaq.solvers import Given, Progress, Silent, SolveOptions, Status
from aumaq.solvers.compiled import save_lp
from aumaq.solvers.proof import CLAIMS, bound_below, proven

ROOM = 1e-6
"""Relative; a bound that is beyond the value by less is the value: rounding."""


def plan_for_goal(
    instance: Instance,
    goal: str,
    minutes: float | None,
    options: SolveOptions,
    progress: Progress | None,
    evidence: Path | None = None,
) -> Plan:
    """Return the cheapest plan of those that are best at a goal.

    Its record says ``goal``: name, unit, sense, minutes, value, bound, gap, and
    ``cost_bound_mln``, below which no plan that is as good at the goal costs: that is
    the bound of the plan, too. The value is that of the plan's tables. If it
    contradicts the bound, the model is written to *evidence*, if given.
    Raises NoPlanError if there is no plan.
    """
    front = best_by(
        instance,
        [goal, COST.name],
        minutes=minutes,
        time_limit=options.time_limit,
        gap=options.gap,
        threads=options.threads,
        seed=options.seed,
        progress=progress,
    )
    row, plan = front.rows.iloc[0], front.plans["best"]
    value, bound = float(plan.record["goals"][goal]), float(row[f"bound_{goal}"])
    distance = abs(value - bound)
    if distance <= ROOM * max(1.0, abs(value)):
        bound, distance = value, 0.0
    told: dict[str, Any] = {
        "goal": goal,
        "unit": PLAN_GOALS[goal].unit,
        "sense": PLAN_GOALS[goal].sense,
        "minutes": minutes,
        "value": value,
        "bound": bound,
        "gap": distance / abs(value) if value else distance,
        "cost_bound_mln": float(row["bound_cost"]),
    }
    # What was asked is the cheapest of the plans that are best at the goal.
    total = plan.objective_mln
    cost_bound = bound_below(total, max(told["cost_bound_mln"], plan.bound_mln))
    status = proven(total, cost_bound, options.gap, Status(str(row["status"])))
    if told["gap"] > options.gap and status in CLAIMS:
        status = Status.GAP_LEFT
    least = float(plan.record["unavoidable_mln"])
    figures = gap_record(plan.objective, cost_bound, least)
    plan = plan.with_record(goal=told, status=str(status), **figures)
    if status != Status.CONTRADICTED:
        return plan
    study = study_of(instance, options, Silent(), Given())
    return with_evidence(plan, partial(save_lp, study.c.built), evidence)
