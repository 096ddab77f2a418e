"""The LP of p-median and of location with fixed costs by cuts in the sites alone.

A client pays theta_i. For D any of the distances to its sites (or the list's end)

    theta_i >= D - sum_j max(0, D - d_ij) y_j

is valid, and all of them together are the strong LP (Duran-Mateluna, Ales,
Elloumi 2023). The one that is violated most at some y has for D the distance at which
sites met on the way out add up to one: a scan of a list.

HiGHS proposes prices; the bound is always that of the Lagrangian at them, which is
never worse than the LP in exact arithmetic, and valid in any.
"""

from __future__ import annotations

import highspy
import numpy as np

from aumaq.classic.methods.prices import CLOSED, OPEN, Bound, Opening, bound_at
from aumaq.classic.methods.reach import Reach
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.loops import loop

VIOLATED = 1e-6
"""Relative to the distance, by how much a cut is to be violated."""
INWARD = 0.5
"""Part of the inner point in the point that is cut off (Ben-Ameur, Neto 2007)."""
NEVER_SLACK = -(10**9)
SLACK_ROUNDS = 6
"""Rounds after which a cut that is slack leaves the LP."""


@loop
def levels_at(r: Reach, end: Floats, y: Floats, theta: Floats, level: Floats) -> int:
    """Fill in D of the most violated cut of each client, -1: none; return how many."""
    count = 0
    for i in range(r.n):
        mass, cost, found = 0.0, 0.0, end[i]
        for k in range(r.row_first[i], r.row_first[i + 1]):
            here = y[r.row_site[k]]
            if here <= 1e-12:
                continue
            if mass + here >= 1.0 - 1e-9:
                found = r.row_length[k]
                break
            mass += here
            cost += here * r.row_length[k]
        value = cost + (1.0 - mass) * found
        if value > theta[i] + VIOLATED * max(1.0, abs(value)):
            level[i] = found
            count += 1
        else:
            level[i] = -1.0
    return count


@loop
def cut_rows(
    r: Reach, clients: Ints, levels: Floats, offset: int
) -> tuple[Ints, Ints, Floats]:
    """Return starts, columns and coefficients of cuts; thetas begin at *offset*."""
    size = 0
    for c in range(len(clients)):
        i = clients[c]
        size += 1
        for k in range(r.row_first[i], r.row_first[i + 1]):
            if r.row_length[k] >= levels[c]:
                break
            size += 1
    starts = np.zeros(len(clients) + 1, np.int64)
    index = np.empty(size, np.int64)
    value = np.empty(size, np.float64)
    at = 0
    for c in range(len(clients)):
        i = clients[c]
        index[at], value[at] = offset + i, 1.0
        at += 1
        for k in range(r.row_first[i], r.row_first[i + 1]):
            if r.row_length[k] >= levels[c]:
                break
            index[at] = r.row_site[k]
            value[at] = levels[c] - r.row_length[k]
            at += 1
        starts[c + 1] = at
    return starts, index, value


