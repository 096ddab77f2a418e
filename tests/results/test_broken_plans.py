"""A plan that is not what it says: one clear error, never a crash."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from command import run
from shared_plans import best_plan
from tiny_instances import tiny

import aumaq
from aumaq.instances import AumaqError, ExportError
from aumaq.results.exports import write_plan_folder
from aumaq.results.exports.record import (
    LATER,
    LATER_LISTS,
    LISTS,
    RECORD,
    record_problems,
)
from aumaq.results.plan.plan import Plan
from aumaq.results.store import Store

Change = Callable[[Path], Any]
DROPPED = object()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a plan, and a store with the same."""
    folder = tmp_path_factory.mktemp("kept")
    plan = best_plan()
    write_plan_folder(plan, folder / "plan")
    Store(folder / "runs.duckdb").add(plan)
    return folder


@pytest.fixture
def plan(kept: Path, tmp_path: Path) -> Path:
    """Return a copy of the plan folder to break."""
    return Path(shutil.copytree(kept / "plan", tmp_path / "plan"))


def record(**values: Any) -> Change:
    """Return a change of keys of record.json."""

    def change(folder: Path) -> None:
        path = folder / "record.json"
        content = {**json.loads(path.read_text()), **values}
        kept = {key: value for key, value in content.items() if value is not DROPPED}
        path.write_text(json.dumps(kept))

    return change


def text(file: str, content: str | bytes) -> Change:
    """Return a change that writes a file anew."""
    data = content if isinstance(content, bytes) else content.encode()
    return lambda folder: (folder / file).write_bytes(data)


def put(file: str, old: str, new: str) -> Change:
    """Return a change that replaces text in a file."""

    def change(folder: Path) -> None:
        content = (folder / file).read_text()
        assert old in content
        (folder / file).write_text(content.replace(old, new))

    return change


