"""Rows of the fixed tables: a run, its trace, its inputs."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from aumaq.instances import Instance, Problem
from aumaq.instances.language.texts import say
from aumaq.results.audit.findings import Finding
from aumaq.results.audit.record import RULE
from aumaq.results.exports.record import UNREADABLE, parsed, unreadable, why
from aumaq.results.plan.plan import Plan
from aumaq.results.store.damage import INPUT
from aumaq.results.store.frames import get, put
from aumaq.results.strict_json import strict

OF_RECORD = (
    "instance", "instance_hash", "scenario", "method", "status", "objective_mln",
    "bound_mln", "gap", "verified",
)  # fmt: skip
"""Columns of a run that its record says, too."""


@dataclass(frozen=True)
class Place:
    """Where a run belongs: the batch that it came with, and what it is there."""

    kind: str = ""
    batch_id: str = ""
    role: str = ""


def odd_columns(connection: Any, run_id: str, record: dict[str, Any]) -> list[Finding]:
    """Return where the row of a run, which is what is listed, and its record differ."""
    row = one(connection, ", ".join(OF_RECORD), "runs", "run_id", run_id)
    text = say("the list of runs says {value}, the record of the run {right}")
    return [
        Finding(
            RULE,
            say("{key}", key=name),
            text.given(value=value, right=record.get(name)),
            math.nan,
        )
        for name, value in zip(OF_RECORD, row, strict=True)
        if value != record.get(name)
    ]


def run_row(
    run_id: str, plan: Plan, tables: dict[str, pd.DataFrame], place: Place
) -> dict[str, Any]:
    """Return the row of ``runs``."""
    record = strict({k: v for k, v in plan.record.items() if k != "trace"})
    columns = {name: list(map(str, t.columns)) for name, t in tables.items()}
    return {
        "run_id": run_id,
        "stored_utc": datetime.now(UTC).replace(tzinfo=None),
        **{name: record.get(name) for name in OF_RECORD},
        "seconds": float(sum(plan.record["seconds"].values())),
        "aumaq_version": record["versions"]["aumaq"],
        "options": json.dumps(record["options"]),
        "versions": json.dumps(record["versions"]),
        "record": json.dumps(strict(dict(plan.record)), ensure_ascii=False),
        "columns": json.dumps(columns),
        "kind": place.kind or ("closed_loop" if record.get("loop") else "solve"),
        "batch_id": place.batch_id or None,
        "role": place.role or None,
    }  # fmt: skip


def trace_rows(plan: Plan) -> pd.DataFrame:
    """Return incumbent and bound over time; NaN where there was none yet."""
    columns = ["seconds", "incumbent_mln", "bound_mln"]
    points = pd.DataFrame(plan.record["trace"], columns=columns, dtype="float64")
    return points.where(points.abs() < float("inf"))


def insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


def put_inputs(connection: Any, instance: Instance) -> None:
    """Keep the tables of an instance as given, unless they are kept already."""
    key = instance.content_hash
    found = connection.execute("SELECT 1 FROM inputs WHERE instance_hash = ?", [key])
    if found.fetchone():
        return
    tables = {name: table for name, table in instance.base.items() if len(table)}
    row = {
        "instance_hash": key,
        "instance": instance.name,
        "origin": instance.origin,
        "outlines": json.dumps(instance.outlines, ensure_ascii=False),
        "columns": json.dumps(
            {n: list(map(str, t.columns)) for n, t in tables.items()}
        ),
    }
    insert(connection, "inputs", row)
    for name, table in tables.items():
        put(connection, INPUT + name, "instance_hash", key, table)


def get_inputs(
    connection: Any, key: str, where: str
) -> tuple[dict[str, pd.DataFrame], dict[str, Any] | None]:
    """Return the tables of an instance as given, and its outlines."""
    row = one(connection, "columns, outlines", "inputs", "instance_hash", key)
    if row is None:
        text = say("the inputs of this run are missing (hash {hash})", hash=key[:12])
        raise unreadable(where, [Problem("inputs", text)])
    (columns, problems), (outlines, more) = (
        parsed(str(text), "inputs") for text in row
    )
    if problems or more:
        raise unreadable(where, [*problems, *more])
    try:
        tables = {
            name: get(connection, INPUT + name, "instance_hash", key, names)
            for name, names in columns.items()
        }
    except UNREADABLE as error:
        raise unreadable(where, [Problem("inputs", why(error))]) from None
    return tables, outlines


def one(connection: Any, what: str, table: str, key: str, value: str) -> Any:
    text = f"SELECT {what} FROM {table} WHERE {key} = ?"
    return connection.execute(text, [value]).fetchone()


def insert_batch(
    connection: Any, batch_id: str, kind: str, instance: Instance, record: Any
) -> None:
    """Add the row of a batch; its record may still be to come (None)."""
    row = {
        "batch_id": batch_id,
        "stored_utc": datetime.now(UTC).replace(tzinfo=None),
        "kind": kind,
        "instance": instance.name,
        "instance_hash": instance.content_hash,
        "record": as_json(record),
    }
    insert(connection, "batches", row)


def as_json(record: Any) -> str | None:
    """Return a record as strict JSON, None for none."""
    if record is None:
        return None
    return json.dumps(strict(record), ensure_ascii=False, allow_nan=False)
