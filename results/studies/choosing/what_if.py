r"""What if: a plan again with some of it frozen and some of its input changed.

The best plan found of the instance in hand costs :math:`a`, and none less than
:math:`\underline a`; it is the plan in hand, unless that was asked for under
conditions of its own. The new one costs :math:`b`, and no plan under the locks and
changes less than :math:`\underline b`. What the change costs, best plan against best
plan, then lies in

.. math:: [\underline b - a,\; b - \underline a]

and where nothing but locks was added, not below 0: a lock only takes plans away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aumaq.instances import Instance, InstanceError, NoPlanError, Problem
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import Text, chained, say
from aumaq.model.data.gathered import gather
from aumaq.results.comparison.decisions import changed_decisions
from aumaq.results.comparison.inputs import changed_inputs
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.terms import gap_record
from aumaq.results.strict_json import plain_rows
from aumaq.results.studies.choosing.lock_rows import LockRow
from aumaq.results.studies.choosing.locks import FROZEN, locks_of
from aumaq.results.studies.coordination import figures
from aumaq.results.studies.solve import solve
from aumaq.results.studies.unbound import best_of
from aumaq.solvers import Progress, Silent, SolveOptions
from aumaq.solvers.progress import Labelled
from aumaq.solvers.proof import bound_below, proven
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.solution.locks import Locks

SCORE_SHARE = 0.25
"""Share of the time in which the plan in hand is scored under what has changed."""
MOST_NAMED = 5
"""Of the locks that leave no plan."""
AS_IT_WAS = say("as it was planned")


@dataclass(frozen=True)
class WhatIf:
    """A plan again under locks and changes.

    ``scored`` is the plan in hand under the changes, its decisions as they are; None
    where nothing but locks was given, or where it breaks a hard rule then (``message``
    says so). ``frozen``: what was limited, see ``FROZEN``; ``inputs``: which cells of
    the instance differ; ``decisions``: what is decided otherwise. ``best`` is the best
    plan found of the instance in hand: ``before``, if that was asked for by cost alone.
    """

    before: Plan
    best: Plan
    after: Plan
    scored: Plan | None
    message: Text
    frozen: pd.DataFrame
    inputs: pd.DataFrame
    decisions: pd.DataFrame

    @property
    def is_same_input(self) -> bool:
        """Whether nothing but locks was added."""
        return _is_same(self.before.instance, self.after.instance)

    @property
    def difference_mln(self) -> float:
        """How much more the new plan costs than the one in hand."""
        return self.after.objective_mln - self.before.objective_mln

    @property
    def difference_at_least_mln(self) -> float:
        """The change costs no less, best plan against best plan."""
        least = self.after.bound_mln - self.best.objective_mln
        return max(0.0, least) if self.is_same_input else least

    @property
    def difference_at_most_mln(self) -> float:
        """The change costs no more, best plan against best plan."""
        return self.after.objective_mln - self.best.bound_mln

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "before": told(self.before),
            "best": told(self.best),
            "after": told(self.after),
            "scored": None if self.scored is None else told(self.scored),
            "message": self.message,
            "difference_mln": self.difference_mln,
            "difference_at_least_mln": self.difference_at_least_mln,
            "difference_at_most_mln": self.difference_at_most_mln,
            "frozen": plain_rows(self.frozen),
            "inputs": plain_rows(self.inputs),
            "decisions": plain_rows(self.decisions),
        }


@checked
def what_if(
    plan: Plan,
    *,
    changes: Sequence[str] = (),
    scenario: str = "",
    locks: Sequence[LockRow] = (),
    time_limit: float = 120.0,
    gap: float = 0.01,
    method: str = "auto",
    threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> WhatIf:
    """Plan again from *plan* under *locks* and changed input.

    *changes* are those of ``Instance.with_changes``, *scenario* another one (default:
    the plan's). *time_limit*, s, is for all of it. Raises InstanceError for changes and
    locks that mean nothing, NoPlanError where no plan keeps them.
    """
    SolveOptions(method, time_limit, gap, threads, seed)  # refuses what makes no sense
    instance, limits, frozen = _asked(plan, scenario, changes, locks)
    is_same = _is_same(plan.instance, instance)
    options: dict[str, Any] = {
        "gap": gap, "method": method, "threads": threads, "seed": seed
    }  # fmt: skip
    tell = Silent() if progress is None else progress
    scored, message = None, Text("")
    today = Labelled(tell, say("the best plan today"))
    best, left = best_of(plan, time_limit, progress=today, **options)
    if not is_same:
        own, share = Labelled(tell, say("the plan in hand")), SCORE_SHARE * left
        scored, message = _score(plan, instance, share, own, options)
        left -= share
    try:
        after = solve(
            instance, start=plan, locks=limits, time_limit=left, progress=progress,
            **options,
        )  # fmt: skip
    except NoPlanError as error:
        if limits is None or error.status != Status.INFEASIBLE:
            raise
        raise NoPlanError(_with_locks(locks), error.status) from error
    if limits is not None:
        after = after.with_record(locks=[f"{row.action} {row.text}" for row in locks])
    if is_same:
        after = _lifted(after, best.bound_mln)
    inputs = changed_inputs(plan.instance, instance)
    decided = changed_decisions(plan, after)
    return WhatIf(plan, best, after, scored, message, frozen, inputs, decided)


def _asked(
    plan: Plan, scenario: str, changes: Sequence[str], locks: Sequence[LockRow]
) -> tuple[Instance, Locks | None, pd.DataFrame]:
    """Return the changed instance, limits by locks, and the table of what is frozen.

    Raises InstanceError with what is wrong in changes and in locks.
    """
    instance, problems = plan.instance, list[Problem]()
    limits, frozen = None, pd.DataFrame(columns=list(FROZEN))
    try:
        instance = _changed(instance, scenario, changes)
    except InstanceError as error:
        problems += error.problems
    try:
        if locks:
            data = gather(instance, all_levels=True)
            limits, frozen = locks_of(instance, data, locks, plan)
    except InstanceError as error:
        problems += error.problems
    if problems:
        raise InstanceError(problems)
    return instance, limits, frozen


def _with_locks(locks: Sequence[LockRow]) -> Text:
    """Return that there is no plan under locks, with the first of them."""
    shown = ", ".join(f"{row.action} {row.text}" for row in locks[:MOST_NAMED])
    more = [say("and {count} more", count=len(locks) - MOST_NAMED)]
    told = [
        Text("{shown}", {"shown": shown}),
        *(more if len(locks) > MOST_NAMED else ()),
    ]
    return say(
        "infeasible: no plan obeys all hard rules together with what is asked for:"
        " {locks}",
        locks=chained(told, " "),
    )


@dataclass(frozen=True)
class Scored:
    """A plan under other conditions, its decisions as they are.

    ``cases``: case -> the plan there, or None. ``rows``: case, status, message, cost,
    bound, differences from the plan in hand, and key figures.
    """

    plan: Plan
    cases: dict[str, Plan | None]
    rows: pd.DataFrame

    def record(self) -> dict[str, Any]:
        """Return the table as plain values."""
        return {"instance": self.plan.instance.name, "rows": plain_rows(self.rows)}


@checked
def score(
    plan: Plan,
    *,
    changes: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    time_limit: float = 120.0,
    gap: float = 0.01,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Scored:
    """Score *plan* under changes and other scenarios beside its own conditions.

    What it builds, closes and upgrades is settled; who goes where, flows and money are
    decided anew. Cases are the plan's own scenario with *changes*, and each of
    *scenarios* with them; *time_limit*, s, is shared by them. A case in which the plan
    breaks a hard rule is a row that says so.
    """
    names = [*scenarios] or [plan.instance.scenario]
    options: dict[str, Any] = {"gap": gap, "threads": threads}
    cases: dict[str, Plan | None] = {}
    rows = [_row(plan, AS_IT_WAS, plan, Text(""))]
    for name in names:
        instance = _changed(plan.instance, name, changes)
        case = " ".join([name, *changes])
        own = Labelled(Silent() if progress is None else progress, case)
        found, why = _score(plan, instance, time_limit / len(names), own, options)
        cases[case] = found
        rows.append(_row(plan, Text(case), found, why))
    return Scored(plan, cases, pd.DataFrame(rows))


@checked
def under_changes(
    plan: Plan,
    changes: Sequence[str],
    *,
    time_limit: float = 120.0,
    gap: float = 0.01,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return *plan* as it is where values are changed: scored, its bound that of all.

    Its own bound says nothing there, and that of the score is one of plans that build
    the same: so all plans are bounded under the changes as well, in half of
    *time_limit*, s. Raises InstanceError for changes that mean nothing, NoPlanError
    where the plan breaks a hard rule then.
    """
    SolveOptions(time_limit=time_limit, gap=gap, threads=threads)  # refuses others
    instance = _changed(plan.instance, "", changes)
    if _is_same(plan.instance, instance):
        return plan
    tell = Silent() if progress is None else progress
    options: dict[str, Any] = {"gap": gap, "threads": threads}
    half = time_limit / 2.0
    own = Labelled(tell, say("the plan in hand"))
    found, why = _score(plan, instance, half, own, options)
    if found is None:
        raise NoPlanError(why, "infeasible")
    best = solve(instance, start=found, time_limit=half, progress=progress, **options)
    total = found.objective_mln
    bound = bound_below(total, best.bound_mln)
    status = proven(total, bound, gap, Status.GAP_LEFT)
    least = float(found.record["unavoidable_mln"])
    figures = gap_record(found.objective, bound, least)
    return found.with_record(status=str(status), **figures)


def told(plan: Plan) -> dict[str, Any]:
    """Return what a row of a table tells of a plan."""
    found = figures(plan)
    return {
        "scenario": plan.instance.scenario,
        "status": plan.status,
        "verified": plan.is_verified,
        "objective_mln": plan.objective_mln,
        "bound_mln": plan.bound_mln,
        "gap": plan.gap,
        "investment_mln": float(sum(found["investment_mln"].values())),
        **{f"{s}_served_share": x for s, x in found["served_share"].items()},
        **{f"{s}_mean_minutes": x for s, x in found["mean_minutes"].items()},
    }


def _score(
    plan: Plan,
    instance: Instance,
    seconds: float,
    progress: Progress,
    options: dict[str, Any],
) -> tuple[Plan | None, Text]:
    """Return a plan's decisions under an instance, or why they do not go there."""
    try:
        found = solve(
            instance,
            start=plan,
            services_of=plan,
            networks_of=plan,
            time_limit=seconds,
            progress=progress,
            **options,
        )
    except NoPlanError as error:
        return None, say("its decisions break a hard rule: {why}", why=error.text)
    return found, Text("")


def _row(plan: Plan, case: Text, found: Plan | None, why: Text) -> dict[str, Any]:
    """Return the row of a case; *plan* is that in hand."""
    if found is None:
        return {"case": case, "status": "no_plan", "message": why}
    difference = found.objective_mln - plan.objective_mln
    return {"case": case, **told(found), "message": why, "difference_mln": difference}


def _changed(instance: Instance, scenario: str, changes: Sequence[str]) -> Instance:
    """Return an instance under another scenario, with values changed."""
    if scenario and scenario != instance.scenario:
        instance = instance.with_scenario(scenario)
    return instance.with_changes(list(changes))


def _is_same(one: Instance, other: Instance) -> bool:
    names = one.scenario == other.scenario
    return names and one.content_hash == other.content_hash


def _lifted(after: Plan, bound_mln: float) -> Plan:
    """Return a plan with the bound of the plan in hand, where that is better.

    Locks only take plans away: what no plan undercuts, no plan under them does.
    """
    from aumaq.model.data.unavoidable import unavoidable_mln

    if not bound_mln > after.bound_mln or bound_mln > after.objective_mln:
        return after
    least = unavoidable_mln(gather(after.instance))
    return after.with_record(**gap_record(after.objective, bound_mln, least))
