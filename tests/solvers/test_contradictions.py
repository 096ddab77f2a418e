"""Runs that contradict themselves: every command says so, keeps evidence, exits 3."""

from __future__ import annotations

import json
import sys
import tempfile
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
from aumaq.results.plan.cautions import contradiction
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for temporary files, of its own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("plan", [aumaq.solve, aumaq.solve_futures])
def test_where_no_place_is_named_nothing_is_left(plan: Any, temporary: Path) -> None:
    """Models that nobody asked for would fill the folder for temporary files."""
    found = plan(growing(), time_limit=20.0)
    assert found.status == "contradicted"
    record = found.record if isinstance(found, aumaq.Plan) else found.record()
    assert "evidence" not in record
    assert contradiction(record).endswith("that takes a folder for results.")
    assert not [*temporary.iterdir()]


def test_evidence_that_cannot_be_kept_does_not_cost_the_plan(tmp_path: Path) -> None:
    """Neither is an earlier file named as if it were of this run."""
    place = tmp_path / "file"
    place.write_text("")
    with pytest.warns(UserWarning, match="cannot be written"):
        found = aumaq.solve(shipped(), evidence=place / "wrong.lp")
    assert found.status == "contradicted"
    assert "evidence" not in found.record


@pytest.mark.slow
def test_coordination(tmp_path: Path, temporary: Path) -> None:
    """Each way says it; nothing is left where nobody looks."""
    ways = aumaq.coordination(shipped(), time_limit=20.0)
    assert all(way.is_contradicted for way in ways.ways.values())
    assert all(way.message.startswith(WRONG) for way in ways.ways.values())
    assert not [*temporary.iterdir()]
    assert run("coordination", "tiny", folder=tmp_path).returncode == 3


@pytest.mark.slow
def test_the_loop_ends_there(tmp_path: Path) -> None:
    """No further round rests on a plan that is wrong; the command exits with 3."""
    file = tmp_path / "wrong.lp"
    found = aumaq.close_loop(with_levers(), gap=0.0, evidence=file)
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
