r"""What more money brings: the best plan for each amount, alone and nested.

The amount is a limit on all investment of a plan, undiscounted. Nested *up*, the plan
of a larger amount has all that the plan of a smaller one builds; nested *down*, that
of a smaller one builds nothing that the plan of a larger one does not. With
:math:`built_{sjlt}`, the facilities of level *l* and above, and today's stock
:math:`n_{sjl}`, where the plan before has :math:`\hat b_{sjlt}` of them

.. math:: built_{sjlt} \ge \hat b_{sjlt}\quad\text{where}\ \hat b_{sjlt} > n_{sjl}
          \qquad\text{(up)}, \qquad
          built_{sjlt} \le \max(\hat b_{sjlt}, n_{sjl})\qquad\text{(down)}

and steps of links, road upgrades and growth points likewise. The price of nesting is
what a nested plan costs beyond the best one for its amount: with the bounds
:math:`\underline c` of both it lies, best plan against best plan, between
:math:`\underline c_{nested} - c` and :math:`c_{nested} - \underline c`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    return _told(instance, ordered, alone, along, is_nested=bool(nested))


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
        for columns, amount, today in self._built(before):
            ones = np.ones(len(columns))
            if way == UP and amount > today:
                amendment.row(columns, ones, lower=amount)
            elif way == DOWN:
                amendment.row(columns, ones, upper=max(amount, today))

    def _built(self, plan: Decisions) -> Iterator[tuple[Ints, float, float]]:
        """Yield columns of what may be built, how much of it a plan has, and today."""
        built, place = self.study.c.built, self.study.c.place
        for name, v in built.variables.items():
            d, units = built.data.services[name], plan.services[name].units
            for j in range(len(d.sites)):
                for level in range(1, d.num_levels + 1):
                    today = float(d.stock[j, level:].sum())
                    for t in range(units.shape[2]):
                        columns = place[v.units[j, level:, t]]
                        columns = columns[columns >= 0]
                        if len(columns):
                            yield columns, float(units[j, level:, t].sum()), today
        lasting = [(v.step, plan.networks[name].steps)
                   for name, v in built.networks.items()]  # fmt: skip
        lasting += [(built.upgraded, plan.upgraded), (built.chosen, plan.chosen)]
        for variables, values in lasting:
            known = place[variables.ravel()]
            amounts = values.reshape(variables.shape).ravel()
            for column, amount in zip(known.tolist(), amounts.tolist(), strict=True):
                if column >= 0:
                    yield np.array([column]), float(amount), 0.0


def _told(
    instance: Instance,
    amounts: Sequence[float],
    alone: dict[float, _Found],
    along: dict[float, _Found],
    *,
    is_nested: bool,
) -> BudgetCurve:
    """Return the curve with a row for each amount."""
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
        if is_nested:
            row |= _price(row, along[amount])
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


def _price(row: dict[str, Any], found: _Found) -> dict[str, Any]:
    """Return the nested plan of an amount, and the price of nesting."""
    if found.plan is None or "objective_mln" not in row:
        return {"nested_status": found.status}
    plan, bound = found.plan, max(found.plan.bound_mln, row["bound_mln"])
    bound = min(bound, plan.objective_mln)
    return {
        "nested_status": found.status,
        "nested_mln": plan.objective_mln,
        "nested_bound_mln": bound,
        "nested_investment_mln": told(plan)["investment_mln"],
        "nested_verified": plan.is_verified,
        "price_mln": plan.objective_mln - row["objective_mln"],
        "price_at_least_mln": max(0.0, bound - row["objective_mln"]),
        "price_at_most_mln": plan.objective_mln - row["bound_mln"],
    }
