"""The installed solver: known answers, and that its refusals are errors."""

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from command import run

from aumaq.instances import SolverError
from aumaq.solvers import Silent, SolveOptions
from aumaq.solvers.highs import known_answers
from aumaq.solvers.highs import solver as highs
from aumaq.solvers.highs.known_answers import PROBLEMS, Answer
from aumaq.solvers.highs.solver import Solver


@pytest.mark.parametrize(
    "answer", list(known_answers.checked()), ids=lambda a: a.problem
)
def test_known_answer(answer: Answer) -> None:
    """Status, objective of the values, and bound are those worked out by hand."""
    assert answer.is_right, answer


def test_installation_is_checked() -> None:
    """Versions and answers are told; an answer that is wrong is exit code 3."""
    done = run("--version", "--check")
    assert done.returncode == 0
    assert "highspy 1." in done.stdout
    assert "right: min 2x + 3z" in done.stdout
    wrong = (replace(PROBLEMS[0], objective=15.0), *PROBLEMS[1:])
    with mock.patch.object(known_answers.checked, "__defaults__", (wrong,)):
        done = run("--version", "--check")
    assert done.returncode == 3
    assert "WRONG: min 2x + 3z" in done.stdout


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize(
    ("setting", "start"),
    [
        (("solver", "no_such_solver"), None),
        (("presolve", 3), None),
        (("no_such_option", True), None),
        (("threads", 1), [1.0, 2.0, 3.0]),
    ],
)
def test_refusals_are_errors(
    monkeypatch: pytest.MonkeyPatch,
    is_apart: bool,
    setting: tuple[str, object],
    start: list[float] | None,
) -> None:
    """What HiGHS refuses ends the solve and is named, in any process."""
    monkeypatch.setattr(highs, "APART_FROM", 0 if is_apart else 10**9)
    solver = Solver(PROBLEMS[0].matrices(), SolveOptions(gap=0.0, threads=1))
    solver.set_option(*setting)
    if start is not None:
        values = np.array(start)
        monkeypatch.setattr(solver, "_start", (np.arange(2), values))
        monkeypatch.setattr(solver, "_complete_start", lambda *_: values)
    named = f"{setting[0]} = {setting[1]!r}" if start is None else "start of 3 values"
    with pytest.raises(SolverError, match=named):
        solver.run(10.0, Silent(), 0.0)
