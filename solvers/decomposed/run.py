"""The decomposed method: prices for a bound, and beside it a search for plans.

For models whose LP relaxation is out of reach. One thread raises the prices at which
sites decide alone (ascent.py); the others search from the start plan, more often where
it is far from the bound (distance.py), with what is dear at those prices left out. Once
prices rise no more, that thread searches as well, or solves a model that is small
enough as one, from the best plan so far.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.solvers.compiled import Compiled, finish, status_of
from aumaq.solvers.decomposed.ascent import Ascent
from aumaq.solvers.decomposed.distance import Distance
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.highs.matrices import with_fixed
from aumaq.solvers.highs.solver import COMPLETION_GAP, Outcome, Solver
from aumaq.solvers.progress import ProgressEvent, Silent, relative_gap
from aumaq.solvers.search import DEAR, STEP_SECONDS, Improver, Scope
from aumaq.solvers.solution.columns import values_of
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.work import Most

FIRST_STEPS = 60
"""Steps of prices before a search is led by them."""
STEPS = 300
"""Steps between two looks at how much the bound still rises."""
AGAIN = 0.03
"""The first step of prices that are raised once more."""
WORTH = 2e-5
"""A bound that rises by less than this share, the thread is better used to search."""
STEP_GAP = 1e-4
"""The gap of each step of the search."""
WHOLE = 50_000
"""Integers up to which the whole model is tried."""
POLISH_SHARE = 0.15
"""Share of the time for the last LP of a model of this size."""


@dataclass
class Run:
    """One solve: shared state of the threads."""

    c: Compiled
    lock: threading.RLock = field(default_factory=threading.RLock)
    stop: threading.Event = field(default_factory=threading.Event)
    is_led: threading.Event = field(default_factory=threading.Event)
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    failure: list[BaseException] = field(default_factory=list)
    solver: Solver | None = None
    proven: float = float("-inf")
    ended: Status = Status.TIME_LIMIT
    is_assigned: bool = False
    is_interrupted: bool = False

    def __post_init__(self) -> None:
        """Prepare the relaxation and the search."""
        self.search = Improver(
            self.c.matrices, self.c.sites, self.c.options, gap=STEP_GAP
        )
        self.ascent = Ascent(Relaxation(self.c))
        self.own = self.ascent.relaxation.own_of(self.c.sites)
        self.is_large = int(self.c.matrices.is_integer.sum()) > WHOLE
        share = POLISH_SHARE if self.is_large else 0.0
        reserve = share * self.c.options.time_limit
        seconds = self.c.seconds_left - reserve
        self.end = time.monotonic() + max(seconds, 0.0)

    @property
    def bound(self) -> float:
        """The best bound so far, mln."""
        return max(self.ascent.bound, self.proven)

    def solve(self) -> Solution:
        """Raise the bound and search until the gap is reached or the time is up."""
        begun = time.monotonic()
        work = [self._rise, *[self._search] * (self.c.options.num_threads - 1)]
        threads = [
            threading.Thread(target=self._safely, args=(one,), daemon=True)
            for one in work
        ]
        for thread in threads:
            thread.start()
        self._wait(threads)
        if self.failure:
            raise self.failure[0]
        return finish(self.c, self._outcome(), begun)

    def _safely(self, work: object) -> None:
        try:
            assert callable(work)
            work()
        except BaseException as error:  # handed over to the caller's thread
            self.failure.append(error)
            self._halt()

    def _wait(self, threads: list[threading.Thread]) -> None:
        while any(thread.is_alive() for thread in threads):
            try:
                time.sleep(0.1)
            except KeyboardInterrupt:
                if self.is_interrupted:
                    raise
                self.is_interrupted = True
            self.is_interrupted |= is_asked()
            if time.monotonic() > self.end or self.is_interrupted:
                self._halt()

    def _halt(self) -> None:
        self.stop.set()
        self.is_led.set()
        self.search.stop()
        if self.solver is not None:
            self.solver.stop()

    def _rise(self) -> None:
        """Raise the prices as long as that pays; then search."""
        self._tell(say("pricing"))
        self.ascent.rise(FIRST_STEPS, self.end, self.stop.is_set)
        self._lead()
        gain = float("inf")
        while gain > WORTH * abs(self.ascent.bound) and not self.stop.is_set():
            before = self.ascent.bound
            self.ascent.rise(STEPS, self.end, self.stop.is_set, AGAIN)
            gain = self.ascent.bound - before
            self._lead()
        if not self.is_large and not self.stop.is_set():
            self._prove()
        self._search()

    def _prove(self) -> None:
        """Solve the whole model from the best plan that there is."""
        with self.lock:
            if self.search.values is None:
                self._begin()
            known = self.search.values
        solver = Solver(self.c.matrices, replace(self.c.options, threads=1))
        if known is not None:
            solver.start_from(np.arange(len(known)), known)
        outcome = self._run(solver)
        self.proven = max(self.proven, outcome.bound)
        if outcome.values is not None:
            self.search.offer(outcome.objective, outcome.values)
        if outcome.status in (Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED):
            self.ended = outcome.status
            self._halt()

    def _run(self, solver: Solver) -> Outcome:
        """Run HiGHS until the time is up or all is to stop."""
        self.solver = solver
        if self.stop.is_set():
            solver.stop()
        left = max(self.end - time.monotonic(), 0.05)
        return solver.run(left, Silent(), self.c.started)

    def _lead(self) -> None:
        """Lead the search by the best prices."""
        away = Distance(self.ascent.relaxation, self.ascent.best, self.c.sites)
        self.check()
        relaxation, r = self.ascent.relaxation, away.reduced
        dear = ~self.c.matrices.is_integer & (relaxation.owner >= 0)
        dear &= r > DEAR * abs(self.ascent.bound)
        scope = Scope(dear, (self.own, relaxation.follows))
        self.search.look_where_it_is_far(away, scope)
        self.is_led.set()

    def _search(self) -> None:
        """Complete the start plan, and search from it until all is over."""
        with self.lock:
            if self.search.values is None and not self.stop.is_set():
                self._begin()
        self.is_led.wait()
        with self.lock:
            if not self.is_assigned and self.search.values is not None:
                self.is_assigned = True
                self._assign(self.search.values)
        while not self.stop.is_set() and self.search.values is not None:
            self.search.search(STEP_SECONDS, self.check)

    def _begin(self) -> None:
        """Offer the start plan, completed where it does not say all."""
        c, values = self.c, None
        if c.start_plan is not None:
            values = values_of(c.matrices, c.built, c.place, c.start_plan)
        if values is None or self.search.broken(values).any():
            fixed = with_fixed(c.matrices, *c.start)
            options = replace(c.options, threads=1, gap=COMPLETION_GAP)
            values = self._run(Solver(fixed, options)).values
        if values is not None:
            self.search.offer(self.search.cost(values), values)
            self.check()

    def _assign(self, values: Floats) -> None:
        """Let people go where they cost least while facilities stay: one LP.

        What is dear stays out, so that the LP is small.
        """
        scope = self.search.scope
        assert scope is not None
        free = np.flatnonzero(~scope.is_dear | (values != 0.0))
        found = self.search.solve_part(
            values, free, Most(self.end - time.monotonic()), fix_whole=True
        )
        if found is not None:
            values = values.copy()
            values[free] = found
            self.search.offer(self.search.cost(values), values)
            self.check()

    def check(self) -> None:
        """Tell the progress; stop once the gap is reached."""
        with self.lock:
            self._tell(say("solving"))
            gap = relative_gap(self.search.objective, self.bound)
            if gap <= max(self.c.options.gap, 1e-9):
                self._halt()

    def _tell(self, phase: Text) -> None:
        best, bound = self.search.objective, self.bound
        plan = best if np.isfinite(best) else float("nan")
        known = bound if np.isfinite(bound) else float("nan")
        self.trace.append((self.c.elapsed, plan, known))
        self.c.progress.update(ProgressEvent(phase, self.c.elapsed, known, plan))

    def _outcome(self) -> Outcome:
        """Return what is known at the end."""
        outcome = Outcome(
            Status.INTERRUPTED if self.is_interrupted else self.ended,
            self.search.objective if self.search.values is not None else float("nan"),
            self.bound,
            self.search.values,
            f"{len(self.ascent.relaxation.columns)} sites, {self.ascent.steps} prices",
            self.trace,
        )
        return replace(outcome, status=status_of(outcome, self.c.options.gap))


def solve_decomposed(c: Compiled) -> Solution:
    """Solve a compiled model site by site."""
    return Run(c).solve()
