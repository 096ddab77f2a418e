"""Overrides: named changes to values of tables, applied in order.

Tables that nothing changes are handed on as they are, the same objects: what was
derived from them stays valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Flags
from aumaq.instances.checks.cells import FLAGS, read_cells, row_number, table_of
from aumaq.instances.errors import Problem, did_you_mean
from aumaq.instances.language.texts import Text, say
from aumaq.instances.schema.column import Column, Table
from aumaq.instances.schema.dtypes import TEXT
from aumaq.instances.schema.tables import BY_NAME

Tables = Mapping[str, pd.DataFrame]

BETWEEN = ";"
"""Parts of a list in a cell stand between these."""
NEVER = ("instance", "periods", "scenarios", "variants", "overrides")
"""Tables that make an instance what it is in every scenario."""
ALWAYS = "always"
"""The set of overrides that applies in every scenario, after all others."""
IN_NUMBERS = ("times", "plus")
MOVES = ("add", "remove")
"""Actions after which rows stand elsewhere."""
GIVEN = "x_given"
"""A column for where rows stood before; the schema has none of that name."""


def listed(text: str) -> tuple[str, ...]:
    """Return the parts of a cell that holds a list."""
    return tuple(part.strip() for part in text.split(BETWEEN) if part.strip())


def overridden(
    tables: Tables, names: Sequence[str], *, may_miss: Sequence[str] = ()
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """Return the tables with the sets of overrides *names* applied, and problems.

    That no row is meant is none in the sets *may_miss*.
    """
    changed, problems = dict(tables), list[Problem]()
    rules = tables["overrides"]
    for name in names:
        for position, rule in rules[rules["override"] == name].iterrows():
            row = row_number(BY_NAME["overrides"], int(str(position)))
            change = _Change(rule.to_dict(), row, problems, name in may_miss)
            frame = change.of(changed)
            if frame is not None:
                changed[str(rule["table"])] = frame
    return changed, problems


def with_all_added(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the tables with all rows that any set of overrides adds."""
    rules = tables["overrides"]
    adding = rules[(rules["action"] == "add") & (rules["override"] != ALWAYS)]
    names = list(dict.fromkeys(adding["override"]))
    added, _ = overridden({**tables, "overrides": adding}, names)
    return {**added, "overrides": rules}


def given_positions(tables: Tables, names: Sequence[str]) -> dict[str, list[int]]:
    """Return where the rows of each table stood before overrides moved any of them.

    -1 for rows that were added. Tables all of whose rows stay in place are left out.
    """
    rules = tables["overrides"]
    moving = rules[rules["override"].isin(names) & rules["action"].isin(MOVES)]
    marked = {
        name: tables[name].assign(**{GIVEN: np.arange(len(tables[name]))})
        for name in moving["table"].unique()
        if name in tables
    }
    changed, _ = overridden({**tables, **marked}, names)
    return {
        name: changed[name][GIVEN].fillna(-1).astype(int).tolist() for name in marked
    }


