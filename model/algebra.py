"""Variables and rows of tables; Pyomo, loaded when the first model is built.

Reading, checking and showing plans takes numbers of this package and no algebra: they
do not wait for a second until Pyomo and all of scipy are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aumaq.model.table import Table

if TYPE_CHECKING:
    import pyomo.core.expr as expr
    import pyomo.environ as pyo
else:

    class _Later:
        def __init__(self, module: str) -> None:
            self._module = module

        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module(self._module), name)
            setattr(self, name, found)
            return found

    pyo, expr = _Later("pyomo.environ"), _Later("pyomo.core.expr")

__all__ = ["Rows", "linear", "pyo", "variable"]


def linear(coefficients: list[float], variables: list[Any]) -> Any:
    """Return the sum of coefficients times variables as an expression."""
    return expr.LinearExpression(
        constant=0.0, linear_coefs=coefficients, linear_vars=variables
    )


def between(lower: float | None, terms: Any, upper: float | None) -> Any:
    """Return ``lower <= terms <= upper``; None: no limit.

    As Pyomo makes it of a tuple, without its search for what the parts may be.
    """
    if lower is None:
        return expr.InequalityExpression((terms, upper), False)
    if upper is None:
        return expr.InequalityExpression((lower, terms), False)
    if lower == upper:
        return expr.EqualityExpression((terms, upper))
    return expr.RangedExpression((lower, terms, upper), (False, False))


def variable(
    block: pyo.Block,
    name: str,
    where: Table,
    by: Sequence[str],
    *,
    upper: Any = None,
    fixed: Any = None,
    **options: Any,
) -> Table:
    """Add a variable for each row of *where*; return the rows with a column ``var``.

    Its index are the names of the columns *by*. *upper* are upper bounds, *fixed*
    flags of those that are 0 whatever is decided.
    """
    made = pyo.Var(pyo.Set(initialize=where.labels(by), ordered=True), **options)
    block.add_component(name, made)
    members = np.empty(len(where), dtype=object)
    members[:] = list(made.values())
    if upper is not None:
        limits = np.broadcast_to(upper, len(where)).tolist()
        for member, limit in zip(members, limits, strict=True):
            member.setub(limit)
    for member in members[fixed] if fixed is not None else ():
        member.fix(0)
    return where.plus(var=members)


class Rows:
    """The rows ``lower <= sum <= upper`` of one constraint, one for each of a table.

    Their index are the names of the columns *by*; *rule* is the id of the rule that
    they enforce, with the name of one of these columns in braces.
    """

    def __init__(
        self, block: pyo.Block, name: str, where: Table, by: Sequence[str], rule: str
    ) -> None:
        """Start the rows ``block.name``."""
        self._block, self._name, self._where, self._by = block, name, where, by
        self._rule = rule
        self._row: list[NDArray[Any]] = []
        self._coefficient: list[NDArray[Any]] = []
        self._variable: list[NDArray[Any]] = []

    def add(self, terms: Table, coefficient: Any = 1.0) -> Rows:
        """Add ``coefficient * var`` of terms, each to the row that agrees in *by*.

        Terms without such a row are left out.
        """
        if not len(terms) or not len(self._where):
            return self
        row = terms.find(self._where, self._by)
        found = row >= 0
        self._row.append(row[found])
        self._coefficient.append(np.broadcast_to(coefficient, row.shape)[found])
        self._variable.append(terms["var"][found])
        return self

    def write(self, lower: Any, upper: Any) -> None:
        """Write the rows; a limit is a number, one a row, or infinite: none.

        Rows without any term are checked: 0 must lie within the limits, or the row
        is written on a variable that is 0, so that it stays visible as infeasible; so
        is one whose variables are all fixed or cancel out.
        """
        index, count = self._where.labels(self._by), len(self._where)
        row = np.concatenate([*self._row, np.zeros(0, dtype=np.int64)])
        order = np.argsort(row, kind="stable")
        cuts = np.searchsorted(row[order], np.arange(count + 1)).tolist()
        numbers = np.concatenate([*self._coefficient, np.zeros(0)])[order].tolist()
        members = np.concatenate([*self._variable, np.zeros(0, dtype=object)])
        variables = members[order].tolist()
        low, high = (
            [None if abs(x) == inf else x for x in np.full(count, limit).tolist()]
            for limit in (lower, upper)
        )
        bodies = {}
        for k, key in enumerate(index):
            a, b = cuts[k], cuts[k + 1]
            own, of = numbers[a:b], variables[a:b]
            holds = (low[k] or 0.0) <= 0.0 <= (high[k] or 0.0)
            if not own and holds:
                continue
            if not holds and not _decide(own, of):
                own, of = [*own, 1.0], [*of, self._zero()]
            terms = linear(own, of)
            bodies[key] = between(low[k], terms, high[k])
        made = pyo.Constraint(
            pyo.Set(initialize=list(bodies), ordered=True),
            rule=lambda _, *key: bodies[key],
        )
        self._block.add_component(self._name, made)
        self._block.rule_of[self._name] = self._rule, self._by

    def _zero(self) -> Any:
        if self._block.component("zero") is None:
            self._block.zero = pyo.Var(bounds=(0.0, 0.0))
        return self._block.zero


def _decide(coefficients: list[float], variables: list[Any]) -> bool:
    """Whether a sum can be anything but a constant: not all is fixed or cancels out.

    Most rows have each variable once, and one look at them is enough.
    """
    if not variables:
        return False
    is_plain = len(set(map(id, variables))) == len(variables)
    if is_plain and coefficients[0] != 0.0 and not variables[0].fixed:
        return True
    sums: dict[int, float] = {}
    for factor, member in zip(coefficients, variables, strict=True):
        if not member.fixed:
            sums[id(member)] = sums.get(id(member), 0.0) + factor
    return any(sums.values())
