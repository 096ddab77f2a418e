r"""Renewal: old facilities are renewed by their year, or have left their level.

Variables
    ``renewed[s,j,l,t]``
        facilities of level *l* renewed at the start of *t*; whole numbers, else a
        budget would pay for half a renewal

Constraints
    ``due[s,j,l,t]``
        :math:`\sum_{\tau \le t} renewed_{sjl\tau} + \sum_{\tau \le t} \sum_{l' \ne l}
        moves_{sjll'\tau} \ge due_{sjlt}`

Cost
    ``renewal``
        :math:`df_t\, renewal\_share_s\, capex_{sl}\, renewed_{sjlt}`
    ``residual``
        :math:`-res_{st}\, renewal\_share_s\, capex_{sl}\, renewed_{sjlt}`

Due by *t* are the facilities whose ``renew_by_year`` lies before the end of *t*: they
are renewed by the start of the period that holds the year (of the first period, if the
year is earlier; never, if it is after the end). Enlarging, reducing and closing are
reconstructions: who has left the level owes nothing.
"""

from __future__ import annotations

import numpy as np

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables
from aumaq.model.family import family


@family(needs=("siting",))
def renewal(c: Context) -> None:
    """Build renewals where something is due, and their cost."""
    block = c.block("renewal")
    num_periods = len(c.data.periods)
    where = {name: _due(d.due) for name, d in c.data.services.items()}
    index = [
        (name, c.data.services[name].sites[j], level, period)
        for name, pairs in where.items()
        for j, level in pairs.tolist()
        for period in c.data.periods
    ]
    renewed = add_variables(block, "renewed", index, domain=pyo.NonNegativeIntegers)
    rows = Rows(block, "due")
    rows.index, start = list(index), 0
    lower: list[float] = []
    for name, d in c.data.services.items():
        v, pairs = c.variables[name], where[name]
        grid = np.full((*d.is_built.shape, num_periods), None, dtype=object)
        mine = renewed[start : start + len(pairs) * num_periods]
        grid[pairs[:, 0], pairs[:, 1]] = mine.reshape(-1, num_periods)
        v.renewed = grid
        number = np.full(d.is_built.shape, -1)
        number[pairs[:, 0], pairs[:, 1]] = start + np.arange(len(pairs)) * num_periods
        leaving = np.flatnonzero(
            (v.move_from != v.move_to) & (number[v.move_site, v.move_from] >= 0)
        )
        for t in range(num_periods):
            for tau in range(t + 1):
                rows.add(number[pairs[:, 0], pairs[:, 1]] + t, 1.0,
                         grid[pairs[:, 0], pairs[:, 1], tau])  # fmt: skip
            gone = leaving[v.move_period[leaving] <= t]
            rows.add(
                number[v.move_site[gone], v.move_from[gone]] + t, 1.0, v.move[gone]
            )
        lower += d.due.cumsum(axis=2)[pairs[:, 0], pairs[:, 1]].ravel().tolist()
        rows.ids += [f"renewal:{name}"] * len(mine)
        _costs(c, name, mine, np.repeat(pairs, num_periods, axis=0))
        start += len(mine)
    rows.write(lower, None)


def _due(due: np.ndarray[tuple[int, int, int], np.dtype[np.int64]]) -> np.ndarray[
    tuple[int, int], np.dtype[np.int64]
]:  # fmt: skip
    """Return pairs (site, level) where something is due at all."""
    return np.argwhere(due.sum(axis=2) > 0)


def _costs(c: Context, name: str, renewed: object, pairs: object) -> None:
    d = c.data.services[name]
    variables, where = np.asarray(renewed, dtype=object), np.asarray(pairs)
    t = np.tile(np.arange(len(c.data.periods)), len(where) // len(c.data.periods))
    price = d.renewal_mln[where[:, 1]]
    c.pay("renewal", c.data.df[t] * price, variables)
    c.pay("residual", -d.residual_factor[t] * price, variables)
    regions = [d.site_region[j] for j in where[:, 0].tolist()]
    c.spend("investment", name, regions, t, price, variables)
