"""Every method prices every rule family: none is ignored, in plan or bound.

Taken from the registry: a new family without an instance in which it binds fails.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from binding_instances import MADE, OPTIONS, binds

import aumaq
from aumaq.instances import Instance
from aumaq.model import FAMILIES
from aumaq.solvers.blocks.method import parts_of
from aumaq.solvers.compiled import compiled
from aumaq.solvers.decomposed.relaxation import Relaxation
from aumaq.solvers.progress import Silent
from aumaq.solvers.solution.decisions import Given

METHODS = Path(__file__).parents[2] / "docs" / "methods.md"
WAYS: dict[str, dict[str, float]] = {
    "direct": {"time_limit": 60.0},
    "blocks": {"time_limit": 60.0},
    "decomposed": {"time_limit": 6.0},
    "blocks by counted work": {"work_limit": 20.0},
    "direct by counted work": {"work_limit": 20.0},
    "decomposed by counted work": {"work_limit": 1.0},
}
"""Method, by time or by counted work -> how long."""


@cache
def made(family: str) -> Instance:
    """Return the instance of a family, drawn once."""
    return MADE[family]()


def test_every_family_has_an_instance() -> None:
    """The registry of the model says which there are."""
    assert set(MADE) == set(FAMILIES)


@pytest.mark.few(6)
@pytest.mark.parametrize("family", FAMILIES)
def test_it_binds_and_none_of_its_rows_is_left_out(family: str) -> None:
    """Without them the optimum is another; docs/methods.md says where they are."""
    instance = made(family)
    assert binds(instance, family)
    c = compiled(instance, OPTIONS, Silent(), Given())
    own = np.flatnonzero(c.matrices.row_family == family)
    parts, relaxation = parts_of(c), Relaxation(c)
    priced, inside = np.isin(own, parts.priced), np.zeros(len(own), dtype=bool)
    for block in parts.blocks:
        inside |= np.isin(own, block.rows)
    assert (priced ^ inside).all()
    by_price = np.isin(own, relaxation.priced.plain)
    by_piece = np.isin(own, relaxation.pieces.rows)
    left, by_row = own[~by_price & ~by_piece], c.matrices.sparse.tocsr()
    for row in left:
        assert len({relaxation.owner[k] for k in by_row[[row]].indices}) == 1
    told = {"site": len(left), "price": by_price.any(), "piece": by_piece.any()}
    where = ", ".join(word for word, is_so in told.items() if is_so)
    row = f"| `{family}` | {'price' if priced.any() else 'block'} | {where} |"
    assert row in METHODS.read_text("utf-8").splitlines()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.slow
def test_all_methods_agree(family: str, way: str) -> None:
    """The optimum of one MIP: no plan below it, no bound above it, verified."""
    method, options = way.split(" ")[0], WAYS[way]
    best = aumaq.solve(made(family), gap=0.0, threads=1)
    assert best.status == "optimal"
    plan = aumaq.solve(made(family), method=method, gap=0.0, threads=1, **options)
    room = 2e-6 * max(1.0, abs(best.objective_mln))
    assert plan.is_verified
    assert plan.bound_mln <= best.objective_mln + room
    assert plan.objective_mln >= best.objective_mln - room
    if method != "decomposed":
        assert plan.status == "optimal"
        assert plan.objective_mln <= best.objective_mln + room
