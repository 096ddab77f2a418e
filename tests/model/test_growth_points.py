"""Growth points chosen by the model: against enumeration, by hand, and falsified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from corruptions import ON_GROWTH_POINTS
from coupled_instances import coupled_instances
from differences import differences
from examples import examples
from growth_instances import growth_instances
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import Rows, tiny, tiny_instances

import aumaq
from aumaq.instances import Instance, InstanceError, NoPlanError
from aumaq.instances.people.growth import moves
from aumaq.instances.people.loads import everyone
from aumaq.model import build
from aumaq.results import Plan


@pytest.mark.parametrize(
    "allocation",
    ["free", *(pytest.param(a, marks=pytest.mark.slow) for a in ("whole", "nearest"))],
)
@given(data=st.data())
@examples(14)
def test_the_best_choice(allocation: str, data: st.DataObject) -> None:
    """Choice and facilities together are as good as the best of all choices."""
    instance = data.draw(growth_instances(tiny_instances(allocation)))
    assert differences(instance, data.draw(st.sampled_from(["strong", "weak"]))) == []


@pytest.mark.slow
@given(data=st.data())
@examples(8)
def test_the_best_choice_with_networks(data: st.DataObject) -> None:
    """People who move take their load along."""
    kind = data.draw(st.sampled_from(["power", "angles", "water"]))
    instance = data.draw(growth_instances(coupled_instances(kind)))
    assert differences(instance, "strong") == []


@pytest.mark.slow
@given(instance=growth_instances(tiny_instances("free")), seed=st.integers(0, 99))
@examples(60)
def test_people_are_conserved(instance: Instance, seed: int) -> None:
    """Whatever is chosen, nobody is lost, none is negative, no group changes."""
    projection = instance.active_scenario.projection
    found = moves(instance.tables, projection)
    rng = np.random.default_rng(seed)
    tiers: dict[int, int] = {}
    for k, i in enumerate(found.settlement.tolist()):
        tiers.setdefault(i, k)  # one tier a settlement
    chosen = np.isin(np.arange(len(found.settlement)), list(tiers.values()))
    chosen &= rng.random(len(chosen)) < 0.7
    inside = chosen & found.is_donor.any(axis=1)
    for members in (everyone(instance.tables, projection), instance.persons("all")):
        change = found.effect(members)
        after = members + change[chosen].sum(axis=0)
        assert (after >= -1e-9).all()
        assert (after <= found.most(members) + 1e-9).all()
        assert np.allclose(change[inside].sum(axis=(0, 1)), 0.0)
        assert (change[chosen & ~inside] >= 0).all()


NEAR: Rows = [{"service": "s", "unserved_mln_per_unit_year": 1.0, "nearest_sites": 0}]
"""A place unserved costs 1 mln; nobody goes farther than an hour."""


@pytest.mark.parametrize(
    ("tiers", "chosen"),
    [
        ([{"tier": "t", "min_count": 0}], set()),
        ([{"tier": "t", "min_count": 1}], {("b", "t", "p2")}),  # a is dearer
        ([{"tier": "t", "min_count": 1, "by_period": "p1"}], {("b", "t", "p1")}),
        ([{"tier": "t", "min_count": 2}, {"tier": "u", "min_count": 0}],
         {("a", "t", "p2"), ("b", "t", "p2")}),
        ([{"tier": "t", "min_count": 1}, {"tier": "u", "min_count": 1}],
         {("b", "t", "p2"), ("a", "u", "p2")}),
    ],
)  # fmt: skip
def test_as_many_as_must_be_without_any_time(
    tiers: Rows, chosen: set[tuple[str, str, str]]
) -> None:
    """The first plan has the cheapest points that rules ask for, as late as may be."""
    candidates = [
        {"settlement": at, "tier": row["tier"], "gain_share": 0.1, "donors": "outside",
         "capex_mln": mln}
        for row in tiers
        for at, mln in (("a", 9.0), ("b", 4.0))
    ]  # fmt: skip
    periods = [{"period": f"p{t}", "first_year": 2025 + t, "years": 1} for t in (1, 2)]
    instance = tiny(periods=periods, growth_tiers=tiers, growth_candidates=candidates)
    plan = aumaq.solve(instance, time_limit=1e-6)
    assert plan.record["problems"] == []
    points = plan.table("growth_points")
    points = points[points["is_chosen"]]
    first = points.groupby(["settlement", "tier"])["period"].min()
    assert {(*key, period) for key, period in first.items()} == chosen


PLAIN: Rows = [
    {"discount_rate": 0.0, "value_of_time_per_hour": 0.0, "count_residual_value": False}
]


def towns(**tables: Rows) -> Instance:
    """Two villages of 100 and 50 pupils; the school of the first holds 150.

    A place unserved costs 1 mln a year, opening a school 10 mln. If the first is chosen
    and doubles, at 5 mln, all 150 live there.
    """
    rows: dict[str, Rows] = {
        "settlements": [
            {"settlement": "a", "population": 100.0},
            {"settlement": "b", "population": 50.0},
        ],
        "policies": PLAIN,
        "services": NEAR,
        "sites": [{"site": "a", "service": "s", "settlement": "a"}],
        "travel": [{"settlement": "b", "site": "a", "minutes": 90.0}],
        "levels": [{"service": "s", "level": 1, "capacity": 150.0, "capex_mln": 10.0}],
        "growth_tiers": [{"tier": "top"}],
        "growth_candidates": [
            {"settlement": "a", "tier": "top", "gain_share": 0.5, "capex_mln": 5.0}
        ],
    }
    return tiny(**{**rows, **tables})


def test_people_come_to_the_school() -> None:
    """By hand: a chosen (5) and one school (10) beat 50 places unserved (50 + 10)."""
    plan = aumaq.solve(towns(), gap=0.0)
    assert plan.objective_mln == pytest.approx(15.0)
    assert plan.allocation[["share", "demand"]].to_numpy().tolist() == [[1.0, 150.0]]
    row = plan.table("growth_points").iloc[0]
    assert (row["is_chosen"], row["persons"], row["persons_gained"]) == (True, 150, 50)
    assert plan.unserved.empty
    assert plan.is_verified


def test_a_dear_point_is_not_chosen() -> None:
    """By hand: at 60 mln the choice costs more than the 50 places unserved."""
    dear = towns().table("growth_candidates").assign(capex_mln=60.0)
    plan = aumaq.solve(towns().replace(growth_candidates=dear), gap=0.0)
    assert plan.objective_mln == pytest.approx(60.0)
    assert not plan.table("growth_points")["is_chosen"].any()


@pytest.mark.slow
@pytest.mark.parametrize(("least", "cost"), [(0, 60.0), (1, 70.0)])
def test_a_least_number_binds(least: int, cost: float) -> None:
    """By hand: a point that must be chosen is paid for (60 + 10)."""
    dear = towns().table("growth_candidates").assign(capex_mln=60.0)
    tiers = towns().table("growth_tiers").assign(min_count=least)
    instance = towns().replace(growth_candidates=dear, growth_tiers=tiers)
    assert aumaq.solve(instance, gap=0.0).objective_mln == pytest.approx(cost)


CLINICS: dict[str, Rows] = {
    "policies": PLAIN,
    "services": NEAR,
    "travel": [{"settlement": "a", "site": "b", "minutes": 90.0}],
    "settlements": [
        {"settlement": "a", "population": 100.0},
        {"settlement": "b", "population": 100.0},
    ],
    "levels": [
        {"service": "s", "level": 1, "capacity": 60.0, "capex_mln": 4.0},
        {"service": "s", "level": 2, "capacity": 100.0, "capex_mln": 10.0},
    ],
    "growth_candidates": [
        {"settlement": "a", "tier": "top", "gain_share": 0.0, "capex_mln": 1.0},
        {"settlement": "b", "tier": "top", "gain_share": 0.0, "capex_mln": 7.0},
    ],
    "growth_tiers": [{"tier": "top"}],
}


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("share", "cost"),
    [
        (None, 20.0),  # a large clinic in each
        (0.5, 21.0),  # a is chosen: half of the large ones stands there
        (0.6, 28.0),  # both are chosen, 1 + 7: cheaper than 40 without a place
    ],
)
def test_concentration_binds(share: float | None, cost: float) -> None:
    """By hand: what a rule of concentration costs, step by step."""
    rule = {"concentration": "k", "service": "s", "min_level": 2, "share": share}
    extra: dict[str, Any] = {} if share is None else {"concentrations": [rule]}
    plan = aumaq.solve(tiny(**CLINICS, **extra), gap=0.0)
    assert plan.objective_mln == pytest.approx(cost)
    assert plan.is_verified
    if share is not None:
        assert (plan.table("concentrations")["share"] >= share).all()


def test_without_tables_nothing_changes() -> None:
    """Tiers of which none may be chosen cost as much as no tables at all."""
    chosen = towns(growth_tiers=[{"tier": "top", "max_count": 0}])
    without = towns(growth_tiers=[], growth_candidates=[])
    plans = [aumaq.solve(i, gap=0.0) for i in (chosen, without)]
    assert plans[0].objective_mln == pytest.approx(plans[1].objective_mln)
    model = build(without).model
    for name in ("growth", "concentration"):
        block = model.component(name)
        assert all(len(c) == 0 for c in block.component_objects())
    assert all(row.lower == 1.0 for row in model.allocation.served.values())


def test_blocks_choose() -> None:
    """Blocks choose growth points as the whole model does."""
    whole, apart = (
        aumaq.solve(towns(), method=method, gap=0.0) for method in ("direct", "blocks")
    )
    assert whole.status == apart.status == "optimal"
    assert apart.objective_mln == pytest.approx(whole.objective_mln)


@pytest.mark.slow
def test_plans_carry_the_choice(tmp_path: Path) -> None:
    """A choice is settled with the services, starts a solve, and is read back."""
    tiers = [{"tier": "top", "max_count": 0}]
    shy = aumaq.solve(towns(growth_tiers=tiers), gap=0.0)
    settled = aumaq.solve(towns(), gap=0.0, services_of=shy)
    assert settled.objective_mln == pytest.approx(60.0)
    best = aumaq.solve(towns(), gap=0.0)
    again = aumaq.solve(towns(), gap=0.0, start=best, services_of=best)
    assert again.objective_mln == pytest.approx(15.0)
    for path in (tmp_path / "csv", tmp_path / "plan.json"):
        best.export("json" if path.suffix else "csv", path)
        assert Plan.read(path, best.instance).record["problems"] == []
    best.to_html(tmp_path / "report.html")
    assert "Growth points" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.few(2)
@pytest.mark.parametrize("name", ON_GROWTH_POINTS)
def test_false_choices_are_found(name: str) -> None:
    """The verifier finds each falsified figure, and blames the rule."""
    rule = {"concentration": "k", "service": "s", "share": 0.5}
    instance = towns(concentrations=[rule])
    plan = aumaq.solve(instance, gap=0.0)
    change, blamed = ON_GROWTH_POINTS[name]
    tables = dict(plan.tables)
    change(tables)
    found = aumaq.verify(
        instance, tables, claimed_objective_mln=plan.objective_mln
    ).problems
    assert blamed in {problem.rule for problem in found}, found


@pytest.mark.slow
def test_a_point_given_up_is_found() -> None:
    """A growth point stays one; the count and first period hold as well."""
    periods = [
        {"period": "p1", "first_year": 2026, "years": 1},
        {"period": "p2", "first_year": 2027, "years": 1},
    ]
    instance = towns(periods=periods)
    plan = aumaq.solve(instance, gap=0.0)
    rows = plan.table("growth_points")
    assert rows["is_chosen"].tolist() == [True, True]
    tables = {**plan.tables, "growth_points": rows.assign(is_chosen=[True, False])}

    def told(of: Instance, of_tables: dict[str, pd.DataFrame]) -> str:
        found = aumaq.verify(of, of_tables, claimed_objective_mln=None).problems
        return "; ".join(str(problem) for problem in found)

    assert "a growth point is given up" in told(instance, tables)
    late = instance.table("growth_candidates").assign(first_period="p2")
    other = instance.replace(growth_candidates=late)
    assert "before its first period" in told(other, dict(plan.tables))
    none = instance.table("growth_tiers").assign(max_count=0.0)
    other = instance.replace(growth_tiers=none)
    assert "1 points are chosen, expected 0 at most" in told(other, dict(plan.tables))


BROKEN: dict[str, tuple[dict[str, Rows], str, str]] = {
    "no such tier": (
        {"growth_candidates": [{"settlement": "a", "tier": "tpo", "gain_share": 0.1}]},
        "growth_candidates.csv",
        "no such tier in growth_tiers",
    ),
    "too few candidates": (
        {"growth_tiers": [{"tier": "top", "min_count": 2}]},
        "growth_tiers.csv",
        "there are 1 candidates",
    ),
    "limits crossed": (
        {"growth_tiers": [{"tier": "top", "min_count": 1, "max_count": 0}]},
        "growth_tiers.csv",
        "at least min_count",
    ),
    "half a point": (
        {"growth_tiers": [{"tier": "top", "max_count": 1.5}]},
        "growth_tiers.csv",
        "whole number",
    ),
    "donors give more than they have": (
        {"growth_candidates": [{"settlement": "a", "tier": "top", "gain_share": 0.6}]},
        "growth_candidates.csv",
        "would lose 120% of its people",
    ),
    "nobody to come": (
        {
            "growth_candidates": [
                {"settlement": "a", "tier": "top", "gain_share": 0.1,
                 "donors": "district"}
            ],
            "settlements": [
                {"settlement": "a", "population": 100.0, "district": "d"},
                {"settlement": "b", "population": 50.0, "district": "e"},
            ],
        },
        "growth_candidates.csv",
        "nobody lives there",
    ),
    "a gain of nobody": (
        {"growth_gains": [
            {"settlement": "b", "tier": "top", "period": "p1", "gain_share": 0.1}
        ]},
        "growth_gains.csv",
        "no such settlement and tier",
    ),
    "a level that is not": (
        {"concentrations": [
            {"concentration": "k", "service": "s", "min_level": 3, "share": 0.5}
        ]},
        "concentrations.csv",
        "has levels up to 1",
    ),
    "capacities that a sum cannot hold": (
        {"concentrations": [{"concentration": "k", "service": "s", "share": 0.5}],
         "levels": [{"service": "s", "level": 1, "capacity": 1.0, "capex_mln": 1.0},
                    {"service": "s", "level": 2, "capacity": 2e8, "capex_mln": 2.0}]},
        "levels.csv",
        "expected at most 1e+08",
    ),
    "a region that is not": (
        {"concentrations": [
            {"concentration": "k", "service": "s", "region": "X", "share": 0.5}
        ]},
        "concentrations.csv",
        "no such region",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_is_told(name: str) -> None:
    """Each mistake is told with its file and what is expected."""
    tables, file, text = BROKEN[name]
    with pytest.raises(InstanceError) as caught:
        towns(**tables)
    assert any(p.file == file and text in p.message for p in caught.value.problems), (
        caught.value.problems
    )


def test_a_number_that_budgets_forbid() -> None:
    """A point that must be chosen but cannot be paid leaves no plan."""
    budget = {"budget": "all", "period": "p1", "amount_mln": 4.0, "is_hard": True}
    instance = towns(growth_tiers=[{"tier": "top", "min_count": 1}], budgets=[budget])
    with pytest.raises(NoPlanError, match="infeasible"):
        aumaq.solve(instance, gap=0.0)
