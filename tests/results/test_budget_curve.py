"""More money: the best plan for each amount, and plans that build on each other."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from choosing_case import Case, cases
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from shared_plans import shipped

import aumaq
from aumaq.instances import OptionError
from aumaq.instances.language.texts import say

SAME = {"rel": 1e-6, "abs": 1e-6}


def levels_of(plan: aumaq.Plan) -> tuple[int, ...]:
    """Return the level at each site."""
    at = dict(zip(plan.facilities["site"], plan.facilities["level"], strict=True))
    return tuple(int(at.get(site, 0)) for site in "abc")


@pytest.mark.slow
@examples(40)
@given(case=cases(), way=st.sampled_from(["up", "down"]))
def test_plans_for_amounts_are_the_best_there_are(case: Case, way: str) -> None:
    """Alone as by enumeration; nested the best that has, or is, part of the next."""
    one, two = case.capex
    amounts = [0.0, one, two, one + two, 3.0 * two]
    found = aumaq.budget_curve(case.instance, amounts, nested=way)
    every = case.plans()
    for row in found.rows.to_dict("records"):
        own = [p.cost for p in every if p.investment <= row["amount_mln"] + 1e-9]
        assert row["objective_mln"] == pytest.approx(min(own), **SAME)
        assert row["bound_mln"] == pytest.approx(min(own), **SAME)
        assert row["verified"]
        assert row["nested_verified"]
        assert row["price_at_least_mln"] - 1e-6 <= row["price_mln"]
        assert row["price_mln"] <= row["price_at_most_mln"] + 1e-6
    order = sorted(found.nested) if way == "up" else sorted(found.nested)[::-1]
    before: tuple[int, ...] | None = None
    for amount in order:
        plan = found.nested[amount]
        allowed = [
            p.cost for p in every
            if p.investment <= amount + 1e-9 and (before is None or all(
                (a >= b if way == "up" else a <= b)
                for a, b in zip(p.levels, before, strict=True)))
        ]  # fmt: skip
        assert plan.objective_mln == pytest.approx(min(allowed), **SAME)
        before = levels_of(plan)


@pytest.mark.slow
def test_the_command_tells_the_price(tmp_path: Path) -> None:
    """Table, picture and plans; an amount for which there is no plan is a row."""
    words = ("--amounts", "300,100", "--nested", "--out", "money", "--json")
    done = run("budgets", "tiny", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [row["amount_mln"] for row in rows] == [100.0, 300.0]
    assert [row["objective_mln"] for row in rows] == pytest.approx([1100.0, 780.0])
    assert "<svg" in (tmp_path / "money" / "budgets.svg").read_text()
    plan = aumaq.find_plan(str(tmp_path / "money" / "300-nested"))
    assert plan.is_verified
    must = shipped().replace(
        services=shipped().table("services").assign(may_be_unserved=False)
    )
    found = aumaq.budget_curve(must, [0.0, 900.0])
    assert found.rows["status"].tolist()[0] == "infeasible"
    assert isinstance(found.rows, pd.DataFrame)
    assert list(found.plans) == [900.0]


def test_plans_are_kept_where_nothing_can_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra for figures it is told, and the plans are there."""

    def lacking(*_: object) -> None:
        raise OptionError(say("no figures here"))

    monkeypatch.setattr("aumaq.results.plots.budget_curve.plot_budgets", lacking)
    words = ("--amounts", "300", "--out", "money")
    done = run("budgets", "tiny", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no figures here" in done.stderr
    assert aumaq.find_plan(str(tmp_path / "money" / "300")).is_verified


def test_senseless_amounts_are_told() -> None:
    """None, less than nothing, a way to nest that there is not."""
    for amounts in ([], [-1.0]):
        with pytest.raises(OptionError):
            aumaq.budget_curve(shipped(), amounts)
    with pytest.raises(aumaq.UnknownNameError):
        aumaq.budget_curve(shipped(), [1.0], nested="sideways")
