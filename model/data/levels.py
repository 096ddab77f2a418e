"""Which levels of a site the model must know: what presolve would throw away.

See docs/mathematics.md, section "What is not built".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.data.impacts import limited_rates

if TYPE_CHECKING:
    from aumaq.model.data.services import ServiceData


def useful_levels(
    instance: Instance,
    data: ServiceData,
    reachable: Floats,
    capex_mln: Floats,
    closing_mln: Floats,
) -> Flags:
    """Return which levels to build, (J, L+1).

    *reachable* is the most demand that can come to each site in any period, units.
    Levels are dropped from the top down, never one between others: it may be a step to
    what is above it, within the budgets of two periods or at a lower price of closing.
    """
    built = fitting_levels(data)
    built &= (data.min_use[None, :] <= reachable[:, None]) | _stands(data)
    # Capacity may be wanted for its own sake: to stand in growth points.
    own = name_has_own_transitions(instance, data.name)
    if own or has_staff(instance, data.name) or is_concentrated(instance, data.name):
        return built
    impacts = limited_rates(instance, data.name)
    rules = instance.tables["referrals"]
    asked = max(rules.loc[rules["to_service"] == data.name, "to_level"], default=0)
    is_due = np.asarray(data.due.any(axis=2))
    for j in range(len(data.sites)):
        levels = np.flatnonzero(built[j])
        for below, level in zip(levels[-2:0:-1], levels[:1:-1], strict=True):
            # What stands may be led down; leaving a level spares its renewal; only a
            # level that may be built can stand in for a larger one.
            is_free = data.stock[j, level] == 0 and not is_due[j, below]
            is_free &= bool(data.may_enter[j, below])
            is_enough = data.usable[below] >= reachable[j] and below >= asked
            if not (is_free and is_enough):
                break
            if _is_dearer(data, capex_mln, closing_mln, impacts, below, level):
                break
            built[j, level] = False
    return built


def _is_dearer(
    data: ServiceData,
    capex_mln: Floats,
    closing_mln: Floats,
    impacts: list[Floats],
    below: int,
    level: int,
) -> bool:
    """Return whether the lower level costs, asks, draws or harms more in any way."""
    amounts = (
        capex_mln, closing_mln, data.opex_mln_per_year, data.min_use,
        *data.load.values(), *impacts,
    )  # fmt: skip
    return any(bool(amount[below] > amount[level]) for amount in amounts)


def fitting_levels(data: ServiceData) -> Flags:
    """Return which levels may stand, or stand today, (J, L+1)."""
    built = data.may_enter & (data.status != "forbidden")[:, None]
    return built | _stands(data)


def _stands(data: ServiceData) -> Flags:
    stands = data.stock > 0
    stands[:, 0] = True
    return stands


def useful_places(
    capacity: Floats, reachable: Floats, standing: Ints, num_periods: int
) -> Floats:
    """Return how many facilities of a site may ever be of use, (J,).

    Those that stand; and in each period one to be there at all (required), one for
    others to refer to, and of each level as many as hold all that can come.
    """
    sizes = capacity[capacity > 0]
    need = np.ceil(reachable[:, None] / sizes[None, :]).sum(axis=1)
    return np.asarray(standing + num_periods * (2.0 + need))


def is_concentrated(instance: Instance, service: str) -> bool:
    """Return whether capacity of a service is wanted for its own sake."""
    counts = instance.tables["counts"]
    # At most so many facilities are kept by fewer, smaller ones as well.
    others = counts["least"].notna() | (counts["what"] != "facilities")
    wanted = counts["service"][others | (counts["to_level"] > 0)]
    named = instance.tables["concentrations"]["service"], wanted
    return any(bool((names == service).any()) for names in named)


def has_staff(instance: Instance, service: str) -> bool:
    """Return whether a level of a service may need fewer people than one below."""
    return bool((instance.tables["staff_needs"]["service"] == service).any())


def name_has_own_transitions(instance: Instance, service: str) -> bool:
    """Return whether a service has rows in ``transitions``."""
    return bool((instance.tables["transitions"]["service"] == service).any())
