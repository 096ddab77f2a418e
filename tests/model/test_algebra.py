"""Rows of tables: what cannot hold stays visible, and nothing written is lost."""

from __future__ import annotations

import numpy as np
import pytest
from two_villages import two_villages

from aumaq.instances.terms import TERMS
from aumaq.model.algebra import Rows, variable
from aumaq.model.context import Context
from aumaq.model.data.gathered import gather
from aumaq.model.program import Program
from aumaq.model.table import Table
from aumaq.solvers.highs.matrices import compile_matrices

ONE = Table({"site": np.array([0, 1])}, {"site": ("a", "b")})


@pytest.mark.parametrize(
    ("terms", "is_fixed"),
    [
        ([], False),
        ([0.0], False),
        ([1.0, -1.0], False),  # the same variable twice
        ([2.0], True),
        ([1.0, 1.0], True),
    ],
)
def test_a_row_that_is_constant(terms: list[float], is_fixed: bool) -> None:
    """It is no error, and no column can make it hold."""
    program = Program("constant", ("building",))
    block = program.block("rules")
    made = variable(block, "x", ONE, ("site",), upper=9.0, fixed=[is_fixed] * 2)
    rows = Rows(block, "least", ONE, ("site",), "least:{site}")
    for factor in terms:
        rows.add(made, factor)
    rows.write(1.0, np.inf)
    assert len(block.rows["least"]) == len(ONE)
    matrices = compile_matrices(program)
    assert (matrices.row_lower == 1.0).all()
    column = np.repeat(np.arange(len(matrices.cost)), np.diff(matrices.starts))
    most = np.abs(matrices.values) * matrices.column_upper[column]
    assert (np.bincount(matrices.rows, most) == 0.0).all()


def test_what_is_written_twice_is_refused() -> None:
    """A block, variables and rows of a name that there is would take its place."""
    program = Program("twice", ("building",))
    block = program.block("rules")
    made = variable(block, "x", ONE, ("site",))
    Rows(block, "least", ONE, ("site",), "least:{site}").add(made).write(1.0, np.inf)
    again = Rows(block, "least", ONE, ("site",), "least:{site}").add(made)
    with pytest.raises(ValueError, match="block rules"):
        program.block("rules")
    with pytest.raises(ValueError, match=r"variables rules\.x"):
        variable(block, "x", ONE, ("site",))
    with pytest.raises(ValueError, match=r"rows rules\.least"):
        again.write(0.0, np.inf)


def test_a_term_that_is_none_is_refused() -> None:
    """Its cost would be in no sum."""
    context = Context(Program("terms", TERMS), gather(two_villages(1.0)))
    with pytest.raises(KeyError, match="bulding"):
        context.pay("bulding", 1.0, ONE.plus(var=0))
