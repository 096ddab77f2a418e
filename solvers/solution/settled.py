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
from aumaq.solvers.solution.locks import ANY, Limits, Locks


def settled(m: Matrices, built: BuiltModel, place: Ints, given: Given) -> Matrices:
    """Return the matrices with the columns of settled decisions fixed."""
    low, high = m.column_lower.copy(), m.column_upper.copy()
    for variables, values in _settled(built, given):
        where = exists(variables)
        column = place[variables[where]]
        known = column >= 0
        low[column[known]] = high[column[known]] = values[where][known]
    for variables, limits in _locked(built, given.locks):
        where = exists(variables) & limits.is_limited
        column = place[variables[where]]
        known, at = column >= 0, column[column >= 0]
        low[at] = np.maximum(low[at], limits.least[where][known])
        high[at] = np.minimum(high[at], limits.most[where][known])
    return replace(m, column_lower=low, column_upper=high)


def _locked(built: BuiltModel, locks: Locks | None) -> Iterator[tuple[Ints, Limits]]:
    """Yield arrays of variables and the limits that locks set them."""
    if locks is None:
        return
    for name, own in locks.units.items():
        units, running = built.variables[name].units, locks.running[name]
        yield units, own
        # What does not run is an empty place.
        places = built.data.services[name].places[:, None]
        empty = np.where(running.most < ANY, places - running.most, 0)
        yield units[:, 0], Limits(empty, places - running.least)
    for name, own in locks.steps.items():
        yield built.networks[name].step, own
    yield built.upgraded, locks.upgraded
    yield built.chosen, locks.chosen


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
