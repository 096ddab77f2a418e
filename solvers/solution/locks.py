"""Locks: limits on single decisions that come with a solve, beside the instance's own.

They are limits of columns, which every method keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from aumaq.instances.arrays import Flags, Ints
from aumaq.solvers.solution.decisions import Decisions

ANY = np.iinfo(np.int64).max
"""The most of what has no limit."""


@dataclass
class Limits:
    """The least and the most of each decision in an array of them."""

    least: Ints
    most: Ints

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Limits:
        """Return limits that allow everything."""
        return cls(np.zeros(shape, dtype=np.int64), np.full(shape, ANY))

    @property
    def is_limited(self) -> Flags:
        """Which decisions have a limit."""
        return np.asarray((self.least > 0) | (self.most < ANY))

    def allow(self, values: Ints) -> bool:
        """Return whether values are within the limits."""
        known = values.reshape(self.least.shape)
        return bool(((known >= self.least) & (known <= self.most)).all())


@dataclass(frozen=True)
class Locks:
    """Limits by kind of decision; ``running`` is on facilities of all levels together.

    Level 0 of ``units`` has no limits.
    """

    units: Mapping[str, Limits]  # by service, (J, L+1, T)
    running: Mapping[str, Limits]  # by service, (J, T)
    steps: Mapping[str, Limits]  # by network, (G, T)
    upgraded: Limits  # (G, T)
    chosen: Limits  # (K, T)

    def allow(self, plan: Decisions) -> bool:
        """Return whether a plan keeps all locks."""
        return all(limits.allow(values) for limits, values in self._pairs(plan))

    def _pairs(self, plan: Decisions) -> Iterator[tuple[Limits, Ints]]:
        for name, own in self.units.items():
            units = plan.services[name].units.copy()
            units[:, 0] = 0
            yield own, units
            yield self.running[name], units.sum(axis=1)
        for name, own in self.steps.items():
            yield own, plan.networks[name].steps
        yield self.upgraded, plan.upgraded
        yield self.chosen, plan.chosen
