r"""The relaxation in which each site decides alone: its value at any prices is a bound.

Rows that tie sites to each other, or to what belongs to no site, have prices :math:`y`.
With the reduced costs :math:`r = c - A^T y`,

.. math:: \sum_i y_i\, side_i + \sum_{k\ loose} r_k\, end_k
          + \sum_j \min_{x_j} r_j x_j

is no more than any plan costs (Geoffrion 1974): *side* and *end* are the limits at
which a price or a reduced cost gains most, and :math:`x_j` are the decisions of a site
under its own rows (sites.py), some of which may be left out. What is loose has rows,
too, whose prices come from an LP (pieces.py). A row without a price is left out, so
that rules of any family may be there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.areas import stations
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed import kernel
from aumaq.solvers.decomposed.pieces import Pieces, rows_beside
from aumaq.solvers.decomposed.priced import priced_rows
from aumaq.solvers.decomposed.sites import (
    columns_of,
    served_by,
    sites_of,
    work_for,
)
from aumaq.solvers.highs.matrices import NO_LIMIT, best_end
from aumaq.solvers.places import Site

SAFE = 1e-9
"""Relative to what is added up, a bound is lower by so much: sums are rounded."""
ROUNDS = 20
"""How often prices are shrunk until no endless column gains."""


class Relaxation:
    """The relaxation of a compiled model; evaluated again and again."""

    def __init__(
        self, c: Compiled, is_over: Callable[[], bool] = lambda: False
    ) -> None:
        """Prepare: what each site decides, and which rows are priced.

        *is_over* is asked in long LPs whether to give up.
        """
        self.m = m = c.matrices
        self._c = c
        self.sites = sites_of(m, c.built, c.place, served_by(c.built, sites=True))
        self._work = [work_for(s) for s in self.sites]
        self.columns = [own for s in self.sites for own in columns_of(s)]
        self.owner = np.full(len(m.cost), -1)
        for j, own in enumerate(self.columns):
            self.owner[own] = j
        self._loose = self.owner < 0
        beside = rows_beside(m.by_row, self._loose)
        self.pieces = Pieces(m, np.flatnonzero(beside), stations(c), is_over)
        self.priced = priced_rows(c, self.sites, self.owner, self.pieces)
        self._by_column = self.priced.rows.T.tocsr()
        self._free = self._loose.copy()
        self._free[self.pieces.columns] = False
        has_end = m.column_upper < NO_LIMIT
        is_priced = np.diff(self._by_column.indptr) > 0
        # Renewals have no end either: where somebody pays for them, they might pay.
        may_gain = (self._free | ~self._loose) & is_priced
        self._endless = np.flatnonzero(may_gain & ~has_end)
        self._renewals = np.flatnonzero(~self._loose & ~has_end)
        self.value = [np.zeros(len(s.places)) for s in self.sites]
        self.x = np.zeros(len(m.cost))
        self.x[self.pieces.columns] = self.pieces.x
        self.reduced = m.cost.copy()

    def at(self, y: Floats, beside: Floats | None = None) -> float:
        """Return the value at prices *y*; ``x`` and ``reduced`` are those of it then.

        *beside*: prices of the rows of the pieces, which are found if they are not
        given. -inf if a site or a column without end has no least cost; ``reduced`` and
        what belongs to it are no bounds then.
        """
        pieces, cost = self.pieces, self.m.cost - self._by_column @ y
        if beside is not None:
            pieces.price = beside
        elif pieces.solve(cost[pieces.columns]):
            self.x[pieces.columns] = pieces.x
        # An LP that was given up leaves the prices of before, which bound as well.
        parts = [*self._at_sites(y, cost), *self._of_pieces(cost)]
        return _total(self.m.offset, parts)

    def near(self, y: Floats) -> None:
        """Let ``x`` and ``reduced`` be those at prices *y*, pieces as they were."""
        self._at_sites(y, self.m.cost - self._by_column @ y)

    def _at_sites(self, y: Floats, cost: Floats) -> list[Floats]:
        """Let sites, and columns that only priced rows tie, decide; what that adds."""
        m, p = self.m, self.priced
        self.reduced = cost
        free = cost[self._free]
        ends = best_end(free, m.column_lower[self._free], m.column_upper[self._free])
        # A site renews what is due, and no more: that must not pay.
        if (np.abs(ends) >= NO_LIMIT).any() or (cost[self._renewals] < 0.0).any():
            return [np.array([-np.inf])]
        for s, work, value in zip(self.sites, self._work, self.value, strict=True):
            kernel.evaluate(s, work, cost, value, self.x)
        self.x[self._free] = ends
        return [y * side_of(y, p.lower, p.upper), free * ends, *self.value]

    def _of_pieces(self, cost: Floats) -> list[Floats]:
        """Price the rows of the pieces as well; return what they add to the value."""
        pieces = self.pieces
        reduced = pieces.reduced(cost[pieces.columns])
        ends = pieces.ends(reduced)
        if (np.abs(ends) >= NO_LIMIT).any():
            return [np.array([-np.inf])]
        self.reduced = cost.copy()
        self.reduced[pieces.columns] = reduced
        return [pieces.sides(), reduced * ends]

    @cached_property
    def is_beside(self) -> Flags:
        """Which columns are of no site and not whole: what runs, what is measured."""
        return self._loose & ~self.m.is_integer

    @cached_property
    def follows(self) -> Flags:
        """Which columns follow decisions: who goes where, what runs, is measured."""
        found = self.is_beside.copy()
        for s in self.sites:
            found[s.share] = True
        return found

    def price_of_rows(self, y: Floats) -> Floats:
        """Return prices *y* by the rows of the model, 0 where a row has none."""
        found = np.zeros(len(self.m.row_lower))
        found[self.priced.plain] = y[: len(self.priced.plain)]
        found[self.pieces.rows] = self.pieces.price
        return found

    def by_label(self, y: Floats, rows: Ints, columns: Ints, count: int) -> Floats:
        """Return the value at prices *y*, as last evaluated, by labels of what has it.

        *rows* and *columns* of the model with a label below 0 are left out.
        """
        m, upper = self.m, self.m.column_upper.copy()
        upper[self.pieces.columns] = self.pieces.upper
        price = self.price_of_rows(y)
        sides = price * side_of(price, m.row_lower, m.row_upper)
        beside = np.flatnonzero(self._loose)
        r = self.reduced[beside]
        ends = r * best_end(r, m.column_lower[beside], upper[beside])
        first = [own[0] if len(own) else -1 for own in self.columns]
        of_site = np.where(np.array(first) >= 0, columns[first], -1)
        found = np.zeros(count)
        for label, part in (
            (rows, sides),
            (columns[beside], ends),
            (of_site, np.concatenate([np.zeros(0), *self.value])),
        ):
            known = label >= 0
            found += np.bincount(label[known], part[known], count)
        return found

    def own_of(self, sites: list[Site]) -> list[Ints]:
        """Return all columns that are decided at each site of a search."""
        c = self._c
        others = sites_of(self.m, c.built, c.place, served_by(c.built, sites=False))
        columns = [*self.columns, *(own for s in others for own in columns_of(s))]
        decider = np.full(len(self.owner), -1)
        for j, own in enumerate(columns):
            decider[own] = j
        owners = [np.unique(decider[site.columns]) for site in sites]
        return [
            np.unique(
                np.concatenate([site.columns, *(columns[j] for j in own if j >= 0)])
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


def _total(offset: float, parts: list[Floats]) -> float:
    """Return what the parts add up to, a little lower: sums are rounded."""
    found = np.concatenate(parts)
    if (np.abs(found) >= kernel.NEVER / 2).any():
        return float("-inf")
    return float(offset + found.sum() - SAFE * np.abs(found).sum())


def side_of(y: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the side of each row that its price is of; without one, any."""
    has_lower = lower > -NO_LIMIT
    side = np.where(y > 0.0, lower, np.where(y < 0.0, upper, 0.0))
    none = np.where(has_lower, lower, np.where(upper < NO_LIMIT, upper, 0.0))
    return np.where(y != 0.0, side, none)
