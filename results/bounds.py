"""Numbers that bound others, rounded to the side on which what is said stays true."""

from __future__ import annotations

from math import floor, isfinite, log10

SURE = 1e-9
"""A gap that is no more than this is none: only rounding is left."""
DUST, MOST_DUST = 1e-9, 1e-3
"""Of a number, and at most of its last digit: so near to a round number it is that."""


def rounded_down(value: float, digits: int) -> float:
    """Return a number with so many decimals that is no larger; they may be negative."""
    if not isfinite(value) or digits > 15:
        return value
    unit = 10.0**-digits
    dust = min(MOST_DUST, DUST * max(1.0, abs(value / unit)))
    return round(floor(value / unit + dust) * unit, max(0, digits))


def rounded_up(value: float, digits: int) -> float:
    """Return a number with so many decimals that is no smaller."""
    return -rounded_down(-value, digits) + 0.0  # no minus before nothing


def decimals(value: float, significant: int) -> int:
    """Return how many decimals a number has that is told with significant digits."""
    if not isfinite(value) or value == 0.0:
        return significant
    return significant - 1 - floor(log10(abs(value)))
