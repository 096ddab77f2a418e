r"""Other plans: the K best, and near-optimal ones that differ most.

*K best*: the best plan, then the best that is none of those before, and so on. Plan
*k* has a bound of its own: no plan but the *k* - 1 before costs less. With the last
one: every plan that is not listed costs at least that much.

*Most different*: the best plan, then the one within a share of what it costs whose
least distance to all before is largest (max-min dispersion, one plan after another),
and of those that are as far the cheapest. How far a plan could be at most is a bound of
the same solve.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, NoPlanError, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags, Floats
from aumaq.instances.language.texts import Text, chained, say
from aumaq.model.data.gathered import gather
from aumaq.results.plan.decisions import decisions_of
from aumaq.results.plan.plan import Plan
from aumaq.results.strict_json import plain_rows
from aumaq.results.studies.choosing.churn import limit_churn
from aumaq.results.studies.choosing.marks import LEVELS, SITES, Marks, marks_of
from aumaq.results.studies.choosing.study_model import study_of
from aumaq.results.studies.choosing.what_if import told
from aumaq.results.studies.solve import why
from aumaq.solvers import Given, Progress, Silent, Solution, SolveOptions, Status
from aumaq.solvers.amended import Amendment, Study
from aumaq.solvers.progress import Labelled

CAPS = ("cost", "investment", "posts")
"""Of what near-optimal plans may have more than the best one, by a share."""
ROOM = 1e-9
"""A cap is met within this share of it: rounding of solvers."""
LEAST_SECONDS = 2.0


@dataclass(frozen=True)
class Alternatives:
    """Plans beside each other, the best first, and what is certain of each.

    ``rows``: plan (number), cost, ``bound_mln`` (no plan but those before costs less;
    with most different ones: none so far from them), ``differs`` (distance to the best
    plan), ``nearest`` (least distance to any before), ``nearest_most`` (it could be no
    more), and key figures. ``is_all``: there are no others.
    """

    instance: Instance
    plans: tuple[Plan, ...]
    rows: pd.DataFrame
    by: str
    is_all: bool
    message: Text

    def record(self) -> dict[str, Any]:
        """Return the table as plain values."""
        return {
            "instance": self.instance.name,
            "scenario": self.instance.scenario,
            "by": self.by,
            "is_all": self.is_all,
            "message": self.message,
            "rows": plain_rows(self.rows),
        }


@checked
def alternatives(
    instance: Instance,
    best: int = 5,
    *,
    within: float | None = None,
    caps: Sequence[str] = ("cost",),
    by: str = SITES,
    against: Plan | None = None,
    churn: int | None = None,
    time_limit: float = 600.0,
    gap: float = 0.0,
    threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Alternatives:
    """Return the *best* so many plans, or with *within* as many that differ most.

    *within*: a share, 0.02 is 2 %: plans have at most so much more than the best one of
    each of *caps* (``CAPS``). *by*: what tells plans apart (``sites`` or ``levels``).
    With *churn*, plans have at most so many marks otherwise than *against*; what that
    plan runs and cannot run here counts, and is told in the message.
    *time_limit*, s, is shared by all solves, *gap* is that of each. Raises NoPlanError
    if there is no first plan, OptionError and UnknownNameError for options that make no
    sense.
    """
    _check(best, within, caps, churn, against)
    tell = Silent() if progress is None else progress
    options = SolveOptions(
        method="direct", time_limit=time_limit, gap=gap, threads=threads, seed=seed
    )
    started = time.monotonic()
    given = Given(
        start=None if against is None else decisions_of(against, instance),
        data=gather(instance, all_levels=True) if by == LEVELS else None,
    )
    study = study_of(instance, options, tell, given)
    search = _Search(study, instance, options, tell, by, started)
    if churn is not None and against is not None:
        search.near(against, churn)
    search.best()
    while len(search.plans) < best and not search.is_all and search.seconds > 0.0:
        if within is None:
            search.another()
        else:
            search.farthest(within, caps)
    if not search.has_ended and len(search.plans) < best:
        text = say("time is up; plans: {n} of {most}", n=len(search.plans), most=best)
        search.tell(text)
    return search.found()


def _check(
    best: int,
    within: float | None,
    caps: Sequence[str],
    churn: int | None,
    against: Plan | None,
) -> None:
    if best < 1:
        raise OptionError(say("ask for at least one plan, not {n}", n=best))
    if within is not None and not 0.0 <= within < float("inf"):
        raise OptionError(
            say("within must be a share from 0 (0.02 is 2 %), not {x}", x=within)
        )
    for name in caps:
        if name not in CAPS:
            raise UnknownNameError(say("what may be capped"), name, CAPS)
    if churn is not None and (churn < 0 or against is None):
        raise OptionError(
            say("churn is a number from 0 of changes against an earlier plan")
        )


class _Search:
    """Plans found so far, and the model in which the next one is looked for."""

    def __init__(
        self,
        study: Study,
        instance: Instance,
        options: SolveOptions,
        progress: Progress,
        by: str,
        started: float,
    ) -> None:
        self.study, self.instance, self.options = study, instance, options
        self.progress, self.by, self.started = progress, by, started
        self.amendment: Amendment = study.amendment()
        self.marks: Marks = marks_of(study, self.amendment, by)
        self.plans: list[Plan] = []
        self.known: list[Flags] = []
        self.rows: list[dict[str, Any]] = []
        self.is_all, self.has_ended, self.message = False, False, Text("")
        self.churn: int | None = None
        self.values: Floats | None = None
        self.are_far = False

    @property
    def seconds(self) -> float:
        """Seconds that are left of all."""
        return self.options.time_limit - (time.monotonic() - self.started)

    def near(self, against: Plan, churn: int) -> None:
        """Let plans have at most so many marks otherwise than an earlier plan."""
        self.churn = churn
        self.message = limit_churn(
            self.marks, self.amendment, against, self.instance, churn
        )

    def best(self) -> None:
        """Find the best plan (NoPlanError if there is none)."""
        found = self._solve(self.amendment, self.seconds / 2)
        if found.decisions is None:
            told = why(found)
            if self.churn is not None and found.status is Status.INFEASIBLE:
                told = say(
                    "no plan that obeys all hard rules has so few changes against the"
                    " earlier plan; allowed: {n}",
                    n=self.churn,
                )
            raise NoPlanError(told, str(found.status))
        self.values = found.values
        self._take(found, None)

    def another(self) -> None:
        """Find the best plan that is none of those before."""
        self.marks.apart(self.amendment, self.known[-1])
        found = self._solve(self.amendment, self.seconds)
        if found.decisions is None:
            self._end(found)
            return
        self._take(found, None)

    def farthest(self, within: float, caps: Sequence[str]) -> None:
        """Find the plan within the caps that is farthest from all before."""
        if len(self.plans) == 1:
            self._cap(within, caps)
            self.are_far = True
        most = len(self.marks)
        far = self.amendment.copy()
        least = far.column(lower=1.0, upper=float(most))
        for known in self.known:
            columns, amounts, constant = self.marks.distance(known)
            far.row(np.append(columns, least), np.append(amounts, -1.0),
                    lower=-constant)  # fmt: skip
        far.goal = np.array([least]), np.array([-1.0])
        found = self._solve(far, self.seconds / 2)
        if found.decisions is None:
            self._end(found)
            return
        reached = self._nearest(self.marks.of(found.decisions))
        bound = float(np.floor(-found.bound_mln + 1e-6))
        as_far = self.amendment.copy()
        for known in self.known:
            self.marks.apart(as_far, known, float(reached))
        cheapest = self._solve(as_far, self.seconds, found.values)
        if cheapest.decisions is None:
            cheapest = replace(found, bound_mln=float("-inf"))
        self._take(cheapest, bound)

    def _cap(self, within: float, caps: Sequence[str]) -> None:
        """Add the rows that keep plans within a share of the best one."""
        assert self.values is not None
        measures = self.study.measures
        for name in caps:
            if name == "cost":
                of = self.study.cost
                value = self.study.value(of, self.values)
            else:
                total = measures.investment if name == "investment" else measures.posts
                if total is None:
                    raise OptionError(
                        say("the instance says nothing of {name}", name=name)
                    )
                of = self.study.columns(total)
                value = self.study.value(of, self.values)
            top = value + abs(value) * (within + ROOM)
            self.amendment.row(*of, upper=top)

    def _solve(
        self, amendment: Amendment, seconds: float, start: Floats | None = None
    ) -> Solution:
        label = say("plan {n}", n=len(self.plans) + 1)
        self.study.c.progress = Labelled(self.progress, label)
        whole = max(seconds, LEAST_SECONDS)
        return self.study.solve(amendment, whole, self.options.gap, start)

    def _take(self, found: Solution, most: float | None) -> None:
        """Keep a plan and its marks."""
        assert found.decisions is not None
        data = self.study.c.built.data
        plan = Plan.from_solution(self.instance, found, self.options, data)
        if self.plans:
            beside = f"differs from {len(self.plans)} plans by {self.by}"
            plan = plan.with_record(locks=[beside])
        known = self.marks.of(found.decisions)
        near = self._nearest(known) if self.known else 0
        row = {
            "plan": len(self.plans) + 1,
            "differs": int((known != self.known[0]).sum()) if self.known else 0,
            "nearest": near,
            "nearest_most": near if most is None else most,
            **told(plan),
        }
        self.plans.append(plan)
        self.known.append(known)
        self.rows.append(row)

    def _nearest(self, known: Flags) -> int:
        return min(int((known != other).sum()) for other in self.known)

    def _end(self, found: Solution) -> None:
        """Note why there is no further plan."""
        self.is_all = found.status is Status.INFEASIBLE
        told = say("there are no other plans: proven") if self.is_all else why(found)
        self.tell(told)
        self.has_ended = True
        if not self.is_all:
            self.options = replace(self.options, time_limit=1e-3)

    def tell(self, text: Text) -> None:
        """Add to what is told beside the plans."""
        self.message = chained([self.message, text]) if self.message else text

    def found(self) -> Alternatives:
        """Return all that was found."""
        rows = pd.DataFrame(self.rows)
        if "bound_mln" in rows and not self.are_far:  # more cuts, no cheaper plan
            rows["bound_mln"] = rows["bound_mln"].cummax()
        return Alternatives(
            self.instance, tuple(self.plans), rows, self.by, self.is_all, self.message
        )
