"""How the people of a region spread over its settlements in a step.

Trends come first and are scaled to the region's total. Levers then move people within
the region: what they give to some is taken from the growth of others, then from those
who decline, in proportion to the loss that nothing holds; nobody loses more than twice
what the trend takes. What cannot be taken is not given: totals hold, and nobody goes
below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances.arrays import Flags, Floats, Ints

ROUNDS = 50


@dataclass(frozen=True)
class Policy:
    """Levers of one step by settlement, (settlements,), or by region, (R,).

    ``held``: share of a loss that stays; ``receives``: groups of receivers, each its
    settlements, the share of a region's net growth that they get at least, (R,), and
    the most that a receiver may grow in the step because of it (factor).
    """

    held: Floats
    receives: tuple[tuple[Flags, Floats, Floats], ...] = ()


def spread(
    people: Floats, ratios: Floats, region: Ints, totals: Floats, policy: Policy
) -> Floats:
    """Return people of settlements a step later, (settlements,).

    *people* now, *ratios* of growth by trend, *region* of each settlement, *totals* of
    regions a step later, (R,).
    """
    trend = rake(people * ratios, people, region, totals)
    wanted = _wanted(people, trend, region, totals, policy)
    gains = wanted > 0
    over = np.where(gains, 0.0, np.maximum(trend - people, 0.0))
    loss = np.maximum(people - trend, 0.0)
    spare = np.minimum(loss, trend) * (1.0 - policy.held)
    n = len(totals)
    asked, first, second = (sums(region, v, n) for v in (wanted, over, spare))
    from_growth = np.minimum(asked, first)
    from_decline = np.minimum(asked - from_growth, second)
    granted = _ratio(from_growth + from_decline, asked)
    taken = (
        over * _ratio(from_growth, first)[region]
        + spare * _ratio(from_decline, second)[region]
    )
    return np.maximum(trend + wanted * granted[region] - taken, 0.0)


def _wanted(
    people: Floats, trend: Floats, region: Ints, totals: Floats, policy: Policy
) -> Floats:
    """Return what levers would add to each settlement beyond its trend."""
    wanted = np.maximum(people - trend, 0.0) * policy.held
    net = np.maximum(totals - sums(region, people, len(totals)), 0.0)
    for chosen, share, growth in policy.receives:
        has = np.where(chosen, np.maximum(trend + wanted - people, 0.0), 0.0)
        lacks = np.maximum(share * net - sums(region, has, len(totals)), 0.0)
        most = np.where(people > 0, people * growth, 0.0)
        room = np.where(chosen, np.maximum(most - trend - wanted, 0.0), 0.0)
        wanted = wanted + filled(np.where(chosen, people, 0.0), room, region, lacks)
    return wanted


def filled(weight: Floats, room: Floats, region: Ints, amount: Floats) -> Floats:
    """Share *amount* of each region by *weight*, nobody above *room*."""
    given, n = np.zeros(len(weight)), len(amount)
    for _ in range(ROUNDS):
        left = amount - sums(region, given, n)
        open_weight = np.where(room - given > 1e-9, weight, 0.0)
        weights = sums(region, open_weight, n)
        if not ((left > 1e-9) & (weights > 0)).any():
            break
        more = open_weight * _ratio(np.maximum(left, 0.0), weights)[region]
        given = np.minimum(given + more, room)
    return given


def rake(weight: Floats, people: Floats, region: Ints, totals: Floats) -> Floats:
    """Scale *weight* so that regions sum to *totals*.

    A region in which all weights are zero spreads like its *people*, or evenly.
    """
    n = len(totals)
    blank = sums(region, weight, n) <= 0
    weight = np.where(blank[region], people, weight)
    blank = sums(region, weight, n) <= 0
    weight = np.where(blank[region], 1.0, weight)
    scaled: Floats = weight * _ratio(totals, sums(region, weight, n))[region]
    return scaled


def emptied(people: Floats, region: Ints, least: float) -> Floats:
    """Empty settlements below *least* persons; their people move within the region.

    A region all of whose settlements are that small stays as it is.
    """
    stays = people >= least
    n = int(region.max()) + 1 if len(region) else 0
    none = sums(region, stays, n) == 0
    kept = np.where(stays | none[region], people, 0.0)
    return rake(kept, people, region, sums(region, people, n))


def sums(region: Ints, values: NDArray[Any], count: int) -> Floats:
    """Sum *values* of settlements by region, (count,)."""
    return np.bincount(region, values, count).astype(np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio: Floats = np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
    return ratio
