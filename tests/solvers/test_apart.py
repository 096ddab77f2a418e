"""HiGHS in a process of its own: the same answers, and an end whatever it is at."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from shared_plans import shipped

import aumaq
from aumaq.solvers.highs import apart as highs_apart
from aumaq.solvers.highs import solver as highs

DEAF = """
import pickle, sys, time
import numpy as np
pickle.load(sys.stdin.buffer)
for message in (("event", 9.0, 5.0), ("plan", np.array([3.0])), ("event", 8.0, 6.0)):
    pickle.dump(message, sys.stdout.buffer)
sys.stdout.flush()
time.sleep(60)
pickle.dump(("event", 7.0, 7.0), sys.stdout.buffer)
"""
"""A solver that finds a plan and a bound, then listens to nothing for a minute."""


@pytest.mark.slow
@pytest.mark.parametrize("method", ["direct", "blocks"])
def test_the_same_optimum(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model of the solve goes to another process; the plan is the same."""
    here = aumaq.solve(shipped(), gap=0.0, method=method)
    monkeypatch.setattr(highs, "APART_FROM", 0)
    apart = aumaq.solve(shipped(), gap=0.0, method=method)
    assert apart.objective_mln == pytest.approx(here.objective_mln)
    assert apart.bound_mln == pytest.approx(here.bound_mln)
    assert apart.is_verified


@pytest.mark.slow
@pytest.mark.parametrize("is_asked", [True, False])
def test_the_deaf_are_ended(
    is_asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of patience, the last plan and the last bound stand."""
    script = tmp_path / "deaf.py"
    script.write_text(DEAF)
    monkeypatch.setattr(highs_apart, "program", SimpleNamespace(__file__=script))
    monkeypatch.setattr(highs_apart, "PATIENCE_SECONDS", 1.0)
    is_over, told = threading.Event(), list[tuple[float, float]]()

    def tell(best: float, bound: float) -> None:
        told.append((best, bound))
        if is_asked and bound == 6.0:
            is_over.set()

    task = {"nothing": 0}
    found = highs_apart.answer_apart(task, tell, is_over, 60.0 if is_asked else 2.0)
    assert found["said"] == ("kInterrupt" if is_asked else "kTimeLimit")
    assert np.array_equal(found["values"], [3.0])
    assert told == [(9.0, 5.0), (8.0, 6.0)]
