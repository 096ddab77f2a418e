"""Runs that contradict themselves: every command says so, keeps evidence, exits 3."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command import run
from growing_case import growing
from loop_case import build as with_levers
from shared_plans import shipped
from tiny_instances import tiny

import aumaq
from aumaq.results.studies import goal_plan, task_pool
from aumaq.solvers import METHODS, Solution
from aumaq.solvers.methods import ON_MODEL

WRONG = "Something is wrong with this run"


def above(method: Any) -> Any:
    """Return a method whose bound is above its own plan."""

    def solve(*given: object) -> Solution:
        found = method(*given)
        bound = found.objective_mln * 1.1 + 1.0
        return replace(found, bound_mln=bound)

    return solve


@pytest.fixture(autouse=True)
def _wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, "auto", above(METHODS["auto"]))
    monkeypatch.setitem(ON_MODEL, "auto", above(ON_MODEL["auto"]))


def test_futures(tmp_path: Path) -> None:
    """The models of all futures are kept beside the plans."""
    aumaq.write(growing(), tmp_path / "in")
    done = run("futures", "in", "--out", "out", folder=tmp_path)
    assert done.returncode == 3, done.stderr
    assert WRONG in done.stdout
    kept = tmp_path / "out-contradiction"
    assert sorted(file.name for file in kept.iterdir()) == ["few.lp", "many.lp"]
    assert "units" in (kept / "few.lp").read_text()
    record = json.loads((tmp_path / "out" / "futures.json").read_text())
    assert record["status"] == "contradicted"
    assert Path(record["evidence"]).name == kept.name


def test_other_goals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The model of a plan for another goal is kept where it was asked for."""

    def too_high(_: float, bound: float) -> float:
        return bound + 1000.0

    monkeypatch.setattr(goal_plan, "bound_below", too_high)
    aumaq.write(tiny(), tmp_path / "in")
    done = run("solve", "in", "--goal", "mean_minutes", "--out", "out",
               folder=tmp_path)  # fmt: skip
    assert done.returncode == 3, done.stderr
    kept = tmp_path / "out-contradiction.lp"
    assert "units" in kept.read_text()
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert Path(record["evidence"]).name == kept.name


@pytest.mark.slow
def test_coordination(tmp_path: Path) -> None:
    """Each way says it; the files are those that it names."""
    ways = aumaq.coordination(shipped(), time_limit=20.0)
    told = [way.message for way in ways.ways.values()]
    assert all(way.is_contradicted for way in ways.ways.values())
    for text in told:
        assert text.startswith(WRONG)
        assert Path(text.partition("kept in ")[2].split(".lp")[0] + ".lp").is_file()
    assert run("coordination", "tiny", folder=tmp_path).returncode == 3


@pytest.mark.slow
def test_the_loop_ends_there(tmp_path: Path) -> None:
    """No further round rests on a plan that is wrong; the command exits with 3."""
    found = aumaq.close_loop(with_levers(), gap=0.0)
    assert (found.status, len(found.rounds)) == ("contradicted", 1)
    assert Path(found.plan.record["evidence"]).is_file()
    aumaq.write(with_levers(), tmp_path / "in")
    done = run("solve", "in", "--close-loop", "--out", "out", folder=tmp_path)
    assert done.returncode == 3, done.stderr
    assert WRONG in done.stdout


HERE = Path(__file__).parent
CHILD = """
import sys
sys.path[:0] = {tests!r}
from dataclasses import replace
from test_contradictions import above
from aumaq.results.studies import sweep_child
from aumaq.solvers import METHODS
METHODS["auto"] = above(METHODS["auto"])
sweep_child.main()
"""


@pytest.mark.slow
def test_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row says it, and where the model is: beside the plan."""
    code = CHILD.format(tests=[str(HERE), str(HERE.parent / "support")])
    monkeypatch.setattr(task_pool, "COMMAND", (sys.executable, "-c", code))
    done = run("sweep", "tiny", "--out", "out", folder=tmp_path)
    assert done.returncode == 3, done.stderr
    (row,) = json.loads((tmp_path / "out" / "sweep.json").read_text())["rows"]
    assert row["status"] == "contradicted"
    assert WRONG in row["message"]
    (file,) = (tmp_path / "out").glob("*-contradiction.lp")
    assert str(file.name) in row["message"]
