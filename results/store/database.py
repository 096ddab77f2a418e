"""The DuckDB file: made whole, opened in turn, changed by whole transactions."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aumaq.instances import ExportError, OptionError
from aumaq.instances.extras import install_command
from aumaq.instances.formats.drafts import draft_file
from aumaq.instances.formats.targets import REASONS, probe_file, reason, refused
from aumaq.instances.language.texts import Text, say
from aumaq.results.store.damage import check_whole
from aumaq.results.store.turns import EXTRA, turn

VERSION = 2
"""Of the fixed tables; columns of plans and instances may differ from run to run."""
BLOCK_BYTES = 16384
"""The smallest that DuckDB has: most tables of a run are small."""
PAUSE_SECONDS = 0.05
CLOSED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
"""A file that is no store never makes DuckDB fetch or load anything."""
LOCKED = (
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET lock_configuration = true",
)
"""What keeps the queries of others in the store: no files, no network, no variables."""
MAGIC, MAGIC_AT = b"DUCK", 8
"""Bytes that a DuckDB file has, and where."""
MOST_TOLD = 300
"""Characters of what DuckDB says of a query, which may be long itself."""
HELD = "lock on file"
"""What DuckDB says where other software has the file open."""
BATCHES = """
CREATE TABLE batches (
    batch_id VARCHAR PRIMARY KEY,
    stored_utc TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    instance VARCHAR NOT NULL,
    instance_hash VARCHAR NOT NULL,
    record JSON
);
"""
STEPS = {
    1: f"""
