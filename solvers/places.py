"""Where a search goes next: which group of sites, which of them, how many around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.checkpoint import Arrays, Facts, joined_arrays, split_arrays

FIRST_SITES = 12
NO_LUCK = 0.7
"""By so much less often a group, or a site, is searched after a step without gain."""
ANYWHERE = 0.1
"""Share of the steps that begin at any site, whatever the plan costs there."""


@dataclass(frozen=True)
class Site:
    """The integer columns of one place, and where it is (a point in space)."""

    columns: Ints
    point: Floats


@dataclass(frozen=True)
class Place:
    """A site in the middle, and those nearest to it in its group."""

    group: int
    centre: int
    sites: Ints


class Distances(Protocol):
    """Where a plan is far from its bound."""

    def at_places(self, values: Floats, is_sparse: Flags) -> Floats:
        """Return the distance at each site, mln; *is_sparse* as in ``Excess``."""


class Places:
    """Draws places, more often where a plan costs more and where there was luck."""

    def __init__(self, sites: list[Site], is_sparse: Flags, seed: int) -> None:
        """Begin with all sites as one group; *is_sparse* as in ``Distances``."""
        self._is_sparse = is_sparse
        self._rng = np.random.default_rng(seed)
        self._points = np.array([site.point for site in sites]).reshape(-1, 3)
        self._groups = [np.arange(len(sites))]
        self._weights = np.ones(1)
        self._sizes = np.full(1, FIRST_SITES)
        self._away: Distances | None = None
        self._luck = np.ones(len(sites))
        self._at_sites: Floats | None = None

    @property
    def is_any(self) -> bool:
        """Whether there is a place to search at all."""
        return bool(self._groups)

    def look_at(self, groups: list[Ints], weights: Floats) -> None:
        """Search among the sites of groups, and more often where a weight is larger.

        Sites of other groups stay as they are, so that those of one go further.
        Without any site there is nothing to search.
        """
        is_any = np.array([len(group) > 0 for group in groups], dtype=bool)
        self._groups = [group for group in groups if len(group)]
        self._weights = weights[is_any]
        self._sizes = np.full(len(self._groups), FIRST_SITES)

    def look_where_it_is_far(self, away: Distances) -> None:
        """Search more often where a plan is far from its bound."""
        self._away, self._at_sites = away, None

    def forget_plan(self) -> None:
        """Measure anew where a plan is far from its bound: it is another one."""
        self._at_sites = None

    def draw(self, values: Floats) -> Place:
        """Return where to search next from a plan."""
        group = self._group()
        sites = self._groups[group]
        points = self._points[sites]
        centre = self._centre(sites, values)
        away = ((points - points[centre]) ** 2).sum(axis=1)
        nearest = sites[np.argsort(away, kind="stable")[: self._sizes[group]]]
        return Place(group, int(sites[centre]), nearest)

    def _group(self) -> int:
        """Return the group of sites whose turn it is."""
        if len(self._groups) == 1:
            return 0
        share = self._weights / self._weights.sum()
        return int(self._rng.choice(len(self._groups), p=share))

    def _centre(self, sites: Ints, values: Floats) -> int:
        """Return which of the sites is in the middle of the next step."""
        away = self._away
        if away is not None and self._rng.random() >= ANYWHERE:
            known = self._at_sites  # another thread may offer a plan meanwhile
            if known is None:
                known = away.at_places(values, self._is_sparse)
                self._at_sites = known
            weight = (known * self._luck)[sites]
            if weight.sum() > 0.0:
                share = weight / weight.sum()
                return int(self._rng.choice(len(sites), p=share))
        return int(self._rng.integers(len(sites)))

    def adapt(self, group: int, *, is_quick: bool, is_slow: bool) -> None:
        """Free more sites where a step was solved at once, fewer where it was not."""
        size = int(self._sizes[group])
        if is_quick:
            size = min(len(self._groups[group]), size + max(1, size // 5))
        elif is_slow:
            size = max(4, int(size * 0.7))
        self._sizes[group] = size

    def is_whole(self, group: int) -> bool:
        """Return whether steps of a group free all sites there are."""
        return bool(self._sizes[group] == len(self._points))

    def narrow(self) -> None:
        """Free few sites again: more is free around each."""
        self._sizes[:] = np.minimum(self._sizes, FIRST_SITES)

    def gave_nothing(self, centre: int) -> None:
        """Search around a site less often."""
        self._luck[centre] *= NO_LUCK

    def has_fewer_turns(self, group: int) -> None:
        """Search in a group less often."""
        self._weights[group] *= NO_LUCK

    def state(self) -> tuple[Facts, Arrays]:
        """Return all that was learned."""
        arrays: Arrays = {
            "luck": self._luck,
            "weights": self._weights,
            "sizes": self._sizes,
            **joined_arrays(list(self._groups), "groups", np.int64),
        }
        return {"rng": self._rng.bit_generator.state}, arrays

    def restore(self, facts: Facts, arrays: Arrays) -> None:
        """Go on from what :meth:`state` returned."""
        self._rng.bit_generator.state = facts["rng"]
        self._luck, self._weights = arrays["luck"].copy(), arrays["weights"].copy()
        self._sizes = arrays["sizes"].copy()
        self._groups = split_arrays(arrays, "groups")
        self._at_sites = None
