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
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.checkpoint import Arrays, Facts, joined_arrays, split_arrays
from aumaq.solvers.excess import Excess
from aumaq.solvers.highs.matrices import Matrices, restricted, with_whole_fixed
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Budget, Most

DENSE_ROW = 2_000
"""Rows with more columns (budgets, totals) do not make columns neighbours."""
FIRST_SITES = 12
ROUNDING_SHARE = 0.3
"""Share of the time for steps 1 to 3."""
STEP_SECONDS = 6.0
DEAR = 3e-6
"""A way whose reduced cost is more than this share of a bound is hardly in a good plan;
a step without such ways is far smaller."""
WIDER = 10.0
"""Where nothing better is left among all other ways, those up to so many times dearer
are let in."""
STEP_GAP = 1e-3
NO_LUCK = 0.7
"""By so much less often a group, or a site, is searched after a step without gain."""
ANYWHERE = 0.1
"""Share of the steps that begin at any site, whatever the plan costs there."""
DRAWS = 3
"""So many places are drawn for each of several steps that must not meet."""
STEP_NODES = 100
"""Nodes of a step where it ends by work."""
LEAST_GAIN = 1e-7
"""Relative to the cost of the plan, what gains less is left."""
TOLERANCE = 1e-6
"""By so much, and by that share, a row may be broken."""
REPAIR_ROUNDS = 4
"""How often the neighbourhood of broken rows is widened."""


@dataclass(frozen=True)
class Site:
    """The integer columns of one place, and where it is (a point in space)."""

    columns: Ints
    point: Floats


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