ALTER TABLE runs ADD COLUMN kind VARCHAR;
ALTER TABLE runs ADD COLUMN batch_id VARCHAR;
ALTER TABLE runs ADD COLUMN role VARCHAR;
UPDATE runs SET kind =
    CASE WHEN json_exists(record, '$.loop') THEN 'closed_loop' ELSE 'solve' END;
{BATCHES}
""",
}
"""Version -> what brings a store of that version forward by one."""
SCHEMA = f"""
CREATE TABLE store AS SELECT 'aumaq-store' AS format, {VERSION} AS version;
CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    stored_utc TIMESTAMP NOT NULL,
    instance VARCHAR NOT NULL,
    instance_hash VARCHAR NOT NULL,
    scenario VARCHAR NOT NULL,
    method VARCHAR,
    status VARCHAR,
    objective_mln DOUBLE,
    bound_mln DOUBLE,
    gap DOUBLE,
    seconds DOUBLE,
    verified BOOLEAN,
    aumaq_version VARCHAR,
    options JSON,
    versions JSON,
    record JSON,
    columns JSON,
    kind VARCHAR,
    batch_id VARCHAR,
    role VARCHAR
);
{BATCHES}
CREATE TABLE inputs (
    instance_hash VARCHAR PRIMARY KEY,
    instance VARCHAR NOT NULL,
    origin VARCHAR,
    outlines JSON,
    columns JSON
);
CREATE TABLE trace (
    run_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    seconds DOUBLE,
    incumbent_mln DOUBLE,
    bound_mln DOUBLE
);
"""


@contextmanager
def opened(
    path: Path, timeout_seconds: float, *, to_write: bool, as_it_is: bool = False
) -> Iterator[Any]:
    """Give a connection to the store, to read or to write; one process at a time.

    A store of an older version is brought forward first. To write is one transaction:
    all of it is kept, or nothing if the block fails or the
    process is killed. A store that is not there is made for who writes. Raises
    ExportError if the file is no store, is a damaged one (unless it is to be read
    *as_it_is*: to save what there is), or stays busy.
    """
    if not to_write and not path.is_file() and not path.is_dir():
        raise ExportError(say("{path}: there is no such store of runs", path=path))
    if to_write:
        probe_file(path)
    if path.exists():
        check_kind(path)
    until = time.monotonic() + timeout_seconds
    with turn(path, timeout_seconds, to_write=to_write):
        if not path.exists():
            _make(path)
        connection = connected(path, until, is_reader=not to_write)
        try:
            if _version(connection, path) < VERSION:
                connection.close()
                _bring_forward(path, until)
                connection = connected(path, until, is_reader=not to_write)
            if not as_it_is:
                check_whole(connection, path, SCHEMA, to_write=to_write)
            if to_write:
                connection.begin()
            yield connection
            if to_write:
                connection.commit()
        except _duckdb().Error as error:
            raise ExportError(
                say("{path}: {error}", path=path, error=" ".join(str(error).split()))
            ) from error
        except RuntimeError as error:
            if "interrupted" in str(error):  # how DuckDB tells Ctrl-C
                raise KeyboardInterrupt from error
            raise
        finally:
            connection.close()  # takes back what was not committed


def check_kind(path: Path) -> None:
    """Raise ExportError unless a file looks like a DuckDB file.

    DuckDB would ask for an extension that reads what it is.
    """
    try:
        with path.open("rb") as file:
            head = file.read(MAGIC_AT + len(MAGIC))
    except OSError as error:
        raise ExportError(
            say("{path}: cannot be read: {why}", path=path, why=reason(error))
        ) from None
    if head[MAGIC_AT:] != MAGIC:
        raise ExportError(
            say(
                "{path}: is no store of runs: {text}",
                path=path,
                text=say("it is no DuckDB file"),
            )
        )


def _make(path: Path) -> None:
    """Make an empty store in a draft: a kill leaves no half a file under its name."""
    duckdb = _duckdb()
    try:
        with draft_file(path) as draft:
            connection = duckdb.connect(
                str(draft), config={**CLOSED, "default_block_size": BLOCK_BYTES}
            )
            connection.execute(SCHEMA)
            connection.close()
    except duckdb.Error as error:
        text = " ".join(str(error).split())
        why = _of_disk(text) or say("{told}", told=text)
        raise refused(path, why) from None


def _of_disk(text: str) -> Text | None:
    """Return what DuckDB says of a full disk in our words, None if it says no such."""
    number = errno.ENOSPC
    return REASONS[number] if os.strerror(number) in text else None


def connected(path: Path, until: float, *, is_reader: bool) -> Any:
    """Return a connection; wait while software that takes no turns has the file."""
    duckdb = _duckdb()
    while True:
        try:
            return duckdb.connect(str(path), read_only=is_reader, config=CLOSED)
        except duckdb.Error as error:  # a damaged block is no IOException
            text = " ".join(str(error).split())
            if why := _of_disk(text):
                raise refused(path, why) from None
            if HELD not in text:
                raise ExportError(
                    say("{path}: is no store of runs: {text}", path=path, text=text)
                ) from None
            if time.monotonic() > until:
                raise ExportError(
                    say("{path}: still busy: {text}", path=path, text=text)
                ) from None
        time.sleep(PAUSE_SECONDS)


def _version(connection: Any, path: Path) -> int:
    """Return the version of a store (ExportError if it is none, or a later one)."""
    try:
        found = connection.execute("SELECT format, version FROM store").fetchone()
    except (_duckdb().CatalogException, _duckdb().BinderException):
        found = None
    if (
        found is None
        or found[0] != "aumaq-store"
        or not isinstance(found[1], int | float)
        or not found[1] >= 1  # nan, too
    ):
        raise ExportError(
            say("{path}: is a DuckDB file, but no store of runs", path=path)
        )
    if found[1] > VERSION:
        raise ExportError(
            say(
                "{path}: is a store of version {given}; this aumaq reads up to"
                " {version}",
                path=path,
                given=found[1],
                version=VERSION,
            )
        )
    return int(found[1])


def _bring_forward(path: Path, until: float) -> None:
    """Change a store of an older version to this one, in one transaction."""
    connection = connected(path, until, is_reader=False)
    try:
        connection.begin()
        for version in range(_version(connection, path), VERSION):
            connection.execute(STEPS[version])
        connection.execute("UPDATE store SET version = ?", [VERSION])
        connection.commit()
    finally:
        connection.close()


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise OptionError(EXTRA.given(command=install_command("store"))) from error
    return duckdb


def query(connection: Any, text: str, parameters: Any = ()) -> Any:
    """Return the rows of a query as a frame (OptionError if it is not right).

    The connection is locked first: a query sees the store, and nothing else of this
    machine.
    """
    duckdb = _duckdb()
    reading = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    try:
        for setting in LOCKED:
            connection.execute(setting)
        statements = connection.extract_statements(text)
        if len(statements) != 1 or statements[0].type not in reading:
            raise OptionError(
                say("the query failed: {error}", error=say("give one SELECT"))
            )
        return connection.execute(text, list(parameters)).df()
    except duckdb.Error as error:
        told = str(error)
        if len(told) > MOST_TOLD:
            told = f"{told[:MOST_TOLD]}..."
        raise OptionError(say("the query failed: {error}", error=told)) from None
