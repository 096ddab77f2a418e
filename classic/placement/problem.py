"""The problem: people, sites, and the minutes between them; and its measures.

Everything that a choice of sites is told to be worth is computed here from the pairs
alone, without a solver's word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.access.limits import TOLERANCE, within
from aumaq.instances.arrays import Flags, Floats, Ints

NOWHERE = -1
"""The site of a client that reaches none."""


@dataclass(frozen=True)
class LocationProblem:
    """I clients, J sites, K pairs sorted by client, minutes, site.

    A pair that is not there cannot be travelled. Sites that are *kept* are open
    whatever is chosen; of those that *may* open those that *must* are in every choice.
    Clients without people are told their way, and count in no goal.
    """

    people: Floats  # (I,)
    client: Ints  # (K,)
    site: Ints  # (K,)
    minutes: Floats  # (K,) or whatever unit distances have
    is_kept: Flags  # (J,)
    may_open: Flags  # (J,)
    must_open: Flags  # (J,)

    @classmethod
    def of(
        cls,
        people: Floats,
        pairs: tuple[Ints, Ints, Floats],
        is_kept: Flags,
        may_open: Flags,
        must_open: Flags,
    ) -> LocationProblem:
        """Sort pairs (client, site, minutes); those of sites never open are dropped."""
        client, site, minutes = (np.asarray(part) for part in pairs)
        may_open = may_open & ~is_kept
        is_used = (is_kept | may_open)[site] & np.isfinite(minutes)
        client, site, minutes = client[is_used], site[is_used], minutes[is_used]
        order = np.lexsort((site, minutes, client))
        return cls(
            people,
            client[order],
            site[order],
            minutes[order],
            is_kept,
            may_open,
            must_open & may_open,
        )

    @property
    def is_someone(self) -> Flags:
        """Which clients have people, (I,)."""
        return self.people > 0.0

    @property
    def is_reachable(self) -> Flags:
        """Which clients reach a site if all are open, (I,)."""
        found = np.zeros(len(self.people), dtype=bool)
        found[self.client] = True
        return found

    def only(self, rows: Flags) -> LocationProblem:
        """Return the problem with some of the pairs."""
        return replace(
            self,
            client=self.client[rows],
            site=self.site[rows],
            minutes=self.minutes[rows],
        )

    def within(self, limit: float) -> LocationProblem:
        """Return the problem with the pairs within a limit."""
        return self.only(within(self.minutes, limit))

    def nearest(self, is_open: Flags) -> tuple[Ints, Floats]:
        """Return nearest open site (NOWHERE) and minutes (inf) of each client, (I,).

        Of equally near ones it is the first.
        """
        rows = np.flatnonzero(is_open[self.site])
        who, first = np.unique(self.client[rows], return_index=True)
        site = np.full(len(self.people), NOWHERE, dtype=np.int64)
        minutes = np.full(len(self.people), np.inf)
        site[who], minutes[who] = self.site[rows[first]], self.minutes[rows[first]]
        return site, minutes

    def people_within(self, is_open: Flags, limit: float = np.inf) -> float:
        """Return how many people have an open site within a limit."""
        _, minutes = self.nearest(is_open)
        is_near = np.isfinite(minutes) & within(minutes, limit)
        return float(self.people[is_near].sum())

    def mean_minutes(self, is_open: Flags) -> float:
        """Return the mean way of people who reach a site; NaN where nobody does."""
        _, minutes = self.nearest(is_open)
        reached = np.isfinite(minutes) & self.is_someone
        if not reached.any():
            return float("nan")
        return float(np.average(minutes[reached], weights=self.people[reached]))

    def worst_minutes(self, is_open: Flags) -> float:
        """Return the longest way of people who reach a site; NaN where nobody does."""
        _, minutes = self.nearest(is_open)
        reached = np.isfinite(minutes) & self.is_someone
        return float(minutes[reached].max()) if reached.any() else float("nan")

    def shortened(self) -> LocationProblem:
        """Return the problem without pairs that no choice uses.

        With kept sites nobody goes farther than the nearest of them; clients without
        people decide nothing.
        """
        site, today = self.nearest(self.is_kept)
        longest = today[self.client]
        is_better = self.minutes < longest - TOLERANCE
        is_today = self.is_kept[self.site] & (site[self.client] == self.site)
        return self.only((is_better | is_today) & self.is_someone[self.client])
