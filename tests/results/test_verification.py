"""The verifier finds every way in which a plan can be false."""

from __future__ import annotations

import pytest
from corruptions import (
    CORRUPTIONS,
    best_plan,
    ruled,
)
from tiny_instances import tiny

import aumaq
from aumaq.instances import Instance
from aumaq.instances.rules import rules_of, rules_that_apply
from aumaq.results import Plan


@pytest.fixture(scope="module")
def instance() -> Instance:
    """The tiny instance with rules of several kinds."""
    return ruled()


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Its optimal plan."""
    return best_plan()


def test_the_plan_itself_is_sound(plan: Plan) -> None:
    """The plan that is corrupted below is without fault, and uses both priced rules."""
    assert plan.verify().problems == ()
    assert plan.shortfalls["shortfall"].max() > 0
    assert plan.budgets["overrun_mln"].max() > 0


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_is_found(instance: Instance, plan: Plan, name: str) -> None:
    """Each corruption is found, and blamed on the rule that it breaks."""
    change, rule = CORRUPTIONS[name]
    tables = dict(plan.tables)
    change(tables)
    found = aumaq.verify(
        instance,
        tables,
        claimed_objective_mln=plan.objective_mln,
        bound_mln=plan.bound_mln,
    )
    assert not found.is_feasible
    assert any(rule in problem.rule for problem in found.problems), found.problems
    broken = {problem.rule for problem in found.problems} & set(rules_of(instance))
    assert broken <= {rule.id for rule in rules_that_apply(instance)}


@pytest.mark.parametrize("allocation", ["free", "whole", "nearest"])
def test_rules_that_do_not_apply_are_not_shown(allocation: str) -> None:
    """Who may be split is not told to go as a whole; nobody renews what is new."""
    service = {"service": "s", "allocation": allocation}
    instance = tiny(services=[service])
    shown = {rule.id for rule in rules_that_apply(instance)}
    kinds = {"whole:s", "nearest:s", "renewal:s", "lock:s", "required:s"}
    assert shown & kinds == {f"{allocation}:s"} & kinds
    assert {"siting:s", "allocation:s", "access:s", "capacity:s"} <= shown


def test_a_false_objective_or_bound_is_found(instance: Instance, plan: Plan) -> None:
    """The claimed objective must be that of the tables, and no bound above it."""
    low = aumaq.verify(
        instance, plan.tables, claimed_objective_mln=plan.objective_mln - 1.0
    )
    high = aumaq.verify(
        instance,
        plan.tables,
        claimed_objective_mln=plan.objective_mln,
        bound_mln=plan.objective_mln + 1.0,
    )
    assert not low.is_feasible
    assert not high.is_feasible
