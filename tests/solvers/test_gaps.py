"""Bounds on the gap between regions: by hand, without time, priced, what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from brute_force import best_plan_cost
from two_regions import two_regions
from two_schools import NO_TIME

import aumaq


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gap", "cost"),
    [
        # 75 of a stay away: a quarter of them is served, and none of b in 10 minutes.
        ({}, 75.0),
        ({"scope": "kind"}, 75.0),
        ({"scope": "tag"}, 75.0),
        ({"most": 1.0}, 0.0),
        ({"is_hard": False, "excess_mln_per_year": 20.0}, 0.75 * 20.0),
        ({"is_hard": False, "excess_mln_per_year": 200.0}, 75.0),
        # b counts with 30 minutes each, a with 0: two thirds of a stay away, or 20 min.
        ({"measure": "minutes", "minutes": 30.0, "most": 10.0}, 100 * 20 / 30),
        ({"measure": "minutes", "minutes": 60.0, "most": 30.0}, 0.0),
    ],
)
def test_what_a_gap_costs(gap: dict[str, Any], cost: float) -> None:
    """The best plan by hand and by enumeration; there is a plan without any time."""
    instance = two_regions(**gap)
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.record["problems"] == []
    travel = plan.objective_mln - cost
    assert travel == pytest.approx(0.0, abs=1e-5)
    assert best_plan_cost(instance) == pytest.approx(plan.objective_mln, abs=1e-5)
    row = plan.table("gaps").iloc[0]
    assert row["difference"] <= plan.instance.tables["gaps"]["most"][0] + (
        row["excess"] + 1e-6
    )
    quick = aumaq.solve(instance, time_limit=NO_TIME)
    assert quick.record["problems"] == []


@pytest.mark.slow
def test_a_plan_of_before_reads(tmp_path: Path) -> None:
    """Plans of versions that knew no gaps have no such table, and need none."""
    instance = two_regions().replace(gaps=two_regions().table("gaps").iloc[:0])
    folder = aumaq.solve(instance, gap=0.0).to_csv(tmp_path / "plan")
    (folder / "gaps.csv").unlink()
    plan = aumaq.Plan.read(folder)
    assert plan.is_verified
    assert plan.table("gaps").empty


def test_whole_catchments_stay_away_as_a_whole() -> None:
    """Nobody of a is served: a part would not do."""
    instance = two_regions("whole")
    for options in ({"time_limit": NO_TIME}, {"gap": 0.0}):
        plan = aumaq.solve(instance, **options)
        assert plan.record["problems"] == []
        assert "a" in set(plan.table("unserved")["settlement"])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["blocks", "decomposed"])
def test_other_methods_price_it(method: str) -> None:
    """Their bound is not above the optimum, their plan keeps the rule."""
    instance = two_regions()
    plan = aumaq.solve(instance, method=method, gap=0.0, time_limit=20.0)
    assert plan.record["problems"] == []
    assert plan.bound_mln <= best_plan_cost(instance) + 1e-6


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ({"region": "R"}, "column scope: expected two groups at least"),
        ({"tag": "z"}, "column tag: no settlement has this tag"),
        ({"region": "S"}, "column region: no settlement has this region"),
        ({"most": 2.0}, "column most: expected a share from 0 to 1"),
        (
            {"measure": "minutes", "minutes": 0.0},
            "column minutes: expected the minutes",
        ),
    ],
)
def test_what_cannot_be(gap: dict[str, Any], told: str) -> None:
    """Each mistake is told by row and column."""
    with pytest.raises(aumaq.InstanceError, match=told):
        two_regions(**gap)


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("gap", "growth", "cost"),
    [
        # Half of a moves to b: of 50 that are left, three quarters stay away.
        ({}, {"min_count": 1}, 37.5),
        ({}, {"min_count": 0}, 37.5),
        ({}, {"capex_mln": 40.0}, 75.0),
        ({}, {"capex_mln": 30.0}, 67.5),
        ({"measure": "minutes", "minutes": 30.0, "most": 10.0}, {}, 50 * 20 / 30),
        ({"is_hard": False, "excess_mln_per_year": 40.0}, {}, 0.75 * 40.0),
    ],
)
@pytest.mark.parametrize("method", ["direct", "blocks", "decomposed"])
def test_who_moves_is_compared_where_he_moved(
    gap: dict[str, Any], growth: dict[str, Any], cost: float, method: str
) -> None:
    """By hand and by enumeration: the demand of groups follows the choice."""
    candidate = {"settlement": "b", "tier": "t", "gain_share": 0.5, "donors": "total",
                 "capex_mln": growth.get("capex_mln", 0.0)}  # fmt: skip
    instance = two_regions(**gap).replace(
        growth_tiers=pd.DataFrame(
            [{"tier": "t", "min_count": growth.get("min_count", 0)}]
        ),
        growth_candidates=pd.DataFrame([candidate]),
    )
    plan = aumaq.solve(instance, method=method, gap=0.0, time_limit=20.0)
    assert plan.record["problems"] == []
    assert plan.bound_mln <= cost + 1e-5
    assert best_plan_cost(instance) == pytest.approx(cost, abs=1e-5)
    if method == "direct":
        assert plan.objective_mln == pytest.approx(cost, abs=1e-5)
