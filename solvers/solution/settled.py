"""Settle a part of the decisions, so that a solve completes the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from aumaq.instances.arrays import Ints
from aumaq.model import BuiltModel
from aumaq.model.built import exists
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.solution.decisions import Decisions, Given


def settled(m: Matrices, built: BuiltModel, place: Ints, given: Given) -> Matrices:
    """Return the matrices with the columns of settled decisions fixed."""
    low, high = m.column_lower.copy(), m.column_upper.copy()
    for variables, values in _settled(built, given):
        where = exists(variables)
        column = place[variables[where]]
        known = column >= 0
        low[column[known]] = high[column[known]] = values[where][known]
    return replace(m, column_lower=low, column_upper=high)


def _settled(built: BuiltModel, given: Given) -> Iterator[tuple[Any, Any]]:
    """Yield arrays of variables and the values that they are settled at."""
    for name, v in built.variables.items():
        serves = built.data.services[name].serves
        plan = given.services if serves else given.networks
        if plan is not None:
            # Empty places follow from the others.
            yield v.units[:, 1:], plan.services[name].units[:, 1:]
    if given.services is not None:
        yield the_choice(built, given.services)
    if given.networks is not None:
        yield from built_links(built, given.networks)


def built_links(built: BuiltModel, plan: Decisions) -> Iterator[tuple[Any, Any]]:
    """Yield arrays of variables of steps and road upgrades, and a plan's values."""
    for name, own in built.networks.items():
        yield own.step, plan.networks[name].steps
    yield built.upgraded, plan.upgraded.reshape(np.shape(built.upgraded))


def the_choice(built: BuiltModel, plan: Decisions) -> tuple[Any, Any]:
    """Return the variables of the choice of growth points, and a plan's values."""
    return built.chosen, plan.chosen.reshape(np.shape(built.chosen))
