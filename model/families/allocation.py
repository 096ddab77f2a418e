r"""Allocation: who is served where, within what the facilities hold.

Variables
    ``share[s,i,j,o,l,t]``
        0 to 1: share of the demand of *i* that goes the way *o* to *j* and is served by
        level *l* (weak form: one variable for all levels, *l* = 0)
    ``unserved[s,i,t]``
        0 to 1: share of the demand that is not served; only where ``may_be_unserved``
    ``assigned[s,i,j,t]``
        binary, whole catchments only: 1 if *j* serves all of *i*

Constraints
    ``served[s,i,t]``
        :math:`\sum_{j,o,l} share_{sijolt} + unserved_{sit} = now_{sit} / d_{sit}`
        where there may be demand
    ``capacity[s,j,l,t]``
        :math:`\sum_{i,o} d_{sit}\, share_{sijolt} \le use_{sl}\, units_{sjlt}`
    ``minimum_use[s,j,l,t]``
        :math:`\sum_{i,o} d_{sit}\, share_{sijolt} \ge min\_use_{sl}\, units_{sjlt}`
    ``open_first[s,i,j,l,t]``
        :math:`\sum_o share_{sijolt} \le units_{sjlt}`
        where *use* is the demand at least; elsewhere it follows from ``capacity``
    ``whole[s,i,j,t]``
        :math:`\sum_{o,l} share_{sijolt} = assigned_{sijt}`
        whole catchments; at most, where demand varies
    ``undivided[s,i,t]``
        :math:`unserved_{sit} + \sum_j assigned_{sijt} \le 1`
        whole catchments, where demand varies

Cost
    ``travel``
        :math:`ann_t\, d_{sit}\, trips_s\, \frac{minutes_o}{60}\, \frac{value\_of\_time}
        {10^6}\, share_{sijolt}`
    ``transport``
        :math:`ann_t\, d_{sit}\, trips_s\, km_o\, \frac{transport\_cost\_per\_km_s \cdot
        opex\_factor}{10^6}\, share_{sijolt}`
    ``unserved``
        :math:`ann_t\, unserved\_mln\_per\_unit\_year_s\, d_{sit}\, unserved_{sit}`

Shares are of the most demand that there may be under any choice of growth points,
:math:`d`; what there is, is :math:`now`. What is kept free is a reserve of places: a
plan that fills all of them breaks with the first child more. Facilities that are fuller
today are no error: who does not find a place goes elsewhere or stays unserved. ``used``
and its share in the plan are of :math:`cap`.

The weak form sums ``capacity``, ``minimum_use`` and ``open_first`` over the levels.
Both have the same plans: what a site serves can be split over its levels in proportion
to what each carries. With whole catchments a settlement is unserved wholly or not at
all.
Rows are divided by capacity, so that they are of one size from village to city.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from aumaq.model.algebra import pyo
from aumaq.model.context import Context, Rows, add_variables, exists
from aumaq.model.data.services import ServiceData
from aumaq.model.family import family


@family(needs=("siting", "growth"))
def allocation(c: Context) -> None:
    """Build shares, their rows and their cost, for every service."""
    block = c.block("allocation")
    for part in (
        _shares, _unserved, _served, _capacity, _minimum_use, _open_first, _whole
    ):  # fmt: skip
        c.look_up()
        part(c, block)


def share_rows(d: ServiceData, is_strong: bool) -> Any:
    """Return rows (option, level, period) of shares; level 0 in the weak form."""
    demand = d.demand[d.option_settlement]  # (K, T)
    option, t = np.nonzero(demand > 0)
    built: Any = d.is_built[d.option_site].copy()  # (K, L+1)
    built[:, 0] = False
    if not is_strong:
        usable = built.any(axis=1)[option]
        return np.column_stack([option, np.zeros_like(option), t])[usable]
    row, level = np.nonzero(built[option])
    return np.column_stack([option[row], level, t[row]])


def _shares(c: Context, block: pyo.Block) -> None:
    index, top, tables = [], [], {}
    for name, d in c.data.services.items():
        table = tables[name] = share_rows(d, c.formulation == "strong")
        k, level, t = table.T
        i, j = d.option_settlement[k], d.option_site[k]
        demand = d.demand[i, t]
        largest = np.where(level > 0, d.room[j, level], d.room[j].max(axis=1))
        top += np.minimum(1.0, largest * d.places[j] / demand).tolist()
        way = d.option_way[k]
        index += [
            (name, c.data.settlements[a], d.sites[b], w, e, c.data.periods[p])
            for a, b, w, e, p in zip(
                i.tolist(), j.tolist(), way.tolist(), level.tolist(), t.tolist(),
                strict=True,
            )
        ]  # fmt: skip
    share = add_variables(block, "share", index, domain=pyo.NonNegativeReals)
    for variable, limit in zip(share, top, strict=True):
        variable.setub(limit)
    start = 0
    for name, d in c.data.services.items():
        v, table = c.variables[name], tables[name]
        v.share = share[start : start + len(table)]
        v.share_option, v.share_level, v.share_period = table.T
        start += len(table)
        k, t = v.share_option, v.share_period
        amount = c.data.ann[t] * d.demand[d.option_settlement[k], t]
        c.pay(
            "travel",
            amount * d.travel_mln_per_unit_minute * d.option_minutes[k],
            v.share,
        )
        c.pay(
            "transport", amount * d.transport_mln_per_unit_km * d.option_km[k], v.share
        )


def _unserved(c: Context, block: pyo.Block) -> None:
    index = [
        (name, c.data.settlements[i], c.data.periods[t])
        for name, d in c.data.services.items()
        if d.may_be_unserved
        for i, t in np.argwhere(d.demand > 0).tolist()
    ]
    everyone = add_variables(block, "unserved", index, bounds=(0.0, 1.0))
    start = 0
    for name, d in c.data.services.items():
        grid = np.full(d.demand.shape, None, dtype=object)
        if d.may_be_unserved:
            i, t = np.nonzero(d.demand > 0)
            mine = everyone[start : start + len(i)]
            grid[i, t] = mine
            start += len(i)
            price = d.unserved_mln_per_unit_year * c.data.ann[t] * d.demand[i, t]
            c.pay("unserved", price, mine)
        c.variables[name].unserved = grid


def _served(c: Context, block: pyo.Block) -> None:
    rows = Rows(block, "served")
    right: list[float] = []
    for name, d in c.data.services.items():
        v = c.variables[name]
        number = np.full(d.demand.shape, -1)
        i, t = np.nonzero(d.demand > 0)
        number[i, t] = len(rows.index) + np.arange(len(i))
        rows.add(
            number[d.option_settlement[v.share_option], v.share_period], 1.0, v.share
        )
        if d.may_be_unserved:
            rows.add(number[i, t], 1.0, v.unserved[i, t])
        rows.index += [
            (name, c.data.settlements[a], c.data.periods[p])
            for a, p in zip(i.tolist(), t.tolist(), strict=True)
        ]
        rows.ids += [f"allocation:{name}"] * len(i)
        effect = c.data.growth.demand[name]
        right += (effect.base[i, t] / d.demand[i, t]).tolist()
        k, i, t = np.nonzero(effect.change)
        change = effect.change[k, i, t] / d.demand[i, t]
        rows.add(number[i, t], -change, c.chosen[k, t])
    rows.write(right, right)


def _load_rows(c: Context, block: pyo.Block, rows_name: str, per_unit: str) -> None:
    """Write demand served at (site, level, period) against units x *per_unit*.

    ``capacity``: at most; ``minimum_use``: at least. The weak form sums over levels.
    """
    is_strong, is_limit = c.formulation == "strong", rows_name == "capacity"
    rows = Rows(block, rows_name)
    for name, d in c.data.services.items():
        if not d.serves:
            continue
        v, size = c.variables[name], getattr(d, per_unit)
        shape = (
            len(d.sites),
            d.num_levels + 1 if is_strong else 1,
            len(c.data.periods),
        )
        has_row = np.zeros(shape, dtype=bool)
        built = d.is_built & (size > 0)
        built[:, 0] = False
        has_row[:] = (built if is_strong else built.any(axis=1)[:, None])[:, :, None]
        number = np.full(shape, -1)
        count = int(has_row.sum())
        number[has_row] = len(rows.index) + np.arange(count)
        scale = size if is_strong else size.max(axis=1, keepdims=True)
        k, level, t = v.share_option, v.share_level, v.share_period
        row = number[d.option_site[k], level, t]
        demand = d.demand[d.option_settlement[k], t]
        used = row >= 0
        weight = demand[used] / scale[d.option_site[k], level][used]
        rows.add(row[used], weight, v.share[used])
        j, lev, t = np.nonzero(exists(v.units) & built[:, :, None])
        at = lev if is_strong else np.zeros_like(lev)
        rows.add(number[j, at, t], -size[j, lev] / scale[j, at], v.units[j, lev, t])
        rows.index += [
            (name, d.sites[a], b, c.data.periods[p])
            for a, b, p in np.argwhere(has_row).tolist()
        ]
        rows.ids += [f"{rows_name}:{name}"] * count
    rows.write(None if is_limit else 0.0, 0.0 if is_limit else None)


def _capacity(c: Context, block: pyo.Block) -> None:
    _load_rows(c, block, "capacity", "room")


def _minimum_use(c: Context, block: pyo.Block) -> None:
    _load_rows(c, block, "minimum_use", "least")


def _open_first(c: Context, block: pyo.Block) -> None:
    rows = Rows(block, "open_first")
    for name, d in c.data.services.items():
        v = c.variables[name]
        k, level, t = v.share_option, v.share_level, v.share_period
        i, j = d.option_settlement[k], d.option_site[k]
        is_strong = c.formulation == "strong"
        fits = d.usable[level] >= d.demand[i, t] if is_strong else level >= 0
        need = np.flatnonzero(fits)
        # All ways of a pair share a row.
        keys, row = np.unique(
            np.column_stack([i, j, level, t])[need], axis=0, return_inverse=True
        )
        rows.add(len(rows.index) + row.ravel(), 1.0, v.share[need])
        if is_strong:
            units_row, lev = np.arange(len(keys)), keys[:, 2]
        else:
            built = d.is_built[keys[:, 1]].copy()
            built[:, 0] = False
            units_row, lev = np.nonzero(built)
        site, period = keys[units_row, 1], keys[units_row, 3]
        rows.add(len(rows.index) + units_row, -1.0, v.units[site, lev, period])
        rows.index += [
            (name, c.data.settlements[a], d.sites[b], e, c.data.periods[p])
            for a, b, e, p in keys.tolist()
        ]
        rows.ids += [f"allocation:{name}"] * len(keys)
    rows.write(None, 0.0)


def _whole(c: Context, block: pyo.Block) -> None:
    rows, undivided = Rows(block, "whole"), Rows(block, "undivided")
    lower: list[float | None] = []
    parts: list[np.ndarray] = []  # of undivided: row, column of assigned
    for name, d in c.data.services.items():
        if d.allocation != "whole":
            continue
        v = c.variables[name]
        k, t = v.share_option, v.share_period
        pairs, row = np.unique(
            np.column_stack([d.option_settlement[k], d.option_site[k], t]),
            axis=0,
            return_inverse=True,
        )
        rows.add(len(rows.index) + row.ravel(), 1.0, v.share)
        rows.index += [
            (name, c.data.settlements[a], d.sites[b], c.data.periods[p])
            for a, b, p in pairs.tolist()
        ]
        rows.ids += [f"whole:{name}"] * len(pairs)
        varies = c.data.growth.demand[name].varies
        is_loose = varies[pairs[:, 0], pairs[:, 2]]
        lower += [None if loose else 0.0 for loose in is_loose.tolist()]
        place = len(rows.index) - len(pairs) + np.flatnonzero(is_loose)
        here = _undivided(c, undivided, name, pairs[is_loose][:, [0, 2]])
        parts.append(np.column_stack([here, place]))
    assigned = add_variables(block, "assigned", rows.index, domain=pyo.Binary)
    rows.add(np.arange(len(rows.index)), -1.0, assigned)
    rows.write(lower, 0.0)
    row, column = np.concatenate([np.zeros((0, 2), dtype=np.int64), *parts]).T
    undivided.add(row, 1.0, assigned[column])
    undivided.write(None, 1.0)


def _undivided(c: Context, rows: Rows, name: str, places: np.ndarray) -> np.ndarray:
    """Start a row for each (settlement, period); return the row of each place."""
    keys, row = np.unique(places, axis=0, return_inverse=True)
    start, unserved = len(rows.index), c.variables[name].unserved
    left = unserved[keys[:, 0], keys[:, 1]]
    rows.add(start + np.flatnonzero(exists(left)), 1.0, left[exists(left)])
    rows.index += [
        (name, c.data.settlements[i], c.data.periods[t]) for i, t in keys.tolist()
    ]
    rows.ids += [f"whole:{name}"] * len(keys)
    return start + row.ravel()
