"""The site problems of a compiled model: which columns a site decides, and within what.

What stands in rows of one site alone is decided there. Where a site holds one facility
its problem is solved exactly; where it holds several, each facility decides alone, at a
price of the capacity that they have together, and of what is due for renewal.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Flags, Ints
from aumaq.model.built import BuiltModel, ServiceVariables
from aumaq.model.data.services import ServiceData
from aumaq.model.data.shifts import second_room
from aumaq.model.program import NONE
from aumaq.solvers.decomposed import kernel
from aumaq.solvers.highs.matrices import Matrices

HALF = 0.5
"""Between what a limit of 0 and one of 1 allows."""


def served_by(built: BuiltModel, *, sites: bool) -> list[str]:
    """Return the services to whose *sites* people come; or those that have others."""
    known = built.data.services
    return [
        name
        for name in built.variables
        if len(known[name].sites) and known[name].serves == sites
    ]


def sites_of(
    m: Matrices, built: BuiltModel, place: Ints, services: list[str]
) -> list[kernel.Sites]:
    """Return the sites of each of these services."""
    return [
        _sites(m, built, built.data.services[name], built.variables[name], place)
        for name in services
    ]


def columns_of(s: kernel.Sites) -> list[Ints]:
    """Return the columns that each site decides.

    Renewals are none of them where what is due has a price.
    """
    count = s.unit.shape[2]
    found = []
    for j in range(len(s.places)):
        begin, end = s.share_first[s.first[j : j + 2] * count]
        renewed = s.renewed[j] if s.places[j] == 1 else s.renewed[:0]
        parts = (s.unit[j], s.move[j], renewed, s.share[begin:end])
        columns = np.concatenate([part.ravel() for part in parts])
        found.append(columns[columns >= 0])
    return found


def work_for(s: kernel.Sites) -> kernel.Work:
    """Return room to work in."""
    ways, count = len(s.amount), s.unit.shape[2]
    return kernel.Work(
        order=np.tile(np.arange(ways), (count, 1)),
        worth=np.zeros((count, ways)),
        column=np.zeros((count, ways), dtype=np.int64),
        gain=np.zeros((s.unit.shape[1], count)),
        path=np.zeros(count, dtype=np.int64),
    )


def _sites(
    m: Matrices, built: BuiltModel, d: ServiceData, v: ServiceVariables, place: Ints
) -> kernel.Sites:
    count, size = d.demand.shape[1], d.num_levels + 1
    move = np.full((len(d.sites), size, size, count), NONE)
    move[v.move_site, v.move_from, v.move_to, v.move_period] = place[v.move]
    ways, first, share_first, share = _shares(d, v, place)
    return kernel.Sites(
        first=first,
        amount=np.ascontiguousarray(d.demand[d.option_settlement[ways]]),
        share_first=share_first,
        share=share,
        unit=place[v.units],
        may=_may(m, d, place[v.units]),
        move=move,
        renewed=place[v.renewed],
        room=d.room + second_room(built.data, d),
        least=d.least,
        places=d.places.astype(np.int64),
        stock=d.stock,
        locked=d.locked,
        due=_due(d),
    )


def _may(m: Matrices, d: ServiceData, unit: Ints) -> Flags:
    """Return which levels the limits of the columns leave a site, (J, L+1, T)."""
    is_single = (d.places == 1)[:, None, None]
    may = (unit >= 0) & (m.column_upper[unit] > HALF)
    must = may & (m.column_lower[unit] > HALF) & is_single
    may &= must | ~must.any(axis=1, keepdims=True)
    late = np.arange(unit.shape[2])[None, :] >= d.first_period[:, None]
    stands = (d.status == "required")[:, None] & late
    may[:, 0] &= ~(stands & is_single[:, 0])
    may[d.status == "forbidden", 1:] = False
    return may


def _shares(
    d: ServiceData, v: ServiceVariables, place: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return ways sorted by site, where those of a site begin, and their shares."""
    column = place[v.share]
    known = column >= 0
    column, option, t = column[known], v.share_option[known], v.share_period[known]
    level, count = v.share_level[known], d.demand.shape[1]
    ways = np.unique(option)
    ways = ways[np.argsort(d.option_site[ways], kind="stable")]
    number = np.full(len(d.option_site), NONE)
    number[ways] = np.arange(len(ways))
    order = np.lexsort((level, t, number[option]))
    at = (number[option] * count + t)[order]
    starts = np.searchsorted(at, np.arange(len(ways) * count + 1))
    first = np.searchsorted(d.option_site[ways], np.arange(len(d.sites) + 1))
    return ways, first, starts, column[order]


def _due(d: ServiceData) -> Ints:
    """Return by which period a single facility is to be renewed, (J,), -1: never."""
    due = d.due.sum(axis=1)  # (J, T)
    found = np.where(due.any(axis=1), due.argmax(axis=1), NONE)
    return np.where(d.places == 1, found, NONE).astype(np.int64)
