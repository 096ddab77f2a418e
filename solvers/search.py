"""Better plans while the bound is proven: restricted MIPs beside the main solve.

HiGHS proves a good bound for large instances long before its heuristics find a plan to
match. Four steps run in a thread of their own:

1. the LP relaxation is solved;
2. every number of units is confined to the two whole numbers around its LP value and
   the MIP that is left is solved (relaxation enforced neighbourhood search, Berthold
   2014);
3. the MIP without the ways that are dear at the prices of the LP is solved: all units
   are free in it, and it is far smaller. Where a town runs many facilities the best
   numbers are often not those around the LP's;
4. large-neighbourhood search: a site and the sites nearest to it are freed, all the
   rest is fixed, and the small MIP that is left is solved. The more a plan costs at a
   site beyond the relaxation (excess.py), the more often it is the middle. The number
   of sites adapts to how quickly it solves.

A plan found here is a plan of the model; it says nothing about the bound.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.checkpoint import Arrays, Facts
from aumaq.solvers.excess import Excess
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.places import Distances, Place, Places, Site
from aumaq.solvers.restricted import STEP_GAP, RestrictedSolver, rounded
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.structure import TOLERANCE
from aumaq.solvers.work import Most

ROUNDING_SHARE = 0.3
"""Share of the time for steps 1 to 3."""
STEP_SECONDS = 6.0
DEAR = 3e-6
"""A way whose reduced cost is more than this share of a bound is hardly in a good plan;
a step without such ways is far smaller."""
WIDER = 10.0
"""Where nothing better is left among all other ways, those up to so many times dearer
are let in."""
DRAWS = 3
"""So many places are drawn for each of several steps that must not meet."""
STEP_NODES = 100
"""Nodes of a step where it ends by work."""
LEAST_GAIN = 1e-7
"""Relative to the cost of the plan, what gains less is left."""


@dataclass(frozen=True)
class Scope:
    """What is free in a step: decisions of some sites, and who follows them."""

    is_dear: Flags
    """Columns that stay where they are unless the plan has them."""
    own: tuple[list[Ints], Flags] | None = None
    """The columns that each site decides, and those that are free where they share a
    row with these: who goes where. None: a site's units, what shares rows with them,
    and what shares rows with that."""


@dataclass(frozen=True)
class Step:
    """A step of the search before it is solved: what is free around a site."""

    group: int
    centre: int
    free: Ints
    known: Floats
    """The plan whose other columns stay."""
    part: Matrices

    @property
    def start(self) -> tuple[Ints, Floats]:
        """The values that the free columns have in the plan."""
        return np.arange(len(self.free)), self.known[self.free]


class Improver:
    """Searches for plans until it is told to stop; threads may search side by side."""

    def __init__(
        self,
        matrices: Matrices,
        sites: list[Site],
        options: SolveOptions,
        gap: float = STEP_GAP,
    ) -> None:
        """Prepare; *sites* are the places whose decisions are freed together.

        *gap* is that of each step, relative to the cost of what is freed.
        """
        self.solver = RestrictedSolver(matrices, options, gap)
        self._structure = self.solver.structure
        self._m = matrices
        self._sites = sites
        self.places = Places(sites, self._structure.is_sparse, options.seed)
        self._lock = threading.RLock()
        self._reduced: Floats | None = None
        self._dear_mln = np.inf
        self.scope: Scope | None = None
        self.objective = float("inf")
        self.values: Floats | None = None
        self.gained = 0.0
        """What its own steps gained so far, mln."""

    def look_where_it_costs(self, duals: Floats, dear_mln: float = np.inf) -> None:
        """Search more often where a plan costs more than an LP with these row duals.

        Columns with a reduced cost above *dear_mln* stay out, unless the plan has them.
        """
        m, places = self._m, [site.columns for site in self._sites]
        reduced = np.where(m.is_integer, 0.0, m.cost - m.sparse.T @ duals)
        away = Excess(m, duals, places)
        self.look_where_it_is_far(away, Scope(reduced > dear_mln))
        self._reduced, self._dear_mln = reduced, dear_mln

    def _let_more_in(self) -> None:
        """Let ways in that were too dear: among all others nothing better is left."""
        if self._reduced is None or self.scope is None or not self.scope.is_dear.any():
            return
        self._dear_mln *= WIDER
        self.scope = Scope(self._reduced > self._dear_mln)
        self.places.narrow()

    def look_where_it_is_far(self, away: Distances, scope: Scope | None = None) -> None:
        """Search more often where a plan is far from its bound, and free what *scope*
        says around a site.
        """
        self.places.look_where_it_is_far(away)
        self.scope, self._reduced = scope, None

    def state(self) -> tuple[Facts, Arrays]:
        """Return all that the search learned, and its plan."""
        facts, arrays = self.places.state()
        facts["objective"] = self.objective
        if self.values is not None:
            arrays["values"] = self.values
        return facts, arrays

    def restore(self, facts: Facts, arrays: Arrays) -> None:
        """Go on from what :meth:`state` returned."""
        self.places.restore(facts, arrays)
        self.objective = float(facts["objective"])
        self.values = arrays.get("values")

    def stop(self) -> None:
        """Ask the search to end; returns at once."""
        self.solver.stop()

    def search(
        self,
        seconds: float,
        tell: Callable[[], None] | None = None,
        steps: int | None = None,
    ) -> None:
        """Search for so many seconds or until stopped; *tell* is called after steps.

        From a plan that it was offered it goes on, else it begins with steps 1 to 3.
        With a number of *steps* it ends by work: each has a limit of nodes, and the
        clock only ends what would be too late.
        """
        started = time.monotonic()
        if self.values is None:
            self._round(seconds * ROUNDING_SHARE)
        done = 0
        while (
            self.values is not None
            and self.places.is_any
            and not self.solver.is_stopped
            and time.monotonic() - started < seconds
            and (steps is None or done < steps)
        ):
            begun, done = time.monotonic(), done + 1
            step = self.step()
            if steps is not None:
                left = seconds - (begun - started)
                self.take(step, self._solve_step(step, Most(left, STEP_NODES)))
                self.places.adapt(
                    step.group,
                    is_quick=self.solver.nodes <= 1,
                    is_slow=self.solver.nodes >= STEP_NODES,
                )
                continue
            is_better = self.take_with_luck(
                step, self._solve_step(step, Most(STEP_SECONDS))
            )
            took = time.monotonic() - begun
            is_all = self.places.is_whole(step.group)
            if not is_better and is_all and took < STEP_SECONDS:
                self._let_more_in()
            if tell is not None:
                tell()
            self.adapt(step, (time.monotonic() - begun) / STEP_SECONDS)

    def _solve_step(self, step: Step, most: Most) -> Floats | None:
        return self.solver.solve(step.part, most, step.start)

    def take_with_luck(self, step: Step, found: Floats | None) -> bool:
        """Take what was found in a step; without luck its group has fewer turns."""
        is_better = self.take(step, found)
        if not is_better:
            self.places.has_fewer_turns(step.group)
        return is_better

    def adapt(self, step: Step, share: float) -> None:
        """Free more or fewer sites next time: a step took a *share* of the most."""
        self.places.adapt(step.group, is_quick=share < 0.25, is_slow=share > 0.8)

    def offer(self, objective: float, values: Floats) -> None:
        """Take a plan from elsewhere if it is better."""
        with self._lock:
            if objective < self.objective - 1e-9:
                self.objective, self.values = objective, values
                self.places.forget_plan()

    def cost(self, values: Floats) -> float:
        """Return the objective, mln."""
        return self._structure.cost(values)

    def _round(self, seconds: float) -> None:
        """Steps 1 to 3."""
        m, ends = self._m, time.monotonic() + seconds
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        outcome = self.solver.run(lp, Most(seconds))
        relaxed = outcome.values
        if outcome.status is Status.ERROR or relaxed is None:
            return
        has_prices = outcome.status is Status.OPTIMAL and outcome.duals is not None
        if outcome.duals is not None and has_prices:
            self.look_where_it_costs(outcome.duals, DEAR * abs(outcome.objective))
        units = np.zeros_like(m.is_integer)
        units[np.concatenate([site.columns for site in self._sites])] = True
        self._take_all(rounded(m, relaxed, units), Most(seconds))
        left = ends - time.monotonic()
        if has_prices and left > 0.0:
            self._without_dear(relaxed, Most(min(left, STEP_SECONDS)))

    def _without_dear(self, relaxed: Floats, most: Most) -> None:
        """Step 3; what the LP or the plan uses is never left out."""
        assert self.scope is not None
        m, plan = self._m, self.values
        is_out = self.scope.is_dear & (relaxed < TOLERANCE) & (m.column_lower <= 0.0)
        if plan is not None:
            is_out &= plan == 0.0
        upper = np.where(is_out, np.minimum(m.column_upper, 0.0), m.column_upper)
        start = None if plan is None else (np.arange(len(plan)), plan)
        self._take_all(replace(m, column_upper=upper), most, start)

    def _take_all(
        self, part: Matrices, most: Most, start: tuple[Ints, Floats] | None = None
    ) -> None:
        """Solve with other limits of the columns; take each plan when it is found."""

        def take(found: Floats) -> None:
            self.offer(self.cost(found), found)

        found = self.solver.solve(part, most, start, take)
        if found is not None:
            take(found)

    def step(self) -> Step:
        """Step 4: return what is free around one site, or a few near it."""
        return self._step(self._place())

    def steps(self, count: int) -> list[Step]:
        """Return up to so many steps from one plan that have no site in common."""
        found: list[Step] = []
        is_taken = np.zeros(len(self._sites), dtype=bool)
        for _ in range(DRAWS * count):
            place = self._place()
            if len(found) < count and not is_taken[place.sites].any():
                is_taken[place.sites] = True
                found.append(self._step(place))
        return found

    def _place(self) -> Place:
        assert self.values is not None
        return self.places.draw(self.values)

    def _step(self, place: Place) -> Step:
        # Another plan may be offered meanwhile: what is found belongs to this one.
        values = self.values
        assert values is not None
        free = self._around(place.sites, values)
        part, _ = self._structure.restricted(free, values)
        return Step(place.group, place.centre, free, values, part)

    def take(self, step: Step, found: Floats | None) -> bool:
        """Take what was found in a step; say if the plan is better for it."""
        if found is None:
            return False
        gain = float(step.part.cost @ (step.known[step.free] - found))
        if gain > LEAST_GAIN * abs(self.objective) and self.merge(
            step.known, step.free, found
        ):
            return True
        self.places.gave_nothing(step.centre)
        return False

    def _around(self, sites: Ints, values: Floats) -> Ints:
        """Return the columns that are free in a step around some sites."""
        scope = self.scope
        if scope is None or scope.own is None:
            seeds = np.concatenate([self._sites[k].columns for k in sites])
            near = self._structure.neighbours(seeds)
            free = self._structure.neighbours(near)
        else:
            own, may_follow = scope.own
            seeds = np.concatenate([own[k] for k in sites])
            near = self._structure.neighbours(seeds)
            free = np.union1d(seeds, near[may_follow[near]])
        if scope is not None:
            free = free[~scope.is_dear[free] | (values[free] != 0.0)]
        return free

    def merge(self, known: Floats, free: Ints, found: Floats) -> bool:
        """Take what was found for *free* columns of a plan, also into a newer one."""
        with self._lock:
            now = self.values
            assert now is not None
            values = now.copy()
            values[free] = found
            rows = self._structure.rows_of(free)
            if now is not known and self._structure.breaks(values, rows):
                return False
            gain = float(self._m.cost[free] @ (now[free] - found))
            if gain <= LEAST_GAIN * abs(self.objective):
                return False
            self.offer(self.objective - gain, values)
            self.gained += gain
            return True
