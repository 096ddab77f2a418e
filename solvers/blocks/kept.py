"""What a solve by blocks keeps, for a later run to go on from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aumaq.solvers.checkpoint import (
    Arrays,
    Facts,
    Saved,
    joined_arrays,
    split_arrays,
)
from aumaq.solvers.compiled import Compiled
from aumaq.solvers.highs.solver import Outcome
from aumaq.solvers.solution.decisions import Status

if TYPE_CHECKING:
    from aumaq.solvers.blocks.state import BlockState

PART_FIELDS = ("bound", "objective", "seconds", "round_seconds", "filter_seconds",
               "filtered", "dear_mln", "nodes", "gained", "found", "is_begun",
               "is_rounded", "is_visited", "has_root")  # fmt: skip
"""What is kept of each block, beside its plan."""


def state_of(run: BlockState) -> tuple[Facts, Arrays]:
    """Return what a run needs to go on from here; blocks must have been made."""
    assert run.relaxed is not None
    with run.lock:
        parts = run.parts
        fields = [[float(getattr(p, f)) for f in PART_FIELDS] for p in parts]
        plans = [p.values for p in parts]
        facts, own = run.search.state()
    nothing, arrays = np.zeros(0), {f"search_{name}": own[name] for name in own}
    assert run.relaxed.values is not None
    assert run.relaxed.duals is not None
    arrays |= {
        "relaxed": run.relaxed.values,
        "duals": run.relaxed.duals,
        "parts": np.array(fields),
        **joined_arrays([nothing if p is None else p for p in plans], "plans"),
    }
    whole: Facts = {
        "search": facts,
        "whole_bound": run.whole_bound,
        "relaxed": run.relaxed.objective,
        "gained": run.joining.gained,
    }
    return whole, arrays


def known_relaxed(c: Compiled) -> Outcome | None:
    """Return the LP relaxation, where it is known beforehand."""
    if (known := known_of(c)) is None:
        return c.relaxed
    values, duals = known.arrays["relaxed"], known.arrays["duals"]
    best = float(known.facts["relaxed"])
    return Outcome(Status.OPTIMAL, best, best, values, "known", duals=duals)


def known_of(c: Compiled) -> Saved | None:
    """Return what an earlier run knew, None without one."""
    keeper = c.keeper
    return None if keeper is None else keeper.of_kind("blocks")


def restore(run: BlockState, known: Saved) -> None:
    """Go on from what an earlier run knew; the blocks are made."""
    own = known.arrays
    plans = split_arrays(own, "plans")
    for part, row, plan in zip(run.parts, own["parts"], plans, strict=True):
        for name, value in zip(PART_FIELDS, row.tolist(), strict=True):
            kind = type(getattr(part, name))
            setattr(part, name, kind(value))
        part.values = plan if len(plan) else None
    run.whole_bound = float(known.facts["whole_bound"])
    run.joining.gained = float(known.facts["gained"])
    size = len("search_")
    arrays = {k[size:]: v for k, v in own.items() if k.startswith("search_")}
    run.search.restore(known.facts["search"], arrays)