class CutLoop:
    """An LP that grows by cuts and is solved again from its last basis."""

    def __init__(self, r: Reach, o: Opening, threads: int = 1) -> None:
        self.r, self.o = r, o
        with np.errstate(divide="ignore", invalid="ignore"):
            self.end = np.where(o.weight > 0, o.limit / o.weight, 0.0)
        self.level = np.empty(0)  # D of each cut
        self.client = np.empty(0, np.int64)
        self.slack = np.empty(0, np.int64)  # rounds that each cut has been slack
        self.y = np.zeros(r.m)
        self.theta = np.zeros(r.n)
        self.value = -np.inf
        self.price = np.zeros(r.n)
        self.rounds = 0
        self.is_infeasible = False
        self._head = 1  # rows that are no cuts
        self._lp = self._begin(threads)

    def _begin(self, threads: int) -> highspy.Highs:
        """Return the LP with its columns: sites, then what clients pay."""
        r, o = self.r, self.o
        lp = highspy.Highs()
        lp.setOptionValue("output_flag", False)
        lp.setOptionValue("threads", threads)
        lp.setOptionValue("simplex_strategy", 1)
        nearest = np.where(
            np.diff(r.row_first) > 0,
            np.append(r.row_length, 0.0)[
                np.minimum(r.row_first[:-1], len(r.row_length))
            ],
            self.end,
        )
        self.nearest = np.where(o.weight > 0, np.minimum(nearest, self.end), 0.0)
        cost = np.concatenate([o.fixed, o.weight])
        low = np.concatenate([np.zeros(r.m), self.nearest])
        high = np.concatenate([np.ones(r.m), np.full(r.n, highspy.kHighsInf)])
        none_i, none_f = np.empty(0, np.int32), np.empty(0)
        lp.addCols(r.m + r.n, cost, low, high, 0, none_i, none_i, none_f)
        sites = np.arange(r.m, dtype=np.int32)
        least, most = (o.p, o.p) if o.p >= 0 else (1, r.m)
        lp.addRow(float(least), float(most), r.m, sites, np.ones(r.m))
        return lp

    def add(self, clients: Ints, levels: Floats) -> None:
        """Add cuts."""
        if not len(clients):
            return
        starts, index, value = cut_rows(self.r, clients, levels, self.r.m)
        high = np.full(len(clients), highspy.kHighsInf)
        self._lp.addRows(
            len(clients), levels, high, len(index),
            starts[:-1].astype(np.int32), index.astype(np.int32), value,
        )  # fmt: skip
        self.level = np.concatenate([self.level, levels])
        self.client = np.concatenate([self.client, clients])
        self.slack = np.concatenate([self.slack, np.zeros(len(clients), np.int64)])

    def cover(self, clients: Ints) -> None:
        """Ask for an open site in the list of each of some clients."""
        for i in clients:
            row = self.r.row_site[self.r.row_first[i] : self.r.row_first[i + 1]]
            self._lp.addRow(
                1.0,
                highspy.kHighsInf,
                len(row),
                row.astype(np.int32),
                np.ones(len(row)),
            )
        new = len(clients)
        self.level = np.concatenate([self.level, np.zeros(new)])
        # Clients' costs have no part in such a row: it stands for client n.
        self.client = np.concatenate([self.client, np.full(new, self.r.n)])
        self.slack = np.concatenate([self.slack, np.full(new, NEVER_SLACK)])

    def start_at(self, price: Floats) -> None:
        """Add the cuts on both sides of some prices."""
        r, o = self.r, self.o
        who = np.flatnonzero((o.weight > 0) & (np.diff(r.row_first) > 0))
        below, above = np.empty(len(who)), np.empty(len(who))
        for c, i in enumerate(who):
            row = r.row_length[r.row_first[i] : r.row_first[i + 1]]
            at = price[i] / o.weight[i]
            k = int(np.searchsorted(row, at, side="right"))
            below[c] = row[k - 1] if k else row[0]
            above[c] = row[k] if k < len(row) else self.end[i]
        lower = below > self.nearest[who] + 1e-12
        self.add(who, above)
        self.add(who[lower], below[lower])

    def bounds(self, state: Ints) -> None:
        """Free, open and close sites."""
        low = (state == OPEN).astype(float)
        high = (state != CLOSED).astype(float)
        self._lp.changeColsBounds(
            self.r.m, np.arange(self.r.m, dtype=np.int32), low, high
        )

    def solve(self, seconds: float) -> bool:
        """Solve the LP from where it stands; False if it is not solved in time."""
        lp = self._lp
        lp.setOptionValue("time_limit", lp.getRunTime() + max(seconds, 0.1))
        lp.run()
        status = lp.getModelStatus()
        self.is_infeasible = status == highspy.HighsModelStatus.kInfeasible
        if status != highspy.HighsModelStatus.kOptimal:
            return False
        self.rounds += 1
        found = lp.getSolution()
        values = np.asarray(found.col_value)
        self.y, self.theta = np.clip(values[: self.r.m], 0, 1), values[self.r.m :]
        self.value = lp.getInfo().objective_function_value
        dual = np.maximum(np.asarray(found.row_dual)[self._head :], 0.0)
        self.slack = np.where((dual > 0) & (self.slack >= 0), 0, self.slack + 1)
        n = self.r.n
        paid = np.bincount(self.client, dual, minlength=n + 1)[:n]
        price = np.bincount(self.client, dual * self.level, minlength=n + 1)[:n]
        price = price + np.maximum(self.o.weight - paid, 0.0) * self.nearest
        self.price = np.minimum(price, self.o.limit)
        return True

    def bound(self, state: Ints) -> Bound:
        """Return the Lagrangian bound at the prices of the LP."""
        return bound_at(self.r, self.o, state, self.price)

    def separate(self, inner: Floats | None = None) -> int:
        """Add the cuts violated most at y, or between it and *inner* if those cut y."""
        level = np.empty(self.r.n)
        theta = np.where(self.o.weight > 0, self.theta, np.inf)
        if inner is not None:
            inside = INWARD * inner + (1 - INWARD) * self.y
            levels_at(self.r, self.end, inside, theta, level)
            who = np.flatnonzero(level >= 0)
            deep = who[self._violation(who, level[who]) > 0]
            if len(deep):
                self.add(deep, level[deep])
                return len(deep)
        levels_at(self.r, self.end, self.y, theta, level)
        who = np.flatnonzero(level >= 0)
        self.add(who, level[who])
        return len(who)

    def _violation(self, clients: Ints, levels: Floats) -> Floats:
        """Return by how much cuts are violated at y, less what counts as nothing."""
        starts, index, value = cut_rows(self.r, clients, levels, self.r.m)
        point = np.concatenate([self.y, self.theta])
        left = np.add.reduceat(value * point[index], starts[:-1])
        return levels - left - VIOLATED * np.maximum(1.0, np.abs(levels))

    def purge(self) -> None:
        """Take cuts out that have been slack for long."""
        old = np.flatnonzero(self.slack >= SLACK_ROUNDS)
        if len(old) < len(self.slack) // 4:
            return
        rows = (old + self._head).astype(np.int32)
        self._lp.deleteRows(len(rows), rows)
        kept = self.slack < SLACK_ROUNDS
        self.level, self.client = self.level[kept], self.client[kept]
        self.slack = self.slack[kept]
