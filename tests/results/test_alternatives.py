"""Other plans: the K best are those of enumeration, and most different ones are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from choosing_case import Case, Outcome, cases
from command import run
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from shared_plans import best_plan, shipped

import aumaq
import aumaq.results.studies.choosing.alternatives as module
from aumaq.instances import OptionError

Key = Callable[[Outcome], tuple[object, ...]]
KEYS: dict[str, Key] = {"sites": lambda o: o.sites, "levels": lambda o: o.levels}
MOST = 8
"""Plans asked for: so many sets of three sites there are with none at all."""
SAME = {"rel": 1e-6, "abs": 1e-6}


def best_of_each(case: Case, key: Key) -> dict[tuple[object, ...], float]:
    """Return the least cost of the plans of each kind."""
    found: dict[tuple[object, ...], float] = {}
    for plan in case.plans():
        found[key(plan)] = min(found.get(key(plan), float("inf")), plan.cost)
    return found


def levels_of(plan: aumaq.Plan) -> tuple[int, ...]:
    """Return the level at each site."""
    at = dict(zip(plan.facilities["site"], plan.facilities["level"], strict=True))
    return tuple(int(at.get(site, 0)) for site in "abc")


@examples(40)
@given(case=cases(), by=st.sampled_from(["sites", "levels"]))
def test_the_k_best_are_those_of_enumeration(case: Case, by: str) -> None:
    """Costs in order, each plan the best of its kind, bounds between them."""
    each, key = best_of_each(case, KEYS[by]), KEYS[by]
    found = aumaq.alternatives(case.instance, MOST, by=by)
    expected = sorted(each.values())[: len(found.plans)]
    assert found.rows["objective_mln"].tolist() == pytest.approx(expected, **SAME)
    assert found.rows["bound_mln"].tolist() == pytest.approx(expected, **SAME)
    assert found.rows["verified"].all()
    kinds = [key(Outcome(levels_of(p), 0, 0, 0, 0, 0)) for p in found.plans]
    assert len(set(kinds)) == len(kinds) == min(MOST, len(each))
    costs = [each[kind] for kind in kinds]
    assert found.rows["objective_mln"].tolist() == pytest.approx(costs, **SAME)
    assert found.is_all == (len(each) < MOST)


@pytest.mark.slow
def test_levels_that_no_best_plan_needs_are_plans_too() -> None:
    """Level 1 holds all 90 who come, level 2 costs more: third best all the same."""
    case = Case(
        (0.0, 70.0, 20.0), ((55, 19, 8), (8, 14, 35), (44, 38, 24)), (99.0, 121.0),
        (3.0, 3.6), (0.5, 1.2), 0.2,
    )  # fmt: skip
    expected = sorted(best_of_each(case, KEYS["levels"]).values())
    assert len(expected) == 27
    found = aumaq.alternatives(case.instance, 30, by="levels")
    assert found.is_all
    assert found.rows["objective_mln"].tolist() == pytest.approx(expected, **SAME)


@examples(40)
@given(case=cases(), within=st.sampled_from([0.0, 0.1, 0.5]))
def test_most_different_plans_are_as_far_as_any(case: Case, within: float) -> None:
    """Each is within the cap, as far from those before as any, the cheapest of them."""
    each = best_of_each(case, KEYS["sites"])
    found = aumaq.alternatives(case.instance, 4, within=within)
    top = min(each.values()) * (1.0 + within) + 1e-6
    kinds = [tuple(level > 0 for level in levels_of(p)) for p in found.plans]

    def away(kind: tuple[object, ...], others: list[tuple[bool, ...]]) -> int:
        return min(sum(a != b for a, b in zip(kind, o, strict=True)) for o in others)

    near = {kind: cost for kind, cost in each.items() if cost <= top}
    for k in range(1, len(kinds)):
        before = kinds[:k]
        farthest = max(away(kind, before) for kind in near)
        row = found.rows.iloc[k]
        assert row["nearest"] == row["nearest_most"] == farthest
        cheapest = min(c for kind, c in near.items() if away(kind, before) == farthest)
        assert row["objective_mln"] == pytest.approx(cheapest, **SAME)
    if len(kinds) < 4:
        assert all(away(kind, kinds) == 0 for kind in near)


@pytest.mark.slow
def test_churn_limits_what_is_otherwise() -> None:
    """None allowed: the same sites as before; the earlier plan need not be the best."""
    first = best_plan()
    other = aumaq.what_if(first, locks=aumaq.lock_rows(lock=["site=b"]), gap=0.0).after
    kept = aumaq.alternatives(shipped(), 1, against=other, churn=0).plans[0]
    runs = set(other.facilities["site"])
    assert set(kept.facilities["site"]) == runs != set(first.facilities["site"])
    free = aumaq.alternatives(shipped(), 1, against=other, churn=9).plans[0]
    assert free.objective_mln == pytest.approx(first.objective_mln)


def renamed(**sites: str) -> aumaq.Instance:
    """Return the shipped instance with other codes of sites."""
    given = shipped().given
    names = {name: rows for name, rows in given.items() if "site" in rows}
    return shipped().replace(
        **{name: rows.replace({"site": sites}) for name, rows in names.items()}
    )


@pytest.mark.slow
@pytest.mark.parametrize(("by", "least"), [("sites", 1), ("levels", 2)])
def test_what_an_earlier_plan_runs_and_is_gone_is_a_change(by: str, least: int) -> None:
    """Schools run at a and c. Named z, a is a school less in each of two periods.

    A plan with that one and a new one at z has two changes by site.
    """
    first = best_plan()
    other = renamed(a="z")
    with pytest.raises(OptionError, match=rf"\(school a\).* {least}, allowed 0"):
        aumaq.alternatives(other, 1, by=by, against=first, churn=0)
    found = aumaq.alternatives(other, 1, by=by, against=first, churn=2 * least)
    assert set(found.plans[0].facilities["site"]) == {"z", "c"}
    assert found.message == (
        f"changes by what the earlier plan runs and cannot run here (school a): {least}"
    )
    fewer = aumaq.alternatives(other, 1, by=by, against=first, churn=2 * least - 1)
    assert fewer.plans[0].objective_mln > first.objective_mln
    shut = other.edit()
    shut.set("sites", {"site": "c"}, status="forbidden")
    with pytest.raises(OptionError, match=r"\(school a, school c\)"):
        aumaq.alternatives(shut.instance, 1, by=by, against=first, churn=least)


def test_plans_for_which_there_was_no_time_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of five: that there are no more is not said."""
    monkeypatch.setattr(module._Search, "seconds", 0.0)
    found = aumaq.alternatives(shipped(), 5)
    assert (len(found.plans), found.is_all) == (1, False)
    assert found.message == "time is up; plans: 1 of 5"


