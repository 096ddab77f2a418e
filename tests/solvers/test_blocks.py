"""Blocks have a plan to join as soon as the whole has one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from coupled_instances import coupled_instances
from examples import examples
from hypothesis import assume, given

from aumaq.instances import Instance
from aumaq.solvers.blocks.method import coupling_families
from aumaq.solvers.blocks.networks import joined
from aumaq.solvers.blocks.run import BlockRun
from aumaq.solvers.blocks.split import split
from aumaq.solvers.compiled import compiled
from aumaq.solvers.highs.solver import Solver
from aumaq.solvers.options import SolveOptions
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given


@examples(20)
@given(coupled_instances(kind="power"))
def test_blocks_without_a_plan_take_that_of_the_whole(instance: Instance) -> None:
    """Each keeps its own rows; joined they are the plan of the whole again."""
    c = compiled(instance, SolveOptions(gap=0.0), Silent(), Given())
    m = c.matrices
    plan = Solver(m, c.options).run(60.0, Silent(), c.started)
    lp = replace(m, is_integer=np.zeros_like(m.is_integer))
    relaxed = Solver(lp, c.options).run(60.0, Silent(), c.started)
    assume(plan.values is not None and relaxed.values is not None)
    assert plan.values is not None
    run = BlockRun(c, split(m, coupling_families()))
    assume(run.split.blocks)
    run.prepare(relaxed, 60.0)
    run.search.offer(plan.objective, plan.values)
    run.fill()
    for part in run.parts:
        assert part.values is not None
        activity = part.matrices.sparse @ part.values
        assert (activity >= part.matrices.row_lower - 1e-6).all()
        assert (activity <= part.matrices.row_upper + 1e-6).all()
        assert part.objective >= part.bound - 1e-6 * (1.0 + abs(part.bound))
    whole = joined(m, run.parts)
    assert whole is not None
    blocks = np.concatenate([block.columns for block in run.split.blocks])
    assert np.allclose(whole[blocks], plan.values[blocks], atol=1e-6)
