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
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.solvers.blocks.split import coupling_families, split
from aumaq.solvers.checkpoint import Saved
from aumaq.solvers.compiled import Compiled, finish, status_of
from aumaq.solvers.decomposed.ascent import FIRST, Ascent
from aumaq.solvers.decomposed.blocks import PricedBlocks
from aumaq.solvers.decomposed.distance import Distance
from aumaq.solvers.decomposed.feeding import Feeding
from aumaq.solvers.decomposed.lift import Lift
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.decomposed.replanning import Replanning
from aumaq.solvers.decomposed.settling import settle
from aumaq.solvers.first_values import first_values
from aumaq.solvers.highs.matrices import with_fixed
from aumaq.solvers.highs.solver import COMPLETION_GAP, Outcome, Solver
from aumaq.solvers.progress import ProgressEvent, Silent, relative_gap
from aumaq.solvers.rounds import STEPS as COUNT
from aumaq.solvers.rounds import Rounds, Visit
from aumaq.solvers.search import DEAR, STEP_SECONDS, Improver, Scope
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.tasks import executor_of
from aumaq.solvers.work import Budget

FIRST_STEPS = 60
"""Steps of prices before a search is led by them."""
STEPS, LARGE_STEPS = 300, 180
"""Steps between two looks at how much the bound still rises; in a large model, whose
plan then needs the thread more."""
AGAIN = 0.03
"""The first step of prices that are raised once more."""
WORTH, LARGE_WORTH = 2e-5, 5e-4
"""A bound that rises by less than this share, the thread is better used to search; in a
large model, for the MIPs of blocks."""
STEP_GAP, LARGE_GAP = 1e-4, 1e-3
"""The gap of each step of the search; of one in a large model, far from its optimum."""
WHOLE = 50_000
"""Integers up to which the whole model is tried."""
POLISH_SHARE = 0.1
"""Share of the time for the last LPs of a model of this size."""

LIFT_SHARE = 0.25
"""Share of the time that is left for the MIPs of blocks of a large model."""
AGAIN_SHARE = 0.15
"""Prices of a large model are raised again if that takes no more of what is left."""
PLANNING_SHARE = 0.6
"""Share of the time that is left for a start plan whose networks are planned; else it
is completed as it is."""
REPLANNING_SHARE = 0.35
"""Share of the work that is left for planning blocks anew, once there are prices."""
AREAS_SHARE = 0.5
"""The same for areas of large networks, whenever they cost much beyond the bound."""
TURN_SHARE = 0.1
"""Share of the time after which networks are completed again; half of it for that."""
STEP_WORK, STEP_LEAST = 1e-8, 3e-4
"""Units of work of a step of prices: for each nonzero of the model, and in any."""


