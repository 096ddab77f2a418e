"""Studies limit what a plan has reached: no limit may cut off the plan itself."""

from __future__ import annotations

import time

import pytest
from choosing_case import Case

from aumaq.results.plan.aims import aims_of
from aumaq.results.studies.choosing.terms import term_of
from aumaq.solvers import Given, Silent, Solution, SolveOptions, amended
from aumaq.solvers.amended import Study
from aumaq.solvers.compiled import Compiled, finish
from aumaq.solvers.highs.solver import Solver

CASE = Case(
    (30.0, 50.0, 70.0, 20.0),
    ((0, 20, 40), (20, 0, 35), (40, 35, 0), (15, 25, 50)),
    (100.0, 190.0), (5.0, 8.0), (1.0, 2.0), 0.05,
)  # fmt: skip


def plainly(c: Compiled) -> Solution:
    """Solve from nothing: a plan known beforehand would show a contradiction."""
    begun = time.monotonic()
    outcome = Solver(c.matrices, c.options).run(60.0, Silent(), begun)
    return finish(c, outcome, begun)


def test_what_a_limit_has_room_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """With presolve HiGHS 1.15.1 calls 22.3 proven at some room; 18.3 is the least."""
    monkeypatch.setattr(amended, "solve_whole", plainly)
    least = min(plan.cost for plan in CASE.plans() if plan.worst_minutes <= 15.0)
    options = SolveOptions(method="direct", gap=0.0)
    study = Study(CASE.instance, options, Silent(), Given())
    aims = aims_of(CASE.instance, ["worst_minutes", "cost"])
    for room in (0.0, 1e-6):
        amendment = study.amendment()
        worst = term_of(study, amendment, aims[0])
        amendment.row(worst.columns, worst.amounts, upper=15.0 * (1.0 + room))
        found = study.solve(amendment, 60.0, 0.0)
        assert found.objective_mln == pytest.approx(least)
        assert found.bound_mln == pytest.approx(least)
