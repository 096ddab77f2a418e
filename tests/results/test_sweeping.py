"""Sweeps: every scenario is a row whatever becomes of it; Ctrl-C keeps plans."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command import run
from tiny_instances import tiny
from told import Heard, assert_told_wholly
from variants import OVERRIDES, SCENARIOS, VARIANTS

import aumaq
from aumaq.instances import ExportError, OptionError, UnknownNameError
from aumaq.instances.generators import clustered
from aumaq.instances.language.texts import say
from aumaq.results.report.plan_folders import opened
from aumaq.results.studies import task_pool
from aumaq.results.studies.sweep import Sweep, _gathered
from aumaq.results.studies.sweep_folder import (
    RECORD,
    TABLE,
    check_sweep_target,
    write_sweep,
)
from aumaq.results.studies.sweep_task import Outcome, SweepTask
from aumaq.solvers import Silent
from aumaq.solvers.child_process import ChildProcess, Inbox

BROKEN = {"override": "broken", "table": "sites", "where": "site=b", "action": "remove"}
POOR = {"override": "poor", "table": "budgets", "action": "add",
        "where": "budget=all; period=p1; amount_mln=0; is_hard=true"}  # fmt: skip
MUST = {"override": "poor", "table": "services", "column": "may_be_unserved",
        "value": "false"}  # fmt: skip


@cache
def build() -> aumaq.Instance:
    """Return two villages with good scenarios, one broken, one without a plan."""
    return tiny(
        scenarios=[
            *SCENARIOS,
            {"scenario": "broken", "projection": "base", "overrides": "broken"},
            {"scenario": "poor", "projection": "base", "overrides": "poor"},
        ],
        variants=VARIANTS,
        overrides=[*OVERRIDES, BROKEN, POOR, MUST],
    )


STATUS = {
    "base": "optimal", "broken": "invalid", "poor": "no_plan", "other+dear": "optimal",
    "base+cheap+tight": "optimal",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, pytest.param(5, marks=pytest.mark.slow)])
def test_failures_are_rows_and_the_rest_equals_single_solves(
    tmp_path: Path, count: int
) -> None:
    """One scenario is broken on purpose, one has no plan; all others are right."""
    instance = build()
    names = list(STATUS)[:count]
    sweep = partial(aumaq.sweep, instance, names, gap=0.0, folder=tmp_path / "out")
    found = sweep(progress=(heard := Heard()))
    rows = found.rows.set_index("scenario")
    assert list(rows.index) == names
    assert dict(rows["status"]) == {name: STATUS[name] for name in names}
    assert "in scenario 'broken'" in rows.loc["broken", "message"]
    assert "infeasible" in rows.loc["poor", "message"]
    for told in (
        *heard.phases,
        *(row["message"] for row in found.record()["rows"]),
    ):
        assert_told_wholly(told)
    assert "poor: no plan, " in "\n".join(heard.phases)
    assert not found.is_complete
    for name in rows.index[rows["has_plan"]]:
        alone = aumaq.solve(instance.with_scenario(name), gap=0.0)
        assert rows.loc[name, "objective_mln"] == pytest.approx(alone.objective_mln)
        assert found.plan(name).verify().is_feasible
        assert aumaq.Plan.read(tmp_path / "out" / name, instance).is_verified
    with pytest.raises(UnknownNameError, match="scenario with a plan 'poor'"):
        found.plan("poor")
    written = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert [row["status"] for row in written["rows"]] == list(rows["status"])


def test_a_plan_that_went_elsewhere_is_a_trouble_of_the_sweep() -> None:
    """Its row has a plan: the command would end as if all were where it was asked."""
    row = {"scenario": "base", "status": "optimal", "has_plan": True, "verified": True,
           "seconds": 1.0, "message": ""}  # fmt: skip
    moved = say("{path} cannot be written", path="out/base")
    source = [Outcome(row, {}, {}, (moved,))]
    found = _gathered(build(), ["base"], source, None, "", Silent())
    assert list(found.troubles) == ["base: out/base cannot be written"]


def test_a_process_that_dies_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed from outside or ended early: the batch goes on."""
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(task_pool, "COMMAND", (sys.executable, "-c", code))
    rows = aumaq.sweep(build(), "base,other").rows
    assert list(rows["status"]) == ["died", "died"]
    assert "signal 9" in rows["message"][0]


DIES_AT = """
import os, signal
from aumaq.results.studies import sweep_child, sweep_task
own = sweep_task.outcome_of
def dying(task, tell):
    if task.scenario == {name!r}:
        os.kill(os.getpid(), signal.{signal})
    return own(task, tell)
sweep_task.outcome_of = dying
sweep_child.main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "status"), [("SIGKILL", "died"), ("SIGINT", "interrupted")]
)
def test_small_tasks_share_a_process_and_none_is_lost_with_it(
    asked: str, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them kills it, or has it stopped: the others are done by others."""
    started = []

    def child(command: Sequence[str], tasks: list[SweepTask], inbox: Inbox) -> Any:
        started.append([task.scenario for task in tasks])
        return ChildProcess(command, tasks, inbox)

    code = DIES_AT.format(name="b", signal=asked)
    monkeypatch.setattr(task_pool, "COMMAND", (sys.executable, "-P", "-c", code))
    monkeypatch.setattr(task_pool, "SHARE", 0.8)
    monkeypatch.setattr(task_pool, "ChildProcess", child)
    names = list("abcd")
    scenarios = [{"scenario": name, "capex_factor": 1.0} for name in names]
    rows = aumaq.sweep(tiny(scenarios=scenarios), jobs=1, gap=0.0).rows
    assert list(rows["scenario"]) == names
    assert list(rows["status"]) == ["optimal", status, "optimal", "optimal"]
    assert started == [["a", "b", "c"], ["c"], ["d"]]


