r"""The relaxation in which each site decides alone: its value at any prices is a bound.

Rows that tie sites to each other, or to what belongs to no site, have prices :math:`y`.
With the reduced costs :math:`r = c - A^T y`,

.. math:: \sum_i y_i\, side_i + \sum_{k\ loose} r_k\, end_k
          + \sum_j \min_{x_j} r_j x_j

is no more than any plan costs (Geoffrion 1974): *side* and *end* are the limits at
which a price or a reduced cost gains most, and :math:`x_j` are the decisions of a site
under its own rows (sites.py), some of which may be left out. A row without a price is
left out as well, so that rules of any family may be there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed import kernel
from aumaq.solvers.decomposed.sites import columns_of, sites_of, work_for
from aumaq.solvers.excess import evenly
from aumaq.solvers.highs.matrices import NO_LIMIT, Matrices, best_end
from aumaq.solvers.search import DENSE_ROW, Site

SAFE = 1e-9
"""Relative to what is added up, a bound is lower by so much: sums are rounded."""
OWN = ("siting", "locks", "renewal")
"""Families whose rows a site obeys by itself; and those of what facilities hold."""
CAP_SHARE = 0.3
"""Steps of a price that another column limits are so much of that limit."""
MONEY = 2.0
"""Steps of the price of a mln of a hard budget, mln."""
OTHERS = 0.05
"""Steps of other prices are so much of what the columns of their rows usually cost."""
ROUNDS = 20
"""How often prices are shrunk until no endless column gains."""


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


class Relaxation:
    """The relaxation of a compiled model; evaluated again and again."""

    def __init__(self, c: Compiled) -> None:
        """Prepare: what each site decides, and which rows are priced."""
        self.m = m = c.matrices
        self.sites = sites_of(m, c.built, c.place)
        self._work = [work_for(s) for s in self.sites]
        self.columns = [own for s in self.sites for own in columns_of(s)]
        self.owner = np.full(len(m.cost), -1)
        for j, own in enumerate(self.columns):
            self.owner[own] = j
        self.priced = _priced(c, self.sites, self.owner)
        self._by_column = self.priced.rows.T.tocsr()
        self._loose = self.owner < 0
        has_end = m.column_upper < NO_LIMIT
        is_priced = np.diff(self._by_column.indptr) > 0
        self._endless = np.flatnonzero(self._loose & is_priced & ~has_end)
        self._renewals = np.flatnonzero(~self._loose & ~has_end)
        self.value = [np.zeros(len(s.places)) for s in self.sites]
        self.x = np.zeros(len(m.cost))
        self.reduced = m.cost.copy()

    def at(self, y: Floats) -> float:
        """Return the value at prices *y*; ``x`` and ``reduced`` are those of it then.

        -inf if a site or a column without end has no least cost.
        """
        m, p = self.m, self.priced
        self.reduced = r = m.cost - self._by_column @ y
        sides = y * side_of(y, p.lower, p.upper)
        loose = r[self._loose]
        ends = best_end(loose, m.column_lower[self._loose], m.column_upper[self._loose])
        # A site renews what is due, and no more: that must not pay.
        if (np.abs(ends) >= NO_LIMIT).any() or (r[self._renewals] < 0.0).any():
            return float("-inf")
        for s, work, value in zip(self.sites, self._work, self.value, strict=True):
            kernel.evaluate(s, work, r, value, self.x)
        self.x[self._loose] = ends
        parts = np.concatenate([sides, loose * ends, *self.value])
        if (np.abs(parts) >= kernel.NEVER / 2).any():
            return float("-inf")
        return float(m.offset + parts.sum() - SAFE * np.abs(parts).sum())

    @cached_property
    def sites_of_rows(self) -> csr_array:
        """The share of each site in each priced row, (sites, rows), 0 in dense rows."""
        rows = self.priced.rows
        row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        owner = self.owner[rows.indices]
        counts = (owner >= 0) & (np.diff(rows.indptr) <= DENSE_ROW)[row]
        entries = np.unique(np.column_stack([row[counts], owner[counts]]), axis=0).T
        shape = (rows.shape[0], len(self.columns))
        ones = np.ones(entries.shape[1])
        return evenly(csr_array((ones, (entries[0], entries[1])), shape=shape))

    @cached_property
    def rows_of_loose(self) -> csr_array:
        """The share of each priced row in each loose column, (rows, loose columns)."""
        return evenly(self._by_column[np.flatnonzero(self._loose)])

    @cached_property
    def follows(self) -> Flags:
        """Which columns are no decisions of sites: who goes where, what is loose."""
        found = self._loose & ~self.m.is_integer
        for s in self.sites:
            found[s.share] = True
        return found

    def own_of(self, sites: list[Site]) -> list[Ints]:
        """Return all columns that are decided at each site of a search."""
        owners = [np.unique(self.owner[site.columns]) for site in sites]
        return [
            np.unique(
                np.concatenate(
                    [site.columns, *(self.columns[j] for j in own if j >= 0)]
                )
            )
            for site, own in zip(sites, owners, strict=True)
        ]

    def slope(self, y: Floats) -> Floats:
        """Return by how much the value rises with each price, as last evaluated."""
        p = self.priced
        return side_of(y, p.lower, p.upper) - p.rows @ self.x

    def allowed(self, y: Floats) -> Floats:
        """Return prices near *y* by which no row or column gains endlessly."""
        p, m = self.priced, self.m
        y = np.where(p.step > 0.0, y, 0.0)
        y = np.where(p.lower > -NO_LIMIT, y, np.minimum(y, 0.0))
        y = np.where(p.upper < NO_LIMIT, y, np.maximum(y, 0.0))
        columns = self._endless
        if not len(columns):
            return y
        part, cost = self._by_column[columns], m.cost[columns]
        for _ in range(ROUNDS):
            pays = part @ y
            bad = np.flatnonzero(pays > cost)
            if not len(bad):
                return y
            rows = np.unique(part[bad].indices)
            factor = np.ones(len(y))
            shrink = np.clip(cost[bad] / pays[bad], 0.0, 1.0) * (1.0 - 1e-12)
            one = part[bad]
            at = np.repeat(np.arange(len(bad)), np.diff(one.indptr))
            np.minimum.at(factor, one.indices, shrink[at])
            y = y * factor
        y[rows] = 0.0
        return y


def side_of(y: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the side of each row that its price is of; without one, any."""
    has_lower = lower > -NO_LIMIT
    side = np.where(y > 0.0, lower, np.where(y < 0.0, upper, 0.0))
    none = np.where(has_lower, lower, np.where(upper < NO_LIMIT, upper, 0.0))
    return np.where(y != 0.0, side, none)


