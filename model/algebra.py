"""How families write variables and rows: one for each row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.program import Block, RowSet
from aumaq.model.table import Table

__all__ = ["Block", "Rows", "variable"]


def variable(
    block: Block,
    name: str,
    where: Table,
    by: Sequence[str],
    *,
    lower: Any = 0.0,
    upper: Any = np.inf,
    is_whole: Any = False,
    fixed: Any = False,
    is_early: bool = False,
) -> Table:
    """Add a variable for each row of *where*; return the rows with a column ``var``.

    Its index are the names of the columns *by*. Limits and flags are one for all, or
    one for each: *is_whole* of those that take whole numbers, *fixed* of those that are
    0 whatever is decided. *is_early*: see :class:`aumaq.model.program.Variables`.
    """
    numbers = block.add_variables(
        name, where, by, (lower, upper),
        is_whole=is_whole, is_fixed=fixed, is_early=is_early,
    )  # fmt: skip
    return where.plus(var=numbers)


class Rows:
    """The rows ``lower <= sum <= upper`` of one name, one for each of a table.

    Their index are the names of the columns *by*; *rule* is the id of the rule that
    they enforce, with the name of one of these columns in braces.
    """

    def __init__(
        self, block: Block, name: str, where: Table, by: Sequence[str], rule: str
    ) -> None:
        """Start the rows ``block.name``."""
        self._block, self._name, self._where, self._by = block, name, where, by
        self._rule = rule
        self._row: list[Ints] = [np.zeros(0, dtype=np.int64)]
        self._coefficient: list[Floats] = [np.zeros(0)]
        self._variable: list[Ints] = [np.zeros(0, dtype=np.int64)]

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
        count = len(self._where)
        low, high = (np.array(np.broadcast_to(x, count), float) for x in (lower, upper))
        row = np.concatenate(self._row)
        coefficient = np.concatenate(self._coefficient)
        variables = np.concatenate(self._variable)
        fails = (low > 0.0) | (high < 0.0)
        if fails.any():
            fails[self._decided(row, coefficient, variables, fails)] = False
            lost = np.flatnonzero(fails)
            if len(lost):
                zero = self._block.zero()
                row = np.append(row, lost)
                coefficient = np.append(coefficient, np.ones(len(lost)))
                variables = np.append(variables, np.full(len(lost), zero))
        order = np.argsort(row, kind="stable")
        sizes = np.bincount(row, minlength=count)
        kept = sizes > 0
        made = RowSet(
            self._name,
            self._where if kept.all() else self._where.where(kept),
            tuple(self._by),
            self._rule,
            low[kept],
            high[kept],
            np.append(0, np.cumsum(sizes[kept])),
            coefficient[order],
            variables[order],
        )
        self._block.add_rows(made)

    def _decided(
        self,
        row: Ints,
        coefficient: Floats,
        variables: Ints,
        asked: Flags,
    ) -> Ints:
        """Return rows, of those asked for, whose sum can be anything but a constant.

        Not all of their variables are fixed, and what is not does not cancel out.
        """
        known = asked[row] & ~self._block.program.is_fixed[variables]
        row, coefficient, variables = row[known], coefficient[known], variables[known]
        pair, first, at = np.unique(
            row * self._block.program.count + variables,
            return_index=True,
            return_inverse=True,
        )
        sums = np.bincount(at.ravel(), coefficient, len(pair))
        return np.unique(row[first[sums != 0.0]])
