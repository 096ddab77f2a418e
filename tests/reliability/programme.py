"""Kinds of trials, and how they are run: in slices, each told by its seed."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from io import SEEK_END
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from tiny_case import TooManyError

T = TypeVar("T")
Trial = Callable[[int, int, Path], list[str]]
"""What is tried: from a seed, a number and an empty folder to faults in words."""
CHUNK = 10
"""Instances drawn at once: hypothesis draws many from one seed, not the k-th alone."""
SEED = 20


@dataclass(frozen=True)
class Kind:
    """A row of the table: what is tried, how often, and how."""

    name: str
    part: str
    count: int
    trial: Trial


@dataclass(frozen=True)
class Outcome:
    """What came of one trial: faults in words, none where all held."""

    kind: str
    number: int
    seed: int
    seconds: float
    faults: list[str]
    commit: str = ""
    is_tried: bool = True
    """Not where what the plan is judged by would take too long."""


def own_seed(seed: int, kind: str, number: int) -> int:
    """Return the seed of a part of the programme: each part has its own."""
    text = f"{seed}/{kind}/{number}".encode()
    return int.from_bytes(sha256(text).digest()[:4], "big")


@cache
def commit() -> str:
    """Return the commit that is tried; ``-dirty`` where files differ from it."""
    here = str(Path(__file__).parent)
    words = ["git", "-C", here, "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def attempt(kind: Kind, seed: int, number: int) -> Outcome:
    """Try once; an exception that a trial does not expect is a fault as well."""
    start, faults, is_tried = time.monotonic(), list[str](), True
    with tempfile.TemporaryDirectory() as folder:
        try:
            faults = kind.trial(seed, number, Path(folder))
        except TooManyError:
            is_tried = False
        except Exception:
            faults = [traceback.format_exc(limit=-6)]
    seconds = round(time.monotonic() - start, 3)
    return Outcome(kind.name, number, seed, seconds, faults, commit(), is_tried)


def drawn(strategy: st.SearchStrategy[T], seed: int, number: int) -> T:
    """Return the value of this number of a strategy: the same for the same seed."""
    chunk, place = divmod(number, CHUNK)
    return _chunk(strategy, own_seed(seed, "chunk", chunk))[place]


_LAST: dict[tuple[int, int], tuple[object, list[object]]] = {}
"""What was drawn last, by seed and strategy; each with the strategy it is of."""
KEPT = 4
"""Strategies that a kind of trials takes by turns, at most."""


def _chunk(strategy: st.SearchStrategy[T], seed: int) -> list[T]:
    """Draw values; the last ones drawn are kept, as trials follow each other."""
    if (seed, id(strategy)) in _LAST:
        return _LAST[seed, id(strategy)][1]  # type: ignore[return-value]
    found: list[T] = []

    @seeded(seed)
    @settings(
        max_examples=CHUNK + 1,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(value=strategy)
    def draw(value: T) -> None:
        found.append(value)

    draw()
    # The first is the simplest that there is, in every chunk the same.
    found = found[1:] or found
    found = [found[k % len(found)] for k in range(CHUNK)]
    while len(_LAST) >= KEPT:
        _LAST.pop(next(iter(_LAST)))
    _LAST[seed, id(strategy)] = strategy, found  # type: ignore[assignment]
    return found


class Records:
    """Outcomes in a file, a line each: a run that was stopped goes on from them."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)

    def read(self) -> list[Outcome]:
        """Return what is known; a line cut short by a kill is nobody's."""
        if not self.file.exists():
            return []
        found: dict[tuple[str, int, int], Outcome] = {}
        for line in self.file.read_text("utf-8", errors="replace").split("\n"):
            try:
                one = Outcome(**json.loads(line))
            except ValueError:
                continue
            found[one.kind, one.seed, one.number] = one
        return list(found.values())

    def add(self, outcome: Outcome) -> None:
        """Write an outcome down, below what a kill cut short."""
        text = json.dumps(asdict(outcome), ensure_ascii=False) + "\n"
        with self.file.open("a+b") as lines:
            if lines.tell() and lines.seek(-1, SEEK_END) and lines.read(1) != b"\n":
                text = "\n" + text
            lines.write(text.encode())


def run(
    kinds: Sequence[Kind], records: Records, seed: int, share: float = 1.0
) -> Iterator[Outcome]:
    """Try what is not known yet, and yield it: some of each kind, then more of each."""
    held = [one for one in records.read() if not one.faults]
    known = {(one.kind, one.seed, one.number) for one in held}
    counts = [max(1, round(kind.count * share)) for kind in kinds]
    for first in range(0, max(counts, default=0), CHUNK):
        for kind, count in zip(kinds, counts, strict=True):
            for number in range(first, min(first + CHUNK, count)):
                if (kind.name, seed, number) not in known:
                    outcome = attempt(kind, seed, number)
                    records.add(outcome)
                    yield outcome
