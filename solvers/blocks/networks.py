"""Networks for given services: the blocks that feed are solved for what is drawn.

Blocks that are solved apart choose their own load (``fed`` of the family ``loads``) at
a price. Once their plans are joined, the load is what the facilities draw. Each block
of a network is solved for it as an LP, with the steps and facilities of its own plan;
then its MIP is searched from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.areas import stations
from aumaq.solvers.blocks.column_generation import ColumnGeneration
from aumaq.solvers.blocks.crossing import Crossing
from aumaq.solvers.blocks.large import LargeBlock
from aumaq.solvers.blocks.part import ROUND_FIRST, Part
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.restricted import REPAIR_ROUNDS, RestrictedSolver
from aumaq.solvers.solution.decisions import Status
from aumaq.solvers.work import Budget, Most

OPEN = "loads"
"""The family of the rows that say what is drawn."""
LARGE_SHARE = 0.6
"""Share of the effort for networks that a large one has."""
ROUNDS = 2
"""A block may draw from another that is already complete: then that is done again."""
LP_SECONDS = 10.0
REPAIR_SECONDS = 6.0
CROSS_SECONDS = 5.0
LARGE_SECONDS = 60.0
"""Time for the LP of a large block, and for that of all small ones beside it."""
COMPLETION_SECONDS = 4.0
"""Time for a block that needs other steps and facilities than its own plan has."""
MOST_NODES = 1_000
"""Nodes of each step where plans must not depend on the clock."""


class Completer:
    """Completes plans of one model; without networks there is nothing to complete."""

    def __init__(
        self,
        c: Compiled,
        blocks: list[Ints],
        loose: Ints,
        patience: float = 0.0,
        *,
        by_work: bool = False,
    ) -> None:
        """Prepare for a model that falls apart into blocks of columns.

        *loose* are the columns that stand in rows between blocks alone. With
        *patience*, in seconds, steps end by nodes, or *by_work*, and the clock ends
        only those that take longer. An effort is in seconds or units of work.
        """
        m = c.matrices
        self._patience, self._by_work = patience, by_work
        self._m = m
        self._fed = fed_columns(c)
        self.open_cost = float("inf")
        """What the last plan cost that was crossed, what is drawn at its price."""
        self._loose = loose
        drawn = np.zeros(len(m.cost), dtype=bool)
        drawn[self._fed] = True
        # Small blocks first: works draw power, and the power network is the largest.
        self._feeding = sorted((k for k in blocks if drawn[k].any()), key=len)
        self._large: dict[int, LargeBlock] = {}
        self._stations = stations(c)
        self._is_built = np.zeros(len(m.cost), dtype=bool)
        self._is_built[built_columns(c)] = True
        is_load = m.row_family == OPEN
        self._load = np.flatnonzero(is_load)
        self._tight = RestrictedSolver(m, c.options)
        self._structure = self._tight.structure
        self._open = RestrictedSolver(
            replace(
                m,
                row_lower=np.where(is_load, -np.inf, m.row_lower),
                row_upper=np.where(is_load, np.inf, m.row_upper),
            ),
            c.options,
        )

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self._tight.stop()
        self._open.stop()
        for block in self._large.values():
            block.stop()

    def cost(self, values: Floats) -> float:
        """Return the objective, mln."""
        return self._structure.cost(values)

    def feasible(
        self,
        joined_plans: Sequence[Floats],
        known: Floats | None = None,
        crossing: Crossing | None = None,
    ) -> Floats | None:
        """Return a plan, fed, from the first joined plan that can be repaired; or None.

        A *known* plan offers its networks beside those of the joined plans. Crossed
        with them it may be the better one, and there is no need of a wide repair.
        """
        is_hurried = crossing is not None and self._patience == 0.0
        open_plans = []
        for values in joined_plans:
            # Rows of what is drawn are open until networks are completed for them.
            rounds, most = (
                1 if is_hurried else REPAIR_ROUNDS,
                self._most(REPAIR_SECONDS),
            )
            repaired = self._open.repair(values, self._loose, most, rounds)
            if repaired is not None:
                open_plans.append(repaired)
                break
        if crossing is not None and known is not None:
            most = self._most(CROSS_SECONDS)
            offers = [*joined_plans, *open_plans]
            open_plans += crossing.crossed(self._open, offers, known, most)
            open_plans.sort(key=lambda plan: float(crossing.cost @ plan))
            if open_plans:
                self.open_cost = float(crossing.cost @ open_plans[0])
        completed = (self.complete(plan, known) for plan in open_plans)
        return next((plan for plan in completed if plan is not None), None)

    def generated(
        self,
        generation: ColumnGeneration,
        known: Floats,
        apart: Floats,
        crossing: Crossing,
        effort: float,
    ) -> Floats | None:
        """Return a known plan crossed with plans at what is short, fed; or None."""
        own = self.budget(effort)
        offers = generation.plans(self._open, crossing, known, apart, own)
        return self.crossed(offers, known, crossing)

    def crossed(
        self, offers: Sequence[Floats], known: Floats, crossing: Crossing
    ) -> Floats | None:
        """Return a known plan crossed with others, fed; None without a better one."""
        most = self._most(CROSS_SECONDS)
        found = crossing.crossed(self._open, offers, known, most)
        if not found:
            return None
        self.open_cost = float(crossing.cost @ found[0])
        return self.complete(found[0], known)

    def begun(
        self,
        values: Floats,
        runs: Flags,
        effort: float,
        price: Floats | None = None,
        *,
        plans: bool = True,
    ) -> Floats | None:
        """Return a plan from decisions: what *runs* by an LP, large blocks planned.

        These are planned for what is drawn from them then, at the *price* of each row
        where it is known; or stay as they are, if nothing *plans* them. None if there
        is none.
        """
        budget, begun = self.budget(effort), self.work
        is_free = runs.copy()
        for k in self._large:
            is_free[self._feeding[k]] = False
        is_free[self._loose] = runs[self._loose]
        small = self._fed[is_free[self._fed]]
        is_free[self._fed] = False
        values = values.copy()
        values[small] = self._drawn(values)[small]
        free = np.flatnonzero(is_free)
        found = self._open.solve_part(values, free, budget.most(), fix_whole=True)
        if found is None:
            return None
        values[free] = found
        for k, block in self._large.items():
            own = np.intersect1d(self._feeding[k], self._fed)
            values[own] = self._drawn(values)[own]
            if not plans:
                continue
            budget.spent = self.work - begun
            found = block.planned(self._open, values, budget.most(), price)
            if found is None:
                return None
            values[block.free] = found
        return None if self._structure.broken(values).any() else values

    def complete(self, values: Floats, known: Floats | None = None) -> Floats | None:
        """Return the plan with what is drawn fed, or None.

        *values* obeys all rows but those of what is drawn. Where the networks of a
        *known* plan feed it cheaper, they are taken.
        """
        values = values.copy()
        for turn in range(ROUNDS):
            solver = self._open if turn == 0 else self._tight
            if self._large:
                self._feed_small(solver, values)
            for k, columns in enumerate(self._feeding):
                own, drawing = self._draws[k]
                drawn = drawing @ values
                if np.allclose(values[own], drawn, rtol=1e-9, atol=1e-9):
                    continue
                values[own] = drawn
                free = self._free(columns)
                found = None
                if k in self._large:
                    most = self._most(LARGE_SECONDS)
                    found = self._large[k].run(solver, values, most)
                if found is None:
                    found = self._fed_by(solver, values, free, known)
                if found is None:
                    return None
                values[free] = found
        return values

    def _feed_small(self, solver: RestrictedSolver, values: Floats) -> None:
        """Feed all small blocks in one LP, in place, if whole numbers can stay."""
        small = [k for i, k in enumerate(self._feeding) if i not in self._large]
        columns = np.concatenate([self._fed[:0], *small])
        own = columns[np.isin(columns, self._fed)]
        trial = values.copy()
        trial[own] = self._drawn(values)[own]
        changed = [k for k in small if not np.array_equal(trial[k], values[k])]
        if not changed:
            return
        free = self._free(np.concatenate(changed))
        most = self._most(LARGE_SECONDS)
        found = solver.solve_part(trial, free, most, fix_whole=True)
        if found is not None:
            values[own], values[free] = trial[own], found

    def _fed_by(
        self, solver: RestrictedSolver, values: Floats, free: Ints, known: Floats | None
    ) -> Floats | None:
        """Return the *free* columns of a block that feeds, its steps kept if it can."""
        choices = []
        for plan in (values, known):
            if plan is not None:
                trial = values.copy()
                trial[free] = plan[free]
                most = self._most(LP_SECONDS)
                choices.append(solver.solve_part(trial, free, most, fix_whole=True))
        found = [one for one in choices if one is not None]
        if found:
            return min(found, key=lambda one: float(self._m.cost[free] @ one))
        return solver.solve_part(values, free, self._most(COMPLETION_SECONDS))

    def keep_large(self) -> None:
        """Keep large blocks as LPs."""
        for k, columns in enumerate(self._feeding):
            if self._is_large(columns):
                self._large[k] = self._large_block(self._free(columns))

    def _large_block(self, free: Ints) -> LargeBlock:
        return LargeBlock(free, self._is_built, self._stations)

    def _is_large(self, columns: Ints) -> bool:
        return int(self._m.is_integer[columns].sum()) >= ROUND_FIRST

    def by_areas(
        self, values: Floats, effort: float, price: Floats | None = None
    ) -> Floats:
        """Return a plan no dearer: large blocks area by area below their stations.

        *price* is that of each row; without, those of the LP of each block. Rounding
        around that LP leaves twice as much between plan and LP.
        """
        budget, begun = self.budget(effort), self.work
        for k, columns in enumerate(self._feeding):
            free = self._free(columns)
            if not self._is_large(free) or not self._stations.through[free].any():
                continue
            at = self._prices(values, free, budget.most()) if price is None else price
            if at is None:
                continue
            budget.spent = self.work - begun
            block = self._large.get(k) or self._large_block(free)
            found = block.by_areas(self._tight, values, at, budget.most())
            if found is not None:
                values = self._cheaper(values, free, found)
            budget.spent = self.work - begun
        return values

    def _prices(self, values: Floats, free: Ints, most: Most) -> Floats | None:
        """Return the price of each row in the LP of *free* columns, None without."""
        m, rows = self._structure.part(free, values)
        lp = replace(m, is_integer=np.zeros_like(m.is_integer))
        relaxed = self._tight.run(lp, most)
        if relaxed.status is not Status.OPTIMAL or relaxed.duals is None:
            return None
        price = np.zeros(len(self._m.row_lower))
        price[rows] = relaxed.duals
        return price

    def improve(self, values: Floats, effort: float) -> Floats:
        """Return a plan that is better, or as good: the MIP of each block in turn.

        All of it takes no more than an *effort*.
        """
        budget = self.budget(effort)
        begun = self.work
        values = values.copy()
        order = self._feeding[::-1]
        for k, columns in enumerate(order):
            share = len(columns) / sum(len(others) for others in order[k:])
            free = self._free(columns)
            # HiGHS hardly leaves the plan that it starts from where much is free.
            is_large = self._is_large(free)
            rounding = (self._tight.round_part,) if is_large else ()
            share = max(share, LARGE_SHARE) if is_large else share
            for solve in (*rounding, self._tight.solve_part):
                budget.spent = self.work - begun
                left = budget.left * share
                if left <= 0.0:
                    continue
                found = solve(values, free, budget.most(left, self._nodes))
                if found is not None:
                    values = self._cheaper(values, free, found)
                    break
        return values

    def settled(self, values: Floats) -> Floats:
        """Return a plan no dearer with the same whole numbers: an LP over all else."""
        free = np.arange(len(values))
        found = self._tight.solve_part(
            values, free, self._most(LP_SECONDS), fix_whole=True
        )
        return values if found is None else self._cheaper(values, free, found)

    def with_roads(self, values: Floats, upgraded: Ints, effort: float) -> Floats:
        """Return a plan no dearer: which roads are built, and who goes where on them.

        *upgraded* are the columns of upgrades. Facilities and networks stay.
        """
        near = self._structure.neighbours(self._structure.neighbours(upgraded))
        is_free = ~self._m.is_integer[near] | np.isin(near, upgraded)
        free = np.union1d(near[is_free], self._loose)
        found = self._tight.solve_part(values, free, self._most(effort))
        return values if found is None else self._cheaper(values, free, found)

    @property
    def work(self) -> float:
        """Units of work that were done so far."""
        of_large = sum(block.work for block in self._large.values())
        return self._tight.work + self._open.work + of_large

    @property
    def _nodes(self) -> int | None:
        return MOST_NODES if self._patience > 0.0 else None

    def budget(self, effort: float) -> Budget:
        """Return what steps that take an effort together may take."""
        if self._by_work:
            return Budget(self._patience, effort)
        return Budget(effort)

    def _most(self, effort: float) -> Most:
        """Return how long a step may take."""
        if self._by_work:
            return Most(self._patience, work=effort)
        return Most(max(effort, self._patience), self._nodes)

    def _cheaper(self, values: Floats, free: Ints, found: Floats) -> Floats:
        """Return the better of a plan and of it with other values of *free* columns."""
        trial = values.copy()
        trial[free] = found
        return min(values, trial, key=self._structure.cost)

    def _free(self, columns: Ints) -> Ints:
        """Return the columns of a block that are free once its load is known."""
        return np.union1d(np.setdiff1d(columns, self._fed), self._loose)

    def _drawn(self, values: Floats) -> Floats:
        """Return the values with what the facilities draw in the columns ``fed``."""
        drawn = values.copy()
        drawn[self._fed] = self._drawing @ values
        return drawn

    @cached_property
    def _drawing(self) -> csr_array:
        """What is drawn at each column ``fed``, by all other columns."""
        # A column ``fed`` stands with -1 in the row of its node and period.
        entries = self._structure.columns(self._fed).tocoo()
        is_own = np.isin(entries.row, self._load)
        shape = len(self._fed), len(self._m.cost)
        whole = self._structure.rows(entries.row[is_own])
        whole.data[np.isin(whole.indices, self._fed)] = 0.0
        ones = np.ones(len(whole.indptr) - 1)
        place = entries.col[is_own], np.arange(len(ones))
        at = csr_array((ones, place), shape=(shape[0], len(ones)))
        return csr_array(at @ whole)

    @cached_property
    def _draws(self) -> list[tuple[Ints, csr_array]]:
        """The columns ``fed`` of each block that feeds, and what is drawn at them."""
        place = np.full(len(self._m.cost), -1)
        place[self._fed] = np.arange(len(self._fed))
        own = [columns[place[columns] >= 0] for columns in self._feeding]
        return [(columns, self._drawing[place[columns]]) for columns in own]


def joined(m: Matrices, parts: list[Part], plans: list[Floats]) -> Floats:
    """Return the plans of all blocks as one."""
    values = np.clip(0.0, m.column_lower, m.column_upper)
    for part, plan in zip(parts, plans, strict=True):
        values[part.columns] = plan
    values[m.is_integer] = np.round(values[m.is_integer])
    return values


def fed_columns(c: Compiled) -> Ints:
    """Return the columns of what facilities draw."""
    return _columns(c, "fed")


def built_columns(c: Compiled) -> Ints:
    """Return the columns that say what is built of links."""
    return _columns(c, "step")


def _columns(c: Compiled, name: str) -> Ints:
    """Return the columns of variables of all networks."""
    found = [
        place[getattr(v, name).ravel()]
        for built, place in c.models
        for v in built.networks.values()
    ]
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    return columns[columns >= 0]
