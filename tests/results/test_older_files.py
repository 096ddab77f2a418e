"""What was written before the schema grew is read, and is what it was.

``older`` beside this holds plan folders, a store and a workbook of version 0.1.0, made
before the tables were arranged anew.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from golden_cases import CASES

import aumaq

OLDER = Path(__file__).parent / "older"
OBJECTIVES = {
    "services": 50.77723744734408,
    "growth": 208.73688193613972,
    "power": 20.440272109458093,
    "roads": 24.91107012377157,
}
"""Optima that the version of the files found, mln."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["growth", "power"])
def test_an_older_plan_folder(name: str) -> None:
    """It belongs to the instance beside it, and passes."""
    plan = aumaq.find_plan(OLDER / name)
    assert plan.objective_mln == OBJECTIVES[name]
    found = plan.verify()
    assert found.is_feasible, found.problems
    record = json.loads((OLDER / name / "record.json").read_text("utf-8"))
    assert plan.instance.content_hash == record["instance_hash"]


@pytest.mark.slow
def test_an_older_store(tmp_path: Path) -> None:
    """Its runs are listed, and their plans pass."""
    path = tmp_path / "runs.duckdb"
    path.write_bytes(gzip.decompress((OLDER / "runs.duckdb.gz").read_bytes()))
    store = aumaq.Store(path)
    runs = store.runs()
    assert sorted(runs["objective_mln"]) == sorted(OBJECTIVES.values())
    for run_id in runs["run_id"]:
        assert store.plan(run_id).verify().is_feasible
    store.add(aumaq.find_plan(OLDER / "growth"))
    assert len(store.runs()) == len(OBJECTIVES) + 1


def test_an_older_workbook() -> None:
    """It holds the instance of which it was made."""
    read, made = aumaq.read(OLDER / "roads.xlsx"), CASES["roads"]()
    assert read.content_hash == made.content_hash
