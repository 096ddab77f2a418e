"""Fronts of goals: every point is one of enumeration, and none is missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from choosing_case import Case, cases
from command import run
from eventful_plan import eventful
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from shared_plans import shipped

import aumaq
from aumaq.instances import OptionError
from aumaq.solvers import amended
from aumaq.solvers.amended import Study
from aumaq.solvers.blocks.method import solve_apart

TWO = (
    ["cost", "mean_minutes"],
    ["cost", "worst_minutes"],
    ["investment", "unserved"],
    ["mean_minutes", "cost"],
)
THREE = (["cost", "unserved", "worst_minutes"], ["investment", "unserved", "cost"])
BY_BLOCKS = (["cost", "worst_minutes"], ["cost", "unserved", "worst_minutes"])
NEAR = 1e-5
"""Absolute and relative; villages are of tens of people, minutes whole numbers."""


def front(case: Case, goals: list[str]) -> np.ndarray:
    """Return the values of all plans that no other beats, each once."""
    every = [[getattr(plan, goal) for goal in goals] for plan in case.plans()]
    values = np.unique(np.round(np.array(every), 9), axis=0)
    no_worse = (values[:, None] <= values[None]).all(axis=2)
    better = (values[:, None] < values[None]).any(axis=2)
    return values[~(no_worse & better).any(axis=0)]


@pytest.mark.slow
@examples(40)
@given(case=cases(), goals=st.sampled_from(TWO))
def test_all_points_of_two_goals_are_the_front_of_enumeration(
    case: Case, goals: list[str]
) -> None:
    """None is missing, none is beaten or weakly efficient, each has its bound."""
    expected = front(case, goals)
    found = aumaq.pareto(case.instance, goals, 0)
    assert found.rows[goals].to_numpy() == pytest.approx(expected, rel=NEAR, abs=NEAR)
    assert found.rows["bound"].tolist() == pytest.approx(
        expected[:, 0].tolist(), rel=NEAR, abs=NEAR
    )
    assert found.rows["verified"].all()
    assert not found.message


@pytest.mark.slow
@examples(20)
@given(case=cases(), goals=st.sampled_from(THREE))
def test_a_grid_of_three_goals(case: Case, goals: list[str]) -> None:
    """Points are of the front; within each limit none is better in the first goal."""
    expected = front(case, goals)
    found = aumaq.pareto(case.instance, goals, 4)
    for row in found.rows.to_dict("records"):
        point = np.array([row[goal] for goal in goals])
        assert np.abs(expected - point).max(axis=1).min() <= NEAR * (1 + point.max())
        limits = np.array([row[f"limit_{goal}"] for goal in goals[1:]])
        within = (expected[:, 1:] <= limits + NEAR).all(axis=1)
        assert row[goals[0]] == pytest.approx(expected[within, 0].min(), abs=NEAR)
    for k, goal in enumerate(goals):  # the payoff table has the best of each
        own = found.payoff.loc[found.payoff["best"] == goal, goal].item()
        assert own == pytest.approx(expected[:, k].min(), abs=NEAR)


@pytest.mark.slow
@examples(20)
@given(case=cases(), goals=st.sampled_from(TWO), share=st.sampled_from([0.0, 0.2, 1.0]))
def test_one_goal_after_the_other(case: Case, goals: list[str], share: float) -> None:
    """The second is as good as it can be where the first is worse by the tolerance."""
    every = np.array([[getattr(p, goal) for goal in goals] for p in case.plans()])
    first = every[:, 0].min()
    within = every[every[:, 0] <= first + abs(first) * share + 1e-9]
    found = aumaq.best_by(case.instance, goals, tolerances=[share, 0.0])
    row = found.rows.iloc[0]
    assert row[goals[1]] == pytest.approx(within[:, 1].min(), rel=NEAR, abs=NEAR)
    assert row[f"bound_{goals[1]}"] == pytest.approx(row[goals[1]], rel=NEAR, abs=NEAR)
    weighed = aumaq.best_by(case.instance, goals, weights=[1.0, 2.0])
    ranges = np.ptp(weighed.payoff[goals].to_numpy(), axis=0)
    if (ranges > 0).all():
        sums = (every - every.min(axis=0)) / ranges @ np.array([1.0, 2.0])
        assert weighed.rows["sum"].item() == pytest.approx(sums.min(), abs=NEAR)


@pytest.mark.slow
@examples(30)
@given(case=cases(), goals=st.sampled_from(BY_BLOCKS))
def test_a_front_by_blocks_is_that_of_enumeration(case: Case, goals: list[str]) -> None:
    """As in a large model: places have limits, points share relaxation and bounds."""
    every = np.array([[getattr(plan, goal) for goal in goals] for plan in case.plans()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Study, "is_large", True)
        patch.setattr(amended, "solve_by_size", solve_apart)
        found = aumaq.pareto(case.instance, goals, 5)
    assert found.rows["verified"].all()
    for row in found.rows.to_dict("records"):
        limits = np.array([row[f"limit_{goal}"] for goal in goals[1:]])
        within = (every[:, 1:] <= limits + NEAR).all(axis=1)
        least = every[within, 0].min()
        assert row[goals[0]] == pytest.approx(least, rel=NEAR, abs=NEAR)
        assert row["bound"] <= least + NEAR * (1.0 + abs(least))
        assert row["gap"] <= NEAR
    best = found.payoff.set_index("best")["bound"]
    assert best["worst_minutes"] <= every[:, goals.index("worst_minutes")].min() + NEAR


@pytest.mark.slow
def test_a_goal_that_is_the_same_everywhere() -> None:
    """All are served in any plan worth having: a front of three goals is that of two.

    Nobody lives in the first village; with weights the goal stays as good as it is.
    """
    case = Case(
        (0.0, 70.0, 90.0), ((45, 18, 20), (46, 10, 28), (26, 10, 40)), (90.0, 198.0),
        (3.0, 4.8), (1.0, 2.0), 0.2,
    )  # fmt: skip
    goals = ["worst_minutes", "unserved", "cost"]
    found = aumaq.pareto(case.instance, goals, 3)
    expected = [[0.0, 0.0, 8.0], [10.0, 0.0, 7.7]]
    assert found.rows[goals].to_numpy() == pytest.approx(np.array(expected), abs=NEAR)
    assert found.rows["verified"].all()
    assert set(found.rows["status"]) == {"optimal"}
    weighed = aumaq.best_by(case.instance, goals, weights=[1.0, 1.0, 3.0])
    assert weighed.rows[goals].iloc[0].tolist() == pytest.approx(expected[1], abs=NEAR)
    assert weighed.rows["sum"].item() == pytest.approx(1.0, abs=NEAR)
    assert weighed.rows["bound"].item() == pytest.approx(1.0, abs=NEAR)


@pytest.mark.slow
def test_a_goal_of_nothing_has_no_gap_for_rounding() -> None:
    """With nothing open nobody is covered, at no cost: that is proven, and it is 0.

    Of 17,000 people the slack of the cost is worth so much that its rounding shows.
    """
    case = Case(
        (9000.0, 3000.0, 2000.0, 3000.0),
        ((20, 10, 30), (5, 45, 30), (55, 55, 55), (10, 45, 10)),
        (11900.0, 18700.0), (0.0, 0.0), (1.0, 1.0), 0.0,
    )  # fmt: skip
    found = aumaq.pareto(case.instance, ["cover", "cost"], 5, minutes=10.0).rows
    assert found["cover"].tolist()[-1] == found["cost"].tolist()[-1] == 0.0
    assert not np.signbit(found[["cover", "cost"]].to_numpy()).any()
    assert found["gap"].tolist() == [0.0] * len(found)


def test_goals_that_do_not_conflict_have_one_point() -> None:
    """Fewest unserved is most within any minutes: found at once, and all is tried."""
    case = Case(
        (30000.0, 20000.0, 0.0), ((20, 5, 10), (10, 45, 30), (9, 9, 9)),
        (45000.0, 55000.0),
        (50000.0, 80000.0), (10000.0, 20000.0), 0.5,
    )  # fmt: skip
    found = aumaq.pareto(case.instance, ["unserved", "cover"], 0, minutes=55.0)
    assert found.rows["unserved"].tolist() == pytest.approx([0.0], abs=1e-3)
    assert found.rows["cover"].tolist() == pytest.approx([50000.0])
    assert "one plan is the best" in str(found.message)


def test_what_costs_more_may_harm_less() -> None:
    """One with 1000 places holds all; a larger one is dearer, but smokes half as much.

    Two are needed, as nobody goes that far.
    """
    instance = shipped().edit()
    levels = shipped().table("levels")["level"].tolist()
    instance.replace("impacts", pd.DataFrame([{"impact": "smoke", "unit": "t"}]))
    instance.set("services", may_be_unserved=False)
    instance.set("levels", capacity=lambda rows: 1000.0 * rows["level"])
    instance.replace("impact_rates", pd.DataFrame([
        {"impact": "smoke", "of": "facility", "service": "school", "level": level,
         "rate": 8.0 / level} for level in levels
    ]))  # fmt: skip
    found = aumaq.best_by(instance.instance, ["impact:smoke", "cost"])
    assert found.rows["impact:smoke"].item() == pytest.approx(2 * 8.0 / max(levels))
    assert set(found.plans["best"].facilities["level"]) == {max(levels)}


@pytest.mark.slow
def test_processes_walk_the_same_front() -> None:
    """Two processes give what one gives."""
    case = Case(
        (30.0, 50.0, 70.0, 20.0),
        ((0, 20, 40), (20, 0, 35), (40, 35, 0), (15, 25, 50)),
        (100.0, 190.0), (5.0, 8.0), (1.0, 2.0), 0.05,
    )  # fmt: skip
    goals = ["cost", "mean_minutes"]
    one, two = (aumaq.pareto(case.instance, goals, 7, jobs=jobs) for jobs in (1, 2))
    assert two.rows[goals].to_numpy() == pytest.approx(one.rows[goals].to_numpy())
    assert two.rows["verified"].all()
    assert all(plan.verify().is_feasible for plan in two.plans.values())


@pytest.mark.slow
def test_the_command_writes_table_picture_and_plans(tmp_path: Path) -> None:
    """CSV, JSON, SVG and a folder for each point, read back."""
    words = ("--goals", "cost,mean_minutes", "--points", 3, "--out", "front", "--json")
    done = run("pareto", "tiny", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    table = pd.read_csv(tmp_path / "front" / "plans.csv")
    assert table["cost"].tolist() == [row["cost"] for row in found["rows"]]
    assert "<svg" in (tmp_path / "front" / "front.svg").read_text()
    for row in found["rows"]:
        plan = aumaq.find_plan(str(tmp_path / "front" / row["point"]))
        assert plan.is_verified
        assert plan.objective_mln == pytest.approx(row["cost"])


def test_senseless_goals_are_told() -> None:
    """One, four, twice the same, an unknown one, cover without minutes."""
    for goals in (["cost"], ["cost"] * 2, ["cost", "cover"], ["cost", "posts"]):
        with pytest.raises(OptionError):
            aumaq.pareto(shipped(), goals)
    with pytest.raises(aumaq.UnknownNameError, match="did you mean 'mean_minutes'"):
        aumaq.pareto(shipped(), ["cost", "mean_minute"])


@pytest.mark.slow
def test_goals_are_the_same_in_model_and_plan_where_everything_happens() -> None:
    """Investment, posts, impacts, who is unserved; with networks, roads, partners."""
    goals = ["cost", "investment", "unserved", "impact:co2", "posts"]
    found = aumaq.best_by(eventful(), goals)
    assert found.rows["verified"].all(), found.plans["best"].record["problems"]
    with pytest.raises(OptionError, match="growth"):
        aumaq.pareto(eventful(), ["cost", "mean_minutes"])
