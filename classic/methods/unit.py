"""In which unit costs are counted while a method works.

Tolerances of programs are absolute: where all costs are tiny every plan is as good as
any other, where they are huge a program may call optimal what is not.
"""

from __future__ import annotations

import math

ORDINARY = 2.0**13
"""What the largest cost becomes, about."""


def unit_of(largest: float, most: float) -> float:
    """Return a power of two to divide costs by; 1 for those from 1 to *most*.

    A power of two changes no digit.
    """
    if not largest or 1.0 <= largest <= most:
        return 1.0
    return 2.0 ** round(math.log2(largest / ORDINARY))
