"""Figures of a plan that an axis can show: cost, access, terms, indicators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

from aumaq.instances import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.results.language import Language
from aumaq.results.plan.figures import investment, mean_minutes, served_share
from aumaq.results.plan.titles import item_title

if TYPE_CHECKING:
    import pandas as pd

    from aumaq.results.plan.plan import Plan

TERM, INDICATOR = "term:", "indicator:"
"""Before the name of a term of the objective, or an indicator of the instance."""


@dataclass(frozen=True)
class Measure:
    """A figure of plans: its title, its value, and whether little or much is good."""

    title: str
    value: Callable[[Plan], float]
    is_low_good: bool = True


def _investment(plan: Plan) -> float:
    return float(investment(plan, "service").sum())


def _services(plan: Plan) -> list[str]:
    return list(filter(plan.instance.serves, plan.instance.service_names))


OF_SERVICE: dict[str, tuple[str, str, Callable[[Plan], pd.Series[float]]]] = {
    "unserved_share": (
        say("share of demand not served, mean of services"),
        say("{service}: share of demand not served"),
        lambda plan: 1.0 - served_share(plan).overall,
    ),
    "mean_minutes": (
        say("mean minutes of those served, mean of services"),
        say("{service}: mean minutes of those served"),
        lambda plan: mean_minutes(plan).overall,
    ),
}
"""Figures by service, of all periods: units differ (pupils, patients), so they are
never added."""


def _over_services(name: str) -> Measure:
    title, _, value = OF_SERVICE[name]
    return Measure(title, lambda plan: float(value(plan).mean()))


def _budget(plan: Plan) -> float:
    return float(plan.budgets["limit_mln"].sum()) if len(plan.budgets) else nan


MEASURES: dict[str, Measure] = {
    "investment_mln": Measure(say("investment, mln"), _investment),
    "objective_mln": Measure(say("cost, discounted mln"), lambda p: p.objective_mln),
    "budget_mln": Measure(say("budget, mln"), _budget),
    **{name: _over_services(name) for name in OF_SERVICE},
}
"""Figures that every plan has; ``budget_mln`` is no number without budgets."""


def measure(name: str, plans: list[Plan], lang: Language) -> Measure:
    """Return a measure by its name, its title in the reader's language.

    ``unserved_share`` and ``mean_minutes`` are the mean of services, with ``:school``
    after them those of one; ``term:operation`` is a term of the objective,
    ``indicator:NAME`` an indicator of the whole territory in the last period. Raises
    UnknownNameError.
    """
    if name in MEASURES:
        found = MEASURES[name]
        return Measure(lang.tell(found.title), found.value, found.is_low_good)
    head, _, service = name.partition(":")
    if head in OF_SERVICE and all(service in _services(plan) for plan in plans):
        _, text, value = OF_SERVICE[head]
        named = lang.title(plans[0].instance.service(service)["title"], service)
        title = lang.tell(text, service=named)
        return Measure(title, lambda plan: float(value(plan)[service]))
    terms = {t for plan in plans for t in plan.objective["term"]}
    if name.startswith(TERM) and name.removeprefix(TERM) in terms:
        term = name.removeprefix(TERM)
        title = lang.tell(say("{term}, discounted mln", term=item_title(term, lang)))
        return Measure(title, lambda plan: _term(plan, term))
    listed = {i: plan for plan in plans for i in plan.indicators["indicator"]}
    code = name.removeprefix(INDICATOR)
    if name.startswith(INDICATOR) and code in listed:
        row = listed[code].indicators.query("indicator == @code").iloc[0]
        told = (*lang.titles([row["title"]]), *lang.units([row["unit"]]))
        title = ", ".join(filter(None, told))
        is_low = row["direction"] == "lower"
        return Measure(title, lambda plan: _indicator(plan, code), is_low)
    services = {s: None for plan in plans for s in _services(plan)}
    known = [*MEASURES, *(f"{m}:{s}" for m in OF_SERVICE for s in services),
             *(TERM + t for t in sorted(terms)),
             *(INDICATOR + i for i in sorted(listed))]  # fmt: skip
    raise UnknownNameError(say("measure"), name, known)


def _term(plan: Plan, term: str) -> float:
    rows = plan.objective
    return float(rows.loc[rows["term"] == term, "discounted_mln"].sum())


def _indicator(plan: Plan, code: str) -> float:
    rows, last = plan.indicators, plan.instance.period_names[-1]
    own = (rows["indicator"] == code) & (rows["region"] == "")
    found = rows.loc[own & (rows["period"] == last), "plan"]
    return float(found.iloc[0]) if len(found) else nan
