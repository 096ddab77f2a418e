"""Take a run out of a store, and what only that run needed."""

from __future__ import annotations

from typing import Any

from aumaq.results.store.damage import INPUT
from aumaq.results.store.frames import quoted


def forget(connection: Any, run_id: str) -> None:
    """Delete a run from every table; its inputs and batch if it was their last."""
    key, batch = connection.execute(
        "SELECT instance_hash, batch_id FROM runs WHERE run_id = ?", [run_id]
    ).fetchone()
    for table in _tables_with(connection, "run_id"):
        _delete(connection, table, "run_id", run_id)
    if not _is_used(connection, "instance_hash", key):
        for table in _tables_with(connection, "instance_hash"):
            if table == "inputs" or table.startswith(INPUT):
                _delete(connection, table, "instance_hash", key)
    if batch is not None and not _is_used(connection, "batch_id", batch):
        _delete(connection, "batches", "batch_id", batch)


def _tables_with(connection: Any, column: str) -> list[str]:
    found = connection.execute(
        "SELECT table_name FROM duckdb_columns() JOIN duckdb_tables()"
        " USING (schema_name, table_name)"
        " WHERE column_name = ? ORDER BY table_name",
        [column],
    )
    return [str(row[0]) for row in found.fetchall()]


def _is_used(connection: Any, column: str, value: str) -> bool:
    found = connection.execute(
        f"SELECT 1 FROM runs WHERE {column} = ? LIMIT 1", [value]
    )
    return found.fetchone() is not None


def _delete(connection: Any, table: str, column: str, value: str) -> None:
    connection.execute(
        f"DELETE FROM {quoted(table)} WHERE {quoted(column)} = ?", [value]
    )
