"""A store from elsewhere, and queries of others, reach nothing but the store."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from shared_plans import shipped

import aumaq
from aumaq.instances import ExportError, OptionError
from aumaq.results.store import turns


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> aumaq.Store:
    """A store with nothing in it, beside a file that is nobody's business."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "secret.txt").write_text("SECRET-7781")
    found = aumaq.Store(folder / "s.duckdb", timeout_seconds=5.0)
    found.check()
    return found


OUT_OF_IT = (
    "COPY (SELECT 1) TO '{at}/out.csv'", "EXPORT DATABASE '{at}/out'",
    "SELECT content FROM read_text('{at}/secret.txt')", "FROM glob('{at}/*')",
    "SELECT * FROM '{at}/secret.txt'", "FROM read_csv('{at}/secret.txt')",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{at}/out.csv'", "INSTALL httpfs",
    "LOAD httpfs", "ATTACH '{at}/out.duckdb'", "SET enable_external_access = true",
    "PRAGMA database_list", "SELECT 1; SELECT 2", "DELETE FROM runs", "CHECKPOINT", "",
    "SELECT * FROM text", "SELECT * FROM parameters",
)  # fmt: skip


@pytest.mark.parametrize("query", OUT_OF_IT)
def test_a_query_sees_the_store_only(store: aumaq.Store, query: str) -> None:
    """Files, extensions, settings and variables of ours are out of reach."""
    before = sorted(os.listdir(store.path.parent))
    with pytest.raises(OptionError, match="the query failed") as told:
        store.sql(query.format(at=store.path.parent))
    assert "SECRET-7781" not in str(told.value)
    assert sorted(os.listdir(store.path.parent)) == before


@pytest.mark.parametrize(
    "query", ["SELECT 1", "SHOW TABLES", "SUMMARIZE runs", "FROM runs"]
)
def test_questions_are_answered(store: aumaq.Store, query: str) -> None:
    """What only reads the store is fine; so is JSON, without an extension."""
    store.sql(query)
    assert store.sql("SELECT '{\"a\": 1}'::JSON->'$.a' AS a")["a"][0] == "1"


def test_other_files_are_no_stores(tmp_path: Path) -> None:
    """A SQLite file makes DuckDB fetch nothing; it is told what it is not."""
    with sqlite3.connect(tmp_path / "lite.db") as lite:
        lite.execute("CREATE TABLE a (b)")
    (tmp_path / "text.db").write_text("hello, this is a text")
    for name in ("lite.db", "text.db"):
        for use in (aumaq.Store.runs, aumaq.Store.check):
            with pytest.raises(ExportError, match="no DuckDB file"):
                use(aumaq.Store(tmp_path / name))


@pytest.mark.parametrize("suffix", ["holder", "lock"])
def test_links_beside_a_store_are_not_followed(
    store: aumaq.Store, tmp_path: Path, suffix: str
) -> None:
    """Whoever lays one makes nobody overwrite a file."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    link = Path(f"{store.path}.{suffix}")
    link.unlink(missing_ok=True)
    link.symlink_to(victim)
    try:
        if suffix == "lock":
            with pytest.raises(ExportError, match=r"lock.*link"):
                store.check()
        else:
            store.check()
    finally:
        link.unlink(missing_ok=True)
    assert victim.read_text() == "mine"


def test_a_store_that_cannot_be_locked_is_read(
    store: aumaq.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a read-only disk nobody writes: readers take no turn, writers are told."""

    def refuse(file: Path, _content: bytes = b"") -> None:
        raise OSError(30, "Read-only file system", str(file))

    monkeypatch.setattr(turns, "_make", refuse)
    assert store.runs().empty
    with pytest.raises(ExportError, match="read-only"):
        store.check()


def test_modes_follow_the_mask(tmp_path: Path) -> None:
    """What the mask takes away, nobody gets: stores, instances, plans."""
    before = os.umask(0o077)
    try:
        aumaq.Store(tmp_path / "s.duckdb").check()
        tiny = shipped()
        aumaq.write(tiny, tmp_path / "folder")
        aumaq.solve(tiny).to_csv(tmp_path / "plan")
    finally:
        os.umask(before)
    for name in ("s.duckdb", "s.duckdb.lock", "folder", "folder/levels.csv", "plan",
                 "plan/record.json"):  # fmt: skip
        assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