class _Change:
    """One row of ``overrides`` under way; what is wrong with it becomes a problem."""

    def __init__(
        self, rule: dict[Any, Any], row: int, problems: list[Problem], may_miss: bool
    ) -> None:
        self._rule = rule
        self._row = row
        self._problems = problems
        self._may_miss = may_miss

    def of(self, tables: Tables) -> pd.DataFrame | None:
        """Return the changed table; None after a problem."""
        table = self._table()
        if table is None:
            return None
        frame, action = tables[table.name], str(self._rule["action"])
        if action == "add":
            return self._with_row(table, frame)
        where = self._rows(table, frame)
        if where is None:
            return None
        if action == "remove":
            if where.all() and (table.is_required or table.is_single):
                self._wrong(say("{name} needs a row", name=table.name), "where")
                return None
            return frame[~where].reset_index(drop=True)
        column = self._column(table, str(self._rule["column"]), "column")
        return None if column is None else self._changed(table, column, frame, where)

    def _wrong(self, message: Text, column: str, value: object = None) -> None:
        shown = str(self._rule[column]) if value is None else str(value)
        self._problems.append(
            Problem("overrides.csv", message, self._row, column, shown)
        )

    def _table(self) -> Table | None:
        name = str(self._rule["table"])
        known = [table for table in BY_NAME if table not in NEVER]
        if name in known:
            return BY_NAME[name]
        what = say("may not be overridden") if name in NEVER else say("no such table")
        self._wrong(
            say("{what}{hint}", what=what, hint=did_you_mean(name, known)), "table"
        )
        return None

    def _column(self, table: Table, name: str, cell: str) -> Column | None:
        known = [column.name for column in table.columns]
        if name in known:
            return table.column(name)
        self._wrong(
            say(
                "no such column in {table}{hint}",
                table=table.name,
                hint=did_you_mean(name, known),
            ),
            cell,
        )
        return None

    def _pairs(self, table: Table) -> list[tuple[Column, str]] | None:
        """Return the columns and values that ``where`` names."""
        found = []
        for part in listed(str(self._rule["where"])):
            name, sign, value = part.partition("=")
            if not sign:
                self._wrong(say("expected column=value, `; ` between several"), "where")
                return None
            column = self._column(table, name.strip(), "where")
            if column is None:
                return None
            found.append((column, value.strip()))
        return found

    def _rows(self, table: Table, frame: pd.DataFrame) -> Flags | None:
        pairs = self._pairs(table)
        if pairs is None:
            return None
        where = np.ones(len(frame), dtype=bool)
        for column, value in pairs:
            where &= _equal(column, frame[column.name], value)
        if not where.any() and self._may_miss:
            return None
        if not where.any():
            text = say("no row of {name} is meant", name=table.name)
            if frame.empty:
                text = say("{name} has no rows here", name=table.name)
            self._wrong(text, "where")
            return None
        return where

    def _changed(
        self, table: Table, column: Column, frame: pd.DataFrame, where: Flags
    ) -> pd.DataFrame | None:
        """Return the table with the cells of a column set, multiplied or added to."""
        action, text = str(self._rule["action"]), str(self._rule["value"])
        cells = frame.loc[where, column.name]
        if action in IN_NUMBERS:
            if column.kind not in ("int", "number"):
                self._wrong(
                    say("{name} is no number; expected `set`", name=column.name),
                    "action",
                )
                return None
            by = float(
                pd.to_numeric(text, errors="coerce")
            )  # no whole numbers: they wrap
            if not np.isfinite(by):
                right = text.replace(",", ".")
                wrong = say("expected a finite number")
                if right != text:
                    wrong = say("decimals have a point: {right}", right=right)
                self._wrong(wrong, "value")
                return None
            changed = cells * by if action == "times" else cells + by
        else:
            changed = pd.Series(text, index=cells.index, dtype=TEXT)
        values = self._read(table, column, changed)
        if values is None:
            return None
        frame = frame.copy()
        frame.loc[where, column.name] = values.to_numpy()
        return frame

    def _read(
        self, table: Table, column: Column, cells: pd.Series[Any]
    ) -> pd.Series[Any] | None:
        """Return typed cells; what the schema does not allow is a problem here."""
        found: list[Problem] = []
        read = read_cells(table, column, cells.reset_index(drop=True), found)
        if found:
            self._wrong(
                say(
                    "{table}.{column}: {message}",
                    table=table.name,
                    column=column.name,
                    message=found[0].message,
                ),
                "value",
                found[0].value,
            )
            return None
        return read

    def _with_row(self, table: Table, frame: pd.DataFrame) -> pd.DataFrame | None:
        if table.is_single:
            text = say("{name} has one row; expected `set`", name=table.name)
            self._wrong(text, "action")
            return None
        pairs = self._pairs(table)
        if pairs is None:
            return None
        cells = {column.name: [value] for column, value in pairs}
        found: list[Problem] = []
        row = table_of(table, pd.DataFrame(cells, dtype=TEXT), found)
        if found:
            self._wrong(
                say(
                    "{column}: {message}",
                    column=found[0].column,
                    message=found[0].message,
                ),
                "where",
            )
            return None
        return pd.concat([frame, row], ignore_index=True)


def _equal(column: Column, cells: pd.Series[Any], value: str) -> Flags:
    if column.kind == "text":
        return (cells == value).to_numpy()
    if column.kind == "flag":
        return (cells == FLAGS.get(value.lower())).to_numpy()
    return (cells == pd.to_numeric(value, errors="coerce")).to_numpy()
