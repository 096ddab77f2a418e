"""Every number of every command has a range; what lies beyond it is refused by name."""

from __future__ import annotations

from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
import typer
from command import run

from aumaq import cli_plot, ranges
from aumaq.cli import app
from aumaq.instances.generators.clustered import MOST_SEED, MOST_SETTLEMENTS
from aumaq.instances.imports.mapping import LIMITS
from aumaq.ranges import RANGES, Range
from aumaq.results.studies import sensitivity
from aumaq.solvers import options

TREE: Any = typer.main.get_command(app)
NUMBERS = (int, float)
WORDS = (("nan", "-1"), ("-1", "-2147483648"), ("inf", "9" * 400), ("-1e400", "-7"))
"""Numbers that no option takes: for reals, for whole ones."""


def numbers_of(command: str) -> list[Any]:
    """Return the options of a command that take a number."""
    params = TREE.commands[command].params
    return [p for p in params if kind(p) in NUMBERS]


def kind(param: Any) -> Any:
    """Return the type of what an option takes."""
    return param.type_descriptor.annotation


WITH_NUMBERS = [name for name in sorted(TREE.commands) if numbers_of(name)]


def test_every_number_has_a_range() -> None:
    """A new option without one fails here, and so does a range that nobody has."""
    found = {param.opts[0] for name in TREE.commands for param in numbers_of(name)}
    assert found == set(RANGES)
    for name in TREE.commands:
        for param in numbers_of(name):
            assert param.default is None or param.default in RANGES[param.opts[0]]


@pytest.mark.few(10)
@pytest.mark.parametrize("command", WITH_NUMBERS)
def test_numbers_beyond_are_refused_by_name(command: str, tmp_path: Path) -> None:
    """All options of a command at once: name, range and value; nothing is written."""
    params = numbers_of(command)
    needed = [
        p for p in TREE.commands[command].params if p.required and p not in params
    ]
    base = [command]
    for param in needed:
        is_option = param.param_type_name == "option"
        base += [param.opts[0], "nosuch"] if is_option else ["nosuch"]
    for real, whole in WORDS:
        words = {p.opts[0]: whole if kind(p) is int else real for p in params}
        given = [word for pair in words.items() for word in pair]
        done = run(*base, *given, folder=tmp_path)
        assert done.returncode == 2, done.stderr
        for name, word in words.items():
            told = f"{name}: expected a number {RANGES[name].text}, not {word[:40]}"
            assert told in done.stderr, (command, done.stderr)
    for param in params:
        done = run(*base, param.opts[0], "many", folder=tmp_path)
        assert done.returncode == 2
        assert param.opts[0] in done.stderr
    assert not any(tmp_path.iterdir())


def test_ends_of_ranges() -> None:
    """What lies at an end, and beyond it."""
    cases = {
        Range(1, 5): ([1, 5, 2.5], [0.999, 5.001, nan, inf, -inf]),
        Range(0): ([0, 1e300], [-1e-9, inf, nan]),
        Range(0, 1, below=True): ([0, 0.999], [1, -0.001]),
        Range(0, 9, above=True): ([1e-9, 9], [0, 9.1, -1]),
    }
    for known, (inside, outside) in cases.items():
        assert [x for x in inside if x not in known] == []
        assert [x for x in outside if x in known] == []


def test_ranges_are_those_of_the_library() -> None:
    """What a command takes, the function behind it takes as well."""
    ends = {name: (found.least, found.most) for name, found in RANGES.items()}
    assert ends["--time-limit"][1] == ends["--work-limit"][1] == options.MOST_SECONDS
    assert ends["--threads"] == ends["--workers"] == (1, options.MOST_THREADS)
    assert ends["--seed"] == (0, options.MOST_SEED) == (0, MOST_SEED)
    assert ends["--random"] == (2, MOST_SETTLEMENTS)
    assert ends["--tolerance"] == LIMITS["tolerance_m"]
    assert ends["--reach"] == LIMITS["reach_km"]
    assert ends["--detour"] == LIMITS["detour"]
    assert ends["--runs"][1] == sensitivity.MOST_RUNS
    assert ends["--width"][1] == cli_plot.MOST_MM
    assert ranges.MOST_JOBS > options.MOST_THREADS