WRONG: dict[str, Any] = {
    "string": 5, "boolean": "yes", "number": "7", "integer": 1.5, "object": [1],
}  # fmt: skip
BROKEN: dict[str, tuple[Change, str]] = {
    "record empty": (text("record.json", ""), "record.json"),
    "record no JSON": (text("record.json", "{nope"), "record.json"),
    "record in UTF-16": (text("record.json", "{}".encode("utf-16")), "UTF-8"),
    "record a list": (text("record.json", "[]"), "record.json"),
    "record a number": (text("record.json", "5"), "record.json"),
    "record null": (text("record.json", "null"), "record.json"),
    "record deep": (text("record.json", "[" * 100_000), "nested too deeply"),
    "no record": (lambda f: (f / "record.json").unlink(), "record.json is missing"),
    "objective null": (record(objective_mln=None), "objective_mln"),
    "hash null": (record(instance_hash=None), "instance_hash"),
    "another hash": (record(instance_hash="0" * 64), "hash"),
    "scenario of no instance": (record(scenario="nope"), "nope"),
    "kept services a list": (record(kept_services=[1, 2]), "kept_services"),
    "kept services of texts": (record(kept_services={"school": "x"}), "kept_services"),
    "trace of texts": (record(trace=["a"]), "trace"),
    "trace of pairs": (record(trace=[[1, 2]]), "trace"),
    "options without a limit": (record(options={"gap": 0.1}), "options.time_limit"),
    "gap asked for is a text": (
        record(options={"gap": "x", "time_limit": 1}),
        "options.gap",
    ),
    "objective of 400 digits": (record(objective_mln=10**400), "objective_mln"),
    "gap without an end": (record(gap=float("inf")), "gap: expected number / null"),
    "rows of 400 digits": (record(rows=10**400), "rows"),
    "work limit a text": (
        record(options={"gap": 0.1, "time_limit": 1, "work_limit": "x"}),
        "options.work_limit",
    ),
    "versions without ours": (record(versions={}), "versions.aumaq"),
    "seconds of texts": (record(seconds={"solving": "x"}), "seconds.solving"),
    "table empty": (text("actions.csv", ""), "actions.csv"),
    "table garbage": (text("actions.csv", b"\x00\xff\xfe" * 9), "actions.csv"),
    "table in UTF-16": (text("actions.csv", "a,b".encode("utf-16")), "actions.csv"),
    "table missing": (lambda f: (f / "actions.csv").unlink(), "table actions"),
    "table a folder": (
        lambda f: ((f / "flows.csv").unlink(), (f / "flows.csv").mkdir()),
        "table flows",
    ),
    "column missing": (put("allocation.csv", "share", "shore"), "shore"),
    "column twice": (put("allocation.csv", "share", "demand"), "demand.1"),
    "text for a number": (
        put("facilities.csv", ",200.0,", ",many,"),
        "facilities.csv, row 2, column capacity: expected a number (value: 'many')",
    ),
    "level 1.5": (
        put("facilities.csv", ",2,", ",1.5,"),
        "facilities.csv, row 2, column level: expected a whole number (value: '1.5')",
    ),
    "level empty": (put("facilities.csv", ",2,", ",,"), "column level"),
    "level beyond": (put("facilities.csv", ",2,", ",1e300,"), "column level"),
    "flag maybe": (put("facilities.csv", "True", "maybe"), "true or false"),
    "row too long": (put("budgets.csv", "\n", "\na,b,1,2,3,4,5,6\n"), "budgets.csv"),
    "period of no instance": (
        put("facilities.csv", "2031-35", "2031-53"),
        "facilities, row 3, column period: the instance has no such name, did you mean"
        " '2031-35'? (value: '2031-53')",
    ),
    "site of no instance": (put("facilities.csv", "school,c,", "school,z,"), "'z'"),
    "instance broken": (put("instance/levels.csv", "100", "many"), "levels.csv"),
    "instance changed": (put("instance/levels.csv", "300", "301"), "hash"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_told(plan: Path, name: str) -> None:
    """One error of ours, which names what is wrong."""
    change, told = BROKEN[name]
    change(plan)
    with pytest.raises(AumaqError) as raised:
        Plan.read(plan)
    assert told in str(raised.value)


def test_every_key_of_the_record_is_looked_at(plan: Path) -> None:
    """A key that is missing or of another type is named, whichever it is."""
    content = json.loads((plan / "record.json").read_text())
    assert record_problems(content, "record.json") == []
    for key in (*RECORD, *LISTS):
        kinds = RECORD.get(key, "number")
        wrong = WRONG[kinds if isinstance(kinds, str) else kinds[0]]
        without = {k: v for k, v in content.items() if k != key}
        for broken in (without, {**content, key: wrong}):
            if broken is without and key in LATER_LISTS:
                continue
            (problem,) = record_problems(broken, "record.json")
            assert key in problem.message
    for key, kinds in LATER.items():
        wrong = WRONG[kinds if isinstance(kinds, str) else kinds[0]]
        (problem,) = record_problems({**content, key: wrong}, "record.json")
        assert key in problem.message
    for key in ("rows", "nodes"):
        (problem,) = record_problems({**content, key: -1}, "record.json")
        assert key in problem.message


def test_all_problems_at_once(plan: Path) -> None:
    """What is wrong in several files is told in one message; the exit code is 2."""
    for name in ("level 1.5", "text for a number", "hash null", "table missing"):
        BROKEN[name][0](plan)
    done = run("verify", plan)
    assert done.returncode == 2
    assert done.stdout == ""
    for told in ("problems", "row 2, column level", "instance_hash", "table actions"):
        assert told in done.stderr


def test_a_whole_number_may_have_a_point(plan: Path) -> None:
    """What a spreadsheet makes of a level, 2.0, is 2."""
    put("facilities.csv", ",2,", ",2.0,")(plan)
    found = Plan.read(plan)
    assert found.is_verified
    assert found.facilities["level"].dtype == "int64"


def at(*path: str | int) -> Callable[[Any], tuple[Any, Any]]:
    """Return a way to a place in a document: what holds it, and its key."""

    def way(document: Any) -> tuple[Any, Any]:
        for key in path[:-1]:
            document = document[key]
        return document, path[-1]

    return way


ROW = ("tables", "facilities", "rows", 0)
JSON: dict[str, tuple[Callable[[Any], tuple[Any, Any]], Any, str]] = {
    "no record": (at("record"), DROPPED, "record"),
    "no tables": (at("tables"), DROPPED, "tables"),
    "tables a list": (at("tables"), [1], "tables"),
    "no rows": (at("tables", "money", "rows"), DROPPED, "money"),
    "rows a text": (at("tables", "money", "rows"), "x", "money"),
    "rows of numbers": (at("tables", "money", "rows"), [1], "money"),
    "table a text": (at("tables", "facilities"), "x", "facilities"),
    "a column named by an object": (
        at("tables", "impacts", "columns", 0), {}, "{} is no name of a column",
    ),
    "an input column named by a list": (
        at("instance", "tables", "levels", "columns", 0), [], "no name of a column",
    ),
    "row cut short": (at(*ROW), ["school", "a"], "facilities, row 1: 2 cells"),
    "a cell a list": (at(*ROW, 0), [1], "facilities, row 1, column service"),
    "a number for a text": (at(*ROW, 0), 7, "column service: expected a text"),
    "a list for a number": (at(*ROW, 9), [1], "expected a number"),
    "true for a number": (at(*ROW, 9), True, "expected a number"),
    "units 1.9": (at(*ROW, 8), 1.9, "column units: expected a whole number"),
    "version 99": (at("version"), 99, "version 99"),
    "version a text": (at("version"), "x", "version x"),
    "version true": (at("version"), True, "version True"),
    "no version": (at("version"), DROPPED, "version"),
    "another format": (at("format"), "x", "not a plan"),
    "instance a text": (at("instance"), "x", "instance"),
    "instance without tables": (at("instance"), {}, "instance"),
    "instance changed": (at("instance", "tables", "levels", "rows", 0, 3), 7, "hash"),
}  # fmt: skip


@pytest.mark.few(14)
@pytest.mark.parametrize("name", JSON)
def test_a_broken_document_is_told(plan: Path, name: str) -> None:
    """The same for plan.json."""
    way, value, told = JSON[name]
    file = plan / "plan.json"
    content = json.loads(file.read_text())
    holder, key = way(content)
    if value is DROPPED:
        del holder[key]
    else:
        holder[key] = value
    file.write_text(json.dumps(content))
    with pytest.raises(AumaqError) as raised:
        Plan.read(file)
    assert told in str(raised.value)


STORE = {
    "version a text": "ALTER TABLE store ALTER version TYPE VARCHAR;"
    " UPDATE store SET version = 'x'",
    "no version": "ALTER TABLE store DROP version",
    "version 0": "UPDATE store SET version = 0",
    "version nan": "ALTER TABLE store ALTER version TYPE DOUBLE;"
    " UPDATE store SET version = 'nan'",
    "inputs deleted": "DELETE FROM inputs",
    "input table gone": "DROP TABLE input_levels",
    "plan table gone": "DROP TABLE facilities",
    "record no object": "UPDATE runs SET record = '5'",
    "record null": "UPDATE runs SET record = NULL",
    "columns a list": "UPDATE runs SET columns = '[]'",
    "columns unknown": """UPDATE runs SET columns = '{"money": ["nope"]}'""",
}


@pytest.mark.parametrize("name", STORE)
def test_a_broken_store_is_told(kept: Path, tmp_path: Path, name: str) -> None:
    """The same for a store of runs."""
    file = shutil.copy(kept / "runs.duckdb", tmp_path / "runs.duckdb")
    with duckdb.connect(file) as connection:
        (run_id,) = connection.execute("SELECT run_id FROM runs").fetchone() or ("",)
        for statement in STORE[name].split(";"):
            connection.execute(statement)
    with pytest.raises(ExportError):
        Store(file).plan(str(run_id))


def test_names_that_no_instance_has_are_told_in_every_table(plan: Path) -> None:
    """Table, row, column and name, all at once."""
    told = []
    places = ["facilities.site", "actions.period", "allocation.settlement",
              "actions.service"]  # fmt: skip
    for table, column in (place.split(".") for place in places):
        file = plan / f"{table}.csv"
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        rows.loc[1, column] = f"no {column}"
        rows.to_csv(file, index=False)
        told.append(f"{table}, row 3, column {column}: the instance has no such name")
    with pytest.raises(AumaqError) as raised:
        Plan.read(plan)
    for line in told:
        assert line in str(raised.value)
    assert str(raised.value).startswith("4 problems")


CONTRADICTED: dict[str, Change] = {
    "method": record(method="blocks"),
    "formulation": record(formulation="weak"),
    "seed": record(seed=7),
}


@pytest.mark.slow
@pytest.mark.parametrize("key", CONTRADICTED)
def test_what_a_record_says_twice_is_the_same(plan: Path, key: str) -> None:
    """Method, formulation and seed stand in the options as well."""
    CONTRADICTED[key](plan)
    (problem,) = Plan.read(plan).record["problems"]
    assert key in problem


def test_the_list_of_runs_says_what_their_records_say(
    kept: Path, tmp_path: Path
) -> None:
    """A run whose objective in the list was altered is not verified."""
    file = shutil.copy(kept / "runs.duckdb", tmp_path / "runs.duckdb")
    with duckdb.connect(file) as connection:
        (run_id,) = connection.execute("SELECT run_id FROM runs").fetchone() or ("",)
        connection.execute("UPDATE runs SET objective_mln = 5, gap = NULL")
    found = Store(file).plan(str(run_id))
    assert not found.is_verified
    assert [p for p in found.record["problems"] if "list of runs says 5.0" in p]
    assert len(found.record["problems"]) == 2


@pytest.mark.slow
def test_a_damaged_block_of_a_store_is_told(kept: Path, tmp_path: Path) -> None:
    """What DuckDB says when it opens the file is told, whatever kind of error it is."""
    file = Path(shutil.copy(kept / "runs.duckdb", tmp_path / "runs.duckdb"))
    whole, told = file.read_bytes(), 0
    for at in range(12_288, len(whole), len(whole) // 40):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        try:
            Store(file).runs()
        except AumaqError:
            told += 1
    assert told


@pytest.mark.slow
def test_a_plan_brings_its_instance(tmp_path: Path) -> None:
    """Solve, change the input, move the files: every form of the plan reads."""
    folder = aumaq.write(tiny(), tmp_path / "mine")
    plan = aumaq.solve(aumaq.read(folder), gap=0.0)
    write_plan_folder(plan, tmp_path / "plan")
    forms = [tmp_path / "plan", tmp_path / "plan" / "plan.json"]
    forms += [
        plan.to_gpkg(tmp_path / "p.gpkg"),
        plan.to_parquet(tmp_path / "p.parquet"),
    ]
    shutil.rmtree(folder)
    for name in ("xlsx", "geojson"):
        written = plan.export(name, tmp_path / f"p.{name}")
        with pytest.raises(ExportError, match=rf"not read back from \.{name}; .*gpkg"):
            Plan.read(written)
    for form in forms:
        again = Plan.read(form)
        assert again.is_verified
        assert again.instance == plan.instance
    shutil.rmtree(tmp_path / "plan" / "instance")
    with pytest.raises(AumaqError, match="mine"):
        Plan.read(tmp_path / "plan")
    aumaq.write(plan.instance, folder)
    assert Plan.read(tmp_path / "plan").is_verified


@pytest.mark.slow
def test_a_changed_input_is_told(tmp_path: Path) -> None:
    """Verify works after the input was changed, and says in a line that it was."""
    folder = aumaq.write(tiny(), tmp_path / "mine")
    plan = aumaq.solve(aumaq.read(folder), gap=0.0)
    write_plan_folder(plan, tmp_path / "plan", side={})
    assert run("verify", tmp_path / "plan").stderr == ""
    put("levels.csv", "10.0", "11.0")(folder)
    os.utime(folder / "levels.csv", (4e9, 4e9))
    done = run("verify", tmp_path / "plan")
    assert done.returncode == 0
    assert "has changed since" in done.stderr
