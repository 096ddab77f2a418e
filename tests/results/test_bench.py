"""Benchmarks: what is asked of a file, rows that are kept, and what is told of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from command import run

from aumaq.cli_bench import _check_public, _row
from aumaq.instances.errors import InstanceError, OptionError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.language.texts import say
from aumaq.results.studies.bench import public
from aumaq.results.studies.bench.cases import Given, cases_of, problem_of
from aumaq.results.studies.bench.methods import Answer
from aumaq.results.studies.bench.published import (
    Check,
    Found,
    Question,
    verdict,
)
from aumaq.results.studies.bench.report import gaps_at, write_results
from aumaq.results.studies.bench.runs import (
    Task,
    distance,
    read_runs,
    relative,
    run_all,
)
from aumaq.results.studies.bench.summary import against, doubtful, ratios, summary

CAP = "2 3\n10 5.0\ncapacity 7.0\n4\n1.0 9.0\n3\n8.0 2.0\n5\n3.0 3.0\n"
TABLE = """set,file,problem,parameter,value,status
or,tiny.txt,CFLP multi-source,- (capacity 8),18,optimal
or,tiny.txt,CFLP single-source,capacity=9,18,optimal
or,tiny.txt,no such problem,-,1,optimal
or,other.txt,UFLP,-,1,optimal
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one file, with a table of values above it."""
    (tmp_path / "or").mkdir()
    (tmp_path / "or" / "tiny.txt").write_text(CAP)
    (tmp_path / "optima.csv").write_text(TABLE)
    return tmp_path


def test_rows_of_the_table_are_the_questions(folder: Path) -> None:
    """Kind, capacity and value come from the rows of the file alone."""
    first, second = cases_of([str(folder / "or")])
    assert (first.kind, first.capacity, first.best_known) == ("cflp", 8.0, 18.0)
    assert (second.kind, second.parameter) == ("sscflp", "capacity=9")
    assert problem_of(first).sites.capacities.tolist() == [10.0, 8.0]
    assert [case.kind for case in cases_of([str(folder)], "cflp")] == ["cflp"]
    (folder / "optima.csv").unlink()
    (plain,) = cases_of([str(folder / "or" / "tiny.txt")])
    assert plain.kind == ""
    assert plain.best_known is None


def test_all_files_that_are_not_there_are_named(folder: Path) -> None:
    """Before anything is run."""
    (folder / "empty").mkdir()
    with pytest.raises(InstanceError) as caught:
        cases_of([str(folder / "no"), str(folder / "empty"), str(folder / "or")])
    assert len(caught.value.problems) == 2


def test_figures_of_a_row() -> None:
    """Gap and distance, for problems that want less and that want more."""
    assert relative(110.0, 99.0) == pytest.approx(0.1)
    assert np.isnan(relative(float("nan"), 1.0))
    assert distance(110.0, 100.0, more=False) == pytest.approx(0.1)
    assert distance(90.0, 100.0, more=True) == pytest.approx(0.1)
    assert np.isnan(distance(90.0, None, more=True))


def runs() -> pd.DataFrame:
    """Two cases by two methods; a published value below a bound."""
    rows = [
        ("a", "f1", "aumaq", 10.0, 10.0, 0.0, 10.0, 1.0),
        ("b", "f1", "highs", 11.0, 9.0, 0.18, 10.0, 4.0),
        ("c", "f2", "aumaq", 20.0, 20.0, 0.0, 16.0, 2.0),
        ("d", "f2", "highs", 20.0, 20.0, 0.0, 16.0, 1.0),
    ]
    names = ["run", "file", "method", "objective", "bound", "gap", "best_known",
             "seconds"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    table["distance"] = table["objective"] / table["best_known"] - 1
    return table.assign(folder="s", problem="cflp", parameter="", status="optimal",
                        cpu_seconds=1.0, peak_mb=100.0, time_limit=60.0)  # fmt: skip


def test_a_summary_counts_what_is_proven_and_leaves_out_doubtful_values() -> None:
    """A value that a bound contradicts is no distance."""
    found = summary(runs()).set_index("method")
    assert found.loc["aumaq", "proven"] == 2
    assert found.loc["aumaq", "limit_s"] == "60"
    assert found.loc["highs", "proven"] == 1
    assert found.loc["aumaq", "worst_distance"] == 0.0
    assert set(doubtful(runs())["file"]) == {"f2"}


def test_ratios_are_over_the_fastest_that_proved_it() -> None:
    """What is not proven has none."""
    found = ratios(runs())
    assert found["aumaq"].tolist() == [1.0, 2.0]
    assert np.isnan(found["highs"].iloc[0])


def test_times_beside_others_are_of_what_they_proved() -> None:
    """Of two questions the other proved one, in half our time."""
    (row,) = against(runs()).to_dict("records")
    assert (row["method"], row["questions"], row["ended"]) == ("highs", 2, 1)
    assert (row["aumaq_proven"], row["total_s"], row["aumaq_s"]) == (2, 1.0, 2.0)
    assert row["ratio"] == row["median_ratio"] == row["least_ratio"] == 0.5


def test_points_that_no_table_asks_about_are_asked_with_counts(tmp_path: Path) -> None:
    """Counts that fit, each once; a file with its own count is asked that."""
    square = ["1 0 0", "2 0 7", "3 7 0", "4 7 7"]
    head = ["NAME : q", "TYPE : TSP", "DIMENSION : 4", "EDGE_WEIGHT_TYPE : EUC_2D"]
    text = "\n".join([*head, "NODE_COORD_SECTION", *square, "EOF", ""])
    (tmp_path / "q.tsp").write_text(text)
    (tmp_path / "own.txt").write_text("3 2 1\n1 2 4\n2 3 5\n")
    found = cases_of([str(tmp_path)], "", Given((2, 3, 2, 9), rounding="floor"))
    assert [(case.p, case.rounding) for case in found] == [
        (None, ""), (2, "floor"), (3, "floor"),
    ]  # fmt: skip
    assert problem_of(found[1]).distances.rule == "floor"  # type: ignore[attr-defined]


def test_what_files_leave_open_is_asked_with_each_number(folder: Path) -> None:
    """Capacities beside those of the table, and radii; each a question of its own."""
    room = Given(capacity=(8.0, 11.0))
    asked = cases_of([str(folder / "or")], given=room)
    assert [(case.parameter, case.best_known) for case in asked] == [
        ("capacity=8", 18.0), ("capacity=9", 18.0), ("capacity=11", None),
    ]  # fmt: skip
    cities = folder / "cities.txt"
    head = "TYPE : MCLP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : COORD\n"
    points = "NODE_COORD_SECTION\n50 70\n51 70\nDEMAND_SECTION\n3\n4\n"
    cities.write_text(head + points)
    given = Given(p=(1,), radius=(800.0, 2e5))
    asked = cases_of([str(cities)], given=given)
    assert [case.parameter for case in asked] == ["p=1 radius=800", "p=1 radius=200000"]
    with pytest.raises(InstanceError, match="radius"):
        cases_of([str(cities)], given=Given(p=(1,)))
    with pytest.raises(OptionError, match="--radius"):
        cases_of([str(folder / "or")], given=Given(radius=(5.0,)))


def test_the_gap_over_time_is_that_of_the_last_point() -> None:
    """Before the first point, or without a plan, it is one."""
    trace = pd.DataFrame({"seconds": [1.0, 2.0], "bound": [5.0, 9.0],
                          "objective": [np.nan, 10.0]})  # fmt: skip
    assert gaps_at(trace, np.array([0.5, 1.5, 3.0])) == pytest.approx([1.0, 1.0, 0.1])


def test_a_wrong_published_value_is_named_only_where_ours_is_right() -> None:
    """Otherwise it differs, like any other."""
    assert verdict(Check("", 1.0004, 1.0, 5e-4)) == "same"
    assert verdict(Check("", 1.0006, 1.0, 5e-4)) == "differs"
    assert (
        verdict(Check("", 140 / 205, 0.69756, 5e-6, 140 / 205)) == "published is wrong"
    )
    assert verdict(Check("", 0.69756, 0.69756, 5e-6, 140 / 205)) == "differs"


@pytest.mark.slow
def test_runs_are_kept_and_not_done_again(folder: Path) -> None:
    """Both methods find the published value; the second time nothing is left to do."""
    cases = cases_of([str(folder / "or")])
    tasks = [Task(case, name, 60.0, 0) for case in cases for name in ("aumaq", "highs")]
    store, seen = folder / "runs.duckdb", list[object]()
    assert run_all(tasks[:1], store, 1, seen.append) == 1
    assert run_all(tasks, store, 2, seen.append) == 3
    assert run_all(tasks, store, 2, seen.append) == 0
    kept, traces = read_runs(store)
    assert len(kept) == len(seen) == 4
    assert kept["objective"].tolist() == pytest.approx([18.0] * 4)
    assert (kept["gap"] <= 1e-6).all()
    assert (kept["peak_mb"] > 10).all()
    assert set(traces["run"]) <= set(kept["run"])
    page, *pictures = write_results([store], folder / "out")
    assert "tiny.txt" in page.read_text()
    assert all(path.stat().st_size > 1000 for path in pictures)


def test_an_answer_without_a_plan_has_no_figures() -> None:
    """They are missing, not nought."""
    assert np.isnan(Answer("no plan").objective)


@pytest.mark.slow
def test_a_run_that_fails_says_why(tmp_path: Path) -> None:
    """A file that ends too early: its cause stands beside it."""
    (tmp_path / "bad.txt").write_text("4 5 1\n1 2 9\n", encoding="utf-8")
    done = run("bench", "bad.txt", "--out", "runs.duckdb", folder=tmp_path)
    assert done.returncode == 1
    assert "bad.txt: " in done.stdout


def test_a_file_of_no_classic_problem_is_refused(tmp_path: Path) -> None:
    """By name, before any run."""
    (tmp_path / "bad.txt").write_text("not a problem\n", encoding="utf-8")
    done = run("bench", "bad.txt", "--out", "runs.duckdb", folder=tmp_path)
    assert done.returncode == 2
    assert "bad.txt: this is no file of a classic problem" in done.stderr
    assert not (tmp_path / "runs.duckdb").exists()


def test_a_case_that_fails_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reason is its verdict; a folder that cannot be read is a row as well."""

    def breaks() -> Found:
        raise InstanceError([Wrong("a.csv", say("is not there"))])

    def one(folder: Path) -> Iterator[Question]:
        yield Question("first", 3.0, 0.5, breaks)
        yield Question("second", 4.0, 0.5, lambda: (4.2, None))
        raise KeyError(folder.name)

    def other(folder: Path) -> Iterator[Question]:
        del folder
        yield Question("third", 5.0, 0.5, lambda: (5.0, 5.0))

    monkeypatch.setattr(public, "CASES", {"one": one, "other": other})
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    found = public.checked(tmp_path)
    assert found["case"].tolist() == ["first", "second", "", "third"]
    assert found["verdict"].tolist() == [
        "failed: 1 problem in the instance: - a.csv: is not there",
        "same",
        "failed: KeyError: 'one'",
        "same",
    ]
    assert found["value"].isna().tolist() == [True, False, True, False]
    with pytest.raises(typer.Exit) as ended:
        _check_public(tmp_path, as_json=True)
    assert ended.value.exit_code == 1


