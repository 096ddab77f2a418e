"""Nothing in a plan goes unlooked at: every column of every table, every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pandas as pd
import pytest
from corruptions import FED, GIVES, GRID, IN_A_PARK, ON, TWO_SCHOOLS
from eventful_plan import eventful
from rule_kinds import KINDS, kind_of
from tiny_instances import tiny
from two_regions import two_regions

import aumaq
from aumaq.instances import Instance
from aumaq.instances.rules import rules_of
from aumaq.instances.schema.plan import PLAN_TABLES
from aumaq.results.plan.plan import Plan

ELSEWHERE = {
    "gaps": partial(two_regions, is_hard=False, excess_mln_per_year=20.0),
    "merged": partial(tiny, **{**TWO_SCHOOLS, **GIVES}),
    "follow_ons": partial(tiny, **{**FED, **ON}),
    "forbidden_works": partial(tiny, **{**GRID, **IN_A_PARK}),
}
"""Tables that cannot have rows beside all others -> a case in which they have."""


@cache
def solved(make: Callable[[], Instance]) -> Plan:
    """Return the plan of an instance, which is sound."""
    found = aumaq.solve(make(), gap=0.0)
    assert found.verify().problems == ()
    return found


@pytest.fixture
def plan(request: pytest.FixtureRequest) -> Plan:
    """Return a plan with rows in every table, or in the one that is asked for."""
    table = getattr(request.node, "callspec", None)
    name = table.params.get("table", "") if table else ""
    found = solved(ELSEWHERE.get(name, eventful))
    empty = {name for name, table in found.tables.items() if table.empty}
    assert name in ELSEWHERE or empty == set(ELSEWHERE)
    assert name not in empty
    return found


def corrupted(plan: Plan, table: str, column: str, value: Any) -> Plan:
    """Return the plan with another value in the last row of a column."""
    frame = plan.tables[table].copy()
    cells = frame[column].astype(object)
    cells.iloc[-1] = value
    frame[column] = cells.infer_objects()
    return replace(plan, tables={**plan.tables, table: frame})


def wrong_values(plan: Plan, table: str, column: str) -> list[Any]:
    """Return values that the last cell of a column must not have."""
    value, kind = plan.tables[table][column].iloc[-1], PLAN_TABLES[table][column]
    if kind == "flag":
        return [not value]
    if kind == "number":
        return [value + 0.3, -value - 1.0, float("inf")]
    others = [text for t in plan.tables.values() if column in t for text in t[column]]
    return [*sorted({text for text in others if text != value})[:1], "zz", ""]


def one_of_each_kind(table: str) -> list[str]:
    """Return the last column of a table of each kind: text, number, flag."""
    return list({kind: name for name, kind in PLAN_TABLES[table].items()}.values())


def others(table: str) -> list[str]:
    """Return all other columns of a table."""
    return [name for name in PLAN_TABLES[table] if name not in one_of_each_kind(table)]


@pytest.mark.slow
@pytest.mark.parametrize("table", PLAN_TABLES)
@pytest.mark.parametrize(
    "columns", [one_of_each_kind, pytest.param(others, marks=pytest.mark.slow)]
)
def test_a_false_cell_is_found(
    plan: Plan, columns: Callable[[str], Iterable[str]], table: str
) -> None:
    """A cell of any column that says something else than it should is told."""
    for column in columns(table):
        value = wrong_values(plan, table, column)[0]
        found = corrupted(plan, table, column, value).verify()
        assert not found.is_feasible, column
        assert {kind_of(problem.rule) for problem in found.problems} <= KINDS


@pytest.mark.slow
@pytest.mark.parametrize("table", PLAN_TABLES)
def test_whatever_stands_there_is_found(plan: Plan, table: str) -> None:
    """The same for other wrong values, which columns of a table get by turns."""
    for k, column in enumerate(PLAN_TABLES[table]):
        now = plan.tables[table][column].iloc[-1]
        _, *wrong = wrong_values(plan, table, column)
        more = [value for value in wrong if value != now]
        for value in more[k % max(len(more), 1) :][:1]:
            found = corrupted(plan, table, column, value).verify()
            assert not found.is_feasible, (column, value)


@pytest.mark.few(6)
@pytest.mark.parametrize("table", PLAN_TABLES)
def test_a_lost_row_is_found(plan: Plan, table: str) -> None:
    """A table that was cut short is told, whichever row is missing."""
    frame = plan.tables[table]
    for k in {0, len(frame) - 1}:
        short = frame.drop(index=k).reset_index(drop=True)
        tables = {**plan.tables, table: short}
        is_idle = table == "objective" and frame["discounted_mln"][k] == 0.0
        assert is_idle or not replace(plan, tables=tables).verify().is_feasible, k


@pytest.mark.few(6)
@pytest.mark.parametrize("table", PLAN_TABLES)
def test_a_row_that_stands_twice_is_found(plan: Plan, table: str) -> None:
    """A table with a row more than it has is told, whatever is looked up in it."""
    frame = plan.tables[table]
    more = pd.concat([frame, frame.iloc[-1:]], ignore_index=True)
    tables = {**plan.tables, table: more}
    assert not replace(plan, tables=tables).verify().is_feasible


def test_a_column_that_nobody_knows_is_told(plan: Plan) -> None:
    """Who adds a column to a plan tells the verifier what should stand there."""
    tables = {name: frame.assign(more=1.0) for name, frame in plan.tables.items()}
    found = replace(plan, tables=tables).verify().problems
    for table in tables.keys() - ELSEWHERE.keys():
        told = [problem for problem in found if table in problem.place]
        assert any("more" in problem.message for problem in told), table


FALSE_RECORDS: dict[str, dict[str, Any]] = {
    "a gap below none": {"gap": -5.0},
    "a better gap": {"gap": 0.0, "bound_mln": 3.0},
    "a bound without its gap": {"bound_mln": 3.0, "status": "time_limit"},
    "optimal far from the bound": {"bound_mln": 3.0, "gap": None},
    "a gap without a bound": {"bound_mln": None, "status": "time_limit"},
    "no plan": {"status": "infeasible"},
    "no plan, it says": {"has_plan": False},
    "other periods": {"periods": ["p1", "p2"]},
    "another currency": {"currency": "EUR"},
    "another scenario": {"scenario": "other"},
    "another objective": {"objective_mln": 1.0, "bound_mln": 1.0},
    "a bound above": {"bound_mln": 1e6},
    "less money": {"money_mln": 1.0},
    "no points": {"points_mln": 0.0},
    "another gap of decisions": {"gap_of_decisions": 0.3},
    "a gap that is none": {"status": "gap_left"},
}


@pytest.mark.few(5)
@pytest.mark.parametrize("name", FALSE_RECORDS)
def test_a_false_record_is_found(plan: Plan, name: str) -> None:
    """Gap and status are recomputed; the rest is that of the instance."""
    record = {**plan.record, **FALSE_RECORDS[name]}
    found = replace(plan, record=record).verify()
    assert not found.is_feasible
    assert {problem.rule for problem in found.problems} <= set(rules_of(plan.instance))


@pytest.mark.slow
def test_a_record_that_stopped_early_is_true(plan: Plan) -> None:
    """A plan far from its bound is verified if it says so."""
    low = plan.objective_mln / 2
    says = {"bound_mln": low, "gap": 0.5, "status": "time_limit"}
    least = plan.record["unavoidable_mln"]
    says["gap_of_decisions"] = (plan.objective_mln - low) / (plan.objective_mln - least)
    assert replace(plan, record={**plan.record, **says}).verify().is_feasible
    unknown = {"bound_mln": None, "gap": None, "status": "time_limit"}
    assert replace(plan, record={**plan.record, **unknown}).verify().is_feasible
    levels = pd.Series([1.5])
    halves = plan.facilities.assign(level=levels.reindex(plan.facilities.index))
    tables = {**plan.tables, "facilities": halves}
    assert not replace(plan, tables=tables).verify().is_feasible