@pytest.mark.slow
def test_bad_names_and_targets_are_told_before_the_work(tmp_path: Path) -> None:
    """Nothing is solved or overwritten."""
    with pytest.raises(UnknownNameError, match="did you mean 'other'"):
        aumaq.sweep(build(), ["base", "othr"])
    with pytest.raises(OptionError, match="jobs"):
        aumaq.sweep(build(), jobs=0)
    aumaq.write(build(), tmp_path / "mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    done = run("sweep", tmp_path / "mine", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "holds no sweep" in done.stderr
    done = run("sweep", tmp_path / "mine", "--scenarios", "base,poor", "--json")
    assert done.returncode == 1
    assert [row["has_plan"] for row in json.loads(done.stdout)["rows"]] == [True, False]


@pytest.mark.slow
def test_ctrl_c_keeps_plans_and_says_what_was_not_begun(tmp_path: Path) -> None:
    """Running scenarios give their best plan, waiting ones a row."""
    instance = clustered(150, 3)
    rows = instance.table("scenarios").iloc[[0, 0, 0]].reset_index(drop=True)
    rows["scenario"], rows["projection"] = ["a", "b", "c"], instance.scenario_names[0]
    aumaq.write(aumaq.from_tables(instance.base | {"scenarios": rows}), tmp_path / "in")
    words = ["in", "--jobs", "1", "--gap", "0", "--time-limit", "300", "--out", "out"]
    process = subprocess.Popen(
        [sys.executable, "-m", "aumaq", "sweep", *words],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.partition(" plan ")[2].split()[0] != "-":
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=900)
    written = json.loads((tmp_path / "out" / "sweep.json").read_text())["rows"]
    assert [row["status"] for row in written] == ["interrupted", "stopped", "stopped"]
    assert [row["verified"] for row in written] == [True, False, False]
    assert process.returncode == 1


@pytest.mark.slow
def test_what_ctrl_c_stopped_keeps_its_earlier_plan_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep begun anew and stopped at once has lost nothing."""
    aumaq.sweep(build(), "base,other", folder=tmp_path, gap=0.0)
    before = (tmp_path / "base" / "plan.json").read_bytes()
    monkeypatch.setattr(task_pool, "is_asked", lambda: True)
    found = aumaq.sweep(build(), "base,other", folder=tmp_path, gap=0.0)
    assert list(found.rows["status"]) == ["stopped", "stopped"]
    assert "earlier plan stays" in str(found.rows["message"][0])
    assert (tmp_path / "base" / "plan.json").read_bytes() == before


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_rows() -> None:
    """Tasks run on workers by address; a broken one is a row."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        found = aumaq.sweep(
            build(), "base,broken", gap=0.0, dask=cluster.scheduler_address
        )
    assert list(found.rows["status"]) == ["optimal", "invalid"]
    with pytest.raises(OptionError, match="no cluster"):
        aumaq.sweep(build(), "base", dask="tcp://127.0.0.1:1")


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["nope://x", "localhost", "127.0.0.1:abc", "tcp://", "inproc://x", ":"]
)
def test_what_is_no_address_is_not_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that never began would hold up the end of the process."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(distributed, "Client", pytest.fail)
    with pytest.raises(OptionError, match="expected an address such as"):
        aumaq.sweep(build(), "base", dask=address)


def found_of(
    instance: aumaq.Instance,
    plans: dict[str, aumaq.Plan | None],
    no_plan: str = "no_plan",
) -> Sweep:
    """Return a sweep with these plans, or none, and then this status."""
    rows = {
        name: {"scenario": name, "has_plan": plan is not None, "verified": True,
               "status": no_plan if plan is None else plan.status}
        for name, plan in plans.items()
    }  # fmt: skip
    outcomes = {name: Outcome(row) for name, row in rows.items()}
    return Sweep(instance, pd.DataFrame(list(rows.values())), outcomes)


@pytest.mark.slow
def test_a_folder_holds_the_plans_of_its_table_and_no_others(tmp_path: Path) -> None:
    """An earlier plan would show in comparisons; what is the user's stays."""
    instance = build()
    plan = aumaq.solve(instance, gap=0.0)
    folder, other = tmp_path / "f", instance.with_scenario("other")
    plans: dict[str, aumaq.Plan | None] = {
        "base": plan,
        "other": aumaq.solve(other, gap=0.0),
        "poor": None,
    }
    for name, own in {**plans, "mine": plan}.items():
        if own is not None:
            own.to_csv(folder / name)
    check = partial(check_sweep_target, folder, instance=instance)
    (folder / "sweep.csv").write_text("")
    (folder / "base-contradiction.lp").write_text("")
    write_sweep(found_of(instance, plans), folder)
    assert not (folder / "base-contradiction.lp").exists()
    check(["other", "base", "poor"], overwrite=False)
    before = sorted(folder.rglob("*"))
    with pytest.raises(ExportError, match=r"another scenario: other; --overwrite"):
        check(["base", "poor"], overwrite=False)
    check(["base", "poor"], overwrite=True)
    (folder / "other" / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match="holds more than a plan"):
        check(["base", "poor"], overwrite=True)
    (folder / "other" / "notes.txt").unlink()
    assert sorted(folder.rglob("*")) == before
    nothing: dict[str, aumaq.Plan | None] = {"base": None, "poor": None}
    write_sweep(found_of(instance, {**nothing, "other": None}, "stopped"), folder)
    assert sorted(folder.rglob("*")) == before
    write_sweep(found_of(instance, nothing), folder)
    assert {item.name for item in folder.iterdir()} == {TABLE, RECORD, "mine"}
    assert list(opened([str(folder)])) == [str(folder / "mine")]
