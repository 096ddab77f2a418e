"""The Lagrangian bound of p-median and of location with fixed costs.

Relaxing that each client has a site, at prices v_i of a client:

    L(v) = sum_i v_i + min { sum_j (f_j - rho_j) y_j : y as allowed },
    rho_j = sum_i max(0, v_i - w_i d_ij)

(Cornuejols, Fisher, Nemhauser 1977). It is a bound at any prices; a list that ends at a
distance D_i is enough as long as v_i <= w_i D_i. What a site or a pair would add to it
tells which sites stay closed, which are open, and how far a client can be from its own
in any plan that is better than one known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aumaq.classic.methods.reach import LISTS, Reach, distance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

FREE, OPEN, CLOSED = 0, 1, 2
PATIENCE = 20
"""Steps without a better bound after which steps become shorter."""
SHORTER = 0.66
LEAST_STEP = 2e-3
SMOOTH = 0.7
"""Weight of the last direction in the next one (Camerini, Fratta, Maffioli 1975)."""


class Opening(NamedTuple):
    """What a plan of sites costs. I clients, J sites."""

    weight: Floats  # (I,)
    fixed: Floats  # (J,)
    p: int  # sites in all; -1: any number
    limit: Floats  # (I,) most that a price may be: weight times the end of the list


class Bound(NamedTuple):
    """A bound with what is open in it, and what other sites would add."""

    value: float
    taken: Flags  # (J,)
    worth: Floats  # (J,) rho_j - f_j
    opened: Floats  # (J,) least that the bound grows by if the site opens
    closed: Floats  # (J,) the same if it stays closed


@loop
def earnings(r: Reach, weight: Floats, price: Floats, rho: Floats) -> None:
    """Fill in what clients would pay to each site, rho."""
    rho[:] = 0.0
    for i in range(r.n):
        v, w = price[i], weight[i]
        if r.mode == LISTS:
            for k in range(r.row_first[i], r.row_first[i + 1]):
                left = v - w * r.row_length[k]
                if left <= 0.0:
                    break
                rho[r.row_site[k]] += left
        else:
            for j in range(r.m):
                left = v - w * distance(r, i, j)
                if left > 0.0:
                    rho[j] += left


@loop
def served(
    r: Reach, weight: Floats, price: Floats, taken: Flags, sites: Ints, times: Floats
) -> None:
    """Fill in how many open sites each client would pay."""
    for i in range(r.n):
        v, w, found = price[i], weight[i], 0
        if r.mode == LISTS:
            for k in range(r.row_first[i], r.row_first[i + 1]):
                if v - w * r.row_length[k] <= 0.0:
                    break
                if taken[r.row_site[k]]:
                    found += 1
        else:
            for k in range(len(sites)):
                if v - w * distance(r, i, sites[k]) > 0.0:
                    found += 1
        times[i] = found


def bound_at(r: Reach, o: Opening, state: Ints, price: Floats) -> Bound:
    """Return the bound at some prices; sites are free, open or closed by *state*."""
    rho = np.zeros(r.m)
    earnings(r, o.weight, price, rho)
    worth = rho - o.fixed
    is_open, is_free = state == OPEN, state == FREE
    if o.p < 0:
        taken = is_open | (is_free & (worth > 0.0))
        price_in, price_out = 0.0, 0.0
    else:
        taken, price_in, price_out = _best(worth, is_open, is_free, o.p)
    value = float(price.sum() - worth[taken].sum())
    opened = np.where(taken, 0.0, price_out - worth)
    closed = np.where(taken, worth - price_in, 0.0)
    closed[is_open] = np.inf
    opened[state == CLOSED] = np.inf
    return Bound(value, taken, worth, opened, closed)


def _best(
    worth: Floats, is_open: Flags, is_free: Flags, p: int
) -> tuple[Flags, float, float]:
    """Return the p sites worth most, the best one left out, and the worst taken."""
    taken = is_open.copy()
    free = np.flatnonzero(is_free)
    rest = p - int(is_open.sum())
    if rest <= 0:
        return taken, -np.inf, np.inf
    if rest >= len(free):
        taken[free] = True
        return taken, -np.inf, (float(worth[free].min()) if len(free) else np.inf)
    order = free[np.argsort(-worth[free], kind="stable")]
    taken[order[:rest]] = True
    return taken, float(worth[order[rest]]), float(worth[order[rest - 1]])


class Ascent:
    """Subgradient steps towards the best prices."""

    def __init__(self, r: Reach, o: Opening, state: Ints, price: Floats) -> None:
        self.r, self.o, self.state = r, o, state
        self.price = np.minimum(price, o.limit)
        self.best_price = self.price.copy()
        self.best: Bound | None = None
        self.step, self.idle = 1.0, 0
        self._direction = np.zeros(r.n)
        self._times = np.zeros(r.n)

    @property
    def is_over(self) -> bool:
        """Whether steps have become too short to help."""
        return self.step < LEAST_STEP

    def move(self, target: float) -> Bound:
        """Go a step, its length by the distance to *target*; return the bound there."""
        found = bound_at(self.r, self.o, self.state, self.price)
        if self.best is None or found.value > self.best.value:
            is_much = self.best is None or found.value > self.best.value + 1e-5 * abs(
                self.best.value
            )
            self.idle = 0 if is_much else self.idle + 1
            self.best, self.best_price = found, self.price.copy()
        else:
            self.idle += 1
        if self.idle >= PATIENCE:
            self.step, self.idle = self.step * SHORTER, 0
            self.price = self.best_price.copy()
            self._direction[:] = 0.0
            found_here = self.best
        else:
            found_here = found
        sites = np.flatnonzero(found_here.taken)
        served(self.r, self.o.weight, self.price, found_here.taken, sites, self._times)
        slope = 1.0 - self._times
        self._direction = SMOOTH * self._direction + (1.0 - SMOOTH) * slope
        size = float(self._direction @ self._direction)
        if size > 1e-12:
            length = self.step * max(target - found_here.value, 1e-9) / size
            ahead = self.price + length * self._direction
            self.price = np.clip(ahead, 0.0, self.o.limit)
        return found
