"""What a plan says against what follows from its decisions: cell by cell, by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.language.texts import Text, say, told_apart
from aumaq.instances.schema.plan import PLAN, PlanColumn, PlanTable
from aumaq.results.audit.decided import rule_of
from aumaq.results.audit.findings import MOST_SHOWN, Notebook, named

Tables = dict[str, pd.DataFrame]
Columns = dict[str, Any]
"""Column -> its cells, an array."""


def compare(told: Tables, right: Tables, notes: Notebook) -> dict[str, list[Any]]:
    """Note rows that are missing or made up, columns unheard of, cells that differ.

    Returns the values of columns that a table lacks, by ``table.column``; None where
    the row is of nothing that there is.
    """
    lacking: dict[str, list[Any]] = {}
    for table in PLAN:
        own, other = told[table.name], right[table.name]
        if len(own) or len(other):
            lacking |= _Pair(table, _arrays(own), _arrays(other), notes).compare()
    return lacking


def _arrays(frame: pd.DataFrame) -> Columns:
    return {str(name): cells.to_numpy() for name, cells in frame.items()}


@dataclass(frozen=True)
class _Pair:
    """A table as it is told and as it should be, by column."""

    table: PlanTable
    told: Columns
    right: Columns
    notes: Notebook

    def compare(self) -> dict[str, list[Any]]:
        """Compare rows and columns; return the columns that are not told."""
        if self.table.is_later and not self.told:  # a plan of before
            return {
                f"{self.table.name}.{name}": cells.tolist()
                for name, cells in self.right.items()
            }
        keys = self._keys(self.told)
        position = {key: k for k, key in enumerate(self._keys(self.right))}
        at = np.array([position.get(key, -1) for key in keys], dtype=np.int64)
        is_known = at >= 0
        lost = np.setdiff1d(np.arange(len(position)), at)
        self._note_rows(self.told, ~is_known, say("there is no such row"))
        self._note_rows(self.right, lost, say("the row is missing"))
        told = {name: cells[is_known] for name, cells in self.told.items()}
        right = {name: cells[at[is_known]] for name, cells in self.right.items()}
        sizes, lacking = self._sizes(right), dict[str, list[Any]]()
        for column in self.table.columns:
            if column.name not in told:
                values = iter(right[column.name].tolist())
                lacking[f"{self.table.name}.{column.name}"] = [
                    next(values) if is_one else None for is_one in is_known
                ]
            elif column.part != "key":
                self._compare_column(column, told, right[column.name], sizes)
        for name in self.told.keys() - self.table.words.keys() if keys else ():
            text = say("nothing is known of column {column}", column=name)
            where = say("table {name}", name=self.table.name)
            self.notes.note(rule_of(self.table.name, _row(self.told, 0)), where, text)
        return lacking

    def _keys(self, columns: Columns) -> list[tuple[Any, ...]]:
        return list(
            zip(*(columns[key].tolist() for key in self.table.key), strict=True)
        )

    def _note_rows(self, columns: Columns, which: Any, text: Text) -> None:
        """Note rows that stand on one side only, but for rows of nothing."""
        numbers = [c.name for c in self.table.columns if c.kind == "number"]
        for k in np.arange(len(next(iter(columns.values()))))[which].tolist():
            row = _row(columns, k)
            sizes = (abs(row[name]) for name in numbers if name in row)
            largest = max(sizes, default=np.inf)
            if not (self.table.leaves_out_nothing and largest <= self.notes.tolerance):
                where = named(row, self.table.key)
                self.notes.note(rule_of(self.table.name, row), where, text)

    def _sizes(self, right: Columns) -> dict[str, Any]:
        """Return the size of each row by unit: the largest of its amounts in it."""
        sizes: dict[str, Any] = {}
        for column in self.table.columns:
            if column.kind == "number":
                amount = np.abs(np.nan_to_num(right[column.name]))
                sizes[column.unit] = np.maximum(sizes.get(column.unit, 0.0), amount)
        return sizes

    def _compare_column(
        self, column: PlanColumn, told: Columns, wanted: Any, sizes: dict[str, Any]
    ) -> None:
        """Compare numbers within the tolerance, texts and flags as they are."""
        values, notes = told[column.name], self.notes
        notes.checks += len(values)
        if column.kind == "number":
            is_same = (values == wanted) | (np.isnan(values) & np.isnan(wanted))
            with np.errstate(invalid="ignore"):  # what is infinite is bad below
                away = np.where(is_same, 0.0, np.abs(values - wanted))
                away /= 1.0 + np.abs(wanted) + sizes[column.unit]
            notes.see(away)
            bad = np.flatnonzero(~is_same & ~(away <= notes.tolerance))
        else:
            bad = np.flatnonzero(values != wanted)
        text = say("{column} is {value} in the plan, {limit} when recomputed").given(
            column=column.name
        )
        for k in bad[:MOST_SHOWN].tolist():
            row, pair = _row(told, k), (values[k], wanted[k])
            if column.kind == "number":
                pair = told_apart(float(values[k]), float(wanted[k]))
            filled = text.given(value=pair[0], limit=pair[1])
            rule = rule_of(self.table.name, row, column.name)
            notes.note(rule, named(row, self.table.key), filled)
        if rest := len(bad[MOST_SHOWN:]):
            rule = rule_of(self.table.name, _row(told, int(bad[0])), column.name)
            more = say("the same at {rest} more places", rest=rest)
            notes.note(rule, say("elsewhere"), more)


def _row(columns: Columns, k: int) -> dict[str, Any]:
    return {name: cells[k] for name, cells in columns.items()}
