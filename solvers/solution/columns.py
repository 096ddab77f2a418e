"""The values of columns under given decisions, as far as no solve is needed.

What people of a site are served by its levels in proportion to what these hold; what
only measures (shortfalls, overruns) follows from its rows.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.built import BuiltModel, ServiceVariables, exists
from aumaq.model.data.services import ServiceData
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices
from aumaq.solvers.solution.decisions import Decisions, ServiceDecisions
from aumaq.solvers.solution.networks import run_of_networks
from aumaq.solvers.solution.settled import built_links, the_choice


def values_of(
    m: Matrices, built: BuiltModel, place: Ints, plan: Decisions
) -> Floats | None:
    """Return the value of each column, None where *plan* does not say who goes where.

    What follows from what is built is left at 0; so is how networks run where *plan*
    does not say that either.
    """
    values = np.zeros(len(m.cost) + 1)  # the last one stands for what has no column
    for name, v in built.variables.items():
        d, own = built.data.services[name], plan.services[name]
        if own.share.shape[0] != len(d.option_site):
            return None
        _fill(values, d, v, place, own)
    for variables, known in (*built_links(built, plan), the_choice(built, plan)):
        values[place[variables]] = known
    for variables, known in run_of_networks(built, plan):
        values[place[variables]] = known
    if plan.relocated.size:
        values[place[built.relocated]] = plan.relocated
    if plan.merged.size:
        values[place[built.merged]] = plan.merged
    if len(built.follows):
        chosen = {*map(tuple, plan.follows.tolist())}
        is_chosen = [tuple(row) in chosen for row in built.follows[:, :4].tolist()]
        values[place[built.follows[:, 4]]] = is_chosen
    values = values[:-1]
    _measure(m, values)
    return values


def _fill(
    values: Floats,
    d: ServiceData,
    v: ServiceVariables,
    place: Ints,
    own: ServiceDecisions,
) -> None:
    """Fill in the columns of a service, in place."""
    units = exists(v.units)
    values[place[v.units[units]]] = own.units[units]
    values[place[v.move]] = own.moves[
        v.move_site, v.move_from, v.move_to, v.move_period
    ]
    renewed = exists(v.renewed)
    values[place[v.renewed[renewed]]] = own.renewed[renewed]
    unserved = exists(v.unserved)
    values[place[v.unserved[unserved]]] = own.unserved[unserved]
    held = own.units * d.usable[None, :, None]
    total = np.maximum(held.sum(axis=1, keepdims=True), 1e-12)
    part = held / total  # of a site, by level
    k, t = v.share_option, v.share_period
    of_level = part[d.option_site[k], v.share_level, t]
    of_level = np.where(v.share_level > 0, of_level, 1.0)  # weak form: all levels
    values[place[v.share]] = own.share[k, t] * of_level
    values[-1] = 0.0


def _measure(m: Matrices, values: Floats) -> None:
    """Raise columns without end that cost, and stand in one row alone, as rows need."""
    by_column = m.sparse
    number = np.diff(by_column.indptr)
    measures = (number == 1) & (m.column_upper >= NO_LIMIT) & (m.cost > 0.0)
    columns = np.flatnonzero(measures & ~m.is_integer)
    at = by_column.indptr[columns]
    row, size = by_column.indices[at], by_column.data[at]
    activity = by_column @ values
    missing = np.where(size > 0.0, m.row_lower[row] - activity[row],
                       activity[row] - m.row_upper[row])  # fmt: skip
    values[columns] += np.maximum(missing, 0.0) / np.abs(size)
