"""What a bound rises by, column by column, when a number is rounded down or up."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints

LEAST = 1e-6


class Pseudocosts:
    """Mean rise of the bound for each whole unit, of each column and in general."""

    def __init__(self, count: int) -> None:
        """Begin without any trial, for so many columns."""
        self._rise, self._trials = np.zeros((2, count)), np.zeros((2, count))

    def learn(self, column: int, up: int, distance: float, rise: float) -> None:
        """Take note that a bound rose as a column moved by so much (*up*: 0 or 1)."""
        self._rise[up, column] += max(rise, 0.0) / max(distance, LEAST)
        self._trials[up, column] += 1

    def trials(self, columns: Ints) -> Ints:
        """Return how often each column was tried in the direction tried less."""
        return self._trials[:, columns].min(axis=0).astype(np.int64)

    def scores(self, columns: Ints, part: Floats) -> Floats:
        """Return how much is expected of branching; *part* is what is not whole."""
        mean = self._rise.sum(axis=1) / np.maximum(self._trials.sum(axis=1), 1.0)
        tried, rise = self._trials[:, columns], self._rise[:, columns]
        own = np.divide(rise, tried, out=np.zeros_like(rise), where=tried > 0)
        each = np.where(tried > 0, own, np.maximum(mean, LEAST)[:, None])
        down, up = each[0] * part, each[1] * (1.0 - part)
        return np.maximum(down, LEAST) * np.maximum(up, LEAST)
