"""Frames in and out of the database: a table for each name, an id in front of a row.

Tables grow: a frame with columns that the table has not seen adds them; rows without
them hold NULL there.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from aumaq.instances import ExportError
from aumaq.instances.language.texts import say

TYPES = {"BOOLEAN", "BIGINT", "DOUBLE", "VARCHAR"}
POSITION = "position"
"""The row's place in the frame."""


def quoted(name: str) -> str:
    """Return a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def put(connection: Any, table: str, key: str, value: str, frame: pd.DataFrame) -> None:
    """Append a frame to a table; every row has *value* in the column *key*."""
    wanted = {str(name): _type(frame[name]) for name in frame.columns}
    _prepare(connection, table, key, wanted)
    rows = frame.reset_index(drop=True)
    rows.insert(0, POSITION, range(len(rows)))
    rows.insert(0, key, pd.Series(value, index=rows.index, dtype="str"))
    names = ", ".join(quoted(str(name)) for name in rows.columns)
    connection.register("incoming", rows)
    connection.execute(
        f"INSERT INTO {quoted(table)} ({names}) SELECT {names} FROM incoming"
    )
    connection.unregister("incoming")


def _prepare(connection: Any, table: str, key: str, wanted: dict[str, str]) -> None:
    """Make the table, or add the columns that it lacks."""
    name = quoted(table)
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {name} ({quoted(key)} VARCHAR NOT NULL,"
        f" {POSITION} INTEGER NOT NULL)"
    )
    there = dict(
        connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns()"
            " WHERE table_name = ? AND NOT internal",
            [table],
        ).fetchall()
    )
    for column, kind in wanted.items():
        old = there.get(column)
        if old is None:
            connection.execute(f"ALTER TABLE {name} ADD COLUMN {quoted(column)} {kind}")
        elif (old, kind) == ("BIGINT", "DOUBLE"):  # would be rounded
            connection.execute(
                f"ALTER TABLE {name} ALTER COLUMN {quoted(column)} TYPE DOUBLE"
            )
        elif old != kind and (old, kind) != ("DOUBLE", "BIGINT"):
            raise ExportError(
                say(
                    "{table}.{column} is {old} in the store, {kind} in this plan;"
                    " keep it in another store",
                    table=table,
                    column=column,
                    old=old,
                    kind=kind,
                )
            )


def _type(cells: pd.Series[Any]) -> str:
    if pd.api.types.is_bool_dtype(cells.dtype):
        return "BOOLEAN"
    if pd.api.types.is_integer_dtype(cells.dtype):
        return "BIGINT"
    return "DOUBLE" if pd.api.types.is_float_dtype(cells.dtype) else "VARCHAR"


def get(
    connection: Any, table: str, key: str, value: str, columns: list[str]
) -> pd.DataFrame:
    """Return the rows of *value* with the columns that they were put with."""
    names = ", ".join(map(quoted, columns))
    found = connection.execute(
        f"SELECT {names} FROM {quoted(table)} WHERE {quoted(key)} = ?"
        f" ORDER BY {POSITION}",
        [value],
    )
    return found.df()
