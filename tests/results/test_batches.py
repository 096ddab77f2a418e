"""Runs that belong together, older stores, runs forgotten; plans by STORE:RUN."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pytest
from command import run
from loop_case import short_loop
from shared_plans import best_plan
from store_case import both_plans, two_futures

import aumaq
from aumaq.instances import ExportError, OptionError, UnknownNameError


def told(words: list[object], folder: Path, store: str = "") -> Any:
    """Return what a command prints as JSON; *store* is AUMAQ_STORE."""
    with mock.patch.dict(os.environ, AUMAQ_STORE=store):
        done = run(*words, "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


KEPT: dict[str, list[str]] = {
    "solve": [],
    "futures": ["inertial", "inertial alone", "managed", "managed alone"],
    "sweep": ["inertial", "managed"],
    "coordination": ["joint", "networks_first", "services_first"],
}
"""Commands -> roles of the plans of one of their runs."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "commands",
    [("solve", "futures"), pytest.param(tuple(KEPT), marks=pytest.mark.slow)],
)
def test_every_command_that_solves_keeps_its_plans(
    tmp_path: Path, commands: tuple[str, ...]
) -> None:
    """AUMAQ_STORE is enough; runs of a command share a batch, with roles in it."""
    aumaq.write(two_futures(), tmp_path / "mine")
    more = {"solve": ["--out", "plan"], "sweep": ["--jobs", 1], "futures": ["--value"]}
    found = {
        name: told([name, "mine", *more.get(name, [])], tmp_path, "runs.duckdb")
        for name in commands
    }
    store = aumaq.Store(tmp_path / "runs.duckdb")
    runs = store.runs()
    kinds = runs.groupby("kind")["role"].apply(lambda r: sorted(r.dropna())).to_dict()
    assert kinds == {name: KEPT[name] for name in commands}
    one = found.pop("solve")["run_id"]
    assert list(runs.loc[runs["kind"] == "solve", "run_id"]) == [one]
    for name, batch in found.items():
        own = store.runs(batch=batch["batch_id"][:8])
        assert set(own["batch_id"]) == {batch["batch_id"]}
        assert len(store.runs(kind=name)) == len(own)
        kept = store.batch(batch["batch_id"][:8])
        assert {k: v for k, v in batch.items() if k not in ("batch_id", "trace")} == {
            k: v for k, v in kept.items() if k not in ("batch_id", "trace")
        }
    common = found["futures"]["batch_id"]
    low, high = store.batch(common)["stochastic_solution_mln"]
    assert low <= high
    for run_id in runs["run_id"]:
        assert store.plan(run_id).is_verified
    (row, *_) = told(["runs", "--kind", "futures"], tmp_path, "runs.duckdb")
    assert row["batch_id"] == common


@pytest.mark.slow
def test_a_closed_loop_is_kept_with_its_people(tmp_path: Path) -> None:
    """The run says its kind, holds the rounds, and comes back with the kept services
    that its people depend on.
    """
    loop = short_loop()
    store = aumaq.Store(tmp_path / "runs.duckdb")
    again = store.plan(store.add(loop.plan))
    assert store.runs()["kind"].tolist() == ["closed_loop"]
    assert again.is_verified
    assert len(again.record["loop"]["rounds"]) == len(loop.rounds)
    assert again.instance.kept == loop.plan.instance.kept


@pytest.mark.slow
def test_a_batch_is_kept_in_full_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """If the second plan of a batch cannot be put, nothing of it is there."""
    from aumaq.results.store import store as module

    plans = dict(zip("ab", both_plans(), strict=True))
    store = aumaq.Store(tmp_path / "runs.duckdb")
    whole = module._put

    def fail(connection: Any, plan: Any, place: Any) -> str:
        if place.role == "b":
            raise KeyboardInterrupt
        return whole(connection, plan, place)

    monkeypatch.setattr(module, "_put", fail)
    with pytest.raises(KeyboardInterrupt):
        store.add_all("futures", plans["a"].instance, plans, {})
    assert store.runs().empty
    assert store.sql("SELECT count(*) AS n FROM batches")["n"][0] == 0
    assert store.sql("SELECT count(*) AS n FROM inputs")["n"][0] == 0


