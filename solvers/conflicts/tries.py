"""Plans to try before a search: all places as they are today, or as large as can be.

What stands in the way of a plan is often money, or size, and not both: then one of
these obeys the other rules, and an LP of the rest shows it.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.program import NONE, Program, Variables
from aumaq.solvers.highs.matrices import Matrices


def tries(program: Program, m: Matrices) -> list[tuple[Ints, Floats]]:
    """Return columns and values of the units of each plan to try."""
    units = program.blocks["siting"].variables["units"]
    column = m.places(program.count)[units.first : units.first + len(units)]
    known = column != NONE
    return [
        (column[known], values[known]) for values in (_today(units), _largest(units))
    ]


def _today(units: Variables) -> Floats:
    return np.asarray(units.where["stock"], dtype=float)


def _largest(units: Variables) -> Floats:
    """Return all places at the top level, what is locked as it is."""
    rows = units.where
    keys = (rows["service"], rows["site"], rows["period"])
    code = np.ravel_multi_index(keys, [int(k.max(initial=0)) + 1 for k in keys])
    locked = np.asarray(rows["locked"], dtype=float)
    _, at = np.unique(code, return_inverse=True)
    top = np.zeros(int(at.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(top, at, rows["level"])
    held = np.bincount(at, locked, len(top))
    values = locked.copy()
    is_top = rows["level"] == top[at]
    values[is_top] += (rows["places"] - held[at])[is_top]
    return values
