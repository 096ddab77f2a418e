"""A plan with all its places fixed: local prices of its rules, and what if one closed.

Units, links, roads and growth points are as in the plan; who goes where, what flows and
who pays is decided anew. That is an LP (a small MIP where whole catchments are asked
for), quick to solve again and again. Its row prices tell what a rule costs for a small
change, as long as nothing else would be built; what it costs without a place is an
upper bound of what the place saves, for a plan that may build something else can be
cheaper.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model import BuiltModel, build
from aumaq.model.data.gathered import gather
from aumaq.solvers.highs.matrices import (
    NO_LIMIT,
    Matrices,
    compile_matrices,
    with_fixed,
    with_whole_fixed,
)
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Decisions, Given, Status
from aumaq.solvers.solution.settled import settled

GAP = 1e-6
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Priced:
    """Cost, activity and price of each row, all of the programme's rows that are left.

    ``amounts`` is what stands on each side of a row, whatever is brought to which: of
    people in a facility and its places, half of both. ``weighs`` says which rows have
    terms of both signs. ``prices`` are what the objective (mln) falls by if the row
    gave way by one of its own units, at least 0; ``row_numbers`` the rows' numbers in
    the programme.
    """

    objective_mln: float
    row_numbers: Ints
    activity: Floats
    amounts: Floats
    weighs: Flags
    lower: Floats
    upper: Floats
    prices: Floats


class FixedPlan:
    """The model of an instance with the places of a plan."""

    def __init__(self, instance: Instance, decisions: Decisions, threads: int) -> None:
        """Build and compile the model; *decisions* are of the same instance."""
        self.built: BuiltModel = build(instance, data=gather(instance))
        whole = compile_matrices(self.built.program)
        self.place = whole.places(self.built.program.count)
        given = Given(services=decisions, networks=decisions)
        self.whole = whole
        self.matrices = settled(whole, self.built, self.place, given)
        self.threads = threads
        self._values: Floats | None = None

    def _run(self, m: Matrices, seconds: float, gap: float = GAP) -> Outcome:
        solver = Solver(m, SolveOptions(threads=self.threads, gap=gap))
        return solver.run(max(seconds, 0.1), Silent(), time.monotonic())

    def values(self, seconds: float) -> Floats | None:
        """Return the values of the plan, None if they were not found in time."""
        if self._values is None:
            self._values = self._run(self.matrices, seconds).values
        return self._values

    def prices(self, seconds: float) -> Priced | None:
        """Return the local prices of all rows, None where they cannot be had."""
        begun, values = time.monotonic(), self.values(seconds)
        if values is None:
            return None
        m = without_implied_limits(with_whole_fixed(self.matrices, values))
        found = self._run(m, seconds - (time.monotonic() - begun))
        if found.status is not Status.OPTIMAL or found.duals is None:
            return None
        assert found.values is not None
        return Priced(
            found.objective,
            m.row_numbers,
            np.asarray(m.sparse @ found.values),
            0.5 * np.asarray(abs(m.sparse) @ np.abs(found.values)),
            _both_signs(m),
            m.row_lower,
            m.row_upper,
            np.abs(found.duals),
        )

    def cost_without(self, service: str, site: int, seconds: float) -> Outcome:
        """Return what the plan costs with a site closed and nothing else rebuilt.

        *site* counts the sites of the service. Without values there is no such plan, or
        none was found in time (``status``).
        """
        variables = self.built.variables[service].units[site]
        places = self.built.data.services[service].places[site]
        closed = np.zeros(variables.shape)
        closed[0] = places
        column = self.place[variables]
        known = (variables >= 0) & (column >= 0)
        m = with_fixed(self.whole_but(column[known]), column[known], closed[known])
        return self._run(m, seconds)

    def whole_but(self, free: Ints) -> Matrices:
        """Return the matrices of the plan with some columns free as in the model."""
        low, high = self.matrices.column_lower.copy(), self.matrices.column_upper.copy()
        low[free] = self.whole.column_lower[free]
        high[free] = self.whole.column_upper[free]
        return replace(self.matrices, column_lower=low, column_upper=high)

    def without_rows(self, numbers: Ints, seconds: float, gap: float) -> Outcome:
        """Solve the whole model without some rows of the programme, from the plan on.

        What is found is a plan under all other rules, and a bound of all of these.
        """
        m = self.whole
        lost = np.isin(m.row_numbers, numbers)
        free = replace(
            m,
            row_lower=np.where(lost, -np.inf, m.row_lower),
            row_upper=np.where(lost, np.inf, m.row_upper),
        )
        solver = Solver(free, SolveOptions(threads=self.threads, gap=gap))
        if self._values is not None:
            solver.start_from(np.arange(len(self._values)), self._values)
        return solver.run(max(seconds, 0.1), Silent(), time.monotonic())


def without_implied_limits(m: Matrices) -> Matrices:
    """Return the LP without upper limits of columns that a row implies.

    A share is limited by what the largest facility holds: that rows say it, too, would
    leave them without a price. A row counts that implies the limit by lower limits and
    fixed columns alone, so that no two limits go because each implies the other.
    """
    coefficients = m.sparse.tocoo()
    row, column = coefficients.coords
    low, is_fixed = m.column_lower, m.column_lower == m.column_upper
    implied = np.full(len(low), np.inf)
    for sign, side in ((1.0, m.row_upper), (-1.0, -m.row_lower)):
        a = sign * coefficients.data
        is_known = np.isfinite(low[column]) & ((a > 0.0) | is_fixed[column])
        least = np.where(is_known, a * np.where(is_known, low[column], 0.0), 0.0)
        rest = side - np.bincount(row, least, len(side))
        unknown = np.bincount(row, ~is_known, len(side)) > 0
        use = (a > 0.0) & ~unknown[row] & (side[row] < NO_LIMIT)
        most = (rest[row[use]] + least[use]) / a[use]
        np.minimum.at(implied, column[use], most)
    is_implied = ~is_fixed & (implied <= m.column_upper + TOLERANCE)
    return replace(m, column_upper=np.where(is_implied, np.inf, m.column_upper))


def _both_signs(m: Matrices) -> Flags:
    """Return which rows have coefficients above 0 and below."""
    sums, sizes = (np.asarray(part.sum(axis=1)) for part in (m.sparse, abs(m.sparse)))
    return np.abs(sums) < sizes
