"""People who are sent away though a facility would fit at home.

A plan within a gap of some per cent may send people of a city to villages while places
for facilities stay empty in the city: place by place that costs too little for a search
of the whole to get there in time, and nobody could show it. Here such places are taken
one by one, the worst first: how many facilities run there and where their people go is
decided anew by a small MIP. What facilities draw from networks has the price that the
LP of the plan gives it, so that networks need not be solved each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model import BuiltModel, ModelData, ServiceData
from aumaq.model.built import ServiceVariables
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.polish.churn import Change
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.work import Budget

SENT_SHARE = 0.1
"""A place that sends out less of its demand is no matter."""
ONE_PLACE_WORK = 2.0
"""Units of work for one place."""
PLACE_GAP = 1e-5
"""Relative to the cost of all there, which is far more than what is to gain."""
LEAST_GAIN = 1e-8
"""Relative to the cost of the plan."""


@dataclass(frozen=True)
class SentAway:
    """The people of a settlement who are sent away by one service."""

    columns: Ints
    """Units of the facilities there and where they go."""
    lost_mln: float
    """What their ways cost more than those at home would, discounted."""


def without_loads(
    m: Matrices, duals: Floats, options: SolveOptions
) -> RestrictedSolver:
    """Return the solver of a model where load costs what *duals* of an LP say.

    Rows of what is drawn are left out, so that nobody is near by a network.
    """
    a, is_load = m.by_row, m.row_family == "loads"
    kept = np.flatnonzero(~is_load)
    priced = Matrices.of(
        a[kept].tocsc(),
        m.cost - a[np.flatnonzero(is_load)].T @ duals[is_load],
        (m.row_lower[kept], m.row_upper[kept]),
        (m.column_lower, m.column_upper),
        m.is_integer,
    )
    return RestrictedSolver(priced, replace(options, gap=PLACE_GAP))


def brought_home(
    solver: RestrictedSolver,
    budget: Budget,
    built: BuiltModel,
    place: Ints,
    values: Floats,
) -> list[Change]:
    """Return changes of whole numbers by which fewer are sent away and all is cheaper.

    *solver* is that of :func:`without_loads`; it ends with the *budget*.
    """
    found, m = [], solver.structure
    for one in sent_away(built, place, values):
        if budget.is_over:
            break
        free = m.near(one.columns)
        before = solver.work
        part = solver.solve_part(values, free, budget.most(ONE_PLACE_WORK))
        budget.spend(solver.work - before)
        if part is None:
            continue
        trial = values.copy()
        trial[free] = part
        gain = m.cost(values) - m.cost(trial)
        if gain > LEAST_GAIN * abs(m.cost(values)):
            more = np.round(trial) - np.round(values)
            change = np.where(m.matrices.is_integer, more, 0.0)
            columns = np.flatnonzero(change)
            found.append(Change(columns, change[columns]))
            values = trial
    return found


def sent_away(built: BuiltModel, place: Ints, values: Floats) -> list[SentAway]:
    """Return all who are sent away though a facility would fit, most lost first."""
    found = [
        one
        for name, v in built.variables.items()
        if built.data.services[name].serves
        for one in _of_service(built.data, built.data.services[name], v, place, values)
    ]
    return sorted(found, key=lambda one: -one.lost_mln)


def is_home(data: ModelData, d: ServiceData) -> Flags:
    """Return which options lead to a site of the same settlement, (K,)."""
    home = _homes(data, d)
    return np.asarray(home[d.option_site] == d.option_settlement)


def _homes(data: ModelData, d: ServiceData) -> Ints:
    """Return the settlement of each site, -1 for none, (J,)."""
    number = {code: i for i, code in enumerate(data.settlements)}
    codes = data.instance.service_sites(d.name)["settlement"]
    return np.array([number.get(code, -1) for code in codes], dtype=np.int64)


def _of_service(
    data: ModelData, d: ServiceData, v: ServiceVariables, place: Ints, values: Floats
) -> Iterator[SentAway]:
    known = np.append(values, 0.0)  # the last one stands for what has no column
    k, t = v.share_option, v.share_period
    i, j = d.option_settlement[k], d.option_site[k]
    at_home, price = is_home(data, d), d.travel_mln_per_unit
    cheapest = np.full(len(d.demand), np.inf)
    np.minimum.at(cheapest, d.option_settlement[at_home], price[at_home])
    more = np.maximum(price[k] - cheapest[i], 0.0)
    is_away = ~at_home[k] & np.isfinite(cheapest[i])
    amount = np.where(is_away, known[place[v.share]] * d.demand[i, t], 0.0)
    sent = np.zeros_like(d.demand)
    np.add.at(sent, (i, t), amount)
    empty = _empty(data, d, known[place[v.units]])
    counts = (sent > SENT_SHARE * d.demand) & (empty > 0.5)
    goes = counts[i, t] & (amount > 0.0)
    lost = np.zeros(len(d.demand))
    np.add.at(lost, i[goes], (data.ann[t] * amount * more)[goes])
    for home in np.flatnonzero(lost > 0.0).tolist():
        own = np.flatnonzero(_homes(data, d) == home)
        sites = np.union1d(own, j[goes & (i == home)])
        columns = place[v.units[sites].ravel()]
        yield SentAway(columns[columns >= 0], float(lost[home]))


def _empty(data: ModelData, d: ServiceData, units: Floats) -> Floats:
    """Return how many more facilities fit in each settlement, (I, T)."""
    home, may = _homes(data, d), d.is_built[:, 1:].any(axis=1)
    may &= d.status != "forbidden"
    room = d.max_units[:, None] - np.round(units[:, 1:]).sum(axis=1)
    found = np.zeros_like(d.demand)
    counts = may & (home >= 0)
    np.add.at(found, home[counts], room[counts])
    return found
