"""What a plan uses up: it has a price in the search though the bound asks for none.

The relaxation rounds nothing up. It spends less than any plan does, so that the price
of a budget is 0 there while a plan has spent all of it. Whatever came first keeps its
money then, and works that would save a city ten times their cost are not built. At a
price somebody gives way.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices
from aumaq.solvers.structure import DENSE_ROW

NEARLY = 0.98
"""A limit is used up from this share of it on."""
SHARE = 0.3
"""The price of a unit is so much of what those who use it usually pay for one."""


def scarce_prices(m: Matrices, values: Floats) -> Floats:
    """Return a price of each row, (rows,), 0 or less: of what a plan uses up.

    Only limits that tie many columns have one; others are obeyed nearby.
    """
    by_row = m.by_row
    is_limit = (m.row_lower <= -NO_LIMIT) & (m.row_upper < NO_LIMIT)
    is_limit &= np.diff(by_row.indptr) > DENSE_ROW
    used = by_row @ values
    is_scarce = is_limit & (m.row_upper > 0.0) & (used >= NEARLY * m.row_upper)
    price = np.zeros(len(used))
    for row in np.flatnonzero(is_scarce).tolist():
        begin, end = by_row.indptr[row : row + 2]
        column, size = by_row.indices[begin:end], by_row.data[begin:end]
        pays = (size > 0.0) & (m.cost[column] > 0.0)
        if pays.any():
            usual = np.median(m.cost[column[pays]] / size[pays])
            price[row] = -SHARE * float(usual)
    return price
