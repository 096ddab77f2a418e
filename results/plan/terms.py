"""What of the objective is money, what is points, and what its bound says.

The cost of a plan is its money. Points weigh travel, shortfalls and what is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from aumaq.instances.language.texts import say, told_apart
from aumaq.instances.schema.plan import BY_NAME
from aumaq.instances.terms import MONEY
from aumaq.results.audit import Finding
from aumaq.results.audit.findings import named
from aumaq.solvers.progress import relative_gap
from aumaq.solvers.solution.decisions import Weighed

RULE = "model"
SAME, SAME_OF_ALL, SAME_MLN = 1e-5, 1e-7, 1e-6
"""By so much, of a term, of all terms, in mln, model and plan may differ: rounding."""

SLACKS: dict[str, tuple[str, Callable[[pd.DataFrame], pd.Series[float]]]] = {
    "shortfall": ("shortfalls", lambda rows: rows["shortfall"]),
    "missed": ("connections", lambda rows: (~rows["is_met"]).astype(float)),
    "short": ("contingencies", lambda rows: rows["shortfall"]),
    "overrun": ("budgets", lambda rows: rows["overrun_mln"]),
    "excess": ("impact_limits", lambda rows: rows["excess"]),
    "beyond": ("gaps", lambda rows: rows["excess"]),
}
"""Priced slack of the model -> the table with its rows, and how much is missing."""

ITEMS = {
    "building": say("building"),
    "renewal": say("renewal"),
    "closing": say("closing"),
    "operation": say("operation"),
    "supply": say("supply"),
    "transport": say("transport"),
    "travel": say("travel"),
    "unserved": say("unserved demand"),
    "shedding": say("load not met"),
    "shortfall": say("standards missed"),
    "overrun": say("overrun of budgets and limits"),
    "residual": say("residual value"),
    "partner": say("paid by partners"),
    "availability": say("payments to partners"),
    "liability": say("owed to partners at the end"),
}
"""Items of money in the order in which they are stacked."""


SPENDING = {"investment": say("investment"), "operation": say("operation")}
"""What money is spent on, for those who pay."""


def is_money(term: str) -> bool:
    """Return whether a term of the objective is money that somebody pays."""
    return term in MONEY


def money_and_points(objective: pd.DataFrame) -> tuple[float, float]:
    """Return the sums of the terms that are money and of those that are points, mln.

    *objective* is the plan's table of that name; the two sums make the objective.
    """
    paid = objective["term"].isin(sorted(MONEY))
    values = objective["discounted_mln"]
    return float(values[paid].sum()), float(values[~paid].sum())


def disagreements(
    tables: Mapping[str, pd.DataFrame], weighed: Weighed | None
) -> list[Finding]:
    """Return where the model and the audit's *tables* differ: terms, priced slacks.

    The model weighed one thing, the audit says another: one of them is wrong. What is
    taken out after the solve (flows in circles, rounds of moves) leaves less of what is
    paid, of what buildings are still worth, and of what is above a limit.
    """
    if weighed is None:
        return []
    objective = tables["objective"]
    own = dict(zip(objective["term"], objective["discounted_mln"], strict=True))
    size = sum(map(abs, weighed.terms.values()))
    found = []
    for term, amount in weighed.terms.items():
        room = SAME * abs(amount) + SAME_OF_ALL * size + SAME_MLN
        away = own.get(term, 0.0) - amount
        is_less = abs(own.get(term, 0.0)) < abs(amount)  # a credit shrinks as well
        is_saved = is_less and term in weighed.saved_terms
        if abs(away) > room and not is_saved:
            told = told_apart(amount, own.get(term, 0.0))
            text = say("{weighed} mln in the model, {told} mln in the plan",
                       weighed=told[0], told=told[1])  # fmt: skip
            found.append(Finding(RULE, say("term {term}", term=term), text, away))
    return found + _slack_disagreements(tables, weighed, size)


def _slack_disagreements(
    tables: Mapping[str, pd.DataFrame], of_model: Weighed, size: float
) -> list[Finding]:
    """Return the priced slacks that are not what the audit finds missing in the row.

    *size*: of all terms, mln. A difference counts by what it costs.
    """
    if not of_model.slacks:
        return []
    missing = {
        (slack, key): amount
        for slack, (name, amounts) in SLACKS.items()
        for key, amount in zip(
            zip(*(tables[name][key] for key in BY_NAME[name].key), strict=True),
            amounts(tables[name]),
            strict=True,
        )
    }
    found = []
    for (slack, index), (weighed, price) in of_model.slacks.items():
        own = missing.get((slack, index), 0.0)
        room = SAME * abs(weighed * price) + SAME_OF_ALL * size + SAME_MLN
        is_saved = own < weighed and slack in of_model.saved_slacks
        if abs(own - weighed) * price > room and not is_saved:
            told = told_apart(weighed, own)
            text = say("{weighed} in the model, {told} in the plan",
                       weighed=told[0], told=told[1])  # fmt: skip
            keys = BY_NAME[SLACKS[slack][0]].key
            where = named(dict(zip(keys, index, strict=True)), keys)
            found.append(Finding(RULE, where, text, own - weighed))
    return found


def gap_record(
    objective: pd.DataFrame, bound_mln: float, unavoidable_mln: float
) -> dict[str, Any]:
    """Return the fields of a plan's record on its objective, bound and gap.

    ``gap`` is the share of the objective that could be saved at most,
    ``gap_of_decisions`` the same of what decisions can change: without
    ``unavoidable_mln``, which every plan has.
    """
    money, points = money_and_points(objective)
    total = float(objective["discounted_mln"].sum())
    return {
        "objective_mln": total,
        "money_mln": money,
        "points_mln": points,
        "bound_mln": bound_mln,
        "gap": relative_gap(total, bound_mln),
        "unavoidable_mln": unavoidable_mln,
        "gap_of_decisions": relative_gap(
            total - unavoidable_mln, bound_mln - unavoidable_mln
        ),
    }
