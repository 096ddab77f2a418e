"""A large block that feeds, kept as an LP: planned anew, or run for another load."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.blocks.areas import Areas, Stations
from aumaq.solvers.highs.dive import Dive
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.work import Budget, Most

AREA_EFFORT, AREA_NODES = 0.3, 50
"""What the MIP of an area takes at the most."""
AREAS_SHARE = 0.5
"""Share of the effort that is left after the areas at least."""
TRUNK_EFFORT = 40.0
"""What the MIP of the trunk takes at the most."""
LAST_EFFORT = 15.0
"""What the LP with the whole numbers of areas and trunk takes at the most."""
HOPS = 3
"""While the trunk is planned, what runs in areas so many rows away is free."""


class LargeBlock:
    """The columns of a large block that are free once its load is known."""

    def __init__(self, free: Ints, built: Flags, known: Stations) -> None:
        """Prepare; *built* says which columns of the model build a link."""
        self.free = free
        self._built = built[free]
        self._stations = known
        self._dive: Dive | None = None
        self._is_stopped = False

    @property
    def work(self) -> float:
        """Units of work that were done so far."""
        return 0.0 if self._dive is None else self._dive.work

    def stop(self) -> None:
        """End soon; may be called from any thread."""
        self._is_stopped = True
        if self._dive is not None:
            self._dive.stop()

    def planned(
        self,
        solver: RestrictedSolver,
        values: Floats,
        most: Most,
        price: Floats | None = None,
    ) -> Floats | None:
        """Return good values of its columns, the others of a plan as they are.

        *solver* is that of the model, or of one with other limits of its rows. By areas
        at the *price* of each row, where that is known and there are stations; else by
        a dive.
        """
        found = None
        if price is not None:
            found = self.by_areas(solver, values, price, most)
        return self._at(solver, values)[0].run(most) if found is None else found

    def run(
        self, solver: RestrictedSolver, values: Floats, most: Most
    ) -> Floats | None:
        """Return the best values of its columns with the whole numbers of a plan."""
        return self._at(solver, values)[0].with_whole(values[self.free], most)

    def by_areas(
        self, solver: RestrictedSolver, values: Floats, price: Floats, most: Most
    ) -> Floats | None:
        """Return other values than by a dive: areas at these prices, then the trunk.

        *price* is that of each row of the model. None where nothing comes of it, or
        where there are no stations.
        """
        dive, m, rows = self._at(solver, values)
        areas = self._areas(solver, m, rows)
        if not areas.all:
            return None
        budget, begun = Budget(most.seconds, most.work), self.work + solver.work

        def left(effort: float = np.inf, nodes: int | None = None) -> Most:
            budget.spent = self.work + solver.work - begun
            return budget.most(effort, nodes)

        x, enough = values[self.free], AREAS_SHARE * budget.left
        for part, own in areas.problems(m, price[rows], x):
            most = left(AREA_EFFORT, AREA_NODES)
            if budget.left < enough:  # the others stay as they are
                break
            if (plan := solver.solve(part, most)) is not None:
                x[own] = plan
        whole = np.flatnonzero(areas.columns & m.is_integer)
        if (run := dive.around(whole, np.round(x), price[rows], left())) is None:
            return None
        run[whole] = np.round(x[whole])
        trial = values.copy()
        trial[self.free] = run
        near = self._near(solver, ~areas.columns)
        trunk, _ = solver.structure.part(near, trial)
        if (found := solver.solve(trunk, left(TRUNK_EFFORT))) is None:
            return None
        trial[near] = found
        last = dive.with_whole(trial[self.free], budget.at_least(LAST_EFFORT))
        return trial[self.free] if last is None else last

    def _areas(self, solver: RestrictedSolver, m: Matrices, rows: Ints) -> Areas:
        """Return the areas below stations of the model *m* of its columns."""
        is_open = self._stations.above[rows] | ~solver.structure.is_sparse[rows]
        return Areas(m, is_open, self._stations.through[self.free])

    def _near(self, solver: RestrictedSolver, is_beside: Flags) -> Ints:
        """Return the trunk, what is beside the areas, and what runs near it."""
        known, free = solver.structure, self.free
        is_whole = known.matrices.is_integer[free]
        above = known.columns_of(np.flatnonzero(self._stations.above))
        near = free[is_beside & (is_whole | np.isin(free, above))]
        runs = free[~is_whole]
        for _ in range(HOPS):
            more = np.intersect1d(known.neighbours(near), runs)
            near = np.union1d(near, more)
        return near

    def _at(
        self, solver: RestrictedSolver, values: Floats
    ) -> tuple[Dive, Matrices, Ints]:
        """Return the dive at a plan, the model of its columns and the rows of that."""
        part, rows = solver.structure.part(self.free, values)
        if self._dive is None:
            areas = self._areas(solver, part, rows)
            self._dive = Dive(part, self._built, areas.all)
            if self._is_stopped:
                self._dive.stop()
        else:
            self._dive.change(part.row_lower, part.row_upper)
        return self._dive, part, rows
