"""The best plans found so far."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Ints

SAME = 1e-9
"""Relative difference of values that counts as none."""
BELOW_WHOLE = 1.0 - 1e-6
"""A better plan is better by that where all costs are whole numbers."""


class Pool:
    """The *size* best plans, each once. A worse value is a greater one.

    With a *gap* plans are not wanted that are better by less than it, relative to how
    far a value is from *zero*.
    """

    def __init__(
        self, size: int = 1, *, is_whole: bool = False, gap: float = 0.0,
        zero: float = 0.0,
    ) -> None:  # fmt: skip
        self.size, self.is_whole = size, is_whole
        self.gap, self.zero = gap, zero
        self.plans: list[tuple[float, tuple[int, ...]]] = []

    def add(self, value: float, sites: Ints) -> bool:
        """Take a plan in if it is new and among the best; True if it is the best."""
        if not np.isfinite(value) or (self.is_full and value >= self.worst):
            return False
        plan = (value, tuple(int(j) for j in np.sort(sites)))
        if plan[1] in {known for _, known in self.plans}:
            return False
        is_best = value < self.best
        self.plans = sorted([*self.plans, plan])[: self.size]
        return is_best

    @property
    def is_full(self) -> bool:
        """Whether there are as many plans as are wanted."""
        return len(self.plans) >= self.size

    @property
    def best(self) -> float:
        """Value of the best plan; infinite without one."""
        return self.plans[0][0] if self.plans else np.inf

    @property
    def worst(self) -> float:
        """Value that a plan has to undercut; infinite while one is missing."""
        return self.plans[-1][0] if self.is_full else np.inf

    @property
    def cutoff(self) -> float:
        """No plan that is wanted costs more than this."""
        if not np.isfinite(self.worst):
            return np.inf
        return self.worst - max(self._least, self._unwanted)

    @property
    def _least(self) -> float:
        """By how much a better plan is better at the least."""
        return BELOW_WHOLE if self.is_whole else SAME * max(1.0, abs(self.worst))

    @property
    def _unwanted(self) -> float:
        """By how much a better plan may be better without being wanted."""
        return self.gap * abs(self.worst - self.zero)

    def proven(self, bound: float) -> float:
        """Return what any other plan costs at least; *bound* holds for wanted ones."""
        if bound <= self.cutoff:
            return bound
        # Where any better plan would be wanted, there is none.
        return self.worst if self._unwanted <= self._least else self.cutoff

    @property
    def sites(self) -> Ints:
        """Sites of the best plan."""
        return np.array(self.plans[0][1], dtype=np.int64)
