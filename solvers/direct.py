"""The direct method: the whole model, solved by HiGHS.

For small and medium instances, and the reference for every other method. The lower
bound is the dual bound of HiGHS' branch and bound.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from aumaq.solvers.compiled import NAN, Compiled, finish, improver, status_of
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.progress import Progress, ProgressEvent, relative_gap
from aumaq.solvers.search import Improver
from aumaq.solvers.solution.decisions import Solution


def solve_whole(c: Compiled) -> Solution:
    """Prove the bound and search for plans side by side; return both together."""
    begun = time.monotonic()
    seconds, search = c.seconds_left, improver(c)
    solver = Solver(c.matrices, c.options)
    solver.start_from(*c.start)
    columns, values = c.start
    if len(columns) == len(c.matrices.cost):  # a whole plan
        search.offer(search.cost(values), values)

    def enough(bound: float) -> bool:
        return relative_gap(search.objective, bound) <= c.options.gap

    solver.stop_when(enough)
    has_searcher = c.options.num_threads > 1
    if has_searcher:
        solver.set_option("threads", c.options.num_threads - 1)
        searcher = threading.Thread(target=search.search, args=(seconds,), daemon=True)
        searcher.start()
    try:
        outcome = solver.run(seconds, _Best(c.progress, search), c.started)
    finally:
        search.stop()
        if has_searcher:
            searcher.join()
    return finish(c, _better(outcome, search, c.options.gap), begun)


def _better(outcome: Outcome, search: Improver, gap: float) -> Outcome:
    """Return the outcome with the better of the two plans."""
    better = search.objective < outcome.objective or outcome.values is None
    if search.values is not None and better:
        outcome = replace(outcome, objective=search.objective, values=search.values)
    return replace(outcome, status=status_of(outcome, gap))


@dataclass
class _Best:
    """Passes progress on with the better of two incumbents."""

    progress: Progress
    improver: Improver

    def update(self, event: ProgressEvent) -> None:
        best = min(
            self.improver.objective,
            event.incumbent_mln
            if event.incumbent_mln == event.incumbent_mln
            else np.inf,
        )
        mln = best if np.isfinite(best) else NAN
        self.progress.update(replace(event, incumbent_mln=mln))
