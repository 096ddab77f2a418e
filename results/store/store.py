"""Keep every solve: what went in, what came out, and how the bound was reached."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances import (
    Instance,
    InstanceError,
    OptionError,
    UnknownNameError,
    from_tables,
)
from aumaq.instances.texts import say
from aumaq.results.exports.json_file import strict, typed
from aumaq.results.plan import Plan
from aumaq.results.store.database import opened, query
from aumaq.results.store.frames import get, put

LISTED = (
    "run_id", "stored_utc", "instance", "scenario", "method", "status", "objective_mln",
    "bound_mln", "gap", "seconds", "verified", "aumaq_version", "instance_hash",
)  # fmt: skip
"""Columns of the list of runs."""
INPUT = "input_"
"""Stands before the names of the instance's tables in the store."""
NOT_TABLES = ("indicators",)
"""Kept with a plan for queries; derived, so never read back."""


@dataclass(frozen=True)
class Store:
    """A DuckDB file of runs; made when the first plan is added.

    Tables: ``runs`` (a row each), ``trace`` (incumbent and bound over time), every
    table of a plan under its name with ``run_id`` in front, ``inputs`` and
    ``input_<table>``, the instance's tables as given, once for each ``instance_hash``.
    Processes take turns; who waits longer than *timeout_seconds* gets an ExportError
    that says who holds the file.
    """

    path: Path
    timeout_seconds: float = 60.0

    def __init__(self, path: str | Path, timeout_seconds: float = 60.0) -> None:
        """Name the file; nothing is opened yet."""
        object.__setattr__(self, "path", Path(path))
        object.__setattr__(self, "timeout_seconds", float(timeout_seconds))

    def check(self) -> None:
        """Raise ExportError unless runs can be kept here; make the file if need be."""
        with opened(self.path, self.timeout_seconds, to_write=True):
            pass

    def add(self, plan: Plan) -> str:
        """Keep a plan, all of it or nothing; return its new ``run_id``."""
        run_id = str(uuid.uuid4())
        tables = {**plan.tables, "indicators": plan.indicators}
        row = _row(run_id, plan, tables)
        trace = _trace(plan)
        with opened(self.path, self.timeout_seconds, to_write=True) as connection:
            _put_inputs(connection, plan.instance)
            _insert(connection, "runs", row)
            put(connection, "trace", "run_id", run_id, trace)
            for name, table in tables.items():
                put(connection, name, "run_id", run_id, table)
        return run_id

    def runs(
        self, *, instance: str = "", scenario: str = "", status: str = "",
        since: str = "",
    ) -> pd.DataFrame:  # fmt: skip
        """Return the runs, newest first; empty filters let everything through.

        *since* is a date or time in UTC: ``2026-11-25``, ``2026-11-25T08:30``.
        Columns: those of :data:`LISTED`; money in discounted mln.
        """
        given = {"instance": instance, "scenario": scenario, "status": status}
        rules = [f"{name} = ?" for name, value in given.items() if value]
        values: list[Any] = [value for value in given.values() if value]
        if since:
            rules.append("stored_utc >= ?")
            values.append(_utc(since))
        where = f" WHERE {' AND '.join(rules)}" if rules else ""
        text = f"SELECT {', '.join(LISTED)} FROM runs{where} ORDER BY stored_utc DESC"
        return self.sql(text, values)

    def plan(self, run_id: str) -> Plan:
        """Return a plan as it was kept, verified again, with its instance.

        The beginning of a ``run_id`` is enough if no other run begins so. Raises
        UnknownNameError if there is no such run, OptionError if there are several,
        InstanceError if this version of aumaq reads the inputs differently.
        """
        with opened(self.path, self.timeout_seconds, to_write=False) as connection:
            run_id = _full_id(connection, run_id)
            record, columns = (
                json.loads(text)
                for text in _one(
                    connection, "record, columns", "runs", "run_id", run_id
                )
            )
            tables = {
                name: typed(get(connection, name, "run_id", run_id, names))
                for name, names in columns.items()
                if name not in NOT_TABLES
            }
            raw, outlines = _get_inputs(connection, record["instance_hash"])
        where = f"{self.path}:{run_id}"
        try:
            instance = from_tables(raw, outlines=outlines)
        except InstanceError as error:
            raise InstanceError(
                [replace(p, file=f"{where}: {p.file}") for p in error.problems]
            ) from None
        instance = replace(instance, origin=record["instance_origin"])
        return Plan.assembled(instance, tables, record, where)

    def sql(self, text: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Return the answer to a query; the store is opened to read only.

        Raises OptionError if the query is not right or would change the store.
        """
        with opened(self.path, self.timeout_seconds, to_write=False) as connection:
            return query(connection, text, parameters)


def _utc(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise OptionError(
            say(
                "since {text!r}: expected a date or time such as 2026-11-25T08:30",
                text=text,
            )
        ) from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _row(run_id: str, plan: Plan, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the row of ``runs``."""
    record = strict({k: v for k, v in plan.record.items() if k != "trace"})
    columns = {name: list(map(str, t.columns)) for name, t in tables.items()}
    return {
        "run_id": run_id,
        "stored_utc": datetime.now(UTC).replace(tzinfo=None),
        **{name: record.get(name) for name in (
            "instance", "instance_hash", "scenario", "method", "status",
            "objective_mln", "bound_mln", "gap", "verified")},
        "seconds": float(sum(plan.record["seconds"].values())),
        "aumaq_version": record["versions"]["aumaq"],
        "options": json.dumps(record["options"]),
        "versions": json.dumps(record["versions"]),
        "record": json.dumps(strict(dict(plan.record)), ensure_ascii=False),
        "columns": json.dumps(columns),
    }  # fmt: skip


def _trace(plan: Plan) -> pd.DataFrame:
    """Return incumbent and bound over time; NaN where there was none yet."""
    columns = ["seconds", "incumbent_mln", "bound_mln"]
    points = pd.DataFrame(plan.record["trace"], columns=columns, dtype="float64")
    return points.where(points.abs() < float("inf"))


def _insert(connection: Any, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


def _put_inputs(connection: Any, instance: Instance) -> None:
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
    _insert(connection, "inputs", row)
    for name, table in tables.items():
        put(connection, INPUT + name, "instance_hash", key, table)


def _get_inputs(
    connection: Any, key: str
) -> tuple[dict[str, pd.DataFrame], dict[str, Any] | None]:
    """Return the tables of an instance as given, and its outlines."""
    columns, outlines = _one(
        connection, "columns, outlines", "inputs", "instance_hash", key
    )
    tables = {
        name: get(connection, INPUT + name, "instance_hash", key, names)
        for name, names in json.loads(columns).items()
    }
    return tables, json.loads(outlines)


def _one(connection: Any, what: str, table: str, key: str, value: str) -> Any:
    text = f"SELECT {what} FROM {table} WHERE {key} = ?"
    return connection.execute(text, [value]).fetchone()


def _full_id(connection: Any, beginning: str) -> str:
    """Return the one run id that begins so."""
    known = [row[0] for row in connection.execute("SELECT run_id FROM runs").fetchall()]
    found = [name for name in known if beginning and name.startswith(beginning)]
    if not found:
        raise UnknownNameError(say("run"), beginning, known)
    if len(found) > 1:
        raise OptionError(
            say(
                "{count} runs begin with {beginning!r}; give more of it",
                count=len(found),
                beginning=beginning,
            )
        )
    return str(found[0])
