"""What is wrong is told in the reader's language, and in English as ever."""

from __future__ import annotations

import ast
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from broken_instances import BROKEN, TINY
from corruptions import CORRUPTIONS, best_plan, ruled
from shared_plans import shipped
from told import PLACE, Heard, assert_told_wholly

import aumaq
from aumaq.instances import (
    Instance,
    InstanceError,
    OptionError,
    Problem,
    UnknownNameError,
)
from aumaq.instances.language.texts import Text, chained, say
from aumaq.ranges import Range
from aumaq.results.audit import verify
from aumaq.results.language import Language
from aumaq.results.plan.plan import Plan

ROOT = Path(__file__).parents[2]
LAYERS = ("instances", "model", "solvers", "results", "app")


@pytest.fixture(scope="module")
def instance() -> Instance:
    """The instance whose plan is falsified."""
    return ruled()


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Its optimal plan."""
    return best_plan()


@pytest.mark.few(12)
@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_every_finding_is_told_in_every_language(
    kind: str, instance: aumaq.Instance, plan: aumaq.Plan
) -> None:
    """What the verifier says of a false plan is no plain text either."""
    tables = dict(plan.tables)
    CORRUPTIONS[kind][0](tables)
    found = verify(instance, tables, claimed_objective_mln=plan.objective_mln)
    assert found.problems
    for finding in found.problems:
        assert type(finding.message) is Text
        assert_told_wholly(finding.text)


def phases_of(work: Callable[..., object]) -> set[str]:
    """Return the phases that a piece of work tells, each in every language."""
    work(progress=(heard := Heard()))
    for phase in heard.phases:
        assert_told_wholly(phase)
    return set(heard.phases)


@pytest.mark.slow
def test_every_phase_is_told_in_every_language(instance: aumaq.Instance) -> None:
    """Of a solve as it is, of one by blocks, and with the names of what it is for."""
    solve = partial(aumaq.solve, instance, time_limit=20.0)
    direct = {"measuring access", "building the model", "compiling", "solving"}
    assert direct <= phases_of(partial(solve, method="direct"))
    assert "relaxing" in phases_of(partial(solve, method="blocks"))
    assert "services first, second: polished" in phases_of(
        partial(aumaq.coordination, instance, time_limit=20.0)
    )


def calls(*names: str) -> Iterator[tuple[Path, ast.Call, str]]:
    """Yield the calls of functions in the sources."""
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=name)) if name in names:
                        yield path, node, name


@pytest.mark.slow
def test_messages_are_literal_and_have_their_values() -> None:
    """Each template can be extracted; its places are the values that are given."""
    for path, node, _ in calls("say"):
        if path.name == "texts.py":
            continue
        given = {keyword.arg for keyword in node.keywords}
        for template in node.args:
            assert isinstance(template, ast.Constant), (path, node.lineno)
            wanted = set(PLACE.findall(template.value))
            if given and None not in given:
                assert given == wanted, (path, node.lineno, template.value)


def written_out(value: ast.AST) -> bool:
    """Whether a value has a number as digits that no language can write its way."""
    match value:
        case ast.Call(func=ast.Name(id="Figure")):
            return False
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[*_, ast.Constant()
                                                          as form])):  # fmt: skip
            return str(form.value)[-1] in "gfe%d,"
    return any(map(written_out, ast.iter_child_nodes(value)))


@pytest.mark.slow
def test_numbers_in_messages_are_written_by_the_language() -> None:
    """A number is given as such, or as a Figure: both get its separators."""
    assert written_out(ast.parse('", ".join(f"{x:g}" for x in xs)'))
    assert not written_out(ast.parse('Figure(f"{x:,.2f}")'))
    told = Range(0, 1e6, above=True).text
    assert told == "above 0 and at most 1,000,000"
    assert Language("ru").tell(told) == "больше 0 и не больше 1\u00a0000\u00a0000"
    for path, node, _ in calls("say"):
        for keyword in node.keywords:
            assert not written_out(keyword.value), (path, node.lineno)


@pytest.mark.slow
def test_no_plain_string_is_raised_or_reported() -> None:
    """A raw string or f-string cannot be a message."""
    raw = (ast.Constant, ast.JoinedStr, ast.BinOp)
    position = {"Problem": 1, "problem": 1, "no_plan": 2} | dict.fromkeys(
        ("AumaqError", "OptionError", "NoPlanError", "ExportError",
         "ExpressionError", "UnknownNameError", "ProgressEvent"), 0,
    )  # fmt: skip
    seen = 0
    for path, node, name in calls(*position):
        seen += 1
        message = node.args[position[name]]
        assert not isinstance(message, raw), (path, node.lineno)
    assert seen > 150


def test_numbers_have_their_forms() -> None:
    """Russian has three forms of the head of a list of problems."""
    many = [Problem(f"{k}.csv", say("expected a point"), 7, "x") for k in range(21)]
    heads = {
        count: Language("ru").tell(InstanceError(many[:count])).splitlines()[0]
        for count in (1, 3, 5, 21)
    }
    assert [head.split()[-1] for head in heads.values()] == [
        "ошибка:", "ошибки:", "ошибок:", "ошибка:",
    ]  # fmt: skip
    one = "1 problem in the instance:\n  - 0.csv"
    assert str(InstanceError(many[:1])).startswith(one)
    assert str(InstanceError(many[:2])).startswith("2 problems in")


def test_a_place_in_a_workbook() -> None:
    """Sheet, row and column stand as the language puts them."""
    sheet = say("{file}, sheet {table}").given(file="book.xlsx", table="levels")
    problem = Problem(sheet, say("expected a whole number"), 7, "capacity", "x")
    assert str(problem) == (
        "book.xlsx, sheet levels, row 7, column capacity: expected a whole number"
        " (value: 'x')"
    )
    assert Language("kk").tell(problem) == (
        "book.xlsx, levels парағы, 7-жол, capacity бағаны: бүтін сан күтілді"
        " (мәні: 'x')"
    )


def test_texts_are_strings_with_a_memory() -> None:
    """Texts keep what they were made of over copies, processes and joining."""
    text = say("expected {wanted}", wanted=say("a whole number"))
    joined = chained([text, "a: b", say("{n} cell", "{n} cells", n=1)])
    assert joined == "expected a whole number; a: b; 1 cell"
    again = pickle.loads(pickle.dumps(joined))
    assert again == joined
    assert Language("ru").tell(again).startswith("ожидается целое число; a: b")
    assert say("braces {} stay") == "braces {} stay"
    assert say("{path!s:>4}", path=Path("a")) == "   a"
    assert text.given(wanted="x") == "expected x"
    assert say("{a} {b:.1f}").given(a=1) == "1 {b:.1f}"
    assert say("{n} cell", "{n} cells", n=1234) == "1,234 cells"
    assert Language("kk").tell("plain") == "plain"
    with pytest.raises(KeyError):
        say("{a} {b}", a=1)


def test_errors_of_options_and_names() -> None:
    """Options that are wrong are told together; kinds of names are words as well."""
    with pytest.raises(OptionError) as caught:
        aumaq.solve(shipped(), gap=2.0, time_limit=-1.0)
    assert_told_wholly(caught.value.text)
    assert Language("ru").tell(caught.value).count("; ") == 1
    with pytest.raises(UnknownNameError) as unknown:
        aumaq.read("kazahstan")
    assert_told_wholly(unknown.value.text)


def run(folder: Path, lang: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Validate a folder as a process."""
    return subprocess.run(
        [sys.executable, "-m", "aumaq", "validate", str(folder), *more],
        capture_output=True, text=True, check=False, encoding="utf-8",
        env={**os.environ, "AUMAQ_LANG": lang, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.mark.slow
def test_command_line_speaks_kazakh(tmp_path: Path) -> None:
    """All problems are listed in Kazakh, exit code 2; English is as without a wish."""
    folder = tmp_path / "broken"
    shutil.copytree(TINY, folder)
    for kind in ("negative", "unknown choice", "period hole", "unknown class"):
        BROKEN[kind][0](folder)
    told = run(folder, "kk")
    assert told.returncode == 2
    head, *lines = told.stderr.splitlines()
    assert head == "Данада 4 мәселе бар:"
    assert len(lines) == 4
    assert "settlements.csv, 2-жол, population бағаны: " in told.stderr
    assert "expected" not in told.stderr
    assert "persons" not in told.stderr
    with pytest.raises(InstanceError) as caught:
        aumaq.read(folder)
    assert run(folder, "").stderr.strip() == str(caught.value)
