r"""One model for many points of a front: the augmented epsilon-constraint method.

With goals :math:`f_1, \ldots, f_p`, all minimised, ranges :math:`r_g` of the payoff
table and limits :math:`\varepsilon_g`, a point is the optimum of (AUGMECON2, Mavrotas
and Florios 2013)

.. math:: \min\ f_1 - \epsilon\, r_1 \sum_{g \ge 2} 10^{2-g} s_g / r_g \quad\text{with}
          \quad f_g + s_g = \varepsilon_g,\ s_g \ge 0

No other plan is as good in all goals and better in one, whatever :math:`\epsilon > 0`.
With the bound :math:`\beta` of that solve and the slacks :math:`s^*` of its plan,

.. math:: f_1(x) \ge \beta + \epsilon\, r_1 \sum_{g \ge 2} 10^{2-g} s^*_g / r_g

for every plan :math:`x` that is as good as the point in all other goals: the bound that
comes with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, NoPlanError
from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import figure, say
from aumaq.model.data.gathered import gather
from aumaq.results.plan.aims import MINUTES, Aim, is_impact
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.choosing.study_model import study_of
from aumaq.results.studies.choosing.terms import (
    Term,
    keep_worst,
    least_worst,
    term_of,
    value_of,
)
from aumaq.results.studies.solve import why
from aumaq.solvers import Given, Progress, Solution, SolveOptions, Status
from aumaq.solvers.amended import Amendment
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.progress import Labelled, relative_gap

AUGMENT = 1e-3
"""Share of the range of the first goal that all slacks together are worth."""
ROOM = 1e-9
"""By that share of its size a goal that was reached may be worse. Not more: where a row
had room of ten feasibility tolerances, HiGHS 1.15.1 called a worse plan the best."""
FITS = 1e-9
"""Relative; by so much a solution may be beyond a limit to begin from."""
SAME = 1e-5
"""Relative; by so much a goal of a plan's tables may differ from that of the model."""
LEAST_SECONDS = 2.0
ROUNDING = 1e-8
"""Share of the range of the first goal: slacks are exact to a millionth of theirs, and
are worth ``AUGMENT`` of it. A goal that is 0 has no other measure."""
SHORTER = (0.0, 0.1, 0.3, 0.6)
"""Where the shortest longest way of a large model is looked for: shares of the way from
what no plan is below to the longest known."""


@dataclass(frozen=True)
class Known:
    """A solution to begin from: values of its columns and of the goals.

    Its columns are those of the model, and those that the goals add.
    """

    values: Floats
    goals: Floats


