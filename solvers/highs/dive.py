"""A dive: an LP is made whole a group of numbers at a time.

After each group the LP is solved again from where it was, which takes few iterations
(Achterberg 2007, section 9.2). For a network of 50,000 whole numbers that is a plan
within seconds of its LP, where a MIP looks for its first one for minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.by_parts import Part
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.repriced import RepricedLP
from aumaq.solvers.work import Most, iteration

USED = 0.2
"""What an LP uses by this part is built: a line that is there carries more than the LP
lets it. On `kazakhstan-full` power was dearer with tenths and with halves."""
GROUP = 0.1
"""So much of what is not whole is fixed at a time."""
SMALLER = 4
"""A group that leaves no plan is tried again with so many times fewer columns."""
WHOLE = 1e-6
"""A number is whole that is so near to one."""
TOLERANCE = 1e-7
"""Of duals: a dive needs none."""


class Dive:
    """One dive in the LP of a model."""

    def __init__(self, m: Matrices, built: Flags, parts: Sequence[Part] = ()) -> None:
        """Prepare; *built* are the columns that are fixed first, as far as they are
        used. The LP begins with its *parts*.
        """
        self._m, self._built = m, built & m.is_integer
        self._is_stopped = threading.Event()
        self._ends = self._most_work = float("inf")
        self._lp = RepricedLP(m, self._is_over, TOLERANCE, parts)
        self._low, self._high = m.column_lower.copy(), m.column_upper.copy()
        self.work = 0.0
        """Units of work that it took so far."""

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self._is_stopped.set()

    def change(self, row_lower: Floats, row_upper: Floats) -> None:
        """Change the limits of rows; what was found before is where it begins then."""
        self._lp.limit_rows(row_lower, row_upper)

    def run(self, most: Most) -> Floats | None:
        """Return values of all columns, None where it did not get to any."""
        self._limit(most)
        every = np.arange(len(self._low))
        self._confine(every, self._m.column_lower, self._m.column_upper)
        x = self._solved()
        if x is None:
            return None
        whole = np.flatnonzero(self._m.is_integer)
        self._confine(whole, np.floor(x[whole] + WHOLE), np.ceil(x[whole] - WHOLE))
        built = np.flatnonzero(self._built)
        with_built = self._fixed(built, np.floor(x[built] + 1.0 - USED))
        return self._made_whole(x if with_built is None else with_built)

    def around(
        self, columns: Ints, known: Floats, price: Floats, most: Most
    ) -> Floats | None:
        """Return the values of the LP with some columns as in *known*.

        *price* is that of each row, from where its parts begin.
        """
        self._limit(most)
        every = np.arange(len(self._low))
        self._confine(every, self._m.column_lower, self._m.column_upper)
        self._lp.begin_anew(price)
        return self._fixed(columns, known[columns])

    def with_whole(self, known: Floats, most: Most) -> Floats | None:
        """Return the best values with the whole numbers of *known*, None if none."""
        self._limit(most)
        whole = np.flatnonzero(self._m.is_integer)
        now = np.round(known[whole])
        self._confine(whole, now, now)
        found = self._solved()
        if found is not None:
            found[whole] = now
        return found

    def _limit(self, most: Most) -> None:
        self._ends = time.monotonic() + most.seconds
        work = float("inf") if most.work is None else most.work
        self._most_work = self.work + work

    def _made_whole(self, x: Floats) -> Floats | None:
        """Fix what is not whole, those that move least first."""
        size: int | None = None
        while len(loose := self._loose(x)):
            near = np.round(x[loose])
            order = np.argsort(np.abs(x[loose] - near), kind="stable")
            order = order[: size or max(1, int(GROUP * len(loose)))]
            group, size = loose[order], None
            found = self._fixed(group, near[order])
            if found is None and len(group) == 1:
                other = self._low[group] + self._high[group] - near[order]
                found = self._fixed(group, other)
                if found is None:
                    return None
            if found is None:
                size = max(1, len(group) // SMALLER)
            else:
                x = found
            if self._is_over():
                return None
        x[self._m.is_integer] = np.round(x[self._m.is_integer])
        return x

    def _loose(self, x: Floats) -> Ints:
        is_loose = self._m.is_integer & (self._low < self._high)
        is_loose &= np.abs(x - np.round(x)) > WHOLE
        return np.flatnonzero(is_loose)

    def _fixed(self, columns: Ints, values: Floats) -> Floats | None:
        """Fix some columns; return what the LP is then, None where they stay loose."""
        before = self._low[columns], self._high[columns]
        self._confine(columns, values, values)
        found = self._solved()
        if found is None:
            self._confine(columns, *before)
        return found

    def _confine(self, columns: Ints, low: Floats, high: Floats) -> None:
        """Narrow the limits of columns, or take back that they were."""
        m = self._m
        self._low[columns] = np.clip(
            low, m.column_lower[columns], m.column_upper[columns]
        )
        self._high[columns] = np.clip(
            high, m.column_lower[columns], m.column_upper[columns]
        )
        self._lp.confine(columns, self._low[columns], self._high[columns])

    def _solved(self) -> Floats | None:
        if self._is_over():
            return None
        found = self._lp.solve_again()
        self.work += self._lp.iterations * iteration(len(self._m.values))
        return None if found is None else found[0]

    def _is_over(self) -> bool:
        is_late = time.monotonic() > self._ends or self.work > self._most_work
        return is_late or self._is_stopped.is_set()
