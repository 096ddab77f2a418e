"""The terms of the model's own objective under a solution: what the solver weighed."""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.model import BuiltModel
from aumaq.solvers.solution.decisions import Decisions

OF_MOVES = frozenset({"building", "closing", "residual"})
OF_FLOWS = frozenset({"supply"})


def terms_of(built: BuiltModel, values: Any, place: dict[int, int]) -> dict[str, float]:
    """Return each term of the objective, discounted mln.

    *values* are those of the columns, *place* the column of each variable; what the
    solver never saw has its fixed value, or is 0.
    """
    known = np.append(values, 0.0)  # the last one stands for what has no column
    found = {}
    for name, term in built.model.term.items():
        total = 0.0
        if hasattr(term.expr, "linear_vars"):
            variables = term.expr.linear_vars
            columns = [place.get(id(variable), -1) for variable in variables]
            total = float(np.dot(term.expr.linear_coefs, known[columns]))
            total += sum(
                coefficient * variable.value
                for coefficient, variable, column in zip(
                    term.expr.linear_coefs, variables, columns, strict=True
                )
                if column < 0 and variable.fixed
            )
        found[str(name)] = total
    return found


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
