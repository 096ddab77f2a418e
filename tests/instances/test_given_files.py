"""Files that are not what they say: one clear problem, and nothing outside is read."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from aumaq.instances.errors import InstanceError, Problem, UnreadableError
from aumaq.instances.formats import files
from aumaq.instances.language.texts import say


def test_equal_problems_are_told_once() -> None:
    """Rows of one kind share a line, with their ranges and the first values."""
    number, empty = say("expected a number"), say("empty")
    problems = [
        *(Problem("a.csv", number, r, "pop", f"{r} 0") for r in [*range(2, 15), 17]),
        *(Problem("a.csv", empty, row) for row in (3, 4)),
        Problem("b.csv", empty, 5),
        *(Problem("c.csv", empty, row) for row in range(1, 100, 2)),
    ]
    lines = str(InstanceError(problems)).splitlines()
    assert lines == [
        "4 problems in the instance:",
        "  - a.csv, rows 2-14, 17, column pop: expected a number"
        " (row 2: '2 0'; row 3: '3 0'; row 4: '4 0'; ...)",
        "  - a.csv, rows 3-4: empty (first in row 3)",
        "  - b.csv, row 5: empty",
        "  - c.csv, rows 1, 3, 5, 7, 9, 11, 13, 15 and 42 more: empty (first in row 1)",
    ]


def made(path: Path, kind: str) -> Path:
    """Make what is no file of its name."""
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "leads nowhere":
        path.symlink_to("nowhere")
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to(path.name)
    return path


KINDS = ("folder", "pipe", "leads nowhere", "device", "leads to itself")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_opened(kind: str, tmp_path: Path) -> None:
    """Nothing hangs, fills the memory or crashes."""
    with pytest.raises(UnreadableError, match=kind):
        files.bytes_of(made(tmp_path / "levels.csv", kind))


def test_a_small_file_takes_little_room(tmp_path: Path) -> None:
    """Where memory is short as much as is asked for is refused, used or not."""
    path = tmp_path / "levels.csv"
    path.write_bytes(b"x" * 1000)
    tracemalloc.start()
    content = files.bytes_of(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert content == b"x" * 1000
    assert peak < 1_000_000


def test_a_file_that_grows_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size that was told before is no limit; the most that is read is."""
    path = tmp_path / "levels.csv"
    path.write_bytes(b"x" * 1000)
    told = os.stat_result([*os.stat(path)[:6], 10, *os.stat(path)[7:10]])
    monkeypatch.setattr(files.os, "fstat", lambda _: told)
    assert files.bytes_of(path) == b"x" * 1000
    monkeypatch.setattr(files, "check_file", lambda *_: None)
    with pytest.raises(UnreadableError, match="at most 0 MB"):
        files.bytes_of(path, 500)


ENCODED = {
    "UTF-16": "қала".encode("utf-16"),
    "UTF-32": "қала".encode("utf-32"),
    "Windows-1251": "имя\nАлматы".encode("cp1251"),
    "KOI8-R": "имя\nАлматы".encode("koi8-r"),
    "CP866": "имя\nАлматы".encode("cp866"),
    "row 2": "name\nÄlpha".encode("latin-1"),
    "is no text": b"\x89PNG" + b"\0" * 20,
    "is no text; expected": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("told", ENCODED)
def test_encodings_are_named(told: str) -> None:
    """Text in another encoding is told by the name of that, and what would be right."""
    with pytest.raises(UnreadableError, match=told) as caught:
        files.decoded(ENCODED[told])
    assert "UTF-8" in str(caught.value)


BAD_JSON = {
    "nested too deep": "[" * 100_000,
    "NaN is no number": '{"a": NaN}',
    "'a' occurs twice": '{"a": 1, "a": 2}',
    r"\\ud800 is half of a character": r'{"a": ["\ud83d\ude00", "\ud800"]}',
    "too many digits": "1" * 5_000,
    "Expecting": "{nope",
}


@pytest.mark.parametrize("told", BAD_JSON)
def test_json_is_strict(told: str) -> None:
    """What parsers raise, or take in silence, is one sentence."""
    with pytest.raises(UnreadableError, match=told):
        files.json_of(BAD_JSON[told])