class Distances(Protocol):
    """Where a plan is far from its bound."""

    def at_places(self, values: Floats, is_sparse: Flags) -> Floats:
        """Return the distance at each site, mln; *is_sparse* as in ``Excess``."""


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
        self._m = matrices
        self._sites = sites
        self._options = replace(options, threads=1, gap=min(options.gap, gap))
        self._by_column = matrices.sparse
        self._by_row: csr_array = self._by_column.tocsr()
        self._is_sparse = np.diff(self._by_row.indptr) <= DENSE_ROW
        self._rng = np.random.default_rng(options.seed)
        self._stop = threading.Event()
        self._running: set[Solver] = set()
        self._lock = threading.RLock()
        self._points = np.array([site.point for site in sites]).reshape(-1, 3)
        self._groups = [np.arange(len(sites))]
        self._weights = np.ones(1)
        self._sizes = np.full(1, FIRST_SITES)
        self._nodes = 0
        self.work = 0.0
        """Units of work that its solves took so far."""
        self._excess: Distances | None = None
        self._reduced: Floats | None = None
        self._dear_mln = np.inf
        self.scope: Scope | None = None
        self._luck = np.ones(len(sites))
        self._at_sites: Floats | None = None
        self.objective = float("inf")
        self.values: Floats | None = None

    def look_at(self, groups: list[Ints], weights: Floats) -> None:
        """Search among the sites of groups, and more often where a weight is larger.

        Sites of other groups stay as they are, so that those of one go further.
        Without any site there is nothing to search.
        """
        is_any = np.array([len(group) > 0 for group in groups], dtype=bool)
        self._groups = [group for group in groups if len(group)]
        self._weights = weights[is_any]
        self._sizes = np.full(len(self._groups), FIRST_SITES)

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
        self._sizes[:] = np.minimum(self._sizes, FIRST_SITES)

    def look_where_it_is_far(self, away: Distances, scope: Scope | None = None) -> None:
        """Search more often where a plan is far from its bound, and free what *scope*
        says around a site.
        """
        self._excess, self._at_sites, self.scope = away, None, scope
        self._reduced = None

    def state(self) -> tuple[Facts, Arrays]:
        """Return all that the search learned, and its plan."""
        facts = {"objective": self.objective, "rng": self._rng.bit_generator.state}
        arrays: Arrays = {
            "luck": self._luck,
            "weights": self._weights,
            "sizes": self._sizes,
            **joined_arrays(list(self._groups), "groups", np.int64),
        }
        if self.values is not None:
            arrays["values"] = self.values
        return facts, arrays

    def restore(self, facts: Facts, arrays: Arrays) -> None:
        """Go on from what :meth:`state` returned."""
        self.objective = float(facts["objective"])
        self._rng.bit_generator.state = facts["rng"]
        self._luck, self._weights = arrays["luck"].copy(), arrays["weights"].copy()
        self._sizes = arrays["sizes"].copy()
        self._groups = split_arrays(arrays, "groups")
        self.values, self._at_sites = arrays.get("values"), None

    def stop(self) -> None:
        """Ask the search to end; returns at once."""
        self._stop.set()
        for solver in tuple(self._running):
            solver.stop()

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
            and self._groups
            and not self._stop.is_set()
            and time.monotonic() - started < seconds
            and (steps is None or done < steps)
        ):
            begun, done = time.monotonic(), done + 1
            step = self.step()
            if steps is not None:
                left = seconds - (begun - started)
                self.take(step, self._solve_step(step, Most(left, STEP_NODES)))
                self._adapt(step.group, self._nodes <= 1, self._nodes >= STEP_NODES)
                continue
            is_better = self.take_with_luck(
                step, self._solve_step(step, Most(STEP_SECONDS))
            )
            took = time.monotonic() - begun
            is_all = self._sizes[step.group] == len(self._sites)
            if not is_better and is_all and took < STEP_SECONDS:
                self._let_more_in()
            if tell is not None:
                tell()
            self.adapt(step, (time.monotonic() - begun) / STEP_SECONDS)

    def _solve_step(self, step: Step, most: Most) -> Floats | None:
        return self._solve(step.part, most, step.start)

    def take_with_luck(self, step: Step, found: Floats | None) -> bool:
        """Take what was found in a step; without luck its group has fewer turns."""
        is_better = self.take(step, found)
        if not is_better:
            self._weights[step.group] *= NO_LUCK
        return is_better

    def adapt(self, step: Step, share: float) -> None:
        """Free more or fewer sites next time: a step took a *share* of the most."""
        self._adapt(step.group, share < 0.25, share > 0.8)

    def _group(self) -> int:
        """Return the group of sites whose turn it is."""
        if len(self._groups) == 1:
            return 0
        share = self._weights / self._weights.sum()
        return int(self._rng.choice(len(self._groups), p=share))

    def _adapt(self, group: int, is_quick: bool, is_slow: bool) -> None:
        """Free more sites where a step was solved at once, fewer where it was not."""
        size = int(self._sizes[group])
        if is_quick:
            size = min(len(self._groups[group]), size + max(1, size // 5))
        elif is_slow:
            size = max(4, int(size * 0.7))
        self._sizes[group] = size

    def offer(self, objective: float, values: Floats) -> None:
        """Take a plan from elsewhere if it is better."""
        with self._lock:
            if objective < self.objective - 1e-9:
                self.objective, self.values = objective, values
                self._at_sites = None

    def activity(self, values: Floats) -> Floats:
        """Return the value of each row."""
        return np.asarray(self._by_row @ values)

    def columns(self, columns: Ints) -> csc_array:
        """Return the coefficients of some columns."""
        return csc_array(self._by_column[:, columns])

    def broken(self, values: Floats) -> NDArray[np.bool_]:
        """Return which rows *values* break by more than a tolerance."""
        m, activity = self._m, self.activity(values)
        slack = TOLERANCE * (1.0 + np.abs(activity))
        return np.asarray(
            (activity < m.row_lower - slack) | (activity > m.row_upper + slack)
        )

    def repair(self, values: Floats, loose: Ints, most: Most) -> Floats | None:
        """Return a plan from one that may break coupling rows: what breaks is freed.

        *loose* are columns that only stand in coupling rows (shortfalls, overruns).
        None if freeing the neighbours of broken rows is not enough.
        """
        broken = self.broken(values)
        is_soft = np.zeros(len(broken), dtype=bool)
        is_soft[np.unique(self._by_column[:, loose].indices)] = True
        hard = np.flatnonzero(broken & ~is_soft)
        free = np.union1d(loose, self._by_row[hard].indices).astype(np.int64)
        if not len(free):
            return values
        for _ in range(REPAIR_ROUNDS):
            found = self._solve(self.restricted(free, values)[0], most)
            if found is not None:
                values = values.copy()
                values[free] = found
                return values
            free = self.neighbours(free)
        return None

    def solve_part(
        self, values: Floats, free: Ints, most: Most, *, fix_whole: bool = False
    ) -> Floats | None:
        """Return the best values of *free* columns with all others as they are.

        With *fix_whole* the whole numbers stay too.
        """
        part, now = self.restricted(free, values)
        if fix_whole:
            return self._solve(with_whole_fixed(part, now), most)
        return self._solve(part, most, (np.arange(len(now)), now))

    def round_part(self, values: Floats, free: Ints, most: Most) -> Floats | None:
        """Return good values of *free* columns: whole numbers around those of the LP.

        A large block has its best steps nearly there (Berthold 2014), while HiGHS alone
        hardly leaves the plan that it starts from.
        """
        part, _ = self.restricted(free, values)
        budget, before = Budget(most.seconds, most.work), self.work
        lp = replace(part, is_integer=np.zeros_like(part.is_integer))
        relaxed = self._solve(lp, most)
        if relaxed is None:
            return None
        budget.spend(self.work - before)
        rest = budget.most(max(budget.left, 0.05), most.nodes)
        return self._solve(rounded(part, relaxed, part.is_integer), rest)

    def cost(self, values: Floats) -> float:
        """Return the objective, mln."""
        return float(self._m.cost @ values) + self._m.offset

    def _solve(
        self,
        matrices: Matrices,
        most: Most,
        start: tuple[Ints, Floats] | None = None,
        take: Callable[[Floats], None] | None = None,
    ) -> Floats | None:
        if self._stop.is_set():
            return None
        outcome = self._run(matrices, most, start, take)
        return None if outcome.status is Status.ERROR else outcome.values

    def _run(
        self,
        matrices: Matrices,
        most: Most,
        start: tuple[Ints, Floats] | None = None,
        take: Callable[[Floats], None] | None = None,
    ) -> Outcome:
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
        self._nodes = outcome.nodes
        self.work += outcome.work
        return outcome

    def _round(self, seconds: float) -> None:
        """Steps 1 to 3."""
        m, ends = self._m, time.monotonic() + seconds
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        outcome = self._run(lp, Most(seconds))
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

        found = self._solve(part, most, start, take)
        if found is not None:
            take(found)

    def step(self) -> Step:
        """Step 4: return what is free around one site, or a few near it."""
        return self._step(*self._place())

    def steps(self, count: int) -> list[Step]:
        """Return up to so many steps from one plan that have no site in common."""
        found: list[Step] = []
        is_taken = np.zeros(len(self._sites), dtype=bool)
        for _ in range(DRAWS * count):
            group, centre, sites = self._place()
            if len(found) < count and not is_taken[sites].any():
                is_taken[sites] = True
                found.append(self._step(group, centre, sites))
        return found

    def _place(self) -> tuple[int, int, Ints]:
        """Return a group, a site of it that is in the middle, and those nearest."""
        assert self.values is not None
        group = self._group()
        sites = self._groups[group]
        points = self._points[sites]
        centre = self._centre(sites, self.values)
        away = ((points - points[centre]) ** 2).sum(axis=1)
        nearest = sites[np.argsort(away, kind="stable")[: self._sizes[group]]]
        return group, int(sites[centre]), nearest

    def _step(self, group: int, centre: int, sites: Ints) -> Step:
        # Another plan may be offered meanwhile: what is found belongs to this one.
        values = self.values
        assert values is not None
        free = self._around(sites, values)
        part, _ = self.restricted(free, values)
        return Step(group, centre, free, values, part)

    def take(self, step: Step, found: Floats | None) -> bool:
        """Take what was found in a step; say if the plan is better for it."""
        if found is None:
            return False
        gain = float(step.part.cost @ (step.known[step.free] - found))
        if gain > LEAST_GAIN * abs(self.objective) and self._take(
            step.known, step.free, found
        ):
            return True
        self._luck[step.centre] *= NO_LUCK
        return False

    def _around(self, sites: Ints, values: Floats) -> Ints:
        """Return the columns that are free in a step around some sites."""
        scope = self.scope
        if scope is None or scope.own is None:
            seeds = np.concatenate([self._sites[k].columns for k in sites])
            free = self.neighbours(self.neighbours(seeds))
        else:
            own, may_follow = scope.own
            seeds = np.concatenate([own[k] for k in sites])
            near = self.neighbours(seeds)
            free = np.union1d(seeds, near[may_follow[near]])
        if scope is not None:
            free = free[~scope.is_dear[free] | (values[free] != 0.0)]
        return free

    def _take(self, known: Floats, free: Ints, found: Floats) -> bool:
        """Take what was found for *free* columns of a plan, also into a newer one."""
        with self._lock:
            now = self.values
            assert now is not None
            values = now.copy()
            values[free] = found
            rows = np.unique(self._by_column[:, free].indices)
            if now is not known and self._breaks(values, rows):
                return False
            gain = float(self._m.cost[free] @ (now[free] - found))
            if gain <= LEAST_GAIN * abs(self.objective):
                return False
            self.offer(self.objective - gain, values)
            return True

    def _breaks(self, values: Floats, rows: Ints) -> bool:
        """Return whether *values* break any of some rows by more than a tolerance."""
        activity = self._by_row[rows] @ values
        slack = TOLERANCE * (1.0 + np.abs(activity))
        lower, upper = self._m.row_lower[rows], self._m.row_upper[rows]
        is_broken = (activity < lower - slack) | (activity > upper + slack)
        return bool(is_broken.any())

    def _centre(self, sites: Ints, values: Floats) -> int:
        """Return which of the sites is in the middle of the next step."""
        excess = self._excess
        if excess is not None and self._rng.random() >= ANYWHERE:
            known = self._at_sites  # another thread may offer a plan meanwhile
            if known is None:
                known = excess.at_places(values, self._is_sparse)
                self._at_sites = known
            weight = (known * self._luck)[sites]
            if weight.sum() > 0.0:
                share = weight / weight.sum()
                return int(self._rng.choice(len(sites), p=share))
        return int(self._rng.integers(len(sites)))

    def neighbours(self, columns: Ints) -> Ints:
        """Return *columns* and those that share a sparse row with any of them."""
        rows = np.unique(self._by_column[:, columns].indices)
        rows = rows[self._is_sparse[rows]]
        return np.union1d(columns, self._by_row[rows].indices)

    def near(self, columns: Ints) -> Ints:
        """Return *columns* with whole numbers near them, and the rest near those.

        Whole numbers farther off stay as they are.
        """
        first = self.neighbours(columns)
        second = self.neighbours(first)
        return np.union1d(first, second[~self._m.is_integer[second]])

    @property
    def gap(self) -> float:
        """The gap of each step, relative to the cost of what is freed."""
        return self._options.gap

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """Which columns are whole numbers."""
        return self._m.is_integer

    def restricted(self, free: Ints, values: Floats) -> tuple[Matrices, Floats]:
        """Return the MIP of the free columns with all others as they are."""
        return restricted(self._m, self._by_row, free, values)[0], values[free]


def rounded(m: Matrices, relaxed: Floats, units: NDArray[np.bool_]) -> Matrices:
    """Return the MIP with *units* between the whole numbers around *relaxed*."""
    low = np.maximum(np.floor(relaxed + 1e-6), m.column_lower)
    high = np.minimum(np.ceil(relaxed - 1e-6), m.column_upper)
    return replace(
        m,
        column_lower=np.where(units, low, m.column_lower),
        column_upper=np.where(units, high, m.column_upper),
    )
