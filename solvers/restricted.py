"""MIPs of a model in which most columns stay as they are, solved until told to stop.

Each is a plan of the model where it gives one; none says anything about the bound.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.matrices import Matrices, restricted, with_whole_fixed
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.structure import Structure
from aumaq.solvers.work import Budget, Most

STEP_GAP = 1e-3
REPAIR_ROUNDS = 4
"""How often the neighbourhood of broken rows is widened."""


class RestrictedSolver:
    """Solves MIPs of free columns; threads may solve side by side."""

    def __init__(
        self, matrices: Matrices, options: SolveOptions, gap: float = STEP_GAP
    ) -> None:
        """Prepare; *gap* is that of each solve, relative to the cost of what is freed.

        A smaller one in the *options* goes first.
        """
        self.structure = Structure(matrices)
        self._options = replace(options, threads=1, gap=min(options.gap, gap))
        self._stop = threading.Event()
        self._running: set[Solver] = set()
        self.nodes = 0
        """Nodes of the last solve."""
        self.work = 0.0
        """Units of work that its solves took so far."""

    @property
    def gap(self) -> float:
        """The gap of each solve, relative to the cost of what is freed."""
        return self._options.gap

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask what is solved to end; returns at once."""
        self._stop.set()
        for solver in tuple(self._running):
            solver.stop()

    def solve(
        self,
        matrices: Matrices,
        most: Most,
        start: tuple[Ints, Floats] | None = None,
        take: Callable[[Floats], None] | None = None,
    ) -> Floats | None:
        """Return the best values found, None without any; *take* hears of each plan."""
        if self._stop.is_set():
            return None
        outcome = self.run(matrices, most, start, take)
        return None if outcome.status is Status.ERROR else outcome.values

    def run(
        self,
        matrices: Matrices,
        most: Most,
        start: tuple[Ints, Floats] | None = None,
        take: Callable[[Floats], None] | None = None,
    ) -> Outcome:
        """Solve a MIP or LP on one thread, from a *start* if there is one."""
        solver = Solver(matrices, self._options)
        if take is not None:
            solver.tell_plans(take)
        solver.limit(most)
        if start is not None:
            solver.start_from(*start)
        self._running.add(solver)
        if self._stop.is_set():
            solver.stop()
        outcome = solver.run(most.seconds, Silent(), time.monotonic())
        self._running.discard(solver)
        self.nodes = outcome.nodes
        self.work += outcome.work
        return outcome

    def repair(
        self, values: Floats, loose: Ints, most: Most, rounds: int = REPAIR_ROUNDS
    ) -> Floats | None:
        """Return a plan from one that may break coupling rows: what breaks is freed.

        *loose* are columns that only stand in coupling rows (shortfalls, overruns).
        None if freeing the neighbours of broken rows, *rounds* times wider, is not
        enough.
        """
        rows = self.structure
        broken = rows.broken(values)
        is_soft = np.zeros(len(broken), dtype=bool)
        is_soft[rows.rows_of(loose)] = True
        hard = np.flatnonzero(broken & ~is_soft)
        free = np.union1d(loose, rows.columns_of(hard)).astype(np.int64)
        if not len(free):
            return values
        for _ in range(rounds):
            found = self.solve(rows.restricted(free, values)[0], most)
            if found is not None:
                values = values.copy()
                values[free] = found
                return values
            free = rows.neighbours(free)
        return None

    def solve_part(
        self, values: Floats, free: Ints, most: Most, *, fix_whole: bool = False
    ) -> Floats | None:
        """Return the best values of *free* columns with all others as they are.

        With *fix_whole* the whole numbers stay too.
        """
        part, now = self.structure.restricted(free, values)
        if fix_whole:
            return self.solve(with_whole_fixed(part, now), most)
        return self.solve(part, most, (np.arange(len(now)), now))

    def round_part(self, values: Floats, free: Ints, most: Most) -> Floats | None:
        """Return good values of *free* columns: whole numbers around those of the LP.

        A large block has its best steps nearly there (Berthold 2014), while HiGHS alone
        hardly leaves the plan that it starts from.
        """
        part, _ = self.structure.restricted(free, values)
        budget, before = Budget(most.seconds, most.work), self.work
        lp = replace(part, is_integer=np.zeros_like(part.is_integer))
        relaxed = self.solve(lp, most)
        if relaxed is None:
            return None
        budget.spend(self.work - before)
        rest = budget.most(max(budget.left, 0.05), most.nodes)
        return self.solve(rounded(part, relaxed, part.is_integer), rest)

    def cross_part(
        self, values: Floats, free: Ints, most: Most, dear_mln: float
    ) -> Floats | None:
        """Return good values of *free* columns: whole numbers between plan and LP.

        (Danna, Rothberg and Le Pape 2005.) What neither has, and what costs more than
        *dear_mln* beyond the LP, stays out. None where the LP is not solved in time.
        """
        part, now = self.structure.restricted(free, values)
        budget, before = Budget(most.seconds, most.work), self.work
        lp = self.run(replace(part, is_integer=np.zeros_like(part.is_integer)), most)
        relaxed, duals = lp.values, lp.duals
        if lp.status is not Status.OPTIMAL or relaxed is None or duals is None:
            return None
        crossed = between(part, relaxed, now)
        is_out = (relaxed <= 0.0) & (now == 0.0) & (part.column_lower <= 0.0)
        is_dear = part.cost - part.sparse.T @ duals > dear_mln
        is_out &= np.where(part.is_integer, crossed.column_upper <= 0.0, is_dear)
        own = np.flatnonzero(~is_out)
        some = restricted(crossed, part.sparse.tocsr(), own, now)[0]
        budget.spend(self.work - before)
        rest = budget.most(max(budget.left, 0.05), most.nodes)
        found = self.solve(some, rest, (np.arange(len(own)), now[own]))
        if found is None:
            return None
        now[own] = found
        return now


def between(m: Matrices, relaxed: Floats, plan: Floats) -> Matrices:
    """Return the MIP with whole numbers from those of a *plan* to those of its LP."""
    near = rounded(m, relaxed, m.is_integer)
    low = np.minimum(near.column_lower, np.round(plan))
    high = np.maximum(near.column_upper, np.round(plan))
    return replace(
        m,
        column_lower=np.where(m.is_integer, low, m.column_lower),
        column_upper=np.where(m.is_integer, high, m.column_upper),
    )


def rounded(m: Matrices, relaxed: Floats, units: Flags) -> Matrices:
    """Return the MIP with *units* between the whole numbers around *relaxed*."""
    low = np.maximum(np.floor(relaxed + 1e-6), m.column_lower)
    high = np.minimum(np.ceil(relaxed - 1e-6), m.column_upper)
    return replace(
        m,
        column_lower=np.where(units, low, m.column_lower),
        column_upper=np.where(units, high, m.column_upper),
    )