def older(path: Path) -> None:
    """Turn a store into one of the first layout, which had no batches."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE old AS SELECT * EXCLUDE (kind, batch_id, role) FROM runs;"
            "DROP TABLE runs; ALTER TABLE old RENAME TO runs; DROP TABLE batches;"
            "UPDATE store SET version = 1"
        )


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", [pytest.param("read", marks=pytest.mark.slow), "write"]
)
def test_an_older_store_is_brought_forward(tmp_path: Path, first: str) -> None:
    """Whoever opens it first, reader or writer; its runs are all there."""
    one, two = both_plans()
    loop = short_loop().plan
    store = aumaq.Store(tmp_path / "runs.duckdb")
    ids = [store.add(one), store.add(loop)]
    older(store.path)
    if first == "write":
        ids.append(store.add(two))
    runs = store.runs().set_index("run_id").loc[ids]
    assert runs["kind"].tolist() == ["solve", "closed_loop", "solve"][: len(ids)]
    assert store.plan(ids[0]).is_verified
    batch = store.add_all("futures", one.instance, {"x": one}, {"a": 1})
    assert store.batch(batch) == {"a": 1}
    with duckdb.connect(str(store.path)) as connection:
        connection.execute("UPDATE store SET version = 99")
    with pytest.raises(ExportError, match="version 99; this aumaq reads up to"):
        store.runs()


@pytest.mark.slow
def test_a_run_is_forgotten_with_what_only_it_needed(tmp_path: Path) -> None:
    """Rows of the run go, others stay; inputs and batch go with their last run."""
    one, two = both_plans()
    other = best_plan()
    store = aumaq.Store(tmp_path / "runs.duckdb")
    store.add_all("futures", one.instance, {"a": one, "b": two}, {})
    kept = store.add(other)

    def rows(of: aumaq.Store) -> dict[str, int]:
        """Return table -> rows, of tables that have any."""
        names = of.sql("SELECT table_name AS t FROM duckdb_tables()")["t"]
        found = {t: of.sql(f'SELECT count(*) AS n FROM "{t}"')["n"][0] for t in names}
        return {table: number for table, number in found.items() if number}

    alone = aumaq.Store(tmp_path / "alone.duckdb")
    alone.add(other)
    runs = store.runs(kind="futures")["run_id"].tolist()
    store.delete(runs[0][:13])
    assert rows(store)["inputs"] == 2
    assert rows(store)["batches"] == 1
    assert store.plan(runs[1]).is_verified
    assert run("runs", "runs.duckdb", "--delete", runs[1], folder=tmp_path).stdout == (
        f"deleted {runs[1]}\n"
    )
    assert rows(store) == rows(alone)
    assert store.plan(kept).is_verified
    with pytest.raises(UnknownNameError, match="run"):
        store.delete(runs[0])
    with pytest.raises(UnknownNameError, match="run ''"):
        store.delete("")
    assert len(store.runs()) == 1


@pytest.mark.slow
def test_a_beginning_of_several_runs_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is deleted by an id that is not of one run."""
    store = aumaq.Store(tmp_path / "runs.duckdb")
    plan = both_plans()[0]
    ids = iter([uuid.UUID(int=1), uuid.UUID(int=2)])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(ids))
    first, _ = store.add(plan), store.add(plan)
    with pytest.raises(OptionError, match="runs begin with"):
        store.delete(first[:9])
    assert len(store.runs()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("is_long", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_run_stands_wherever_a_plan_does(tmp_path: Path, is_long: bool) -> None:
    """verify, export, indicators, report, plot, solve --start take STORE:RUN."""
    one, two = both_plans()
    store = aumaq.Store(tmp_path / "runs.duckdb")
    a, b = (f"runs.duckdb:{store.add(plan)[:13]}" for plan in (one, two))
    aumaq.write(one.instance, tmp_path / "mine")
    assert told(["verify", a], tmp_path)["verified"]
    rows = told(["indicators", a, b], tmp_path)
    assert {a, b} <= set(rows[0])
    more = [
        ("report", a, b),
        ("plot", a, b, "--kind", "pareto", "--out", "p.svg"),
        ("solve", "mine", "--start", a, "--out", "again", "--quiet"),
    ]
    for words in [("export", b, "--to", "csv", "--out", "plan"), *more[: 3 * is_long]]:
        done = run(*words, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert aumaq.Plan.read(tmp_path / "plan", one.instance).objective_mln == 12.0
    assert (tmp_path / f"report-{a[12:20]}.html").is_file() == is_long
    none = run("verify", "runs.duckdb:zzz", folder=tmp_path)
    assert none.returncode == 2
    assert "run 'zzz'" in none.stderr


def test_a_folder_of_plans_stands_for_all_of_them(tmp_path: Path) -> None:
    """compare, indicators, plot and report take what a sweep writes, in its order."""
    for name in ("b10", "b2"):
        (tmp_path / "sweep" / name).mkdir(parents=True)
        (tmp_path / "sweep" / name / "record.json").write_text("{}", encoding="utf-8")
    drawn = ["plot", "sweep", "--kind", "pareto", "--out", "p.svg"]
    for words in (["compare", "sweep"], ["indicators", "sweep"], drawn,
                  ["report", "sweep"]):  # fmt: skip
        done = run(*words, folder=tmp_path)
        assert done.returncode == 2
        assert str(Path("sweep", "b2")) in done.stderr, words
