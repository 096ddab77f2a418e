"""Studies limit what a plan has reached: no limit may cut off the plan itself."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from choosing_case import Case

from aumaq.results.plan.aims import aims_of
from aumaq.results.studies.choosing.terms import term_of
from aumaq.solvers import Given, Silent, SolveOptions, Status, direct
from aumaq.solvers.amended import Amendment, Study
from aumaq.solvers.highs.solver import Outcome, Solver
from aumaq.solvers.second_proof import proven_again

CASE = Case(
    (30.0, 50.0, 70.0, 20.0),
    ((0, 20, 40), (20, 0, 35), (40, 35, 0), (15, 25, 50)),
    (100.0, 190.0), (5.0, 8.0), (1.0, 2.0), 0.05,
)  # fmt: skip


@pytest.fixture(scope="module")
def study() -> Study:
    """Return a study without a search for plans beside the proof."""
    options = SolveOptions(method="direct", gap=0.0, threads=1)
    return Study(CASE.instance, options, Silent(), Given())


def limited(study: Study, room: float) -> Amendment:
    """Limit the way of whoever has the longest to 15 minutes, and room beyond."""
    amendment = study.amendment()
    (aim,) = aims_of(CASE.instance, ["worst_minutes"])
    worst = term_of(study, amendment, aim)
    amendment.row(worst.columns, worst.amounts, upper=15.0 * (1.0 + room))
    return amendment


LEAST = min(plan.cost for plan in CASE.plans() if plan.worst_minutes <= 15.0)


@pytest.mark.parametrize("room", [0.0, 1e-6])
def test_what_a_limit_has_room_for_is_found(study: Study, room: float) -> None:
    """With presolve HiGHS 1.15.1 calls 22.3 proven at some room; 18.3 is the least."""
    found = study.solve(limited(study, room), 60.0, 0.0)
    assert found.objective_mln == pytest.approx(LEAST)
    assert found.bound_mln == pytest.approx(LEAST)


@pytest.mark.parametrize(
    ("work", "is_plan"), [(None, True), (10.0, True), (None, False)]
)
def test_what_is_small_is_proven_twice(
    study: Study, monkeypatch: pytest.MonkeyPatch, work: float | None, is_plan: bool
) -> None:
    """A plan that is called optimal, or said not to be there, is refuted by a better.

    By time and by work; whatever release of HiGHS there is, the first answer is wrong.
    """
    m = limited(study, 0.0).of(study.c.matrices)
    dear = replace(m, cost=-m.cost)
    far = Solver(dear, study.c.options).run(60.0, Silent(), time.monotonic())
    assert far.values is not None
    cost = float(m.cost @ far.values) + m.offset
    assert cost > LEAST + 1.0
    wrong = (
        Outcome(Status.OPTIMAL, cost, cost, far.values, "")
        if is_plan
        else Outcome(Status.INFEASIBLE, float("nan"), float("-inf"), None, "")
    )
    monkeypatch.setattr(direct, "_by_time", lambda *_: wrong)
    monkeypatch.setattr(direct, "_by_work", lambda *_: wrong)
    options = replace(study.c.options, work_limit=work)
    again = replace(study.c, matrices=m, options=options, started=time.monotonic())
    found = direct.solve_whole(again)
    assert found.objective_mln == pytest.approx(LEAST)
    assert (found.bound_mln, found.status) == (pytest.approx(LEAST), Status.OPTIMAL)


def test_what_holds_is_left_as_it_was(study: Study) -> None:
    """A right answer, one of a search that was not over, and one of much are kept."""
    m, options = study.c.matrices, study.c.options
    right = Solver(m, options).run(60.0, Silent(), time.monotonic())
    assert proven_again(m, options, right, 60.0) is right
    unsure = replace(right, status=Status.TIME_LIMIT, bound=right.bound + 1.0)
    assert proven_again(m, options, unsure, 60.0) is unsure
