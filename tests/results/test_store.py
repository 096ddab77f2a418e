"""The run store: what is kept comes back whole, whoever writes or dies meanwhile."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from command import run
from shared_plans import best_plan
from store_case import both_plans, two_futures

import aumaq
from aumaq.instances import ExportError, OptionError, UnknownNameError
from aumaq.results.store.turns import turn
from aumaq.results.strict_json import strict

ROOT = Path(__file__).parents[2]
WRITER = """
import sys, aumaq
plan = aumaq.Plan.read(sys.argv[1])
store, count = aumaq.Store(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
for _ in range(count):
    print(store.add(plan), flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a written plan of the shipped tiny instance."""
    path = tmp_path_factory.mktemp("plan") / "tiny"
    best_plan().to_csv(path)
    return path


def writer(folder: Path, store: Path, count: int) -> subprocess.Popen[str]:
    """Start a process that adds the plan so many times."""
    words = [sys.executable, "-c", WRITER, str(folder), str(store), str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def assert_whole(store: aumaq.Store, plan: aumaq.Plan) -> None:
    """Every run has all its rows in every table, and no row is without its run."""
    runs = set(store.runs()["run_id"])
    sizes = {name: len(table) for name, table in plan.tables.items()}
    sizes["trace"] = len(plan.record["trace"])
    for name, size in sizes.items():
        rows = store.sql(f'SELECT run_id, count(*) AS n FROM "{name}" GROUP BY run_id')
        expected = dict.fromkeys(runs, size) if size else {}
        assert dict(zip(rows["run_id"], rows["n"], strict=True)) == expected, name
    assert store.sql("SELECT count(*) AS n FROM inputs")["n"][0] == 1
    for run_id in list(runs)[:2]:
        assert store.plan(run_id).is_verified


@pytest.mark.slow
def test_a_plan_comes_back_as_it_was(tmp_path: Path) -> None:
    """Tables, record, instance with own columns, outlines and scenario are the same."""
    instance = two_futures()
    settlements = instance.table("settlements").assign(x_note=["mine", ""])
    outlines = {"type": "FeatureCollection", "features": []}
    instance = replace(instance.replace(settlements=settlements), outlines=outlines)
    plan = aumaq.solve(instance.with_scenario("managed"), gap=0.0)
    store = aumaq.Store(tmp_path / "deep" / "runs.duckdb")
    run_id, again = store.add(plan), store.add(plan)
    assert run_id != again
    found = store.plan(run_id[:13])
    assert found.instance == plan.instance
    assert list(found.instance.base["settlements"]["x_note"]) == ["mine", ""]
    assert found.is_verified
    assert list(found.tables) == list(plan.tables)
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(found.table(name), table, obj=name)
    assert dict(found.record) == json.loads(json.dumps(strict(dict(plan.record))))
    assert_whole(store, plan)


@pytest.mark.slow
def test_tables_of_later_versions_may_have_more_columns(tmp_path: Path) -> None:
    """A new column is there for SQL; runs from before come back without it.

    The run that has it is refused with the column's name: what it means is not known.
    """
    plan, _ = both_plans()
    store = aumaq.Store(tmp_path / "runs.duckdb")
    old = store.add(plan)
    more = plan.table("money").assign(carbon_t=1.5)
    new = store.add(replace(plan, tables={**plan.tables, "money": more}))
    assert "carbon_t" not in store.plan(old).table("money")
    with pytest.raises(ExportError, match="carbon_t: no plan has such a column"):
        store.plan(new)
    found = store.sql("SELECT carbon_t FROM money WHERE run_id = ?", [new])
    assert len(found) == len(more)
    assert (found["carbon_t"] == 1.5).all()


@pytest.mark.slow
def test_runs_are_filtered(tmp_path: Path) -> None:
    """By instance, scenario, status and time; newest first."""
    store = aumaq.Store(tmp_path / "runs.duckdb")
    ids = [store.add(plan) for plan in both_plans()]
    assert list(store.runs()["run_id"]) == ids[::-1]
    assert list(store.runs(scenario="managed")["run_id"]) == ids[1:]
    assert list(store.runs(status="optimal", instance="tiny")["objective_mln"]) == [
        12.0, 20.0]  # fmt: skip
    assert store.runs(instance="other").empty
    second = store.runs()["stored_utc"].iloc[0]
    assert list(store.runs(since=second.isoformat())["run_id"]) == ids[1:]
    assert list(store.runs(since=f"{second.isoformat()}+00:00")["run_id"]) == ids[1:]
    assert store.runs(since="2999-01-01").empty
    with pytest.raises(OptionError, match="since 'soon'"):
        store.runs(since="soon")
    with pytest.raises(UnknownNameError, match="run 'nothing'"):
        store.plan("nothing")


@pytest.mark.slow
def test_writers_at_once_lose_nothing(folder: Path, tmp_path: Path) -> None:
    """Three processes add three runs each to a store that none of them found there."""
    path = tmp_path / "runs.duckdb"
    writers = [writer(folder, path, 3) for _ in range(3)]
    told = [process.communicate(timeout=900)[0].split()[1:] for process in writers]
    assert [process.returncode for process in writers] == [0] * 3
    added = [run_id for ids in told for run_id in ids]
    store = aumaq.Store(path)
    assert len(added) == 9
    assert set(store.runs()["run_id"]) == set(added)
    assert_whole(store, aumaq.Plan.read(folder))


@pytest.mark.slow
@pytest.mark.parametrize("moments", [3, pytest.param(6, marks=pytest.mark.slow)])
def test_killed_writers_leave_whole_runs_only(
    folder: Path, tmp_path: Path, moments: int
) -> None:
    """Kill -9 at moments of a write: what was told as added is there, the rest
    is there in full or not at all, and the next writer is not stopped.
    """
    store, told = aumaq.Store(tmp_path / "runs.duckdb", timeout_seconds=20), set()
    for k in range(moments):
        with writer(folder, store.path, 1000) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            if k:
                told.add(process.stdout.readline().strip())
            time.sleep(0.03 * k)
            process.kill()
            told |= {line.strip() for line in process.stdout if len(line) == 37}
        if store.path.exists():
            there = set(store.runs()["run_id"])
            assert told <= there
            assert len(there - told) <= k + 1  # added, and killed before it was told
    assert len(told) >= moments - 1
    assert_whole(store, aumaq.Plan.read(folder))


@pytest.mark.slow
def test_who_holds_the_store_is_told(folder: Path, tmp_path: Path) -> None:
    """A wait that is too long ends with the process that holds the file."""
    store = aumaq.Store(tmp_path / "runs.duckdb", timeout_seconds=0.3)
    store.check()
    writing = "process [0-9]+ on .* since 20"
    with turn(store.path, 1.0), pytest.raises(ExportError, match=writing):
        store.add(aumaq.Plan.read(folder))
    held = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True)"
    words = [sys.executable, "-c", f"{held}; input()", str(store.path)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:  # software that takes no turns
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(ExportError, match=f"PID {other.pid}"):
            store.runs()
        other.communicate(b"\n")
    assert store.runs().empty


def test_a_missing_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without DuckDB or filelock the error says what to install."""
    for package in ("duckdb", "filelock"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, package, None)
            with pytest.raises(OptionError, match=r"pip install 'duckdb>="):
                aumaq.Store(tmp_path / "runs.duckdb").check()
    assert not (tmp_path / "runs.duckdb").exists()


@pytest.mark.slow
def test_a_sweep_goes_on_if_its_store_is_busy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A plan that cannot be kept is still a row of the sweep, which says so."""

    def busy(*_: object) -> str:
        raise ExportError("still busy")

    monkeypatch.setattr(aumaq.Store, "add", busy)
    found = aumaq.sweep(two_futures(), jobs=1, store=tmp_path / "runs.duckdb")
    rows = found.rows
    assert rows["verified"].all()
    assert (rows["message"] == "not kept: still busy").all()
    told = [f"{name}: not kept: still busy" for name in rows["scenario"]]
    assert [*map(str, found.troubles)] == told


DAMAGES = {
    "DROP TABLE runs": ["table runs is missing"],
    "DROP TABLE trace; ALTER TABLE runs DROP gap": ["table trace", "runs.gap is"],
    "ALTER TABLE facilities DROP run_id": ["facilities.run_id is missing"],
    "ALTER TABLE facilities ALTER capacity TYPE VARCHAR": [
        "facilities.capacity is VARCHAR, expected DOUBLE",
    ],
    "ALTER TABLE input_levels ALTER capacity TYPE VARCHAR": ["input_levels.capacity"],
    "DROP TABLE money; CREATE VIEW money AS SELECT 1 AS a": ["table money"],
}


@pytest.mark.slow
def test_a_damaged_store_is_told_before_the_work(tmp_path: Path) -> None:
    """All that is wrong with its tables, of every command that would write into it."""
    aumaq.write(two_futures(), tmp_path / "mine")
    aumaq.Store(tmp_path / "whole.duckdb").add(both_plans()[0])
    for damage, said in DAMAGES.items():
        file = Path(shutil.copy(tmp_path / "whole.duckdb", tmp_path / "s.duckdb"))
        with duckdb.connect(str(file)) as connection:
            connection.execute(damage)
        before = file.read_bytes()
        for command in ("solve", "sweep", "coordination", "futures"):
            done = run(command, "mine", "--store", file, folder=tmp_path)
            assert done.returncode == 2, done.stderr
            for text in ("damaged store", *said):
                assert text in done.stderr, (damage, done.stderr)
        assert file.read_bytes() == before
    assert {p.name for p in tmp_path.iterdir()} <= {
        "mine", "whole.duckdb", "whole.duckdb.lock", "s.duckdb", "s.duckdb.lock",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", ["coordination", "futures", "sweep", "solve"])
def test_what_is_found_is_shown_though_it_cannot_be_kept(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The store fails after the work: the result is told and written, exit code 2."""

    def full(*_: object) -> str:
        raise ExportError("no room")

    aumaq.write(two_futures(), tmp_path / "mine")
    for name in ("add", "add_all"):
        monkeypatch.setattr(aumaq.Store, name, full)
    place = [] if command == "coordination" else ["--out", "here"]
    done = run(command, "mine", *place, "--store", "s.duckdb", "--json",
               folder=tmp_path)  # fmt: skip
    assert done.returncode == 2
    assert "no room" in done.stderr
    assert json.loads(done.stdout)["instance"]
    assert not place or any((tmp_path / "here").iterdir())


def test_what_is_no_store_is_left_alone(tmp_path: Path) -> None:
    """Text, a foreign database, nothing at all: told, and not changed."""
    text, foreign = tmp_path / "notes.txt", tmp_path / "other.duckdb"
    text.write_text("mine " * 1000)
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS a")
    plan, _ = both_plans()
    for path, said in ((text, "no store of runs"), (foreign, "no store of runs")):
        before = path.read_bytes()
        with pytest.raises(ExportError, match=said):
            aumaq.Store(path).add(plan)
        assert path.read_bytes() == before
    with pytest.raises(ExportError, match="no such store"):
        aumaq.Store(tmp_path / "none.duckdb").runs()
    with pytest.raises(ExportError, match="it is a folder, not a file"):
        aumaq.Store(tmp_path).runs()
    assert not (tmp_path / "none.duckdb").exists()


def test_a_store_on_a_full_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB has an error of its own for that: no traceback, no half a file."""

    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException("IO Error: Could not write: No space left on device")

    monkeypatch.setattr(duckdb, "connect", full)
    with pytest.raises(ExportError, match=r"s\.duckdb: cannot be written: the disk is"):
        aumaq.Store(tmp_path / "s.duckdb").check()
    assert not (tmp_path / "s.duckdb").exists()


def test_queries_read_only(tmp_path: Path) -> None:
    """A query cannot change the store, and what is wrong in it is told."""
    store = aumaq.Store(tmp_path / "runs.duckdb")
    store.add(both_plans()[0])
    for text in ("DELETE FROM runs", "DROP TABLE runs", "SELECT nothing FROM runs"):
        with pytest.raises(OptionError, match="the query failed"):
            store.sql(text)
    assert len(store.runs()) == 1


@pytest.mark.slow
def test_queries_of_the_docs_run(tmp_path: Path) -> None:
    """Every example of SQL in docs/runs.md answers, with rows where there are any."""
    store = aumaq.Store(tmp_path / "runs.duckdb")
    one, two = both_plans()
    store.add(one)
    store.add_all("futures", one.instance, {"managed": two}, {"x": 1})
    text = (ROOT / "docs" / "runs.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    assert len(queries) >= 5
    for query in queries:
        assert len(store.sql(query)), query


@pytest.mark.slow
def test_command_line_keeps_lists_compares(tmp_path: Path) -> None:
    """Solve --store, sweep --store, runs with filters and SQL, compare STORE:RUN."""
    aumaq.write(two_futures(), tmp_path / "mine")
    solved = run("solve", "mine", "--out", "plan", "--store", "runs.duckdb",
                 "--gap", 0, "--json", folder=tmp_path)  # fmt: skip
    assert solved.returncode == 0, solved.stderr
    first = json.loads(solved.stdout)["run_id"]
    swept = run("sweep", "mine", "--jobs", 1, "--gap", 0, "--store", "runs.duckdb",
                "--json", folder=tmp_path)  # fmt: skip
    assert swept.returncode == 0, swept.stderr
    listed = run("runs", "runs.duckdb", "--scenario", "managed", "--json",
                 folder=tmp_path)  # fmt: skip
    (managed,) = json.loads(listed.stdout)
    assert managed["objective_mln"] == 12.0
    assert first[:8] in run("runs", "runs.duckdb", folder=tmp_path).stdout
    counted = run("runs", "runs.duckdb", "--sql", "SELECT count(*) AS n FROM runs",
                  "--json", folder=tmp_path)  # fmt: skip
    assert json.loads(counted.stdout) == [{"n": 3}]
    (tmp_path / "mine").rename(tmp_path / "moved")  # the store brings its own instance
    one, two = f"runs.duckdb:{first[:12]}", f"runs.duckdb:{managed['run_id']}"
    done = run("compare", one, two, "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    (total,) = [r for r in json.loads(done.stdout)["objective"]
                if r["term"] == "objective"]  # fmt: skip
    assert (total["A"], total["B"], total["B-A"]) == (20.0, 12.0, -8.0)
    again = run("verify", "plan", "--instance", "moved", folder=tmp_path)
    assert again.returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("runs", "none.duckdb"), "no such store"),
        (("compare", "none.duckdb:1234", "none.duckdb:5678"), "no such store"),
        (("compare", "nowhere", "nowhere"), "nowhere"),
        (("solve", "tiny", "--store", "."), "."),
    ],
)
def test_bad_stores_end_with_2(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit code 2, a message, no traceback."""
    done = run(*words, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