@pytest.mark.skipif(
    not (Path(os.environ.get("AUMAQ_PUBLIC_CASES", "nowhere")) / "relog").is_dir(),
    reason="AUMAQ_PUBLIC_CASES names no folder with relog",
)
def test_figures_of_relog(tmp_path: Path) -> None:
    """Every figure that is published, to its last digit."""
    folder = Path(os.environ["AUMAQ_PUBLIC_CASES"]) / "relog"
    (tmp_path / "relog").symlink_to(folder, target_is_directory=True)
    found = public.checked(tmp_path)
    assert len(found) == 36
    assert set(found["verdict"]) == {"same"}


def test_no_distance_is_told_to_a_value_that_a_bound_contradicts() -> None:
    """A published least cost below a proven bound: a count of sites, say."""
    row = {
        "folder": "cap", "file": "cap71.txt", "problem": "uflp", "parameter": "",
        "method": "aumaq", "status": "optimal", "objective": 932.0, "bound": 932.0,
        "gap": 0.0, "best_known": 16.0, "distance": 57.25, "seconds": 1.0, "error": "",
    }  # fmt: skip
    assert "contradicted" in _row(row, 1, 1)
    assert "5725" not in _row(row, 1, 1)
    right = {**row, "best_known": 932.0, "distance": 0.0}
    assert "contradicted" not in _row(right, 1, 1)
    unknown = {**row, "best_known": None, "bound": None, "distance": None}
    assert "contradicted" not in _row(unknown, 1, 1)
