"""Scenarios: a base, variants, overrides of any value; what is wrong is told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from projection_example import BASE
from tiny_instances import tiny
from variants import OVERRIDES, SCENARIOS, VARIANTS

import aumaq
from aumaq.instances import Instance, InstanceError, UnknownNameError, from_tables


@cache
def build() -> Instance:
    """Return two villages with two scenarios and three variants on two axes."""
    return tiny(scenarios=SCENARIOS, variants=VARIANTS, overrides=OVERRIDES)


def test_names_are_all_combinations() -> None:
    """Every scenario, with none or one variant of each axis."""
    assert build().scenario_names == ("base", "other")
    assert build().all_scenario_names == (
        "base", "base+tight", "base+dear", "base+dear+tight", "base+cheap",
        "base+cheap+tight", "other", "other+tight", "other+dear", "other+dear+tight",
        "other+cheap", "other+cheap+tight",
    )  # fmt: skip


def test_factors_multiply_and_overrides_follow_each_other() -> None:
    """A combined scenario has the product of factors and all overrides."""
    both = build().with_scenario("other+tight+dear")
    found = both.active_scenario
    assert both.scenario == "other+dear+tight"
    assert (found.capex_factor, found.probability) == (3.0, 0.25)
    assert found.overrides == ("slow", "dear-schools", "more", "limit")
    assert both.policies.value_of_time_per_hour == 600.0
    level = both.levels("s").iloc[0]
    assert (level["capex_mln"], level["opex_mln_per_year"]) == (20.0, 1.5)
    assert both.tables["budgets"]["amount_mln"].tolist() == [5.0]


def test_the_base_stays_as_it_is() -> None:
    """Scenarios do not leak into each other, nor into hash or files."""
    instance = build()
    other = instance.with_scenario("other+dear")
    assert other.content_hash == instance.content_hash
    assert other.with_scenario("base") == instance
    assert instance.levels("s")["capex_mln"].tolist() == [10.0]


def test_written_and_read_again(tmp_path: Path) -> None:
    """What is written is the base with its scenarios, whichever is active."""
    instance = build().with_scenario("other+dear")
    aumaq.write(instance, tmp_path / "copy")
    again = aumaq.read(tmp_path / "copy")
    assert again.content_hash == instance.content_hash
    assert again.with_scenario("other+dear") == instance


@pytest.mark.slow
def test_an_override_is_worth_a_changed_table() -> None:
    """Solving under an override costs what solving the changed tables costs."""
    instance = build()
    levels = instance.table("levels").assign(capex_mln=20.0)
    policies = instance.table("policies").assign(value_of_time_per_hour=600.0)
    changed = instance.replace(levels=levels, policies=policies)
    rows = changed.base["scenarios"].assign(overrides="")
    changed = changed.replace(scenarios=rows).with_scenario("other")
    one, two = (
        aumaq.solve(i, gap=0.0) for i in (instance.with_scenario("other"), changed)
    )
    assert one.is_verified
    assert one.objective_mln == pytest.approx(two.objective_mln, rel=1e-9)
    usual = aumaq.solve(instance, gap=0.0)
    assert usual.objective_mln != pytest.approx(one.objective_mln, rel=1e-3)


def test_active_tables_are_an_instance_of_their_own() -> None:
    """The tables of a scenario need no scenario to be read again."""
    other = build().with_scenario("other+cheap")
    alone = from_tables(other.tables)
    assert alone.scenario_names == ("other+cheap",)
    assert alone.demand("s").tolist() == other.demand("s").tolist()


def test_a_removed_site_is_gone() -> None:
    """Access is measured anew where an override changes what it is made of."""
    scenarios = [{"scenario": "base"}, {"scenario": "one", "overrides": "no-b",
                                        "projection": "base"}]  # fmt: skip
    instance = tiny(scenarios=scenarios, overrides=OVERRIDES)
    assert set(instance.access("s")["site"]) == {"a", "b"}
    assert set(instance.with_scenario("one").access("s")["site"]) == {"a"}


def test_rows_that_overrides_moved_keep_their_numbers() -> None:
    """A problem names the row of the user's table, a row that was added none."""
    fewer = [
        {"override": "o", "table": "sites", "action": "remove", "where": "site=a"},
        {"override": "o", "table": "sites", "action": "add",
         "where": "service=s; site=new; settlement=nowhere; status=candidate"},
        {"override": "o", "table": "sites", "column": "settlement", "where": "site=b",
         "action": "set", "value": "elsewhere"},
    ]  # fmt: skip
    scenarios = [{"scenario": "base"}, {"scenario": "one", "overrides": "o",
                                        "projection": "base"}]  # fmt: skip
    instance = tiny(scenarios=scenarios, overrides=fewer)
    at = instance.base["sites"]["site"].tolist().index("b") + 2
    with pytest.raises(InstanceError) as caught:
        instance.with_scenario("one")
    problems = caught.value.problems
    found = {one.value: one.row for one in problems if one.file == "sites.csv"}
    assert found == {"elsewhere": at, "nowhere": 0}


@pytest.mark.parametrize("name", ["basis", "base+deer", "base+dear+cheap", "dear"])
def test_unknown_combinations(name: str) -> None:
    """No such scenario, no such variant, two of an axis, a variant alone."""
    with pytest.raises(UnknownNameError):
        build().with_scenario(name)


