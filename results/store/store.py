"""Keep every solve: what went in, what came out, and how the bound was reached."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances import (
    Instance,
    InstanceError,
    OptionError,
    Problem,
    UnknownNameError,
    from_tables,
)
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import say
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.exports.plan_tables import checked_tables
from aumaq.results.exports.record import (
    UNREADABLE,
    parsed,
    record_problems,
    unreadable,
    why,
)
from aumaq.results.plan.plan import Plan
from aumaq.results.store.database import opened, query
from aumaq.results.store.forgetting import forget
from aumaq.results.store.frames import get, put
from aumaq.results.store.rows import (
    Place,
    as_json,
    get_inputs,
    insert,
    insert_batch,
    odd_columns,
    one,
    put_inputs,
    run_row,
    trace_rows,
)

LISTED = (
    "run_id", "stored_utc", "instance", "scenario", "method", "status", "objective_mln",
    "bound_mln", "gap", "seconds", "verified", "kind", "batch_id", "role",
    "aumaq_version", "instance_hash",
)  # fmt: skip
"""Columns of the list of runs."""


@dataclass(frozen=True)
class Store:
    """A DuckDB file of runs; made when the first plan is added.

    Tables: ``runs`` (a row each), ``batches`` (runs that belong together, with what
    was found of all of them), ``trace`` (incumbent and bound over time), every
    table of a plan under its name with ``run_id`` in front, ``inputs`` and
    ``input_<table>``, the instance's tables as given, once for each ``instance_hash``.
    Processes take turns; who waits longer than *timeout_seconds* gets an ExportError
    that says who holds the file.
    """

    path: Path
    timeout_seconds: float = 60.0

    @checked
    def __init__(self, path: str | Path, timeout_seconds: float = 60.0) -> None:
        """Name the file; nothing is opened yet."""
        object.__setattr__(self, "path", Path(path))
        object.__setattr__(self, "timeout_seconds", float(timeout_seconds))

    def check(self) -> None:
        """Raise ExportError unless runs can be kept here; make the file if need be."""
        with opened(self.path, self.timeout_seconds, to_write=True):
            pass

    @checked
    def add(self, plan: Plan, batch_id: str = "", role: str = "") -> str:
        """Keep a plan, all of it or nothing; return its new ``run_id``.

        *batch_id* is that of :meth:`begin_batch` (UnknownNameError if it is not
        there), *role* what the plan is in the batch.
        """
        with opened(self.path, self.timeout_seconds, to_write=True) as connection:
            kind = ""
            if batch_id:
                batch_id = _full_id(connection, batch_id, "batch")
                kind = one(connection, "kind", "batches", "batch_id", batch_id)[0]
            return _put(connection, plan, Place(kind, batch_id, role))

    @checked
    def add_all(
        self,
        kind: str,
        instance: Instance,
        plans: Mapping[str, Plan],
        record: Mapping[str, Any],
    ) -> str:
        """Keep plans that belong together, role -> plan, and what was found of them;
        all of it or nothing. Return the ``batch_id``.
        """
        batch_id = str(uuid.uuid4())
        with opened(self.path, self.timeout_seconds, to_write=True) as connection:
            insert_batch(connection, batch_id, kind, instance, record)
            for role, plan in plans.items():
                _put(connection, plan, Place(kind, batch_id, role))
        return batch_id

    @checked
    def begin_batch(self, kind: str, instance: Instance) -> str:
        """Announce plans that will come one by one; return the ``batch_id``."""
        batch_id = str(uuid.uuid4())
        with opened(self.path, self.timeout_seconds, to_write=True) as connection:
            insert_batch(connection, batch_id, kind, instance, None)
        return batch_id

    @checked
    def end_batch(self, batch_id: str, record: Mapping[str, Any]) -> None:
        """Keep what was found of a batch as a whole (UnknownNameError: no such one)."""
        with opened(self.path, self.timeout_seconds, to_write=True) as connection:
            batch_id = _full_id(connection, batch_id, "batch")
            connection.execute(
                "UPDATE batches SET record = ? WHERE batch_id = ?",
                [as_json(record), batch_id],
            )

    @checked
    def batch(self, batch_id: str) -> dict[str, Any]:
        """Return what was found of a batch as a whole; empty if it was cut off.

        The beginning of a ``batch_id`` is enough. Errors as those of :meth:`plan`.
        """
        with opened(self.path, self.timeout_seconds, to_write=False) as connection:
            batch_id = _full_id(connection, batch_id, "batch")
            text = one(connection, "record", "batches", "batch_id", batch_id)[0]
        return json.loads(text) if text else {}

    @checked
    def delete(self, run_id: str) -> str:
        """Forget a run in one transaction, and inputs and a batch that no other run
        has; return its full ``run_id``. Errors as those of :meth:`plan`.
        """
        with opened(self.path, self.timeout_seconds, to_write=True) as connection:
            run_id = _full_id(connection, run_id)
            forget(connection, run_id)
        return run_id

    @checked
    def runs(
        self, *, instance: str = "", scenario: str = "", status: str = "",
        since: str = "", kind: str = "", batch: str = "",
    ) -> pd.DataFrame:  # fmt: skip
        """Return the runs, newest first; empty filters let everything through.

        *since* is a date or time in UTC: ``2026-11-25``, ``2026-11-25T08:30``; *kind*
        is ``solve``, ``closed_loop``, ``sweep``, ``coordination`` or ``futures``;
        *batch* the beginning of a ``batch_id``. Columns: those of :data:`LISTED`;
        money in discounted mln.
        """
        given = {
            "instance": instance, "scenario": scenario, "status": status, "kind": kind,
        }  # fmt: skip
        rules = [f"{name} = ?" for name, value in given.items() if value]
        values: list[Any] = [value for value in given.values() if value]
        if batch:
            rules.append("starts_with(batch_id, ?)")
            values.append(batch)
        if since:
            rules.append("stored_utc >= ?")
            values.append(_utc(since))
        where = f" WHERE {' AND '.join(rules)}" if rules else ""
        text = f"SELECT {', '.join(LISTED)} FROM runs{where} ORDER BY stored_utc DESC"
        return self._answer(text, values, as_it_is=False)

    @checked
    def plan(self, run_id: str) -> Plan:
        """Return a plan as it was kept, verified again, with its instance.

        The beginning of a ``run_id`` is enough if no other run begins so. Raises
        UnknownNameError if there is no such run, OptionError if there are several,
        InstanceError if this version of aumaq reads the inputs differently.
        """
        with opened(self.path, self.timeout_seconds, to_write=False) as connection:
            run_id = _full_id(connection, run_id)
            where = f"{self.path}:{run_id}"
            record, tables = _kept(connection, run_id, where)
            wrong = odd_columns(connection, run_id, record)
            raw, outlines = get_inputs(connection, record["instance_hash"], where)
        try:
            instance = from_tables(raw, outlines=outlines)
        except InstanceError as error:
            raise InstanceError(
                [replace(p, file=f"{where}: {p.file}") for p in error.problems]
            ) from None
        instance = replace(instance, origin=record["instance_origin"])
        plan = Plan.assembled(instance, tables, record, where)
        return plan.with_problems(wrong) if wrong else plan

    @checked
    def sql(self, text: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Return the answer to a query; the store is opened to read only.

        A damaged store answers what it still can. Raises OptionError if the query is
        not right or would change the store.
        """
        return self._answer(text, parameters, as_it_is=True)

    def _answer(
        self, text: str, parameters: Sequence[Any], *, as_it_is: bool
    ) -> pd.DataFrame:
        """Return the answer to a query; of a damaged store only *as_it_is*."""
        with opened(
            self.path, self.timeout_seconds, to_write=False, as_it_is=as_it_is
        ) as connection:
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


