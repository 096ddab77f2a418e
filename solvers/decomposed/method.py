"""The decomposed method by name: numba, which it needs, is loaded when it is used."""

from __future__ import annotations

from aumaq.solvers.compiled import Compiled
from aumaq.solvers.solution.decisions import Solution


def solve_decomposed(c: Compiled) -> Solution:
    """Solve a compiled model site by site at prices of what ties the sites."""
    from aumaq.solvers.decomposed import run

    return run.solve_decomposed(c)
