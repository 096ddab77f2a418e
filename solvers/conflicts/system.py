"""The rules of an instance as a system: which of them hold together.

A question is a set of limits (:mod:`aumaq.model.limits`); the answer is that a plan
obeys them all, that none does, or that time ran out. How the world works always holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy.sparse import vstack

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.interruption import is_asked
from aumaq.model.limits import SCALED, Limit, Limits
from aumaq.model.program import Program
from aumaq.solvers.conflicts.tries import tries
from aumaq.solvers.highs.matrices import (
    NO_LIMIT,
    Matrices,
    compile_matrices,
    with_fixed,
)
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

TOLERANCE = 1e-6
"""Relative; by so much a row may be missed and count as obeyed."""
LARGE = 150_000
"""With so many nonzeros a system is large."""
TRY_SECONDS = 20.0
"""For a plan whose places are given."""
ENDLESS = 10.0 * NO_LIMIT
FIRST_PLAN = 0.999
"""A gap that any plan closes: without costs the first one is as good as any."""


class Answer(StrEnum):
    """Whether a plan obeys a set of limits."""

    POSSIBLE = "possible"
    """There is such a plan; HiGHS found one."""
    IMPOSSIBLE = "impossible"
    """There is none; HiGHS proved it."""
    UNKNOWN = "unknown"
    """Time ran out."""


@dataclass
class Clock:
    """The time that all questions share."""

    seconds: float
    threads: int = 1
    begun: float = 0.0

    def __post_init__(self) -> None:
        """Start now."""
        self.begun = time.monotonic()

    @property
    def gone(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.begun

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - self.gone

    @property
    def is_over(self) -> bool:
        """Whether time is up, or the user asked to stop."""
        return self.left <= 0.0 or is_asked()


@dataclass(frozen=True)
class Reply:
    """An answer, and the values of the plan that shows it."""

    answer: Answer
    values: Floats | None = None


class System:
    """The limits of a programme over the rows that always hold."""

    def __init__(
        self, program: Program, clock: Clock, kept: Collection[str] = ()
    ) -> None:
        """Compile the programme; find its limits.

        What has one of the ids *kept* of rules always holds.
        """
        self.found = Limits(program)
        m = compile_matrices(program)
        self.clock = clock
        self.asked = 0
        place = np.full(int(self.found.first[-1]) + 1, -1)
        place[m.row_numbers] = np.arange(len(m.row_numbers))
        self.limits: list[Limit] = []
        self.rows: list[Ints] = []
        self.sizes: list[Floats] = []
        for limit in self.found.all:
            rows = place[limit.rows]
            # Without a row nothing could break it.
            if (rows >= 0).any() and limit.rule not in kept:
                self.limits.append(limit)
                self.rows.append(rows[rows >= 0])
                self.sizes.append(limit.size[rows >= 0])
        self.tries = tries(program, m)
        m = self._one_sided(m)
        self._size_of_nothing(m)
        self.matrices = replace(m, cost=np.zeros_like(m.cost))
        of = np.full(len(m.row_lower), -1)
        for k, rows in enumerate(self.rows):
            of[rows] = k
        self.limit_of = of
        """The limit that each row of the matrices belongs to, -1: none."""

    def _one_sided(self, m: Matrices) -> Matrices:
        """Write each row of a limit with two sides as two rows, so that it can give."""
        low, high = m.row_lower.copy(), m.row_upper.copy()
        numbers, more = m.row_numbers, len(low)
        copies = []
        for k, rows in enumerate(self.rows):
            both = (low[rows] > -NO_LIMIT) & (high[rows] < NO_LIMIT)
            if both.any():
                own = rows[both]
                new = more + np.arange(len(own))
                self.rows[k] = np.append(rows, new)
                self.sizes[k] = np.append(self.sizes[k], self.sizes[k][both])
                copies.append(own)
                more += len(own)
        if not copies:
            return m
        own = np.concatenate(copies)
        top = high[own].copy()
        high[own] = np.inf
        sparse = m.by_row
        return Matrices.of(
            vstack([sparse, sparse[own]]).tocsc(),
            m.cost,
            (np.append(low, np.full(len(own), -np.inf)), np.append(high, top)),
            (m.column_lower, m.column_upper),
            m.is_integer,
            row_numbers=np.append(numbers, numbers[own]),
        )

    def _size_of_nothing(self, m: Matrices) -> None:
        """Let a limit of 0 give way by a share of the most that could ever come.

        By no unit of its own, so that in thousands it weighs what it does in mln. What
        is lifted is a share, or in rooms of one facility, as it stands.
        """
        least, most = reach(m)
        for k, limit in enumerate(self.limits):
            if limit.relaxed != SCALED or limit.family == "lifted":
                continue
            low, high = m.row_lower[self.rows[k]], m.row_upper[self.rows[k]]
            beyond = np.maximum(low - least[self.rows[k]], most[self.rows[k]] - high)
            is_none = np.where(high < NO_LIMIT, high, low) == 0.0
            is_none &= (beyond > 0.0) & (beyond < NO_LIMIT)
            self.sizes[k] = np.where(is_none, beyond, self.sizes[k])

    def __len__(self) -> int:
        return len(self.limits)

    @property
    def is_large(self) -> bool:
        """Whether answers take long, so that each gets a share of the time."""
        return len(self.matrices.values) > LARGE

    @property
    def everything(self) -> Flags:
        """All limits."""
        return np.ones(len(self), dtype=bool)

    def chosen(self, limits: Ints | list[int]) -> Flags:
        """Return flags of some limits."""
        found = np.zeros(len(self), dtype=bool)
        found[np.asarray(limits, dtype=np.int64)] = True
        return found

    def part(self, active: Flags, rows: Flags | None = None) -> Matrices:
        """Return the matrices with these limits, of all others only the rows without.

        *rows* leaves out further ones.
        """
        m, of = self.matrices, self.limit_of
        kept = (of < 0) | active[of]
        if rows is not None:
            kept &= rows
        sparse = m.by_row[np.flatnonzero(kept)].tocsc()
        return Matrices.of(
            sparse,
            m.cost,
            (m.row_lower[kept], m.row_upper[kept]),
            (m.column_lower, m.column_upper),
            m.is_integer,
        )

    def ask(
        self, active: Flags, rows: Flags | None = None, seconds: float = np.inf
    ) -> Reply:
        """Return whether a plan obeys these limits: by the LP first, then by the MIP.

        *rows* are flags of the rows that count, all by default.
        """
        self.asked += 1
        m, end = self.part(active, rows), time.monotonic() + seconds
        if self.is_large and rows is None:
            values = self._tried(m, end)
            if values is not None:
                return Reply(Answer.POSSIBLE, values)
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        found = self.run(lp, end - time.monotonic())
        if found.status is Status.INFEASIBLE:
            return Reply(Answer.IMPOSSIBLE)
        if found.values is not None and self._is_whole(found.values):
            return Reply(Answer.POSSIBLE, found.values)
        if not m.is_integer.any():
            is_known = found.values is not None
            answer = Answer.POSSIBLE if is_known else Answer.UNKNOWN
            return Reply(answer, found.values)
        found = self.run(m, end - time.monotonic())
        if found.values is not None:
            return Reply(Answer.POSSIBLE, found.values)
        if found.status is Status.INFEASIBLE:
            return Reply(Answer.IMPOSSIBLE)
        return Reply(Answer.UNKNOWN)

    def _tried(self, m: Matrices, end: float) -> Floats | None:
        """Return a plan with all places as in one of the tries, if there is any."""
        for columns, values in self.tries:
            known = with_fixed(m, columns, values)
            found = self.run(known, min(TRY_SECONDS, end - time.monotonic()))
            if found.values is not None:
                return found.values
        return None

    def run(
        self,
        m: Matrices,
        seconds: float = np.inf,
        gap: float = FIRST_PLAN,
        set_up: Callable[[Solver], None] = lambda _: None,
    ) -> Outcome:
        """Solve matrices within the time that is left."""
        seconds = min(seconds, self.clock.left)
        if seconds <= 0.0 or is_asked():
            return Outcome(Status.TIME_LIMIT, np.nan, -np.inf, None, "no time is left")
        solver = Solver(m, SolveOptions(threads=self.clock.threads, gap=gap))
        set_up(solver)
        return solver.run(max(seconds, 0.1), Silent(), time.monotonic())

    def _is_whole(self, values: Floats) -> bool:
        whole = values[self.matrices.is_integer]
        return bool((np.abs(whole - np.round(whole)) <= TOLERANCE).all())

    def missed(self, values: Floats) -> Floats:
        """Return by how much values miss each row, 0 where they obey it."""
        m = self.matrices
        activity = m.sparse @ values
        below, above = m.row_lower - activity, activity - m.row_upper
        return np.maximum(np.maximum(below, above), 0.0)

    def obeyed(self, values: Floats) -> Flags:
        """Return which limits a plan obeys."""
        missed, found = self.missed(values), np.ones(len(self), dtype=bool)
        broken = self.limit_of[missed > TOLERANCE]
        found[broken[broken >= 0]] = False
        return found


def reach(m: Matrices) -> tuple[Floats, Floats]:
    """Return the least and the most that each row can come to by its columns alone.

    ``ENDLESS`` where a column of the row has no end: that can be subtracted.
    """
    by_row = m.by_row
    up, down = by_row.maximum(0.0), by_row.minimum(0.0)
    low, has_no_low = _ended(m.column_lower)
    high, has_no_high = _ended(m.column_upper)
    endless_low = up @ has_no_low - down @ has_no_high
    endless_high = up @ has_no_high - down @ has_no_low
    least, most = up @ low + down @ high, up @ high + down @ low
    return (np.where(endless_low > 0.0, -ENDLESS, least),
            np.where(endless_high > 0.0, ENDLESS, most))  # fmt: skip


def _ended(bounds: Floats) -> tuple[Floats, Floats]:
    """Return bounds of columns, 0 where there is none, and where (1) that is."""
    is_none = np.abs(bounds) >= NO_LIMIT
    return np.where(is_none, 0.0, bounds), is_none.astype(float)
