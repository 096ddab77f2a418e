"""Plans for another goal than cost: against all plans of three hamlets."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import pytest
from command import run
from service_case import tiny as made

import aumaq

PEOPLE = {"a": 90.0, "b": 100.0, "c": 60.0}
WAYS = {"ab": 10.0, "ac": 35.0, "bc": 20.0}
CAPACITY, CAPEX, UNSERVED = 150.0, 10.0, 0.1
LATE = 60.0
"""Minutes of who is not served: the cut-off, no way is longer."""


def way(one: str, other: str) -> float:
    """Return the minutes between two hamlets."""
    return 0.0 if one == other else WAYS["".join(sorted(one + other))]


def hamlets(money: float) -> aumaq.Instance:
    """Return three hamlets without a school; so much may be built."""
    service = {"service": "s", "allocation": "whole",
               "unserved_mln_per_unit_year": UNSERVED}  # fmt: skip
    level = {"service": "s", "level": 1, "capacity": CAPACITY, "capex_mln": CAPEX}
    return made(
        services=[service],
        settlements=[{"settlement": n, "population": PEOPLE[n]} for n in PEOPLE],
        sites=[{"site": n, "service": "s", "settlement": n} for n in PEOPLE],
        levels=[level],
        travel=[
            {"settlement": i, "site": j, "minutes": way(i, j)}
            for i, j in product(PEOPLE, PEOPLE)
            if i != j
        ],
        budgets=[
            {"budget": "all", "period": "p1", "amount_mln": money, "is_hard": True}
        ],
    )


def plans(money: float, minutes: float) -> list[tuple[dict[str, float], float]]:
    """Return goals and cost, mln, of every plan, written out by hand."""
    found = []
    most = int(money // CAPEX)
    for count in range(min(most, len(PEOPLE)) + 1):
        for built in combinations(PEOPLE, count):
            for goes in product((None, *built), repeat=len(PEOPLE)):
                load = dict.fromkeys(built, 0.0)
                felt, near, lost, worst = 0.0, 0.0, 0.0, 0.0
                for home, site in zip(PEOPLE, goes, strict=True):
                    minutes_of = LATE if site is None else way(home, site)
                    felt += PEOPLE[home] * minutes_of
                    worst = max(worst, minutes_of)
                    if site is None:
                        lost += PEOPLE[home]
                        continue
                    load[site] += PEOPLE[home]
                    near += PEOPLE[home] * (minutes_of <= minutes)
                if max(load.values(), default=0.0) <= CAPACITY:
                    mean = felt / sum(PEOPLE.values())
                    told = {"cover": near, "mean_minutes": mean, "worst_minutes": worst}
                    found.append((told, CAPEX * count + UNSERVED * lost))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("money", [12.0, 24.0])
def test_goals_equal_enumeration(money: float) -> None:
    """The best that any plan reaches, and of those the cheapest; both bounds hold."""
    instance, minutes = hamlets(money), 15.0
    every = plans(money, minutes)
    for goal, sign in (("cover", -1.0), ("mean_minutes", 1.0), ("worst_minutes", 1.0)):
        best = min(sign * told[goal] for told, _ in every)
        least = min(cost for told, cost in every if sign * told[goal] <= best + 1e-9)
        plan = aumaq.solve(
            instance, goal=goal, minutes=minutes if goal == "cover" else None, gap=0.0
        )
        told = plan.record["goal"]
        assert plan.is_verified
        assert plan.status == "optimal"
        assert told["value"] == pytest.approx(sign * best)
        assert told["bound"] == pytest.approx(sign * best)
        assert plan.objective_mln == pytest.approx(least)
        assert told["cost_bound_mln"] == pytest.approx(least, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("goal", ["cover", "mean_minutes", "worst_minutes"])
def test_where_nobody_lives_every_goal_is_nothing(goal: str) -> None:
    """No demand: 0 people and minutes, proven, at no cost; fronts are one point."""
    empty = hamlets(24.0).edit().set("settlements", population=0.0).instance
    minutes = 15.0 if goal == "cover" else None
    plan = aumaq.solve(empty, goal=goal, minutes=minutes, gap=0.0)
    assert (plan.status, plan.is_verified, plan.objective_mln) == ("optimal", True, 0.0)
    assert plan.record["goal"]["value"] == plan.record["goal"]["bound"] == 0.0
    front = aumaq.pareto(empty, ["cost", goal], points=3, minutes=minutes)
    assert front.rows[["cost", goal, "bound"]].to_numpy().tolist() == [[0.0] * 3]


@pytest.mark.slow
def test_a_plan_for_a_goal_is_kept_and_read(tmp_path: Path) -> None:
    """By the command: the goal is told, and is in the plan that is read back."""
    words = ("solve", "tiny", "--goal", "cover", "--minutes", 10, "--gap", 0)
    done = run(*words, "--out", "plan", "--quiet", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "most people within the limit; 200.0 persons, bound 200.0" in done.stdout
    plan = aumaq.find_plan(str(tmp_path / "plan"))
    assert plan.is_verified
    assert plan.record["goal"]["value"] == 200.0
    again = run(*words, "--out", "plan", "--json", folder=tmp_path)
    assert json.loads(again.stdout)["goal"]["bound"] == 200.0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"goal": "covr"}, "unknown goal 'covr', did you mean 'cover'"),
        ({"goal": "cover"}, "needs minutes"),
        ({"minutes": 10.0}, "minutes are for the goal cover"),
        (
            {"goal": "mean_minutes", "method": "decomposed"},
            "the method decomposed plans for cost only; for the goal mean_minutes take",
        ),
        ({"goal": "worst_minutes", "work_limit": 5.0}, "work_limit: only for the goal"),
        ({"goal": "cover", "minutes": 9.0, "formulation": "weak"}, "formulation: only"),
    ],
)
def test_what_does_not_go_with_a_goal_is_refused(
    options: dict[str, object], told: str
) -> None:
    """Before any work, by name."""
    with pytest.raises(aumaq.AumaqError, match=told):
        aumaq.solve(aumaq.read("tiny"), **options)  # type: ignore[arg-type]
