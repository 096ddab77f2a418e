"""Numbers on the command line and in Python that make no sense: refused, and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from command import run
from shared_plans import best_plan, shipped

import aumaq
from aumaq.instances import ExportError, OptionError
from aumaq.instances.people.projection import project
from aumaq.results.exports import write_plan_folder
from aumaq.results.language import Language
from aumaq.results.store import Store
from aumaq.results.studies.bench.runs import opened
from aumaq.results.studies.facility import explain_site, ranking
from aumaq.results.studies.rule import asked_rules, explain_rule
from aumaq.results.studies.settlement import explain_settlement

INF, NAN = float("inf"), float("nan")


def a_rule() -> str:
    """Return the id of a rule of the shipped instance."""
    return next(iter(asked_rules(shipped())))


def project_to(year: int) -> object:
    """Project the people of a shipped instance to a year."""
    known = shipped("kazakhstan")
    name = known.active_scenario.projection
    return project(known.projection.tables, name, until_year=year)


@pytest.mark.parametrize("value", ["abc", "nan", "1e", "1e308", "5.5"])
def test_a_wrong_word_for_a_number_is_named(value: str) -> None:
    """The option and what was given; in other languages, too."""
    for lang in ("en", "ru"):
        done = run("--lang", lang, "solve", "tiny", f"--seed={value}")
        assert done.returncode == 2
        told = " ".join(done.stderr.replace("│", " ").split())
        assert "--seed" in told
        assert f": '{value}')" in told


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "coordination": (lambda: aumaq.coordination(shipped(), time_limit=-1.0), "-1.0"),
    "conflicts, no end": (lambda: aumaq.conflicts(shipped(), time_limit=INF), "inf"),
    "conflicts, threads": (lambda: aumaq.conflicts(shipped(), threads=0), "not 0"),
    "a site": (lambda: explain_site(best_plan(), "a", time_limit=INF), "inf"),
    "a settlement": (lambda: explain_settlement(best_plan(), "a", threads=0), "not 0"),
    "a rule": (lambda: explain_rule(best_plan(), a_rule(), time_limit=NAN), "nan"),
    "all facilities": (lambda: ranking(best_plan(), threads=-1), "not -1"),
    "what if": (lambda: aumaq.what_if(best_plan(), time_limit=-1.0), "not -1.0"),
    "points": (
        lambda: aumaq.pareto(shipped(), ["cost", "mean_minutes"], 10**40),
        "from 2 to 10,000",
    ),
    "minutes": (
        lambda: aumaq.pareto(shipped(), ["cost", "cover"], 3, minutes=NAN),
        "not nan",
    ),
    "weights": (
        lambda: aumaq.best_by(shipped(), ["cost", "unserved"], weights=[NAN, 1.0]),
        "weights: give a number from 0",
    ),
    "tolerances": (
        lambda: aumaq.best_by(shipped(), ["cost", "unserved"], tolerances=[0.0, INF]),
        "tolerances: give a number from 0",
    ),
    "runs": (
        lambda: aumaq.sensitivity(
            shipped(), ["levels.capex_mln*0.8:1.2"], runs=10**12
        ),
        "runs must be from 1 to 100,000",
    ),
    "no runs": (
        lambda: aumaq.sensitivity(shipped(), ["levels.capex_mln*0.8:1.2"], runs=0),
        "not 0",
    ),
    "until": (lambda: project_to(2**31), "until must be a year up to"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_numbers_that_make_no_sense_are_refused(name: str) -> None:
    """The number as it was given, not a share of it; before any work."""
    call, told = REFUSED[name]
    with pytest.raises(OptionError) as raised:
        call()
    assert told in str(raised.value)


@pytest.mark.parametrize("code", ["en", "kk", "ru"])
def test_numbers_without_an_end_are_told(code: str) -> None:
    """No number is too large to be told."""
    assert Language(code).number(1e308, 1) == "1e+308"
    assert Language(code).number(-1e308) == "−1e+308"


def test_a_file_of_plans_is_none_of_bench(tmp_path: Path) -> None:
    """It is told, and left as it was; so is a text, and a file that is busy."""
    store = Store(tmp_path / "s.duckdb")
    store.check()
    before = store.path.read_bytes()
    text = tmp_path / "t.duckdb"
    text.write_text("no store at all")
    foreign = tmp_path / "f.duckdb"
    with duckdb.connect(str(foreign)) as connection:
        connection.execute("CREATE TABLE mine AS SELECT 1 AS a")
    of_theirs = foreign.read_bytes()
    for path, told in (
        (store.path, "a store of plans"), (text, "no DuckDB file"),
        (foreign, "a DuckDB file, but none of bench runs"),
    ):  # fmt: skip
        with pytest.raises(ExportError, match=told), opened(path):
            pass
    assert store.path.read_bytes() == before
    assert foreign.read_bytes() == of_theirs
    for _ in range(2):  # a new file, and one that is gone on with
        with opened(tmp_path / "own.duckdb"):
            pass


@pytest.mark.slow
def test_what_set_means_for_a_plan(tmp_path: Path) -> None:
    """The plan under changes where that is asked for; a report beside it stays."""
    write_plan_folder(best_plan(), tmp_path / "p")
    change = ("--set", "levels.opex_mln_per_year*2")
    page = (tmp_path / "p" / "report.html").read_bytes()
    done = run("export", tmp_path / "p", *change, "--to", "json", "--out",
               tmp_path / "c.json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    costs = best_plan().objective.set_index("term")["discounted_mln"]
    changed = aumaq.Plan.read(tmp_path / "c.json")
    assert changed.is_verified
    assert changed.objective_mln == pytest.approx(costs.sum() + costs["operation"])
    for words, told in (
        (("report", tmp_path / "p"), "--set needs --out"),
        (("verify", tmp_path / "p"), "what-if"),
    ):
        done = run(*words, *change)
        assert done.returncode == 2
        assert told in done.stderr
    assert (tmp_path / "p" / "report.html").read_bytes() == page
