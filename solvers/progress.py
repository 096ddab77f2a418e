"""Progress of a solve: an object that one can pass, or leave out for silence."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

from aumaq.instances.language.texts import Text, chained


@dataclass(frozen=True)
class ProgressEvent:
    """Where a solve stands. Money in discounted mln; NaN where not known yet.

    The phase is English and can be told in other languages.
    """

    phase: Text
    seconds: float
    bound_mln: float
    incumbent_mln: float

    @property
    def gap(self) -> float:
        """(incumbent - bound) / |incumbent|; NaN without both."""
        return relative_gap(self.incumbent_mln, self.bound_mln)


class Progress(Protocol):
    """Whoever wants to know how a solve goes."""

    def update(self, event: ProgressEvent) -> None:
        """Take note of an event; called from the thread that solves."""


class Silent:
    """Takes no note."""

    def update(self, event: ProgressEvent) -> None:
        """Do nothing."""


@dataclass
class Labelled:
    """Passes progress on with the name of the solve before the phase.

    A label that is no Text is a name of the user. ``since`` are the seconds that went
    by before that solve.
    """

    progress: Progress
    label: str
    since: float = 0.0

    def update(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        phase = chained([self.label, event.phase], ": ")
        seconds = self.since + event.seconds
        self.progress.update(replace(event, phase=phase, seconds=seconds))


def relative_gap(objective: float, bound: float) -> float:
    """Return (objective - bound) / |objective|, 0 where both are (nearly) equal."""
    distance = objective - bound
    if not math.isfinite(distance):
        return float("nan")
    if abs(distance) <= 1e-9 * max(1.0, abs(objective)):
        return 0.0
    return distance / abs(objective) if objective else float("inf")
