"""Limits: one comparison and one tolerance of each kind, used everywhere.

Lengths and speeds are decimal, sums of them binary: 6.4 + 11.3 + 12.3 km at 60 km/h
take 30.000000000000004 minutes, and are within 30 minutes all the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags

TOLERANCE = 1e-6
"""Minutes or kilometres by which a value may pass its limit: rounding, not a rule.
A thousand times what sums of a whole country round to, and far below what anybody
measures."""
ROUNDED = 5e-7
"""Share of its size by which a hard share may be missed: half of what the audit
tolerates. 2/3 written as 0.666667 is meant to be met by two of three."""
NO_TIME = 1e-12
"""Minutes (or km) of a link of no length: scipy takes 0 for "no link"."""


def within(values: Any, limit: Any) -> Flags:
    """Return which minutes or kilometres keep a limit; NaN never does."""
    return np.asarray(np.asarray(values, dtype=float) <= loosened(limit))


def share_at_least(share: float) -> float:
    """Return the smallest share that still keeps a hard share."""
    return max(0.0, share - ROUNDED)


def beyond(values: Any, limit: Any) -> Flags:
    """Return which minutes or kilometres pass a limit; NaN does."""
    return np.asarray(~within(values, limit))


def loosened(limit: Any) -> Any:
    """Return the largest value that still keeps a limit."""
    return np.asarray(limit, dtype=float) + TOLERANCE
