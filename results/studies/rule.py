"""What a rule does to a plan: where it binds, its price, and the plan without it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np

from aumaq.instances import AumaqError, Instance, UnknownNameError
from aumaq.instances.arrays import Ints
from aumaq.instances.language.texts import Text, say
from aumaq.instances.rules import OF_PLANS, rules_of, rules_that_apply
from aumaq.model.program import Program, RowSet
from aumaq.results.explanations.names import Names
from aumaq.results.explanations.ranges import Difference
from aumaq.results.language import ENGLISH, Language
from aumaq.results.plan.decisions import decisions_of
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.facility import is_reach_kept
from aumaq.results.studies.solve import solve
from aumaq.results.studies.unbound import best_of
from aumaq.results.studies.without_rule import without_rule
from aumaq.solvers import SolveOptions
from aumaq.solvers.fixed_plan import FixedPlan, Priced
from aumaq.solvers.highs.matrices import NO_LIMIT

TIGHT = 1e-6
"""Relative; so near to its limit a row binds."""
PRICED_MLN = 1e-9
"""A price below this is rounding."""


@dataclass(frozen=True)
class Bound:
    """A rule explained.

    ``places`` are those where it binds, dearest first, with what one per cent more room
    would save, mln (0: as far as can be seen, nothing). ``difference``: how much the
    best plan without the rule costs less (at most 0; None: not found in time).
    """

    plan: Plan
    rule: str
    rows: int
    binding: int
    places: tuple[tuple[dict[str, Any], float], ...]
    difference: Difference | None

    @property
    def saves_mln(self) -> float:
        """What one per cent more room in all its places would save, mln."""
        return float(sum(price for _, price in self.places))

    def record(self, lang: Language = ENGLISH) -> dict[str, Any]:
        """Return all of it as plain values."""
        d = self.difference
        return {
            "rule": self.rule,
            "title": lang.tell(rules_of(self.plan.instance)[self.rule].title),
            "rows": self.rows,
            "binding": self.binding,
            "saves_mln_per_percent": self.saves_mln,
            "places": [{**at, "saves_mln_per_percent": x} for at, x in self.places],
            "without_saves_least_mln": None if d is None else -d.most,
            "without_saves_most_mln": None if d is None else -d.least,
            "sentences": self.sentences(lang),
        }

    def sentences(self, lang: Language = ENGLISH) -> list[str]:
        """Return what a planner reads."""
        names, currency = Names(self.plan.instance, lang), self.plan.instance.currency
        title = lang.tell(rules_of(self.plan.instance)[self.rule].title)
        told = [
            say(
                "{title}: it binds in {binding} of {rows} places and periods.",
                title=title,
                binding=lang.number(self.binding),
                rows=lang.number(self.rows),
            )
            if self.rows
            else say("{title}: what it forbids is not in the model, and no price of a"
                     " small change is known.", title=title)
        ]  # fmt: skip
        priced = [(at, x) for at, x in self.places if x > PRICED_MLN]
        if priced:
            where = [_told(at, names) for at, _ in priced]
            told.append(
                say(
                    "One per cent more room would save {saved} mln {currency}, most of"
                    " it in {places}. This price is local: it holds for small changes,"
                    " with all places of the plan as they are.",
                    saved=lang.figure(self.saves_mln, ",.3g"),
                    currency=currency,
                    places=names.listed(where),
                )
            )
        elif self.binding:
            told.append(
                say("A little more room would save nothing unless something else is"
                    " built.")
            )  # fmt: skip
        if self.difference is not None:
            told.append(_without(self.difference, lang, currency))
        return [lang.tell(text) for text in told]


def _without(difference: Difference, lang: Language, currency: str) -> Text:
    """Return how much less the best plan without a rule costs."""
    if difference.most <= 0.0:
        amount = difference.told(lang, currency)
        return say("The best plan without the rule costs {amount} less.", amount=amount)
    return say(
        "The best plan without the rule costs between {less} mln {currency} less and"
        " {more} mln {currency} more: without it nearer sites take the place of"
        " farther ones among those that people may go to.",
        less=lang.figure(max(0.0, -difference.least), ",.6g"),
        more=lang.figure(difference.most, ",.6g"),
        currency=currency,
    )


def _told(at: dict[str, Any], names: Names) -> str:
    parts = [names.place(key, value, at) for key, value in at.items()]
    shown = [text for text in parts if text]
    if "period" in at:
        shown.append(str(at["period"]))
    return " ".join(shown) or ", ".join(map(str, at.values()))


def explain_rule(
    plan: Plan,
    rule: str,
    *,
    time_limit: float = 60.0,
    threads: int = 1,
) -> Bound:
    """Explain a rule by its id: where it binds, its price, the plan without it.

    Raises UnknownNameError if the tables ask for no such rule.
    """
    known = asked_rules(plan.instance)
    if rule not in known:
        raise UnknownNameError(say("rule"), rule, known)
    SolveOptions(time_limit=time_limit, threads=threads)  # refuses what makes no sense
    begun = time.monotonic()
    fixed = FixedPlan(plan.instance, decisions_of(plan, plan.instance), threads)
    numbers, labels = rows_of(fixed.built.program, rule)
    priced = fixed.prices(time_limit / 2.0)
    places: tuple[tuple[dict[str, Any], float], ...] = ()
    binding = 0
    if priced is not None:
        may_bind = dict(zip(numbers.tolist(), labels, strict=True))
        for number in never_full(fixed.built.program, rule):
            del may_bind[number]
        places, binding = _binding(priced, may_bind)
    difference = None
    left = time_limit - (time.monotonic() - begun)
    best = plan
    if left > 0.0:
        best, left = best_of(plan, left, threads=threads)
    freed = None if len(numbers) else without_rule(plan.instance, rule)
    if left > 0.0 and freed is not None:
        difference = _cost_beside(best, freed, left, threads)
    elif left > 0.0 and len(numbers):
        found = fixed.without_rows(numbers, left, 1e-4)
        if found.values is not None:
            difference = Difference.between(
                best, found.objective, found.bound, is_tighter=False
            )
    return Bound(plan, rule, len(numbers), binding, places, difference)


def asked_rules(instance: Instance) -> list[str]:
    """Return the ids of the rules that a planner may ask about.

    What holds of any plan, however the tables are, is none of them: that its tables are
    whole, that ways are those of the roads.
    """
    return [
        rule.id
        for rule in rules_that_apply(instance)
        if rule.id not in OF_PLANS and not rule.id.startswith("access:")
    ]


def _cost_beside(
    plan: Plan, freed: Instance, seconds: float, threads: int
) -> Difference | None:
    """Return what plans of an instance that allows more cost more, None if unknown.

    They include those of today's only if nobody loses a way: a site that opens up may
    take the place of another one among the nearest.
    """
    try:
        found = solve(freed, start=plan, gap=1e-4, time_limit=seconds, threads=threads)
    except AumaqError:
        return None
    is_wider = all(
        is_reach_kept(freed, plan.instance, service)
        for service in plan.instance.service_names
        if plan.instance.serves(service)
    )
    return Difference.between(
        plan,
        found.objective_mln,
        found.bound_mln,
        is_tighter=False if is_wider else None,
    )


def rows_of(program: Program, rule: str) -> tuple[Ints, list[dict[str, Any]]]:
    """Return the numbers of the rows that enforce a rule, and their indices."""
    numbers, labels, first = list[int](), list[dict[str, Any]](), 0
    for block in program.blocks.values():
        for rows in block.rows.values():
            for k in _matching(rows, rule):
                numbers.append(first + k)
                at = rows.where.where(np.array([k])).labels(rows.by)[0]
                labels.append(dict(zip(rows.by, at, strict=True)))
            first += len(rows)
    return np.array(numbers, dtype=np.int64), labels


def never_full(program: Program, rule: str) -> list[int]:
    """Return the rows on what facilities hold where all who may ever come have room.

    They bind where all of these come: such a row stands for ``open_first``.
    """
    found, first = list[int](), 0
    for block in program.blocks.values():
        for rows in block.rows.values():
            where = rows.where
            of_capacity = rows.rule.startswith("capacity:")
            if of_capacity and {"room", "usable", "level"} <= set(where.columns):
                holds_all = (where["room"] < where["usable"]) & (where["level"] > 0)
                own = _matching(rows, rule)
                found += [first + k for k in own if holds_all[k]]
            first += len(rows)
    return found


def _matching(rows: RowSet, rule: str) -> list[int]:
    """Return which rows enforce a rule."""
    columns = [name for _, name, _, _ in Formatter().parse(rows.rule) if name]
    if not len(rows):
        return []
    if not columns:
        return list(range(len(rows))) if rows.rule == rule else []
    if not rule.startswith(rows.rule.partition("{")[0]):
        return []
    names = rows.where.only(*columns).labels(columns)
    return [
        k
        for k, values in enumerate(names)
        if rows.rule.format(**dict(zip(columns, values, strict=True))) == rule
    ]


def _binding(
    priced: Priced, labels: dict[int, dict[str, Any]]
) -> tuple[tuple[tuple[dict[str, Any], float], ...], int]:
    """Return where rows bind with the price of a per cent, dearest first; how many.

    *labels* are the indices of each row, by its number.

    A row that weighs two things against each other has a limit of 0, which a place
    with neither of the two keeps, too: it does not bind there.
    """
    place = {int(n): k for k, n in enumerate(priced.row_numbers)}
    found = []
    for number, at in labels.items():
        k = place.get(number)
        if k is None or (limit := _limit_reached(priced, k)) is None:
            continue
        room, price = abs(limit) or float(priced.amounts[k]), float(priced.prices[k])
        if room > 0.0 or not priced.weighs[k]:
            found.append((at, 0.01 * room * price))
    found.sort(key=lambda item: -item[1])
    return tuple(found), len(found)


def _limit_reached(priced: Priced, k: int) -> float | None:
    """Return the limit that a row has reached, None if it has room to both sides."""
    for side in (float(priced.lower[k]), float(priced.upper[k])):
        if abs(side) >= NO_LIMIT:
            continue
        if abs(priced.activity[k] - side) <= TIGHT * max(1.0, abs(side)):
            return side
    return None
