"""The last step of a plan of a country: what follows from its whole numbers, by LPs.

One LP of people and networks together does not end in the time that is left.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from aumaq.instances.arrays import Flags
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.restricted import RestrictedSolver
from aumaq.solvers.search import Improver
from aumaq.solvers.work import Most


def settle(
    search: Improver, is_network: Flags, options: SolveOptions, seconds: float
) -> None:
    """Let people, and networks, cost least in the best plan; what is drawn stays.

    Side by side, within so many *seconds*. Ways that are dear stay closed.
    """
    known, m = search.values, search.solver.structure.matrices
    if known is None:
        return
    is_people = ~m.is_integer & ~is_network
    if search.scope is not None:
        is_people &= ~search.scope.is_dear | (known != 0.0)
    solver = RestrictedSolver(m, replace(options, threads=1))

    def one(which: Flags) -> None:
        free = np.flatnonzero(which)
        found = solver.solve_part(known, free, Most(seconds), fix_whole=True)
        if found is not None:
            search.merge(known, free, found)

    with ThreadPoolExecutor(options.num_threads) as pool:
        list(pool.map(one, (is_people, ~m.is_integer & is_network)))
