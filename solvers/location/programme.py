"""Mixed-integer programmes over open sites, put together row by row for HiGHS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import ProgressEvent

Tell = Callable[[float, float, float], None]
"""(seconds, value, bound) of the goal, whichever way it goes; NaN: not known."""


@dataclass
class Clock:
    """What is left of a time limit, and who is told how it goes."""

    seconds: float
    gap: float
    threads: int | None
    tell: Tell
    begun: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, at least a little."""
        return max(self.seconds - self.elapsed, 0.05)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.begun

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.elapsed >= self.seconds


@dataclass
class Programme:
    """``min cost x``: first a binary for each of J sites, then numbers from 0 to 1."""

    upper: Floats  # (J,) 0 where a site cannot open
    lower: Floats  # (J,) 1 where it must
    cost: list[Floats] = field(default_factory=list)
    offset: float = 0.0
    _row: list[Ints] = field(default_factory=list)
    _column: list[Ints] = field(default_factory=list)
    _value: list[Floats] = field(default_factory=list)
    _low: list[Floats] = field(default_factory=list)
    _high: list[Floats] = field(default_factory=list)
    _rows: int = 0
    _columns: int = 0

    def __post_init__(self) -> None:
        """Begin with the sites, which cost nothing."""
        self._columns = len(self.upper)
        self.cost.append(np.zeros(self._columns))

    def numbers(self, cost: Floats) -> Ints:
        """Add a number from 0 to 1 for each cost; return their columns."""
        first = self._columns
        self._columns += len(cost)
        self.cost.append(np.asarray(cost, dtype=float))
        return np.arange(first, self._columns)

    def rows(self, count: int, low: Any, high: Any) -> Ints:
        """Add rows within limits; return their numbers."""
        first = self._rows
        self._rows += count
        self._low.append(np.broadcast_to(np.asarray(low, dtype=float), count))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=float), count))
        return np.arange(first, self._rows)

    def put(self, row: Any, column: Any, value: Any = 1.0) -> None:
        """Put coefficients into rows."""
        row, column = np.broadcast_arrays(row, column)
        self._row.append(row.ravel().astype(np.int64))
        self._column.append(column.ravel().astype(np.int64))
        self._value.append(np.broadcast_to(np.asarray(value, float), row.shape).ravel())

    def at_most(self, count: int) -> None:
        """Open at most so many of the sites that may."""
        row = self.rows(1, -np.inf, count)
        self.put(row, np.flatnonzero(self.upper > 0.0))

    def solve(
        self, clock: Clock, told: Callable[[float], float], *, is_whole: bool = True
    ) -> Outcome:
        """Solve it, or its relaxation; *told* makes the value of the goal of a cost."""
        total, sites = self._columns, len(self.upper)
        whole = np.zeros(total, dtype=bool)
        whole[:sites] = is_whole
        lower, upper = np.zeros(total), np.ones(total)
        lower[:sites], upper[:sites] = self.lower, self.upper
        parts = (np.concatenate(part or [np.zeros(0)]) for part in
                 (self._value, self._row, self._column))  # fmt: skip
        value, row, column = parts
        matrix = csc_array((value, (row, column)), shape=(self._rows, total))
        matrices = Matrices.of(
            matrix,
            np.concatenate(self.cost),
            (np.concatenate(self._low), np.concatenate(self._high)),
            (lower, upper),
            whole,
            offset=self.offset,
        )
        options = SolveOptions(
            threads=clock.threads, gap=clock.gap, time_limit=clock.left
        )
        solver = Solver(matrices, options)
        # As exact as its numbers allow: a choice is compared with others to the last
        # person, and the gap that is wanted is looked at by whoever asks.
        solver.set_option("mip_abs_gap", 1e-9)
        teller = _Teller(clock.tell if is_whole else _silent, told)
        return solver.run(clock.left, teller, clock.begun)


@dataclass(frozen=True)
class _Teller:
    """Passes progress of HiGHS on in the numbers of the goal."""

    tell: Tell
    told: Callable[[float], float]

    def update(self, event: ProgressEvent) -> None:
        found = (self.told(event.incumbent_mln), self.told(event.bound_mln))
        self.tell(event.seconds, *found)


def _silent(seconds: float, value: float, bound: float) -> None:
    """Tell nobody."""


def opened(outcome: Outcome, is_kept: Flags) -> Flags | None:
    """Return the open sites of a solution, those that are kept among them."""
    if outcome.values is None:
        return None
    return np.asarray((outcome.values[: len(is_kept)] > 0.5) | is_kept, dtype=bool)


def of_sites(is_kept: Flags, may_open: Flags, must_open: Flags) -> Programme:
    """Return a programme without rows; kept sites are no part of it."""
    assert not (is_kept & may_open).any()
    return Programme(may_open.astype(float), must_open.astype(float))
