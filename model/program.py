"""A mixed-integer linear programme as arrays: what families write and HiGHS is given.

A variable is its number, counted through all families; -1 stands for none. Names are
kept as the tables that variables and rows were made of, and spelled out only for eyes:
:mod:`aumaq.model.pyomo_model` shows the same programme to Pyomo.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.model.table import Table

NONE = -1
"""Stands in arrays of variables where there is none."""


@dataclass(frozen=True)
class Variables:
    """Variables of one name, one for each row of a table; arrays are parallel to it.

    ``first`` is the number of the first, ``by`` the columns that index them. What is
    ``is_fixed`` is 0 whatever is decided. ``is_early``: those of the first period are
    decided before the future is known, so that they are common to all futures.
    """

    name: str
    where: Table
    by: tuple[str, ...]
    first: int
    lower: Floats
    upper: Floats
    is_whole: Flags
    is_fixed: Flags
    is_early: bool = False

    def __len__(self) -> int:
        return len(self.lower)

    def labels(self) -> list[tuple[Any, ...]]:
        """Return the index of each."""
        return self.where.labels(self.by) if self.by else [()] * len(self)


@dataclass(frozen=True)
class RowSet:
    """Rows ``lower <= sum of coefficient * variable <= upper`` of one name.

    Terms k of row r are those from ``starts[r]`` to ``starts[r + 1]``; a variable may
    stand in a row more than once. ``rule`` is the id of the rule that they enforce,
    with names of columns of ``by`` in braces.
    """

    name: str
    where: Table
    by: tuple[str, ...]
    rule: str
    lower: Floats
    upper: Floats
    starts: Ints
    coefficient: Floats
    variable: Ints

    def __len__(self) -> int:
        return len(self.lower)

    def labels(self) -> list[tuple[Any, ...]]:
        """Return the index of each."""
        return self.where.labels(self.by)


@dataclass
class Block:
    """What one family writes, by name and in the order in which it was written."""

    name: str
    program: Program
    variables: dict[str, Variables] = field(default_factory=dict)
    rows: dict[str, RowSet] = field(default_factory=dict)

    def add_variables(
        self,
        name: str,
        where: Table,
        by: Sequence[str],
        limits: tuple[Any, Any],
        *,
        is_whole: Any = False,
        is_fixed: Any = False,
        is_early: bool = False,
    ) -> Ints:
        """Add a variable for each row of a table; return their numbers.

        *limits* and flags are one for all, or one for each.
        """
        size = len(where) if by else 1
        lower, upper = (np.array(np.broadcast_to(x, size), float) for x in limits)
        whole, fixed = (
            np.array(np.broadcast_to(x, size), bool) for x in (is_whole, is_fixed)
        )
        if name in self.variables:
            raise ValueError(f"variables {self.name}.{name} are written twice")
        first = self.program.count
        made = Variables(
            name, where, tuple(by), first, lower, upper, whole, fixed, is_early
        )
        self.variables[name] = made
        self.program.count += size
        return np.arange(first, first + size)

    def add_rows(self, rows: RowSet) -> None:
        """Add rows under their name."""
        if rows.name in self.rows:
            raise ValueError(f"rows {self.name}.{rows.name} are written twice")
        self.rows[rows.name] = rows

    def zero(self) -> int:
        """Return a variable that is 0, on which rows stand that nothing can decide."""
        if "zero" not in self.variables:
            self.add_variables("zero", Table({}, {}), (), (0.0, 0.0))
        return self.variables["zero"].first


class Program:
    """Blocks of variables and rows, and the terms of what is minimised.

    ``objective`` holds, by term, pairs of parallel arrays: coefficients and variables.
    """

    def __init__(self, name: str, terms: Sequence[str]) -> None:
        """Start empty; *terms* are the terms of the objective in their order."""
        self.name = name
        self.terms = tuple(terms)
        self.blocks: dict[str, Block] = {}
        self.objective: dict[str, list[tuple[Floats, Ints]]] = {
            name: [] for name in self.terms
        }
        self.count = 0
        self._known: tuple[Any, ...] | None = None

    def block(self, name: str) -> Block:
        """Add and return the block of a family."""
        if name in self.blocks:
            raise ValueError(f"block {name} is written twice")
        self.blocks[name] = Block(name, self)
        return self.blocks[name]

    def all_variables(self) -> Iterator[Variables]:
        """Yield the variables of every block, in the order of their numbers."""
        found = [v for b in self.blocks.values() for v in b.variables.values()]
        yield from sorted(found, key=lambda v: v.first)

    def term(self, name: str) -> tuple[Floats, Ints]:
        """Return coefficients and variables of a term of the objective."""
        parts = self.objective[name]
        return (
            np.concatenate([np.zeros(0), *(price for price, _ in parts)]),
            np.concatenate([np.zeros(0, np.int64), *(var for _, var in parts)]),
        )

    @property
    def lower(self) -> Floats:
        """The lower limit of each variable."""
        return self._arrays()[0]

    @property
    def upper(self) -> Floats:
        """The upper limit of each variable."""
        return self._arrays()[1]

    @property
    def is_whole(self) -> Flags:
        """Whether each variable takes whole numbers alone."""
        return self._arrays()[2]

    @property
    def is_fixed(self) -> Flags:
        """Whether each variable is 0 whatever is decided."""
        return self._arrays()[3]

    def forget(self) -> None:
        """Read the limits of variables anew: some were changed in place."""
        self._known = None

    def _arrays(self) -> tuple[Any, ...]:
        if self._known is None or len(self._known[0]) != self.count:
            made = list(self.all_variables())
            self._known = tuple(
                np.concatenate([np.zeros(0, kind), *(getattr(v, key) for v in made)])
                for key, kind in (
                    ("lower", float), ("upper", float),
                    ("is_whole", bool), ("is_fixed", bool),
                )
            )  # fmt: skip
        return self._known

    def label(self, variable: int) -> tuple[str, tuple[Any, ...]]:
        """Return the name and the index of a variable."""
        for v in self.all_variables():
            if v.first <= variable < v.first + len(v):
                k = variable - v.first
                return v.name, v.where.where(np.array([k])).labels(v.by)[0]
        raise IndexError(variable)
