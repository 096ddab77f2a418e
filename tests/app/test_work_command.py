"""Counted work and checkpoints on the command line, as processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command import process, run


def solved(folder: Path, words: str) -> dict[str, Any]:
    """Return the record that a solve prints; it must have ended well."""
    done = process("solve", "tiny", *words.split(), "--json", folder=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_a_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    """Processes of its own solve the same; the record has the seconds of both runs."""
    first = solved(tmp_path, "--work-limit 1 --checkpoint known --out a")
    second = solved(tmp_path, "--work-limit 1 --workers 2 --resume known --out b")
    assert second["objective_mln"] == first["objective_mln"]
    assert second["bound_mln"] == first["bound_mln"]
    seconds = second["seconds"]
    assert seconds["total"] > seconds["earlier"] > 0.0
    assert second["options"]["work_limit"] == 1.0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--work-limit 1 --resume broken", "cannot be read as a checkpoint"),
        ("--checkpoint broken", "broken is there already"),
        ("--workers 2", "give a work limit"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: str, told: str, tmp_path: Path) -> None:
    """The exit code is 2, and the file is not touched."""
    (tmp_path / "broken").write_text("no checkpoint")
    done = run("solve", "tiny", *words.split(), "--out", "a", folder=tmp_path)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert (tmp_path / "broken").read_text() == "no checkpoint"
