"""Where tables, rows and columns stand in what the user has open.

The checks know tables as files of a folder. What was read from a workbook, say, brings
along where its cells really are; an instance keeps that, as it is checked again under
another scenario or with values changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from aumaq.instances.checks.cells import row_number
from aumaq.instances.checks.validation import table_of_problem
from aumaq.instances.errors import Problem
from aumaq.instances.language.texts import Text
from aumaq.instances.schema.tables import BY_NAME


@dataclass(kw_only=True)
class Whereabouts:
    """The places of tables.

    ``rows`` holds for each table the row of each record as the user counts it; tables
    that are not in it lie in the files that the schema names. ``label`` is a pattern
    such as "book.xlsx, sheet {table}" for tables that have no place of their own in
    ``labels``; without either a table keeps the name of its file. ``columns`` holds
    what the user calls columns, where that is not their name.
    """

    rows: dict[str, Sequence[int]] = field(default_factory=dict)
    labels: dict[str, Text] = field(default_factory=dict)
    label: Text | None = None
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def where(self, table: str) -> str:
        """Return what the user calls the place of a table ("": its file's name)."""
        if table in self.labels or self.label is None:
            return self.labels.get(table, "")
        return self.label.given(table=table)

    def shown(self, table: str, column: str) -> str:
        """Return what the user calls a column."""
        return self.columns.get(table, {}).get(column, column)

    def without_rows(self, tables: Collection[str]) -> Whereabouts:
        """Return the places where rows of some tables are no more where they were."""
        rows = {name: at for name, at in self.rows.items() if name not in tables}
        return Whereabouts(
            rows=rows, labels=self.labels, label=self.label, columns=self.columns
        )

    def placed(self, problem: Problem) -> Problem:
        """Return the problem with place and row as the user knows them."""
        name = table_of_problem(problem)
        place = self.where(name)
        if not place:
            return problem
        column = self.shown(name, problem.column.removeprefix(f"[{name}]"))
        rows = self.rows.get(name)
        if rows is None or name not in BY_NAME:
            return replace(problem, file=place, column=column)
        found = renumbered(problem, name, rows)
        return replace(found, file=place, column=column)


def renumbered(problem: Problem, table: str, rows: Sequence[int]) -> Problem:
    """Return a problem of a table with other numbers for its rows, one a record."""
    first = row_number(BY_NAME[table], 0)

    def of(row: int) -> int:
        position = row - first
        return rows[position] if 0 <= position < len(rows) else row

    message = problem.message
    if isinstance(named := message.values.get("row"), int):
        message = message.given(row=of(named))
    row = of(problem.row) if problem.row else 0
    return replace(problem, message=message, row=row)