@dataclass(frozen=True)
class Bare:
    """Tables and record of a plan whose instance is known where it goes."""

    tables: dict[str, pd.DataFrame]
    record: dict[str, Any]

    def of(self, instance: Instance) -> Plan:
        """Return the plan."""
        return Plan(instance, MappingProxyType(self.tables),
                    MappingProxyType(self.record))  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A point of a front: plan, goals (as minimised), bound on the first, status."""

    limits: tuple[float, ...]
    goals: Floats
    bound: float
    status: str
    seconds: float
    plan: Plan | Bare
    slack: Floats
    """By how many of its ranges each other goal is better than its limit."""
    proven: float = -np.inf
    """What no plan within the limits has a first goal below."""
    first_range: float = 0.0
    """That of the first goal in the payoff table: no bound is more exact."""

    @property
    def gap(self) -> float:
        """How much of the first goal could be better at most, as a share of it."""
        value = float(self.goals[0])
        is_rounding = value - self.bound <= ROUNDING * self.first_range
        return 0.0 if is_rounding else relative_gap(value, self.bound)


def told_bound(bound: float, value: float) -> float:
    """Return a bound that is above a value by no more than rounding as that value."""
    return min(bound, value) if bound - value < 1e-6 * abs(bound) else bound


def _differs(aim: Aim, told: float, value: float) -> bool:
    """Return whether a goal of a plan is not what its model says.

    Flows in circles and moves for nothing are taken out of a plan: what they cost, and
    their impacts, may be less in it.
    """
    worse, room = aim.sign * (told - value), SAME * (1.0 + abs(value))
    may_be_less = aim.name not in (*MINUTES, "unserved", "posts")
    return worse > room or (worse < -room and not may_be_less)


class FrontModel:
    """The model of an instance with goals, solved again and again."""

    def __init__(
        self,
        instance: Instance,
        aims: Sequence[Aim],
        options: SolveOptions,
        progress: Progress,
        *,
        is_front: bool = False,
    ) -> None:
        """Build the model once (NoPlanError if there is no time for that).

        With *is_front* only points are asked for. Then a large model has no column of
        the longest way, which would tie all of its blocks: the goal is a limit of each
        place alone, and a sum of nothing.
        """
        self.instance, self.aims = instance, list(aims)
        self.options, self.progress = options, progress
        # A level that costs more may be the one that harms less.
        is_whole = any(is_impact(aim.name) for aim in aims)
        data = gather(instance, all_levels=True) if is_whole else None
        self.study = study_of(instance, options, progress, Given(data=data))
        self.base: Amendment = self.study.amendment()
        is_split = is_front and self.study.is_large
        self.by_place = [is_split and k > 0 and aim.name == "worst_minutes"
                         for k, aim in enumerate(aims)]  # fmt: skip
        nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
        self.terms = [
            Term(aim, *nothing) if alone else term_of(self.study, self.base, aim)
            for alone, aim in zip(self.by_place, aims, strict=True)
        ]
        self.known: list[Known] = []
        self.floor = -np.inf
        """No plan at all has a first goal below this."""
        self.near: Outcome | None = None
        """The relaxation of the first goal, of a large model."""
        self.bounds: list[tuple[Floats, float]] = []
        """Within limits of the other goals no plan has a first goal below a bound."""

    def goals(self, values: Floats) -> Floats:
        """Return the goals of a solution, as minimised."""
        found = [term.of(values) for term in self.terms]
        for k, aim in enumerate(self.aims):  # its column may be above what it bounds
            if aim.name == "worst_minutes":
                found[k] = self._worst(values)
        return np.array(found)

    def _worst(self, values: Floats) -> float:
        w, place = self.study.measures.ways, self.study.c.place
        share = np.append(values, 0.0)[place[w.variable]]
        sums = np.bincount(w.place, w.felt * share, max(w.num_places, 1))
        return float(sums.max(initial=0.0))

    def lexicographic(
        self, order: Sequence[int], tolerances: Sequence[float], seconds: float
    ) -> tuple[Solution, Floats]:
        """Make goals best one after another; return the last solution, and bounds.

        A goal may be worse by its tolerance, a share, for those that come after it.
        Raises NoPlanError where a first solve finds no plan.
        """
        ends, bounds = time.monotonic() + seconds, np.full(len(self.terms), -np.inf)
        order = [k for k in order if not self.by_place[k]]
        amendment, last = self.base.copy(), None
        start = min(self.known, key=lambda k: float(k.goals[order[0]]), default=None)
        values = None if start is None else start.values
        for done, k in enumerate(order):
            left = (ends - time.monotonic()) / (len(order) - done)
            amendment.goal = self.terms[k].columns, self.terms[k].amounts
            found = self._solve(self.aims[k], amendment, left, values)
            if found.decisions is None or found.values is None:
                if last is None:
                    raise NoPlanError(why(found), str(found.status))
                break
            last, bounds[k], values = found, found.bound_mln, found.values
            if done == 0 and k == 0:  # nothing is limited yet
                self.near = found.relaxed
                self.floor = max(self.floor, found.bound_mln)
            reached = float(self.goals(found.values)[k])
            room = abs(reached) * (tolerances[done] + ROOM) + ROOM
            self._limit(amendment, k, reached + room, max(abs(reached), 1.0))
        assert last is not None
        assert last.values is not None
        self.remember(last.values)
        return last, bounds

    def _bound_within(self, limits: Sequence[float]) -> float:
        """Return the best bound known: that of wider limits holds within these."""
        wider = [bound for most, bound in self.bounds if (most >= limits).all()]
        return max([self.floor, *wider])

    def shortest(self, seconds: float) -> tuple[Point | Status, float]:
        """Return a plan whose longest way is short, of a large model, and its bound.

        The cheapest within the minutes that no plan is below; where time brings none,
        within ever more of them.
        """
        k = self.by_place.index(True)
        least, ends = least_worst(self.study), time.monotonic() + seconds
        most = max(float(known.goals[k]) for known in self.known)
        for share in SHORTER:
            limits = np.full(len(self.aims), np.inf)
            limits[k] = least + share * (most - least) + ROOM * (1.0 + most)
            left = (ends - time.monotonic()) / 2.0
            found = self.point(limits[1:].tolist(), np.ones(len(limits)), left)
            if isinstance(found, Point):
                break
        return found, least

    def weighted(self, weights: Floats, most: Floats, seconds: float) -> Solution:
        """Return the best solution for a sum of goals; NoPlanError without any.

        *most*: what each goal may be at most, infinite where nothing limits it.
        """
        amendment = self.base.copy()
        for k in np.flatnonzero(np.isfinite(most)).tolist():
            self._limit(amendment, k, most[k], max(abs(most[k]), 1.0))
        columns = np.concatenate([term.columns for term in self.terms])
        amounts = np.concatenate(
            [w * term.amounts for w, term in zip(weights, self.terms, strict=True)]
        )
        amendment.goal = columns, amounts
        start = min(self.known, key=lambda k: float(weights @ k.goals), default=None)
        found = self._solve(self.aims[0], amendment, seconds,
                            None if start is None else start.values)  # fmt: skip
        if found.decisions is None:
            raise NoPlanError(why(found), str(found.status))
        return found

    def point(
        self, limits: Sequence[float], ranges: Floats, seconds: float
    ) -> Point | Status:
        """Return the point within *limits* of the second goal on, or why there is none.

        *ranges* are those of all goals in the payoff table; one without any range has
        no slack that could be worth something.
        """
        begun, amendment = time.monotonic(), self.base.copy()
        first = self.terms[0]
        columns, amounts = [first.columns], [first.amounts]
        worth = AUGMENT * (ranges[0] or 1.0) * 10.0 ** -np.arange(len(limits))
        slacks = list[tuple[int, int]]()
        for k, limit in enumerate(limits, start=1):
            term, size = self.terms[k], ranges[k]
            if self.by_place[k]:
                keep_worst(self.study, amendment, limit)
            if self.by_place[k] or np.isinf(limit):
                continue
            if not size:
                self._limit(amendment, k, limit, max(abs(limit), 1.0))
                continue
            slack = amendment.column()
            amendment.row(np.append(term.columns, slack),
                          np.append(term.amounts / size, 1.0),
                          limit / size, limit / size)  # fmt: skip
            columns.append(np.array([slack]))
            amounts.append(np.array([-worth[k - 1]]))
            slacks.append((k - 1, slack))
        amendment.goal = np.concatenate(columns), np.concatenate(amounts)
        start = self._start(limits, ranges, [k for k, _ in slacks])
        near = None if slacks else self.near  # a slack would have no price yet
        found = self._solve(self.aims[0], amendment, seconds, start, near)
        self.bounds.append((np.array(limits), found.bound_mln))
        if found.decisions is None or found.values is None:
            return found.status
        self.remember(found.values)
        slack_values = np.zeros(len(limits))
        for k, slack in slacks:
            slack_values[k] = max(found.values[slack], 0.0)
        bound = found.bound_mln + float(worth @ slack_values)
        bound = max(bound, self._bound_within(limits))
        goals = self.goals(found.values)
        bound = told_bound(bound, float(goals[0]))
        plan = self.plan_of(found, bound)
        told = plan.record["goals"]  # a little less, where something was taken out
        goals = np.array([aim.sign * told[aim.name] for aim in self.aims])
        took = time.monotonic() - begun
        status = str(plan.status if self.aims[0].name == "cost" else found.status)
        proved = self._bound_within(limits)
        return Point(tuple(limits), goals, bound, status, took, plan, slack_values,
                     proved, float(ranges[0]))  # fmt: skip

    def plan_of(self, found: Solution, bound: float = -np.inf) -> Plan:
        """Return the plan of a solution; *bound* is on the first goal.

        Where that is no cost, of its cost no bound is known but what no plan avoids.
        The goals of its tables are held against those of the model.
        """
        is_cost = self.aims[0].name == "cost"
        own = replace(found, bound_mln=bound if is_cost else -np.inf)
        data = self.study.c.built.data
        plan = Plan.from_solution(self.instance, own, self.options, data)
        told = {aim.name: value_of(plan, aim) for aim in self.aims}
        assert found.values is not None
        wrong = [
            say(
                "{goal}: {told} in the plan, {value} in the model",
                goal=aim.measure,
                told=figure(told[aim.name], 9),
                value=figure(value, 9),
            )
            for aim, value in zip(self.aims, self._told(found.values), strict=True)
            if _differs(aim, told[aim.name], value)
        ]
        plan = plan.with_record(goals=told)
        if not wrong:
            return plan
        problems = [*plan.record["problems"], *wrong]
        return plan.with_record(problems=problems, verified=False)

    def _told(self, values: Floats) -> list[float]:
        goals = self.goals(values).tolist()
        return [aim.told(goal) for aim, goal in zip(self.aims, goals, strict=True)]

    def remember(self, values: Floats) -> None:
        """Keep a solution to begin others from."""
        own = values[: self.study.size + len(self.base.lower)].copy()
        goals = self.goals(values)
        for aim, term, goal in zip(self.aims, self.terms, goals.tolist(), strict=True):
            if aim.name == "worst_minutes":
                own[term.columns] = goal
        self.known.append(Known(own, goals))

    def _start(
        self, limits: Sequence[float], ranges: Floats, has_slack: Sequence[int]
    ) -> Floats | None:
        """Return the best known solution within limits, with its slacks."""
        most = np.array(limits) + FITS * (1.0 + np.abs(limits))
        fits = [known for known in self.known if (known.goals[1:] <= most).all()]
        best = min(fits, key=lambda k: float(k.goals[0]), default=None)
        if best is None:
            return None
        size = np.where(ranges[1:] > 0.0, ranges[1:], 1.0)
        slack = (np.array(limits) - best.goals[1:]) / size
        return np.append(best.values, np.maximum(slack[[*has_slack]], 0.0))

    def _limit(self, amendment: Amendment, k: int, upper: float, scale: float) -> None:
        term = self.terms[k]
        amendment.row(term.columns, term.amounts / scale, upper=upper / scale)

    def _solve(
        self,
        aim: Aim,
        amendment: Amendment,
        seconds: float,
        start: Floats | None,
        near: Outcome | None = None,
    ) -> Solution:
        progress: Any = Labelled(self.progress, aim.title)
        self.study.c.progress = progress
        whole = max(seconds, LEAST_SECONDS)
        return self.study.solve(amendment, whole, self.options.gap, start, near)
