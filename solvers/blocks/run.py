"""The blocks method: price what couples, prove the independent blocks one by one.

1. The LP relaxation of the whole model prices the coupling rows (split.py). Beside
   it the start plan is completed, so that there is one to stop with.
2. Each block is a MIP of its own; all threads work on blocks, largest first.
3. Blocks that keep a gap get a restricted MIP around their LP solution. Then they are
   proven on, twice as long each time, and searched on, first where most is to gain a
   second (part.py).
4. The plans of the blocks are joined, once there is one of each and again later, under
   the same choice of growth points (choices.py); coupling rows that they break are
   repaired by a small MIP around them, networks are completed for what is drawn
   (networks.py). If a gap remains, the whole model goes on from there, and a
   large-neighbourhood search beside it (end.py).

The bound is the Lagrangian bound: constant + the sum of the blocks' dual bounds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.interruption import is_asked
from aumaq.instances.language.texts import Text, say
from aumaq.solvers.blocks.choices import Choices, Chosen
from aumaq.solvers.blocks.end import go_on_whole, outcome_of
from aumaq.solvers.blocks.networks import Completer, joined
from aumaq.solvers.blocks.part import (
    SEARCH_SECONDS,
    SEARCH_STEPS,
    Part,
    Task,
    is_small,
    priced_parts,
)
from aumaq.solvers.blocks.rerouting import Rerouter
from aumaq.solvers.blocks.split import Split, constant, prices
from aumaq.solvers.compiled import Compiled, finish, improver
from aumaq.solvers.first_values import first_values
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.solver import COMPLETION_GAP, Outcome, Solver
from aumaq.solvers.progress import ProgressEvent, Silent, relative_gap
from aumaq.solvers.search import DEAR, STEP_SECONDS, Improver, rounded
from aumaq.solvers.solution.decisions import Solution, Status

if TYPE_CHECKING:
    from aumaq.solvers.blocks.by_prices import PricedRelaxation

FIRST_SHARE = 0.35
"""Share of the time for the first visits, divided among the blocks by their size."""
FIRST_SECONDS = 30.0
"""First visits take no longer than this, so that there is soon a plan to stop with."""
GAP_SHARE = 0.5
"""Share of the gap asked for that is divided evenly among the blocks."""
LP_SHARE = 0.25
"""Share of the time that the LP of a small model has before a start is completed."""
GUARD_SHARE = 0.1
"""Share of the time left that a visit which is to end by nodes takes at most."""
NETWORK_SHARE = 0.1
"""Share of the time for large networks when plans are joined for the first time."""
ROADS_SECONDS = 10.0
"""Time for choosing the roads of joined plans."""
CHOICE_SHARE = 0.3
"""Share of the time left that blocks have for plans under choices when joined."""
AGAIN_SHARE = 0.25
"""Share of the time after which the plans of a large model are joined again."""
LAST_SHARE = 0.15
"""Share of the time for joining the best plans of the blocks and searching on."""


@dataclass
class BlockRun:
    """One solve by blocks: shared state of the threads."""

    c: Compiled
    split: Split
    parts: list[Part] = field(default_factory=list)
    constant: float = 0.0
    whole_bound: float = float("-inf")
    lock: threading.RLock = field(default_factory=threading.RLock)
    stop: threading.Event = field(default_factory=threading.Event)
    is_prepared: threading.Event = field(default_factory=threading.Event)
    running: set[Solver | Improver | Completer] = field(default_factory=set)
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    failure: list[BaseException] = field(default_factory=list)
    rerouter: Rerouter | None = None
    joins: int = 0
    joined_at: float = 0.0
    gained: float = float("inf")
    is_joining: bool = False
    is_interrupted: bool = False
    is_infeasible: bool = False
    by_prices: bool = False
    priced: PricedRelaxation | None = None
    chosen: Chosen = field(default_factory=Chosen)
    wanted: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.search: Improver = improver(self.c)
        self.allowed = 0.0  # gap of one block, mln
        self.seconds = self.c.seconds_left
        self.end = time.monotonic() + self.seconds

    @property
    def is_large(self) -> bool:
        """Whether plans are joined again and again: the clock decides anyway when."""
        return not is_small(self.c)

    @property
    def left(self) -> float:
        return self.end - time.monotonic()

    @property
    def bound(self) -> float:
        if not self.parts:
            return self.whole_bound
        known = self.constant + sum(part.bound for part in self.parts)
        return max(known, self.whole_bound)

    def solve(self) -> Solution:
        """Run all steps."""
        begun = time.monotonic()
        first = threading.Thread(target=self._begin, daemon=True)
        threads = [first] if self.c.options.num_threads > 1 else []
        for thread in threads:
            thread.start()
        relaxed = self._relax()
        if relaxed.status is Status.OPTIMAL and relaxed.values is not None:
            self._prepare(relaxed)
            self.is_prepared.set()
            self._run_threads(threads)
        elif relaxed.status is Status.INTERRUPTED:
            self.is_interrupted = True
        self._halt()
        self.is_prepared.set()
        for thread in threads:
            thread.join()
        if self.failure:
            raise self.failure[0]
        known = {Status.OPTIMAL, Status.INTERRUPTED, Status.TIME_LIMIT}
        if relaxed.status not in known:
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
        if not self.is_large and self.is_prepared.wait(LP_SHARE * self.left):
            return  # by then blocks have plans, and the clock no say in which
        columns, values = self.c.start
        whole = first_values(self.c, self.search, self.left) if self.is_large else None
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
            self._offer(completer.improve(values, NETWORK_SHARE * self.seconds))
        while not (self.is_prepared.is_set() or self.stop.is_set()):
            self.search.search(STEP_SECONDS, self.check)

    def _offer(self, values: Floats) -> None:
        self.search.offer(self.search.cost(values), values)
        self.check()

    def _relax(self) -> Outcome:
        if self.c.relaxed is not None:
            return self.c.relaxed
        m = self.c.matrices
        self._tell(say("relaxing"))
        if self.by_prices:
            return self._relax_by_prices()
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        # In parallel it takes 0.7 of the time on idle cores, 5 times on shared ones,
        # and one core is at work on the start plan.
        solver = Solver(lp, replace(self.c.options, threads=1))
        return solver.run(self.left, Silent(), self.c.started)

    def _relax_by_prices(self) -> Outcome:
        """Find prices without an LP of the whole, then solve that of each block."""
        from aumaq.solvers.blocks.by_prices import PricedRelaxation  # loads numba

        def is_over() -> bool:
            return self.stop.is_set() or self.left <= 0 or is_asked()

        self.priced = priced = PricedRelaxation(self.c, self.split, is_over)

        def tell(bound: float) -> None:
            self.whole_bound = max(self.whole_bound, bound)
            self._tell(say("pricing"))

        priced.rise(tell)
        found = priced.solve(self.c.options.num_threads)
        if found is None:
            status = Status.INTERRUPTED if is_asked() else Status.TIME_LIMIT
            return Outcome(status, np.nan, self.whole_bound, None, "")
        return found

    def _prepare(self, relaxed: Outcome) -> None:
        """Price the coupling rows and make the blocks."""
        m = self.c.matrices
        assert relaxed.values is not None
        assert relaxed.duals is not None
        known = None
        if self.priced is None:
            price = prices(m, self.split, relaxed.duals)
            self.constant = constant(m, self.split, price)
        else:
            price, known = self.priced.price_of_split, self.priced.bounds()
            self.constant = self.priced.ascent.bound - float(known.sum())
        self.rerouter = Rerouter(self.c, relaxed.values)
        self.wanted = [relaxed.values[self.split.copied]]
        self.search.look_where_it_costs(relaxed.duals, DEAR * abs(relaxed.objective))
        # Of the whole time, not of what is left: that depends on the machine.
        first = min(self.c.options.time_limit * FIRST_SHARE, FIRST_SECONDS)
        budget = first * self.c.options.num_threads
        self.parts = priced_parts(self.c, self.split, price, relaxed, budget, known)
        size = abs(self.bound) if np.isfinite(self.bound) else 0.0
        allowed = GAP_SHARE * self.c.options.gap * size
        self.allowed = max(allowed / len(self.parts), 1e-7)
        self._tell(say("solving"))

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
                found = self._next()
                if found is not None:
                    self._visit(*found)
                elif self.joins > 1:
                    return
                else:
                    time.sleep(0.02)
        except BaseException as error:  # handed over to the caller's thread
            self.failure.append(error)
            self._halt()

    def _next(self) -> tuple[Part, Task] | None:
        """Return the block to work on, and how."""
        with self.lock:
            wide = [part for part in self.parts if self._is_wide(part)]
            # Never visited: largest first. Then where most is to gain a second.
            new = next((p for p in wide if not p.is_begun), None)
            choice = [
                (p, gain, task)
                for p in wide
                for gain, task in p.promises()
                # Plans are not joined any more after the last time; bounds count.
                if self.joins < 2 or task is Task.PROVE
            ]
            if new is not None:
                part, task = new, new.first_task
            elif choice:
                part, _, task = max(choice, key=lambda item: item[1])
            else:
                return None
            part.begin(task)
            return part, task

    def _is_wide(self, part: Part) -> bool:
        is_bounded = np.isfinite(part.bound)
        least = 1e-7 * abs(part.bound) if is_bounded else 0.0
        return part.distance > max(self.allowed, least)

    def _begin_joining(self) -> bool:
        """Say whether to join now: at first, when all is proven, when time is short."""
        with self.lock:
            is_late = self._until_last <= 0.0 or self.is_done()
            if is_late:
                self._fill()
            if self.is_joining or any(part.values is None for part in self.parts):
                return False
            is_due = self.joins == 0 or (self.joins == 1 and is_late)
            if self.is_large and self.joins == 1:
                away = time.monotonic() - self.joined_at
                is_due |= away > AGAIN_SHARE * self.seconds
            self.is_joining = is_due
            return is_due

    def _fill(self) -> None:
        """Give blocks without a plan their part of the best one that there is."""
        whole = self.search.values
        for part in self.parts:
            if part.values is None and whole is not None:
                part.values = whole[part.columns]
                part.objective = float(part.matrices.cost @ part.values)

    @property
    def _until_last(self) -> float:  # seconds until plans are joined for the last time
        return self.left - LAST_SHARE * self.seconds

    def is_done(self) -> bool:
        with self.lock:
            return not any(part.is_busy or self._is_wide(part) for part in self.parts)

    # -- steps -----------------------------------------------------------------

    def _visit(self, part: Part, task: Task) -> None:
        """Do a task on a block and take what it gives."""
        if task is Task.SEARCH:
            outcome = self._search(part)
        else:
            m, seconds, start = part.matrices, part.seconds, part.start
            if task is Task.ROUND:
                m, seconds = rounded(m, part.relaxed, part.units), part.round_seconds
            elif task is Task.FILTER:
                dear = DEAR * abs(self.bound)
                m, seconds = part.without_dear(dear), part.filter_seconds
            if part.values is not None:
                start = (np.arange(len(part.values)), part.values)
            if part.is_small:  # nodes end it, unless one takes a share of all time
                seconds = max(seconds, GUARD_SHARE * self.left)
            nodes = part.nodes if part.is_small else None
            outcome = self._run(m, start, min(seconds, self._most_seconds), nodes=nodes)
        with self.lock:
            part.take(outcome, task)
            if task is Task.PROVE and outcome.status is Status.INFEASIBLE:
                self.is_infeasible = True
                self._halt()
        self.check()

    @property
    def _most_seconds(self) -> float:
        """Seconds that a visit may take: a thread must be free for the last join."""
        late = self._until_last
        return late if late > 0.0 and self.joins < 2 else self.left

    def _search(self, part: Part) -> Outcome:
        """Search on from the best plan of a block."""
        search = part.search
        if search is None:
            search = Improver(part.matrices, part.sites, self.c.options)
            search.look_where_it_costs(part.duals, DEAR * abs(self.bound))
            part.search = search
        with self._stoppable(search):
            assert part.values is not None
            search.offer(part.objective, part.values)
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
    def _stoppable(self, item: Solver | Improver | Completer) -> Iterator[None]:
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
        left = self.left / 2 if is_last else 0.0
        if self.is_large and (is_last or self.joins == 0):  # a good plan to stop with
            left = min(self.left, NETWORK_SHARE * self.seconds)
        completer = self.completer()
        with self._stoppable(completer):
            self.offer_joined(completer, left)
        with self.lock:
            self.joins = 2 if is_last else 1
            self.is_joining = False
            self.joined_at = time.monotonic()
        self.check()
        if is_last and not self.stop.is_set():
            if self.is_large:
                self._look_at_gaps()
            go_on_whole(self)

    def _look_at_gaps(self) -> None:
        """Let the search go where blocks are far from their bounds, and along roads.

        Of what joining the blocks costs, roads cost most: whoever needs an upgrade
        that is not built was served elsewhere for the facilities that stood.
        """
        block = np.full(len(self.c.matrices.cost), -1)
        for k, part in enumerate(self.parts):
            block[part.columns] = k
        groups: dict[int, list[int]] = {}
        for j, site in enumerate(self.c.sites):
            for k in np.unique(block[site.columns]).tolist():
                groups.setdefault(k, []).append(j)
        far = {k: self.parts[k].distance for k in groups if k >= 0}
        chosen = [k for k, distance in far.items() if distance > self.allowed]
        places = [np.array(groups[k]) for k in chosen]
        weights = [far[k] for k in chosen]
        lost = self.search.objective - self.constant
        lost -= sum(part.objective for part in self.parts)
        along = self._sites_along_roads()
        if len(along) and lost > self.allowed:
            places, weights = [*places, along], [*weights, lost]
        if places:
            self.search.look_at(places, np.array(weights))

    def _sites_along_roads(self) -> Ints:
        """Return the sites to which anybody goes by a way that needs an upgrade."""
        assert self.rerouter is not None
        upgraded = self.rerouter.upgraded
        near = np.zeros(len(self.c.matrices.cost), dtype=bool)
        near[self.search.neighbours(self.search.neighbours(upgraded))] = True
        is_near = [bool(near[site.columns].any()) for site in self.c.sites]
        return np.flatnonzero(is_near)

    def completer(self) -> Completer:
        """Return what completes joined plans; of a small model it ends by work."""
        patience = 0.0 if self.is_large else GUARD_SHARE * self.left
        blocks = [block.columns for block in self.split.blocks]
        return Completer(self.c, blocks, self.split.loose, patience)

    def offer_joined(self, completer: Completer, seconds: float) -> None:
        """Join, repair and complete; improve the networks for so many *seconds*."""
        with self.lock:
            self._fill()
        for apart in self._plans_apart():
            self._offer_apart(completer, apart, seconds)

    def _plans_apart(self) -> Iterator[Floats]:
        """Yield the blocks' plans side by side, under each choice worth a plan."""
        m, copied = self.c.matrices, self.split.copied
        plans = [part.values for part in self.parts if part.values is not None]
        if len(plans) < len(self.parts) or not plans:
            return
        if not len(copied):
            yield joined(m, self.parts, plans)
            return
        choices = Choices(m, self.split, self.c.options).worth_a_plan(self._wished())
        for left, choice in zip(range(len(choices), 0, -1), choices, strict=True):
            if self.stop.is_set() and left < len(choices):
                return  # time for one of them
            values = np.zeros(len(m.cost))
            values[copied] = choice
            seconds = CHOICE_SHARE * self.left / left
            under = self.chosen.parts_under(self.parts, values, seconds, self._under)
            if under is not None:
                apart = joined(m, self.parts, under)
                apart[copied] = choice
                yield apart

    def _wished(self) -> list[Floats]:
        """Return shares of what is copied that are worth a choice, the best first."""
        copied = self.split.copied
        votes, voters = np.zeros((2, len(self.c.matrices.cost)))
        for part in self.parts:
            assert part.values is not None
            columns = part.columns[part.copies]
            votes[columns] += part.values[part.copies]
            voters[columns] += 1.0
        vote = votes[copied] / np.maximum(voters[copied], 1.0)
        best = self.search.values
        known = [] if best is None else [best[copied]]
        return [*known, *self.wanted, vote, np.zeros(len(copied))]

    def _under(
        self,
        m: Matrices,
        start: tuple[Ints, Floats],
        seconds: float,
        nodes: int | None,
    ) -> Outcome:
        """Solve a block under a choice; of a small model nodes end it."""
        if nodes is not None:
            seconds = max(seconds, GUARD_SHARE * self.left)
        return self._run(m, start, seconds, nodes=nodes)

    def _offer_apart(self, completer: Completer, apart: Floats, seconds: float) -> None:
        """Repair and complete the blocks' plans; improve the networks for *seconds*."""
        assert self.rerouter is not None
        values = completer.feasible(
            self.rerouter.reroute(apart, built) for built in self.rerouter.choices()
        )
        if values is not None:
            begun = completer.cost(values)
            self.search.offer(begun, values)
            # What networks gained last time would not make it the best: time is short.
            if begun - self.search.objective > self.gained:
                return
            values = completer.improve(values, seconds)
            upgraded = self.rerouter.upgraded
            if len(upgraded) and seconds > 0.0:
                values = completer.with_roads(values, upgraded, ROADS_SECONDS)
            if seconds > 0.0:
                self.gained = begun - completer.cost(values)
            self.search.offer(completer.cost(values), values)

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
