"""The command as a process: one JSON document, any console, signals, closed streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command import run
from shared_plans import shipped

import aumaq
from aumaq import endings, streams

COMMAND = [sys.executable, "-m", "aumaq"]
ENCODINGS = ("cp1251", "cp866", "ascii", "latin-1")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a territory that has two wrong cells, and one without a plan.

    No test writes into it.
    """
    tiny, tmp_path = shipped(), tmp_path_factory.mktemp("process")
    aumaq.write(tiny, tmp_path / "bad")
    for file, old, new in (
        ("settlements.csv", "400.0", "many"), ("levels.csv", "school,2", "scool,2"),
    ):  # fmt: skip
        path = tmp_path / "bad" / file
        path.write_text(path.read_text().replace(old, new, 1))
    sites = tiny.table("sites")
    sites.loc[1, "status"] = "required"
    budgets = tiny.table("budgets").reindex(range(1)).assign(
        budget="none", period="2026-30", amount_mln=0.0, covers="investment",
        title="", service="", region="", is_hard=True, overrun_price=0.0, source="",
    )  # fmt: skip
    aumaq.write(tiny.replace(sites=sites, budgets=budgets), tmp_path / "no-plan")
    return tmp_path


def document(here: Path, words: str, code: int) -> Any:
    """Return the one document that a command prints; check its exit code."""
    done = run(*words.split(), "--json", folder=here)
    assert done.returncode == code, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout
    return json.loads(lines[0])


WITH_JSON = (
    "validate {}", "describe {}", "solve {} --quiet", "analyse {}", "sweep {}",
    "futures {}", "project {}", "coordination {}",
)  # fmt: skip


@pytest.mark.few(4)
@pytest.mark.parametrize("command", WITH_JSON)
def test_wrong_cells_are_in_the_document(here: Path, command: str) -> None:
    """File, row, column, value and message of each, for scripts."""
    told = document(here, command.format("bad"), 2)
    assert told["status"] == "invalid"
    found = {(p["file"], p["row"], p["column"], p["value"]) for p in told["problems"]}
    assert ("settlements.csv", 2, "population", "many") in found
    assert all(problem["message"] for problem in told["problems"])


@pytest.mark.few(5)
@pytest.mark.parametrize(
    "command", [*WITH_JSON, "verify {}", "runs {}", "compare {0} x"]
)
def test_a_wrong_name_is_in_the_document(here: Path, command: str) -> None:
    """So is a wrong option, wherever it stands; the exit code is 2."""
    told = document(here, command.format("nosuch"), 2)
    assert told["exit_code"] == 2
    assert "nosuch" in told["message"]
    told = document(here, f"{command.format('tiny')} --nope", 2)
    assert (told["status"], told["options"]) == ("wrong_option", ["--nope"])


@pytest.mark.slow
def test_no_plan_and_wrong_options_are_in_the_document(here: Path) -> None:
    """A script can tell what cannot be from what was not asked rightly."""
    told = document(here, "solve no-plan --quiet", 1)
    assert (told["status"], told["has_plan"]) == ("infeasible", False)
    told = document(here, "solve tiny --gap -1 --threads 0", 2)
    assert told["options"] == ["gap", "threads"]
    told = document(here, "solve tiny --scenario bas", 2)
    assert (told["status"], told["name"], told["known"]) == (
        "unknown_name", "bas", ["base"],
    )  # fmt: skip
    assert document(here, "solve tiny --out bad/levels.csv/x", 2)["message"]
    assert document(here, "solve", 2)["options"] == ["INSTANCE"]
    assert document(here, "nope", 2)["status"] == "wrong_option"
    assert document(here, "validate tiny", 0)["status"] == "valid"


