"""More money: the best plan for each amount, and plans that build on each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from choosing_case import Case, cases
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from shared_plans import shipped
from tiny_instances import tiny

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


PLAIN = [{"discount_rate": 0.0, "value_of_time_per_hour": 0.0,
          "count_residual_value": False}]  # fmt: skip
RENEWED: dict[str, Any] = {
    "policies": PLAIN,
    "periods": [{"period": "p1", "first_year": 2026, "years": 10}],
    "settlements": [{"settlement": v, "population": 100.0} for v in "ab"],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "cutoff_minutes": 60.0, "renewal_share": 0.5}],
    "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 100.0,
                "opex_mln_per_year": 10.0},
               {"service": "s", "level": 2, "capacity": 200.0, "capex_mln": 150.0,
                "opex_mln_per_year": 12.0}],
    "sites": [{"site": "a", "service": "s", "settlement": "a", "max_level": 1,
               "status": "existing"},
              {"site": "b", "service": "s", "settlement": "b"}],
    "facilities": [{"service": "s", "site": "a", "level": 1, "renew_by_year": 2027}],
    "travel": [{"settlement": v, "site": w, "minutes": 5.0 if v == w else 20.0}
               for v in "ab" for w in "ab"],
}  # fmt: skip
REOPENED: dict[str, Any] = {
    "policies": PLAIN,
    "periods": [{"period": "p1", "first_year": 2026, "years": 10},
                {"period": "p2", "first_year": 2036, "years": 1}],
    "settlements": [{"settlement": "a", "population": 100.0},
                    {"settlement": "b", "population": 0.0}],
    "services": [{"service": "s", "unserved_mln_per_unit_year": 1.0,
                  "cutoff_minutes": 60.0}],
    "levels": [{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 30.0,
                "opex_mln_per_year": 40.0},
               {"service": "s", "level": 2, "capacity": 101.0, "capex_mln": 55.0,
                "opex_mln_per_year": 1.0}],
    "sites": [{"site": "a", "service": "s", "settlement": "a", "max_level": 1,
               "status": "existing"},
              {"site": "b", "service": "s", "settlement": "b"}],
    "facilities": [{"service": "s", "site": "a", "level": 1}],
    "travel": [{"settlement": "a", "site": w, "minutes": m}
               for w, m in (("a", 0.0), ("b", 20.0))],
    "population": [{"settlement": v, "period": t, "persons": n, "group": "all",
                    "scenario": "base"}
                   for v, t, n in (("a", "p1", 10.0), ("a", "p2", 100.0),
                                   ("b", "p1", 0.0), ("b", "p2", 0.0))],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "amounts", "cost"),
    [(RENEWED, (60.0, 300.0), 80.0), (REOPENED, (30.0, 60.0), 104.0)],
    ids=["renewed", "reopened"],
)
def test_what_is_paid_for_at_a_site_of_today_stays(
    rows: dict[str, Any], amounts: tuple[float, float], cost: float
) -> None:
    """The plan of less money renews, or opens again, what it had: by hand.

    Kept, the renewed school and a new one cost 50 + 100 + 200 = 350, the large one
    alone 150 + 120 = 270. What opened again for 30 leaves no 55 of 60.
    """
    found = aumaq.budget_curve(tiny(**rows), amounts, nested="up")
    price = found.rows["price_mln"].tolist()
    assert price == pytest.approx([0.0, cost])
    assert found.rows["price_at_least_mln"].tolist() == pytest.approx([0.0, cost])


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


@pytest.mark.slow
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