@dataclass
class Run:
    """One solve: shared state of the threads."""

    c: Compiled
    lock: threading.RLock = field(default_factory=threading.RLock)
    beginning: threading.Lock = field(default_factory=threading.Lock)
    """Held by who completes the start plan, and sends people anew: that takes long."""
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
        self.is_large = int(self.c.matrices.is_integer.sum()) > WHOLE
        gap = LARGE_GAP if self.is_large else STEP_GAP
        self.search = Improver(self.c.matrices, self.c.sites, self.c.options, gap)
        share = POLISH_SHARE if self.is_large else 0.0
        reserve = share * self.c.options.time_limit
        seconds = max(self.c.seconds_left - reserve, 0.0)
        self.end = time.monotonic() + seconds
        self.budget = Budget(seconds, self.c.options.work_limit)
        self.ascent = Ascent(Relaxation(self.c, self._is_over))
        relaxation = self.ascent.relaxation
        self.own = relaxation.own_of(self.c.sites)
        self.first_price: Floats | None = None
        """The price of each row with today's facilities."""
        if relaxation.pieces.price.any():
            self.first_price = relaxation.price_of_rows(self.ascent.y)
        parts = split(self.c.matrices, coupling_families())
        self.blocks = PricedBlocks(self.ascent.relaxation, parts)
        self.lift = Lift(self.c.options, self.ascent.relaxation, self.blocks)
        self.feeding: Feeding | None = None
        self.replanning: Replanning | None = None
        if self.c.built.networks and self.is_large:
            self.feeding = Feeding(self.c, self.ascent.relaxation, self.blocks, gap)
        elif self.is_large:
            held = np.zeros(len(self.c.matrices.cost), dtype=bool)
            self.replanning = Replanning(self.blocks, held)
        self.turn = self.end
        self.is_joining = False
        self.joined: Floats | None = None

    @property
    def bound(self) -> float:
        """The best bound so far, mln."""
        return max(self.ascent.bound, self.proven)

    def solve(self) -> Solution:
        """Raise the bound and search until the gap is reached or the time is up."""
        begun = time.monotonic()
        self._restore()
        work = [self._rise, *[self._search] * (self.c.options.num_threads - 1)]
        threads = [
            threading.Thread(target=self._safely, args=(one,), daemon=True)
            for one in work
        ]
        for thread in threads:
            thread.start()
        self._wait(threads)
        self._keep()
        if self.failure:
            raise self.failure[0]
        if self.feeding is not None and not self.is_interrupted:
            left = max(self.c.options.time_limit - self.c.elapsed, 0.0)
            settle(self.search, self.feeding.is_fed, self.c.options, left)
        return finish(self.c, self._outcome(), begun)

    def _is_over(self) -> bool:
        return self.stop.is_set() or time.monotonic() > self.end

    def _keep(self, **facts: Any) -> None:
        """Keep prices, bound and plan."""
        if self.c.keeper is not None:
            own, arrays = self.search.state()
            whole = {"bound": self.bound, "search": own, "steps": self.ascent.steps}
            prices = {"y": self.ascent.y, "best": self.ascent.best}
            self.c.keeper.write("decomposed", {**whole, **facts}, {**arrays, **prices})

    def _restore(self) -> Saved | None:
        """Go on from what an earlier run knew, if there was one."""
        keeper = self.c.keeper
        known = None if keeper is None else keeper.of_kind("decomposed")
        if known is not None:
            self.search.restore(known.facts["search"], known.arrays)
            self.ascent.y, self.ascent.best = known.arrays["y"], known.arrays["best"]
            self.ascent.steps = known.facts["steps"]
            self.ascent.bound = float(known.facts["bound"])
        return known

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
            if self.c.keeper is not None and self.c.keeper.is_due:
                self._keep()

    def _halt(self) -> None:
        self.stop.set()
        self.is_led.set()
        self.search.stop()
        if self.feeding is not None:
            self.feeding.stop()
        self.lift.stop()
        if self.solver is not None:
            self.solver.stop()

    def _rise(self) -> None:
        """Raise the prices as long as that pays; then search."""
        if self.c.options.num_threads == 1 and not self.is_large:
            self._begin()  # nobody else does; prices need loops that may not be there
        self._tell(say("pricing"))
        self.ascent.rise(FIRST_STEPS, self.end, self.stop.is_set)
        self._lead()
        gain, worth = float("inf"), LARGE_WORTH if self.is_large else WORTH
        while gain > worth * abs(self.ascent.bound) and time.monotonic() < self.end:
            if self.stop.is_set():
                break
            begun, before = time.monotonic(), self.ascent.bound
            steps = LARGE_STEPS if self.is_large else STEPS
            self.ascent.rise(steps, self.end, self.stop.is_set, AGAIN)
            gain = self.ascent.bound - before
            self._lead()
            now = time.monotonic()
            if self.is_large and now - begun > AGAIN_SHARE * (self.end - now):
                break
        if not self.stop.is_set():
            (self._raise_by_blocks if self.is_large else self._prove)()
        self._search()

    def _raise_by_blocks(self) -> None:
        """Raise the bound by what blocks cost beyond the relaxation.

        What their MIPs find on the way is offered to the search.
        """

        def tell(bound: float) -> None:
            self.proven = max(self.proven, bound)
            if self.is_enough:
                self.check()

        def take(block: int, values: Floats) -> None:
            feeding = self.feeding
            where = feeding.replanning if feeding is not None else self.replanning
            search = feeding.search if feeding is not None else self.search
            if where is not None and search is not None:
                where.offer(search, block, values)

        known, most = (
            self.search.values,
            self.budget.most(LIFT_SHARE * self.budget.left),
        )
        own = Budget(most.seconds, most.work)
        self.lift.raised(self.ascent.best, own, tell, take, known)
        self.budget.spend(own.spent)
        self.check()

    def _prove(self) -> None:
        """Solve the whole model from the best plan that there is."""
        with self.beginning:
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
        most = self.budget.most()
        solver.limit(most)
        outcome = solver.run(max(most.seconds, 0.05), Silent(), self.c.started)
        self.budget.spend(outcome.work)
        return outcome

    def _lead(self) -> None:
        """Lead the search by the best prices."""
        away = Distance(self.ascent.relaxation, self.ascent.best, self.c.sites)
        self.check()
        relaxation, r = self.ascent.relaxation, away.reduced
        dear = ~self.c.matrices.is_integer & (relaxation.owner >= 0)
        dear_mln = DEAR * abs(self.ascent.bound)
        dear &= r > dear_mln
        scope = Scope(dear, (self.own, relaxation.follows))
        self.search.look_where_it_is_far(away, scope)
        if self.is_large:
            self.blocks.look(self.ascent.best)
        if self.replanning is not None:
            self.replanning.look(r, dear_mln, dear)
        if self.feeding is not None:
            price = relaxation.price_of_rows(self.ascent.best)
            self.feeding.lead(price, away, self.own, scope, dear_mln)
        self.is_led.set()

    def _search(self) -> None:
        """Complete the start plan, and search from it until all is over."""
        with self.beginning:
            if self.search.values is None and not self.stop.is_set():
                self._begin()
        self.is_led.wait()
        with self.beginning:
            if not self.is_assigned and self.search.values is not None:
                self.is_assigned = True
                self._assign()
                self.turn = time.monotonic() + TURN_SHARE * self.c.options.time_limit
        while not self.stop.is_set() and self.search.values is not None:
            if self.feeding is not None:
                self._search_at_prices(self.feeding)
            elif self.replanning is not None:
                self.replanning.search(self.search, self.budget)
                self.check()
            else:
                self.search.search(STEP_SECONDS, self.check)

    def _search_at_prices(self, feeding: Feeding) -> None:
        """Search where what is drawn has a price, or complete what that found."""
        with self.lock:
            now = time.monotonic()
            is_turn = now > self.turn and not self.is_joining
            self.is_joining |= is_turn
            known = self.search.values
        assert known is not None
        search = feeding.begun(known)
        assert search is not None
        share = TURN_SHARE * self.c.options.time_limit
        last = self.end - share / 2.0  # what is found by then is completed as well
        if not is_turn:
            left = (last if now < last else self.end) - now
            feeding.search_on(search, Budget(max(left, 1.0)))
            return
        self._complete(feeding, known, share / 8)
        now = time.monotonic()
        with self.lock:
            self.is_joining = False
            self.turn = min(now + share, last) if now < last else np.inf

    def _complete(self, feeding: Feeding, known: Floats, seconds: float) -> None:
        """Complete networks for what the search at prices found, and search them."""
        before = feeding.completer.work
        begun = known if self.joined is None else self.joined
        found = feeding.completed(begun, seconds, AREAS_SHARE * self.budget.left)
        self.budget.spend(feeding.completer.work - before)
        if found is not None:
            self.joined = found
            self.search.offer(self.search.cost(found), found)
            self.check()

    def _begin(self) -> None:
        """Offer the start plan, completed where it does not say all."""
        c, values = self.c, None
        if self.feeding is not None:
            before = self.feeding.completer.work
            most = self.budget.most(self.budget.left * PLANNING_SHARE)
            values = self.feeding.first(most, self.first_price)
            self.budget.spend(self.feeding.completer.work - before)
        if values is None:
            solver = self.search.solver
            before = solver.work
            values = first_values(c, solver, self.budget.most())
            self.budget.spend(solver.work - before)
        if values is None:
            values = self._completed()
        if values is not None:
            self.search.offer(self.search.cost(values), values)
            self.check()

    def _completed(self) -> Floats | None:
        """Return a plan as the start has it, any plan where that is none."""
        options = replace(self.c.options, threads=1, gap=COMPLETION_GAP)
        for m in (with_fixed(self.c.matrices, *self.c.start), self.c.matrices):
            outcome = self._run(Solver(m, options))
            if outcome.values is not None:
                return outcome.values
        if outcome.status is Status.INFEASIBLE:
            self.ended = outcome.status
            self._halt()
        return None

    def _assign(self) -> None:
        """Let people go where they cost least while facilities stay: one LP.

        What is dear stays out, so that the LP is small; networks stay, too.
        """
        search, known = self.search, self.search.values
        if self.feeding is not None and known is not None:
            search = self.feeding.begun(known) or search
        values = search.values
        if values is None or search.scope is None:  # it ended before there were prices
            return
        is_free = ~search.scope.is_dear | (values != 0.0)
        if self.feeding is not None:
            is_free &= ~self.feeding.is_fed
        free = np.flatnonzero(is_free)
        solver, most = search.solver, self.budget.most()
        before = solver.work
        found = solver.solve_part(values, free, most, fix_whole=True)
        self.budget.spend(solver.work - before)
        if found is not None:
            values = values.copy()
            values[free] = found
            search.offer(search.cost(values), values)
            self.check()

    def check(self) -> None:
        """Tell the progress; stop once the gap is reached."""
        with self.lock:
            self._tell(say("solving"))
            if self.is_enough:
                self._halt()

    @property
    def is_enough(self) -> bool:
        """Whether the gap that was asked for is reached."""
        gap = relative_gap(self.search.objective, self.bound)
        return gap <= max(self.c.options.gap, 1e-9)

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


