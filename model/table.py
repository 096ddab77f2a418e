"""Tables of index columns and numbers: what families join and sum.

A data frame with categorical columns would do, at a millisecond for each join; here
it is some microseconds, so that a model of a village does not wait for its tools.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aumaq.instances.arrays import Ints

Column = NDArray[Any]
Names = Mapping[str, Sequence[Any]]


class Table:
    """Columns of one length by name.

    A column that *names* knows holds positions in its names (``site``, ``period``);
    ``level`` and the like are numbers themselves. Joins go by such columns, whole
    numbers from 0; all others are numbers, or variables (``var``).
    """

    def __init__(self, columns: Mapping[str, Any], names: Names) -> None:
        """Take columns of one length."""
        self.columns = {
            key: values if isinstance(values, np.ndarray) else np.array(values)
            for key, values in columns.items()
        }
        self.names = names

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, column: str) -> Column:
        return self.columns[column]

    def where(self, rows: Any) -> Table:
        """Return the rows at positions, or where a flag says so."""
        rows = np.asarray(rows)
        kept = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Table({key: c[kept] for key, c in self.columns.items()}, self.names)

    def plus(self, **columns: Any) -> Table:
        """Return the table with more columns, or with others in their place."""
        size = len(self)
        more = {
            key: c if isinstance(c, np.ndarray) and c.ndim else np.full(size, c)
            for key, c in columns.items()
        }
        return Table({**self.columns, **more}, self.names)

    def only(self, *columns: str) -> Table:
        """Return the table with these columns alone."""
        return Table({key: self.columns[key] for key in columns}, self.names)

    def join(self, other: Table, on: Sequence[str]) -> Table:
        """Return each pair of rows that agree, in the order of this table.

        Columns of *other* that this table has as well are left out.
        """
        first, last, order = Index(other, on).ranges(self)
        count = last - first
        mine = np.repeat(np.arange(len(self)), count)
        start = first - (np.cumsum(count) - count)
        theirs = order[start[mine] + np.arange(len(mine))]
        columns = {key: c[mine] for key, c in self.columns.items()}
        for key, c in other.columns.items():
            if key not in columns:
                columns[key] = c[theirs]
        return Table(columns, {**other.names, **self.names})

    def cross(self, other: Table) -> Table:
        """Return each pair of rows, in the order of this table."""
        return self.join(other, ())

    def total(self, by: Sequence[str], **amounts: Any) -> Table:
        """Return the rows that differ in *by*, sorted, with sums of the amounts."""
        index = Index(self, by)
        code, first = np.unique(index.code, return_index=True)
        at = np.searchsorted(code, index.code)
        sums = {
            key: np.bincount(at, np.broadcast_to(amount, len(at)), len(code))
            for key, amount in amounts.items()
        }
        keys = {key: self[key][first] for key in by}
        return Table({**keys, **sums}, self.names)

    def distinct(self, by: Sequence[str]) -> Table:
        """Return the first of the rows that agree in *by*, in their order."""
        _, first = np.unique(Index(self, by).code, return_index=True)
        return self.where(np.sort(first))

    def sorted_by(self, *by: str) -> Table:
        """Return the rows sorted by columns; rows that agree keep their order."""
        return self.where(np.argsort(Index(self, by).code, kind="stable"))

    def from_then_on(self, periods: Table) -> Table:
        """Return each row once for every period from its own on."""
        since = self["period"]
        others = {key: c for key, c in self.columns.items() if key != "period"}
        rows = Table({**others, "since": since}, self.names).cross(periods)
        return rows.where(rows["period"] >= rows["since"])

    def find(self, other: Table, on: Sequence[str]) -> Ints:
        """Return for each row the row of *other* that agrees, -1 where none does."""
        first, last, order = Index(other, on).ranges(self)
        found = np.full(len(self), -1)
        found[last > first] = order[first[last > first]]
        return found

    def labels(self, by: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return the names of the rows in some columns."""
        return list(zip(*(self._label(key) for key in by), strict=True))

    def _label(self, key: str) -> list[Any]:
        positions = self[key].tolist()
        names = self.names.get(key)
        return positions if names is None else [names[k] for k in positions]


class Index:
    """Whole numbers that are equal where rows of a table agree in some columns."""

    def __init__(self, table: Table, on: Sequence[str]) -> None:
        """Number the rows of the table; what is below 0 agrees with nothing."""
        self.on = on
        self._sizes = [int(table[key].max(initial=-1)) + 1 for key in on]
        self.code = self._codes(table)

    def ranges(self, table: Table) -> tuple[Column, Column, Column]:
        """Return for each row of another table the rows here that agree.

        They are ``order[first:last]``.
        """
        if not len(table) or not len(self.code):
            nothing = np.zeros(len(table), dtype=np.int64)
            return nothing, nothing, nothing[:0]
        order = np.argsort(self.code, kind="stable")
        known, asked = self.code[order], self._codes(table)
        first = np.searchsorted(known, asked)
        last = np.searchsorted(known, asked, side="right")
        return first, np.where(asked < 0, first, last), order

    def _codes(self, table: Table) -> Column:
        code = np.zeros(len(table), dtype=np.int64)
        unknown = np.zeros(len(table), dtype=bool)
        for key, size in zip(self.on, self._sizes, strict=True):
            column = table[key]
            unknown |= (column < 0) | (column >= size)
            code = code * size + column
        code[unknown] = -1
        return code


def where_true(flags: Any, by: Sequence[str], names: Names) -> Table:
    """Return a row for each true flag of an array, with its place in each dimension."""
    places = np.nonzero(flags)
    return Table(dict(zip(by, places, strict=True)), names)


def stacked(
    tables: Sequence[Table], names: Names, columns: Sequence[str] | None = None
) -> Table:
    """Return the rows of tables one after another, of all their columns or of some."""
    kept = list(tables[0].columns) if columns is None else columns
    if not tables:
        return Table({key: np.zeros(0, dtype=np.int64) for key in kept}, names)
    parts = {key: np.concatenate([table[key] for table in tables]) for key in kept}
    return Table(parts, names)


def positions(values: Iterable[Any], names: Sequence[Any]) -> Column:
    """Return the position of each value in names, -1 where it is not among them."""
    known = {name: k for k, name in enumerate(names)}
    return np.array([known.get(value, -1) for value in values], dtype=np.int64)