def _priced(c: Compiled, sites: list[kernel.Sites], owner: Ints) -> Priced:
    """Return the rows that are priced, with the measure of their steps."""
    m = c.matrices
    by_row: csr_array = m.sparse.tocsr()
    inside = _is_inside(by_row, owner) & _is_own(m, by_row, sites)
    several = np.concatenate([np.zeros(0, dtype=bool), *(s.places > 1 for s in sites)])
    first = by_row.indptr[:-1].clip(max=len(by_row.indices) - 1)
    is_due = inside & (m.row_family == "renewal")
    is_due[is_due] = several[owner[by_row.indices[first[is_due]]]]
    plain = np.flatnonzero(~inside | is_due)
    worth = _worth(c)
    step, begin = _steps(m, by_row[plain], plain, owner, _of_shares(m, sites, worth))
    totals, of_total = _totals(m, sites, worth)
    none = np.zeros(len(of_total))
    return Priced(
        vstack([by_row[plain], totals]).tocsr(),
        np.concatenate([m.row_lower[plain], none - np.inf]),
        np.concatenate([m.row_upper[plain], none]),
        np.concatenate([step, of_total]),
        np.concatenate([begin, -of_total]),
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


def _worth(c: Compiled) -> list[Floats]:
    """Return what it costs to serve a unit of demand, mln, (T,) for each service.

    The median of running costs by capacity.
    """
    found = []
    for d in c.built.data.services.values():
        if len(d.sites):
            known = d.usable[1:] > 0
            cost = d.opex_mln_per_year[1:][known] / d.usable[1:][known]
            found.append(np.median(np.append(cost, 0.0)) * c.built.data.ann)
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
