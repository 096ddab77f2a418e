"""A block of the model under way: its best plan, its bound, what it may still gain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.split import Split, block_matrices, lagrangian_bound
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.places import Site
from aumaq.solvers.restricted import rounded
from aumaq.solvers.search import DEAR, WIDER, Improver
from aumaq.solvers.solution.decisions import Status

LEAST_SECONDS = 0.5
"""Shortest first visit, unless time is so short that all would not get one."""
SEARCH_SECONDS = 4.0
"""Time of one visit that searches."""
SEARCH_STEPS = 3
"""Steps of one visit that searches."""
FIRST_WORK = 20_000
"""Nodes times integers of the first visit to a block of a small model; each further one
has twice as many."""
MOST_NODES = 2**30
SMALL, SMALL_COLUMNS = 15_000, 100_000
"""Visits to the blocks of models with fewer integers and columns end by nodes, so that
the clock, and with it what else the machine does, has no say in the plan. In larger
ones they end by the clock: hundreds of blocks need a plan each before plans are joined,
and of a block of 900 integers the root node alone may take 5 s."""
ROUND_FIRST = 1_500
"""Blocks with so many integers are rounded first: HiGHS finds no good plan of them in
the time of a first visit, but a bound, which has no hurry."""
FEW = 1 / 30
"""A block is rounded without what is dear by this share of what is dear else."""
PART_OF_LARGE = 0.25
"""No more than this share of its distance is a visit to a large block hoped to gain;
the MIP of a smaller one ends nearly all of it."""
ROUNDED = 0.5
"""Share of its distance that a block which was not rounded yet is hoped to gain so."""
DOUBT = 0.05
"""Share of its distance that a block is hoped to gain after a visit without any."""
UNDONE = 0.25
"""Share of its distance that a block is taken to have gained in a visit that did not
even end the root node: that tells nothing of what a longer one gains."""
LUCK = 0.75
"""How much the last visit that searched says of the next one, beside those before."""
LONGER, ROOT_SECONDS, ROOT_INTEGERS = 3.0, 2.0, 200
"""By so much longer the next visit is then, and with so many integers so many seconds
at least, which ends most root nodes; else twice as long."""
FIRST_PROOF = 1 / 3
"""Share of its seconds that the first visit takes which proves a large block: cuts at
the root node raise its bound most in their first rounds."""
AGAIN = 0.5
"""A second visit that proves a large block goes through the same root node again: it is
hoped to gain such a share of what the last one did."""
FILTER_LONGER = 3.0
"""By so much longer than the first visit is the first that filters."""
FILTER_DEAR = 0.1
"""What is dear by this share of what is dear else is left out when it is filtered."""
SEARCH_SITES = 24
"""With fewer sites the MIP itself is quick, and a search is of no use."""

ENDED = (Status.OPTIMAL, Status.GAP_REACHED, Status.GAP_LEFT)
"""How a visit ends that has nothing more to find."""


class Task(Enum):
    """What a visit to a block does."""

    PROVE = "the MIP of the block"
    ROUND = "a restricted MIP around its LP solution"
    FILTER = "its MIP without what is dear in its LP"
    SEARCH = "large-neighbourhood search from its best plan"


@dataclass
class Part:
    """A block under way. Objective and bound in priced costs.

    Where work is counted, seconds are units of it. One thread may prove its bound
    while another looks for its plan.
    """

    matrices: Matrices
    columns: Ints
    relaxed: Floats
    duals: Floats
    copies: Ints
    """Those of its columns that other blocks have too."""
    dear_mln: float
    """What costs so much more than in its LP solution is dear."""
    units: Flags
    sites: list[Site]
    start: tuple[Ints, Floats]
    bound: float
    seconds: float
    objective: float = float("inf")
    values: Floats | None = None
    is_small: bool = False
    """Whether visits end by nodes."""
    is_twin: bool = False
    """Whether it is a block on the roads of the best plan, which is not proven."""
    is_begun: bool = False
    is_proving: bool = False
    is_planning: bool = False
    is_rounded: bool = False
    is_visited: bool = False
    has_root: bool = False
    """Whether a visit ended its root node."""
    few: float = float("inf")
    """By this share of ``dear_mln`` what is dear is left out when it is rounded."""
    filtered: float = float("inf")
    gained: float = float("inf")
    found: float = float("inf")
    search: Improver | None = None

    def __post_init__(self) -> None:
        self.round_seconds = self.seconds * 1.5
        self.filter_seconds = self.seconds * FILTER_LONGER
        self.nodes = max(1, FIRST_WORK // max(self.integers, 1))
        if self.is_large:
            self.seconds *= FIRST_PROOF

    @property
    def integers(self) -> int:
        """How many columns are integer."""
        return int(self.matrices.is_integer.sum())

    @property
    def is_priced(self) -> bool:
        """Whether its prices are those of an ascent."""
        return bool(np.isfinite(self.few))

    def excess(self, values: Floats) -> float:
        """Return what a plan of all costs here beyond the bound, mln, at prices."""
        return float(self.matrices.cost @ values[self.columns]) - self.bound

    @property
    def is_large(self) -> bool:
        """Whether it is rounded first."""
        return not self.is_small and self.integers >= ROUND_FIRST

    @property
    def first_task(self) -> Task:
        """What the first visit does."""
        return Task.ROUND if self.is_large else Task.PROVE

    def without_dear(self, share: float = 1.0) -> Matrices:
        """Return the MIP without what costs so much more than in its LP solution.

        Whole numbers stay, and what the LP or the best plan so far has. *share* of
        ``dear_mln`` is dear.
        """
        m = self.matrices
        r = m.cost - m.sparse.T @ self.duals
        is_dear = ~m.is_integer & (r > share * self.dear_mln)
        is_dear &= (self.relaxed <= 0.0) & (m.column_lower <= 0.0)
        if self.values is not None:
            is_dear &= self.values <= 0.0
        else:
            columns, values = self.start
            is_dear[columns[values > 0.0]] = False
        return replace(m, column_upper=np.where(is_dear, 0.0, m.column_upper))

    @property
    def distance(self) -> float:
        """Objective minus bound."""
        return self.objective - self.bound

    @property
    def is_busy(self) -> bool:
        """Whether any thread is at work here."""
        return self.is_proving or self.is_planning

    @property
    def _has_measure(self) -> bool:
        """Whether it is known well enough to be filtered and searched.

        The root node of a block with many columns may have no end: then the plan of
        its first visits is poor.
        """
        is_slow = self.is_visited and self.integers >= ROOT_INTEGERS
        return self.has_root or self.is_rounded or is_slow or self.is_twin

    def promises(self) -> list[tuple[float, Task]]:
        """Return what a visit of each kind may gain a second: no more than is left.

        A visit twice as long is hoped to gain twice as much as the last one did, and a
        little where that was nothing: it may have ended too soon.
        """
        found, least = [], DOUBT * self.distance
        most = self.distance * (PART_OF_LARGE if self.is_large else 1.0)
        if not (self.is_proving or self.is_twin):
            again = AGAIN if self.is_large else 2.0
            hope = np.inf if self.values is None else max(again * self.gained, least)
            gain = min(most, hope) / self.seconds
            found.append((gain, Task.PROVE))
        is_left = self.is_priced and self.is_large and not self.is_twin
        if is_left and not (self.is_rounded or self.is_planning):
            gain = ROUNDED * self.distance / self.round_seconds
            found.append((gain, Task.ROUND))
        elif self._has_measure and not self.is_planning:
            gain = min(most, max(2.0 * self.filtered, least))
            found.append((gain / self.filter_seconds, Task.FILTER))
            if self.values is not None and len(self.sites) >= SEARCH_SITES:
                gain = min(most, max(self.found, least)) / SEARCH_SECONDS
                found.append((gain, Task.SEARCH))
        return found

    def mip(self, task: Task) -> tuple[Matrices, tuple[Ints, Floats], float]:
        """Return the MIP of a visit, its start and its effort."""
        m, effort, start = self.matrices, self.seconds, self.start
        if task is Task.ROUND:
            some = self.without_dear(self.few) if self.is_priced else m
            m = rounded(some, self.relaxed, self.units)
            effort = self.round_seconds
        elif task is Task.FILTER:
            m, effort = self.without_dear(FILTER_DEAR), self.filter_seconds
        if self.values is not None:
            start = (np.arange(len(self.values)), self.values)
        return m, start, effort

    def offer(self, values: Floats) -> None:
        """Take a plan from elsewhere if it is better."""
        objective = float(self.matrices.cost @ values)
        if objective < self.objective - 1e-9:
            self.objective, self.values = objective, values

    def begin(self, task: Task) -> None:
        """Mark as being worked on."""
        self.is_begun = True
        if task is Task.PROVE:
            self.is_proving = True
        else:
            self.is_planning = True

    def take(self, outcome: Outcome, task: Task) -> None:
        """Keep what a finished visit adds."""
        before, bound = self.distance, self.bound
        is_done = outcome.status in ENDED or outcome.nodes > 1
        longer = 2.0 if is_done else LONGER
        is_long = not (is_done or self.is_small) and self.integers >= ROOT_INTEGERS
        least = ROOT_SECONDS if is_long else 0.0
        if outcome.values is not None and outcome.objective < self.objective:
            self.objective, self.values = outcome.objective, outcome.values
        if task is Task.PROVE:
            self.bound = max(self.bound, outcome.bound)
            self.is_proving, self.is_visited = False, True
            self.has_root |= is_done
            self.seconds = max(longer * self.seconds, least)
            self.nodes = min(2 * self.nodes, MOST_NODES)
            # From no plan to one is no measure of what the next visit may gain.
            is_first = not np.isfinite(before)
            self.gained = self.bound - bound if is_first else before - self.distance
            if not is_done and not self.is_large:
                self.gained = max(self.gained, UNDONE * self.distance)
            return
        self.is_planning = False
        if task is Task.ROUND:
            self.is_rounded = self.values is not None
            if self.is_priced:
                self.is_rounded = outcome.values is not None
            self.round_seconds *= 2.0
            if outcome.status is Status.INFEASIBLE:
                self.few *= WIDER
        elif task is Task.FILTER:
            if outcome.status in ENDED:
                self.dear_mln *= WIDER  # nothing better without what is dear
            is_first = not np.isfinite(before)
            self.filtered = np.inf if is_first else before - self.distance
            if not is_done:
                self.filtered = max(self.filtered, UNDONE * self.distance)
            self.filter_seconds = max(longer * self.filter_seconds, least)
        elif np.isfinite(self.found):  # a single visit without luck says little
            hope = min(self.found, PART_OF_LARGE * self.distance)
            self.found = (1.0 - LUCK) * hope + LUCK * (before - self.distance)
        else:
            self.found = before - self.distance


def priced_parts(
    c: Compiled,
    split: Split,
    price: Floats,
    relaxed: Outcome,
    budget: float,
    least_mln: Floats | None = None,
) -> list[Part]:
    """Return the blocks at the prices of the coupling rows, most integers first.

    *budget* are the seconds, or units of work, of all first visits together,
    *least_mln* what each block is known to cost at least.
    """
    assert relaxed.values is not None
    assert relaxed.duals is not None
    is_unit = np.zeros(len(c.matrices.cost), dtype=bool)
    is_unit[np.concatenate([site.columns for site in c.sites])] = True
    is_copied = np.zeros(len(is_unit), dtype=bool)
    is_copied[split.copied] = True
    given, is_given = np.zeros(len(is_unit)), np.zeros(len(is_unit), dtype=bool)
    given[c.start[0]], is_given[c.start[0]] = c.start[1], True
    total = hardness(c.matrices)
    known = np.full(len(split.blocks), -np.inf) if least_mln is None else least_mln
    small = is_small(c) and c.options.work_limit is None
    least = min(LEAST_SECONDS, budget / len(split.blocks))
    parts = [
        Part(
            matrices=matrices,
            columns=block.columns,
            relaxed=relaxed.values[block.columns],
            duals=(duals := np.append(relaxed.duals[block.rows], 0.0 * block.cuts)),
            copies=np.flatnonzero(is_copied[block.columns]),
            dear_mln=DEAR * abs(relaxed.objective),
            units=is_unit[block.columns],
            sites=own,
            start=(
                at := np.flatnonzero(is_given[block.columns]),
                given[block.columns[at]],
            ),
            bound=max(lagrangian_bound(matrices, duals), float(bound)),
            seconds=max(least, budget * hardness(matrices) / total),
            is_small=small,
            few=float("inf") if least_mln is None else FEW,
        )
        for block, bound, matrices, own in zip(
            split.blocks,
            known,
            block_matrices(c.matrices, split, price, relaxed.duals),
            sites_of(c.sites, split, len(c.matrices.cost)),
            strict=True,
        )
    ]
    return sorted(parts, key=lambda part: -part.integers)


def is_small(c: Compiled) -> bool:
    """Return whether visits to the blocks of a model end by nodes."""
    m = c.matrices
    return int(m.is_integer.sum()) < SMALL and len(m.cost) < SMALL_COLUMNS


def sites_of(sites: list[Site], split: Split, count: int) -> list[list[Site]]:
    """Return the sites that have columns in each block, with their places there.

    Columns that are copied are of a site in the first block that has them.
    """
    owner, place = np.full(count, -1), np.zeros(count, dtype=np.int64)
    for k, block in reversed(list(enumerate(split.blocks))):
        owner[block.columns], place[block.columns] = k, np.arange(len(block.columns))
    found: list[list[Site]] = [[] for _ in split.blocks]
    for site in sites:
        owners = owner[site.columns]
        for k in sorted(set(owners.tolist()) - {-1}):
            found[k].append(Site(place[site.columns[owners == k]], site.point))
    return found


def hardness(m: Matrices) -> float:
    """Return how hard a MIP looks: its integers, and a little for its columns."""
    return max(1.0, float(m.is_integer.sum()) + len(m.cost) / 50.0)
