"""What the model's own objective weighs under a solution: its terms, priced slacks."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.terms import PARTNERED
from aumaq.model import BuiltModel
from aumaq.solvers.solution.decisions import Decisions, Slacks, Weighed

OF_MOVES = frozenset({"building", "closing", "residual", "overrun", *PARTNERED})
OF_FLOWS = frozenset({"supply", "overrun"})
SLACKS_OF_MOVES, SLACKS_OF_FLOWS = frozenset({"overrun"}), frozenset({"excess"})
"""Slacks of budgets, which what is built counts in, and of limits on impacts, which
what sources give counts in."""
OF_SLACKS = ("shortfall", "overrun")
"""Terms that are prices of rows that are missed, beside demand and load not met."""


def weighed(
    built: BuiltModel, values: Floats, place: Ints, found: Decisions, kept: Decisions
) -> Weighed:
    """Return what the model weighs; of *found*, its decisions, *kept* is left."""
    terms, slacks = terms_of(built, values, place), _slacks(built, values, place)
    nothing = frozenset[str]()
    saved, saved_slacks = nothing, nothing
    if is_saved(found, kept):
        saved, saved_slacks = OF_MOVES, SLACKS_OF_MOVES
    if _is_flow_saved(found, kept):
        saved, saved_slacks = saved | OF_FLOWS, saved_slacks | SLACKS_OF_FLOWS
    return Weighed(terms, slacks, saved, saved_slacks)


def terms_of(built: BuiltModel, values: Floats, place: Ints) -> dict[str, float]:
    """Return each term of the objective, discounted mln.

    *values* are those of the columns, *place* the column of each variable; what the
    solver never saw is 0.
    """
    found = {name: _weighed(built, name, values, place) for name in built.program.terms}
    return {name: float(prices @ known) for name, (prices, known, _) in found.items()}


def _slacks(built: BuiltModel, values: Floats, place: Ints) -> Slacks:
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


def _is_flow_saved(found: Decisions, kept: Decisions) -> bool:
    """Return whether flows were taken out of decisions."""
    return any(
        not np.array_equal(network.flow, kept.networks[name].flow)
        for name, network in found.networks.items()
    )


def is_saved(found: Decisions, kept: Decisions) -> bool:
    """Return whether moves were taken out of decisions."""
    return any(
        not np.array_equal(service.moves, kept.services[name].moves)
        for name, service in found.services.items()
    )
