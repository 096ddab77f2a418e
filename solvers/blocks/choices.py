"""Whole choices of what is copied into blocks: those worth a plan, and each block's.

Blocks that are solved apart each have a choice of their own (split.py). A plan of the
whole has one: blocks whose copies differ from it are solved again under it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.part import Part, hardness
from aumaq.solvers.blocks.split import Split
from aumaq.solvers.highs.matrices import Matrices, with_fixed
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.structure import TOLERANCE

ALL = 6
"""Up to so many columns each choice that the rules allow is worth a plan."""
MOST = 3
"""Of more columns, so many choices are worth one each time plans are joined."""
RULE_SECONDS = 5.0
"""Time for the choice that is nearest to shares of one."""

Run = Callable[[Matrices, tuple[Ints, Floats], float, int | None], Outcome]
"""(MIP, start, seconds, nodes) -> what is found."""


class Choices:
    """Choices of the copied columns that obey the rows between these alone."""

    def __init__(self, m: Matrices, split: Split, options: SolveOptions) -> None:
        """Prepare for a split model."""
        self.columns, self._options = split.copied, replace(options, threads=1, gap=0.0)
        by_row = m.by_row
        own = np.diff(m.sparse[:, self.columns].tocsr().indptr)
        rows = np.flatnonzero((own > 0) & (own == np.diff(by_row.indptr)))
        rules = m.sparse[:, self.columns].tocsr()[rows].tocsc()
        rules.sort_indices()
        self._rules = Matrices.of(
            rules,
            np.zeros(len(self.columns)),
            (m.row_lower[rows], m.row_upper[rows]),
            (m.column_lower[self.columns], m.column_upper[self.columns]),
            m.is_integer[self.columns],
        )

    def worth_a_plan(self, wanted: list[Floats]) -> list[Floats]:
        """Return all choices where they are few, else those nearest to *wanted* ones.

        These are shares of each column between 0 and 1, the best first.
        """
        few = len(self.columns) <= ALL
        known = (self._nearest(shares) for shares in wanted)
        found = [choice for choice in known if choice is not None]
        if few:
            found += self._every()
        different = {choice.tobytes(): choice for choice in found}
        return list(different.values())[: None if few else MOST]

    def _every(self) -> list[Floats]:
        """Return each choice that the rules allow."""
        m = self._rules
        limits = zip(m.column_lower, m.column_upper, strict=True)
        ends = [np.unique([low, high]) for low, high in limits]
        every = [np.array(values, dtype=float) for values in product(*ends)]
        return [choice for choice in every if not self._broken(choice).any()]

    def _broken(self, choice: Floats) -> Flags:
        m, activity = self._rules, self._rules.sparse @ choice
        is_low = activity < m.row_lower - TOLERANCE
        return np.asarray(is_low | (activity > m.row_upper + TOLERANCE))

    def _nearest(self, shares: Floats) -> Floats | None:
        """Return the choice that the rules allow nearest to shares, None if unknown."""
        m = self._rules
        whole = np.clip(np.round(shares), m.column_lower, m.column_upper) + 0.0
        if not self._broken(whole).any():
            return whole
        solver = Solver(replace(m, cost=1.0 - 2.0 * shares), self._options)
        found = solver.run(RULE_SECONDS, Silent(), 0.0).values
        return None if found is None else np.round(found) + 0.0


class Chosen:
    """The best plans of blocks under choices so far."""

    def __init__(self) -> None:
        """Begin without any."""
        self._known: dict[tuple[int, bytes], tuple[float, Floats, bool]] = {}

    def parts_under(
        self, parts: list[Part], choice: Floats, seconds: float, run: Run
    ) -> list[Floats] | None:
        """Return a plan of each block under a choice, None where one cannot have any.

        *choice* holds values of all columns; *seconds* are for all blocks together.
        Where time does not suffice, a block's plan breaks rows: they are repaired
        after joining.
        """
        total = sum(hardness(part.matrices) for part in parts)
        found = []
        for k, part in enumerate(parts):
            assert part.values is not None
            at = choice[part.columns[part.copies]]
            key = k, at.tobytes()
            self._keep(key, part, at)
            if not self._known.get(key, (0.0, None, False))[2]:
                share = seconds * hardness(part.matrices) / total
                if not self._solve(key, part, at, share, run):
                    return None
            if key in self._known:
                found.append(self._known[key][1])
                continue
            values = part.values.copy()
            values[part.copies] = at
            found.append(values)
        return found

    def _keep(self, key: tuple[int, bytes], part: Part, at: Floats) -> None:
        """Keep the block's own plan where its copies are as chosen."""
        mln, values = part.objective, part.values  # other threads may find better
        assert values is not None
        least = self._known.get(key, (np.inf, None, False))[0]
        is_as_chosen = np.array_equal(np.round(values[part.copies]), at)
        if is_as_chosen and mln <= least:
            # A block tied to nothing is improved by its own visits.
            is_done = not len(at) or mln - part.bound <= TOLERANCE
            self._known[key] = mln, values, is_done

    def _solve(
        self, key: tuple[int, bytes], part: Part, at: Floats, seconds: float, run: Run
    ) -> bool:
        """Look for a better plan of a block; say False where there is none at all."""
        assert part.values is not None
        before = self._known.get(key, (np.inf, part.values, False))
        whole = np.flatnonzero(part.matrices.is_integer)
        whole = np.setdiff1d(whole, part.copies)
        fixed = with_fixed(part.matrices, part.copies, at)
        nodes = part.nodes if part.is_small else None
        outcome = run(fixed, (whole, before[1][whole]), seconds, nodes)
        if outcome.status is Status.INFEASIBLE:
            return False
        if outcome.values is not None and outcome.objective <= before[0]:
            is_done = outcome.status is Status.OPTIMAL
            self._known[key] = outcome.objective, outcome.values, is_done
        return True
