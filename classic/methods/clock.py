"""How long a method may take, how close it has to come, and who is told meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text

Told = Callable[[Text, float, float, float], None]
"""Is told phase, seconds, bound and objective; NaN where there is none yet."""
NEAR = 0.5
"""Seconds between two lines of progress at least."""


def silent(phase: Text, seconds: float, bound: float, objective: float) -> None:
    """Tell nobody."""
    del phase, seconds, bound, objective


@dataclass
class Clock:
    """Time since the beginning, and the trace of bound and objective.

    *gap* is how close bound and objective have to come, relative to the objective;
    *threads* are those of a solver of programs.
    """

    limit: float = 60.0
    tell: Told = silent
    gap: float = 0.0
    threads: int = 1
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    shown: Callable[[float], float] = float
    """Makes of what a method counts what is told."""
    _begun: float = field(default_factory=time.perf_counter)
    _told: float = -1e9

    def showing(self, shown: Callable[[float], float]) -> Clock:
        """Return the same clock for a method that counts something else."""
        return replace(self, shown=lambda value: self.shown(shown(value)))

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._begun

    @property
    def left(self) -> float:
        """Seconds that are left, not negative."""
        return max(0.0, self.limit - self.seconds)

    @property
    def is_over(self) -> bool:
        """Whether the time is used up, or somebody asked to stop."""
        return self.seconds >= self.limit or is_asked()

    def note(self, phase: Text, bound: float, objective: float) -> None:
        """Keep where the method stands, and tell it now and then."""
        now, bound, objective = self.seconds, self.shown(bound), self.shown(objective)
        if not self.trace or self.trace[-1][1:] != (bound, objective):
            self.trace.append((now, bound, objective))
        if now - self._told >= NEAR:
            self._told = now
            self.tell(phase, now, bound, objective)
