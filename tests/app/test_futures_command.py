"""Several futures: what is wrong is told, and the command as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from command import run
from growing_case import (
    growing,
)
from tiny_instances import Row, Rows

import aumaq
from aumaq.instances import Instance, InstanceError, NoPlanError, OptionError


def _hard(amount: float) -> Rows:
    return [{"budget": "b", "period": "p1", "amount_mln": amount, "is_hard": True}]


def _must_serve(**more: Rows) -> Instance:
    service: Row = {"service": "s", "may_be_unserved": False}
    return growing(services=[service], **more)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        # No money at all in one future.
        (
            lambda: _must_serve(
                budgets=_hard(10.0),
                scenarios=[{"scenario": "few", "budget_factor": 0.5},
                           {"scenario": "many"}],
            ),
            NoPlanError,
            "future 'few': infeasible",
        ),
        # Few can pay for the small school only, many cannot enlarge it later.
        (
            lambda: _must_serve(
                budgets=_hard(14.0),
                scenarios=[{"scenario": "few", "budget_factor": 0.8},
                           {"scenario": "many"}],
                transitions=[{"service": "s", "from_level": 1, "to_level": 2,
                              "is_allowed": False}],
            ),
            NoPlanError,
            "no first period suits them all",
        ),
        (
            lambda: growing(
                scenarios=[{"scenario": "few", "probability": 0.0},
                           {"scenario": "many"}]
            ),
            OptionError,
            "probability 0: few",
        ),
        (
            lambda: growing(
                facilities=[{"service": "s", "site": "a", "level": 1, "units": 1}],
                scenarios=[{"scenario": "few"},
                           {"scenario": "many", "overrides": "larger"}],
                sites=[{"site": "a", "service": "s", "settlement": "a",
                        "status": "existing"}],
                overrides=[{"override": "larger", "table": "facilities",
                            "column": "level", "value": "2"}],
            ),
            InstanceError,
            "'few' and 'many' start from different facilities of s at a, level 1",
        ),
    ],
)  # fmt: skip
def test_errors(make: object, kind: type[Exception], words: str) -> None:
    """What cannot be planned for is named."""
    assert callable(make)
    with pytest.raises(kind, match=words):
        aumaq.solve_futures(make(), gap=0.0)


def test_names() -> None:
    """Unknown, repeated and missing names of scenarios and objectives are errors."""
    instance = growing()
    for scenarios, objective, words in (
        (["few", "fww"], "expected", "did you mean 'few'"),
        (["few", "few"], "expected", "named twice: few"),
        ([], "expected", "at least one"),
        (None, "best", "unknown objective"),
    ):
        with pytest.raises(aumaq.AumaqError, match=words):
            aumaq.solve_futures(instance, scenarios, objective=objective)


@pytest.mark.slow
def test_command_line(tmp_path: Path) -> None:
    """A folder with a plan a future that reads back; variants by name."""
    folder, out = tmp_path / "two", tmp_path / "out"
    dear = [{"variant": "dear", "axis": "prices", "capex_factor": 2.0}]
    aumaq.write(growing(variants=dear), folder)
    words = ["futures", str(folder), "--gap", "0", "--json", "--out", str(out)]
    for more, names in (
        (["--value"], ["few", "many"]),
        (["--scenarios", "few, many+dear", "--objective", "regret", "--overwrite"],
         ["few", "many+dear"]),
    ):  # fmt: skip
        done = run(*words, *more)
        assert done.returncode == 0, done.stderr
        record = json.loads(done.stdout)
        assert record["scenarios"] == names
        assert record["verified"]
        assert ("stochastic_solution_mln" in record) == ("--value" in more)
        written = json.loads((out / "futures.json").read_text(encoding="utf-8"))
        for row in pd.read_csv(out / "regret.csv").to_dict("records"):
            plan = aumaq.Plan.read(out / written["folders"][row["scenario"]])
            assert plan.is_verified
            assert plan.objective_mln == pytest.approx(row["cost_mln"])
    assert run("futures", folder, "--scenarios", "none").returncode == 2
    (out / "mine.txt").write_text("notes")
    done = run(*words)
    assert done.returncode == 2
    assert "holds more than plans" in done.stderr


@pytest.mark.slow
def test_ctrl_c_gives_a_plan(tmp_path: Path) -> None:
    """Stopped while a future is solved alone, it still ends with a common plan."""
    folder = tmp_path / "many"
    from aumaq.instances.generators import clustered

    instance = clustered(40, 1)
    first = instance.table("scenarios").iloc[:1]
    other = first.assign(scenario="dear", capex_factor=1.3)
    growth = instance.table("growth")
    more = growth[growth["scenario"] == first["scenario"].iloc[0]]
    instance = instance.replace(
        scenarios=pd.concat([first, other]),
        growth=pd.concat([growth, more.assign(scenario="dear")]),
    )
    aumaq.write(instance, folder)
    words = [sys.executable, "-m", "aumaq", "futures", str(folder), "--gap", "0"]
    process = subprocess.Popen(
        [*words, "--time-limit", "600"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "solving" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    assert "interrupted, verified" in out
