"""The terms of the model's own objective under a solution: what the solver weighed."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model import BuiltModel
from aumaq.solvers.solution.decisions import Decisions

OF_MOVES = frozenset({"building", "closing", "residual"})
OF_FLOWS = frozenset({"supply"})
OF_SLACKS = ("shortfall", "overrun")
"""Terms that are prices of rows that are missed, beside demand and load not met."""


Slacks = dict[tuple[str, tuple[str, ...]], tuple[float, float]]
"""(name of a priced slack, its index) -> its amount, and its price, mln a unit."""


def terms_of(built: BuiltModel, values: Floats, place: Ints) -> dict[str, float]:
    """Return each term of the objective, discounted mln.

    *values* are those of the columns, *place* the column of each variable; what the
    solver never saw is 0.
    """
    found = {name: _weighed(built, name, values, place) for name in built.program.terms}
    return {name: float(prices @ known) for name, (prices, known, _) in found.items()}


def slacks_of(built: BuiltModel, values: Floats, place: Ints) -> Slacks:
    """Return every priced slack: by how much the model lets a row be missed."""
    found: Slacks = {}
    for name in OF_SLACKS:
        weighed = _weighed(built, name, values, place)
        for price, amount, variable in zip(*(x.tolist() for x in weighed), strict=True):
            found[built.program.label(variable)] = (amount, price)
    return found


def _weighed(
    built: BuiltModel, term: str, values: Floats, place: Ints
) -> tuple[Floats, Floats, Ints]:
    """Return the coefficients of a term, what they weigh, and its variables."""
    known = np.append(values, 0.0)  # the last one stands for what has no column
    prices, variables = built.program.term(term)
    return prices, known[place[variables]], variables


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
