"""Plans of blocks joined: repaired or crossed, completed, and improved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.choices import Choices, Chosen
from aumaq.solvers.blocks.column_generation import ColumnGeneration
from aumaq.solvers.blocks.crossing import Crossing
from aumaq.solvers.blocks.networks import OPEN, Completer, fed_columns, joined
from aumaq.solvers.blocks.part import ROUND_FIRST, Part
from aumaq.solvers.blocks.rerouting import Rerouter
from aumaq.solvers.blocks.split import Split
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.highs.matrices import with_fixed

if TYPE_CHECKING:
    from aumaq.solvers.blocks.state import BlockState

NETWORKS_EFFORT, NETWORK_EFFORT = 5.0, 1.0
"""Seconds, or units of work, for all small networks of a joined plan, and for each."""
ROADS_EFFORT = 10.0
"""Seconds, or units of work, for choosing the roads of joined plans."""
SETTLED = 0.02
"""A joined plan that costs by such a share more than its blocks sends people anew: what
holds over all, who pays or how far regions differ, asks more than a repair."""
SHORT, SHORT_SHARE = 0.02, 0.35
"""A joined plan that costs by such a share more than its blocks, before networks are
completed, has them planned at what is short, for a share of the time that is left."""
CHOICE_SHARE = 0.3
"""Share of what is left that blocks have for plans under choices when joined."""


def completer_of(
    c: Compiled, split: Split, patience: float, *, by_work: bool = False
) -> Completer:
    """Return what completes joined plans with so much *patience*."""
    blocks = [block.columns for block in split.blocks]
    return Completer(c, blocks, split.loose, patience, by_work=by_work)


@dataclass
class Joining:
    """Joins the plans of one solve by blocks; what it learned from doing so before."""

    run: BlockState
    rerouter: Rerouter | None = None
    chosen: Chosen = field(default_factory=Chosen)
    wanted: list[Floats] = field(default_factory=list)
    """Shares of what is copied that the relaxation asks for."""
    networks_left: dict[int, float] = field(default_factory=dict)
    """What small networks cost beyond what is proven when they were decided last."""
    gained: float = float("inf")
    """What networks gained when plans were joined last, mln."""
    generation: ColumnGeneration | None = None
    _unfed: list[Part] = field(default_factory=list)

    def prepare(self, relaxed: Floats) -> None:
        """Learn from the values of the LP relaxation."""
        self.rerouter = Rerouter(self.run.c, relaxed)
        self.wanted = [relaxed[self.run.split.copied]]

    @property
    def upgraded(self) -> Ints:
        """The columns of upgrades of roads."""
        assert self.rerouter is not None
        return self.rerouter.upgraded

    def offer(self, completer: Completer, effort: float) -> None:
        """Join, repair and complete; improve the networks with so much *effort*."""
        with self.run.lock:
            self.run.fill()
        for apart in self._plans_apart():
            self._offer_apart(completer, apart, effort)

    def _plans_apart(self) -> Iterator[Floats]:
        """Yield the blocks' plans side by side, under each choice worth a plan."""
        m, copied = self.run.c.matrices, self.run.split.copied
        plans = [part.values for part in self.run.parts if part.values is not None]
        if len(plans) < len(self.run.parts) or not plans:
            return
        if not len(copied):
            yield joined(m, self.run.parts, plans)
            return
        known = Choices(m, self.run.split, self.run.c.options)
        choices = known.worth_a_plan(self._wished())
        for left, choice in zip(range(len(choices), 0, -1), choices, strict=True):
            if self.run.is_stopped and left < len(choices):
                return  # time for one of them
            values = np.zeros(len(m.cost))
            values[copied] = choice
            effort = CHOICE_SHARE * self.run.effort_left / left
            under = self.chosen.parts_under(
                self.run.parts, values, effort, self.run.solve_under
            )
            if under is not None:
                apart = joined(m, self.run.parts, under)
                apart[copied] = choice
                yield apart

    def on_roads(self, known: Floats | None) -> list[Floats]:
        """Return the plans of blocks on the roads of a plan, if there are any."""
        run = self.run
        plans = [part.values for part in run.planned if part.values is not None]
        if run.on_roads is None or known is None or len(plans) < len(run.parts):
            return []
        found = joined(run.c.matrices, run.parts, plans)
        roads = self.upgraded
        found[roads] = np.maximum(found[roads], np.round(known[roads]))
        return [found]

    def _wished(self) -> list[Floats]:
        """Return shares of what is copied that are worth a choice, the best first."""
        copied = self.run.split.copied
        votes, voters = np.zeros((2, len(self.run.c.matrices.cost)))
        for part in self.run.parts:
            assert part.values is not None
            columns = part.columns[part.copies]
            votes[columns] += part.values[part.copies]
            voters[columns] += 1.0
        vote = votes[copied] / np.maximum(voters[copied], 1.0)
        best = self.run.search.values
        known = [] if best is None else [best[copied]]
        return [*known, *self.wanted, vote, np.zeros(len(copied))]

    def _offer_apart(self, completer: Completer, apart: Floats, effort: float) -> None:
        """Repair and complete the blocks' plans; improve the networks as above."""
        assert self.rerouter is not None
        choices = self.rerouter.choices()
        trials = [self.rerouter.reroute(apart, built) for built in choices]
        with self.run.lock:
            known = self.run.search.values
            trials = [*self.on_roads(known), *trials]
        crossing = None if known is None else self._crossing(self.run.parts)
        values = completer.feasible(trials, known, crossing)
        if values is not None:
            begun = completer.cost(values)
            self.run.search.offer(begun, values)
            self.plan_at_what_is_short(completer, apart)
            # What networks gained last time would not make it the best: time is short.
            if begun - self.run.search.objective > self.gained:
                return
            if self.run.is_large:
                values = self._with_small_networks(completer, values)
                if known is not None and self.run.joins > 0:  # not with a mere start
                    crossing = self._crossing(self.run.parts)
                    crossed = completer.crossed([values], known, crossing)
                    if crossed is not None:
                        values = min(values, crossed, key=completer.cost)
            values = completer.improve(values, effort)
            upgraded = self.rerouter.upgraded
            if len(upgraded) and (effort > 0.0 or self.run.is_large):
                values = completer.with_roads(values, upgraded, ROADS_EFFORT)
            if self.run.lost(completer.cost(values)) > SETTLED * self.run.size:
                values = completer.settled(values)
            if effort > 0.0 or self.run.is_large:
                self.gained = begun - completer.cost(values)
            self.run.search.offer(completer.cost(values), values)

    def plan_at_what_is_short(self, completer: Completer, apart: Floats) -> None:
        """Have blocks planned at what is short, where much is lost for want of it.

        What is lost where networks are completed for what is drawn is none of that.
        """
        run, known = self.run, self.run.search.values
        lost = run.lost(min(completer.open_cost, run.search.objective))
        if not run.is_large or known is None or lost <= SHORT * run.size:
            return
        if self.generation is None:
            self.generation = ColumnGeneration(
                run.c.matrices, run.parts, run.price, lambda: run.is_stopped,
                run.solve_under,
            )  # fmt: skip
        crossing, effort = self._crossing(run.parts), SHORT_SHARE * run.effort_left
        found = completer.generated(self.generation, known, apart, crossing, effort)
        if found is not None:
            run.search.offer(completer.cost(found), found)

    def exchange(self, completer: Completer) -> None:
        """Cross the best plan with the blocks' own plans, both ways.

        Far quicker than to join all of them: networks stay, and most blocks.
        """
        run, known = self.run, self.run.search.values
        assert known is not None
        with run.lock:
            run.fill()
            plans = [part.values for part in run.parts if part.values is not None]
            apart = joined(run.c.matrices, run.parts, plans)
            offers = [apart, *self.on_roads(known)]
        crossing = self._crossing(self._without_fed())
        crossed = completer.crossed(offers, known, crossing)
        if crossed is not None:
            run.search.offer(completer.cost(crossed), crossed)
        self.plan_at_what_is_short(completer, apart)
        best = known if run.search.values is None else run.search.values
        with run.lock:
            for part in run.parts:
                part.offer(best[part.columns])

    def plan_networks(self, completer: Completer, effort: float) -> None:
        """Plan large networks anew for what the best plan draws."""
        known = self.run.search.values
        if known is not None:
            values = completer.by_areas(known, effort)
            self.run.search.offer(completer.cost(values), values)

    def choose_roads(self, completer: Completer) -> None:
        """Choose anew which roads the best plan builds."""
        known = self.run.search.values
        if known is not None and len(self.upgraded):
            values = completer.with_roads(known, self.upgraded, ROADS_EFFORT)
            self.run.search.offer(completer.cost(values), values)

    @property
    def can_exchange(self) -> bool:
        """Whether there is a best plan, and nothing that blocks have to agree on."""
        return self.run.search.values is not None and not len(self.run.split.copied)

    def is_worth_an_exchange(self, gain_mln: float) -> bool:
        """Return whether blocks have plans so much cheaper than the best plan has."""
        known = self.run.search.values
        if known is None or not self.can_exchange:
            return False
        unfed = {id(part) for part in self._without_fed()}
        pairs = zip(self.run.parts, self.run.planned, strict=True)
        found = (
            part.excess(known) - planned.distance
            for part, planned in pairs
            if id(part) in unfed
        )
        return sum(gain for gain in found if gain > self.run.allowed) > gain_mln

    def _without_fed(self) -> list[Part]:
        """Return the blocks without networks."""
        if not self._unfed:
            fed = self._is_fed()
            self._unfed = [p for p in self.run.parts if not fed[p.columns].any()]
        return self._unfed

    def _crossing(self, parts: list[Part]) -> Crossing:
        """Return what plans of some blocks are crossed by."""
        m, split = self.run.c.matrices, self.run.split
        # What is drawn has its price until networks are completed for it.
        drawn = np.where(m.row_family == OPEN, self.run.price, 0.0)
        cost, blocks = m.cost - m.sparse.T @ drawn, [part.columns for part in parts]
        return Crossing(blocks, split.priced, split.loose, split.copied, cost)

    def _is_fed(self) -> Flags:
        """Return which columns say what is drawn from networks."""
        found = np.zeros(len(self.run.c.matrices.cost), dtype=bool)
        found[fed_columns(self.run.c)] = True
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
            for k, part in enumerate(self.run.parts)
            if part.integers < ROUND_FIRST and fed[part.columns].any()
            if (excess := part.excess(values)) > left.get(k, 0.0) + self.run.allowed
        ]
        trial, budget = values.copy(), completer.budget(NETWORKS_EFFORT)
        for _, k in sorted(far, reverse=True):
            part = self.run.parts[k]
            if budget.is_over or self.run.is_stopped:
                break
            now = values[part.columns]
            m = with_fixed(part.matrices, *_at(fed[part.columns], now))
            start, effort = np.arange(len(now)), min(budget.left, NETWORK_EFFORT)
            found = self.run.solve_under(m, (start, now), effort, None)
            budget.spend(found.work)
            if found.values is not None:
                trial[part.columns] = found.values
                left[k] = part.excess(trial)
        if np.array_equal(trial, values):
            return values
        again = completer.feasible([trial], values)
        return values if again is None else min(values, again, key=completer.cost)


def _at(which: Flags, values: Floats) -> tuple[Ints, Floats]:
    """Return which columns these are, and their values."""
    return np.flatnonzero(which), values[which]
