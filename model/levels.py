"""Which levels of a site the model must know: what presolve would throw away.

See docs/mathematics.md, section "What is not built".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aumaq.instances import Instance

if TYPE_CHECKING:
    from aumaq.model.data import ServiceData

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def useful_levels(
    instance: Instance,
    data: ServiceData,
    reachable: Floats,
    capex_mln: Floats,
    closing_mln: Floats,
) -> Flags:
    """Return which levels to build, (J, L+1).

    *reachable* is the most demand that can come to each site in any period, units.
    """
    num_levels = data.num_levels
    built = fitting_levels(data)
    built &= (data.min_use[None, :] <= reachable[:, None]) | _stands(data)
    # Capacity may be wanted for its own sake: to stand in growth points.
    is_concentrated = (instance.tables["concentrations"]["service"] == data.name).any()
    if is_concentrated or name_has_own_transitions(instance, data.name):
        return built
    rules = instance.tables["referrals"]
    asked = set(rules.loc[rules["to_service"] == data.name, "to_level"])
    has_no_stock_above = np.flip(
        np.cumsum(np.flip(data.stock[:, 1:], axis=1), axis=1), axis=1
    )
    # Only a level that may be built can stand in for a larger one.
    base = np.zeros(len(built), dtype=np.int64)
    if num_levels:
        base = np.where(built[:, 1] & data.may_enter[:, 1], 1, 0)
    for level in range(2, num_levels + 1):
        dearer = (
            (capex_mln[base] > capex_mln[level])
            | (closing_mln[base] > closing_mln[level])
            | (data.opex_mln_per_year[base] > data.opex_mln_per_year[level])
            | (data.min_use[base] > data.min_use[level])
        )
        for load in data.load.values():
            dearer |= load[base] > load[level]
        # Any stock above the base level keeps every level: arcs down may matter.
        above = has_no_stock_above[
            np.arange(len(base)), np.minimum(base, num_levels - 1)
        ]
        drop = (base > 0) & (data.usable[base] >= reachable) & ~dearer & (above == 0)
        if level in asked:
            drop &= False
        built[:, level] &= ~drop
        base = np.where(built[:, level] & data.may_enter[:, level], level, base)
    return built


def fitting_levels(data: ServiceData) -> Flags:
    """Return which levels may stand, or stand today, (J, L+1)."""
    built = data.may_enter & (data.status != "forbidden")[:, None]
    return built | _stands(data)


def _stands(data: ServiceData) -> Flags:
    stands = data.stock > 0
    stands[:, 0] = True
    return stands


def name_has_own_transitions(instance: Instance, service: str) -> bool:
    """Return whether a service has rows in ``transitions``."""
    return bool((instance.tables["transitions"]["service"] == service).any())
