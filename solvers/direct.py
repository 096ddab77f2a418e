"""The direct method: the whole model, solved by HiGHS.

For small and medium instances, and the reference for every other method. The lower
bound is the dual bound of HiGHS' branch and bound; where most of a model is a network
whose lines cost once if used, HiGHS gets cuts, and a tree of our own runs beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import say
from aumaq.solvers.branch_and_cut.flow_network import flow_network
from aumaq.solvers.checkpoint import Arrays, Saved
from aumaq.solvers.compiled import NAN, Compiled, finish, improver, status_of
from aumaq.solvers.highs.matrices import Matrices
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.progress import ProgressEvent, relative_gap
from aumaq.solvers.restricted import rounded
from aumaq.solvers.rounds import STEPS, Rounds, Visit
from aumaq.solvers.search import STEP_SECONDS, Improver
from aumaq.solvers.second_proof import is_small, proven_again
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.tasks import SolveTask, executor_of

if TYPE_CHECKING:
    from aumaq.solvers.branch_and_cut.beside import Beside

LP_SHARE = 0.2
"""Share of the work for the LP relaxation, and for rounding it."""
LEAST_CHARGED = 40
"""Lines that cost once if used from which cuts are worth their making."""
LIMITS = (Status.INTERRUPTED, Status.TIME_LIMIT, Status.WORK_LIMIT)
"""What proving ends with that leaves work for the search."""


def solve_whole(c: Compiled) -> Solution:
    """Prove the bound and search for plans; what is small is proven twice."""
    begun, beside = time.monotonic(), _beside(c)
    by = _by_time if c.options.work_limit is None else _by_work
    outcome = by(c, beside)
    if beside is None or not beside.is_done:  # the tree knows no presolve
        outcome = proven_again(c.matrices, c.options, outcome, c.seconds_left)
    return finish(c, outcome, begun)


def _by_time(c: Compiled, beside: Beside | None) -> Outcome:
    """Prove the bound and search for plans side by side; return both together."""
    seconds, search, floor = c.seconds_left, improver(c), _resumed(c)
    solver = Solver(_cut(c, beside), c.options)
    if c.keeper is not None or beside is not None:
        solver.tell_plans(lambda plan: search.offer(search.cost(plan), plan))
    columns, values = c.start
    is_whole = len(columns) == len(c.matrices.cost)
    if is_whole:
        search.offer(search.cost(values), values)
    if is_whole or beside is None:  # of a network, completing a part is all the work
        solver.start_from(*c.start)

    def proven() -> float:
        return floor if beside is None else max(floor, beside.bound)

    def enough(bound: float) -> bool:
        return relative_gap(search.objective, max(bound, proven())) <= c.options.gap

    # HiGHS is alone with what is small: of plans that cost the same, which of two
    # threads finds one first, or when HiGHS is looked after, must not choose.
    is_alone = beside is None and is_small(c.matrices)
    if not is_alone:
        solver.stop_when(enough)
    free = 0 if is_alone else c.options.num_threads - 1  # the tree goes first
    if beside is not None and free > 0 and beside.start(search, solver.stop):
        free -= 1
        solver.be_apart()
    searcher = threading.Thread(target=search.search, args=(seconds,), daemon=True)
    if free > 0:
        free -= 1
        searcher.start()
    solver.set_option("threads", 1 + free)
    try:
        outcome = solver.run(seconds, _Best(c, search, proven), c.started)
    finally:
        search.stop()
        if beside is not None:
            beside.stop()
        if searcher.ident is not None:
            searcher.join()
    outcome = replace(outcome, bound=max(outcome.bound, proven()))
    outcome = _better(outcome, search, c.options.gap)
    _keep(c, search, outcome.bound)
    return outcome


def _beside(c: Compiled) -> Beside | None:
    """Return cuts and tree of a fixed-charge network, None where there is none."""
    network = flow_network(c.matrices)
    if network is None or network.num_charged < LEAST_CHARGED:
        return None
    from aumaq.solvers.branch_and_cut.beside import Beside  # compiles

    return Beside(c.matrices, c.options, c.seconds_left)


def _cut(c: Compiled, beside: Beside | None) -> Matrices:
    """Return the model with the cuts that it has."""
    return c.matrices if beside is None else beside.matrices


def _resumed(c: Compiled) -> float:
    """Start from the plan of an earlier run; return the bound that it proved."""
    known = None if c.keeper is None else c.keeper.of_kind("direct")
    if known is None:
        return float("-inf")
    values = known.arrays.get("values")
    if values is not None:
        c.start = (np.arange(len(values)), values)
    return float(known.facts["bound"])


def _keep(
    c: Compiled,
    search: Improver,
    bound: float,
    more: Arrays | None = None,
    **facts: object,
) -> None:
    """Keep plan and bound, and what the search learned; *more* are further arrays."""
    if c.keeper is not None:
        own, arrays = search.state()
        whole = {"bound": bound, "search": own, **facts}
        c.keeper.write("direct", whole, {**arrays, **(more or {})})


def _better(outcome: Outcome, search: Improver, gap: float) -> Outcome:
    """Return the outcome with the better of the two plans."""
    better = search.objective < outcome.objective or outcome.values is None
    if search.values is not None and better:
        outcome = replace(outcome, objective=search.objective, values=search.values)
    return replace(outcome, status=status_of(outcome, gap))


def _by_work(c: Compiled, beside: Beside | None) -> Outcome:
    """Prove with half of the work, then search with what is left of it."""
    search = improver(c)
    trace: list[tuple[float, float, float]] = []
    with closing(executor_of(c.options)) as executor:
        rounds = Rounds(c, executor)
        known = None if c.keeper is None else c.keeper.of_kind("direct")
        if known is None:
            outcome, duals = _prove(c, _cut(c, beside), search, rounds)
        else:
            outcome, duals = _known(c, known, rounds), known.arrays.get("duals")
        if duals is not None:
            search.look_where_it_costs(duals)
        if known is not None:
            search.restore(known.facts["search"], known.arrays)

        def told() -> None:
            """Tell what is known after a round, and keep it."""
            best = NAN if search.values is None else search.objective
            trace.append((c.elapsed, best, outcome.bound))
            event = ProgressEvent(say("solving"), c.elapsed, outcome.bound, best)
            c.progress.update(event)
            if not rounds.is_stopped():
                own = {"spent": rounds.budget.spent, "ended": str(outcome.status)}
                more = {} if duals is None else {"duals": duals}
                _keep(c, search, outcome.bound, more, **own)

        told()
        while outcome.status in LIMITS and not rounds.is_over:
            gap = relative_gap(search.objective, outcome.bound)
            if search.values is None or gap <= c.options.gap:
                break
            rounds.do([rounds.searching(search, STEPS, STEP_SECONDS)])
            told()
    outcome = replace(outcome, trace=trace)
    if outcome.status in LIMITS:
        outcome = replace(outcome, status=rounds.limit)
    return _better(outcome, search, c.options.gap)


def _known(c: Compiled, known: Saved, rounds: Rounds) -> Outcome:
    """Return what an earlier run proved."""
    rounds.budget.spent = float(known.facts["spent"])
    status, bound = Status(known.facts["ended"]), float(known.facts["bound"])
    values, objective = known.arrays.get("values"), NAN
    if values is not None:
        objective = float(c.matrices.cost @ values) + c.matrices.offset
    return Outcome(status, objective, bound, values, "known")


def _prove(
    c: Compiled, cut: Matrices, search: Improver, rounds: Rounds
) -> tuple[Outcome, Floats | None]:
    """Solve the MIP and its relaxation; round that where there is no plan.

    *cut* is the MIP with all cuts that are known.
    Returns what the MIP gave, and the row duals of the relaxation.
    """
    columns, values = c.start
    if len(columns) == len(c.matrices.cost):
        search.offer(search.cost(values), values)
    m, seed, found = c.matrices, c.options.seed, list[Outcome | None]()
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    half, most = (rounds.budget.most(k * rounds.work) for k in (0.5, LP_SHARE))
    proof = SolveTask(cut, half, c.options.gap, seed=seed, start=c.start)
    rounds.do([Visit([proof, SolveTask(lp, most, seed=seed)], found.extend)])
    outcome = found[0] or Outcome(rounds.limit, NAN, -np.inf, None, "not begun")
    relaxed = found.pop()
    if outcome.status not in LIMITS or relaxed is None or relaxed.values is None:
        relaxed = None
    elif outcome.values is None:
        units = np.zeros_like(m.is_integer)
        units[np.concatenate([site.columns for site in c.sites])] = True
        part = rounded(m, relaxed.values, units)
        task = SolveTask(part, most, c.options.gap, seed=seed)
        rounds.do([Visit([task], found.extend)])
    for one in found:
        if one is not None and one.values is not None:
            search.offer(one.objective, one.values)
    is_exact = relaxed is not None and relaxed.status is Status.OPTIMAL
    return outcome, relaxed.duals if relaxed is not None and is_exact else None


@dataclass
class _Best:
    """Passes progress on with the better of two incumbents."""

    c: Compiled
    improver: Improver
    proven: Callable[[], float]
    """The bound that others have proven."""

    def update(self, event: ProgressEvent) -> None:
        best = min(
            self.improver.objective,
            event.incumbent_mln
            if event.incumbent_mln == event.incumbent_mln
            else np.inf,
        )
        mln = best if np.isfinite(best) else NAN
        bound = float(np.fmax(event.bound_mln, self.proven()))
        event = replace(event, incumbent_mln=mln, bound_mln=bound)
        self.c.progress.update(event)
        if self.c.keeper is not None and self.c.keeper.is_due:
            _keep(self.c, self.improver, bound if np.isfinite(bound) else -np.inf)
