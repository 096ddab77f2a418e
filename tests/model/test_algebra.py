"""Rows of tables: what cannot hold stays visible, whatever its terms come to."""

from __future__ import annotations

import numpy as np
import pytest

from aumaq.model.algebra import Rows, variable
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
