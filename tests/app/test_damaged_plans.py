"""A plan or store that is damaged: every command that takes one says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from command import run
from shared_plans import best_plan, shipped

import aumaq
from aumaq.cli import app
from aumaq.results.exports import write_plan_folder

TREE: Any = typer.main.get_command(app)
OPTIONS = {"solve": "--start", "alternatives": "--against"}
"""Options that take a plan -> of which command."""
WORDS = {"--to": "xlsx", "--out": "made.xlsx"}
"""What is given for options that a command must have."""


def plan_commands() -> list[str]:
    """Return the commands with an argument that is a plan."""
    return [
        name for name, command in sorted(TREE.commands.items())
        if any(p.metavar == "PLAN" for p in command.params)
    ]  # fmt: skip


def line(command: str, plan: str) -> list[str]:
    """Return a command line that is right but for the plan."""
    if option := OPTIONS.get(command):
        more = ["--churn", "1", "--best", "1"] if option == "--against" else []
        return [command, "mine", option, plan, *more]
    needed = [p.opts[0] for p in TREE.commands[command].params
              if p.required and p.param_type_name == "option"]  # fmt: skip
    own = {**WORDS, **({"--out": "made.svg"} if command == "plot" else {})}
    return [command, plan, *(word for name in needed for word in (name, own[name]))]


def cut(file: str) -> Callable[[Path], object]:
    """Return a change that leaves the first half of a file."""

    def change(plan: Path) -> None:
        data = (plan / file).read_bytes()
        (plan / file).write_bytes(data[: len(data) // 2])

    return change


def swapped(plan: Path) -> None:
    """Let two tables have each other's name."""
    one, two = plan / "allocation.csv", plan / "facilities.csv"
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "record.json": cut("record.json"),
    "actions.csv": lambda plan: (plan / "actions.csv").unlink(),
    "facilities.csv": swapped,
    "money.csv": lambda plan: (plan / "money.csv").write_bytes(b"\0\xff\xfe" * 99),
    "allocation.csv": lambda plan: (plan / "allocation.csv").write_bytes(b""),
    "levels.csv": cut("instance/levels.csv"),
}
"""The file that is told -> what is done to it, or to it and another."""


def state(folder: Path) -> dict[Path, int]:
    """Return the files of a folder, and when they were written."""
    return {p: p.stat().st_mtime_ns * p.is_file() for p in folder.rglob("*")}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an instance and a plan damaged in every way."""
    folder = tmp_path_factory.mktemp("damaged")
    aumaq.write(shipped(), folder / "mine")
    whole = write_plan_folder(best_plan(), folder / "whole", side={}).folder
    for file, change in DAMAGES.items():
        change(Path(shutil.copytree(whole, folder / f"no-{file}")))
    shutil.rmtree(whole)
    (folder / "text.duckdb").write_text("no store")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("command", [*plan_commands(), *OPTIONS])
def test_every_command_tells_a_damaged_plan(command: str, here: Path) -> None:
    """The file by its name, exit code 2, nothing written, whatever the command."""
    before = state(here)
    told = {f"no-{file}": file for file in DAMAGES}
    told |= {"text.duckdb:4f": "no store", "nosuch": "nosuch", "mine": "record.json"}
    for plan, said in told.items():
        done = run(*line(command, plan), folder=here)
        assert done.returncode == 2, (plan, done.stderr, done.stdout)
        assert said in done.stderr, (plan, done.stderr)
        assert "internal" not in done.stderr
        assert "Traceback" not in done.stderr
    assert state(here) == before


def test_every_command_with_a_plan_is_tried() -> None:
    """Nine of them, and options that take a plan are what the table says."""
    assert len(plan_commands()) >= 9
    assert all(OPTIONS[c] in {o for p in TREE.commands[c].params for o in p.opts}
               for c in OPTIONS)  # fmt: skip
