"""LP bounds of the strong and the weak allocation form, against the best plan known.

A generated instance of 100 settlements and three periods. The gap of a bound is
(best plan - bound) / best plan.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from aumaq.instances import Instance
from aumaq.instances.generators import clustered
from aumaq.solvers.compiled import compiled
from aumaq.solvers.direct import solve_whole
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent

SETTLEMENTS, SEED = 100, 0
MIP_SECONDS = 120.0


def lp_bound(instance: Instance, formulation: str) -> tuple[float, float]:
    """Return the optimum of the LP relaxation, mln, and its seconds."""
    options = SolveOptions(formulation=formulation, time_limit=600.0)
    c = compiled(instance, options, Silent(), None)
    lp = replace(c.matrices, is_integer=np.zeros_like(c.matrices.is_integer))
    begun = time.perf_counter()
    outcome = Solver(lp, options).run(600.0, Silent(), c.started)
    return outcome.objective, time.perf_counter() - begun


def run() -> None:
    """Print both LP bounds, and what branch and bound makes of them."""
    instance = clustered(SETTLEMENTS, SEED)
    rows = []
    for formulation in ("strong", "weak"):
        bound, lp_seconds = lp_bound(instance, formulation)
        options = SolveOptions(
            formulation=formulation, time_limit=MIP_SECONDS, gap=1e-4
        )
        solution = solve_whole(compiled(instance, options, Silent(), None))
        rows.append((formulation, bound, lp_seconds, solution))
    best = min(solution.objective_mln for *_, solution in rows)
    proven = max(solution.bound_mln for *_, solution in rows)
    print(f"best plan {best:,.1f}, proven bound {proven:,.1f} (mln)")
    for formulation, bound, lp_seconds, solution in rows:
        print(
            f"{formulation:7} LP {bound:12,.1f} gap {(best - bound) / best:7.2%}"
            f" in {lp_seconds:5.1f} s; MIP {solution.objective_mln:12,.1f},"
            f" bound {solution.bound_mln:12,.1f} in {solution.seconds['total']:5.1f} s;"
            f" rows {solution.size['rows']:,}, columns {solution.size['columns']:,}"
        )
