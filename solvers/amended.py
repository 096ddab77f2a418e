"""A compiled model with columns, rows and a goal of a study: built once, solved often.

Columns of a study come after those of the model, so that everything that reads a
solution of the model reads one of the study. A study's rows are a family of their own:
where they tie blocks of a large model, they are priced.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from aumaq.instances import Instance
from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.interruption import listening
from aumaq.model.measures import Sum
from aumaq.solvers.blocks.method import is_beyond_lp, solve_by_size
from aumaq.solvers.blocks.part import is_small
from aumaq.solvers.blocks.split import STUDY
from aumaq.solvers.compiled import Compiled, compiled, finish
from aumaq.solvers.direct import solve_whole
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Progress
from aumaq.solvers.second_proof import without_presolve
from aumaq.solvers.solution.decisions import Given, Solution, Status
from aumaq.solvers.work import Most


@dataclass
class Amendment:
    """What a study adds: columns, rows, another goal. Start with ``num_columns``."""

    num_columns: int
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Ints, Floats, float, float]] = field(default_factory=list)
    goal: tuple[Ints, Floats] | None = None

    def copy(self) -> Amendment:
        """Return another that grows by itself."""
        return Amendment(
            self.num_columns, [*self.lower], [*self.upper], [*self.whole],
            [*self.rows], self.goal,
        )  # fmt: skip

    def column(
        self, lower: float = 0.0, upper: float = np.inf, *, is_whole: bool = False
    ) -> int:
        """Add a column; return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(is_whole)
        return self.num_columns + len(self.lower) - 1

    def row(
        self,
        columns: Ints,
        amounts: Floats,
        lower: float = -np.inf,
        upper: float = np.inf,
    ) -> None:
        """Add the row ``lower <= sum of amount * column <= upper``."""
        self.rows.append(
            (np.asarray(columns), np.asarray(amounts, float), lower, upper)
        )

    def of(self, m: Matrices) -> Matrices:
        """Return the matrices with all of it."""
        more, count = len(self.lower), len(self.rows)
        wide = self.num_columns + more
        cost: Floats = np.append(m.cost, np.zeros(more))
        if self.goal is not None:
            cost = np.bincount(self.goal[0], self.goal[1], wide).astype(float)
        starts = np.append(m.starts, np.full(more, m.starts[-1]))
        shape = (len(m.row_lower), wide)
        both = csc_array((m.values, m.rows, starts), shape=shape)
        if count:
            both = csc_array(vstack([both, self._below(wide)]))
        limits = np.array([row[2:] for row in self.rows]).reshape(count, 2)
        return Matrices.of(
            both,
            cost,
            (
                np.append(m.row_lower, limits[:, 0]),
                np.append(m.row_upper, limits[:, 1]),
            ),
            (
                np.append(m.column_lower, self.lower),
                np.append(m.column_upper, self.upper),
            ),
            np.append(m.is_integer, np.array(self.whole, dtype=bool)),
            offset=m.offset if self.goal is None else 0.0,
            columns=m.columns,
            row_family=np.concatenate([m.row_family, np.full(count, STUDY)]),
        )

    def _below(self, wide: int) -> csc_array:
        """Return the added rows, each divided by its largest coefficient."""
        size = [len(columns) for columns, *_ in self.rows]
        at = np.repeat(np.arange(len(self.rows)), size)
        columns = np.concatenate(
            [np.zeros(0, np.int64), *(row[0] for row in self.rows)]
        )
        amounts = np.concatenate([np.zeros(0), *(row[1] for row in self.rows)])
        shape = (len(self.rows), wide)
        return coo_array((amounts, (at, columns)), shape=shape).tocsc()


class Study:
    """The model of an instance, built once and solved with one amendment after another.

    It is solved as ``auto`` does, whole or by blocks: every answer has a bound. What is
    beyond an LP is solved whole: site by site the rows of a study would be unknown.
    """

    def __init__(
        self,
        instance: Instance,
        options: SolveOptions,
        progress: Progress,
        given: Given,
    ) -> None:
        """Build and compile; OutOfTimeError if there is no time for that."""
        measured = replace(given, is_measured=True)
        self.c: Compiled = compiled(instance, options, progress, measured, given.data)
        assert self.c.built.measures is not None
        self.measures = self.c.built.measures
        self.size = len(self.c.matrices.cost)

    @property
    def is_large(self) -> bool:
        """Whether the model is solved by blocks, as long as nothing ties them."""
        return not (is_small(self.c) or is_beyond_lp(self.c))

    @property
    def cost(self) -> tuple[Ints, Floats]:
        """The columns that cost something, and what they cost."""
        columns = np.flatnonzero(self.c.matrices.cost)
        return columns, self.c.matrices.cost[columns]

    def columns(self, of: Sum) -> tuple[Ints, Floats]:
        """Return a sum over variables as one over columns, each once."""
        place = self.c.place[of.variable]
        known = place >= 0
        sums = np.bincount(place[known], of.amount[known], self.size).astype(float)
        found: Ints = np.flatnonzero(sums)
        return found, sums[found]

    def amendment(self) -> Amendment:
        """Return an amendment that adds nothing yet."""
        return Amendment(self.size)

    def solve(
        self,
        amendment: Amendment,
        seconds: float,
        gap: float,
        start: Floats | None = None,
        near: Outcome | None = None,
    ) -> Solution:
        """Solve with an amendment; objective and bound are those of its goal.

        Of a large model *near*, the relaxation of a solve with other rows of the study
        (``Solution.relaxed``), spares the LP: any prices give a valid bound.

        *start* holds values of all columns, or of those of the model alone: then its
        whole numbers are an offer that is completed.
        """
        matrices = amendment.of(self.c.matrices)
        width = len(matrices.cost)
        if start is None:
            start_of = self.c.start
        elif len(start) >= width:
            start_of = np.arange(width), start[:width]
        else:
            columns = np.flatnonzero(self.c.matrices.is_integer)
            start_of = columns, start[columns]
        options = replace(self.c.options, time_limit=max(seconds, 0.1), gap=gap)
        again = replace(
            self.c,
            matrices=matrices,
            start=start_of,
            relaxed=None if near is None else self._padded(near, matrices),
            options=options,
            started=time.monotonic(),
            seconds={"pass": 0.0},
        )
        with listening(is_anew=True):
            found = solve_by_size(again) if self.is_large else solve_whole(again)
            if found.status is Status.CONTRADICTED:
                return self._plainly(again, found)
            return found

    def _padded(self, near: Outcome, m: Matrices) -> Outcome:
        """Return a relaxation of other rows of a study: what is added costs nothing."""
        assert near.values is not None
        assert near.duals is not None
        values, duals = np.zeros(len(m.cost)), np.zeros(len(m.row_lower))
        values[: self.size] = near.values[: self.size]
        rows = len(self.c.matrices.row_lower)
        duals[:rows] = near.duals[:rows]
        return replace(near, values=values, duals=duals)

    def _plainly(self, c: Compiled, found: Solution) -> Solution:
        """Solve again without presolve, from the plan that was found with it."""
        begun = time.monotonic()
        again = replace(c, started=begun, seconds={"pass": 0.0})
        seconds, values = again.seconds_left, found.values
        known = Outcome(found.status, found.objective_mln, found.bound_mln, values, "")
        outcome = without_presolve(c.matrices, c.options, known, Most(seconds))
        return finish(again, outcome, begun)

    def value(self, of: tuple[Ints, Floats], values: Floats) -> float:
        """Return what a sum over columns is for a solution."""
        return float(values[of[0]] @ of[1])
