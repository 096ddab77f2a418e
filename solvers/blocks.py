"""The blocks method: price what couples, prove the independent blocks one by one.

1. The LP relaxation of the whole model prices the coupling rows (splitting.py).
2. Each block is a MIP of its own; all threads work on blocks, largest first.
3. Blocks that keep a gap get a restricted MIP around their LP solution, then they are
   visited again, twice as long each time, first where most is to gain a second.
4. The plans of the blocks are joined, once there is one of each and again at the end;
   coupling rows that they break are repaired by a small MIP around them, and a
   large-neighbourhood search goes on from there in the time that is left.

The bound is the Lagrangian bound: constant + the sum of the blocks' dual bounds.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np

from aumaq.instances import Instance
from aumaq.model.family import FAMILIES
from aumaq.solvers.block_part import Part
from aumaq.solvers.compiled import Compiled, compiled, finish, improver, status_of
from aumaq.solvers.direct import solve_whole
from aumaq.solvers.highs import Floats, Matrices, Outcome, Solver
from aumaq.solvers.improvement import Improver, rounded
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress, ProgressEvent, Silent, relative_gap
from aumaq.solvers.solution import Decisions, Solution, Status
from aumaq.solvers.splitting import (
    Ints,
    Split,
    block_matrices,
    constant,
    lagrangian_bound,
    prices,
    split,
)

FIRST_SHARE = 0.35
"""Share of the time for the first visits, divided among the blocks by their size."""
FIRST_SECONDS = 30.0
"""First visits take no longer than this, so that there is soon a plan to stop with."""
LEAST_SECONDS = 0.5
"""Shortest first visit, unless time is so short that all would not get one."""
GAP_SHARE = 0.5
"""Share of the gap asked for that is divided evenly among the blocks."""
LAST_SHARE = 0.15
"""Share of the time for joining the best plans of the blocks and searching on."""
ALMOST_ALL = 0.9
"""With this share of the integers in one block, splitting is of no use."""
LARGE = 15_000
"""Integers from which ``auto`` splits a model."""


def solve_blocks(
    instance: Instance,
    options: SolveOptions,
    progress: Progress,
    start: Decisions | None,
) -> Solution:
    """Solve by blocks; a model that does not fall apart is solved whole."""
    c = compiled(instance, options, progress, start)
    parts = split(c.matrices, coupling_families())
    return _Run(c, parts).solve() if len(parts.blocks) > 1 else solve_whole(c)


def solve_auto(
    instance: Instance,
    options: SolveOptions,
    progress: Progress,
    start: Decisions | None,
) -> Solution:
    """Solve large models that fall apart by blocks, all others whole."""
    c = compiled(instance, options, progress, start)
    integers = c.matrices.is_integer
    if int(integers.sum()) < LARGE:
        return solve_whole(c)
    parts = split(c.matrices, coupling_families())
    largest = max(int(integers[block.columns].sum()) for block in parts.blocks)
    if largest > ALMOST_ALL * int(integers.sum()):
        return solve_whole(c)
    return _Run(c, parts).solve()


def coupling_families() -> frozenset[str]:
    """Return the names of the families whose rows may be priced."""
    return frozenset(name for name, found in FAMILIES.items() if found.couples)


@dataclass
class _Run:
    """One solve by blocks: shared state of the threads."""

    c: Compiled
    split: Split
    parts: list[Part] = field(default_factory=list)
    constant: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)
    stop: threading.Event = field(default_factory=threading.Event)
    running: set[Solver] = field(default_factory=set)
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    failure: list[BaseException] = field(default_factory=list)
    joins: int = 0
    is_interrupted: bool = False
    is_infeasible: bool = False

    def __post_init__(self) -> None:
        self.search: Improver = improver(self.c)
        self.allowed = 0.0  # gap of one block, mln
        self.seconds = self.c.seconds_left
        self.end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        return self.end - time.monotonic()

    @property
    def bound(self) -> float:
        return self.constant + sum(part.bound for part in self.parts)

    def solve(self) -> Solution:
        """Run all steps."""
        begun = time.monotonic()
        relaxed = self._relax()
        if relaxed.status is not Status.OPTIMAL or relaxed.values is None:
            return finish(self.c, replace(relaxed, values=None), begun)
        self._prepare(relaxed)
        threads = [
            threading.Thread(target=self._work, args=(k,), daemon=True)
            for k in range(self.c.options.num_threads)
        ]
        for thread in threads:
            thread.start()
        self._wait(threads)
        if self.failure:
            raise self.failure[0]
        return finish(self.c, self._outcome(), begun)

    def _relax(self) -> Outcome:
        m = self.c.matrices
        self._tell("relaxing")
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        return Solver(lp, self.c.options).run(self.left, Silent(), self.c.started)

    def _prepare(self, relaxed: Outcome) -> None:
        """Price the coupling rows and make the blocks."""
        m = self.c.matrices
        assert relaxed.values is not None
        assert relaxed.duals is not None
        price = prices(m, self.split, relaxed.duals)
        self.constant = constant(m, self.split, price)
        is_unit = np.zeros(len(m.cost), dtype=bool)
        is_unit[np.concatenate([site.columns for site in self.c.sites])] = True
        total = max(1, int(m.is_integer.sum()))
        first = min(self.left * FIRST_SHARE, FIRST_SECONDS)
        budget = first * self.c.options.num_threads
        parts = block_matrices(m, self.split, price)
        least = min(LEAST_SECONDS, budget / len(parts))
        for block, matrices in zip(self.split.blocks, parts, strict=True):
            size = int(matrices.is_integer.sum())
            self.parts.append(
                Part(
                    matrices=matrices,
                    columns=block.columns,
                    relaxed=relaxed.values[block.columns],
                    units=is_unit[block.columns],
                    start=self._start(block.columns),
                    bound=lagrangian_bound(matrices, relaxed.duals[block.rows]),
                    seconds=max(least, budget * size / total),
                )
            )
        allowed = GAP_SHARE * self.c.options.gap * abs(self.bound)
        self.allowed = max(allowed / len(self.parts), 1e-7)
        self._tell("solving")
        self.parts.sort(key=lambda part: -int(part.matrices.is_integer.sum()))

    def _start(self, columns: Ints) -> tuple[Ints, Floats]:
        """Return the part of the start plan that lies in a block (places there)."""
        known, values = self.c.start
        _, places, where = np.intersect1d(columns, known, return_indices=True)
        return places, values[where]

    # -- threads ---------------------------------------------------------------

    def _wait(self, threads: list[threading.Thread]) -> None:
        """Wait for the workers; at the end of the time, or on Ctrl-C, stop them."""
        while any(thread.is_alive() for thread in threads):
            try:
                time.sleep(0.1)
                if self.left <= 0:
                    self._halt()
            except KeyboardInterrupt:
                if self.is_interrupted:
                    raise
                self.is_interrupted = True
                self._halt()

    def _halt(self) -> None:
        self.stop.set()
        self.search.stop()
        with self.lock:
            for solver in self.running:
                solver.interrupt()

    def _work(self, number: int) -> None:
        """Take work until there is none: blocks; the first thread joins them."""
        try:
            while not self.stop.is_set() and self.left > 0:
                if number == 0 and self._wants_joining():
                    self._join()
                    continue
                part = self._next()
                if part is not None:
                    self._solve_part(part)
                elif self.joins > 1:
                    return
                else:
                    time.sleep(0.02)
        except BaseException as error:  # handed over to the caller's thread
            self.failure.append(error)
            self._halt()

    def _next(self) -> Part | None:
        """Return the block to work on."""
        with self.lock:
            free = [part for part in self.parts if not part.is_busy]
            wide = [part for part in free if self._is_wide(part)]
            if not wide:
                return None
            # Never visited: largest first. Then where most is to gain a second.
            part = next(
                (part for part in wide if not part.is_visited),
                max(wide, key=lambda p: p.promise),
            )
            part.is_busy = True
            return part

    def _is_wide(self, part: Part) -> bool:
        return part.distance > max(self.allowed, 1e-7 * abs(part.bound))

    def _is_rough(self, part: Part) -> bool:
        return part.is_visited and not part.is_rounded and self._is_wide(part)

    def _wants_joining(self) -> bool:
        """Whether to join now: at first, when all is proven, and when time is short."""
        with self.lock:
            if any(part.values is None for part in self.parts):
                return False
            is_late = self.left < LAST_SHARE * self.seconds
            return self.joins == 0 or (self.joins == 1 and (is_late or self._is_done()))

    def _is_done(self) -> bool:
        with self.lock:
            return not any(part.is_busy or self._is_wide(part) for part in self.parts)

    # -- steps -----------------------------------------------------------------

    def _solve_part(self, part: Part) -> None:
        rounding = self._is_rough(part)
        m = part.matrices
        seconds = part.seconds * (1.5 if rounding else 1.0)
        if rounding:
            m = rounded(m, part.relaxed, part.units)
        start = part.start
        if part.values is not None:
            start = (np.arange(len(part.values)), part.values)
        outcome = self._run(m, start, min(seconds, self.left))
        with self.lock:
            before = part.distance
            part.take(outcome, has_bound=not rounding)
            part.is_busy = False
            if not rounding and np.isfinite(before):
                part.gained = before - part.distance
            if rounding:
                part.is_rounded = True
            else:
                part.is_visited = True
                part.seconds *= 2.0
            if not rounding and outcome.status is Status.INFEASIBLE:
                self.is_infeasible = True
                self._halt()
        self._check()

    def _run(self, m: Matrices, start: tuple[Ints, Floats], seconds: float) -> Outcome:
        """Solve a block on one thread."""
        solver = Solver(m, replace(self.c.options, threads=1, gap=0.0))
        solver.set_option("mip_abs_gap", self.allowed)
        solver.start_from(*start)
        with self.lock:
            if self.stop.is_set():
                solver.interrupt()
            self.running.add(solver)
        outcome = solver.run(max(seconds, 0.05), Silent(), self.c.started)
        with self.lock:
            self.running.discard(solver)
        return outcome

    def _join(self) -> None:
        """Join the blocks' plans and repair what couples; at the end, search on."""
        values = self._joined()
        if values is not None:
            self.search.repair(values, self.split.loose)
        with self.lock:
            self.joins += 1
        self._check()
        if self.joins > 1 and not self.stop.is_set():
            self.search.search(self.left, self._check)

    def _joined(self) -> Floats | None:
        if any(part.values is None for part in self.parts):
            return None
        m = self.c.matrices
        values = np.clip(0.0, m.column_lower, m.column_upper)
        for part in self.parts:
            values[part.columns] = part.values
        whole = m.is_integer
        values[whole] = np.round(values[whole])
        return values

    def _check(self) -> None:
        """Tell the progress; stop once the gap is reached."""
        with self.lock:
            self._tell("solving")
            gap = relative_gap(self.search.objective, self.bound)
            if gap <= max(self.c.options.gap, 1e-9):
                self._halt()

    def _tell(self, phase: str) -> None:
        best, bound = self.search.objective, self.bound if self.parts else -np.inf
        plan = best if np.isfinite(best) else float("nan")
        known = bound if np.isfinite(bound) else float("nan")
        now = self.c.elapsed
        self.trace.append((now, plan, known))
        self.c.progress.update(ProgressEvent(phase, now, known, plan))

    def _outcome(self) -> Outcome:
        """Return what is known at the end."""
        if self.search.values is None and not self.is_infeasible:
            values = self._joined()
            if values is not None:
                self.search.repair(values, self.split.loose, force=True)
        status = (
            Status.INFEASIBLE
            if self.is_infeasible
            else Status.INTERRUPTED
            if self.is_interrupted
            else Status.TIME_LIMIT
        )
        found = self.search.values is not None and not self.is_infeasible
        outcome = Outcome(
            status,
            self.search.objective if found else float("nan"),
            self.bound,
            self.search.values if found else None,
            f"{len(self.parts)} blocks, {len(self.split.priced)} priced rows",
            self.trace,
        )
        return replace(outcome, status=status_of(outcome, self.c.options.gap))
