"""Better and better prices of the relaxation: normalised steps along its slope.

Each price takes steps of a size of its own: the slope divided by the root of its mean
square, as in Adam (Kingma and Ba 2015), times a measure of the price, times a factor
that falls geometrically. The best bound over all steps counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.solvers.decomposed.relaxation import Relaxation

FIRST, LAST = 0.08, 0.001
"""Factors of the first and the last step."""
MEMORY, SQUARES = 0.85, 0.97
"""How much of the mean slope, and of its mean square, stays from step to step."""
LEAST_ROOT = 1e-3
"""Slopes that are smaller than this are taken for smaller ones."""

RECENT = 0.98
"""How much of what was done before stays in the average from step to step."""
EVERY = {2_000: 4, 100_000: 16}
"""Steps from one solve of the LPs beside the sites to the next, by the number of their
columns from which on there are so many."""


@dataclass
class Ascent:
    """An ascent under way: its prices, the best ones so far and their bound."""

    relaxation: Relaxation
    y: Floats = field(init=False)
    best: Floats = field(init=False)
    beside: Floats = field(init=False)
    """The prices of the rows of the pieces that go with the best ones."""
    mean: Floats = field(init=False)
    """What the relaxation did of late, on average, by columns."""
    bound: float = float("-inf")
    steps: int = 0

    def __post_init__(self) -> None:
        """Begin with the first prices of the relaxation."""
        self.y = self.relaxation.allowed(self.relaxation.priced.begin)
        self.best, self.beside = self.y, self.relaxation.pieces.price
        self.mean = np.zeros(len(self.relaxation.x))

    def rise(
        self, steps: int, ends: float, is_over: Callable[[], bool], first: float = FIRST
    ) -> None:
        """Take so many steps, fewer if the time (monotonic) *ends* comes before."""
        begun, relaxation = time.monotonic(), self.relaxation
        measure = relaxation.priced.step
        count = len(relaxation.pieces.columns)
        every = max((k for most, k in EVERY.items() if count >= most), default=1)
        mean, square = np.zeros(len(self.y)), np.full(len(self.y), 0.05)
        for k in range(steps):
            gone = (time.monotonic() - begun) / max(ends - begun, 1e-9)
            share = max(k / steps, gone)
            if share >= 1.0 or is_over():
                return
            self.steps += 1
            if (k + 1) % every:
                relaxation.near(self.y)
            elif (bound := relaxation.at(self.y)) > self.bound:
                self.bound, self.best = bound, self.y
                self.beside = relaxation.pieces.price
            self.mean += (1.0 - RECENT) * (relaxation.x - self.mean)
            slope = relaxation.slope(self.y)
            mean += (1.0 - MEMORY) * (slope - mean)
            square += (1.0 - SQUARES) * (slope * slope - square)
            size = first * (LAST / first) ** share * measure
            step = size * mean / (np.sqrt(square) + LEAST_ROOT)
            self.y = relaxation.allowed(self.y + step)
