r"""Who lives nearest comes first, where it costs nothing.

Times add up along a road: to send the people of A to B, and those of B on to C, costs
as much as to leave those of B at home and send those of A through to C. A best plan may
be either. Of all plans with the same decisions and the same cost, the one is taken with
the least

.. math:: \sum_{sit} d_{sit} \Big( \sum_j \sqrt{minutes_{ij}}\; share_{sijt}
          + longest_s\, unserved_{sit} \Big),

with 0 minutes at home. Of one sum, a short way and a long one have smaller roots than
two ways of middle length.

Plans of least cost are those which complementary slackness allows with one set of
duals: columns with a reduced cost stay where they are, rows with a price stay tight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model import BuiltModel
from aumaq.solvers.highs.matrices import Matrices, restricted
from aumaq.solvers.polish.homeward import is_home

Models = Sequence[tuple[BuiltModel, Ints]]
"""Models in the same matrices, each with the columns of its variables."""
FREE_OF_COST = 1e-7
"""Duals and reduced costs up to this, mln, are 0: so far HiGHS solves an LP."""


def roots_of_minutes(models: Models, count: int) -> Floats:
    """Return what stands at each of *count* columns in the sum above, NaN elsewhere.

    In units of demand times the root of minutes.
    """
    price = np.full(count + 1, np.nan)  # the last one stands for what has no column
    for built, place in models:
        for name, v in built.variables.items():
            d = built.data.services[name]
            root = np.sqrt(np.where(is_home(built.data, d), 0.0, d.option_minutes))
            k, t = v.share_option, v.share_period
            price[place[v.share]] = d.demand[d.option_settlement[k], t] * root[k]
            price[place[v.unserved]] = d.demand * root.max(initial=0.0)
    return price[:count]


def nearest_first(
    m: Matrices, values: Floats, duals: Floats, price: Floats
) -> tuple[Matrices, Ints]:
    """Return the LP of the plans that cost as much, and the columns that it leaves.

    *m* is an LP, *values* and *duals* solve it; *price* is to become least, and columns
    where it is NaN stay as they are.
    """
    a = m.sparse
    reduced = m.cost - a.T @ duals
    is_free = ~np.isnan(price) & (np.abs(reduced) <= FREE_OF_COST)
    free = np.flatnonzero(is_free & (m.column_lower < m.column_upper))
    part, rows = restricted(m, a.tocsr(), free, values)
    activity = part.sparse @ values[free]
    is_tight = np.abs(duals[rows]) > FREE_OF_COST
    return (
        replace(
            part,
            cost=price[free],
            row_lower=np.where(
                is_tight, activity, np.minimum(part.row_lower, activity)
            ),
            row_upper=np.where(
                is_tight, activity, np.maximum(part.row_upper, activity)
            ),
        ),
        free,
    )
