"""Options that a command would ignore are refused, whatever options it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer
from command import run
from given_words import CLASSIC

import aumaq
from aumaq.cli import app
from aumaq.refusals import EXCLUDES, NEEDS

TREE: Any = typer.main.get_command(app)
COMMANDS = sorted(TREE.commands)
NUMBERS = {"int": int, "float": float}


def of(command: str) -> list[Any]:
    """Return the options of a command."""
    params = TREE.commands[command].params
    return [p for p in params if p.param_type_name == "option"]


def base(command: str) -> list[str]:
    """Return words for all that a command must have; none of them is looked at."""
    found = [command]
    for param in TREE.commands[command].params:
        if param.required:
            is_option = param.param_type_name == "option"
            number = "1" if kind(param) in NUMBERS else "nosuch"
            found += [param.opts[0], number] if is_option else ["nosuch"]
    return found


def kind(param: Any) -> str:
    """Return the name of the type of a value."""
    return getattr(param.type_descriptor.annotation, "__name__", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small instance and files of classic problems."""
    there = tmp_path_factory.mktemp("refused")
    aumaq.write(aumaq.read("tiny"), there / "mine")
    for name, text in CLASSIC.items():
        (there / name).write_text(text, encoding="utf-8")
    return there


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_no_word_is_ignored(command: str, folder: Path) -> None:
    """Empty, given twice, of a wrong type: told by its name, and nothing is made."""
    before = sorted(folder.rglob("*"))
    for param in of(command):
        if param.is_flag or param.hidden:
            continue
        option, first = param.opts[0], "1" if kind(param) in NUMBERS else "en"
        wrong = dict.fromkeys(("", " "), "empty" if option != "--lang" else "known: en")
        if kind(param) in NUMBERS:
            wrong |= {"x": "value", "1e": "value"}
        told = [([option, word], sign) for word, sign in wrong.items()]
        if not param.multiple:
            told.append(([option, first, option, first], "more than once"))
        own = [*base(command)]
        if option in own:
            del own[own.index(option) : own.index(option) + 2]
        for words, sign in told:
            done = run(*own, *words, folder=folder)
            assert done.returncode == 2, (command, words, done.stderr)
            is_told = sign in done.stderr or f"{option}: only with" in done.stderr
            assert is_told, (command, words, done.stderr)
            assert option in done.stderr or sign != "empty", (command, words)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.slow
def test_options_that_are_idle_are_told(folder: Path) -> None:
    """Every row of the tables; both name options that there are."""
    for command in COMMANDS:
        known = {opt for p in of(command) for opt in p.opts} | {"FILES"}
        needs = {**NEEDS[""], **NEEDS.get(command, {})}
        rows = [([name], name) for name in needs if name in known]
        for name, vain in EXCLUDES.get(command, {}).items():
            assert {name, *vain} <= known
            rows += [([name, other], other) for other in vain if other != "FILES"]
        for names, idle in rows:
            by_name = {opt: p for p in of(command) for opt in p.opts}
            words = [
                word
                for name in names
                for word in ([name] if by_name[name].is_flag else [name, "1"])
            ]
            done = run(*base(command), *words, folder=folder)
            assert done.returncode == 2, (command, words, done.stderr)
            assert f"{idle}: " in done.stderr, (command, words, done.stderr)
    assert set(NEEDS) | set(EXCLUDES) <= {"", *COMMANDS}


OUTPUTS = {
    "sensitivity": ("mine/levels.csv", "--vary levels.capex_mln*0.8:1.2"),
    "explain": ("kept/record.json", ""),
    "what-if": ("kept", "--freeze all"),
    "export": ("kept", "--to csv"),
}


@pytest.mark.slow
@pytest.mark.parametrize("command", OUTPUTS)
def test_what_is_read_is_not_written_over(command: str, folder: Path) -> None:
    """Under whatever name; what is written beside it, or made of it, may be."""
    target, more = OUTPUTS[command]
    if not (folder / "kept").exists():
        aumaq.solve(aumaq.read(folder / "mine"), gap=0.0).to_csv(folder / "kept")
    (folder / "again").unlink(missing_ok=True)
    (folder / "again").symlink_to(folder)
    read = target.split("/")[0]
    before = {p: p.read_bytes() for p in (folder / read).rglob("*") if p.is_file()}
    for name in (target, f"mine/../{target}", f"again/{target}"):
        done = run(command, read, *more.split(), "--out", name, folder=folder)
        assert done.returncode == 2, (name, done.stdout)
        assert f"would replace what is read ({read})" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert {p: p.read_bytes() for p in before} == before
    for name in ("report.html", "new.html"):
        done = run("report", "kept", "--out", f"kept/{name}", folder=folder)
        assert done.returncode == 0, done.stderr
        (folder / "kept" / name).unlink()


@pytest.mark.parametrize(
    "words",
    [
        "solve mine --p 3", "solve mine --rounding floor", "convert mine m2 --radius 3",
        "solve pmed.txt --scenario x", "solve pmed.txt --set a.b=1",
        "solve pmed.txt --gap 0.5", "solve pmed.txt --close-loop",
        "solve pmed.txt --radius 5", "solve cap.txt --p 2", "describe pmed.txt --set x",
        "convert pmed.txt m2 --radius 7", "bench mine/levels.csv", "bench mine/x",
        "bench pmed.txt --problem nosuch", "bench pmed.txt --p 3", "bench three.tsp",
        "plot mine --out p.svg --x a", "plot mine --out p.svg --width -1",
        "plot mine --out p.svg --kind map --batch x",
    ],
)  # fmt: skip
def test_options_of_other_files_are_refused(words: str, folder: Path) -> None:
    """What a command cannot use of its options with these files: exit code 2."""
    before = sorted(folder.rglob("*"))
    done = run(*words.split(), folder=folder)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "internal" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3, done.stderr
    assert sorted(folder.rglob("*")) == before
