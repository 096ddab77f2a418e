r"""Siting: how many facilities of which level run at a site, and how that changes.

Variables
    ``units[s,j,l,t]``
        whole, 0 to M: facilities of level *l*; level 0 counts empty places
    ``moves[s,j,l,l',t]``
        facilities that go from *l* to *l'* at the start of *t*; whole numbers (with one
        place they are so by themselves: for fixed units these are transport rows)

Constraints
    ``places[s,j,t]``
        :math:`\sum_{l \ge 0} units_{sjlt} = M_{sj}`
    ``leaves[s,j,l,t]``
        :math:`\sum_{l'} moves_{sjll't} = units_{sjl,t-1}`
        before the first period the stock :math:`n^0_{sjl}`, and
        :math:`n^0_{sj0} = M_{sj} - \sum_{l \ge 1} n^0_{sjl}`
    ``arrives[s,j,l',t]``
        :math:`\sum_{l} moves_{sjll't} = units_{sjl't}`

Cost
    ``building``
        :math:`df_t\, cost_{sll'}\, moves_{sjll't}`
        where *l'* > *l*
    ``residual``
        :math:`-res_{st}\, cost_{sll'}\, moves_{sjll't}`
        where *l'* > *l*
    ``closing``
        :math:`df_t\, cost_{sll'}\, moves_{sjll't}`
        where *l'* < *l*
    ``operation``
        :math:`ann_t\, opex_{sl}\, units_{sjlt}`

With one place a site this is the generalised modular capacity formulation of Jena,
Cordeau and Gendron (2015): exactly one level a site and period. Several facilities at
a site of a big city use the same rows. Levels that do not fit have no variables: above
``max_level`` of the site, or with a ``min_population`` above the inhabitants of its
settlement today (``settlements.population``, whatever the projection; a site without a
settlement has any size), unless it stands there already. No move leads into such a
level from another, nor from 0 before ``first_period`` of a site that is not required.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, ServiceVariables, add_variables, exists
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family


@family()
def siting(c: Context) -> None:
    """Build units, moves, their balance and their cost, for every service."""
    block = c.block("siting")
    arcs = {
        name: possible_moves(d, c.data.periods) for name, d in c.data.services.items()
    }
    _variables(c, block, arcs)
    _places(c, block)
    _balance(c, block, "leaves")
    _balance(c, block, "arrives")
    for name in c.data.services:
        _costs(c, name)


def possible_moves(d: ServiceData, periods: tuple[str, ...]) -> NDArray[np.int64]:
    """Return moves that the rules of siting allow: rows of (site, from, to, period)."""
    size = d.num_levels + 1
    site, before, after, period = np.meshgrid(
        np.arange(len(d.sites)), np.arange(size), np.arange(size),
        np.arange(len(periods)), indexing="ij",
    )  # fmt: skip
    is_keep, is_close = before == after, (after == 0) & (before > 0)
    is_forbidden = (d.status == "forbidden")[site]
    is_opening = (before == 0) & (after > 0)
    too_early = (period < d.first_period[site]) & (d.status != "required")[site]
    ok = d.is_built[site, before] & d.is_built[site, after]
    ok &= is_keep | d.is_transition_allowed[before, after] | (is_close & is_forbidden)
    ok &= is_keep | d.may_enter[site, after]
    ok &= is_keep | is_close | ~is_forbidden
    ok &= ~(is_opening & too_early)
    ok &= (period > 0) | (d.stock[site, before] > 0)
    return np.argwhere(ok)


def _variables(
    c: Context, block: pyo.Block, arcs: dict[str, NDArray[np.int64]]
) -> None:
    periods = c.data.periods
    units_index, moves_index, top = [], [], []
    most: list[int] = []  # moves of a site, which has so many places
    for name, d in c.data.services.items():
        for j, level in np.argwhere(d.is_built):
            for period in periods:
                units_index.append((name, d.sites[j], int(level), period))
                top.append(int(d.places[j]))
        moves_index += [
            (name, d.sites[j], a, b, periods[t]) for j, a, b, t in arcs[name].tolist()
        ]
        most += d.places[arcs[name][:, 0]].tolist()
    units = add_variables(block, "units", units_index, domain=pyo.NonNegativeIntegers)
    for variable, limit in zip(units, top, strict=True):
        variable.setub(limit)
    moves = add_variables(block, "moves", moves_index, domain=pyo.NonNegativeReals)
    for variable, limit in zip(moves, most, strict=True):
        variable.setub(limit)
        if limit > 1:
            variable.domain = pyo.NonNegativeIntegers
    u = v = 0
    for name, d in c.data.services.items():
        grid = np.full((*d.is_built.shape, len(periods)), None, dtype=object)
        count = int(d.is_built.sum()) * len(periods)
        grid[d.is_built] = units[u : u + count].reshape(-1, len(periods))
        rows = arcs[name]
        c.variables[name] = ServiceVariables(
            grid,
            moves[v : v + len(rows)],
            rows[:, 0],
            rows[:, 1],
            rows[:, 2],
            rows[:, 3],
        )
        u, v = u + count, v + len(rows)


def _places(c: Context, block: pyo.Block) -> None:
    rows = Rows(block, "places")
    right: list[float] = []
    for name, d in c.data.services.items():
        units = c.variables[name].units
        num_periods = len(c.data.periods)
        j, level, t = np.nonzero(exists(units))
        rows.add(len(rows.index) + j * num_periods + t, 1.0, units[j, level, t])
        rows.index += [
            (name, site, period) for site in d.sites for period in c.data.periods
        ]
        right += np.repeat(d.places, num_periods).tolist()
        rows.ids += [f"siting:{name}"] * len(d.sites) * num_periods
    rows.write(right, right)


def _balance(c: Context, block: pyo.Block, rows_name: str) -> None:
    """Write ``leaves`` (out of a level) or ``arrives`` (into a level)."""
    is_leaving = rows_name == "leaves"
    rows = Rows(block, rows_name)
    right: list[float] = []
    num_periods = len(c.data.periods)
    for name, d in c.data.services.items():
        v = c.variables[name]
        number = np.full((*d.is_built.shape, num_periods), -1)
        number[d.is_built] = len(rows.index) + np.arange(
            int(d.is_built.sum()) * num_periods
        ).reshape(-1, num_periods)
        level = v.move_from if is_leaving else v.move_to
        rows.add(number[v.move_site, level, v.move_period], 1.0, v.move)
        j, lev, t = np.nonzero(number >= 0)
        shown = t > 0 if is_leaving else np.ones(len(t), dtype=bool)
        now = v.units[j[shown], lev[shown], t[shown] - int(is_leaving)]
        rows.add(number[j, lev, t][shown], -1.0, now)
        rows.index += [
            (name, d.sites[a], b, c.data.periods[k])
            for a, b, k in zip(j.tolist(), lev.tolist(), t.tolist(), strict=True)
        ]
        first = np.where(t == 0, d.stock[j, lev], 0) if is_leaving else np.zeros(len(t))
        right += first.tolist()
        rows.ids += [f"siting:{name}"] * len(t)
    rows.write(right, right)


def _costs(c: Context, name: str) -> None:
    d, v = c.data.services[name], c.variables[name]
    price = d.transition_mln[v.move_from, v.move_to]
    t = v.move_period
    is_building = v.move_to > v.move_from
    build = np.where(is_building, price, 0.0)
    c.pay("building", c.data.df[t] * build, v.move)
    c.pay("residual", -d.residual_factor[t] * build, v.move)
    c.pay("closing", c.data.df[t] * np.where(is_building, 0.0, price), v.move)
    regions = [d.site_region[j] for j in v.move_site.tolist()]
    c.spend("investment", name, regions, t, price, v.move)
    j, level, t = np.nonzero(exists(v.units))
    opex, units = d.opex_mln_per_year[level], v.units[j, level, t]
    c.pay("operation", c.data.ann[t] * opex, units)
    regions = [d.site_region[k] for k in j.tolist()]
    c.spend("operation", name, regions, t, c.data.years[t] * opex, units)
