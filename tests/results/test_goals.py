"""Plans for another goal than cost: against all plans that the audit accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from audit_enumeration import _tables, decisions
from command import run
from tiny_instances import Rows
from tiny_instances import tiny as made

import aumaq
from aumaq.results.audit import audit

HARD = {"budget": "all", "period": "p1", "is_hard": True}
SERVICE = {"service": "s", "allocation": "whole", "unserved_mln_per_unit_year": 0.1}
LATE = 60.0
"""Minutes of who is not served: the cut-off, no way is longer."""
CASES: dict[str, Rows] = {
    "money for one of three": [{**HARD, "amount_mln": 12.0}],
    "money for two": [{**HARD, "amount_mln": 24.0}],
}


def hamlets(budgets: Rows, second: float) -> aumaq.Instance:
    """Return three hamlets without a school; the ways are not as far as the crow."""
    names = "abc"
    ways = {"ab": 10.0, "ac": 35.0, "bc": 20.0}
    return made(
        services=[SERVICE],
        settlements=[
            {"settlement": "a", "population": 90.0},
            {"settlement": "b", "population": second},
            {"settlement": "c", "population": 60.0},
        ],
        sites=[{"site": n, "service": "s", "settlement": n} for n in names],
        levels=[{"service": "s", "level": 1, "capacity": 150.0, "capex_mln": 10.0}],
        travel=[
            {"settlement": i, "site": j, "minutes": ways["".join(sorted(i + j))]}
            for i in names
            for j in names
            if i != j
        ],
        budgets=budgets,
    )


def goals(tables: dict[str, pd.DataFrame], minutes: float) -> dict[str, float]:
    """Return the goals of a plan of one period and service, written out."""
    goes, out = tables["allocation"], tables["unserved"]
    total = goes["demand"].sum() + out["demand"].sum()
    felt = (goes["demand"] * goes["minutes"]).sum() + LATE * out["demand"].sum()
    worst = [*(goes["share"] * goes["minutes"]), *(out["share"] * LATE)]
    return {
        "cover": float(goes["demand"][goes["minutes"] <= minutes].sum()),
        "mean_minutes": float(felt / total),
        "worst_minutes": max(worst),
    }


@pytest.mark.parametrize("name", CASES)
def test_goals_equal_enumeration(name: str) -> None:
    """The best that any plan reaches, and of those the cheapest; both bounds hold."""
    instance, minutes = hamlets(CASES[name], 100.0), 15.0
    found = [audit(instance, _tables(one)) for one in decisions(instance)]
    allowed = [
        (goals(dict(one.tables), minutes), one.objective_mln)
        for one in found
        if not one.findings
    ]
    for goal, sign in (("cover", -1.0), ("mean_minutes", 1.0), ("worst_minutes", 1.0)):
        best = min(sign * told[goal] for told, _ in allowed)
        least = min(cost for told, cost in allowed if sign * told[goal] <= best + 1e-9)
        plan = aumaq.solve(
            instance, goal=goal, minutes=minutes if goal == "cover" else None, gap=0.0
        )
        told = plan.record["goal"]
        assert plan.is_verified
        assert plan.status == "optimal"
        assert told["value"] == pytest.approx(sign * best)
        assert told["bound"] == pytest.approx(sign * best)
        assert goals(dict(plan.tables), minutes)[goal] == pytest.approx(sign * best)
        assert plan.objective_mln == pytest.approx(least)
        assert told["cost_bound_mln"] == pytest.approx(least, abs=1e-5)


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
    ],
)
def test_what_does_not_go_with_a_goal_is_refused(
    options: dict[str, object], told: str
) -> None:
    """Before any work, by name."""
    with pytest.raises(aumaq.AumaqError, match=told):
        aumaq.solve(aumaq.read("tiny"), **options)  # type: ignore[arg-type]
