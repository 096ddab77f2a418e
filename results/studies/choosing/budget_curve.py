r"""What more money brings: the best plan for each amount, alone and nested.

The amount is a limit on all investment of a plan, undiscounted. Nested *up*, the plan
of a larger amount has all that the plan of a smaller one builds; nested *down*, that
of a smaller one builds nothing that the plan of a larger one does not. With
:math:`built_{sjlt}`, the facilities of level *l* and above, and today's stock
:math:`n_{sjl}`, where the plan before has :math:`\hat b_{sjlt}` of them, of which it
opened, enlarged or renewed :math:`\hat p_{sjlt}` up to then

.. math:: built_{sjlt} \ge \begin{cases}
          \hat b_{sjlt} & \hat b_{sjlt} > n_{sjl} \\
          \min(\hat b_{sjlt}, \hat p_{sjlt}) & \text{else}
          \end{cases}\quad\text{(up)}, \qquad
          built_{sjlt} \le \max(\hat b_{sjlt}, n_{sjl})\quad\text{(down)}

and, down, in a period no more opens or is renewed than :math:`\hat b_{sjlt}`. Local
supply, steps of links, road upgrades and growth points likewise. The price of nesting
is what a nested plan costs beyond the best one for its amount: with the bounds
:math:`\underline c` of both it lies, best plan against best plan, between
:math:`\underline c_{nested} - c` and :math:`c_{nested} - \underline c`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.interruption import is_asked, listening
from aumaq.instances.language.texts import Figure, Text, say
from aumaq.results.plan.plan import Plan
from aumaq.results.strict_json import plain_rows
from aumaq.results.studies.choosing.study_model import study_of
from aumaq.results.studies.choosing.what_if import told
from aumaq.results.studies.solve import why
from aumaq.solvers import Decisions, Given, Progress, Silent, Solution, SolveOptions
from aumaq.solvers.amended import Amendment, Study
from aumaq.solvers.progress import Labelled

UP, DOWN = "up", "down"
WAYS = (UP, DOWN)
LEAST_SECONDS = 2.0
ROOM = 1e-9
"""An amount may be exceeded by that share: rounding."""


@dataclass(frozen=True)
class BudgetCurve:
    """The best plan for each amount, and the nested one.

    ``rows``: amount_mln, status, cost, bound, gap, investment and key figures; with
    nesting ``nested_mln``, ``nested_bound_mln``, ``price_mln``, ``price_at_least_mln``,
    ``price_at_most_mln``. ``plans`` and ``nested``: amount -> plan, where there is one.
    """

    instance: Instance
    rows: pd.DataFrame
    plans: dict[float, Plan]
    nested: dict[float, Plan]

    def record(self) -> dict[str, Any]:
        """Return the table as plain values."""
        return {
            "instance": self.instance.name,
            "scenario": self.instance.scenario,
            "rows": plain_rows(self.rows),
        }


@checked
def budget_curve(
    instance: Instance,
    amounts: Sequence[float],
    *,
    nested: str = "",
    time_limit: float = 600.0,
    gap: float = 0.0,
    threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> BudgetCurve:
    """Plan for each of *amounts* of investment, mln, undiscounted, over all periods.

    *nested*: ``up`` (from the smallest amount on) or ``down``; empty: each alone.
    *time_limit*, s, is shared by all solves, *gap* that of each. An amount for which
    there is no plan is a row that says so. Raises OptionError and UnknownNameError for
    arguments that make no sense, NoPlanError if there is no time to build the model.
    """
    if nested not in ("", *WAYS):
        raise UnknownNameError(say("way to nest plans"), nested, WAYS)
    if not amounts or not all(0.0 <= a < float("inf") for a in amounts):
        raise OptionError(say("amounts are numbers from 0, at least one"))
    options = SolveOptions(
        method="direct", time_limit=time_limit, gap=gap, threads=threads, seed=seed
    )
    tell = Silent() if progress is None else progress
    begun = time.monotonic()
    with listening():
        study = study_of(instance, options, tell, Given())
        ordered = sorted(dict.fromkeys(amounts))
        curve = _Curve(study, instance, options, tell, begun + time_limit)
        curve.left = len(ordered) * (2 if nested else 1)
        alone = curve.walk(ordered, "")
        along = {}
        if nested:
            along = curve.walk(ordered if nested == UP else ordered[::-1], nested)
    first = ordered[0] if nested == UP else ordered[-1]
    return _told(instance, ordered, alone, along, first if nested else None)


@dataclass(frozen=True)
class _Found:
    """What was found for an amount: a plan, or why there is none."""

    plan: Plan | None
    status: str
    message: Text


class _Curve:
    """The model, in which one amount after another is tried."""

    def __init__(
        self,
        study: Study,
        instance: Instance,
        options: SolveOptions,
        progress: Progress,
        ends: float,
    ) -> None:
        self.study, self.instance, self.options = study, instance, options
        self.progress, self.ends, self.left = progress, ends, 1
        self.invested = study.columns(study.measures.investment)
        self.alone: dict[float, Solution] = {}

    def walk(self, amounts: Sequence[float], nested: str) -> dict[float, _Found]:
        """Return what is found for amounts in an order, each nested in the one before.

        A plan of a smaller amount is one to begin from where it need not be smaller.
        """
        found: dict[float, _Found] = {}
        last: Solution | None = None
        for amount in amounts:
            if is_asked():
                found[amount] = _Found(None, "stopped", say("not begun"))
                continue
            if nested and last is None and amount in self.alone:  # nested in none
                last = self.alone[amount]
                found[amount] = self._found(last, amount)
                last = last if last.decisions is not None else None
                continue
            amendment = self.study.amendment()
            size = max(amount, 1.0)
            amendment.row(self.invested[0], self.invested[1] / size,
                          upper=amount / size + ROOM)  # fmt: skip
            if nested and last is not None and last.decisions is not None:
                self._nest(amendment, last.decisions, nested)
            label = say("{amount} mln", amount=Figure(f"{amount:,.0f}"))
            self.study.c.progress = Labelled(self.progress, label)
            seconds = (self.ends - time.monotonic()) / max(self.left, 1)
            self.left -= 1
            start: Floats | None = None
            if last is not None and nested != DOWN and last.values is not None:
                start = last.values
            own = self.study.solve(
                amendment, max(seconds, LEAST_SECONDS), self.options.gap, start
            )
            if not nested:
                self.alone[amount] = own
            found[amount] = self._found(own, amount)
            last = own if own.decisions is not None else last
        return found

    def _found(self, own: Solution, amount: float) -> _Found:
        if own.decisions is None:
            return _Found(None, str(own.status), why(own))
        data = self.study.c.built.data
        plan = Plan.from_solution(self.instance, own, self.options, data)
        plan = plan.with_record(locks=[f"investment at most {amount:g} mln"])
        return _Found(plan, plan.status, Text(""))

    def _nest(self, amendment: Amendment, before: Decisions, way: str) -> None:
        """Add the rows that keep what the plan before builds, or add nothing to it."""
        for part in (*self._facilities(before), *self._lasting(before)):
            ones = np.ones(len(part.columns))
            if way == UP and part.kept > 0.0:
                amendment.row(part.columns, ones, lower=part.kept)
            elif way == DOWN:
                amendment.row(part.columns, ones, upper=max(part.amount, part.today))
                for columns in part.paid:
                    amendment.row(columns, np.ones(len(columns)), upper=part.amount)

    def _facilities(self, plan: Decisions) -> Iterator[_Part]:
        """Yield the facilities of each site from each level on, by period."""
        built, place = self.study.c.built, self.study.c.place
        for name, v in built.variables.items():
            d, own = built.data.services[name], plan.services[name]
            moved = place[v.move]
            for j, level in product(range(len(d.sites)), range(1, d.num_levels + 1)):
                today, paid = float(d.stock[j, level:].sum()), 0.0
                enters = (v.move_site == j) & (v.move_from < level)
                enters &= v.move_to >= level
                for t in range(own.units.shape[2]):
                    paid += float(own.moves[j, :level, level:, t].sum())
                    paid += float(own.renewed[j, level:, t].sum())
                    columns = place[v.units[j, level:, t]]
                    if not (columns >= 0).any():
                        continue
                    amount = float(own.units[j, level:, t].sum())
                    now = moved[enters & (v.move_period == t)]
                    again = place[v.renewed[j, level:, t]]
                    spent = [c[c >= 0] for c in (now, again) if (c >= 0).any()]
                    yield _Part(columns[columns >= 0], amount, today, paid, spent)

    def _lasting(self, plan: Decisions) -> Iterator[_Part]:
        """Yield what stays once it is built, each by itself."""
        built, place = self.study.c.built, self.study.c.place
        pairs: list[tuple[Ints, Any]] = [
            (built.upgraded, plan.upgraded), (built.chosen, plan.chosen),
        ]  # fmt: skip
        for name, v in built.networks.items():
            own = plan.networks[name]
            pairs += [(v.step, own.steps), (v.local_capacity, own.local_capacity)]
        for variables, values in pairs:
            known = place[variables.ravel()]
            amounts = values.reshape(variables.shape).ravel()
            for column, amount in zip(known.tolist(), amounts.tolist(), strict=True):
                if column >= 0:
                    yield _Part(np.array([column]), float(amount), 0.0)


@dataclass(frozen=True)
class _Part:
    """Columns of what may be built, how much of it a plan has, and today's stock.

    ``spent``: what the plan opened, enlarged or renewed of it up to then; ``paid`` are
    the columns that do that in the period.
    """

    columns: Ints
    amount: float
    today: float
    spent: float = 0.0
    paid: Sequence[Ints] = ()

    @property
    def kept(self) -> float:
        """What a plan of more money has of it at least."""
        if self.amount > self.today:
            return self.amount * (1.0 - ROOM)
        return min(self.amount, self.spent)


def _told(
    instance: Instance,
    amounts: Sequence[float],
    alone: dict[float, _Found],
    along: dict[float, _Found],
    first: float | None,
) -> BudgetCurve:
    """Return the curve with a row for each amount; *first* is that nested in none."""
    rows = list[dict[str, Any]]()
    least = -np.inf
    for amount in reversed(amounts):  # less money, no cheaper plan
        row: dict[str, Any] = {"amount_mln": amount, **_row(alone[amount])}
        least = max(least, row.get("bound_mln", -np.inf))
        if "objective_mln" in row:
            row["bound_mln"] = min(least, row["objective_mln"])
            row["gap"] = (row["objective_mln"] - row["bound_mln"]) / max(
                abs(row["objective_mln"]), ROOM
            )
        if first is not None:
            row |= _price(row, along[amount], is_first=amount == first)
        rows.append(row)
    return BudgetCurve(
        instance,
        pd.DataFrame(rows[::-1]),
        {a: one.plan for a, one in alone.items() if one.plan is not None},
        {a: one.plan for a, one in along.items() if one.plan is not None},
    )


def _row(found: _Found) -> dict[str, Any]:
    if found.plan is None:
        return {"status": found.status, "message": found.message}
    return {**told(found.plan), "message": found.message}


def _price(row: dict[str, Any], found: _Found, *, is_first: bool) -> dict[str, Any]:
    """Return the nested plan of an amount, and the price of nesting.

    The first amount has nothing to be nested in: its best plan is the nested one.
    """
    if found.plan is None or "objective_mln" not in row:
        return {"nested_status": found.status}
    plan, bound = found.plan, max(found.plan.bound_mln, row["bound_mln"])
    bound, most = min(bound, plan.objective_mln), plan.objective_mln - row["bound_mln"]
    least = 0.0 if is_first else max(0.0, bound - row["objective_mln"])
    return {
        "nested_status": found.status,
        "nested_mln": plan.objective_mln,
        "nested_bound_mln": bound,
        "nested_investment_mln": told(plan)["investment_mln"],
        "nested_verified": plan.is_verified,
        "price_mln": plan.objective_mln - row["objective_mln"],
        "price_at_least_mln": least,
        "price_at_most_mln": 0.0 if is_first else most,
    }
