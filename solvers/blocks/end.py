"""How a run by blocks ends: the whole model is tried, and what is known is told."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from aumaq.solvers.compiled import status_of
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.solution.decisions import Status

if TYPE_CHECKING:
    from aumaq.solvers.blocks.run import BlockRun
    from aumaq.solvers.blocks.state import BlockState

WAIT_SECONDS = 0.1
WHOLE = 50_000
"""Integers up to which the whole model is tried when the blocks are done."""


def go_on_whole(run: BlockRun) -> None:
    """Go on with all blocks as one, once blocks give no more.

    What is left of the gap may be in the prices, which only the whole model can
    close: its MIP is solved from the best plan so far. Where blocks are not done
    yet, or the model is too large for that, the search alone goes on beside them.
    """
    has_plan = run.search.values is not None
    is_small = int(run.c.matrices.is_integer.sum()) < WHOLE
    beside = None
    if has_plan and (not is_small or run.c.options.num_threads > 1):
        beside = threading.Thread(
            target=run.search.search, args=(run.left, run.check), daemon=True
        )
        beside.start()
    elif has_plan and not (is_small and run.is_done()):
        run.search.search(run.left, run.check)
    while beside is not None and beside.is_alive() and not run.is_done():
        beside.join(WAIT_SECONDS)
    if not has_plan or (is_small and run.is_done()):
        run.solve_whole()
        run.search.stop()
    if beside is not None:
        beside.join()


def outcome_of(run: BlockState) -> Outcome:
    """Return what is known at the end."""
    is_short = run.search.values is None or run.is_interrupted
    if is_short and run.joins < 2 and not run.is_infeasible:
        run.joining.offer(run.completer(), 0.0)
    status = (
        Status.INFEASIBLE
        if run.is_infeasible
        else Status.INTERRUPTED
        if run.is_interrupted
        else run.limit
    )
    found = run.search.values is not None and not run.is_infeasible
    outcome = Outcome(
        status,
        run.search.objective if found else float("nan"),
        run.bound,
        run.search.values if found else None,
        f"{len(run.parts)} blocks, {len(run.split.priced)} priced rows",
        run.trace,
    )
    return replace(outcome, status=status_of(outcome, run.c.options.gap))
