"""The start plan as values of all columns: what runs and is measured takes one LP."""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Flags, Floats
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.solution.columns import values_of
from aumaq.solvers.work import Most


def first_values(c: Compiled, solver: RestrictedSolver, most: Most) -> Floats | None:
    """Return the values of the start plan, None where it does not say all.

    *solver* is one of the same model; *most* is how long its LP may take.
    """
    if c.start_plan is None:
        return None
    values = values_of(c.matrices, c.built, c.place, c.start_plan)
    if values is None or not solver.structure.broken(values).any():
        return values
    runs = np.flatnonzero(runs_of(c))
    found = solver.solve_part(values, runs, most, fix_whole=True)
    if found is None:
        return None
    values[runs] = found
    return values


def runs_of(c: Compiled) -> Flags:
    """Return which columns are neither whole nor say who goes where."""
    found = ~c.matrices.is_integer
    for v in c.built.variables.values():
        for variables in (v.share, v.unserved.ravel()):
            columns = c.place[variables]
            found[columns[columns >= 0]] = False
    return found