def _kept(
    connection: Any, run_id: str, where: str
) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """Return record and tables of a run (ExportError if it has others)."""
    texts = one(connection, "record, columns", "runs", "run_id", run_id)
    (record, problems), (columns, more) = (
        parsed(str(text), name)
        for text, name in zip(texts, ("record", "columns"), strict=True)
    )
    problems = problems or record_problems(record, "record")
    raw = {}
    try:
        for name in () if more else PLAN_TABLES.keys() & columns.keys():
            raw[name] = get(connection, name, "run_id", run_id, columns[name])
    except UNREADABLE as error:
        more = [Problem("columns", why(error))]
    tables, found = checked_tables(raw, str, first_row=1)
    if problems or more or found:
        raise unreadable(where, [*problems, *(more or found)])
    return record, tables


def _put(connection: Any, plan: Plan, place: Place) -> str:
    """Put a plan into all tables; return its new ``run_id``."""
    run_id = str(uuid.uuid4())
    tables = {**plan.tables, "indicators": plan.indicators}
    put_inputs(connection, plan.instance)
    insert(connection, "runs", run_row(run_id, plan, tables, place))
    put(connection, "trace", "run_id", run_id, trace_rows(plan))
    for name, table in tables.items():
        put(connection, name, "run_id", run_id, table)
    return run_id


def _full_id(connection: Any, beginning: str, what: str = "run") -> str:
    """Return the one id of a run or batch that begins so."""
    table = {"run": "runs", "batch": "batches"}[what]
    rows = connection.execute(f"SELECT {what}_id FROM {table}").fetchall()
    known = [str(row[0]) for row in rows]
    found = [name for name in known if beginning and name.startswith(beginning)]
    if not found:
        raise UnknownNameError(
            say("run") if what == "run" else say("batch"), beginning, known
        )
    if len(found) > 1:
        raise OptionError(
            say(
                "{count} {table} begin with {beginning!r}; give more of it",
                count=len(found),
                table=say("runs") if what == "run" else say("batches"),
                beginning=beginning,
            )
        )
    return found[0]
