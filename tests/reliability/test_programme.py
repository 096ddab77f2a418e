"""The programme itself: what is tried again, and what counts as a failure."""

from __future__ import annotations

from pathlib import Path

from page import page
from programme import SEED, Kind, Records, run
from tiny_case import TooManyError


def test_a_run_goes_on_and_tells_what_failed(tmp_path: Path) -> None:
    """What held is not tried again, what failed is; a crash is a failure."""
    tried: list[int] = []

    def trial(_: int, number: int, folder: Path) -> list[str]:
        assert not list(folder.iterdir())
        tried.append(number)
        return [str(1 // (2 - number))] if number == 2 else []

    kind, records = Kind("k", "p", 4, trial), Records(tmp_path / "r.jsonl")
    first = list(run([kind], records, SEED, share=0.5))
    with records.file.open("a") as lines:
        lines.write('{"kind": "k", "num')  # killed while it wrote
    everything = [*first, *run([kind], records, SEED), *run([kind], records, SEED)]
    assert tried == [0, 1, 2, 3, 2]
    faults = {one.number: one.faults for one in everything if one.faults}
    assert list(faults) == [2]
    assert "ZeroDivisionError" in faults[2][0]
    assert len(records.read()) == 4


def test_what_is_too_large_is_not_tried(tmp_path: Path) -> None:
    """It is no failure, and the page does not count it among what held."""

    def trial(_: int, number: int, __: Path) -> list[str]:
        if number == 1:
            raise TooManyError
        return []

    kind = Kind("k", "instances", 3, trial)
    records = Records(tmp_path / "r.jsonl")
    outcomes = list(run([kind], records, SEED))
    assert [one.is_tried for one in outcomes] == [True, False, True]
    assert not any(one.faults for one in outcomes)
    assert "2 trials: 2 held, 0 failed" in page([kind], records.read())
