"""The blocks method: price what couples, prove the independent blocks one by one.

1. The LP relaxation of the whole model prices the coupling rows (split.py). Beside
   it the start plan is completed, so that there is one to stop with.
2. Each block is a MIP of its own; all threads work on blocks, largest first.
3. Blocks that keep a gap get a restricted MIP around their LP solution. Then they are
   proven on, twice as long each time, and searched on, first where most is to gain a
   second (part.py).
4. The plans of the blocks are joined, once there is one of each and again and again,
   under the same choice of growth points (choices.py); coupling rows that they break
   are repaired by a small MIP around them, or each block is as in the best plan or in
   the joined ones (crossing.py); networks are completed for what is drawn, by
   their own steps or by those of the best plan so far (networks.py). From the first
   join on, once enough is lost between blocks, beside what is lost within them, one
   thread of a large model searches over all now and then, as long as that gains more a
   second than the next visit to a block promises.
   If a gap remains, the whole model goes on from there (end.py).

The bound is the Lagrangian bound: constant + the sum of the blocks' dual bounds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import say
from aumaq.solvers.blocks.end import go_on_whole, outcome_of
from aumaq.solvers.blocks.gaps import look_at_gaps
from aumaq.solvers.blocks.joining import completer_of
from aumaq.solvers.blocks.kept import known_of, known_relaxed, restore, state_of
from aumaq.solvers.blocks.networks import Completer
from aumaq.solvers.blocks.on_roads import OnRoads
from aumaq.solvers.blocks.part import (
    SEARCH_SECONDS,
    SEARCH_STEPS,
    Part,
    Task,
)
from aumaq.solvers.blocks.state import FIRST_SHARE, BlockState
from aumaq.solvers.compiled import finish
from aumaq.solvers.first_values import first_values
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.solver import COMPLETION_GAP, Outcome, Solver
from aumaq.solvers.progress import Silent, relative_gap
from aumaq.solvers.search import STEP_SECONDS
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.work import Most

FIRST_SECONDS = 30.0
"""First visits take no longer than this, so that there is soon a plan to stop with."""
LP_SHARE = 0.25
"""Share of the time that the LP of a small model has before a start is completed."""
GUARD_SHARE = 0.1
"""Share of the time left that a visit which is to end by nodes takes at most."""
NETWORK_SHARE = 0.1
"""Share of the time for large networks of the first plan."""
ROUND_SHARE = 0.12
"""Share of the time that a block is rounded at most: the root node, and the small MIPs
within it, find nearly all that it ever finds."""
AGAIN_SHARE = 0.12
"""Share of the time after which the plans of a large model are joined again."""
NEAR = 0.1
"""Gap of a plan whose parts stand for blocks that were not visited yet."""
LEAST_AWAY = 2.0
"""Seconds between two joins at least."""
EXCHANGE_WORTH = 1e-4
"""Blocks that gained this share of the cost are crossed with the best plan at once."""
SEARCH_SHARE = 0.5
SEARCH_WORTH = 2.0
"""Share of the time that one thread searches over all unless so many times more is lost
within blocks than between them."""
LAST_NETWORK_SHARE = 0.7
"""Share of the time after the last join for large networks."""
LAST_SHARE = 0.15
"""Share of the time for joining the best plans of the blocks and searching on."""


class Stoppable(Protocol):
    """What may be under way in a thread."""

    def stop(self) -> None:
        """End soon; may be called from any thread."""


@dataclass
class BlockRun(BlockState):
    """One solve by blocks against the clock: threads that share what is known."""

    stop: threading.Event = field(default_factory=threading.Event)
    is_prepared: threading.Event = field(default_factory=threading.Event)
    running: set[Stoppable] = field(default_factory=set)
    failure: list[BaseException] = field(default_factory=list)
    joined_at: float = 0.0
    is_joining: bool = False
    is_searching: bool = False
    search_gain: float = float("inf")
    """What the search over all gained of late, mln a second."""
    lost_by_joining: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seconds = self.c.seconds_left
        self.end = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        return self.end - time.monotonic()

    def solve(self) -> Solution:
        """Run all steps."""
        begun = time.monotonic()
        first = threading.Thread(target=self._begin, daemon=True)
        threads = [first] if self.c.options.num_threads > 1 else []
        for thread in threads:
            thread.start()
        relaxed = self._relax()
        if relaxed.status is Status.OPTIMAL and relaxed.values is not None:
            # Of the whole time, not of what is left: that depends on the machine.
            seconds = self.c.options.time_limit * FIRST_SHARE
            if not self.by_prices:
                seconds = min(seconds, FIRST_SECONDS)
            self.prepare(relaxed, seconds * self.c.options.num_threads)
            if (known := known_of(self.c)) is not None:
                restore(self, known)
            self.joined_at = time.monotonic()
            self.is_prepared.set()
            self._run_threads(threads)
            if self.c.keeper is not None:
                self.c.keeper.write("blocks", *state_of(self))
        elif relaxed.status is Status.INTERRUPTED:
            self.is_interrupted = True
        self._halt()
        self.is_prepared.set()
        for thread in threads:
            thread.join()
        if self.failure:
            raise self.failure[0]
        ended = {Status.OPTIMAL, Status.INTERRUPTED, Status.TIME_LIMIT}
        if relaxed.status not in ended:
            return finish(self.c, replace(relaxed, values=None), begun)
        return replace(finish(self.c, outcome_of(self), begun), relaxed=relaxed)

    def _run_threads(self, first: list[threading.Thread]) -> None:
        more = [
            threading.Thread(target=self._work, daemon=True)
            for _ in range(self.c.options.num_threads - len(first))
        ]
        for thread in more:
            thread.start()
        self._wait([*first, *more])

    def _begin(self) -> None:
        """Carry the start plan on beside the LP; then work like all others."""
        try:
            self._carry_on()
        except BaseException as error:  # handed over to the caller's thread
            self.failure.append(error)
            self._halt()
        self.is_prepared.wait()
        self._work()

    def _carry_on(self) -> None:
        """Complete the start plan and its networks, then search on until blocks are."""
        columns, values = self.c.start
        is_whole = len(columns) == len(self.c.matrices.cost)
        if is_whole:  # of a study, whose rows it keeps
            self._offer(values)
        if not self.is_large and self.is_prepared.wait(LP_SHARE * self.left):
            return  # by then blocks have plans, and the clock no say in which
        is_sought = self.is_large and not is_whole
        whole = None
        if is_sought:
            whole = first_values(self.c, self.search.solver, Most(self.left))
        if whole is not None:
            values = whole
        elif len(columns) < len(self.c.matrices.cost):
            fixed = with_fixed(self.c.matrices, columns, values)
            outcome = self._run(fixed, None, self.left, COMPLETION_GAP)
            if outcome.values is None:
                return
            values = outcome.values
        self._offer(values)
        if not self.is_large:
            return
        completer = self.completer()
        with self._stoppable(completer):
            values = completer.settled(values)
            self._offer(values)
            self._offer(completer.improve(values, NETWORK_SHARE * self.seconds))
        while not (self.is_prepared.is_set() or self.stop.is_set()):
            self.search.search(STEP_SECONDS, self.check)

    def _offer(self, values: Floats) -> None:
        self.search.offer(self.search.cost(values), values)
        self.check()

    def _relax(self) -> Outcome:
        if (known := known_relaxed(self.c)) is not None:
            return known
        if self.by_prices:
            return self._relax_by_prices()
        m = self.c.matrices
        self.tell(say("relaxing"))
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        # In parallel it takes 0.7 of the time on idle cores, 5 times on shared ones,
        # and one core is at work on the start plan.
        solver = Solver(lp, replace(self.c.options, threads=1))
        return solver.run(self.left, Silent(), self.c.started)

    def _relax_by_prices(self) -> Outcome:
        """Raise prices without an LP of the whole, then solve the LP of each block."""
        from aumaq.solvers.blocks.by_prices import PricedRelaxation  # compiles

        self.tell(say("pricing"))
        self.priced = priced = PricedRelaxation(self.c, self.split, self._is_over)
        with self._stoppable(priced):
            priced.rise(self._take_bound)
            self.tell(say("relaxing"))
            found = priced.solve(self.c.options.num_threads)
        if found is not None:
            return found
        ended = Status.INTERRUPTED if self.is_interrupted else Status.TIME_LIMIT
        return Outcome(ended, float("nan"), self.whole_bound, None, "")

    def _is_over(self) -> bool:
        return self.stop.is_set() or self.left <= 0.0

    def _take_bound(self, bound: float) -> None:
        with self.lock:
            self.whole_bound = max(self.whole_bound, bound)
        self.check()

    # -- threads ---------------------------------------------------------------

    def _wait(self, threads: list[threading.Thread]) -> None:
        """Wait for the workers; at the end of the time, or on Ctrl-C, stop them."""
        while any(thread.is_alive() for thread in threads):
            try:
                time.sleep(0.1)
            except KeyboardInterrupt:
                if self.is_interrupted:
                    raise
                self.is_interrupted = True
            self.is_interrupted |= is_asked()
            if self.left <= 0 or self.is_interrupted:
                self._halt()
            keeper = self.c.keeper
            if keeper is not None and keeper.is_due and self.parts:
                keeper.write("blocks", *state_of(self))

    def _halt(self) -> None:
        self.stop.set()
        self.search.stop()
        with self.lock:
            for item in self.running:
                item.stop()

    def _work(self) -> None:
        """Take work until there is none: blocks, and joining them."""
        try:
            while not self.stop.is_set() and self.left > 0:
                if self._begin_joining():
                    self._join()
                    continue
                if self._begin_searching():
                    self._search_over_all()
                    continue
                found = self.next_visit()
                if found is not None:
                    self._visit(*found)
                elif self.joins > 1:
                    return
                else:
                    time.sleep(0.02)
        except BaseException as error:  # handed over to the caller's thread
            self.failure.append(error)
            self._halt()

    def _begin_joining(self) -> bool:
        """Say whether to join now: at first, when all is proven, when time is short."""
        with self.lock:
            is_late = self._until_last <= 0.0 or self.is_done()
            if is_late or self._waits_long_for_blocks:
                self.fill()
            if self.is_joining or any(part.values is None for part in self.parts):
                return False
            is_due = self.joins == 0 or (self.joins == 1 and is_late)
            if self.is_large and self.joins == 1 and self._would_be_better:
                away = time.monotonic() - self.joined_at
                is_due |= away > AGAIN_SHARE * self.seconds
                is_due |= self._is_time_to_search and away > LEAST_AWAY
            elif self.is_large and self.joins == 1 and not is_due:
                away = time.monotonic() - self.joined_at
                is_due = away > LEAST_AWAY and self._is_worth_an_exchange
            self.is_joining = is_due
            return is_due

    @property
    def _waits_long_for_blocks(self) -> bool:
        """Whether a first plan is joined though not all blocks were visited."""
        away = time.monotonic() - self.joined_at
        is_due = self.joins == 0 and away > AGAIN_SHARE * self.seconds
        # Parts of a bad plan would only mislead the blocks and their roads.
        gap = relative_gap(self.search.objective, self.bound)
        return is_due and self.is_large and gap <= NEAR

    @property
    def _would_be_better(self) -> bool:
        """Whether a plan joined now is the best, if joining costs what it last did."""
        joined = self.search.objective - self.lost(self.search.objective)
        return joined + self.lost_by_joining < self.search.objective - self.allowed

    @property
    def _is_worth_an_exchange(self) -> bool:
        return self.joining.is_worth_an_exchange(EXCHANGE_WORTH * self.size)

    @property
    def _is_time_to_search(self) -> bool:
        """Whether enough is lost between blocks, beside what is lost within them."""
        if self.is_searching:
            return False
        within = sum(part.distance for part in self.planned)
        is_half = self.left < SEARCH_SHARE * self.seconds
        most = SEARCH_WORTH if is_half else 1.0
        return within < most * self.lost(self.search.objective)

    def _begin_searching(self) -> bool:
        """Say whether to search over all for a while, beside others on blocks."""
        with self.lock:
            is_parallel = self.is_large and self.c.options.num_threads > 1
            is_due = is_parallel and self.joins == 1 and self._is_time_to_search
            is_due &= self.search_gain >= self.promise
            if is_due:
                self.is_searching = True
                look_at_gaps(self)
            return is_due

    def _search_over_all(self) -> None:
        """Search over all for a while, and learn what that gains."""
        begun, before = time.monotonic(), self.search.gained
        self.search.search(min(SEARCH_SECONDS, self.left), self.check)
        if not self.search.places.is_any:  # nothing to search: others are at work
            time.sleep(0.02)
        gain = (self.search.gained - before) / (time.monotonic() - begun)
        with self.lock:
            is_first = not np.isfinite(self.search_gain)
            self.search_gain = gain if is_first else (self.search_gain + gain) / 2.0
            self.is_searching = False

    @property
    def _until_last(self) -> float:  # seconds until plans are joined for the last time
        return self.left - LAST_SHARE * self.seconds

    # -- steps -----------------------------------------------------------------

    def _visit(self, part: Part, task: Task) -> None:
        """Do a task on a block and take what it gives."""
        if task is Task.SEARCH:
            outcome = self._search(part)
        else:
            m, start, seconds = part.mip(task)
            if part.is_small:  # nodes end it, unless one takes a share of all time
                seconds = max(seconds, GUARD_SHARE * self.left)
            nodes = part.nodes if part.is_small else None
            if task is Task.ROUND:
                nodes, seconds = 1, min(seconds, ROUND_SHARE * self.seconds)
            outcome = self._run(m, start, min(seconds, self._most_seconds), nodes=nodes)
        self.visited(part, task, outcome)
        self._offer_best(part)
        if self.is_infeasible:
            self._halt()
        self.check()

    def _offer_best(self, part: Part) -> None:
        """Give a block its part of the best plan: it may be better, far from the LP."""
        with self.lock:
            whole = self.search.values
            is_known = self.is_large and not (part.is_twin or len(self.split.copied))
            if is_known and whole is not None:
                part.offer(whole[part.columns])

    @property
    def _most_seconds(self) -> float:
        """Seconds that a visit may take: a thread must be free for the last join."""
        late = self._until_last
        return late if late > 0.0 and self.joins < 2 else self.left

    def _search(self, part: Part) -> Outcome:
        """Search on from the best plan of a block."""
        search = self.search_of(part)
        with self._stoppable(search):
            if part.is_small:
                search.search(self._most_seconds, steps=SEARCH_STEPS)
            else:
                search.search(min(SEARCH_SECONDS, self._most_seconds))
        return Outcome(
            Status.TIME_LIMIT, search.objective, -np.inf, search.values, "searched"
        )

    def _run(
        self,
        m: Matrices,
        start: tuple[Ints, Floats] | None,
        seconds: float,
        gap: float = 0.0,
        nodes: int | None = None,
    ) -> Outcome:
        """Solve a block on one thread, with at most so many *nodes*."""
        solver = Solver(m, replace(self.c.options, threads=1, gap=gap))
        solver.set_option("mip_abs_gap", self.allowed)
        if nodes is not None:
            solver.set_option("mip_max_nodes", nodes)
        if start is not None:
            solver.start_from(*start)
        with self._stoppable(solver):
            return solver.run(max(seconds, 0.05), Silent(), self.c.started)

    @contextmanager
    def _stoppable(self, item: Stoppable) -> Iterator[None]:
        """Have *item* stopped when all is."""
        with self.lock:
            if self.stop.is_set():
                item.stop()
            self.running.add(item)
        yield
        with self.lock:
            self.running.discard(item)

    def _join(self) -> None:
        """Join the blocks' plans and repair what couples; at the end, search on."""
        is_last = self._until_last <= 0.0 or self.is_done()
        with self.lock:
            is_known = self.is_large and self.joins > 0 and self.joining.can_exchange
            is_whole = not is_known or self._would_be_better
        completer = self.completer()
        with self._stoppable(completer):
            if is_whole:
                self.joining.offer(completer, self._network_effort(is_last))
            else:
                self.joining.exchange(completer)
                if is_last:
                    effort = LAST_NETWORK_SHARE * max(self.left, 0.0)
                    self.joining.plan_networks(completer, effort)
                self.joining.choose_roads(completer)
        with self.lock:
            self.joins = 2 if is_last else 1
            self.is_joining = False
            self.joined_at = time.monotonic()
            self._look_at_roads()
            if is_whole:
                self.lost_by_joining = self.lost(self.search.objective)
        self.check()
        if is_last and not self.stop.is_set():
            if self.is_large and not self.is_searching:
                look_at_gaps(self)
            go_on_whole(self)

    def _look_at_roads(self) -> None:
        """Plan blocks on the roads of the best plan from here on."""
        if self.joining.can_exchange and self.is_large:
            if self.on_roads is None:
                self.on_roads = OnRoads(self.c.matrices, self.split)
            assert self.search.values is not None
            self.on_roads.look(self.parts, self.search.values)

    def _network_effort(self, is_last: bool) -> float:
        """Return the seconds for large networks of a joined plan."""
        if not self.is_large:
            return self.left / 2 if is_last else 0.0
        # Networks of the plan before are good ones; those of the blocks cost what they
        # should, but for what is rounded: 8 to 11 s of it gain less than all else.
        is_due = self.search.values is None
        return min(NETWORK_SHARE * self.seconds, self.left / 2) if is_due else 0.0

    def completer(self) -> Completer:
        """Return what completes joined plans; of a small model it ends by work."""
        patience = 0.0 if self.is_large else GUARD_SHARE * self.left
        return completer_of(self.c, self.split, patience)

    @property
    def effort_left(self) -> float:
        return self.left

    @property
    def is_stopped(self) -> bool:
        return self.stop.is_set()

    def solve_under(
        self, m: Matrices, start: tuple[Ints, Floats], effort: float, nodes: int | None
    ) -> Outcome:
        """Solve a block under a choice; of a small model nodes end it."""
        if nodes is not None:
            effort = max(effort, GUARD_SHARE * self.left)
        return self._run(m, start, effort, nodes=nodes)

    def solve_whole(self) -> None:
        """Solve all blocks as one, from the best plan that there is."""
        known = self.search.values
        start = None if known is None else (np.arange(len(known)), known)
        outcome = self._run(self.c.matrices, start, self.left, self.c.options.gap)
        if outcome.values is not None:
            self.search.offer(outcome.objective, outcome.values)
        self.whole_bound = max(self.whole_bound, outcome.bound)
        self.is_infeasible = outcome.status is Status.INFEASIBLE and known is None
        self.check()

    def check(self) -> None:
        """Tell the progress; stop once the gap is reached."""
        with self.lock:
            self.tell(say("solving"))
            if self.is_enough:
                self._halt()
