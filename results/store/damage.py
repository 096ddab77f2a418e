"""What a store has otherwise than the one it was made as: tables, columns, types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from aumaq.instances import ExportError
from aumaq.instances.language.texts import Text, chained, say
from aumaq.instances.schema import tables as inputs
from aumaq.instances.schema.plan import COLUMNS, PLAN_TABLES
from aumaq.results.store.frames import POSITION

INPUT = "input_"
"""Stands before the names of the instance's tables in the store."""
RUN, STATE = "run_id", "instance_hash"
"""Column that says of which run a row of a plan is, of which inputs one of those."""
OF_KIND = {
    "text": ("VARCHAR",),
    "int": ("BIGINT", "DOUBLE"),
    "number": ("DOUBLE", "BIGINT"),
    "flag": ("BOOLEAN",),
}
"""Kind of a column of a plan -> types that it may have in a store, the usual first."""
MOST_TOLD = 20
Columns = Mapping[str, str]
Tables = Mapping[str, Columns]
"""Table -> column -> type."""


def check_whole(connection: Any, path: object, schema: str, *, to_write: bool) -> None:
    """Raise ExportError with all that is wrong with the tables of a store.

    *schema* makes the tables that every store has. Tables of plans and inputs grow as
    runs come: they are looked at if a run is to come (*to_write*).
    """
    there = _tables(connection)
    wrong = [*_fixed(there, _made(schema)), *(_kept(there) if to_write else ())]
    if not wrong:
        return
    head = say(
        "{path}: is a damaged store of runs, {n} problem; nothing was written:",
        "{path}: is a damaged store of runs, {n} problems; nothing was written:",
        n=len(wrong),
        path=path,
    )
    lines = [say("  - {problem}", problem=text) for text in wrong[:MOST_TOLD]]
    if len(wrong) > MOST_TOLD:
        lines.append(say("  ... and {n} more", n=len(wrong) - MOST_TOLD))
    raise ExportError(chained([head, *lines], "\n"))


def _tables(connection: Any) -> dict[str, dict[str, str]]:
    """Return the tables of a database; a view is a table without columns."""
    rows = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        " SEMI JOIN duckdb_tables() USING (schema_name, table_name) WHERE NOT internal"
    ).fetchall()
    views = connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    )
    found: dict[str, dict[str, str]] = {str(row[0]): {} for row in views.fetchall()}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


@cache
def _made(schema: str) -> dict[str, dict[str, str]]:
    """Return the tables that a schema makes."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(schema)
        return _tables(connection)


def _fixed(there: Tables, wanted: Tables) -> Iterator[Text]:
    """Yield what is wrong with the tables that every store has."""
    for table, columns in wanted.items():
        if not there.get(table):
            yield say("table {name} is missing", name=table)
            continue
        for column, kind in columns.items():
            yield from _column(there[table], table, column, (kind,))


def _kept(there: Tables) -> Iterator[Text]:
    """Yield what is wrong with tables of plans and inputs, where they are there."""
    kinds = {name: {c: COLUMNS[name][c].kind for c in COLUMNS[name]}
             for name in PLAN_TABLES}  # fmt: skip
    for table, own in kinds.items():
        yield from _grown(there, table, RUN, own)
    for table, known in inputs.BY_NAME.items():
        numbers = {c.name: "number" for c in known.columns
                   if c.kind in ("int", "number")}  # fmt: skip
        yield from _grown(there, INPUT + table, STATE, numbers)


def _grown(there: Tables, table: str, key: str, kinds: Columns) -> Iterator[Text]:
    """Yield what is wrong with a table that grows: it has its keys, and right types."""
    if table not in there:
        return
    columns = there[table]
    if not columns:
        yield say("table {name} is missing", name=table)
        return
    yield from _column(columns, table, key, ("VARCHAR",))
    yield from _column(columns, table, POSITION, ("INTEGER",))
    for column in kinds.keys() & columns.keys():
        yield from _column(columns, table, column, OF_KIND[kinds[column]])


def _column(
    there: Columns, table: str, column: str, kinds: tuple[str, ...]
) -> Iterator[Text]:
    """Yield what is wrong with a column."""
    if column not in there:
        yield say("{table}.{column} is missing", table=table, column=column)
    elif there[column] not in kinds:
        yield say(
            "{table}.{column} is {old}, expected {kind}",
            table=table,
            column=column,
            old=there[column],
            kind=kinds[0],
        )
