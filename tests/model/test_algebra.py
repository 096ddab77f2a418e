"""Rows of tables: what cannot hold stays visible, whatever its terms come to."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

from aumaq.model.algebra import Rows, variable
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
    model = pyo.ConcreteModel()
    model.cost = pyo.Objective(expr=0.0)
    block = model.rules = pyo.Block(concrete=True)
    block.rule_of = {}
    made = variable(block, "x", ONE, ("site",), bounds=(0, 9), fixed=[is_fixed] * 2)
    rows = Rows(block, "least", ONE, ("site",), "least:{site}")
    for factor in terms:
        rows.add(made, factor)
    rows.write(1.0, np.inf)
    assert len(block.least) == len(ONE)
    matrices = compile_matrices(model)
    assert (matrices.row_lower == 1.0).all()
    column = np.repeat(np.arange(len(matrices.cost)), np.diff(matrices.starts))
    most = np.abs(matrices.values) * matrices.column_upper[column]
    assert (np.bincount(matrices.rows, most) == 0.0).all()
