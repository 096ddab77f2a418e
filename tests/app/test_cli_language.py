"""The command line speaks the language that is asked for; scripts see no difference."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import command
import pytest
import typer

from aumaq import show, words
from aumaq.cli import app, main
from aumaq.instances.goals import PLAN_GOALS
from aumaq.instances.language.texts import Text, say
from aumaq.results.exports import EXPORTS
from aumaq.results.language import LANGUAGES, Language
from aumaq.results.plots import KINDS, OF_SEVERAL
from aumaq.results.studies.choosing.alternatives import CAPS
from aumaq.results.studies.choosing.marks import WAYS
from aumaq.results.studies.sensitivity import METHODS as SENSITIVITY
from aumaq.solvers import METHODS, ProgressEvent
from aumaq.solvers.futures.state import OBJECTIVES
from aumaq.translating import USAGE_ERRORS, help_texts, retold

OTHERS = [code for code in LANGUAGES if code != "en"]
CYRILLIC = re.compile("[а-яёәіңғүұқөһ]", re.IGNORECASE)
TIMES = ("seconds", "nodes", "out")
"""What differs from run to run: threads search another number of nodes."""


def run(
    *arguments: object, lang: str = "", folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process; *lang* is AUMAQ_LANG."""
    environment = {**os.environ, "COLUMNS": "120", "AUMAQ_LANG": lang}
    return subprocess.run(
        [sys.executable, "-m", "aumaq", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=900,
        check=False,
    )


def without_times(value: Any) -> Any:
    """Return a record without what differs from run to run."""
    if isinstance(value, dict):
        return {
            key: without_times(inner)
            for key, inner in value.items()
            if not any(word in key for word in TIMES)
        }
    return value


@pytest.mark.parametrize("code", OTHERS)
def test_help_of_every_command_is_translated(code: str) -> None:
    """In the tree of commands no text stays English: each has a translation in use."""
    english = help_texts(typer.main.get_command(app))
    assert len(english) > 150
    script = (
        "import json, typer; from aumaq import cli, translating, words;"
        f"words.speak({code!r}); tree = typer.main.get_command(cli.app);"
        "context = translating.translated(tree); context.__enter__();"
        "print(json.dumps(translating.help_texts(tree)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert len(told) == len(english)
    assert [new for new in told if not CYRILLIC.search(new)] == []
    assert [new for new, old in zip(told, english, strict=True) if new == old] == []
    assert told == [Language(code).tell(text) for text in english]


def test_help_is_whole_in_the_language() -> None:
    """Usage, panels, hints and --help itself are Russian; names stay as they are."""
    page = run("--lang", "ru", "solve", "--help").stdout
    for part in (
        "Использование: ", "[ПАРАМЕТРЫ]", "Аргументы", "Параметры", "[обязательно]",
        "[по умолчанию: auto]", "[переменная среды: AUMAQ_LANG]", "--close-loop",
        "Показать эту справку и выйти.", "INSTANCE",
    ):  # fmt: skip
        assert part in page
    for part in ("Usage", "Options", "Arguments", "required", "default", "Show"):
        assert part not in page


@pytest.mark.slow
def test_help_is_quick() -> None:
    """Help loads none of the heavy packages, in any language."""
    code = (
        "import sys; from aumaq.cli import main; sys.argv = ['aumaq', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('pandas', 'numpy', 'pyomo', 'highspy', 'scipy', 'babel')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    for lang in ("", "kk"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "AUMAQ_LANG": lang},
        )
        assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("slove",), "Нет такой команды: 'slove'. Возможно, имелось в виду 'solve'?"),
        (("solve",), "Не задан аргумент 'INSTANCE'."),
        (("export", "x", "--to", "csv"), "Не задан параметр '--out'."),
        (("solve", "tiny", "--nope"), "Нет такого параметра: --nope"),
        (("solve", "tiny", "more"), "Лишние аргументы (more)"),
        (("solve", "tiny", "--gap"), "Параметру '--gap' нужно значение."),
        (("solve", "tiny", "--json=x"), "Параметр '--json' не принимает значения."),
        (("solve", "tiny", "--gap", "x"), "значение '--gap': ожидается число"),
        (("solve", "tiny", "--seed", "x"), "значение '--seed': ожидается целое число"),
    ],
)
def test_usage_errors_are_translated(arguments: tuple[str, ...], said: str) -> None:
    """What the parser finds wrong is told in Russian, with exit code 2."""
    done = run(*arguments, lang="ru")
    assert done.returncode == 2
    told = " ".join(done.stderr.replace("│", " ").split())
    assert said in told
    assert "Ошибка" in told
    assert (
        "Справка: 'python -m aumaq" in told
        or "--gap' нужно" in told
        or "--json'" in told
    )
    assert "Traceback" not in told


