"""Every kind of broken instance gives its message; nothing is guessed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from broken_instances import (
    BROKEN,
    TINY,
    TOML,
    put,
)
from command import run
from told import assert_told_wholly

import aumaq
from aumaq.instances import InstanceError, UnknownNameError
from aumaq.instances.formats.skeleton import write_skeleton
from aumaq.instances.language.texts import Text
from aumaq.results.language import ENGLISH


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of ``tiny`` to break."""
    return Path(shutil.copytree(TINY, tmp_path / "broken"))


def test_there_are_forty_kinds() -> None:
    """At least forty kinds of broken instances are tried."""
    assert len(BROKEN) >= 40


@pytest.mark.few(30)
@pytest.mark.parametrize("kind", BROKEN)
def test_message(kind: str, folder: Path) -> None:
    """Each kind is told, with its file, in every language.

    No problem is plain text; each template and each value with words has its own.
    """
    change, message = BROKEN[kind]
    change(folder)
    with pytest.raises(InstanceError) as caught:
        aumaq.read(folder)
    assert message in str(caught.value)
    for problem in caught.value.problems:
        assert problem.file
        assert type(problem.message) is Text
        assert ENGLISH.tell(problem) == str(problem)
    assert_told_wholly(caught.value.text)


def test_what_an_unreadable_file_names_is_not_held_against_others(folder: Path) -> None:
    """A slip in instance.toml is one problem, not one for each row that it defines."""
    put(TOML, "[instance]", "[instance")(folder)
    with pytest.raises(InstanceError) as caught:
        aumaq.read(folder)
    assert {problem.file for problem in caught.value.problems} == {TOML}


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace(",", ";"), lambda text: text.replace(",300", ",-300")],
)
def test_what_overrides_change_in_a_broken_table_is_not_told(
    folder: Path, change: Callable[[str], str]
) -> None:
    """Rows and cells that are lost with their table are no mistake of overrides.csv."""
    (folder / "overrides.csv").write_text(
        "override,table,where,column,action,value\n"
        "dear,levels,service=school,capex_mln,times,2\n"
        "dear,sites,service=none,max_level,set,1\n"
    )
    levels = folder / "levels.csv"
    text = levels.read_text()
    assert change(text) != text
    levels.write_text(change(text))
    with pytest.raises(InstanceError) as caught:
        aumaq.read(folder)
    found = {(problem.file, problem.row) for problem in caught.value.problems}
    assert ("overrides.csv", 2) not in found
    assert ("overrides.csv", 3) in found  # its table is sound


def test_all_problems_at_once_and_exit_code(folder: Path) -> None:
    """The command line lists every problem, exits with 2, shows no traceback."""
    for kind in ("negative", "unknown choice", "period hole", "unknown class"):
        BROKEN[kind][0](folder)
    done = run("solve", folder, folder=folder)
    assert done.returncode == 2
    assert "4 problems" in done.stderr
    assert "row 2, column population" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "runs").exists()


def test_unknown_instance() -> None:
    """A misspelt name offers the nearest one."""
    with pytest.raises(UnknownNameError, match="did you mean 'kazakhstan'"):
        aumaq.read("kazahstan")


def test_skeleton_is_valid(tmp_path: Path) -> None:
    """What ``aumaq new`` writes validates and solves."""
    write_skeleton(tmp_path / "new")
    plan = aumaq.solve(aumaq.read(tmp_path / "new"), gap=0.0)
    assert plan.is_verified
