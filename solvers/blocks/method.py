"""The blocks method, and ``auto``: which models are solved by blocks.

How blocks are solved is in run.py, how a model is split in split.py.
"""

from __future__ import annotations

from aumaq.solvers.blocks.part import is_small
from aumaq.solvers.blocks.rounds import WorkRun
from aumaq.solvers.blocks.run import BlockRun
from aumaq.solvers.blocks.split import Split, coupling_families, split
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.decomposed.method import solve_decomposed
from aumaq.solvers.direct import solve_whole
from aumaq.solvers.solution.decisions import Solution, Status
from aumaq.solvers.solution.growth import candidate_columns
from aumaq.solvers.tasks import executor_of

ALMOST_ALL = 0.9
"""With this share of the integers in one block, splitting is of no use."""
BEYOND_LP = 500_000
"""Columns from which prices come from an ascent instead of the LP relaxation: ``auto``
solves site by site, ``blocks`` its blocks at such prices."""


def solve_by_size(c: Compiled) -> Solution:
    """Solve a compiled model by blocks if it is large and falls apart, else whole.

    A whole country is solved site by site: its LP has no end, and with networks prices
    of blocks alone rise too slowly.
    """
    if is_small(c):
        return solve_whole(c)
    integers = c.matrices.is_integer
    tying = candidate_columns(c.models)
    if is_beyond_lp(c) and not (c.beside or len(tying)):
        return solve_decomposed(c)
    parts = parts_of(c)
    largest = max(int(integers[block.columns].sum()) for block in parts.blocks)
    if largest > ALMOST_ALL * int(integers.sum()):
        return solve_whole(c)
    return _by_blocks(c, parts)


def is_beyond_lp(c: Compiled) -> bool:
    """Return whether a model is too large for the LP relaxation of the whole."""
    return len(c.matrices.cost) >= BEYOND_LP


def _by_blocks(c: Compiled, parts: Split) -> Solution:
    """Solve by blocks, and whole where their plans do not join though time is left."""
    by_prices = is_beyond_lp(c) and not (c.beside or len(parts.copied))
    if c.options.work_limit is not None:
        if by_prices:  # rounds of blocks know prices of an LP alone
            return solve_decomposed(c)
        return WorkRun(c, parts, executor=executor_of(c.options)).solve()
    found = BlockRun(c, parts, by_prices=by_prices).solve()
    is_stuck = found.decisions is None and found.status is Status.TIME_LIMIT
    return solve_whole(c) if is_stuck and c.seconds_left > 0.0 else found


def solve_apart(c: Compiled) -> Solution:
    """Solve by blocks; a model that does not fall apart is solved whole."""
    parts = parts_of(c)
    return _by_blocks(c, parts) if len(parts.blocks) > 1 else solve_whole(c)


def parts_of(c: Compiled) -> Split:
    """Return the blocks of a model: candidates of growth points are copied."""
    return split(c.matrices, coupling_families(), candidate_columns(c.models))
