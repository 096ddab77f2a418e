"""The rows that have prices: all that tie sites to each other or to what is beside.

Prices rise and fall in steps of different size: each row has a measure of its own, and
a price to begin with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.built import BuiltModel
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed import kernel
from aumaq.solvers.decomposed.pieces import Pieces
from aumaq.solvers.decomposed.sites import served_by
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices
from aumaq.solvers.structure import DENSE_ROW

OWN = ("siting", "locks", "renewal")
"""Families whose rows a site obeys by itself; and those of what facilities hold."""
CAP_SHARE = 0.3
"""Steps of a price that another column limits are so much of that limit."""
MONEY = 2.0
"""Steps of the price of a mln of a hard budget, mln."""
OTHERS = 0.05
"""Steps of other prices are so much of what the columns of their rows usually cost."""
DRAWN = 0.1
"""Steps of the price of what sites draw are so much of what it costs today."""


@dataclass(frozen=True)
class Priced:
    """The rows that have prices."""

    rows: csr_array
    lower: Floats
    upper: Floats
    step: Floats
    """What a step of the price of each row is measured by; 0: it stays 0."""
    begin: Floats
    """The prices to begin with."""
    plain: Ints
    """The rows of the model that come first; those after them are none of it."""


def priced_rows(
    c: Compiled, sites: list[kernel.Sites], owner: Ints, pieces: Pieces
) -> Priced:
    """Return the rows that are priced, with the measure of their steps.

    Rows of the *pieces* are not: what they tie is solved with them.
    """
    m = c.matrices
    by_row: csr_array = m.by_row
    inside = _is_inside(by_row, owner) & _is_own(m, by_row, sites)
    several = np.concatenate([np.zeros(0, dtype=bool), *(s.places > 1 for s in sites)])
    first = by_row.indptr[:-1].clip(max=len(by_row.indices) - 1)
    is_due = inside & (m.row_family == "renewal")
    is_due[is_due] = several[owner[by_row.indices[first[is_due]]]]
    is_plain = ~inside | is_due
    is_plain[pieces.rows] = False
    plain = np.flatnonzero(is_plain)
    worth = _worth(c.built)
    step, begin = _steps(m, by_row[plain], plain, owner, _of_shares(m, sites, worth))
    drawn = _todays_prices(c, by_row[plain], plain, owner, pieces)
    begin = np.where(drawn != 0.0, drawn, begin)
    step = np.where(drawn != 0.0, DRAWN * np.abs(drawn), step)
    totals, of_total = _totals(m, sites, worth)
    none = np.zeros(len(of_total))
    return Priced(
        vstack([by_row[plain], totals]).tocsr(),
        np.concatenate([m.row_lower[plain], none - np.inf]),
        np.concatenate([m.row_upper[plain], none]),
        np.concatenate([step, of_total]),
        np.concatenate([begin, -of_total]),
        plain,
    )


def _is_inside(by_row: csr_array, owner: Ints) -> Flags:
    """Return which rows have columns of a single site alone."""
    row = np.repeat(np.arange(by_row.shape[0]), np.diff(by_row.indptr))
    own = owner[by_row.indices]
    low = np.full(by_row.shape[0], np.iinfo(np.int64).max)
    high = np.full(by_row.shape[0], -1)
    np.minimum.at(low, row, own)
    np.maximum.at(high, row, own)
    return (low == high) & (low >= 0)


def _is_own(m: Matrices, by_row: csr_array, sites: list[kernel.Sites]) -> Flags:
    """Return which rows are of the rules that site problems know."""
    is_unit = np.zeros(len(m.cost), dtype=bool)
    for s in sites:
        is_unit[s.unit[s.unit >= 0]] = True
    # Rows of who is served have no facilities, those of what a facility holds do.
    has_unit = np.asarray(by_row.astype(bool) @ is_unit.astype(float)) > 0.0
    is_holding = has_unit & (m.row_family == "allocation")
    return is_holding | np.isin(m.row_family, OWN)


def _todays_prices(
    c: Compiled, part: csr_array, plain: Ints, owner: Ints, pieces: Pieces
) -> Floats:
    """Return what a unit costs that sites draw from what is beside them, by row.

    By the LPs of the pieces, with the sites as the start plan has them; *part* are the
    rows *plain* of the model. 0 without an optimum, and but where a single column of a
    piece is all that sites draw from, and in no other row.
    """
    m, found = c.matrices, np.zeros(len(plain))
    kinds = [owner >= 0, np.ones(len(owner), dtype=bool)]
    at_sites, all_of = (
        np.asarray(part.astype(bool) @ kind.astype(float)) for kind in kinds
    )
    is_tied = (at_sites > 0) & (all_of <= DENSE_ROW)
    is_tied &= m.row_lower[plain] == m.row_upper[plain]
    beside = csc_array(part.tocsc()[:, pieces.columns])
    size = np.asarray(beside.tocsr().sum(axis=1)).ravel()
    is_tied &= (size != 0.0) & (at_sites + 1 == all_of)
    rows = np.flatnonzero(is_tied)
    column = np.full(len(plain), -1)
    entries = beside.tocoo()
    column[entries.row] = entries.col
    rows = rows[np.diff(beside.indptr)[column[rows]] == 1]
    if not len(rows):
        return found
    values = np.zeros(len(m.cost))
    values[c.start[0]] = c.start[1]
    values[pieces.columns] = 0.0
    drawn = m.row_lower[plain[rows]] - part[rows] @ values
    held, at = np.zeros(len(pieces.columns), dtype=bool), np.zeros(len(pieces.columns))
    held[column[rows]], at[column[rows]] = True, drawn / size[rows]
    more = pieces.with_held(held, at)
    if more is not None:
        found[rows] = more[column[rows]] / size[rows]
    return found


def _worth(built: BuiltModel) -> list[Floats]:
    """Return what it costs to serve a unit of demand, mln, (T,) for each service.

    The median of running costs by capacity.
    """
    found = []
    for name in served_by(built, sites=True):
        d = built.data.services[name]
        known = d.usable[1:] > 0
        cost = d.opex_mln_per_year[1:][known] / d.usable[1:][known]
        found.append(np.median(np.append(cost, 0.0)) * built.data.ann)
    return found


def _of_shares(m: Matrices, sites: list[kernel.Sites], worth: list[Floats]) -> Floats:
    """Return what it costs to serve all that each share stands for, mln, by column."""
    found = np.zeros(len(m.cost))
    for s, own in zip(sites, worth, strict=True):
        found[s.share] = np.repeat((s.amount * own).ravel(), np.diff(s.share_first))
    return found


def _steps(
    m: Matrices, part: csr_array, plain: Ints, owner: Ints, of_shares: Floats
) -> tuple[Floats, Floats]:
    """Return steps and first prices of rows as they are in the model.

    *part* are the rows *plain* of it; *of_shares* is what shares stand for, by column.
    """
    row = np.repeat(np.arange(len(plain)), np.diff(part.indptr))
    column, size, family = part.indices, np.abs(part.data), m.row_family[plain]
    serving = np.zeros(len(plain))
    np.maximum.at(serving, row, of_shares[column])
    is_equal = m.row_lower[plain] == m.row_upper[plain]
    serving[(family != "allocation") | ~is_equal] = 0.0  # who is served, or not
    most = np.full(len(plain), np.inf)
    ends = (m.column_upper[column] >= NO_LIMIT) & (m.column_lower[column] > -NO_LIMIT)
    np.minimum.at(most, row[ends], m.cost[column[ends]] / size[ends])
    step = np.where(np.isfinite(most), CAP_SHARE * np.maximum(most, 0.0), 0.0)
    pays = (m.cost[column] > 0.0) & (owner[column] >= 0)
    usual = _medians(row[pays], m.cost[column[pays]] / size[pays], len(plain))
    usual *= np.where(family == "budgets", MONEY, OTHERS)
    step = np.where(np.isfinite(most), step, usual)
    is_serving = serving > 0.0
    step = np.where(is_serving, serving, step)
    return step, np.where(is_serving, serving, 0.0)


def _medians(group: Ints, values: Floats, count: int) -> Floats:
    """Return the median of the values of each group, 0 of none."""
    order = np.lexsort((values, group))
    starts = np.searchsorted(group[order], np.arange(count + 1))
    size = np.diff(starts)
    middle = np.minimum(starts[:-1] + size // 2, max(len(values) - 1, 0))
    if not len(values):
        return np.zeros(count)
    return np.where(size > 0, values[order][middle], 0.0)


def _totals(
    m: Matrices, sites: list[kernel.Sites], worth: list[Floats]
) -> tuple[csr_array, Floats]:
    """Return rows of what sites with several places hold in all, and their steps.

    Those of the levels are added up: who comes, in units of demand, within the places.
    """
    none = np.zeros(0, dtype=np.int64)
    rows, columns, values, steps = [none], [none], [np.zeros(0)], [np.zeros(0)]
    count = 0
    for s, own in zip(sites, worth, strict=True):
        periods = s.unit.shape[2]
        number = np.full(len(s.places), -1)
        several = np.flatnonzero(s.places > 1)
        number[several] = count + np.arange(len(several)) * periods
        count += len(several) * periods
        steps.append(np.tile(own, len(several)))
        # Shares, in the order of ways and periods.
        ways, t = np.divmod(np.arange(s.amount.size), periods)
        holder = np.repeat(number, np.diff(s.first))[ways]
        size = np.diff(s.share_first)
        row = np.repeat(np.where(holder >= 0, holder + t, -1), size)
        amount = np.repeat(s.amount.ravel(), size)
        rows.append(row[row >= 0])
        columns.append(s.share[row >= 0])
        values.append(amount[row >= 0])
        j, level, t = np.nonzero((s.unit >= 0) & (number >= 0)[:, None, None])
        rows.append(number[j] + t)
        columns.append(s.unit[j, level, t])
        values.append(-s.room[j, level])
    entries = (np.concatenate(rows), np.concatenate(columns))
    shape = (count, len(m.cost))
    matrix = coo_array((np.concatenate(values), entries), shape=shape).tocsr()
    return matrix, np.concatenate(steps)
