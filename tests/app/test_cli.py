"""The command line: exit codes, JSON, interrupts, nothing overwritten."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import process, run
from shared_plans import shipped

import aumaq


def test_version() -> None:
    """--version says the version and nothing else."""
    assert process("--version").stdout == f"aumaq {aumaq.__version__}\n"


def test_import_is_quick() -> None:
    """``import aumaq`` loads none of the heavy packages."""
    code = (
        "import sys, aumaq; heavy = ('pandas', 'numpy', 'pyomo', 'highspy');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_describe_a_region_with_networks() -> None:
    """The sizes of a coupled instance are told, its networks and roads included."""
    facts = json.loads(run("describe", "west-kazakhstan", "--json").stdout)
    assert facts["tables"]["networks"] == 2
    assert facts["services"]["hospital"]["options_by_upgrades"] > 0
    assert facts["roads"]
    assert facts["networks"]


@pytest.mark.slow
def test_new_validate_describe_solve_verify_export(tmp_path: Path) -> None:
    """The way of a new user, from a skeleton to an exported plan."""
    assert run("new", "mine", folder=tmp_path).returncode == 0
    assert run("validate", "mine", folder=tmp_path).returncode == 0
    facts = json.loads(run("describe", "mine", "--json", folder=tmp_path).stdout)
    assert facts["services"]
    done = run("solve", "mine", "--out", "plan", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["verified"] is True
    assert record["bound_mln"] <= record["objective_mln"] + 1e-6
    written = {path.name for path in (tmp_path / "plan").iterdir()}
    assert {"plan.json", "plan.geojson", "report.html", "actions.csv"} <= written
    assert run("verify", "plan", folder=tmp_path).returncode == 0
    again = run("export", "plan", "--to", "json", "--out", "p.json", folder=tmp_path)
    assert again.returncode == 0
    assert json.loads((tmp_path / "p.json").read_text())["format"] == "aumaq-plan"


@pytest.mark.slow
def test_random_instance_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """``new --random`` writes a valid instance that its seed defines."""
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        done = run("new", name, "--random", 12, "--seed", seed, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    one, same, other = (
        aumaq.read(tmp_path / name).tables["settlements"]
        for name in ("one", "same", "other")
    )
    assert len(one) == 12
    assert one.equals(same)
    assert not one.equals(other)


@pytest.mark.parametrize("settlements", [-5, 0, 1, 30_001, 10**10, 10**4000])
def test_random_instance_of_absurd_size(tmp_path: Path, settlements: int) -> None:
    """One sentence at once: nothing is made, written or taken from memory."""
    done = run("new", "x", "--random", settlements, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("--random: expected a number from 2 to 30,000, not")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("solve", "kazakstan"), "kazakhstan"),
        (("solve", "tiny", "--method", "directt"), "direct"),
        (("solve", "tiny", "--gap", "-1", "--time-limit", "0"), "--time-limit"),
        (("solve", "tiny", "--scenario", "bas"), "base"),
        (("export", "nowhere", "--to", "csv", "--out", "x"), "nowhere"),
        (("verify", "nowhere"), "nowhere"),
        (("validate", "nowhere"), "nowhere"),
        (("solve",), "INSTANCE"),
        (("solve", "tiny", "--no-such-option"), "no-such-option"),
    ],
)
def test_bad_input_ends_with_2(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Bad input: exit code 2, the right word in the message, no traceback, no file."""
    done = run(*words, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_no_plan_ends_with_1(tmp_path: Path) -> None:
    """An infeasible instance: exit code 1 and advice, nothing written."""
    tiny = shipped()
    sites = tiny.table("sites")
    sites.loc[1, "status"] = "required"
    budgets = tiny.table("budgets").reindex(range(1)).assign(
        budget="none", period="2026-30", amount_mln=0.0, covers="investment",
        title="", service="", region="", is_hard=True, overrun_price=0.0, source="",
    )  # fmt: skip
    aumaq.write(tiny.replace(sites=sites, budgets=budgets), tmp_path / "tight")
    done = run("solve", "tight", "--out", "plan", folder=tmp_path)
    assert done.returncode == 1
    assert "infeasible" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "plan").exists()


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """A folder that is no plan, or an instance, is left as it is."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("keep me")
    assert run("solve", "tiny", "--out", "notes", folder=tmp_path).returncode == 2
    assert run("new", "notes", folder=tmp_path).returncode == 2
    assert [path.name for path in (tmp_path / "notes").iterdir()] == ["mine.txt"]


def test_interrupt_leaves_a_verified_plan(tmp_path: Path) -> None:
    """Ctrl-C in a long solve: the best plan so far is written, with bound and gap."""
    run("new", "big", "--random", "60", folder=tmp_path)
    command = [sys.executable, "-m", "aumaq", "solve", "big"]
    options = ["--gap", "0", "--time-limit", "200", "--out", "plan"]
    solving = subprocess.Popen(
        [*command, *options],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert solving.stderr is not None
    deadline = time.monotonic() + 150
    for line in solving.stderr:  # until it has a plan and a bound
        if "gap" in line or time.monotonic() > deadline:
            break
    solving.send_signal(signal.SIGINT)
    solving.communicate(timeout=900)
    record = json.loads((tmp_path / "plan" / "record.json").read_text())
    assert solving.returncode == 0
    assert record["verified"] is True
    assert 0 < record["bound_mln"] < record["objective_mln"]
    assert aumaq.Plan.read(tmp_path / "plan").is_verified
