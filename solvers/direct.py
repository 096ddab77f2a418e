"""The direct method: the whole model, solved by HiGHS.

For small and medium instances, and the reference for every other method. The lower
bound is the dual bound of HiGHS' branch and bound.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from aumaq.solvers.compiled import NAN, Compiled, finish, improver, status_of
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.progress import Progress, ProgressEvent, relative_gap
from aumaq.solvers.rounds import STEPS, Rounds, Visit
from aumaq.solvers.search import STEP_SECONDS, Improver, rounded
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.tasks import SolveTask, executor_of

LP_SHARE = 0.2
"""Share of the work for the LP relaxation, and for rounding it."""
LIMITS = (Status.INTERRUPTED, Status.TIME_LIMIT, Status.WORK_LIMIT)
"""What proving ends with that leaves work for the search."""


def solve_whole(c: Compiled) -> Solution:
    """Prove the bound and search for plans side by side; return both together."""
    if c.options.work_limit is not None:
        return _by_work(c)
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


def _by_work(c: Compiled) -> Solution:
    """Prove with half of the work, then search with what is left of it."""
    begun, search, found = time.monotonic(), improver(c), list[Outcome | None]()
    columns, values = c.start
    if len(columns) == len(c.matrices.cost):
        search.offer(search.cost(values), values)
    m, seed = c.matrices, c.options.seed
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    with closing(executor_of(c.options)) as executor:
        rounds = Rounds(c, executor)
        half, most = (rounds.budget.most(k * rounds.work) for k in (0.5, LP_SHARE))
        proof = SolveTask(m, half, c.options.gap, seed=seed, start=c.start)
        rounds.do([Visit([proof, SolveTask(lp, most, seed=seed)], found.extend)])
        proven, relaxed = found
        outcome = proven or Outcome(rounds.limit, NAN, -np.inf, None, "not begun")
        if outcome.values is not None:
            search.offer(outcome.objective, outcome.values)
        if outcome.status in LIMITS and relaxed is not None:
            _search(c, search, rounds, relaxed, outcome.bound)
    if outcome.status in LIMITS:
        outcome = replace(outcome, status=rounds.limit)
    return finish(c, _better(outcome, search, c.options.gap), begun)


def _search(
    c: Compiled, search: Improver, rounds: Rounds, relaxed: Outcome, bound: float
) -> None:
    """Round the relaxation where there is no plan, and search on, by rounds."""
    if relaxed.status is Status.OPTIMAL and relaxed.duals is not None:
        search.look_where_it_costs(relaxed.duals)
    if search.values is None and relaxed.values is not None:
        m, units = c.matrices, np.zeros_like(c.matrices.is_integer)
        units[np.concatenate([site.columns for site in c.sites])] = True
        most = rounds.budget.most(LP_SHARE * rounds.work)
        task = SolveTask(rounded(m, relaxed.values, units), most, c.options.gap)

        def take(found: list[Outcome | None]) -> None:
            if (outcome := found[0]) is not None and outcome.values is not None:
                search.offer(outcome.objective, outcome.values)

        rounds.do([Visit([task], take)])
    while search.values is not None and not rounds.is_over:
        if relative_gap(search.objective, bound) <= c.options.gap:
            return
        rounds.do([rounds.searching(search, STEPS, STEP_SECONDS)])


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