@pytest.mark.slow
def test_solve_speaks_russian(tmp_path: Path) -> None:
    """Progress, summary, table and the last line of a solve are in the language."""
    done = run("solve", "tiny", "--out", "plan", lang="ru", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for part in ("расчёт доступности", "построение модели", " план ", " граница "):
        assert part in done.stderr
    for part in (
        "Каждое правило и каждая сумма пересчитаны и верны",
        "слагаемое", "строительство", "780,0",
        "целевая функция 780,0 млн",
        "разрыв 0,00\u00a0%, оптимально, проверка пройдена",
        "план записан в plan, страница: plan/report.html",
    ):  # fmt: skip
        assert part in done.stdout
    page = (tmp_path / "plan" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ru"' in page
    again = run("verify", "plan", lang="kk", folder=tmp_path)
    assert again.stdout == "plan: тексеруден өтті\n"


@pytest.mark.slow
def test_json_and_files_are_the_same_in_all_languages(tmp_path: Path) -> None:
    """Scripts see the same JSON and the same CSV files, times apart."""
    records, tables = [], []
    for code in LANGUAGES:
        call = ("--lang", code, "solve", "tiny", "--out", code, "--json")
        done = command.run(*call, folder=tmp_path)
        facts = command.run("--lang", code, "describe", "tiny", "--json")
        sent = [json.loads(text) for text in (done.stdout, facts.stdout)]
        records.append([without_times(record) for record in sent])
        files = sorted((tmp_path / code).glob("*.csv"))
        tables.append({path.name: path.read_bytes() for path in files})
    assert records[0][0]["status"] == "optimal"
    assert len(tables[0]) > 5
    assert records[1:] == records[:-1]
    assert tables[1:] == tables[:-1]


def test_help_names_every_choice() -> None:
    """What may be chosen is what the library knows: help does not lag behind it."""
    tree = typer.main.get_command(app)
    choices = {
        ("solve", "method"): METHODS, ("solve", "goal"): PLAN_GOALS,
        ("sensitivity", "method"): SENSITIVITY, ("futures", "objective"): OBJECTIVES,
        ("plot", "kind"): {**KINDS, **OF_SEVERAL}, ("export", "to"): EXPORTS,
        ("alternatives", "by"): WAYS, ("alternatives", "caps"): CAPS,
    }  # fmt: skip
    options = {
        (name, parameter.name): parameter.help
        for name, one in tree.commands.items()
        for parameter in one.params
    }
    for option, known in choices.items():
        assert set(known) <= set(re.findall(r"[a-z_]+", options[option])), option


def test_progress_keeps_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """However long the name of a phase is: it comes last."""
    lines = show.Lines()
    for phase in (
        say("compiling"),
        Text("a name of forty letters, and then some more"),
    ):
        lines.update(ProgressEvent(phase, 1.0, 10.0, 20.0))
        lines.update(ProgressEvent(phase, 2.0, float("nan"), float("nan")))
    told = capsys.readouterr().err.splitlines()
    starts = {line.index(word) for line in told for word in ("bound", "gap")}
    assert len(told) == 4
    assert len(starts) == 2
    assert {line.index("a name") for line in told[2:]} == {
        line.index("comp") for line in told[:2]
    }


@pytest.mark.slow
def test_every_command_takes_the_language() -> None:
    """--lang stands after any command, not only after some."""
    tree = typer.main.get_command(app)
    lacking = [
        name
        for name, command in tree.commands.items()
        if not any("--lang" in parameter.opts for parameter in command.params)
    ]
    assert lacking == []
    done = run("validate", "tiny", "--lang", "ru")
    assert "корректна" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_command_decides_then_the_root_then_the_environment() -> None:
    """--lang of the command beats that of the root, which beats AUMAQ_LANG."""
    said = {"en": "valid", "kk": "жарамды", "ru": "корректна"}
    for arguments, lang, code in (
        (("validate", "tiny"), "", "en"),
        (("validate", "tiny"), "ru", "ru"),
        (("--lang", "kk", "validate", "tiny"), "ru", "kk"),
        (("--lang=en", "validate", "tiny"), "ru", "en"),
    ):
        done = run(*arguments, lang=lang)
        assert said[code] in done.stdout, (arguments, lang, done.stderr)
    done = run("--lang", "ru", "solve", "--lang", "kk", "--help")
    assert "Қолданылуы" in done.stdout


@pytest.mark.few(1)
@pytest.mark.parametrize(("root", "lang"), [(("--lang", "xx"), "kk"), ((), "xx")])
def test_unknown_language_ends_with_2(root: tuple[str, ...], lang: str) -> None:
    """A language that is not there: exit code 2, and which there are."""
    done = run(*root, "instances", lang=lang)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "'xx'" in done.stderr
    assert "en, kk, ru" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_typer_says_is_retold() -> None:
    """The first pattern that fits gives the translation; its parts are retold too."""
    bad = "Invalid value for '--gap': Input should be less than or equal to 1"
    assert retold(bad) == bad
    words.speak("ru")
    try:
        told = retold(bad)
        assert "'--gap'" in told
        assert told.endswith(words.t(USAGE_ERRORS[-1], limit=1))
        assert retold("a village of its own") == "a village of its own"
    finally:
        words.speak("en")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_figures_have_the_separators_of_the_language(code: str) -> None:
    """Thousands, decimals and per cent are written as the language writes them."""
    lang = Language(code)
    for value in (0.0, -1234.5, 1234567.891):
        assert lang.figure(value, ",.2f") == lang.number(value, 2)
    assert lang.figure(0.1234, ".1%") == lang.share(0.1234)
    assert lang.figure(0.99999, "8.1%").strip() == lang.share(0.99999)


def test_a_run_in_python_leaves_no_language_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one run decided does not bind the next one in the same process."""
    for code, word in (("ru", "неизвестное"), ("en", "unknown")):
        monkeypatch.setattr(
            sys, "argv", ["aumaq", "--lang", code, "validate", "nowhere"]
        )
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 2
        assert word in capsys.readouterr().err.lower()
        assert words.spoken().code == "en"