class WorkRun(Run):
    """One solve that ends by work: prices rise beside rounds of the search."""

    is_lifted: bool = False
    gain: float = float("inf")
    """By so much the last steps of prices raised the bound, mln."""

    def solve(self) -> Solution:
        """Raise the bound and search until the gap is reached or the work is done."""
        begun = time.monotonic()
        with closing(executor_of(self.c.options)) as executor:
            self.rounds = Rounds(self.c, executor)
            self.budget = self.rounds.budget
            self._tell(say("pricing"))
            if (known := self._restore()) is not None:
                self.budget.spent = float(known.facts["spent"])
                self.gain = float(known.facts["gain"])
                self._lead()
            else:
                self._rise_by(FIRST_STEPS, FIRST)
                self._begin()
                if (first := self.search.values) is not None:
                    self._assign()
                    if self.feeding is not None:
                        self._replan(self.feeding, first)
                        self._complete(self.feeding, first, 0.0)
            self._go_on()
        self.is_interrupted = self.rounds.is_interrupted
        if self.ended is Status.TIME_LIMIT:
            self.ended = self.rounds.limit
        return finish(self.c, self._outcome(), begun)

    def _replan(self, feeding: Feeding, known: Floats) -> None:
        """Plan blocks anew where what is drawn has a price."""
        search = feeding.begun(known)
        if search is not None:
            own = self.budget.share(REPLANNING_SHARE)
            feeding.plan_blocks(search, own)
            self.budget.spend(own.spent)

    def _go_on(self) -> None:
        """Search in rounds, beside prices that rise as long as that pays."""
        while not (self.is_enough or self.rounds.is_over):
            if self.gain > WORTH * abs(self.ascent.bound):
                before = self.ascent.bound
                self.rounds.do(self._steps(), partial(self._rise_by, STEPS, AGAIN))
                self.gain = self.ascent.bound - before
            elif not self.is_large:
                return self._prove()
            elif not self.is_lifted:
                self.is_lifted = True
                self._raise_by_blocks()
            elif self.search.values is None:
                return None
            else:
                self.rounds.do(self._steps())
            self._tell(say("solving"))
            if not self.rounds.is_stopped():
                self._keep(spent=self.budget.spent, gain=self.gain)
        return None

    def _steps(self) -> list[Visit]:
        if self.search.values is None:
            return []
        return [self.rounds.searching(self.search, COUNT, STEP_SECONDS)]

    def _rise_by(self, steps: int, first: float) -> None:
        """Raise prices, and lead the search by them."""
        before = self.ascent.steps
        self.ascent.relaxation.pieces.forget()  # a resumed run knows prices, no more
        self.ascent.rise(steps, float("inf"), self.rounds.is_stopped, first)
        of_one = STEP_LEAST + STEP_WORK * len(self.c.matrices.values)
        self.budget.spend((self.ascent.steps - before) * of_one)
        self._lead()


def solve_decomposed(c: Compiled) -> Solution:
    """Solve a compiled model site by site."""
    return Run(c).solve() if c.options.work_limit is None else WorkRun(c).solve()
