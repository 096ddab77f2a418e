"""How long something may take: by the clock, or by work that is counted.

A unit of work is about what HiGHS does in a second on one core of the machine on which
this was measured (2026). It is counted, never timed: simplex iterations of an LP, and
of a MIP how often HiGHS looks up to ask whether it should stop, each worth more in a
larger model. What ends by work is the same on every machine, sooner or later.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

LOOK, LOOK_NONZERO, LOOK_MOST, LOOK_HUGE = 2e-3, 4e-6, 0.17, 1.4e-6
"""Units of a look of a MIP: of each, for each nonzero of its matrix, no more than so
many, but for each nonzero at least so many; measured on 2,500 MIPs of `kazakhstan` with
100 to 140,000 nonzeros, and on the whole."""
ITERATION, ITERATION_NONZERO = 3e-5, 2e-10
"""Units of a simplex iteration of an LP: of each, and for each of its nonzeros."""


@dataclass(frozen=True)
class Most:
    """How long a solve may take: seconds, and nodes or work where these are to end it.

    With work, the seconds are a guard.
    """

    seconds: float
    nodes: int | None = None
    work: float | None = None

    def within(self, effort: float) -> Most:
        """Return the same for a solve of no more than so much effort."""
        if self.work is None:
            return replace(self, seconds=min(self.seconds, effort))
        return replace(self, work=min(self.work, effort))


def look(nonzeros: int) -> float:
    """Return the units of a look of a MIP."""
    large = min(LOOK_NONZERO * nonzeros, LOOK_MOST)
    return LOOK + max(large, LOOK_HUGE * nonzeros)


def iteration(nonzeros: int) -> float:
    """Return the units of a simplex iteration of an LP."""
    return ITERATION + ITERATION_NONZERO * nonzeros


def times(units: float, each: float) -> int:
    """Return how often what costs *each* may be done within so many units."""
    return max(1, min(int(units / each), 2**31 - 1))


class Budget:
    """What steps one after another may take together, by the clock or by work.

    Without *work* the seconds end it, with it they are a guard. Efforts are seconds in
    the first case, units in the second.
    """

    def __init__(self, seconds: float, work: float | None = None) -> None:
        """Begin now."""
        self._ends = time.monotonic() + seconds
        self._work = work
        self.spent = 0.0

    def spend(self, units: float) -> None:
        """Take note of work that was done."""
        self.spent += units

    @property
    def seconds(self) -> float:
        """Seconds until the clock ends it."""
        return self._ends - time.monotonic()

    @property
    def left(self) -> float:
        """The effort that is left."""
        if self._work is None:
            return self.seconds
        return self._work - self.spent if self.seconds > 0.0 else 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0.0

    def most(self, effort: float = float("inf"), nodes: int | None = None) -> Most:
        """Return how long one of the steps may take: an effort, and no more than left.

        *nodes* are those of a step that ends by nodes where there is no work limit.
        """
        if self._work is None:
            return Most(min(effort, self.left), nodes)
        return Most(self.seconds, work=min(effort, self.left))

    def share(self, part: float) -> Budget:
        """Return a part of what is left as one of its own, to be told when spent."""
        if self._work is None:
            return Budget(part * self.seconds)
        return Budget(self.seconds, part * self.left)

    def at_least(self, effort: float) -> Most:
        """Return how long a step may take that must be: what is left, or an effort."""
        if self._work is None:
            return Most(max(effort, self.seconds))
        return Most(self.seconds, work=max(effort, self.left))
