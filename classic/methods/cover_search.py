"""Sites that cover most weight: a few close, as many open, as long as that helps.

Ruin and recreate (Schrimpf et al. 2000): open sites near one another close, and as many
open where most is uncovered, seen through noise. Then each site in turn makes way for
the one that covers most instead. What is a little worse is kept now and then.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from aumaq.classic.methods.covers import Rows
from aumaq.classic.methods.search import sow
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.loops import loop

MOST_RUINED = 6
"""Sites that close together at most."""
STRIDES = 200
"""Steps at most from an open site to others that are near."""
NOISE, NOISY = 0.3, 0.7
"""How far what a site would cover is seen wrongly at most, and how often that is."""
WORSE = 3e-4
"""Part of the weight covered that a kept plan may cover less than the one before."""
LEAST = 1e-9
"""Part of all weight by which a better plan covers more."""
ROUNDS = 50
"""Rounds between two looks at the clock."""


class Sets(NamedTuple):
    """Which sites cover which sets of clients. R sets, J sites."""

    row_first: Ints  # (R + 1,) into ``row_site``
    row_site: Ints
    site_first: Ints  # (J + 1,) into ``site_row``
    site_row: Ints
    weight: Floats  # (R,)


class Cover(NamedTuple):
    """Open sites and what they cover."""

    sites: Ints  # (p,) those that stay come first
    is_open: Flags  # (J,)
    met_by: Ints  # (R,) open sites that cover a set
    gain: Floats  # (J,) weight that a site covers and no open one does
    value: Floats  # (1,) weight that is covered


@loop
def put(s: Sets, c: Cover, k: int, j: int) -> float:
    """Open a site in a place; return what it covers in addition."""
    gained = 0.0
    for a in range(s.site_first[j], s.site_first[j + 1]):
        row = s.site_row[a]
        if c.met_by[row] == 0:
            gained += s.weight[row]
            for b in range(s.row_first[row], s.row_first[row + 1]):
                c.gain[s.row_site[b]] -= s.weight[row]
        c.met_by[row] += 1
    c.sites[k], c.is_open[j] = j, True
    c.value[0] += gained
    return gained


@loop
def take(s: Sets, c: Cover, k: int) -> float:
    """Close the site of a place; return what is covered no longer."""
    j, lost = c.sites[k], 0.0
    for a in range(s.site_first[j], s.site_first[j + 1]):
        row = s.site_row[a]
        c.met_by[row] -= 1
        if c.met_by[row] == 0:
            lost += s.weight[row]
            for b in range(s.row_first[row], s.row_first[row + 1]):
                c.gain[s.row_site[b]] += s.weight[row]
    c.is_open[j] = False
    c.value[0] -= lost
    return lost


@loop
def most(c: Cover, usable: Flags, noise: float) -> int:
    """Return the closed site that covers most in addition; equal ones by chance."""
    best, found, num_equal = -np.inf, -1, 0
    for j in range(len(usable)):
        if c.is_open[j] or not usable[j]:
            continue
        seen = c.gain[j]
        if noise > 0.0:
            seen *= 1.0 - noise * np.random.random()  # noqa: NPY002
        if seen > best:
            best, found, num_equal = seen, j, 1
        elif seen == best:
            num_equal += 1
            if np.random.randint(num_equal) == 0:  # noqa: NPY002
                found = j
    return found


@loop
def improve(s: Sets, c: Cover, usable: Flags, num_stay: int, least: float) -> None:
    """Let each site make way for the one that covers most, until none has to."""
    num = len(c.sites) - num_stay
    k, idle = np.random.randint(num), 0  # noqa: NPY002
    while idle < num:
        old = c.sites[num_stay + k]
        lost = take(s, c, num_stay + k)
        new = most(c, usable, 0.0)
        idle = 0 if c.gain[new] > lost + least else idle + 1
        put(s, c, num_stay + k, new if c.gain[new] >= lost else old)
        k = (k + 1) % num


@loop
def stride(s: Sets, j: int) -> int:
    """Return a site that covers a set that a site covers, drawn at random."""
    first, end = s.site_first[j], s.site_first[j + 1]
    if first == end:
        return j
    row = s.site_row[first + np.random.randint(end - first)]  # noqa: NPY002
    first, end = s.row_first[row], s.row_first[row + 1]
    return s.row_site[first + np.random.randint(end - first)]  # noqa: NPY002


@loop
def ruin(s: Sets, c: Cover, num_stay: int, places: Ints) -> int:
    """Close sites near one another; fill in their places and return how many."""
    num = len(c.sites) - num_stay
    wanted = min(2 + np.random.randint(MOST_RUINED - 1), num)  # noqa: NPY002
    places[0] = num_stay + np.random.randint(num)  # noqa: NPY002
    at, ruined = c.sites[places[0]], 1
    take(s, c, places[0])
    for _ in range(STRIDES):
        if ruined == wanted:
            break
        at = stride(s, at)
        if c.is_open[at]:
            for k in range(num_stay, len(c.sites)):
                if c.sites[k] == at:
                    places[ruined] = k
                    ruined += 1
                    take(s, c, k)
                    break
    return ruined


@loop
def go_back(s: Sets, c: Cover, sites: Ints) -> None:
    """Have the sites of an earlier plan again."""
    for k in range(len(sites)):
        if c.sites[k] != sites[k]:
            take(s, c, k)
    for k in range(len(sites)):
        if not c.is_open[sites[k]]:
            put(s, c, k, sites[k])


@loop
def rounds(
    s: Sets, c: Cover, usable: Flags, num_stay: int, best: Ints, best_value: float,
    times: int,
) -> float:  # fmt: skip
    """Ruin and recreate so often; fill in the best sites, return what they cover."""
    least, places = LEAST * s.weight.sum(), np.empty(MOST_RUINED, np.int64)
    for _ in range(times):
        before, sites = c.value[0], c.sites.copy()
        ruined = ruin(s, c, num_stay, places)
        for k in places[:ruined]:
            noise = NOISE if np.random.random() < NOISY else 0.0  # noqa: NPY002
            put(s, c, k, most(c, usable, noise))
        improve(s, c, usable, num_stay, least)
        if c.value[0] > best_value + least:
            best_value = c.value[0]
            best[:] = c.sites
        elif c.value[0] < before - WORSE * best_value * np.random.random():  # noqa: NPY002
            go_back(s, c, sites)
    return best_value


class CoverSearch:
    """The best sites found so far, from a greedy start on."""

    def __init__(self, rows: Rows, p: int, stays: Ints, usable: Flags, seed: int):
        """Open *stays*, and of the *usable* sites always the one that covers most."""
        by_site = rows.matrix.T.tocsr()
        self._sets = Sets(
            np.asarray(rows.matrix.indptr, np.int64),
            np.asarray(rows.matrix.indices, np.int64),
            np.asarray(by_site.indptr, np.int64),
            np.asarray(by_site.indices, np.int64),
            rows.weight,
        )
        num_rows, num_sites = rows.matrix.shape
        self._cover = Cover(
            np.full(p, -1), np.zeros(num_sites, bool), np.zeros(num_rows, np.int64),
            np.asarray(by_site @ rows.weight, float), np.zeros(1),
        )  # fmt: skip
        self._num_stay = len(stays)
        sow(seed)
        for k in range(p):
            is_given = k < len(stays)
            j = stays[k] if is_given else most(self._cover, usable, 0.0)
            put(self._sets, self._cover, k, j)
        self.sites = self._cover.sites.copy()

    @property
    def covered(self) -> float:
        """Weight that the best sites cover."""
        s = self._sets
        is_open = np.zeros(len(s.site_first) - 1, bool)
        is_open[self.sites] = True
        met = np.logical_or.reduceat(is_open[s.row_site], s.row_first[:-1])
        return float(s.weight[met].sum())

    def run(self, usable: Flags) -> bool:
        """Do some rounds with the usable sites; return whether a plan is better."""
        if self._num_stay == len(self.sites):
            return False
        before, usable = self.covered, usable.copy()
        usable[self.sites] = usable[self._cover.sites] = True
        rounds(
            self._sets, self._cover, usable, self._num_stay, self.sites, before, ROUNDS
        )
        return self.covered > before
