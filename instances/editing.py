"""Changes of an instance from Python: rows set, added, removed; checked at the end.

>>> import aumaq
>>> with aumaq.read("tiny").edit() as edit:
...     edit.set("settlements", {"settlement": "b"}, population=700)
...     edit.add("settlement_tags", settlement="b", tag="growing")
>>> float(edit.instance.table("settlements")["population"][1])
700.0
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.arguments import checked
from aumaq.instances.arrays import Flags
from aumaq.instances.errors import Hints, InstanceError, Problem
from aumaq.instances.frames import frames_of
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME, OWN_COLUMN_PREFIX

if TYPE_CHECKING:
    from aumaq.instances.instance import Instance

Where = Mapping[str, Any] | Callable[[pd.DataFrame], Any] | None
"""Which rows: values by column (a list: any of them), a function of the table that
returns flags, or None: all."""


class Edit:
    """Changes of one instance, in order; the instance itself stays as it is.

    What makes no sense is noted, and told together with all that is wrong with the
    result: by :attr:`instance`, or at the end of a ``with`` block.
    """

    def __init__(self, instance: Instance) -> None:
        """Begin with the tables of an instance, as they were given."""
        self._from = instance
        self._tables: dict[str, pd.DataFrame] = {}
        self._problems: list[Problem] = []
        self._made: Instance | None = None

    @checked
    def set(self, table: str, where: Where = None, **values: Any) -> Edit:
        """Set columns of rows to values; a function is given the rows of the table.

        ``edit.set("levels", {"service": "school"}, capex_mln=lambda r: r.capex_mln*2)``
        """
        rows = self._rows(table)
        if rows is None or (chosen := self._chosen(table, rows, where)) is None:
            return self
        rows = rows.copy()
        for column, value in values.items():
            if not self._is_column(table, rows, column):
                continue
            new = value(rows[chosen]) if callable(value) else value
            if column not in rows:
                rows[column] = ""
            cells = rows[column].astype(object)
            try:
                cells[chosen] = new
            except (TypeError, ValueError) as error:
                text = say("{told}", told=str(error))
                self._problems.append(Problem(table, text, column=column))
                continue
            rows[column] = cells
        return self._keep(table, rows)

    @checked
    def add(self, table: str, rows: Any = None, **values: Any) -> Edit:
        """Add rows: a data frame, a list of dictionaries, or one row by its values.

        Columns that are not given take their defaults.
        """
        known = self._rows(table)
        if known is None:
            return self
        more = _framed(rows, values)
        if more is None:
            kind = type(rows).__name__
            text = say("expected a data frame or rows, not {kind}", kind=kind)
            self._problems.append(Problem(table, text))
            return self
        framed, problems = frames_of({table: more})
        self._problems += problems
        if table not in framed:
            return self
        for column in framed[table].columns:
            self._is_column(table, known, str(column))
        parts = [part.astype(object) for part in (known, framed[table]) if len(part)]
        both = pd.concat(parts, ignore_index=True) if parts else known
        return self._keep(table, both)

    @checked
    def remove(self, table: str, where: Where = None, **values: Any) -> Edit:
        """Remove rows: those *where*, or those with all of the values."""
        rows = self._rows(table)
        if rows is None:
            return self
        chosen = self._chosen(table, rows, values if where is None else where)
        return self if chosen is None else self._keep(table, rows[~chosen])

    @checked
    def replace(self, table: str, rows: pd.DataFrame | None) -> Edit:
        """Put other rows in place of a table's; None: none at all."""
        if self._rows(table) is None:
            return self
        if rows is None:
            return self._keep(table, self._from.base[table].iloc[:0])
        framed, problems = frames_of({table: rows})
        self._problems += problems
        return self._keep(table, framed[table]) if table in framed else self

    @property
    def instance(self) -> Instance:
        """The new instance, checked (InstanceError: all that is wrong)."""
        if self._made is None:
            self._made = self._done()
        return self._made

    def __enter__(self) -> Edit:
        """Begin a block of changes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Check the result, unless the block itself failed."""
        if kind is None:
            _ = self.instance

    def _done(self) -> Instance:
        try:
            made = self._from.replace(**self._tables)
        except InstanceError as error:
            raise InstanceError([*self._problems, *error.problems]) from None
        if self._problems:
            raise InstanceError(self._problems)
        return replace(made, origin=self._from.origin)

    def _keep(self, table: str, rows: pd.DataFrame) -> Edit:
        self._tables[table], self._made = rows.reset_index(drop=True), None
        return self

    def _rows(self, table: str) -> pd.DataFrame | None:
        """Return the rows so far; a table that is not there is a problem."""
        if table in BY_NAME:
            return self._tables.get(table, self._from.base[table])
        hint = Hints(BY_NAME).near(str(table))
        text = say("unknown table{hint}; own tables start with {prefix!r}",
                   hint=hint, prefix=OWN_COLUMN_PREFIX)  # fmt: skip
        self._problems.append(Problem(str(table), text))
        return None

    def _is_column(self, table: str, rows: pd.DataFrame, column: str) -> bool:
        known = [one.name for one in BY_NAME[table].columns]
        if column in known or column in rows or column.startswith(OWN_COLUMN_PREFIX):
            return True
        text = say(
            "unknown column{hint}; own columns start with {prefix!r}",
            hint=Hints(known).near(column),
            prefix=OWN_COLUMN_PREFIX,
        )
        problem = Problem(table, text, column=column)
        if problem not in self._problems:
            self._problems.append(problem)
        return False

    def _chosen(self, table: str, rows: pd.DataFrame, where: Where) -> Flags | None:
        """Return which rows are meant; that there are none is a problem."""
        found: Flags = np.ones(len(rows), dtype=bool)
        if callable(where):
            given = np.asarray(where(rows))
            # Numbers of rows are no flags, though they could be read as such.
            if given.ndim != 1 or not all(isinstance(v, bool) for v in given.tolist()):
                text = say("expected a flag for each row from the function")
                self._problems.append(Problem(table, text))
                return None
            found = given.astype(bool)
        elif isinstance(where, Mapping):
            for column, value in where.items():
                if not self._is_column(table, rows, column):
                    return None
                wanted = value if isinstance(value, list | tuple | set) else [value]
                found &= rows[column].isin(list(wanted)).to_numpy(dtype=bool)
        if len(found) != len(rows):
            text = say("{n} flags for {rows} rows", n=len(found), rows=len(rows))
            self._problems.append(Problem(table, text))
            return None
        if not found.any():
            told = "" if callable(where) else str(where or "")
            self._problems.append(Problem(table, say("no such row"), value=told))
            return None
        return found


def _framed(rows: Any, values: Mapping[str, Any]) -> pd.DataFrame | None:
    """Return rows to add as a data frame, None if they are nothing of the kind."""
    if isinstance(rows, pd.DataFrame):
        return rows.assign(**values) if values else rows
    if rows is None:
        return pd.DataFrame([dict(values)])
    if isinstance(rows, Mapping):
        return pd.DataFrame([{**rows, **values}])
    if isinstance(rows, list | tuple) and all(isinstance(r, Mapping) for r in rows):
        return pd.DataFrame([{**row, **values} for row in rows])
    return None
