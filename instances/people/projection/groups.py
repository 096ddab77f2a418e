"""Groups that services count, from ages: children of school age, adults, ..."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.people.demand import is_urban

Tables = Mapping[str, pd.DataFrame]


def age_shares(ages: tuple[int, ...], low: float, high: float) -> Floats:
    """Return the share of each age group that is in [low, high), (A,).

    People are spread evenly within a group; the open one is as wide as the one before.
    """
    starts = np.asarray(ages, dtype=float)
    width = np.diff(starts) if len(ages) > 1 else np.array([100.0])
    ends = starts + np.append(width, width[-1])
    inside = np.minimum(ends, high) - np.maximum(starts, low)
    shares = np.clip(inside / (ends - starts), 0.0, 1.0)
    if np.isnan(high) or high >= ends[-1]:
        shares[-1] = np.clip((ends[-1] - max(low, starts[-1])) / width[-1], 0.0, 1.0)
    return shares


def members(
    tables: Tables,
    group: pd.Series[object],
    people: Floats,
    region: Ints,
    by_age: Floats,
    ages: tuple[int, ...],
) -> Floats:
    """Return members of a group, (settlements, times).

    *people*: all inhabitants, (settlements, times); *by_age*: (R, A, times). Regions
    sum to the persons of these ages times the participation; within a region members
    spread like ``share_urban`` and ``share_rural`` of the inhabitants, and nowhere are
    there more members than inhabitants.
    """
    low, high = float(group["from_age"]), float(group["to_age"])
    high = np.inf if np.isnan(high) else high
    share = age_shares(ages, low, high) * float(group["participation"])
    totals = np.einsum("rat,a->rt", by_age, share)
    urban = is_urban(tables["settlements"])
    pattern = np.where(urban, group["share_urban"], group["share_rural"]).astype(float)
    weight = people * pattern[:, None]
    found = np.zeros_like(people)
    for t in range(people.shape[1]):
        found[:, t] = _within(weight[:, t], people[:, t], region, totals[:, t])
    return found


def _within(weight: Floats, most: Floats, region: Ints, totals: Floats) -> Floats:
    """Spread totals by weight, nowhere above *most*."""
    n, given = len(totals), np.zeros(len(weight))
    totals = np.minimum(totals, np.bincount(region, most, n))
    for _ in range(len(weight) + 1):
        left = totals - np.bincount(region, given, n)
        free = np.where(most - given > 1e-12 * np.maximum(most, 1.0), weight, 0.0)
        sums = np.bincount(region, free, n)
        if not ((left > 1e-9 * np.maximum(totals, 1.0)) & (sums > 0)).any():
            break
        ratio = np.where(sums > 0, np.maximum(left, 0.0) / np.maximum(sums, 1e-300), 0)
        given = np.minimum(given + free * ratio[region], most)
    return given
