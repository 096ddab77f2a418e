"""The whole strong model of a capacitated problem in HiGHS, to compare with."""

from __future__ import annotations

import time

import numpy as np

from aumaq.classic.capacitated.method import data_of
from aumaq.classic.capacitated.restricted import model_of, pairs_within
from aumaq.classic.problems import Problem
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Status

Found = tuple[str, float, float, float, list[tuple[float, float, float]]]
"""Status, objective, bound, seconds, and (seconds, bound, objective) on the way."""


def solve_whole(problem: Problem, seconds: float, seed: int) -> Found:
    """Return what HiGHS finds for all sites, all pairs and all strong rows."""
    begun = time.monotonic()
    data = data_of(problem)
    sites = np.flatnonzero(data.may)
    pairs = pairs_within(data, sites, np.full(len(data.demand), np.inf))
    model = model_of(data, sites, pairs, False, pairs)
    options = SolveOptions(threads=1, gap=0.0, seed=seed)
    solver = Solver(model.matrices, options)
    left = max(seconds - (time.monotonic() - begun), 0.1)
    found = solver.run(left, Silent(), begun)
    status = {Status.OPTIMAL: "optimal", Status.INFEASIBLE: "no plan"}
    trace = [(now, bound, best) for now, best, bound in found.trace]
    took = time.monotonic() - begun
    return (status.get(found.status, "time_limit"), found.objective, found.bound, took,
            trace)  # fmt: skip
