"""A plan at its end: whole numbers exact, nothing for nothing, who lives near first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from aumaq.instances.arrays import Ints
from aumaq.instances.language.texts import say
from aumaq.model import BuiltModel
from aumaq.solvers.highs.matrices import with_whole_fixed, within_limits
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.polish.churn import Change, idle_facilities, missed_facilities
from aumaq.solvers.polish.homeward import brought_home, without_loads
from aumaq.solvers.polish.nearest import nearest_first, roots_of_minutes
from aumaq.solvers.progress import ProgressEvent, Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Budget

if TYPE_CHECKING:
    from aumaq.solvers.compiled import Compiled

ROUNDING = 1e-9
"""Relative to its cost, a plan dearer by so much costs the same."""
SURE = 1e-6
"""Relative to its cost, a plan so near to its bound is the best."""
HOME_WORK, HOME_SHARE = 6.0, 0.06
"""For places that send people away: units of work, and share of the time limit or of
the work limit."""
LEAST_HOME_WORK, HOME_WORK_INTEGER = 0.3, 5e-4
"""Nor more than so many units, and so many for each integer: a small question is
answered at once."""
MOST_TRIES = 16
"""Solves that are spent on facilities which a plan builds, or gives up, for nothing."""
NEAREST_WORK = 5.0
"""Units of work for the LP that puts who lives near first."""
POLISH_SECONDS = 5.0
"""Seconds for all of it beyond what is left of the time limit."""
Find = Callable[[BuiltModel, Ints, Any], list[Change]]


def polished(c: Compiled, outcome: Outcome) -> Outcome:
    """Fix the integers at whole numbers and solve the rest once more, exactly.

    A MIP solution is integral only to a tolerance; the plan must be a plan. The bound
    stays that of the MIP. If the LP should fail, the rounded MIP solution stands.
    """
    assert outcome.values is not None
    budget = _budget(c, HOME_WORK)
    again = around(c, outcome.values)
    if again is None or again.values is None:
        return outcome
    budget.spend(again.work)
    if not budget.is_over:  # each change asks for an LP like this one
        again = homeward(c, again, outcome)
    for find in (idle_facilities, missed_facilities):
        again = changed(c, again, find)
    again = nearest(c, again)
    c.progress.update(
        ProgressEvent(say("polished"), c.elapsed, outcome.bound, again.objective)
    )
    return replace(outcome, objective=again.objective, values=again.values)


def around(c: Compiled, whole: Any) -> Outcome | None:
    """Return the best plan with the integers of *whole*, None where none is found."""
    solver = Solver(with_whole_fixed(c.matrices, whole), replace(c.options, threads=1))
    left = max(0.0, c.options.time_limit - c.elapsed)
    found = solver.run(left + POLISH_SECONDS, Silent(), c.started)
    return found if found.status is Status.OPTIMAL else None


def homeward(c: Compiled, plan: Outcome, found: Outcome) -> Outcome:
    """Return a plan, no dearer, that sends fewer people away from where they live.

    *found* is what the method found: a plan that is proven best has nothing to gain,
    and who asked to stop does not wait.
    """
    assert plan.duals is not None
    distance = plan.objective - found.bound
    if found.status is Status.INTERRUPTED or distance <= SURE * abs(plan.objective):
        return plan
    solver = without_loads(c.matrices, plan.duals, c.options)
    as_large = HOME_WORK_INTEGER * int(c.matrices.is_integer.sum())
    most = min(HOME_WORK, HOME_SHARE * c.options.effort)
    budget = _budget(c, min(most, LEAST_HOME_WORK + as_large))
    return changed(c, plan, partial(brought_home, solver, budget))


def _budget(c: Compiled, work: float) -> Budget:
    """Return a budget of units of work: what else the machine does must not matter.

    The clock ends it when it is too late.
    """
    return Budget(c.options.time_limit - c.elapsed + POLISH_SECONDS, work)


def changed(c: Compiled, plan: Outcome, find: Find) -> Outcome:
    """Return a plan, no dearer, with the changes that are found in it.

    All at once, else half of them, and so on, as far as the time goes. What is settled,
    or common to several futures, stays: the limits of the columns say so.
    """
    assert plan.values is not None
    groups = [[one for m in c.models for one in find(*m, plan.values)]]
    for _ in range(MOST_TRIES):
        group = groups.pop(0) if groups else []
        if not group or c.elapsed > c.options.time_limit + POLISH_SECONDS:
            break
        values = plan.values
        for change in group:
            values = change.applied(values)
        found = around(c, values) if within_limits(c.matrices, values) else None
        is_plan = found is not None and found.values is not None
        most = plan.objective + ROUNDING * abs(plan.objective)
        if found is not None and is_plan and found.objective <= most:
            plan = found
        elif len(group) > 1:
            half = len(group) // 2
            groups += [group[:half], group[half:]]
    return plan


def nearest(c: Compiled, plan: Outcome) -> Outcome:
    """Return the plan of the same decisions and cost in which who lives near is first.

    *plan* solves the LP of its decisions.
    """
    assert plan.values is not None
    assert plan.duals is not None
    price = roots_of_minutes(c.models, len(plan.values))
    lp = with_whole_fixed(c.matrices, plan.values)
    part, free = nearest_first(lp, plan.values, plan.duals, price)
    solver = Solver(part, replace(c.options, threads=1))
    most = _budget(c, NEAREST_WORK).most()
    solver.limit(most)
    found = solver.run(most.seconds, Silent(), c.started)
    if found.status is not Status.OPTIMAL or found.values is None:
        return plan
    values = plan.values.copy()
    values[free] = found.values
    objective = float(c.matrices.cost @ values) + c.matrices.offset
    is_dearer = objective > plan.objective + ROUNDING * abs(plan.objective)
    return plan if is_dearer else replace(plan, objective=objective, values=values)