def test_churn_needs_the_same_periods() -> None:
    """By site the last one; where no plan is as like as that, churn is named."""
    first, later = best_plan(), shipped().given["periods"].copy()
    later.loc[later.index[-1], "period"] = "later"
    with pytest.raises(OptionError, match="says nothing of later"):
        aumaq.alternatives(shipped().replace(periods=later), 1, against=first, churn=3)
    required = shipped().edit()
    required.set("sites", {"site": "b"}, status="required")
    with pytest.raises(aumaq.NoPlanError, match="allowed: 0"):
        aumaq.alternatives(required.instance, 1, against=first, churn=0)


def test_senseless_options_are_told() -> None:
    """No plans, churn against nothing, an unknown way to tell plans apart."""
    with pytest.raises(OptionError):
        aumaq.alternatives(shipped(), 0)
    with pytest.raises(OptionError):
        aumaq.alternatives(shipped(), churn=1)
    with pytest.raises(aumaq.UnknownNameError, match="did you mean 'sites'"):
        aumaq.alternatives(shipped(), by="site")


@pytest.mark.slow
def test_the_command_writes_all_plans(tmp_path: Path) -> None:
    """A folder with a plan each and the table; a second study replaces the first."""
    words = ("alternatives", "tiny", "--best", 2, "--out", "others", "--json")
    for _ in range(2):
        done = run(*words, folder=tmp_path)
        assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    table = pd.read_csv(tmp_path / "others" / "plans.csv")
    costs = [row["objective_mln"] for row in found["rows"]]
    assert table["objective_mln"].tolist() == pytest.approx(costs)
    plans = [aumaq.find_plan(str(tmp_path / "others" / f"plan-{k}")) for k in (1, 2)]
    assert [plan.objective_mln for plan in plans] == pytest.approx(costs)
    assert all(plan.is_verified for plan in plans)
    wrong = run("alternatives", "tiny", "--within", "2%", folder=tmp_path)
    assert wrong.returncode == 2


@pytest.mark.parametrize("option", [("--within", "3%"), ("--cap", "posts")])
def test_what_the_best_plans_have_no_use_for_is_refused(
    option: tuple[str, str], tmp_path: Path
) -> None:
    """Caps are for plans that differ most."""
    done = run("alternatives", "tiny", "--best", 2, *option, folder=tmp_path)
    assert done.returncode == 2
    assert "--most-different" in done.stderr
