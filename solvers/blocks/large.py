"""A large block that feeds, kept as an LP: planned anew, or run for another load."""

from __future__ import annotations

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.solvers.highs.dive import Dive
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.work import Most


class LargeBlock:
    """The columns of a large block that are free once its load is known."""

    def __init__(self, free: Ints, built: Flags) -> None:
        """Prepare; *built* says which columns of the model build a link."""
        self.free = free
        self._built = built[free]
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
        self, solver: RestrictedSolver, values: Floats, most: Most
    ) -> Floats | None:
        """Return good values of its columns, the others of a plan as they are.

        *solver* is that of the model, or of one with other limits of its rows.
        """
        return self._at(solver, values).run(most)

    def run(
        self, solver: RestrictedSolver, values: Floats, most: Most
    ) -> Floats | None:
        """Return the best values of its columns with the whole numbers of a plan."""
        return self._at(solver, values).with_whole(values[self.free], most)

    def _at(self, solver: RestrictedSolver, values: Floats) -> Dive:
        part, _ = solver.structure.restricted(self.free, values)
        if self._dive is None:
            self._dive = Dive(part, self._built)
            if self._is_stopped:
                self._dive.stop()
        else:
            self._dive.change(part.row_lower, part.row_upper)
        return self._dive
