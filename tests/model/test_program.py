"""The arrays that are solved are the model that Pyomo shows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from golden_cases import CASES
from golden_form import FORMULATIONS
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from aumaq.model import build
from aumaq.model.program import Program
from aumaq.solvers.highs.matrices import compile_matrices


def names(program: Program, columns: list[int]) -> list[str]:
    """Return variables as Pyomo writes them."""
    found = {}
    for block in program.blocks.values():
        for made in block.variables.values():
            for k, index in enumerate(made.labels()):
                at = f"[{','.join(map(str, index))}]" if index else ""
                found[made.first + k] = f"{block.name}.{made.name}{at}"
    return [found[column] for column in columns]


@pytest.mark.slow
@pytest.mark.parametrize("formulation", FORMULATIONS)
@pytest.mark.parametrize("name", CASES)
def test_pyomo_compiles_the_same(name: str, formulation: str) -> None:
    """The same columns and rows in the same order, the same numbers to the last bit."""
    built = build(CASES[name](), formulation=formulation)
    found = compile_matrices(built.program)
    form = LinearStandardFormCompiler().write(built.model, mixed_form=True)
    limits = [(v.lower, v.upper) for v in form.columns]
    # Pyomo writes a row with two different limits twice.
    twice = [a.constraint is b.constraint for a, b in pairwise(form.rows)]
    first = np.flatnonzero([True, *(not same for same in twice)])
    matrix = form.A.tocsr()[first].tocsc()
    matrix.sort_indices()
    assert names(built.program, found.columns.tolist()) == [
        column.name for column in form.columns
    ]
    assert found.row_family.tolist() == [
        form.rows[k].constraint.parent_block().local_name for k in first
    ]
    kind = np.array([row.bound_type for row in form.rows])
    sides = np.asarray(form.rhs)
    lower, upper = (
        np.fmax.reduceat(np.where(kind == other, np.nan, sign * sides), first)
        for other, sign in ((1, 1.0), (-1, -1.0))
    )
    for mine, theirs in (
        (found.starts, matrix.indptr),
        (found.rows, matrix.indices),
        (found.values, matrix.data),
        (found.cost, form.c.toarray().ravel()),
        (found.row_lower, np.nan_to_num(lower, nan=-np.inf)),
        (found.row_upper, -np.nan_to_num(upper, nan=-np.inf)),
        (found.column_lower, [-np.inf if low is None else low for low, _ in limits]),
        (found.column_upper, [np.inf if high is None else high for _, high in limits]),
        (found.is_integer, [column.is_integer() for column in form.columns]),
    ):
        np.testing.assert_array_equal(mine, theirs)
