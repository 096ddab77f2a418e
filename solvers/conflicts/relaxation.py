r"""The cheapest relaxation: which limits must give way, and by how much, for a plan.

Every limit :math:`k` gets one slack :math:`r_k`, which all of its rows share:

.. math::
    \min \sum_k (p\, z_k + w_k r_k) \quad\text{subject to}\quad
    low - size\, r_k \le a x \le high + size\, r_k, \quad r_k \le R_k z_k, \quad
    z_k \in \{0, 1\}

A limit with a number (a budget, a standard) gives way by the share :math:`r_k` of it,
where it is 0 of the most that could ever come, a count by whole pieces, anything else
is given up (:math:`r_k` is 0 or 1). One that is given up weighs 1, as much as one that
gives way by all of its number; that one is touched at all weighs *p*. With ``is_whole``
left out of the rest this is an LP: its optimum is a lower bound, and its row prices
prove that the rows which have one clash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, hstack, vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.limits import COUNTED, DROPPED, SCALED
from aumaq.solvers.conflicts.system import TOLERANCE, System, reach
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices
from aumaq.solvers.solution.decisions import Status

TOUCHED = 0.01
"""What it weighs that a limit is touched at all; given up it weighs 1."""
MOST = 1e6
"""A slack that nothing else limits ends here, in units of its limit."""
PRICED = 1e-9
"""Below this a row price is rounding."""
PROOF_GAP = 1e-4
"""Relative; a relaxation within it is told as the cheapest."""


@dataclass(frozen=True)
class Relaxation:
    """Limits that give way, and by how much.

    ``amounts`` are parallel to ``limits``: the share of its number, pieces, or 1 for
    what is given up. ``weight`` is the sum that is least, ``bound`` what no relaxation
    weighs less than. ``values`` is a plan under it.
    """

    limits: tuple[int, ...]
    amounts: tuple[float, ...]
    weight: float
    bound: float
    values: Floats

    @property
    def is_proven(self) -> bool:
        """Whether no relaxation weighs less."""
        return self.weight <= self.bound + PROOF_GAP * max(1.0, abs(self.weight))


@dataclass(frozen=True)
class Least:
    """The LP: the least that must give way, and the limits whose rows prove it."""

    weight: float
    limits: Ints
    rows: Flags


def least_by_lp(system: System, active: Flags, *, by_row: bool = False) -> Least | None:
    """Return what must give way in the LP, None where nothing must or time ran out.

    The rows that have a price (flags of all rows) clash, whatever is whole. *by_row*
    gives each row of a limit a slack of its own, so that fewer of them may do.
    """
    m = system.matrices
    rows = np.flatnonzero((system.limit_of >= 0) & active[system.limit_of])
    size = np.ones(len(m.row_lower))
    for own, sizes in zip(system.rows, system.sizes, strict=True):
        size[own] = sizes
    of = np.arange(len(rows)) if by_row else system.limit_of[rows]
    column = np.unique(of, return_inverse=True)[1].ravel()
    part = _with_slacks(system.part(active), system, active, rows, size[rows], column)
    part = replace(part, is_integer=np.zeros_like(part.is_integer))
    found = system.run(part)
    if found.status is not Status.OPTIMAL or found.duals is None:
        return None
    if found.objective <= TOLERANCE:
        return None
    of_all = system.limit_of
    kept = np.flatnonzero((of_all < 0) | active[of_all])
    priced = np.zeros(len(of_all), dtype=bool)
    prices = np.abs(found.duals)
    priced[kept[prices > PRICED * max(1.0, float(prices.max()))]] = True
    limits = np.unique(of_all[priced & (of_all >= 0)])
    return Least(found.objective, limits, priced)


def _with_slacks(
    m: Matrices,
    system: System,
    active: Flags,
    rows: Ints,
    size: Floats,
    column: Ints,
) -> Matrices:
    """Return *m* with a slack column for each number in *column*, at a price of 1.

    *m* holds the rows of the active limits; *rows* are numbers of the whole system.
    """
    kept = np.flatnonzero((system.limit_of < 0) | active[system.limit_of])
    at = np.searchsorted(kept, rows)
    sign = np.where(m.row_lower[at] > -NO_LIMIT, 1.0, -1.0)
    shape = (len(m.row_lower), int(column.max(initial=-1)) + 1)
    slack = coo_array((sign * size, (at, column)), shape=shape).tocsc()
    more = slack.shape[1]
    return Matrices.of(
        hstack([m.sparse, slack]).tocsc(),
        np.append(m.cost, np.ones(more)),
        (m.row_lower, m.row_upper),
        (np.append(m.column_lower, np.zeros(more)),
         np.append(m.column_upper, np.full(more, np.inf))),
        np.append(m.is_integer, np.zeros(more, dtype=bool)),
    )  # fmt: skip


def cheapest(
    system: System,
    may_give: Flags | None = None,
    seconds: float = np.inf,
    held: Flags | None = None,
) -> Relaxation | None:
    """Return the cheapest relaxation, None where there is none, or none in time.

    *may_give* are the limits that may give way (all), *held* those that hold (all):
    others are no rules here.
    """
    may = system.everything if may_give is None else may_give
    held = system.everything if held is None else held | may
    gives = np.flatnonzero(may)
    m = system.part(held)
    kept = np.flatnonzero((system.limit_of < 0) | held[system.limit_of])
    slack, most, kinds = _slack_columns(system, m, kept, gives)
    count, n = len(gives), len(m.cost)
    weight = np.array([_weight(system, k) for k in gives.tolist()])
    is_dropped = kinds == DROPPED
    touched = hstack([
        coo_array((count, n)),
        coo_array((np.ones(count), (range(count), range(count))), (count, count)),
        coo_array((-most, (range(count), range(count))), (count, count)),
    ])  # fmt: skip
    matrix = vstack([hstack([m.sparse, slack, coo_array((len(m.row_lower), count))]),
                     touched]).tocsc()  # fmt: skip
    given = Matrices.of(
        matrix,
        np.concatenate([np.zeros(n), weight, np.full(count, TOUCHED)]),
        (np.append(m.row_lower, np.full(count, -np.inf)),
         np.append(m.row_upper, np.zeros(count))),
        (np.append(m.column_lower, np.zeros(2 * count)),
         np.concatenate([m.column_upper, most, np.ones(count)])),
        np.concatenate([m.is_integer, kinds != SCALED, np.ones(count, dtype=bool)]),
    )  # fmt: skip
    found = system.run(given, seconds, PROOF_GAP)
    if found.values is None:
        return None
    values, r = found.values[:n], found.values[n : n + count]
    r = np.where(kinds == SCALED, r, np.round(r))
    used = np.flatnonzero(r > TOLERANCE * np.where(is_dropped, 1.0, 0.1))
    return Relaxation(
        tuple(gives[used].tolist()),
        tuple(r[used].tolist()),
        float(weight[used] @ r[used] + TOUCHED * len(used)),
        found.bound,
        values,
    )


def _slack_columns(
    system: System, m: Matrices, kept: Ints, gives: Ints
) -> tuple[coo_array, Floats, np.ndarray]:
    """Return a column for each limit that may give way, its upper limit, its kind."""
    least, most_of = reach(m)
    row, column, value = [], [], []
    top, kinds = np.zeros(len(gives)), []
    for c, k in enumerate(gives.tolist()):
        kind, at = system.limits[k].relaxed, np.searchsorted(kept, system.rows[k])
        below = np.maximum(m.row_lower[at] - least[at], 0.0)
        above = np.maximum(most_of[at] - m.row_upper[at], 0.0)
        below, above = (np.where(np.isnan(x), MOST, x) for x in (below, above))
        size = system.sizes[k]
        if kind == DROPPED:
            up, down = np.minimum(below, MOST), np.minimum(above, MOST)
            top[c] = 1.0
        else:
            up, down = size * (below > 0.0), size * (above > 0.0)
            top[c] = min(float((np.maximum(below, above) / size).max()), MOST)
            if kind == COUNTED:
                top[c] = np.ceil(top[c])
        for side in (up, -down):
            where = np.flatnonzero(side)
            row.append(at[where])
            column.append(np.full(len(where), c))
            value.append(side[where])
        kinds.append(kind)
    shape = (len(m.row_lower), len(gives))
    cells = (np.concatenate([np.zeros(0), *value]),
             (np.concatenate([np.zeros(0, np.int64), *row]),
              np.concatenate([np.zeros(0, np.int64), *column])))  # fmt: skip
    return coo_array(cells, shape=shape), top, np.array(kinds, dtype=object)


def _weight(system: System, k: int) -> float:
    """Return what a limit weighs for each 1 by which it gives way."""
    if system.limits[k].relaxed != COUNTED:
        return 1.0
    m, rows = system.matrices, system.rows[k]
    number = np.concatenate([m.row_lower[rows], m.row_upper[rows]])
    number = number[np.isfinite(number) & (np.abs(number) < NO_LIMIT)]
    return 1.0 / max(1.0, float(np.abs(number).max(initial=0.0)))
