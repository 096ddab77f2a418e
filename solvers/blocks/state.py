"""A solve by blocks under way: what is known of the blocks, and what comes of it.

Whoever drives it (threads against the clock in run.py, rounds of counted work in
rounds.py) decides when what is done; how it is done is said here.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.language.texts import Text, say
from aumaq.solvers.blocks.choices import Choices, Chosen
from aumaq.solvers.blocks.networks import Completer, fed_columns, joined
from aumaq.solvers.blocks.part import (
    ROUND_FIRST,
    Part,
    Task,
    is_small,
    priced_parts,
)
from aumaq.solvers.blocks.rerouting import Rerouter
from aumaq.solvers.blocks.split import Split, constant, prices
from aumaq.solvers.checkpoint import (
    Arrays,
    Facts,
    Saved,
    joined_arrays,
    split_arrays,
)
from aumaq.solvers.compiled import Compiled, improver
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.progress import ProgressEvent, relative_gap
from aumaq.solvers.search import DEAR, Improver
from aumaq.solvers.solution.decisions import Status

if TYPE_CHECKING:
    from aumaq.solvers.blocks.by_prices import PricedRelaxation

GAP_SHARE = 0.5
"""Share of the gap asked for that is divided evenly among the blocks."""
NETWORKS_SECONDS, NETWORK_SECONDS = 5.0, 1.0
"""Seconds for all small networks of a joined plan, and for each of them."""
ROADS_EFFORT = 10.0
"""Seconds, or units of work, for choosing the roads of joined plans."""
FIRST_SHARE = 0.35
"""Share of the effort for the first visits, divided among the blocks by their size."""

SETTLED = 0.02
"""A joined plan that costs by such a share more than its blocks sends people anew: what
holds over all, who pays or how far regions differ, asks more than a repair."""
CHOICE_SHARE = 0.3
"""Share of what is left that blocks have for plans under choices when joined."""
PART_FIELDS = ("bound", "objective", "seconds", "round_seconds", "filter_seconds",
               "filtered", "dear_mln", "nodes", "gained", "found", "is_begun",
               "is_rounded", "is_visited", "has_root")  # fmt: skip
"""What is kept of each block, beside its plan."""


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
    rerouter: Rerouter | None = None
    joins: int = 0
    gained: float = float("inf")
    is_interrupted: bool = False
    is_infeasible: bool = False
    limit: Status = Status.TIME_LIMIT
    """What ends it if nothing else does."""

    by_prices: bool = False
    """Whether prices come from an ascent instead of the LP of the whole."""

    relaxed: Outcome | None = None
    priced: PricedRelaxation | None = None
    chosen: Chosen = field(default_factory=Chosen)
    wanted: list[Floats] = field(default_factory=list)
    networks_left: dict[int, float] = field(default_factory=dict)
    """What small networks cost beyond what is proven when they were decided last."""

    def __post_init__(self) -> None:
        self.search: Improver = improver(self.c)
        self.allowed = 0.0  # gap of one block, mln
        self.size = 0.0  # of the cost, mln: that of the first bound

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
        price = prices(m, self.split, relaxed.duals)
        self.constant = constant(m, self.split, price)
        self.rerouter = Rerouter(self.c, relaxed.values)
        self.wanted = [relaxed.values[self.split.copied]]
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
            part.values = whole[part.columns]
            part.objective = float(part.matrices.cost @ part.values)

    # -- visits ----------------------------------------------------------------

    def visited(self, part: Part, task: Task, outcome: Outcome) -> None:
        """Take what a visit to a block gave."""
        with self.lock:
            part.take(outcome, task)
            if task is Task.PROVE and outcome.status is Status.INFEASIBLE:
                self.is_infeasible = True
            if self.by_prices:  # one block without a plan must not keep all busy
                self._fill(part)

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

    # -- joining ---------------------------------------------------------------

    @abstractmethod
    def completer(self) -> Completer:
        """Return what completes joined plans."""

    def completer_of(self, patience: float, *, by_work: bool = False) -> Completer:
        """Return what completes joined plans with so much *patience*."""
        blocks = [block.columns for block in self.split.blocks]
        return Completer(self.c, blocks, self.split.loose, patience, by_work=by_work)

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

    def offer_joined(self, completer: Completer, effort: float) -> None:
        """Join, repair and complete; improve the networks with so much *effort*."""
        with self.lock:
            self.fill()
        for apart in self._plans_apart():
            self._offer_apart(completer, apart, effort)

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
            if self.is_stopped and left < len(choices):
                return  # time for one of them
            values = np.zeros(len(m.cost))
            values[copied] = choice
            effort = CHOICE_SHARE * self.effort_left / left
            run = self.solve_under
            under = self.chosen.parts_under(self.parts, values, effort, run)
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

    def _offer_apart(self, completer: Completer, apart: Floats, effort: float) -> None:
        """Repair and complete the blocks' plans; improve the networks as above."""
        assert self.rerouter is not None
        choices = self.rerouter.choices()
        trials = (self.rerouter.reroute(apart, built) for built in choices)
        known = self.search.values
        values = completer.feasible(trials, known)
        if values is not None:
            begun = completer.cost(values)
            self.search.offer(begun, values)
            # What networks gained last time would not make it the best: time is short.
            if begun - self.search.objective > self.gained:
                return
            if self.is_large:
                values = self._with_small_networks(completer, values)
                if known is not None and self.joins > 0:  # not with a mere start
                    values = self._crossed(completer, values, known)
            values = completer.improve(values, effort)
            upgraded = self.rerouter.upgraded
            if len(upgraded) and (effort > 0.0 or self.is_large):
                values = completer.with_roads(values, upgraded, ROADS_EFFORT)
            if self.lost(completer.cost(values)) > SETTLED * self.size:
                values = completer.settled(values)
            if effort > 0.0 or self.is_large:
                self.gained = begun - completer.cost(values)
            self.search.offer(completer.cost(values), values)

    def _crossed(self, completer: Completer, values: Floats, known: Floats) -> Floats:
        """Return the best of a joined plan and of it with a known one, block by block.

        Each block is as in the plan in which it costs less at the prices; networks are
        those of the known plan, completed anew.
        """
        fed, crossed = self._is_fed(), known.copy()
        for part in self.parts:
            own, cost = part.columns, part.matrices.cost
            is_cheaper = cost @ values[own] < cost @ known[own] - self.allowed
            if is_cheaper and not fed[own].any():
                crossed[own] = values[own]
        if np.array_equal(crossed, known):
            return values
        found = completer.feasible([crossed], known)
        return values if found is None else min(values, found, key=completer.cost)

    def _is_fed(self) -> Flags:
        """Return which columns say what is drawn from networks."""
        found = np.zeros(len(self.c.matrices.cost), dtype=bool)
        found[fed_columns(self.c)] = True
        return found

    def _with_small_networks(self, completer: Completer, values: Floats) -> Floats:
        """Return a plan no dearer: small networks decided anew for what is drawn.

        What they chose at a price is often wrong by far for the load that they have in
        the end. Those that cost most beyond what is proven come first; what they draw
        from others has a price, and is fed afterwards.
        """
        fed, left = self._is_fed(), self.networks_left
        far = [
            (excess, k)
            for k, part in enumerate(self.parts)
            if part.integers < ROUND_FIRST and fed[part.columns].any()
            if (excess := self.excess(part, values)) > left.get(k, 0.0) + self.allowed
        ]
        trial, ends = values.copy(), time.monotonic() + NETWORKS_SECONDS
        for _, k in sorted(far, reverse=True):
            part, seconds = self.parts[k], ends - time.monotonic()
            if seconds <= 0.0 or self.is_stopped:
                break
            now = values[part.columns]
            m = with_fixed(part.matrices, *_at(fed[part.columns], now))
            start, most = (np.arange(len(now)), now), min(seconds, NETWORK_SECONDS)
            found = self.solve_under(m, start, most, None)
            if found.values is not None:
                trial[part.columns] = found.values
                left[k] = self.excess(part, trial)
        if np.array_equal(trial, values):
            return values
        again = completer.feasible([trial], values)
        return values if again is None else min(values, again, key=completer.cost)

    def excess(self, part: Part, values: Floats) -> float:
        """Return what a plan costs in a block beyond what is proven, mln, at prices."""
        return float(part.matrices.cost @ values[part.columns]) - part.bound

    def lost(self, objective: float) -> float:
        """Return what a plan costs beyond the plans of its blocks, mln."""
        return objective - self.constant - sum(p.objective for p in self.parts)

    def look_at_gaps(self) -> None:
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
        values = self.search.values
        assert values is not None
        far = {k: self.excess(self.parts[k], values) for k in groups if k >= 0}
        chosen = [k for k, distance in far.items() if distance > self.allowed]
        places = [np.array(groups[k]) for k in chosen]
        weights = [far[k] for k in chosen]
        lost = self.lost(self.search.objective)
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

    # -- keeping ---------------------------------------------------------------

    def state(self) -> tuple[Facts, Arrays]:
        """Return what a run needs to go on from here; blocks must have been made."""
        assert self.relaxed is not None
        with self.lock:
            parts = self.parts
            fields = [[float(getattr(p, f)) for f in PART_FIELDS] for p in parts]
            plans = [p.values for p in parts]
            facts, own = self.search.state()
        nothing, arrays = np.zeros(0), {f"search_{name}": own[name] for name in own}
        assert self.relaxed.values is not None
        assert self.relaxed.duals is not None
        arrays |= {
            "relaxed": self.relaxed.values,
            "duals": self.relaxed.duals,
            "parts": np.array(fields),
            **joined_arrays([nothing if p is None else p for p in plans], "plans"),
        }
        whole: Facts = {
            "search": facts,
            "whole_bound": self.whole_bound,
            "relaxed": self.relaxed.objective,
            "gained": self.gained,
        }
        return whole, arrays

    def known_relaxed(self) -> Outcome | None:
        """Return the LP relaxation, where it is known beforehand."""
        if (known := self.known()) is None:
            return self.c.relaxed
        values, duals = known.arrays["relaxed"], known.arrays["duals"]
        best = float(known.facts["relaxed"])
        return Outcome(Status.OPTIMAL, best, best, values, "known", duals=duals)

    def known(self) -> Saved | None:
        """Return what an earlier run knew, None without one."""
        keeper = self.c.keeper
        return None if keeper is None else keeper.of_kind("blocks")

    def restore(self, known: Saved) -> None:
        """Go on from what an earlier run knew; the blocks are made."""
        own = known.arrays
        plans = split_arrays(own, "plans")
        for part, row, plan in zip(self.parts, own["parts"], plans, strict=True):
            for name, value in zip(PART_FIELDS, row.tolist(), strict=True):
                kind = type(getattr(part, name))
                setattr(part, name, kind(value))
            part.values = plan if len(plan) else None
        self.whole_bound = float(known.facts["whole_bound"])
        self.gained = float(known.facts["gained"])
        size = len("search_")
        arrays = {k[size:]: v for k, v in own.items() if k.startswith("search_")}
        self.search.restore(known.facts["search"], arrays)

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


def _at(which: Flags, values: Floats) -> tuple[Ints, Floats]:
    """Return which columns these are, and their values."""
    return np.flatnonzero(which), values[which]
