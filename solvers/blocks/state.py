"""A solve by blocks under way: what is known of the blocks, and what comes of it.

Whoever drives it (threads against the clock in run.py, rounds of counted work in
rounds.py) decides when what is done; how it is done is said here.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import Text, say
from aumaq.solvers.blocks.joining import Joining
from aumaq.solvers.blocks.networks import Completer
from aumaq.solvers.blocks.on_roads import OnRoads
from aumaq.solvers.blocks.part import Part, Task, is_small, priced_parts
from aumaq.solvers.blocks.split import Split, constant, prices, with_roads
from aumaq.solvers.compiled import Compiled, improver
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.progress import ProgressEvent, relative_gap
from aumaq.solvers.search import DEAR, Improver
from aumaq.solvers.solution.decisions import Status

if TYPE_CHECKING:
    from aumaq.solvers.blocks.by_prices import PricedRelaxation

GAP_SHARE = 0.5
"""Share of the gap asked for that is divided evenly among the blocks."""
FIRST_SHARE = 0.35
"""Share of the effort for the first visits, divided among the blocks by their size."""


@dataclass
class BlockState(ABC):
    """What is known in one solve by blocks."""

    c: Compiled
    split: Split
    parts: list[Part] = field(default_factory=list)
    constant: float = 0.0
    whole_bound: float = float("-inf")
    lock: threading.RLock = field(default_factory=threading.RLock)
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    joins: int = 0
    is_interrupted: bool = False
    is_infeasible: bool = False
    limit: Status = Status.TIME_LIMIT
    """What ends it if nothing else does."""

    by_prices: bool = False
    """Whether prices come from an ascent instead of the LP of the whole."""

    relaxed: Outcome | None = None
    priced: PricedRelaxation | None = None
    on_roads: OnRoads | None = None
    """Blocks on the roads of the best plan, where that is known."""

    def __post_init__(self) -> None:
        self.search: Improver = improver(self.c)
        self.joining = Joining(self)
        self.allowed = 0.0  # gap of one block, mln
        self.size = 0.0  # of the cost, mln: that of the first bound
        self.price: Floats = np.zeros(0)  # of each row

    @property
    def is_large(self) -> bool:
        """Whether plans are joined again and again: the clock decides anyway when."""
        return not is_small(self.c)

    @property
    def bound(self) -> float:
        if not self.parts:
            return self.whole_bound
        known = self.constant + sum(part.bound for part in self.parts)
        return max(known, self.whole_bound)

    def prepare(self, relaxed: Outcome, effort: float) -> None:
        """Price the coupling rows and make the blocks.

        *effort* is that of all first visits together.
        """
        m = self.c.matrices
        assert relaxed.values is not None
        assert relaxed.duals is not None
        self.relaxed = relaxed
        self.joining.prepare(relaxed.values)
        if not (self.by_prices or len(self.split.copied)):
            roads = self.joining.upgraded
            self.split = with_roads(m, self.split, roads, relaxed.duals)
        price = prices(m, self.split, relaxed.duals)
        self.price = price
        self.constant = constant(m, self.split, price)
        self.search.look_where_it_costs(relaxed.duals, DEAR * abs(relaxed.objective))
        least = None if self.priced is None else self.priced.bounds()
        self.parts = priced_parts(self.c, self.split, price, relaxed, effort, least)
        self.size = abs(self.bound) if np.isfinite(self.bound) else 0.0
        allowed = GAP_SHARE * self.c.options.gap * self.size
        self.allowed = max(allowed / len(self.parts), 1e-7)
        self.tell(say("solving"))

    # -- what to do next -------------------------------------------------------

    def next_visit(self) -> tuple[Part, Task] | None:
        """Return the block to work on, and how."""
        with self.lock:
            # Never visited: largest first. Then where most is to gain a second.
            new = next(
                (p for p in self.parts if not p.is_begun and self._is_wide(p)), None
            )
            found = (new, new.first_task) if new else self._most_promising()[1]
            if found is not None:
                part, task = found
                part.begin(task)
            return found

    @property
    def promise(self) -> float:
        """What the next visit to a block may gain, mln a second."""
        return self._most_promising()[0]

    def _most_promising(self) -> tuple[float, tuple[Part, Task] | None]:
        promised = [
            (gain, one, task)
            for part, planned in zip(self.parts, self.planned, strict=True)
            for one in ([part] if planned is part else [part, planned])
            if self._is_wide(one)
            for gain, task in one.promises()
            # Plans are not joined any more after the last time; bounds count.
            if task is Task.PROVE or (one is planned and self.joins < 2)
        ]
        if not promised:
            return 0.0, None
        gain, part, task = max(promised, key=lambda item: item[0])
        return gain, (part, task)

    @property
    def planned(self) -> list[Part]:
        """The blocks as they are planned for a plan of all: on its roads."""
        return self.parts if self.on_roads is None else self.on_roads.of(self.parts)

    def _is_wide(self, part: Part) -> bool:
        is_bounded = np.isfinite(part.bound)
        least = 1e-7 * abs(part.bound) if is_bounded else 0.0
        return part.distance > max(self.allowed, least)

    def is_done(self) -> bool:
        with self.lock:
            return not any(part.is_busy or self._is_wide(part) for part in self.parts)

    def fill(self) -> None:
        """Give blocks without a plan their part of the best one that there is."""
        for part in self.parts:
            self._fill(part)

    def _fill(self, part: Part) -> None:
        whole = self.search.values
        if part.values is None and whole is not None:
            part.offer(whole[part.columns])

    # -- visits ----------------------------------------------------------------

    def visited(self, part: Part, task: Task, outcome: Outcome) -> None:
        """Take what a visit to a block gave."""
        with self.lock:
            part.take(outcome, task)
            if task is Task.PROVE and outcome.status is Status.INFEASIBLE:
                self.is_infeasible = True
            if self.by_prices:  # one block without a plan must not keep all busy
                self._fill(part)
            if self.on_roads is not None and part.is_twin:
                self.on_roads.offer(self.parts, part)

    def search_of(self, part: Part) -> Improver:
        """Return the search in a block, which goes on from its best plan."""
        search = part.search
        if search is None:
            search = Improver(part.matrices, part.sites, self.c.options)
            search.look_where_it_costs(part.duals, DEAR * self.size)
            part.search = search
        assert part.values is not None
        search.offer(part.objective, part.values)
        return search

    # -- what drives it ---------------------------------------------------------------

    @abstractmethod
    def completer(self) -> Completer:
        """Return what completes joined plans."""

    @property
    @abstractmethod
    def effort_left(self) -> float:
        """Seconds, or units of work, that are left."""

    @property
    @abstractmethod
    def is_stopped(self) -> bool:
        """Whether all is to end."""

    @abstractmethod
    def solve_under(
        self, m: Matrices, start: tuple[Ints, Floats], effort: float, nodes: int | None
    ) -> Outcome:
        """Solve a block under a choice, with at most so much effort."""

    def lost(self, objective: float) -> float:
        """Return what a plan costs beyond the plans of its blocks, mln."""
        return objective - self.constant - sum(p.objective for p in self.planned)

    # -- telling ---------------------------------------------------------------

    @property
    def is_enough(self) -> bool:
        """Whether the gap that was asked for is reached."""
        gap = relative_gap(self.search.objective, self.bound)
        return gap <= max(self.c.options.gap, 1e-9)

    def tell(self, phase: Text) -> None:
        """Tell the progress."""
        best, bound = self.search.objective, self.bound
        plan = best if np.isfinite(best) else float("nan")
        known = bound if np.isfinite(bound) else float("nan")
        self.trace.append((self.c.elapsed, plan, known))
        self.c.progress.update(ProgressEvent(phase, self.c.elapsed, known, plan))
