"""The decomposed method by name: numba, which it needs, is loaded when it is used."""

from __future__ import annotations

import gc

from aumaq.solvers.compiled import Compiled
from aumaq.solvers.solution.decisions import Solution


def solve_decomposed(c: Compiled) -> Solution:
    """Solve a compiled model site by site at prices of what ties the sites."""
    from aumaq.solvers.decomposed import run

    solution = run.solve_decomposed(c)
    # Threads and what they worked on hold each other: of a country that is more than a
    # GB, and the audit comes next.
    gc.collect()
    return solution
