"""One command from a workbook to its plan: what stands beside it, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from command import run

import aumaq
from aumaq.instances.errors import AumaqError
from aumaq.instances.formats import raw


@pytest.mark.slow
def test_a_workbook_gets_its_plan_beside_it(tmp_path: Path) -> None:
    """Workbook, page and tables, in the words of the reader; a second run adds more."""
    assert run("new", "mine.xlsx", folder=tmp_path).returncode == 0
    words = ("plan", "mine.xlsx", "--gap", 0, "--quiet", "--lang", "ru", "--json")
    first, second = (run(*words, folder=tmp_path) for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"mine.xlsx", *(f"mine-plan{number}{end}" for number in ("", "-2")
                                    for end in ("", ".xlsx", ".html"))}  # fmt: skip
    record = json.loads(first.stdout)
    files = [tmp_path / f"mine-plan{end}" for end in (".xlsx", ".html")]
    assert record["files"] == [str(file) for file in files]
    book = openpyxl.load_workbook(tmp_path / "mine-plan.xlsx", read_only=True)
    assert len(book.sheetnames) > 3
    assert 'lang="ru"' in (tmp_path / "mine-plan.html").read_text()
    plan = aumaq.find_plan(str(tmp_path / "mine-plan"))
    assert plan.verify().is_feasible
    assert plan.objective_mln == record["objective_mln"]


@pytest.mark.slow
def test_changes_are_in_the_plan(tmp_path: Path) -> None:
    """What was set is in the plan's copy of its instance, and in its result."""
    double = ("--set", "levels.opex_mln_per_year*2")
    done = run("plan", "tiny", *double, "--gap", 0, "--json", folder=tmp_path)
    plan = aumaq.find_plan(str(tmp_path / json.loads(done.stdout)["out"]))
    instance = aumaq.read("tiny")
    levels = instance.table("levels")
    levels["opex_mln_per_year"] *= 2
    edited = aumaq.solve(instance.replace(levels=levels), gap=0.0)
    assert plan.objective_mln == pytest.approx(edited.objective_mln)
    assert plan.objective_mln > aumaq.solve(instance, gap=0.0).objective_mln
    kept = plan.instance.base["overrides"]
    assert kept["source"].tolist() == [double[1]]


@pytest.mark.slow
def test_without_the_extra_of_excel_there_is_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What installs it is told, and the plan is not lost."""

    def lacks(*_: str) -> None:
        raise AumaqError("install openpyxl")

    monkeypatch.setattr(raw, "needed", lacks)
    done = run("plan", "tiny", "--gap", 0, "--quiet", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no workbook is written: install openpyxl" in done.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"tiny-plan", "tiny-plan.html"}


def test_nothing_is_written_for_what_is_wrong(tmp_path: Path) -> None:
    """Every wrong change is told before the work; no result, exit code 2."""
    words = ("--set", "levels.capex_mln*x", "--set", "nonsense")
    done = run("plan", "tiny", *words, "--json", folder=tmp_path)
    assert done.returncode == 2
    told = [problem["file"] for problem in json.loads(done.stdout)["problems"]]
    assert sorted(told) == ["levels.capex_mln*x", "nonsense"]
    assert not list(tmp_path.iterdir())