BROKEN = {
    "table": ({"table": "levelz"}, "no such table, did you mean 'levels'"),
    "fixed table": ({"table": "periods"}, "may not be overridden"),
    "column": ({"column": "capex"}, "no such column in levels"),
    "where": ({"where": "service"}, "expected column=value"),
    "where column": ({"where": "servis=s"}, "did you mean 'service'"),
    "no row": ({"where": "service=x"}, "no row of levels is meant"),
    "value": ({"value": "much"}, "expected a finite number"),
    "range": ({"value": "-1"}, "expected at least 0"),
    "text times": (
        {"table": "sites", "column": "status", "where": "", "action": "times",
         "value": "2"},
        "is no number",
    ),
    "action": ({"action": "put"}, "expected one of set, times"),
    "new row": ({"action": "add", "where": "service=s"}, "required column is missing"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_overrides(kind: str) -> None:
    """A wrong override is a problem of its row, when the instance is read."""
    row = {"override": "o", "table": "levels", "where": "service=s",
           "column": "capex_mln", "value": "3"}  # fmt: skip
    change, message = BROKEN[kind]
    scenarios = [{"scenario": "base", "overrides": "o"}]
    with pytest.raises(InstanceError, match=message) as caught:
        tiny(scenarios=scenarios, overrides=[row | change])
    assert {(p.file, p.row) for p in caught.value.problems} == {("overrides.csv", 2)}


def test_a_broken_scenario_is_told_when_it_is_wanted() -> None:
    """Reading works; the scenario does not, and checking all of them says why."""
    rows = [{"override": "o", "table": "levels", "column": "min_use", "value": "999"}]
    scenarios = [{"scenario": "base"}, {"scenario": "bad", "overrides": "o",
                                        "projection": "base"}]  # fmt: skip
    instance = tiny(scenarios=scenarios, overrides=rows)
    with pytest.raises(InstanceError, match="in scenario 'bad': expected at most 100"):
        instance.with_scenario("bad")
    with pytest.raises(InstanceError, match="in scenario 'bad'"):
        instance.check_scenarios()


def test_a_scenario_tells_what_is_odd_under_it() -> None:
    """Of its own values and of its people, beside what is odd under every scenario."""
    added = {"override": "far", "table": "buses", "action": "add",
             "where": "service=s; within_minutes=90"}  # fmt: skip
    instance = tiny(
        services=[{"service": "s", "served_within_minutes": 60.0}],
        settlements=[{"settlement": "a", "name": "A"}, {"settlement": "b",
                     "name": "A"}],
        scenarios=[{"scenario": "base"}, {"scenario": "bus", "overrides": "far"},
                   {"scenario": "more"}],
        overrides=[added],
        growth=[{"scenario": "more", "period": "p1", "factor": 15.0}],
        levels=[{"service": "s", "level": 1, "capacity": 150.0, "capex_mln": 1.0}],
        sites=[{"site": site, "service": "s", "settlement": site, "max_units": 10,
                "status": "existing"}
               for site in "ab"],
        facilities=[{"site": site, "service": "s", "level": 1, "units": 10}
                    for site in "ab"],
    )  # fmt: skip
    told = {
        name: [problem.message for problem in instance.with_scenario(name).warnings]
        for name in ("base", "bus", "more")
    }
    usual = [problem.message for problem in instance.warnings]
    assert told["base"] == usual
    assert set(told["bus"]) - set(usual) == {
        "nobody beyond served_within_minutes of s, 60, is served"
    }
    again = instance.with_scenario("bus").with_scenario("base")
    assert [problem.message for problem in again.warnings] == usual
    # 3,000 people for 3,000 places: its people are others, no value is.
    assert "too little room is left" in str(told["more"][-1])
    assert not any("little room" in str(message) for message in usual)


def test_names_of_overrides_are_checked() -> None:
    """A set that is not there is an error, one that nobody uses is odd."""
    with pytest.raises(InstanceError, match="did you mean 'slow'"):
        tiny(scenarios=[{"scenario": "base", "overrides": "slo"}], overrides=OVERRIDES)
    unused = tiny(scenarios=[{"scenario": "base"}], overrides=OVERRIDES)
    assert sum("names this set" in p.message for p in unused.warnings) == 5


@pytest.mark.slow
def test_permuting_rows_of_a_table_changes_nothing() -> None:
    """Overrides find rows by their values, not by their place."""
    instance = build()
    turned = instance.replace(
        sites=pd.DataFrame(instance.table("sites").iloc[::-1]).reset_index(drop=True)
    )
    for name in ("other", "other+dear+tight"):
        a, b = (
            aumaq.solve(i.with_scenario(name), gap=0.0).objective_mln
            for i in (instance, turned)
        )
        assert a == pytest.approx(b, rel=1e-9)


def test_all_rows_of_a_table_may_be_removed() -> None:
    """What an override takes out is not missed when its scenario is checked.

    It is where people are computed, so that changed tables are checked by themselves.
    """
    rows = {
        **BASE,
        "budgets": [{"budget": "all", "period": "p1", "amount_mln": 5.0}],
        "overrides": [{"override": "no-limit", "table": "budgets", "action": "remove"}],
        "scenarios": [
            {"scenario": "trend"},
            {"scenario": "free", "projection": "trend", "overrides": "no-limit"},
        ],
    }
    instance = from_tables({name: pd.DataFrame(part) for name, part in rows.items()})
    assert len(instance.tables["budgets"]) == 1
    assert instance.with_scenario("free").tables["budgets"].empty
