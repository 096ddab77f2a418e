"""The finished programme as a model of Pyomo: for eyes, LP files and other solvers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aumaq.instances.arrays import Floats, Ints
from aumaq.model.program import Program, RowSet, Variables

if TYPE_CHECKING:
    import pyomo.environ as pyo


def pyomo_model(p: Program) -> pyo.ConcreteModel:
    """Return the programme with a block for each family.

    ``term`` holds the terms of the objective, ``cost`` is their sum; the blocks tell
    the rule of a row, see :func:`aumaq.model.rules.rule_id`.
    """
    import pyomo.environ as pyo  # takes half a second, and a solve needs none of it

    model = pyo.ConcreteModel(name=p.name)
    members: list[Any] = []
    blocks = {}
    for name in p.blocks:
        blocks[name] = pyo.Block(concrete=True)
        model.add_component(name, blocks[name])
        blocks[name].rule_of = {}
    home = {id(v): name for name, b in p.blocks.items() for v in b.variables.values()}
    for v in p.all_variables():
        members += _variables(blocks[home[id(v)]], v)
    for name, block in p.blocks.items():
        for rows in block.rows.values():
            _rows(blocks[name], rows, members)
    model.term = pyo.Expression(p.terms, rule=lambda _, t: _sum(members, *p.term(t)))
    parts = [p.term(name) for name in p.terms]
    whole = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
    model.cost = pyo.Objective(expr=_sum(members, *whole), sense=pyo.minimize)
    return model


def _variables(block: pyo.Block, v: Variables) -> list[Any]:
    import pyomo.environ as pyo

    made = pyo.Var(pyo.Set(initialize=v.labels(), ordered=True)) if v.by else pyo.Var()
    block.add_component(v.name, made)
    members = list(made.values())
    for member, low, high, is_whole, is_fixed in zip(
        members, _limits(v.lower), _limits(v.upper), v.is_whole.tolist(),
        v.is_fixed.tolist(), strict=True,
    ):  # fmt: skip
        member.domain = pyo.Integers if is_whole else pyo.Reals
        member.setlb(low)
        member.setub(high)
        if is_fixed:
            member.fix(0)
    return members


def _rows(block: pyo.Block, rows: RowSet, members: Sequence[Any]) -> None:
    import pyomo.environ as pyo

    cuts = rows.starts.tolist()
    bodies = {}
    for k, (key, low, high) in enumerate(
        zip(rows.labels(), _limits(rows.lower), _limits(rows.upper), strict=True)
    ):
        own = slice(cuts[k], cuts[k + 1])
        terms = _sum(members, rows.coefficient[own], rows.variable[own])
        bodies[key] = (low, terms, high)
    made = pyo.Constraint(
        pyo.Set(initialize=list(bodies), ordered=True),
        rule=lambda _, *key: bodies[key],
    )
    block.add_component(rows.name, made)
    block.rule_of[rows.name] = rows.rule, rows.by


def _sum(members: Sequence[Any], coefficients: Floats, variables: Ints) -> Any:
    """Return the sum of coefficients times variables as an expression."""
    import pyomo.core.expr as expr

    if not len(variables):
        return 0.0
    return expr.LinearExpression(
        constant=0.0,
        linear_coefs=coefficients.tolist(),
        linear_vars=[members[k] for k in variables.tolist()],
    )


def _limits(values: Floats) -> list[float | None]:
    return [None if np.isinf(x) else x for x in values.tolist()]
