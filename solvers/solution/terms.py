"""The terms of the model's own objective under a solution: what the solver weighed."""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.model import BuiltModel
from aumaq.solvers.solution.decisions import Decisions

OF_MOVES = frozenset({"building", "closing", "residual"})
OF_FLOWS = frozenset({"supply"})
OF_SLACKS = ("shortfall", "overrun")
"""Terms that are prices of rows that are missed, beside demand and load not met."""


Slacks = dict[tuple[str, tuple[str, ...]], tuple[float, float]]
"""(name of a priced slack, its index) -> its amount, and its price, mln a unit."""


def terms_of(built: BuiltModel, values: Any, place: dict[int, int]) -> dict[str, float]:
    """Return each term of the objective, discounted mln.

    *values* are those of the columns, *place* the column of each variable; what the
    solver never saw has its fixed value, or is 0.
    """
    return {
        str(name): float(np.dot(*_weighed(term, values, place)))
        for name, term in built.model.term.items()
    }


def slacks_of(built: BuiltModel, values: Any, place: dict[int, int]) -> Slacks:
    """Return every priced slack: by how much the model lets a row be missed."""
    found: Slacks = {}
    for name in OF_SLACKS:
        term = built.model.term[name]
        prices, amounts = _weighed(term, values, place)
        for price, amount, variable in zip(
            prices.tolist(), amounts.tolist(), _variables(term), strict=True
        ):
            key = variable.parent_component().local_name, variable.index()
            found[key] = (amount, price)
    return found


def _variables(term: Any) -> list[Any]:
    return list(getattr(term.expr, "linear_vars", ()))


def _weighed(term: Any, values: Any, place: dict[int, int]) -> tuple[Any, Any]:
    """Return the coefficients of a term of the objective, and what they weigh."""
    known = np.append(values, 0.0)  # the last one stands for what has no column
    variables = _variables(term)
    columns = [place.get(id(variable), -1) for variable in variables]
    amounts = known[columns] if columns else np.zeros(0)
    for k, variable in enumerate(variables):
        if columns[k] < 0 and variable.fixed:
            amounts[k] = variable.value
    return np.array(getattr(term.expr, "linear_coefs", ()), dtype=float), amounts


def saved_terms(found: Decisions, cleaned: Decisions) -> frozenset[str]:
    """Return the terms that may be less since decisions were taken out."""
    saved = frozenset[str]()
    for name, service in found.services.items():
        if not np.array_equal(service.moves, cleaned.services[name].moves):
            saved |= OF_MOVES
    for name, network in found.networks.items():
        if not np.array_equal(network.flow, cleaned.networks[name].flow):
            saved |= OF_FLOWS
    return saved
