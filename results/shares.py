"""Shares as told: a part is never told as all, nor something as nothing."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, isfinite

DUST = 1e-9
"""So near to 0 or 1 a share of a plan is that: what solvers leave."""
PAGE_DIGITS = 4
"""Decimals of a share in the data of a page."""


def marked(share: float, digits: int) -> tuple[str, float]:
    """Return a share as it can be told with *digits* of per cent, and its sign.

    The sign is "<" or ">" where rounding would make all or nothing of it, else "".
    The script of the pages does the same (``percent`` in ``page.js``).
    """
    share, least = float(share), 10.0 ** -(digits + 2)
    size = abs(share)
    if DUST < size <= least / 2:
        sign, size = "<>"[share < 0], least
    elif 1 - least / 2 <= size < 1 - DUST:
        sign, size = "><"[share < 0], 1 - least
    else:
        return "", share
    return sign, -size if share < 0 else size


def at_most(share: float, digits: int) -> float:
    """Return a share rounded up to *digits* of per cent: no less is true of it."""
    if not isfinite(share):
        return share
    unit = 10.0 ** -(digits + 2)
    return unit * ceil(share / unit - DUST / unit)


def rounded(shares: Iterable[float]) -> list[float]:
    """Return shares for the data of a page; none that is neither becomes 0 or 1."""
    kept = (marked(share, PAGE_DIGITS - 2)[1] for share in shares)
    return [round(share, PAGE_DIGITS) for share in kept]
