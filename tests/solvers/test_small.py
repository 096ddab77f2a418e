"""Small instances answer at once: what is done for them is counted, not timed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aumaq.instances.generators import clustered
from aumaq.solvers import Given, Silent, SolveOptions, places, search
from aumaq.solvers.compiled import Compiled, compiled, improver
from aumaq.solvers.direct import solve_whole
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.solution.decisions import Status

NOT_NEEDED = ("duckdb", "matplotlib", "networkx", "numba", "openpyxl", "pyomo",
              "scipy.optimize", "scipy.spatial", "sklearn")  # fmt: skip
NOTHING = Outcome(Status.TIME_LIMIT, float("nan"), float("-inf"), None, "")


@pytest.mark.slow
def test_a_small_solve_loads_what_it_needs(tmp_path: Path) -> None:
    """``aumaq solve tiny``, its report included, loads none of the heavy packages."""
    code = (
        "import sys; from aumaq.cli import main\n"
        f"sys.argv = ['aumaq', 'solve', 'tiny', '--out', {str(tmp_path / 'plan')!r}]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        f"print([name for name in {NOT_NEEDED} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "AUMAQ_LANG": ""},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"
    assert (tmp_path / "plan" / "report.html").exists()


@pytest.fixture(name="town")
def _town() -> Compiled:
    """Thirteen settlements, one of them a town with dozens of facilities."""
    options = SolveOptions(threads=1, time_limit=600.0)
    return compiled(clustered(13, 1), options, Silent(), Given())


@pytest.mark.slow
def test_the_first_plans_of_a_town_are_good(
    town: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three solves are within 1.5 % of the LP; whole numbers around it are not.

    Plans are taken while they are found, each better than the one before.
    """
    monkeypatch.setattr(search, "STEP_SECONDS", 100.0)
    solves: list[Outcome] = []
    run = Solver.run

    def counted(*arguments: object) -> Outcome:
        solves.append(run(*arguments))  # type: ignore[arg-type]
        return solves[-1]

    monkeypatch.setattr(Solver, "run", counted)
    found, told = improver(town), list[float]()
    offer = found.offer

    def heard(objective: float, values: np.ndarray) -> None:
        told.append(objective)
        offer(objective, values)

    monkeypatch.setattr(found, "offer", heard)
    found.search(600.0, steps=0)
    relaxed, around, _ = solves
    assert around.objective > 1.02 * relaxed.objective
    assert relaxed.objective <= found.objective <= 1.015 * relaxed.objective
    assert len(told) > 3
    assert found.values is not None
    assert not found.solver.structure.broken(found.values).any()


def test_ways_are_let_in_where_nothing_better_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A search that has the best plan without dear ways goes on with some of them."""
    monkeypatch.setattr(search, "STEP_SECONDS", 100.0)
    options = SolveOptions(threads=1, time_limit=600.0, gap=0.2)
    small = compiled(clustered(5, 1), options, Silent(), Given())
    monkeypatch.setattr(places, "FIRST_SITES", len(small.sites))
    found = search.Improver(small.matrices, small.sites, options, 0.2)
    out: list[int] = []

    def tell() -> None:
        assert found.scope is not None
        out.append(int(found.scope.is_dear.sum()))
        if len(out) > 40 or out[-1] == 0:
            found.stop()

    found.search(600.0, tell)
    assert out[0] > out[-1] == 0
    assert sorted(out, reverse=True) == out


@pytest.mark.parametrize(("count", "is_alone"), [(2, True), (30, False)])
def test_highs_is_alone_with_what_is_small(
    count: int, is_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No race decides which of two plans that cost the same is found."""
    used = set[str]()
    for cls, name in ((search.Improver, "search"), (Solver, "stop_when")):
        monkeypatch.setattr(cls, name, lambda *_, name=name: used.add(name))
    monkeypatch.setattr(Solver, "run", lambda *_: NOTHING)
    options = SolveOptions(threads=2, time_limit=1.0)
    solve_whole(compiled(clustered(count, 1), options, Silent(), Given()))
    assert used == (set() if is_alone else {"search", "stop_when"})