def test_an_internal_error_is_in_the_document(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --debug, anywhere on the line, its cause is shown."""

    def broken(*_: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr(aumaq, "describe", broken)
    assert document(here, "describe tiny", 3)["status"] == "error"
    for words in (("--debug", "describe", "tiny"), ("describe", "--debug", "tiny")):
        done = run(*words, folder=here)
        assert done.returncode == 3
        assert "internal error: KeyError" in done.stderr
        assert 'raise KeyError("lost")' in done.stderr
    assert "Traceback" not in run("describe", "tiny", folder=here).stderr


def process(words: str, here: Path, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command; its output as bytes."""
    env = {**os.environ, "PYTHONUTF8": "0", **more.pop("env", {})}
    return subprocess.run(
        [*COMMAND, *words.split()], capture_output=True, cwd=here, env=env, check=False,
        timeout=900, **more,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "encoding",
    ["cp1251", *(pytest.param(e, marks=pytest.mark.slow) for e in ENCODINGS[1:])],
)
def test_any_console_shows_what_it_can(here: Path, encoding: str) -> None:
    """What an encoding lacks is shown by what it has; the exit code is the work's."""
    env = {"PYTHONIOENCODING": encoding, "AUMAQ_LANG": "kk"}
    done = process("describe tiny", here, env=env)
    text = done.stdout.decode(encoding)
    assert done.returncode == 0, done.stderr.decode(encoding)
    assert "->" in text
    assert "?" not in text
    done = process("validate bad --json", here, env=env)
    assert done.returncode == 2
    assert json.loads(done.stdout.decode(encoding))["problems"]


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("→ − • ≥ ✓ …", "cp866", "-> - * >= + ..."),
        ("Қазақ үні", "cp1251", "Казак унi".replace("i", "і")),
        ("Қазақ үні", "cp866", "Казак уни"),
        ("Шымкент Ұлытау", "ascii", "Shymkent Ulytau"),
        ("naïve 山", "ascii", "naive ?"),
        ("a\udcffb", "utf-8", "a?b"),
    ],
)
def test_what_stands_for_what(text: str, encoding: str, shown: str) -> None:
    """The nearest that can be shown, never an error."""
    found = "".join(
        letter
        if streams._fits(letter, encoding)
        else streams._nearest(letter, encoding)
        for letter in text
    )
    assert found == shown


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("redirect", "codes"),
    [
        pytest.param(">&-", {0}, marks=pytest.mark.slow),
        pytest.param("2>&-", {0}, marks=pytest.mark.slow),
        (">&- 2>&-", {0}),
        (">/dev/full", {2}),
        ("| head -1", {0, 141}),
    ],
)
def test_closed_and_full_output_is_no_crash(
    here: Path, redirect: str, codes: set[int]
) -> None:
    """Nobody listens, or nothing more fits: no traceback, and the right exit code."""
    command = " ".join([*COMMAND, "instances"])
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} {redirect}"],
        capture_output=True, text=True, cwd=here, check=False,
    )  # fmt: skip
    assert done.returncode in codes, (redirect, done.stderr)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def _wait_until_heard(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Wait until a process handles a signal; before, it is still being loaded."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        if not status.exists():  # no such file system here
            time.sleep(2.5)
            return
        caught = next(x for x in status.read_text().splitlines() if "SigCgt" in x)
        if int(caught.split()[1], 16) >> (number - 1) & 1:
            return
        time.sleep(0.05)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_who_is_asked_to_stop_says_so(here: Path, number: signal.Signals) -> None:
    """While reading there is no result yet: a sentence, exit code 130, no file.

    Python itself ends by SIGINT, which a shell calls 130 as well, where the signal came
    while some library was made from text (``exec``).
    """
    command = [*COMMAND, "validate", "kazakhstan-full", "--json"]
    reading = subprocess.Popen(
        command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    _wait_until_heard(reading, signal.SIGTERM)
    time.sleep(2.5)
    reading.send_signal(number)
    out, err = reading.communicate()
    assert reading.returncode in (130, -signal.SIGINT), err
    assert err == "stopped\n"
    assert json.loads(out)["status"] == "interrupted"


def test_too_little_address_space_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries would hang."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (400_000_000, -1))
    with pytest.raises(aumaq.OptionError, match="400 MB"):
        endings.check_memory()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, -1))
    endings.check_memory()


def test_too_little_memory_to_load_the_tables() -> None:
    """What is told needs none of them."""
    resource = pytest.importorskip("resource")
    limit = (200_000_000, resource.RLIM_INFINITY)
    done = subprocess.run(
        [*COMMAND, "solve", "tiny"], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limit), timeout=900,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "limited to 200 MB" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_library_without_room_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded late, where the memory is used up: no internal error."""

    def full(*_: object) -> None:
        raise ImportError("core.so: failed to map segment from shared object")

    monkeypatch.setattr(aumaq, "describe", full)
    assert document(here, "describe tiny", 2)["status"] == "no_memory"
